"""An order that is confirmed and paid is settled; so is what is paid back of it."""

import uuid
from collections.abc import Mapping, Sequence

from server.outbox.models import Event
from server.outbox.relay import Reaction
from server.settlement.service import Settling


def reactions(settling: Settling) -> Mapping[str, Sequence[Reaction]]:
    async def on_paid(event: Event) -> None:
        await settling.confirmed(*_ids(event))

    async def on_refunded(event: Event) -> None:
        told = [event.data.get(name) for name in ("refund_minor", "fee_minor", "tax_minor")]
        amount, fee, tax = told
        parts = None if amount is None or fee is None or tax is None else (amount, fee, tax)
        await settling.refunded(*_ids(event), parts)

    return {
        "order.confirmed": [on_paid],
        "order.paid": [on_paid],
        "order.refunded": [on_refunded],
    }


def _ids(event: Event) -> tuple[uuid.UUID, uuid.UUID]:
    return uuid.UUID(event.data["event_id"]), uuid.UUID(event.data["order_id"])
