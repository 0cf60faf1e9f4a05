"""What many need at once is made once."""

import asyncio
import uuid

import pytest

from server.catalog.geometry import Places
from server.inventory import service
from server.inventory.best import House
from server.inventory.models import BestWish, HoldRequest
from tests.server.inventory.engine import Stage


async def test_a_crowd_that_comes_to_a_new_map_has_its_house_made_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an arena it takes the processor what many holds take, and they come by hundreds."""
    made: list[Places] = []

    def house(places: Places) -> House:
        made.append(places)
        return House(places)

    monkeypatch.setattr(service, "House", house)
    async with Stage(database_url, instances=1, seats=40) as stage:
        inventory, event_id = stage.instances[0].inventory, await stage.event()
        holds = await asyncio.gather(*(
            inventory.hold(event_id, uuid.uuid4(), HoldRequest(best=BestWish(1)), None)
            for _ in range(20)
        ))  # fmt: skip
    assert len({hold.seats[0].idx for hold in holds}) == 20
    assert len(made) == 1
