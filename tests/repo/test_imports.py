"""Who may import whom, beyond what the import contracts of pyproject.toml can say."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
from packaging.requirements import Requirement

from tests.fixtures.services import ROOT
from tests.fixtures.tree import project_files, python_files

PACKAGES = ("server", "realtime", "seatmap")
# Declared though no line need import them: Alembic is run, uvicorn, Starlette, zoneinfo load them.
USED_BY_NAME = {"alembic", "httptools", "jinja2", "tzdata", "uvloop", "websockets"}


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True)


def test_the_import_contracts_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_statements_of_a_domain_are_its_own():
    graph = _graph()
    foreign = [
        f"{importer} imports {module}"
        for module in graph.modules
        if module.startswith("server.") and module.endswith(".sql")
        for importer in graph.find_modules_that_directly_import(module)
        if not importer.startswith(module.removesuffix("sql"))
    ]
    assert foreign == []


def test_two_modules_know_the_database_driver():
    importers = _graph().find_modules_that_directly_import("asyncpg")
    assert importers == {"server.kernel.db", "server.kernel.session"}


def test_tables_are_for_migrations():
    """SQLAlchemy describes the schema; only tables, their metadata and walls import it."""
    importers = _graph().find_modules_that_directly_import("sqlalchemy")
    assert {name.rpartition(".")[2] for name in importers} <= {"tables", "metadata", "walls"}


def test_the_packages_that_are_imported_are_the_packages_that_are_declared():
    """An import within a function is optional: there an extra's package will do."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = _names(project["dependencies"])
    optional = _names(
        [text for extra in project["optional-dependencies"].values() for text in extra]
    )
    always: set[str] = set()
    sometimes: set[str] = set()
    for path in python_files("migrations", *PACKAGES):
        tree = ast.parse(path.read_text())
        always |= _packages(tree.body)
        sometimes |= _packages(ast.walk(tree))
    assert always - declared == set(), "imported, and missing in pyproject.toml"
    assert sometimes - declared - optional == set(), "imported, and missing in pyproject.toml"
    assert declared - sometimes - USED_BY_NAME == set(), "declared, and never imported"


def _names(requirements: list[str]) -> set[str]:
    return {Requirement(text).name for text in requirements}


def _packages(nodes: Iterable[ast.AST]) -> set[str]:
    """The installed packages that import statements among the nodes name."""
    modules: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            modules.add(node.module.partition(".")[0])
    foreign = modules - sys.stdlib_module_names - set(PACKAGES)
    packages = _distributions()
    return {
        name.lower().replace("_", "-")
        for module in foreign
        for name in packages.get(module, [module])
    }


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def test_load_tests_speak_only_the_wire():
    """They may share wire types and the feed's sans-I/O client, and nothing else. Benchmarks that
    measure a part of ours beside a peer live apart, in `loadtests/bench`."""
    allowed = (
        "realtime.model",
        "realtime.protocol",
        "realtime.client",
        "realtime.cells",
        "loadtests",
    )
    foreign = []
    for path in project_files():
        parts = path.relative_to(ROOT).parts
        if path.suffix != ".py" or parts[0] != "loadtests" or parts[1] == "bench":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module and module.partition(".")[0] in PACKAGES:
                is_wire = module.startswith(allowed) or module.endswith(".models")
                foreign += [] if is_wire else [f"{path.name} imports {module}"]
    assert foreign == []
