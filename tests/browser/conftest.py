"""One running product for all of these tests: each makes an event of its own and harms nothing."""

from collections.abc import Iterator

import pytest

from tests.fixtures.product import Product
from tests.fixtures.services import Services


@pytest.fixture(scope="package")
def product(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Sandbox gateway, web process and worker."""
    folder = tmp_path_factory.mktemp("browser") / "product"
    with services.database() as url, Product(url, services.redis_url(2), folder) as running:
        yield running
