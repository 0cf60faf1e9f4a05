"""An order that is confirmed and paid is settled; so is what is paid back of it."""

import uuid
from collections.abc import Mapping, Sequence

from server.outbox.models import Event
from server.outbox.relay import Reaction
from server.settlement.service import Settling


def reactions(settling: Settling) -> Mapping[str, Sequence[Reaction]]:
    async def on_confirmed(event: Event) -> None:
        if "balance_due_at" not in event.data:  # or it is no sale before its rest is paid
            await on_paid(event)

    async def on_paid(event: Event) -> None:
        await settling.sold(uuid.UUID(event.data["event_id"]), uuid.UUID(event.data["order_id"]))

    async def on_refunded(event: Event) -> None:
        await settling.went_back(uuid.UUID(event.data["order_id"]))

    return {
        "order.confirmed": [on_confirmed],
        "order.paid": [on_paid],
        "payment.refunded": [on_refunded],
        # Where a worker of before has done the former, which told nothing here.
        "order.refunded": [on_refunded],
    }
