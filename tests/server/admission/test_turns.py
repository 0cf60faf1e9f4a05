"""Nobody overtakes, and never more are inside than the room allows, whoever comes and moves it."""

import asyncio
import datetime as dt
import time
import uuid
from collections.abc import AsyncIterator

import pytest

from server.admission.models import RoomWish, Turn, WaitingRoomOff
from server.admission.service import Admission
from server.inventory.service import Inventory
from server.kernel.ids import uuid7
from tests.server.inventory.engine import ORG_ID, Stage, wish


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with Stage(database_url, instances=2) as ready:
        yield ready


async def _open(stage: Stage, wish: RoomWish) -> tuple[uuid.UUID, list[Admission]]:
    event_id = await stage.event()
    doors = [Admission(one.db, one.catalog) for one in stage.instances]
    await doors[0].set_room(ORG_ID, event_id, wish, None)
    return event_id, doors


async def _turns(stage: Stage, event_id: uuid.UUID) -> list[tuple[int, dt.datetime | None]]:
    found = await stage.rows(
        "SELECT number, pass_ends_at FROM turns WHERE event_id = $1 ORDER BY number", event_id
    )
    return [(row["number"], row["pass_ends_at"]) for row in found]


async def _inside(stage: Stage, event_id: uuid.UUID) -> int:
    return (
        await stage.rows(
            """SELECT count(*) FROM turns WHERE event_id = $1 AND left_at IS NULL
                 AND pass_ends_at > clock_timestamp()""",
            event_id,
        )
    )[0][0]


async def test_a_crowd_comes_in_by_its_numbers_and_never_too_many_at_once(stage: Stage) -> None:
    event_id, doors = await _open(stage, RoomWish(True, at_once_max=7))
    buyers = [uuid7() for _ in range(120)]
    most, is_over = 0, asyncio.Event()

    async def move(door: Admission) -> None:
        while not is_over.is_set():
            await door.move()

    async def watch() -> None:
        nonlocal most
        while not is_over.is_set():
            most = max(most, await _inside(stage, event_id))
            await asyncio.sleep(0.005)

    async def come_and_go(at: int, buyer_id: uuid.UUID) -> int:
        door = doors[at % 2]
        turn = await door.join(event_id, buyer_id)
        if at % 10 == 9:  # loses patience, or has come in by then
            await door.leave(event_id, buyer_id)
            return turn.number
        while turn.status == "waiting":
            assert turn.number == (await door.join(event_id, buyer_id)).number
            assert (
                not await door.may_enter(event_id, buyer_id)
                or (await _of(door, event_id, buyer_id)).status != "waiting"
            )
            await asyncio.sleep(0.02)
            turn = await _of(door, event_id, buyer_id)
        assert await door.may_enter(event_id, buyer_id)
        await door.leave(event_id, buyer_id)
        return turn.number

    others = [asyncio.create_task(one) for one in (move(doors[0]), move(doors[1]), watch())]
    numbers = await asyncio.gather(*(come_and_go(at, one) for at, one in enumerate(buyers)))
    is_over.set()
    await asyncio.gather(*others)
    assert 1 <= most <= 7
    assert sorted(numbers) == list(range(1, 121)), "a number each, and none is left out"
    came = [at for _, at in await _turns(stage, event_id) if at is not None]
    assert len(came) >= 108
    assert came == sorted(came), "somebody overtook"


async def _of(door: Admission, event_id: uuid.UUID, buyer_id: uuid.UUID) -> Turn:
    turn = await door.turn(event_id, buyer_id)
    assert turn is not None
    return turn


async def test_by_the_databases_clock_no_more_come_in_than_the_rate_allows(stage: Stage) -> None:
    began = time.monotonic()
    event_id, doors = await _open(stage, RoomWish(True, per_minute=1_200))
    await asyncio.gather(*(doors[at % 2].join(event_id, uuid7()) for at in range(100)))
    came = 0
    while came < 20:
        await asyncio.gather(*(door.move() for door in doors))
        came = sum(at is not None for _, at in await _turns(stage, event_id))
    assert came <= (time.monotonic() - began) * 20


async def test_ten_thousand_who_wait_cost_no_more_than_one(stage: Stage) -> None:
    """A move writes the rows of those who come in, and the room's; nobody else's."""
    event_id, doors = await _open(stage, RoomWish(True, at_once_max=10))
    await stage.rows(
        """INSERT INTO turns (event_id, org_id, number, buyer_id, joined_at)
           SELECT $1, 'house', n, gen_random_uuid(), now() FROM generate_series(1, 10000) AS n""",
        event_id,
    )
    await stage.rows("UPDATE waiting_rooms SET joined = 10000 WHERE event_id = $1", event_id)
    for _ in range(3):
        await doors[0].move()
    written = await stage.rows(
        "SELECT count(*) FROM turns WHERE event_id = $1 GROUP BY xmin ORDER BY 1", event_id
    )
    assert [row[0] for row in written] == [10, 9_990]
    last = await doors[1].join(event_id, uuid7())
    assert (last.number, last.served_up_to, last.status) == (10_001, 10, "waiting")
    # Everybody but the last gives up: who is left comes in at the next move.
    await stage.rows(
        "UPDATE turns SET left_at = now() WHERE event_id = $1 AND number < 10001", event_id
    )
    await doors[0].move()
    assert (await doors[0].room(ORG_ID, event_id)).served_up_to == 10_001
    assert await _inside(stage, event_id) == 1


async def test_where_all_who_wait_gave_up_the_line_is_empty(stage: Stage) -> None:
    event_id, (door, _) = await _open(stage, RoomWish(True, at_once_max=1))
    first, second, third = uuid7(), uuid7(), uuid7()
    for buyer_id in (first, second, third):
        await door.join(event_id, buyer_id)
    await asyncio.gather(*(door.leave(event_id, one) for one in (first, second, third)))
    assert await door.move() == 1
    assert await door.move() == 0
    assert (await door.join(event_id, second)).status == "admitted"
    assert (await door.room(ORG_ID, event_id)).joined == 4


async def test_a_room_that_is_off_takes_nobody_and_keeps_the_numbers(stage: Stage) -> None:
    event_id, (door, other) = await _open(stage, RoomWish(True, at_once_max=1))
    inside, waiting = uuid7(), uuid7()
    await door.join(event_id, inside)
    await door.join(event_id, waiting)
    await door.set_room(ORG_ID, event_id, RoomWish(False), None)
    with pytest.raises(WaitingRoomOff):
        await other.join(event_id, uuid7())
    assert await other.may_enter(event_id, waiting)
    assert await door.move() == 0
    await door.set_room(ORG_ID, event_id, RoomWish(True, at_once_max=2), None)
    assert not await other.may_enter(event_id, waiting)
    await other.move()
    assert (await _of(door, event_id, waiting)).status == "admitted"
    assert (await _of(door, event_id, waiting)).number == 2


async def test_without_a_waiting_room_inventory_asks_nobody(stage: Stage) -> None:
    async def asked(event_id: uuid.UUID, buyer_id: uuid.UUID) -> bool:
        raise AssertionError("a hold of an event without a waiting room asked admission")

    one = stage.instances[0]
    event_id = await stage.event()
    hold = await Inventory(one.db, one.catalog, asked).hold(event_id, uuid7(), wish([1], {}), None)
    assert hold.status == "active"
