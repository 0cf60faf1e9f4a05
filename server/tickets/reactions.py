"""A confirmed order becomes tickets, and what was paid back is none any more."""

import uuid
from collections.abc import Mapping, Sequence

from server.outbox.models import Event
from server.outbox.relay import Reaction
from server.tickets.service import Tickets


def reactions(tickets: Tickets) -> Mapping[str, Sequence[Reaction]]:
    async def on_confirmed(event: Event) -> None:
        await tickets.issue(uuid.UUID(event.data["event_id"]), uuid.UUID(event.data["order_id"]))

    async def on_refunded(event: Event) -> None:
        in_full = event.data["refunded_minor"] == event.data["amount_minor"]
        await tickets.refunded(uuid.UUID(event.data["order_id"]), in_full=in_full)

    return {"order.confirmed": [on_confirmed], "payment.refunded": [on_refunded]}
