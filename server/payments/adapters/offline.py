"""Money that no provider took: cash, a card terminal, an invoice, another system's till.

It is there when it is written down, so nothing is opened and nobody tells of it later; paid back it
is by hand, which is done as soon as it is asked for.
"""

import uuid
from collections.abc import Mapping

from server.payments.models import (
    Opened,
    OpenPayment,
    ProviderEvent,
    UnknownProvider,
    WebhookRejected,
)


class OfflineProvider:
    name = "offline"

    async def open(self, payment: OpenPayment) -> Opened:
        raise UnknownProvider("nobody pays offline on a page: choose another payment provider")

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        return f"by_hand_{refund_id}"

    async def look_up(self, payment_id: uuid.UUID) -> ProviderEvent | None:
        return None

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent | None:
        raise WebhookRejected("nobody tells of payments that are taken by hand")
