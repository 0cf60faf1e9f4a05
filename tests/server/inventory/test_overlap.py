"""Two batches of one event on their way at once: the second stands only on the first.

A transaction of the test's own keeps a seat locked, so that the first batch stays on its way for as
long as it takes to send another behind it.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from server.inventory.combiner import FOLLOWERS_MIN
from server.inventory.holds import Refused
from server.inventory.models import HoldView, InventoryChanged, SeatsTaken
from tests.server.inventory.engine import Instance, Stage, key_of, wish
from tests.server.support import until

FIRST = 5
SEATS = FIRST + 1 + FOLLOWERS_MIN
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
_OTHERS_CHANGE = (
    """UPDATE event_clock SET version = version + 1
       WHERE event_id = $1 AND stream = 'inventory'""",
    """UPDATE seats s SET version = s.version + 1, changed_at_version = c.version
       FROM event_clock c
       WHERE s.event_id = $1 AND s.seat_idx = 5 AND c.event_id = $1 AND c.stream = 'inventory'""",
    """INSERT INTO inventory_changes (event_id, version, places)
       SELECT event_id, version, '{5}' FROM event_clock
       WHERE event_id = $1 AND stream = 'inventory'""",
)


class Overlap:
    """A hold that waits for a locked seat, and a batch that was sent behind it."""

    def __init__(self, stage: Stage, event_id: uuid.UUID) -> None:
        self.stage, self.event_id = stage, event_id
        self.instance: Instance = stage.instances[0]
        self.lock = stage.connection.transaction()
        self.version = 0

    async def begin(self, first: Callable[[], Awaitable[HoldView]]) -> None:
        connection = self.stage.connection
        self.version = (await self.instance.inventory.hold(
            self.event_id, uuid.uuid4(), wish([0], {}), None
        )).version  # fmt: skip
        await self.lock.start()
        await connection.execute(
            "SELECT FROM seats WHERE event_id = $1 AND seat_idx = $2 FOR UPDATE",
            self.event_id, FIRST,
        )  # fmt: skip
        self.first = asyncio.ensure_future(first())
        await self._waiting(1)
        self.behind = [asyncio.create_task(self._hold(seat)) for seat in range(FIRST + 1, SEATS)]
        await self._waiting(2)

    async def _hold(self, seat: int) -> HoldView:
        return await self.instance.inventory.hold(
            self.event_id, uuid.uuid4(), wish([seat], {}), None
        )

    async def _waiting(self, count: int) -> None:
        async def are_waiting() -> bool:
            return await self.stage.connection.fetchval(_WAITING) == count

        await until(are_waiting)

    async def followers(self) -> set[int]:
        """The versions that those behind were written as."""
        return {hold.version for hold in await asyncio.gather(*self.behind)}


@asynccontextmanager
async def _overlap(database_url: str) -> AsyncIterator[Overlap]:
    async with Stage(database_url, seats=SEATS) as stage:
        yield Overlap(stage, await stage.event())


async def test_the_second_is_written_as_the_next_version_and_told_after_the_first(
    database_url: str,
) -> None:
    told: list[int] = []
    async with _overlap(database_url) as overlap:

        async def listen(facts: object) -> None:
            assert isinstance(facts, list)
            told.extend(f.version for f in facts if isinstance(f, InventoryChanged))

        overlap.instance.db.announce = listen
        await overlap.begin(lambda: overlap._hold(FIRST))
        combiner = overlap.instance.inventory.combiner
        assert combiner.batches == 3, "the one before, the first, and the second behind it"
        await overlap.lock.rollback()
        version = overlap.version
        assert (await overlap.first).version == version + 1
        assert await overlap.followers() == {version + 2}
        await asyncio.sleep(0)
        assert combiner.batches == 3
        assert told == [version, version + 1, version + 2]
        assert combiner.mirrors.of(overlap.event_id).version == version + 2


async def test_a_version_that_another_process_made_is_not_taken_for_the_first(
    database_url: str,
) -> None:
    """It has the number that the second waits for, and is not what it was decided on."""
    async with _overlap(database_url) as overlap:
        await overlap.begin(lambda: overlap._hold(FIRST))
        for statement in _OTHERS_CHANGE:
            await overlap.stage.connection.execute(statement, overlap.event_id)
        await overlap.lock.commit()
        first = (await overlap.first).version
        assert first == overlap.version + 2, "decided again, on what the other process made"
        assert await overlap.followers() == {first + 1}, "and those behind it after that"
        rows = await overlap.stage.rows(
            """SELECT seat_idx, version, status FROM seats
               WHERE event_id = $1 AND seat_idx >= $2 ORDER BY seat_idx""",
            overlap.event_id, FIRST,
        )  # fmt: skip
        assert [tuple(row) for row in rows] == [
            (seat, 2 if seat == FIRST else 1, 1) for seat in range(FIRST, SEATS)
        ]


async def test_a_key_that_was_answered_meanwhile_makes_no_hold(database_url: str) -> None:
    """Another process refused the same request, of the same version, after the first batch had
    looked."""
    buyer_id, request = uuid.uuid4(), wish([FIRST], {})
    key = key_of("hold", buyer_id, request)
    async with _overlap(database_url) as overlap:
        await overlap.begin(
            lambda: overlap.instance.inventory.hold(overlap.event_id, buyer_id, request, key)
        )
        await overlap.stage.rows(
            "INSERT INTO idempotency_keys (id, request_hash, answer) VALUES ($1, $2, $3)",
            key.id, key.request_hash, msgspec.json.encode(Refused([FIRST], [])),
        )  # fmt: skip
        await overlap.lock.rollback()
        with pytest.raises(SeatsTaken):
            await overlap.first
        await overlap.followers()
        made = await overlap.stage.rows("SELECT FROM holds WHERE id = $1", key.id)
        assert not made, "one key, one answer"
