"""A running product for each module of the laws of the interface."""

from collections.abc import Iterator

import pytest

from tests.conformance.scene import Scene, house_in, prepare
from tests.fixtures.product import Product
from tests.fixtures.services import Services


@pytest.fixture(scope="module")
def house(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Of the module, and gone with it: one that nobody asks any more polls on all the same."""
    folder = tmp_path_factory.mktemp("conformance")
    with services.database() as url, house_in(folder, url, services.redis_url(2)) as running:
        yield running


@pytest.fixture(scope="module")
def scene(house: Product) -> Scene:
    """Each module's own: its tests use up what is in it."""
    return prepare(house)
