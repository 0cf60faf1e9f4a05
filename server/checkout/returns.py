"""What of an order goes back: lines and products, whole or a part of their quantity.

A part of a line becomes a line of its own, so that each line is either bought or gone back, and the
order's lines still add up to its total. The same for products.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.checkout import sql, sql_returns
from server.checkout.facts import order_fact
from server.checkout.models import LineNotSold, Order, OrderStatus
from server.checkout.sql_returns import BoughtRow
from server.checkout.states import MOVES
from server.inventory import choices
from server.inventory.models import Legs, PoolWish, SaleLine, Selection
from server.inventory.sold import release_sold
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.kernel.money import coin
from server.outbox import service as outbox
from server.pricing.amounts import Amounts, part_of

NOT_SOLD = "only what is paid for, and did not go back yet, can be paid back: read the order again"


class Bought(msgspec.Struct):
    """An order, locked, with what it has."""

    order: Order
    lines: list[BoughtRow]
    items: list[BoughtRow]

    @property
    def live(self) -> list[BoughtRow]:
        return [row for row in (*self.lines, *self.items) if row.live]

    @property
    def gone(self) -> list[BoughtRow]:
        return [row for row in (*self.lines, *self.items) if row.refund_id is not None]

    @property
    def value_minor(self) -> int:
        """What was bought and did not go back, as it was priced."""
        return sum(row.total_minor for row in self.live)


class Part(msgspec.Struct, frozen=True):
    """`quantity` of a line or product, and what is in its price."""

    row: BoughtRow
    quantity: int
    amounts: Amounts

    @property
    def is_whole(self) -> bool:
        return self.quantity == self.row.quantity


class Returned(msgspec.Struct):
    """`tickets`: by line, how many opened a door until now; `places`: what is on sale again."""

    tickets: dict[uuid.UUID, int]
    places: Selection
    legs: Legs


async def bought(tx: Tx, order_id: uuid.UUID) -> Bought:
    """The order, which nobody else changes until `tx` ends."""
    [order] = await sql.LOCK_ORDERS.all(tx, [order_id])
    return await read(tx, order)


async def read(tx: Tx, order: Order) -> Bought:
    """As `bought`, of an order as it was read."""
    lines = await sql_returns.LINES.all(tx, order.id)
    return Bought(order, lines, await sql_returns.ITEMS.all(tx, order.id))


def parts_of(of: Bought, wanted: Mapping[uuid.UUID, int | None]) -> list[Part]:
    """What goes back, priced. `wanted`: quantities by id of a line or product, None for all of it.

    Raises LineNotSold.
    """
    there, least = {row.id: row for row in of.live}, coin(of.order.currency)
    parts = []
    for row_id, wish in wanted.items():
        row = there.get(row_id)
        if row is None:
            raise LineNotSold(NOT_SOLD, id=row_id)
        quantity = row.quantity if wish is None else wish
        if quantity > row.quantity:
            detail = f"only {row.quantity} of {row.label} did not go back yet, not {quantity}"
            raise LineNotSold(detail, id=row_id)
        amounts = row.amounts
        if quantity < row.quantity:
            amounts = part_of(amounts, row.unit_price_minor, row.quantity, quantity, least)
        parts.append(Part(row, quantity, amounts))
    return parts


async def give_back(
    tx: Tx, of: Bought, parts: Sequence[Part], refund_id: uuid.UUID | None
) -> Returned:
    """Take these parts off the order, and put their places and stock back on sale.

    `tx` is alone on the order's event. `refund_id`: None where nobody decided it here.
    """
    order = of.order
    line_ids = {line.id for line in of.lines}
    lines = [part for part in parts if part.row.id in line_ids]
    if lines:
        sold = [
            SaleLine(part.row.id, part.row.seat_idx, part.row.pool_id, part.quantity)
            for part in lines
        ]
        await release_sold(tx, order.hold_id, sold)
    whole = [part.row for part in lines if part.is_whole]
    await choices.drop(
        tx, order.hold_id, [row.seat_idx for row in whole], [row.pool_id for row in whole]
    )
    await sql_returns.END_LINES.run(tx, order.id, [row.id for row in whole], refund_id)
    items = [part.row.id for part in parts if part.is_whole and part.row.id not in line_ids]
    await sql_returns.END_ITEMS.run(tx, order.id, items, refund_id)
    for part in parts:
        if not part.is_whole:
            split = sql_returns.SPLIT_LINE if part in lines else sql_returns.SPLIT_ITEM
            amounts = part.amounts
            await split.run(
                tx, part.row.id, uuid7(), refund_id, part.quantity, amounts.total_minor,
                amounts.fee_minor, amounts.tax_minor, amounts.discount_minor,
            )  # fmt: skip
    pools = [PoolWish(row.row.pool_id, row.quantity) for row in lines if row.row.pool_id]
    return Returned(
        tickets={part.row.id: part.quantity for part in lines},
        places=Selection([p.row.seat_idx for p in lines if p.row.seat_idx is not None], pools),
        legs=(lines[0].row.leg_first, lines[0].row.leg_last) if lines else (0, 0),
    )


async def become(
    tx: Tx, order: Order, status: OrderStatus, note: str | None, verb: str, **told: Any
) -> None:
    """The order, which is locked, has this status from now on, and the world is told."""
    assert status == order.status or status in MOVES[order.status], f"{order.status} -> {status}"
    await sql.END.run(tx, order.id, status, note)
    await outbox.append(tx, order_fact(verb, order, **told))


async def note(tx: Tx, order: Order, words: str | None) -> None:
    """Say this on the order, which is locked."""
    await sql.END.run(tx, order.id, order.status, words)


async def recount(tx: Tx, order_id: uuid.UUID) -> None:
    """What was paid is what was captured less what went back by now."""
    await sql_returns.RECOUNT.run(tx, [order_id])
