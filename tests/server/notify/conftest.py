"""A product whose mails go to a mail server of the tests' own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.fixtures.product import Product
from tests.fixtures.services import Services
from tests.server.notify.peer import Peer, smtp_peer


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with smtp_peer() as running:
        yield running


@pytest.fixture(scope="module")
def posting(
    services: Services, peer: Peer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """A product whose mails go to the peer."""
    folder: Path = tmp_path_factory.mktemp("posting") / "product"
    more = {"SMTP_URL": peer.url, "MAIL_FROM": "The House <tickets@house.example>"}
    with (
        services.database() as url,
        Product(url, services.redis_url(3), folder, environment=more) as running,
    ):
        yield running


@pytest.fixture
async def client(posting: Product) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=posting.base_url, timeout=30) as opened:
        yield opened
