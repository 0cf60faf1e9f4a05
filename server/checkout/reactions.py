"""What checkout does when money has come."""

import uuid
from collections.abc import Mapping, Sequence

from server.checkout.service import Checkout
from server.outbox.models import Event
from server.outbox.relay import Reaction


def reactions(checkout: Checkout) -> Mapping[str, Sequence[Reaction]]:
    async def on_captured(event: Event) -> None:
        await checkout.settle(
            uuid.UUID(event.data["order_id"]), uuid.UUID(event.data["payment_id"])
        )

    return {"payment.captured": [on_captured]}
