"""A deposit: an order whose places are sold for a part of its money, the rest due by a date.

It is an order of two shares. The first confirms it; with the second it is paid, and its tickets
come. What becomes of one whose rest does not come: `server.refunds.balances`.
"""

import datetime as dt
import uuid

from server.catalog.models import Event
from server.checkout import sql
from server.checkout.dividing import Part
from server.checkout.models import Deposit, Order
from server.checkout.share_models import DivisionRefused
from server.checkout.sql import DueOrder
from server.kernel.db import Tx
from server.kernel.money import coin, divided
from server.points import service as points

MARGIN = dt.timedelta(days=2)
"""So long before the rest is due a deposit is taken at the latest."""
PAGE_OPEN = dt.timedelta(hours=1)
"""So long the rest may be paid on a page that was opened for it."""
GRACE = PAGE_OPEN + dt.timedelta(minutes=5)
"""So long after its time the rest is waited for: whoever opened the page in time may pay on it."""


def offer(event: Event, total_minor: int) -> Deposit | None:
    """As the event has it now; None where it takes none, or not any more, or nothing is left to
    divide."""
    terms = event.deposit
    if terms is None:
        return None
    least = coin(event.currency)
    amount_minor = divided(total_minor * terms.basis_points, 10_000 * least) * least
    due_at = event.starts_at - dt.timedelta(days=terms.due_days_before)
    if not 0 < amount_minor < total_minor or due_at < event.prices.now + MARGIN:
        return None
    return Deposit(amount_minor, total_minor - amount_minor, due_at)


async def take(tx: Tx, order: Order, event: Event) -> list[Part]:
    """The shares of an order, locked, of which the rest is due later. Raises DivisionRefused."""
    by_points = await points.of_order(tx, order.id)
    if by_points is not None and by_points.used:
        raise DivisionRefused("points: they pay for what is paid at once, leave them out")
    found = offer(event, order.total_minor)
    if found is None or not await sql.SET_DEPOSIT.run(
        tx, order.id, found.amount_minor, found.due_at, MARGIN
    ):
        raise DivisionRefused("deposit: the event takes none of this order now, pay all of it")
    return [Part(found.amount_minor), Part(found.rest_minor)]


async def over(tx: Tx, limit: int) -> list[DueOrder]:
    """Orders, of all organizations, whose rest did not come in time."""
    return await sql.BALANCE_OVER.all(tx, GRACE, limit)


async def end(tx: Tx, order_id: uuid.UUID) -> None:
    """Nothing more is due of the order, which is locked."""
    await sql.END_BALANCE.all(tx, [order_id])
