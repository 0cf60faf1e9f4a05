"""One running product for most tests here: each makes an event of its own."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.fixtures.product import Product
from tests.fixtures.services import Services
from tests.server.support import Buyer


@pytest.fixture(scope="session")
def house(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Gateway, two web processes and a worker. A fault that a test does to them it must undo."""
    folder: Path = tmp_path_factory.mktemp("house") / "product"
    with (
        services.database() as url,
        Product(url, services.redis_url(1), folder, web_count=2) as running,
    ):
        yield running


@pytest.fixture
async def client(house: Product) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=house.base_url, timeout=30) as opened:
        yield opened


@pytest.fixture
def new_buyer(house: Product, client: httpx.AsyncClient) -> Callable[[], Buyer]:
    return lambda: Buyer(house, client)
