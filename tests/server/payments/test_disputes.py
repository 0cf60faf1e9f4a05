"""Money that a bank or somebody in a provider's office takes back while orders are under way."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from server.checkout.models import CheckoutRequest, DraftRequest
from server.checkout.share_models import Division, Payer
from server.payments import reconciler, refunding
from server.payments.applying import apply
from server.payments.models import Charge, EventKind, ProviderEvent
from server.refunds.models import PartWish, RefundWish
from tests.server.inventory.engine import ORG_ID, Page, Stage, wish

PRICE_MINOR = 1_000


class Desk:
    """A house that sells, and what providers say of its payments."""

    def __init__(self, stage: Stage, event_id: uuid.UUID) -> None:
        self.stage, self.event_id = stage, event_id
        self.here = stage.instances[0]

    async def say(self, payment_id: uuid.UUID, kind: EventKind, amount_minor: int) -> None:
        told = ProviderEvent(kind, payment_id, f"ref_{payment_id}", amount_minor)
        async with self.here.db.tx() as tx:
            await apply(tx, Page.name, payment_id, told)

    async def capture(self, order_id: uuid.UUID, payment_id: uuid.UUID, amount_minor: int) -> None:
        await self.say(payment_id, "captured", amount_minor)
        await self.here.checkout.settle(order_id, payment_id)

    async def buy(self, seats: Sequence[int]) -> tuple[uuid.UUID, uuid.UUID]:
        """An order that is paid, and its payment."""
        buyer_id = uuid.uuid4()
        held = await self.here.inventory.hold(self.event_id, buyer_id, wish(seats, {}), None)
        details = CheckoutRequest(
            hold_id=held.id, email="a@buyer.example", name="A", provider=Page.name
        )
        order = (await self.here.checkout.start(buyer_id, details, None)).order
        [payment] = await self.payments(order.id)
        await self.capture(order.id, payment["id"], PRICE_MINOR * len(seats))
        return order.id, payment["id"]

    async def payments(self, order_id: uuid.UUID) -> list[Any]:
        sql = "SELECT * FROM payments WHERE order_id = $1 ORDER BY id"
        return await self.stage.rows(sql, order_id)

    async def stands(self, order_id: uuid.UUID) -> list[tuple[str, int]]:
        return [(p["status"], p["refunded_minor"]) for p in await self.payments(order_id)]

    async def pay_back_one(self, order_id: uuid.UUID) -> None:
        """An organizer decides it of one of the order's lines."""
        sql = "SELECT id FROM order_lines WHERE order_id = $1 AND live ORDER BY id LIMIT 1"
        [line] = await self.stage.rows(sql, order_id)
        await self.here.refunds.refund(ORG_ID, order_id, RefundWish([PartWish(line["id"])]), None)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with Stage(database_url, instances=1) as stage:
        yield Desk(stage, await stage.event(price_minor=PRICE_MINOR))


async def test_a_refund_that_was_under_way_does_not_end_a_dispute(desk: Desk) -> None:
    order_id, payment_id = await desk.buy([0, 1, 2])
    await desk.pay_back_one(order_id)

    class Meanwhile(Page):
        async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
            await desk.say(payment_id, "disputed", 3 * PRICE_MINOR)
            return await super().refund(provider_ref, refund_id, amount_minor)

    await refunding.refund_some(desk.here.db, {Page.name: Meanwhile()})
    assert await desk.stands(order_id) == [("disputed", PRICE_MINOR)]
    await desk.say(payment_id, "dispute_lost", 3 * PRICE_MINOR)
    assert await desk.stands(order_id) == [("refunded", 3 * PRICE_MINOR)]


async def test_a_dispute_of_what_went_back_whole_takes_nothing_and_is_done(desk: Desk) -> None:
    order_id, payment_id = await desk.buy([0])
    await desk.say(payment_id, "refunded", PRICE_MINOR)
    told = "SELECT count(*) FROM outbox WHERE type = 'payment.disputed'"
    for kind in ("disputed", "dispute_lost", "dispute_won"):
        await desk.say(payment_id, kind, PRICE_MINOR)
    assert await desk.stands(order_id) == [("refunded", PRICE_MINOR)]
    assert [row[0] for row in await desk.stage.rows(told)] == [0]


async def test_what_a_dispute_took_is_no_refund_of_the_provider(desk: Desk) -> None:
    """In its list of charges nothing went back but what it calls a refund."""
    _, lost = await desk.buy([0])
    _, partly = await desk.buy([1])
    for payment_id, took_minor in ((lost, PRICE_MINOR), (partly, 300)):
        await desk.say(payment_id, "disputed", took_minor)
        await desk.say(payment_id, "dispute_lost", took_minor)
    await desk.say(partly, "refunded", 200)
    now = dt.datetime.now(dt.UTC)

    class Listing(Page):
        async def list_since(self, since: dt.datetime) -> AsyncIterator[Charge]:
            for payment_id, back_minor in ((lost, 0), (partly, 200)):
                yield Charge(payment_id, f"ref_{payment_id}", PRICE_MINOR, back_minor, "EUR", now)

    since = now - dt.timedelta(hours=1)
    gaps = [g async for g in reconciler.compare(desk.here.db, {Page.name: Listing()}, since)]
    assert gaps == []
    sql = "SELECT refunded_minor FROM payments WHERE id = $1"
    assert [row[0] for row in await desk.stage.rows(sql, partly)] == [500]


async def test_one_refund_that_trips_us_up_keeps_nobody_elses_money(desk: Desk) -> None:
    orders = [(await desk.buy([seat]))[0] for seat in (0, 1)]
    for order_id in orders:
        await desk.pay_back_one(order_id)
    [broken] = await desk.payments(orders[0])

    class Odd(Page):
        async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
            if provider_ref == broken["provider_ref"]:
                raise KeyError("currency")
            return await super().refund(provider_ref, refund_id, amount_minor)

    await refunding.refund_some(desk.here.db, {Page.name: Odd()})
    assert [await desk.stands(order_id) for order_id in orders] == [
        [("captured", 0)], [("refunded", PRICE_MINOR)],
    ]  # fmt: skip


async def test_a_share_that_went_back_in_the_providers_office_pays_for_no_place(
    desk: Desk,
) -> None:
    buyer_id = uuid.uuid4()
    held = await desk.here.inventory.hold(desk.event_id, buyer_id, wish([0, 1], {}), None)
    draft = DraftRequest(hold_id=held.id, email="a@buyer.example", name="A")
    order = await desk.here.drafts.make(buyer_id, draft, None)
    shares = await desk.here.shares.divide(buyer_id, order.id, Division(equal=2), None)
    for share in shares.items:
        payer = Payer("B", "b@payer.example", Page.name)
        await desk.here.shares.pay(share.url.rpartition("/")[2], payer)
    first, second = [payment["id"] for payment in await desk.payments(order.id)]
    await desk.capture(order.id, first, PRICE_MINOR)
    await desk.say(first, "refunded", PRICE_MINOR)
    await desk.here.refunds.went_back(order.id)
    await desk.capture(order.id, second, PRICE_MINOR)
    now = await desk.here.checkout.order_of(order.id, buyer_id)
    assert (now.status, now.paid_minor) == ("pending", PRICE_MINOR)
    assert not any(line.live for line in now.lines)
