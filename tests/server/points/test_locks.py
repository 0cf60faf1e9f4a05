"""Who tells of several orders with points has all their accounts at once: nobody waits in a ring.

Each time two events have orders of the same two members, the other way round. That nobody waited
for who waited for him is what each test's database says at its end.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.checkout import settling
from server.kernel.errors import DatabaseUnavailable
from server.refunds import cancelling
from server.refunds.cancelling import Cancellations
from server.refunds.models import CancellationWish
from tests.server.inventory.engine import ORG_ID, Stage
from tests.server.refunds import point_books
from tests.server.refunds.shop import Shop, opened
from tests.server.support import until

LATER = "UPDATE event_cancellations SET next_batch_at = now() + interval '1 hour'"
NOW = "UPDATE event_cancellations SET next_batch_at = now() WHERE event_id = $1"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with Stage(database_url) as stage:
        yield stage


@pytest.fixture
async def members(stage: Stage) -> list[uuid.UUID]:
    return await point_books.members(stage)


class Gate:
    """Who comes goes on when two have come, or one that has not waits for a lock."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self.came = stage, 0

    async def go_on(self) -> None:
        self.came += 1
        await until(self._is_open)

    async def _is_open(self) -> bool:
        # As the owner: the program's own role sees of no session what it waits for.
        waiting = """SELECT count(*) FROM pg_stat_activity
                     WHERE wait_event_type = 'Lock' AND datname = current_database()"""
        return self.came >= 2 or await self._stage.connection.fetchval(waiting) > 0

    async def has_one(self) -> bool:
        return self.came > 0


async def test_two_events_settle_late_payers_who_are_the_same(
    stage: Stage, members: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is late and gets his points used again, the other only earns some."""
    due: list[tuple[Shop, uuid.UUID, uuid.UUID]] = []
    for nth in range(2):
        shop = await opened(stage, nth)
        ended = await shop.order(0, buyer_id=members[nth], points=40)
        await shop.expire(ended)
        in_time = await shop.order(1, buyer_id=members[1 - nth])
        for order_id in (ended, in_time):
            payment_id = await shop.newest(order_id)
            await shop.tell("captured", payment_id)
            due.append((shop, order_id, payment_id))
    gate, confirm = Gate(stage), settling.confirm

    async def with_accounts(*told: Any) -> list[bool]:
        await gate.go_on()
        return await confirm(*told)

    async def settle(shop: Shop, order_id: uuid.UUID, payment_id: uuid.UUID) -> None:
        while True:
            try:
                return await shop.here.checkout.settle(order_id, payment_id)
            except DatabaseUnavailable:  # on a slow machine it waited for too long
                continue

    monkeypatch.setattr(settling, "confirm", with_accounts)
    await asyncio.gather(*(settle(*one) for one in due))
    sold = "SELECT count(*) FROM orders WHERE status = 'confirmed'"
    assert (await stage.rows(sold))[0][0] == 4


async def test_two_cancelled_events_go_back_to_buyers_who_are_the_same(
    stage: Stage, members: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[tuple[Shop, Cancellations]] = []
    for nth in range(2):
        shop = await opened(stage, nth)
        for seat, member in enumerate((members[nth], members[1 - nth])):
            order_id = await shop.order(seat, buyer_id=member, points=40)
            await shop.tell("captured", await shop.newest(order_id))
            await shop.react()
        cancellations = Cancellations(shop.here.db, shop.here.catalog)
        await cancellations.cancel(ORG_ID, shop.event_id, 1, CancellationWish(), None)
        ended.append((shop, cancellations))
    await stage.rows(LATER)
    gate, decide = Gate(stage), cancelling.decide

    async def with_an_account(*told: Any) -> uuid.UUID:
        refund_id = await decide(*told)
        await gate.go_on()
        return refund_id

    monkeypatch.setattr(cancelling, "decide", with_an_account)
    async with asyncio.TaskGroup() as workers:
        for shop, cancellations in ended:
            await stage.rows(NOW, shop.event_id)
            workers.create_task(cancellations.go_on())
            await until(gate.has_one)
    for shop, cancellations in ended:
        while (await cancellations.progress(ORG_ID, shop.event_id)).orders_left:
            await stage.rows(NOW, shop.event_id)
            await cancellations.go_on()
