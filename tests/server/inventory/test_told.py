"""What is told of a version is what that version made: nothing of what is decided after it."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

from server.inventory.models import HeldSeat, InventoryChanged
from tests.server.inventory.engine import Stage, wish

SEATS, PLACES, LEGS = 48, 300, 2


async def test_a_batch_tells_nothing_that_is_decided_while_it_is_written(
    database_url: str,
) -> None:
    """Each seat is wanted for one leg and then for the other, by so many at once that the second
    is decided while the first is at the database."""
    told: list[InventoryChanged] = []

    async def listen(facts: Sequence[Any]) -> None:
        told.extend(fact for fact in facts if isinstance(fact, InventoryChanged))

    async with Stage(database_url, instances=1, seats=SEATS + 1, capacities=(PLACES,)) as stage:
        event_id = await stage.event(legs=LEGS)
        (pool_id,), (instance,) = stage.pools(event_id), stage.instances
        # From here on the event is known, and batches are decided ahead.
        await instance.inventory.hold(event_id, uuid.uuid4(), wish([0], {}), None)
        instance.db.announce = listen
        holds = await asyncio.gather(*(
            instance.inventory.hold(
                event_id, uuid.uuid4(), wish([seat + 1], {pool_id: 1}, (leg, leg)), None
            )
            for leg in range(LEGS)
            for seat in range(SEATS)
        ))  # fmt: skip
        await asyncio.sleep(0)
        made = [(hold.version, hold.seats, hold.legs[0]) for hold in holds]
    assert len({version for version, _, _ in made}) > 1, "several batches"
    for change in told:
        assert dict(change.seats) == _seats(made, change)
        counts = [sum(at <= change.version and leg == of for at, _, leg in made) for of in (0, 1)]
        assert change.pools == [(0, PLACES - min(counts))], "as many as are left on some leg"
    assert [change.version for change in told] == sorted({version for version, _, _ in made})


def _seats(made: list[tuple[int, list[HeldSeat], int]], change: InventoryChanged) -> dict[int, int]:
    """What the map shows of the seats that a version changed: held once no leg is free."""
    legs: dict[int, set[int]] = {}
    for version, seats, leg in made:
        for seat in seats if version <= change.version else ():
            legs.setdefault(seat.idx, set()).add(leg)
    changed = {s.idx for version, seats, _ in made if version == change.version for s in seats}
    return {seat: int(len(legs[seat]) == LEGS) for seat in changed}
