"""Statements, tables and migrations agree."""

import ast
import datetime as dt
import re
import subprocess
import sys
import types
import typing
import uuid
from collections import Counter
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from server.kernel.db import REGISTRY
from tests.fixtures.services import ROOT, server_environment
from tests.fixtures.tree import import_everything, name_of, python_files

PYTHON_TYPES: dict[str, type] = {
    "bool": bool,
    "bpchar": str,
    "bytea": bytes,
    "date": dt.date,
    "float4": float,
    "float8": float,
    "inet": str,
    "int2": int,
    "int4": int,
    "int8": int,
    "interval": dt.timedelta,
    "name": str,
    "numeric": Decimal,
    "text": str,
    "timestamptz": dt.datetime,
    "uuid": uuid.UUID,
    "varchar": str,
}
ANYTHING = {"json", "jsonb", "record"}


def test_no_statement_locks_a_row_against_what_refers_to_it() -> None:
    """A row that refers to another keeps KEY SHARE on that, so whoever takes FOR UPDATE waits for
    all who write such rows, and deadlocks with one who has written and locks next. Nobody changes
    a key: the lock that UPDATE takes, NO KEY, keeps out all who change the row."""
    import_everything()
    deleted = {"catalog.lock_venue"}
    found = {query.name for query in REGISTRY.values() if re.search(r"\bFOR UPDATE\b", query.sql)}
    assert found == deleted


async def test_every_statement_prepares_and_fills_its_struct(database_url: str):
    import_everything()
    assert REGISTRY
    wrong: list[str] = []
    connection = await asyncpg.connect(database_url)
    try:
        for query in REGISTRY.values():
            try:
                statement = await connection.prepare(query.sql)
            except asyncpg.PostgresError as error:
                wrong.append(f"{query.name}: {error}")
                continue
            if query.row is not None:
                wrong += _differences(query.name, statement.get_attributes(), query.row)
    finally:
        await connection.close()
    assert wrong == []


def _differences(
    query: str, columns: tuple[asyncpg.Attribute, ...], row: type[msgspec.Struct]
) -> list[str]:
    fields = msgspec.structs.fields(row)
    if [column.name for column in columns] != [field.name for field in fields]:
        got = ", ".join(column.name for column in columns)
        return [f"{query}: columns {got}; {row.__name__} has {', '.join(f.name for f in fields)}"]
    return [
        f"{query}: {field.name} is {field.type} in {row.__name__}, {column.type.name} in SQL"
        for column, field in zip(columns, fields, strict=True)
        if not _holds(field.type, column.type.name)
    ]


def _holds(annotation: Any, sql_type: str) -> bool:
    """Whether a value of the SQL type fits the annotation, leaving NULL aside."""
    if sql_type in ANYTHING or annotation is Any:
        return True
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return any(_holds(one, sql_type) for one in typing.get_args(annotation))
    if typing.get_origin(annotation) is typing.Annotated:
        return _holds(typing.get_args(annotation)[0], sql_type)
    if typing.get_origin(annotation) is typing.Literal:
        return _holds(type(typing.get_args(annotation)[0]), sql_type)
    if sql_type.endswith("[]"):
        element = (typing.get_args(annotation) or (Any,))[0]
        return typing.get_origin(annotation) in (list, tuple) and _holds(element, sql_type[:-2])
    wanted = PYTHON_TYPES.get(sql_type)
    return wanted is not None and isinstance(annotation, type) and issubclass(annotation, wanted)


def test_the_tables_and_the_migrations_agree(database_url: str, redis_url: str):
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "check"],
        cwd=ROOT,
        env=server_environment(database_url, redis_url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_every_table_has_a_primary_key(database_url: str):
    connection = await asyncpg.connect(database_url)
    try:
        without = await connection.fetch(
            """SELECT c.relname FROM pg_class c
               WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
                 AND NOT EXISTS (SELECT FROM pg_constraint k
                                 WHERE k.conrelid = c.oid AND k.contype = 'p')"""
        )
    finally:
        await connection.close()
    assert [row["relname"] for row in without] == []


def test_a_failpoint_has_one_place_and_a_constant_name():
    places: Counter[str] = Counter()
    for path in python_files("server", "realtime"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and _called(node.func) == "failpoint"):
                continue
            name = node.args[0] if node.args else None
            assert isinstance(name, ast.Constant), f"{name_of(path)}:{node.lineno}"
            assert isinstance(name.value, str), f"{name_of(path)}:{node.lineno}"
            places[name.value] += 1
    assert places
    assert [name for name, count in places.items() if count > 1] == []


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
