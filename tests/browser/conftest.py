"""A running product for each of these modules: each test makes an event of its own."""

from collections.abc import Iterator

import pytest

from tests.fixtures.product import Product
from tests.fixtures.services import Services


@pytest.fixture(scope="module")
def product(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Sandbox gateway, web process and worker."""
    folder = tmp_path_factory.mktemp("browser") / "product"
    with services.database() as url, Product(url, services.redis_url(2), folder) as running:
        yield running
