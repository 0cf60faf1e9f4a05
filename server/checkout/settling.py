"""Money has come: orders are confirmed, or their money goes back; it never just stays.

Orders of one event whose money comes at the same moment are settled in one exclusive transaction:
seats sold, lines live, events in the outbox. Each is decided for itself, in the order they came.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.admission import service as admission
from server.catalog import service as catalog
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout import alternatives, loyalty, returns, sql, sql_returns
from server.checkout.facts import order_fact
from server.checkout.models import Order, OrderLine
from server.inventory import verbs as inventory
from server.inventory.models import SaleLine
from server.inventory.selling import Sale, sell
from server.kernel import context, logs
from server.kernel.batches import Batches
from server.kernel.context import Context
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.outbox import service as outbox
from server.payments import refunding
from server.payments import service as payments

BY_BUYER = "Its buyer cancelled it."
CANCELLED = "The event was cancelled: the payment is paid back."
TOO_LATE = "The payment came after the hold had ended and the places were taken: it is paid back."
NOT_ALL = "Not all of it was paid in time: what was paid is paid back."
OPEN = ("pending", "expired")
"""An order that may be sold yet."""
SOLD = ("confirmed", "partially_refunded")
"""An order that has its places."""
BATCH_MAX = 256
WAITING_MAX = 10_000

_log = logs.get(__name__)


class Due(msgspec.Struct, frozen=True):
    """A payment of an order that nobody has answered for; `context`: whose doing it is."""

    order_id: uuid.UUID
    payment_id: uuid.UUID
    context: Context


class Paid(msgspec.Struct, frozen=True):
    """An order, locked, whose money is there. The others as in `inventory.selling.Sale`."""

    order: Order
    buyer_max: int | None = None
    context: Context | None = None


class Till:
    """Settles what comes together, in this process, event by event."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog
        limits = {"batch_max": BATCH_MAX, "waiting_max": WAITING_MAX}
        self._asked = Batches(self._events_of, **limits)
        self._due = Batches(self._settle, **limits)

    async def settle(self, order_id: uuid.UUID, payment_id: uuid.UUID) -> None:
        """Returns once the order is confirmed, or its money on the way back. Safe to repeat.

        Raises NotFound.
        """
        event_id = await self._asked.join(context.current().org_id, order_id)
        if event_id is None:
            raise NotFound("no such order")
        logs.bind(org_id=context.current().org_id, event_id=event_id)
        await self._due.join(event_id, Due(order_id, payment_id, context.current()))

    async def _events_of(self, _: str, order_ids: list[uuid.UUID]) -> list[uuid.UUID | None]:
        async with self._db.tx(read_only=True) as tx:
            events = {row.id: row.event_id for row in await sql.EVENTS_OF.all(tx, order_ids)}
        return [events.get(order_id) for order_id in order_ids]

    async def _settle(self, event_id: uuid.UUID, dues: list[Due]) -> list[None]:
        event, places = await self._catalog.event_with(event_id)
        await inventory.alone(self._db, event_id, lambda tx: _settle(tx, event, places, dues))
        failpoint("order.settled")
        return [None for _ in dues]


async def _settle(tx: Tx, event: Event, places: Places, dues: Sequence[Due]) -> None:
    of = {due.order_id: due for due in dues}
    orders = {order.id: order for order in await sql.LOCK_ORDERS.all(tx, list(of))}
    new = await payments.settled(tx, [due.payment_id for due in dues])
    came = {row.id: row.came_minor for row in await sql_returns.RECOUNT.all(tx, list(of))}
    # Who paid first is served first.
    open_ = [orders[order_id] for order_id in of if orders[order_id].status in OPEN]
    paid = [
        Paid(order, event.seats_per_buyer_max, of[order.id].context)
        for order in open_
        if came[order.id] >= order.confirmed_by_minor
    ]
    ended = [one.order.id for one in paid if one.order.status == "expired"]
    if ended:  # who used points has its account from here on, who earns some at the end
        await loyalty.lock(tx, list(of))
    poor = await loyalty.cannot_go_on(tx, ended)
    able = [one for one in paid if one.order.id not in poor]
    confirmed = await confirm(tx, event, able)
    done = {one.order.id for one, is_done in zip(able, confirmed, strict=True) if is_done}
    late = [one for one in paid if one.order.id not in done]
    is_cancelled = bool(late) and await catalog.is_cancelled(tx, event.id)
    for one in late:
        is_poor = one.order.id in poor
        if is_cancelled or is_poor or not await _confirm_elsewhere(tx, event, places, one):
            words = CANCELLED if is_cancelled else loyalty.SPENT if is_poor else TOO_LATE
            _log.warning("late payment: paying back", order_id=str(one.order.id), why=words)
            await give_up(tx, one.order, words, one.context)
    for order in open_:
        if order.status == "expired" and came[order.id] < order.confirmed_by_minor:
            await give_up(tx, order, NOT_ALL, of[order.id].context)
    exact = {order.id for order in open_ if came[order.id] <= order.total_minor}
    for due in dues:
        if due.payment_id in new and due.order_id not in exact:
            await _pay_back_excess(tx, orders[due.order_id], due.payment_id)
    whole = [
        order.id
        for order in orders.values()
        if order.balance_due_at is not None and came[order.id] >= order.total_minor
    ]
    if whole:
        paid_up = await sql.END_BALANCE.all(tx, whole)
        facts = [order_fact("paid", order, of[order.id].context) for order in paid_up]
        await outbox.append(tx, *facts)
    await loyalty.follow(tx, list(of))


async def _confirm_elsewhere(tx: Tx, event: Event, places: Places, paid: Paid) -> bool:
    """Sell other places, as good, to whom agreed to that. Returns False, having changed nothing,
    where there are none."""
    order = paid.order
    pairs = await alternatives.find(tx, order, event, places)
    if not pairs:
        return False
    await alternatives.move(tx, order, pairs, places)
    if await confirm(tx, event, [paid]) == [True]:
        await sql.END.run(tx, order.id, "confirmed", alternatives.MOVED)
        return True
    await alternatives.move(tx, order, [(to, seat) for seat, to in pairs], places)
    return False


async def give_up(tx: Tx, order: Order, words: str, caused: Context | None = None) -> None:
    """The order, which is locked and not sold, will not be: all that came of its money goes back.
    Its points are for the caller to tell (`loyalty.follow`)."""
    await sql.END.run(tx, order.id, "cancelled", words)
    await outbox.append(tx, order_fact("cancelled", order, caused))
    for room in await refunding.refundable(tx, order.id):
        if room.room_minor > 0:
            await refunding.request_refund(tx, room, room.room_minor, "late")


async def _pay_back_excess(tx: Tx, before: Order, payment_id: uuid.UUID) -> None:
    """Of a payment what is more than its order, as it was `before`, waited for: all of it where
    that was cancelled, or paid for."""
    of = await returns.bought(tx, before.id)
    rooms = await refunding.refundable(tx, before.id)
    room = next((room for room in rooms if room.id == payment_id), None)
    if room is None:
        return
    excess_minor = room.room_minor
    if before.status in OPEN or before.balance_due_at is not None:
        worth_minor = of.value_minor if of.order.status in SOLD else 0
        excess_minor = min(excess_minor, sum(one.room_minor for one in rooms) - worth_minor)
    if excess_minor > 0:
        await refunding.request_refund(tx, room, excess_minor, "excess")


async def confirm(tx: Tx, event: Event, paid: Sequence[Paid]) -> list[bool]:
    """Sell the places of each order, in this order. `tx` is alone on the event.

    False, nothing of it having changed, for an order where a place is taken; for all of them where
    the event was cancelled.
    """
    if not paid or await catalog.is_cancelled(tx, event.id):
        return [False for _ in paid]
    lines = await lines_of(tx, [one.order.id for one in paid])
    sales = [
        Sale(one.order.hold_id, sale_lines(lines[one.order.id]), one.buyer_max, one.context)
        for one in paid
    ]
    sold = await sell(tx, event.id, sales)
    done = [one for one, is_sold in zip(paid, sold, strict=True) if is_sold]
    if done:
        await sql.CONFIRM.run(tx, [one.order.id for one in done])
        if event.has_waiting_room:  # somebody else may come in
            for one in done:
                await admission.end_turn(tx, event.id, one.order.buyer_id)
        facts = [
            order_fact("confirmed", one.order, one.context, **_deposit(one.order)) for one in done
        ]
        await outbox.append_bundle(tx, facts)
    return sold


def _deposit(order: Order) -> dict[str, Any]:
    """Told where the rest is due later."""
    if order.balance_due_at is None:
        return {}
    due_at = order.balance_due_at.isoformat()
    return {"deposit_minor": order.deposit_minor, "balance_due_at": due_at}


async def lines_of(tx: Tx, order_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[OrderLine]]:
    """The lines of each order."""
    lines: dict[uuid.UUID, list[OrderLine]] = defaultdict(list)
    for line in await sql.LINES_OF.all(tx, order_ids):
        lines[line.order_id].append(line)
    return lines


def sale_lines(lines: Sequence[OrderLine]) -> list[SaleLine]:
    return [SaleLine(line.id, line.seat_idx, line.pool_id, line.quantity) for line in lines]
