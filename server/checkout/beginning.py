"""A hold becomes an order, and a payment of it begins: what one transaction does of that."""

import uuid
from typing import Protocol

import msgspec

from server.catalog import service as catalog
from server.catalog.models import Event
from server.checkout import loyalty, opening, sql
from server.checkout.discount_models import Discount
from server.checkout.facts import order_fact
from server.checkout.models import (
    CheckoutInvalid,
    CheckoutRequest,
    DraftWish,
    Order,
    OrderBegun,
    OrderStatus,
)
from server.checkout.settling import Paid, confirm
from server.inventory import verbs as inventory
from server.inventory.models import Hold, HoldOver, NotOnSale
from server.kernel.db import Tx
from server.outbox import service as outbox
from server.payments import service as payments
from server.payments.models import Payment
from server.points import service as points
from server.points.models import PointsRefused
from server.pricing.models import Quote

ENDED = "this hold has ended: choose again"

Opened = tuple[Order, Payment | None]
"""An order and its payment; None where nothing is to be paid."""


class Begun(msgspec.Struct):
    """What is kept under a checkout's key: how the order was when it was first asked for."""

    status: OrderStatus


class Price(Protocol):
    """As `opening.price`, of all that the buyer wants."""

    async def __call__(
        self, tx: Tx, hold: Hold, *, claims: bool
    ) -> tuple[Quote, Discount | None]: ...


async def order(
    tx: Tx,
    hold_id: uuid.UUID,
    wish: CheckoutRequest,
    event: Event,
    price: Price,
    *,
    is_free: bool,
) -> Opened:
    """In one step; what the hold became before, where it did."""
    # The order before its hold, as everybody locks them.
    before = await sql.LOCK_ORDER_OF_HOLD.first(tx, hold_id)
    hold = await inventory.order(tx, hold_id, event)
    # Made while we waited for the hold, so made of the hold as it is.
    found = before or await sql.ORDER_OF_HOLD.first(tx, hold_id)
    if found is not None and found.status == "draft":
        raise OrderBegun("this hold is a draft: change and confirm that", order_id=found.id)
    if before is not None and before.status in ("pending", "expired") and not hold.is_over:
        # An extended hold gives its order more time.
        await _use_points(tx, before)
        found = await sql.REOPEN.first(tx, before.id, hold.expires_at)
        assert found is not None
    if found is not None:
        return found, await payments.of_order(tx, found.id)
    priced, discount = await _priced(tx, hold, event, price)
    if is_free != (not priced.total_minor):
        # Where nothing is to be paid the places are sold at once, alone on the event.
        raise CheckoutInvalid("what is to be paid changed at this moment: check out again")
    made = await opening.write(tx, hold, event, wish, priced, discount, "pending")
    opening.check_complete(event, made)
    if priced.points_minor:
        await _use_points(tx, made)
    await inventory.pay(tx, hold, event)
    await outbox.append(tx, order_fact("created", made))
    return await _pay(tx, made, event, wish.provider)


async def write_draft(
    tx: Tx, hold_id: uuid.UUID, wish: DraftWish, event: Event, price: Price, *, is_new: bool
) -> Order:
    """A draft of the hold; where that is not `is_new`, the one that it is, anew.

    Raises OrderBegun where the hold became more than a draft, HoldOver, NotOnSale.
    """
    before = await sql.LOCK_ORDER_OF_HOLD.first(tx, hold_id)
    hold = await inventory.order(tx, hold_id, event)
    if is_new and (twin := before or await sql.ORDER_OF_HOLD.first(tx, hold_id)) is not None:
        raise OrderBegun("this hold is an order already: read and change that", order_id=twin.id)
    if before is not None:
        must_be_draft(before)
        # What the draft has of a discount, products and points is not in the way of its next state.
        await sql.CLEAR.run(tx, before.id)
        await points.detach(tx, before.org_id, before.id)
    priced, discount = await _priced(tx, hold, event, price)
    made = await opening.write(tx, hold, event, wish, priced, discount, "draft", before)
    if before is None:
        await outbox.append(tx, order_fact("created", made))
    return made


async def draft(
    tx: Tx, seen: Order, event: Event, provider: str | None, *, is_free: bool
) -> Opened:
    """Begin the payment of a draft; what became of it, where that was done before."""
    before = await sql.LOCK_ORDER_OF_HOLD.first(tx, seen.hold_id)
    assert before is not None, "orders are never deleted"
    if before.status != "draft":
        payment = await payments.of_order(tx, before.id)
        if payment is None and not is_free:  # it is over, or divided
            must_be_draft(before)
        return before, payment
    begun = await begin(tx, before, event)
    if is_free != (not begun.total_minor):
        raise CheckoutInvalid("what is to be paid changed at this moment: confirm again")
    return await _pay(tx, begun, event, provider)


async def begin(tx: Tx, order: Order, event: Event) -> Order:
    """A draft, which is locked, waits for its money from now on, and uses its points. Raises
    HoldOver, NotOnSale, CheckoutInvalid, PointsRefused."""
    hold = await inventory.order(tx, order.hold_id, event)
    await _must_sell(tx, hold, event)
    opening.check_complete(event, order)
    await _use_points(tx, order)
    await inventory.pay(tx, hold, event)
    begun = await sql.REOPEN.first(tx, order.id, hold.expires_at)
    assert begun is not None, "a draft may become pending"
    return begun


def must_be_draft(order: Order) -> None:
    """Raises OrderBegun."""
    if order.status != "draft":
        raise OrderBegun(f"the order is no draft any more, it is {order.status}", order_id=order.id)


async def _use_points(tx: Tx, order: Order) -> None:
    """Raises PointsRefused, before anything changed."""
    if await loyalty.cannot_go_on(tx, [order.id]):
        raise PointsRefused(
            "points: you have spent them since: say fewer or none, or release and choose again"
        )


async def _must_sell(tx: Tx, hold: Hold, event: Event) -> None:
    if await catalog.is_cancelled(tx, event.id):
        raise NotOnSale("this event was cancelled")
    if hold.is_over:
        raise HoldOver(ENDED, hold_id=str(hold.id))


async def _priced(tx: Tx, hold: Hold, event: Event, price: Price) -> tuple[Quote, Discount | None]:
    await _must_sell(tx, hold, event)
    priced, discount = await price(tx, hold, claims=True)
    opening.check_counts(priced, event)
    return priced, discount


async def _pay(tx: Tx, order: Order, event: Event, provider: str | None) -> Opened:
    if order.total_minor:
        assert provider is not None, "chosen before"
        return order, await payments.open_attempt(
            tx, order.org_id, order.id, provider, order.total_minor, order.currency
        )
    confirmed = await confirm(tx, event, [Paid(order)])
    assert all(confirmed), "a hold that is not over has its places"
    found = await sql.ORDER_BY_ID.first(tx, order.id)
    assert found is not None
    return found, None
