"""Orders that are confirmed as they are made: their places are sold in the same transaction."""

import uuid
from collections.abc import Sequence
from typing import Literal

import msgspec

from server.catalog.models import Event
from server.checkout import extras
from server.checkout import sql_counter as sql
from server.inventory.models import Legs, SaleLine
from server.kernel.db import Tx
from server.outbox import service as outbox
from server.outbox.models import Fact
from server.pricing.models import Priced, QuoteItem, QuoteLine

CounterChannel = Literal["box_office", "complimentary", "guest_list", "import"]
BUNDLE_MAX = 100
"""Orders that one row of the outbox tells of: the worker handles a row at a time."""


class CounterOrder(msgspec.Struct, frozen=True):
    """`lines`: what was quoted for each at the prices and charges of now, with the line's id;
    `items`: products beside them."""

    id: uuid.UUID
    hold_id: uuid.UUID
    buyer_id: uuid.UUID
    name: str
    email: str
    lines: list[tuple[uuid.UUID, QuoteLine]]
    items: Sequence[QuoteItem] = ()

    @property
    def bought(self) -> list[Priced]:
        return [*(line for _, line in self.lines), *self.items]

    @property
    def total_minor(self) -> int:
        return sum(of.total_minor for of in self.bought)

    @property
    def fee_minor(self) -> int:
        return sum(of.parts.fee_minor for of in self.bought)

    @property
    def tax_minor(self) -> int:
        return sum(of.parts.tax_minor for of in self.bought)

    @property
    def sale(self) -> list[SaleLine]:
        return [
            SaleLine(line_id, line.seat_idx, line.pool_id, line.quantity)
            for line_id, line in self.lines
        ]


async def record(
    tx: Tx,
    event: Event,
    channel: CounterChannel,
    orders: Sequence[CounterOrder],
    legs: Legs,
) -> None:
    """Write orders whose places `tx` sells, and whose money it takes."""
    await sql.INSERT_ORDERS.run(
        tx, event.org_id, event.id, event.currency, channel,
        [order.id for order in orders],
        [order.hold_id for order in orders],
        [order.buyer_id for order in orders],
        [order.email for order in orders],
        [order.name for order in orders],
        [order.total_minor for order in orders],
        [order.fee_minor for order in orders],
        [order.tax_minor for order in orders],
    )  # fmt: skip
    lines = [(order.id, line_id, line) for order in orders for line_id, line in order.lines]
    await sql.INSERT_LINES.run(
        tx, event.org_id, event.id, *legs,
        [line_id for _, line_id, _ in lines],
        [order_id for order_id, _, _ in lines],
        [line.seat_idx for _, _, line in lines],
        [line.pool_id for _, _, line in lines],
        [line.quantity for _, _, line in lines],
        [line.label for _, _, line in lines],
        [line.section for _, _, line in lines],
        [line.unit_price_minor for _, _, line in lines],
        [line.parts.fee_minor for _, _, line in lines],
        [line.parts.tax_minor for _, _, line in lines],
        [line.ticket_type_id for _, _, line in lines],
        [line.ticket_type for _, _, line in lines],
    )  # fmt: skip
    for order in orders:
        await extras.insert(tx, event.org_id, order.id, order.items)
    await _record_taxes(tx, event, orders)
    for verb in ("created", "confirmed"):
        facts = [_fact(verb, event, channel, order) for order in orders]
        for at in range(0, len(facts), BUNDLE_MAX):
            await outbox.append_bundle(tx, facts[at : at + BUNDLE_MAX])


async def _record_taxes(tx: Tx, event: Event, orders: Sequence[CounterOrder]) -> None:
    taxes = event.prices.charges(event.prices.now).taxes
    rows = [
        (order.id, nth, tax, sum(of.parts.taxes_minor[nth] for of in order.bought))
        for order in orders
        for nth, tax in enumerate(taxes)
    ]
    if rows:
        await sql.INSERT_TAXES.run(
            tx, event.org_id,
            [order_id for order_id, _, _, _ in rows],
            [nth for _, nth, _, _ in rows],
            [tax.name for _, _, tax, _ in rows],
            [tax.rate_ppm for _, _, tax, _ in rows],
            [tax.is_included for _, _, tax, _ in rows],
            [amount for _, _, _, amount in rows],
        )  # fmt: skip


def _fact(verb: str, event: Event, channel: str, order: CounterOrder) -> Fact:
    return Fact(
        type=f"order.{verb}",
        org_id=event.org_id,
        subject=f"order:{order.id}",
        data={
            "order_id": str(order.id),
            "event_id": str(event.id),
            "hold_id": str(order.hold_id),
            "channel": channel,
            "total_minor": order.total_minor,
            "currency": event.currency,
        },
    )
