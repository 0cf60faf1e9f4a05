"""Alembic runs here: tables from every domain's `tables` module, the URL from DATABASE_OWNER_URL,
or where that is not set from DATABASE_URL. What it ends with are the walls of the newest schema."""

import asyncio
import importlib.util
import os
import pkgutil

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import server
from server.kernel import walls
from server.kernel.metadata import METADATA

for domain in pkgutil.iter_modules(server.__path__, "server."):
    if domain.ispkg and importlib.util.find_spec(f"{domain.name}.tables"):
        importlib.import_module(f"{domain.name}.tables")


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if context.get_context().get_current_heads() == tuple(context.script.get_heads()):
        walls.build(connection)


async def _migrate() -> None:
    url = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as connection:
        # For the session, so for each of the migrations: one migrator at a time, and none that
        # waits for ever behind a long transaction.
        await connection.exec_driver_sql("SELECT pg_advisory_lock(7082001)")
        await connection.exec_driver_sql("SET lock_timeout = '5s'")
        await connection.commit()
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_migrate())
