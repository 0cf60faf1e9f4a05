"""An order that is confirmed and paid becomes tickets."""

import uuid
from collections.abc import Mapping, Sequence

from server.outbox.models import Event
from server.outbox.relay import Reaction
from server.tickets.service import Tickets


def reactions(tickets: Tickets) -> Mapping[str, Sequence[Reaction]]:
    async def on_paid(event: Event) -> None:
        await tickets.issue(uuid.UUID(event.data["event_id"]), uuid.UUID(event.data["order_id"]))

    return {"order.confirmed": [on_paid], "order.paid": [on_paid]}
