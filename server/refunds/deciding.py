"""What a refund does, whoever decides it: one transaction, alone on the event.

Tickets end here, and not when the money has gone back: a ticket that is being paid back must open
no door, and what is on sale again must be nobody's. From this commit on the money is owed, and the
worker pays it until the provider has confirmed; where a provider refuses, the debt stays in sight.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from server import audit
from server.catalog.models import Event
from server.checkout import deposits, loyalty, returns
from server.checkout.returns import Part
from server.inventory import blocks
from server.kernel import context
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.kernel.money import coin
from server.payments import refunding
from server.payments.models import Refundable
from server.pricing.amounts import Amounts, paid_back, spread, sum_of
from server.refunds import sql
from server.refunds.models import Cause, NotRefundable, OrderDisputed
from server.tickets import service as tickets

PAID = ("confirmed", "partially_refunded")
"""Orders that have something to give back."""
CANCELLED = "The order was cancelled."


class Terms(msgspec.Struct, frozen=True):
    """`keeps_fees`, `keeps_places`: the fee stays, the places stay off sale. `pays`: whether money
    goes back, or is gone already."""

    cause: Cause
    note: str = ""
    keeps_fees: bool = False
    keeps_places: bool = False
    pays: bool = True


async def decide(
    tx: Tx,
    event: Event,
    order_id: uuid.UUID,
    wanted: Mapping[uuid.UUID, int | None],
    terms: Terms,
) -> uuid.UUID:
    """Give back `wanted` of an order of this event: quantities by line or product, None for all of
    it; all that is left where nothing is named. Returns the refund's id.

    `tx` is alone on the event. Raises NotRefundable, OrderDisputed, LineNotSold before it writes.
    """
    of = await returns.bought(tx, order_id)
    if of.order.status not in PAID or not of.live:
        raise NotRefundable("the order has nothing that is paid for and did not go back yet")
    if terms.pays and (await refunding.balance(tx, order_id)).disputed:
        detail = "a payer disputes the order's payment: wait until that is decided"
        raise OrderDisputed(detail, order_id=order_id)
    parts = returns.parts_of(of, wanted or dict.fromkeys(row.id for row in of.live))
    is_open = of.order.balance_due_at is not None
    if is_open and not len(parts) == len(of.live) == _whole(parts):
        raise NotRefundable("the order's rest is not paid yet: wait for it, or pay back all of it")
    rooms = await refunding.refundable(tx, order_id) if terms.pays else []
    value_minor, least = sum(part.amounts.total_minor for part in parts), coin(event.currency)
    back = _affordable(
        sum_of([paid_back(part.amounts, least, keeps_fee=terms.keeps_fees) for part in parts]),
        sum(max(0, room.room_minor) for room in rooms) - (of.value_minor - value_minor),
    )
    refund_id = uuid7()
    await sql.INSERT.run(
        tx, refund_id, of.order.org_id, order_id, event.id, terms.cause, back.total_minor,
        back.fee_minor, back.tax_minor, terms.keeps_fees, terms.keeps_places, terms.note,
        context.current().actor,
    )  # fmt: skip
    if is_open:  # nothing more is due of it
        await deposits.end(tx, order_id)
    returned = await returns.give_back(tx, of, parts, refund_id)
    await tickets.refund_lines(tx, of.order, returned.tickets)
    if terms.keeps_places and returned.places.size:
        await blocks.block(tx, event, returned.places, returned.legs)
    await _ask_back(tx, rooms, back.total_minor, least, refund_id)
    if terms.pays and not back.total_minor and len(parts) == len(of.live) == _whole(parts):
        # No provider will tell of money, so the order ends here.
        await returns.become(tx, of.order, "cancelled", terms.note or CANCELLED, "cancelled")
    await loyalty.follow(tx, [order_id])
    await audit.record(
        tx, of.order.org_id, "order.refund_decided", subject=f"order:{order_id}",
        data=_told(refund_id, back, terms),
    )  # fmt: skip
    return refund_id


def _affordable(back: Amounts, open_minor: int) -> Amounts:
    """Of an order that is not paid in full, a deposit, only what is beyond what it still has."""
    amount = max(0, min(back.total_minor, open_minor))
    if amount == back.total_minor:
        return back
    fee, tax = (m * amount // back.total_minor for m in (back.fee_minor, back.tax_minor))
    return Amounts(amount, fee, tax)


async def _ask_back(
    tx: Tx, rooms: list[Refundable], amount_minor: int, least: int, refund_id: uuid.UUID
) -> None:
    shares = spread(amount_minor, [room.room_minor for room in rooms], least)
    assert sum(shares) == amount_minor, "no more goes back than there is"
    for room, share in zip(rooms, shares, strict=True):
        if share:
            await refunding.request_refund(tx, room, share, reason_of(refund_id))


def _whole(parts: list[Part]) -> int:
    return sum(part.is_whole for part in parts)


def reason_of(refund_id: uuid.UUID) -> str:
    """Of what the payments give back for this refund."""
    return f"refund:{refund_id}"


def _told(refund_id: uuid.UUID, back: Amounts, terms: Terms) -> dict[str, Any]:
    return {
        "refund_id": str(refund_id),
        "amount_minor": back.total_minor,
        "cause": terms.cause,
        "keeps_fees": terms.keeps_fees,
        "keeps_places": terms.keeps_places,
        "note": terms.note,
    }
