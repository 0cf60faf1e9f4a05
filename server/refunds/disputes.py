"""A payer disputes a payment: until that is decided its order pays nothing back.

The payment itself says that it is disputed, which keeps refunds from being decided and from being
paid. Here its order is marked, and its organization told in its log. What is lost is gone: that
money went back is followed as any other (`Refunds.went_back`).
"""

import uuid
from typing import Literal

from server import audit
from server.checkout import returns
from server.kernel.db import Tx
from server.refunds import sql_cancelling

Became = Literal["opened", "won", "lost"]
NOTES: dict[Became, str | None] = {
    "opened": "A payer disputes the payment: nothing is paid back until that is decided.",
    "won": None,
    "lost": "A dispute was lost: the payer has the money back.",
}


async def mark(tx: Tx, order_id: uuid.UUID, became: Became) -> None:
    """Says so on the order. Where it was marked so before, nothing happens."""
    order = (await returns.bought(tx, order_id)).order
    note = NOTES[became]
    if order.note == note:
        return
    await returns.note(tx, order, note)
    await audit.record(
        tx, order.org_id, f"order.dispute_{became}", subject=f"order:{order_id}",
        data={"event_id": str(order.event_id)},
    )  # fmt: skip
    # A cancelled event has left out an order that was disputed.
    await sql_cancelling.AGAIN.run(tx, order.event_id)
