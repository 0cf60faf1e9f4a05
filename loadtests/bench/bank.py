"""A payment provider for measurements: opens a payment at once, and its webhooks, signed as the
sandbox gateway signs them."""

import hashlib
import hmac
import time
import uuid

import msgspec

from server.payments.adapters.sandbox import SandboxProvider
from server.payments.models import Opened, OpenPayment, ProviderEvent, Terms

WEBHOOK_SECRET = "the bench's own"  # noqa: S105 - of a server that lives for one run


class Bank(SandboxProvider):
    """Answers by itself, at once."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1", "", WEBHOOK_SECRET)

    async def open(self, payment: OpenPayment, terms: Terms) -> Opened:
        return Opened(f"bank:{payment.payment_id}", payment.return_url)

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        return f"refund:{refund_id}"

    async def look_up(
        self, payment_id: uuid.UUID, provider_ref: str | None
    ) -> ProviderEvent | None:
        return None


def webhook(port: int, payment_id: uuid.UUID, provider_ref: str, amount_minor: int) -> bytes:
    """An HTTP request that tells of a captured payment."""
    data = {"session_id": provider_ref, "reference": payment_id, "amount_minor": amount_minor}
    body = msgspec.json.encode(
        {"id": f"captured:{payment_id}", "type": "payment.captured", "data": data}
    )
    stamp = str(int(time.time()))
    signed = hmac.new(WEBHOOK_SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return (
        f"POST /v1/webhooks/sandbox HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Fullhouse-Signature: t={stamp},v1={signed.hexdigest()}\r\n\r\n"
    ).encode() + body
