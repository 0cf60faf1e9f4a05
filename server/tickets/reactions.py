"""A confirmed order becomes tickets."""

import uuid
from collections.abc import Mapping, Sequence

from server.outbox.models import Event
from server.outbox.relay import Reaction
from server.tickets.service import Tickets


def reactions(tickets: Tickets) -> Mapping[str, Sequence[Reaction]]:
    async def on_confirmed(event: Event) -> None:
        await tickets.issue(uuid.UUID(event.data["event_id"]), uuid.UUID(event.data["order_id"]))

    return {"order.confirmed": [on_confirmed]}
