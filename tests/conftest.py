"""Fixtures of every test: real PostgreSQL, real Valkey, no network but this machine's own."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import embedded
from tests.fixtures.browser import chromium_path
from tests.fixtures.network import forbid_outside
from tests.fixtures.product import Product
from tests.fixtures.services import ROOT, Services

forbid_outside()

LONGEST = (
    "simulation/test_failpoints.py",
    "conformance/test_openapi.py",
    "conformance/test_permissions.py",
    "loadtests/test_bench_holds.py",
    "loadtests/test_bench_realtime.py",
    "server/test_crashes.py",
    "server/inventory/test_machine.py",
    "browser/test_journeys.py",
    "browser/test_office.py",
    "browser/test_editor.py",
    "browser/test_portal.py",
    "browser/test_alternative.py",
    "conformance/test_fuzz.py",
    "simulation/test_simulation.py",
    "simulation/test_keys.py",
    "server/payments/test_sandbox_gateway.py",
    "server/test_workers.py",
    "server/test_seed.py",
    "server/inventory/test_interleavings.py",
    "server/inventory/test_deadlock.py",
    "server/refunds/test_money_machine.py",
)
"""Modules of half a minute and more begin first, so that none is alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {ROOT / "tests" / name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
    if chromium_path() is None:
        skip = pytest.mark.skip(
            reason="no Chromium: install Debian's `chromium` (make test does as root), "
            "or name one with CHROMIUM=/path"
        )
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not look through it."""
    gc.freeze()


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The run's PostgreSQL and Valkey. Faults that a test does to them it must undo."""
    base = tmp_path_factory.getbasetemp()
    with Services(base.parent if "PYTEST_XDIST_WORKER" in os.environ else None) as running:
        yield running


@pytest.fixture
def database_url(services: Services) -> Iterator[str]:
    """A migrated, empty database of this test's own."""
    with services.database() as url:
        yield url


@pytest.fixture
def empty_database_url(services: Services) -> Iterator[str]:
    """A database of this test's own in which nothing was ever created."""
    with services.database(migrated=False) as url:
        yield url


@pytest.fixture
def redis_url(services: Services) -> str:
    """The run's Valkey, emptied."""
    return services.empty_redis()


@pytest.fixture
def free_port() -> int:
    """A loopback TCP port that nobody listens on now."""
    return embedded.free_port()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium to drive; tests that use it carry the marker `browser`."""
    path = chromium_path()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def maps_dir() -> Path:
    """The collection of venue drawings from the field, kept beside the project (or VENUE_MAPS)."""
    folder = Path(os.environ.get("VENUE_MAPS") or ROOT.parent / "shared" / "maps")
    if not folder.is_dir():
        pytest.skip("the collection of venue drawings is not on this machine")
    return folder


@pytest.fixture
def product(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Product]:
    """Sandbox gateway, web process and worker on an empty database of this test's own."""
    with Product(database_url, redis_url, tmp_path / "product") as running:
        yield running
