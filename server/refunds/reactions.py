"""What follows when a provider has paid back, and when a payer disputes a payment."""

import uuid
from collections.abc import Mapping, Sequence

from server.outbox.models import Event
from server.outbox.relay import Reaction
from server.refunds.service import Refunds


def reactions(refunds: Refunds) -> Mapping[str, Sequence[Reaction]]:
    async def on_refunded(event: Event) -> None:
        await refunds.went_back(uuid.UUID(event.data["order_id"]))

    async def on_disputed(event: Event) -> None:
        await refunds.disputed(uuid.UUID(event.data["order_id"]), event.data["dispute"])

    return {"payment.refunded": [on_refunded], "payment.disputed": [on_disputed]}
