"""The worker's rounds: what is in trouble keeps nobody else from money or places."""

import datetime as dt
import uuid
from typing import Any

import pytest

from server.catalog.term_models import DepositTerms, EventTerms
from server.catalog.terms import Terms
from server.checkout.models import DraftRequest
from server.checkout.share_models import Division, Payer
from server.inventory.allocations import AllocationWish
from server.payments.applying import apply
from server.payments.models import Opened, OpenPayment, ProviderEvent, ProviderUnavailable
from server.refunds import balances
from tests.server.inventory.engine import ORG_ID, Page, Stage, wish

PRICE_MINOR = 1_000
OVERDUE = "UPDATE orders SET balance_due_at = now() - interval '1 day' WHERE id = $1"
PAYMENTS = "SELECT id, amount_minor FROM payments WHERE order_id = $1 ORDER BY id"
AGE = "UPDATE payments SET created_at = created_at - $2::interval WHERE id = $1"
ADA = Payer("Ada", "a@buyer.example", Page.name)
DUE = "UPDATE event_allocations SET release_at = now()"


async def _stage_with_deposits(stage: Stage) -> uuid.UUID:
    """An event that takes them."""
    here, event_id = stage.instances[0], await stage.event(price_minor=PRICE_MINOR)
    terms = EventTerms(deposit=DepositTerms(4_000, 7))
    await Terms(here.db, here.catalog).replace(ORG_ID, event_id, terms, None)
    return event_id


async def _deposit(stage: Stage, event_id: uuid.UUID, seat: int) -> tuple[uuid.UUID, str]:
    """An order whose deposit is paid, and the token to pay the rest by."""
    here, buyer_id = stage.instances[0], uuid.uuid4()
    held = await here.inventory.hold(event_id, buyer_id, wish([seat], {}), None)
    draft = DraftRequest(hold_id=held.id, email="a@buyer.example", name="A")
    order = await here.drafts.make(buyer_id, draft, None)
    shares = await here.shares.divide(buyer_id, order.id, Division(deposit=True), None)
    first, rest = [share.url.rpartition("/")[2] for share in shares.items]
    await here.shares.pay(first, ADA)
    [(payment_id, amount_minor)] = await stage.rows(PAYMENTS, order.id)
    told = ProviderEvent("captured", payment_id, f"ref_{payment_id}", amount_minor)
    async with here.db.tx() as tx:
        await apply(tx, Page.name, payment_id, told)
    await here.checkout.settle(order.id, payment_id)
    return order.id, rest


async def test_an_order_in_trouble_keeps_no_other_deposit_from_its_end(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Stage(database_url, instances=1) as stage:
        here, event_id = stage.instances[0], await _stage_with_deposits(stage)
        orders = [(await _deposit(stage, event_id, seat))[0] for seat in (0, 1)]
        for order_id in orders:
            await stage.rows(OVERDUE, order_id)
        decide = balances.decide

        async def odd(tx: Any, event: Any, order_id: uuid.UUID, *more: Any) -> uuid.UUID:
            assert order_id != orders[0], "books that do not add up"
            return await decide(tx, event, order_id, *more)

        monkeypatch.setattr(balances, "decide", odd)
        assert await balances.end_due(here.db, here.catalog) == 1
        refunds = "SELECT count(*) FROM order_refunds WHERE order_id = $1"
        assert [(await stage.rows(refunds, one))[0][0] for one in orders] == [0, 1]


async def test_an_allocation_in_trouble_keeps_no_other_places_from_sale(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where none can be released the worker sleeps before it tries again."""
    async with Stage(database_url, instances=1) as stage:
        here, event_id = stage.instances[0], await stage.event()
        until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        made = [
            await here.allocating.create(
                ORG_ID, event_id, AllocationWish([seat], name="Club", release_at=until), None
            )
            for seat in (0, 1)
        ]
        await stage.rows(DUE)
        release = here.allocating.release

        async def odd(org_id: str, allocation_id: uuid.UUID, key: None) -> None:
            assert allocation_id != made[0].id, "books that do not add up"
            await release(org_id, allocation_id, key)

        monkeypatch.setattr(here.allocating, "release", odd)
        assert [await here.allocating.release_due() for _ in range(2)] == [1, 0]
        left = (await here.allocating.of_event(ORG_ID, event_id)).items
        assert [one.id for one in left] == [made[0].id]


async def test_a_rest_that_could_not_be_paid_while_the_provider_was_down_is_paid_later(
    database_url: str,
) -> None:
    """On a page that is open as long as any; and what was never opened is not asked for forever."""
    async with Stage(database_url, instances=1) as stage:
        here, event_id = stage.instances[0], await _stage_with_deposits(stage)
        order_id, rest = await _deposit(stage, event_id, 0)
        asked: list[OpenPayment] = []

        class Down(Page):
            async def open(self, payment: OpenPayment, terms: Any) -> Opened:
                asked.append(payment)
                if len(asked) == 1:
                    raise ProviderUnavailable("down")
                return await super().open(payment, terms)

        here.payments.providers[Page.name] = Down()  # type: ignore[index]
        with pytest.raises(ProviderUnavailable):
            await here.shares.pay(rest, ADA)
        [_, (never, _)] = await stage.rows(PAYMENTS, order_id)
        await stage.rows(AGE, never, dt.timedelta(hours=2))
        await here.shares.pay(rest, ADA)
        assert asked[1].payment_id != never
        await stage.rows(AGE, never, dt.timedelta(days=2))
        await stage.rows("UPDATE payments SET next_check_at = now() WHERE id = $1", never)
        counts = [await here.payments.reconcile() for _ in range(2)]
        assert counts == [1, 0]
        sql = "SELECT next_check_at = 'infinity' FROM payments WHERE id = $1"
        assert [row[0] for row in await stage.rows(sql, never)] == [True]
