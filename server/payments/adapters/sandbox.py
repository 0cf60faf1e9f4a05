"""The sandbox provider: a gateway process of our own that speaks as a real one does."""

import asyncio
import datetime as dt
import hashlib
import hmac
import math
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import msgspec

from server.payments.adapters import uuid_of
from server.payments.models import (
    Charge,
    Envelope,
    EventKind,
    Opened,
    OpenPayment,
    PaymentIntent,
    ProviderEvent,
    ProviderUnavailable,
    RefundRefused,
    Terms,
    WebhookRejected,
)

TOLERANCE_S = 300
TIMEOUT_S = 5.0
PUBLISHABLE_KEY = "pk_sandbox"
"""The gateway asks for none."""
TWIN_WAITS_S = (0.05, 0.1, 0.2, 0.4)
"""The gateway answers 409 to a request whose twin, with the same key, is under way."""

_KINDS: dict[str, EventKind] = {
    "payment.captured": "captured",
    "payment.failed": "failed",
    "payment.refunded": "refunded",
    "session.expired": "expired",
}
_SETTLED: dict[str, EventKind] = {"complete": "captured", "expired": "expired"}


class _Session(msgspec.Struct):
    id: str
    status: str
    url: str | None
    amount_minor: int
    client_secret: str | None = None


class _Sessions(msgspec.Struct):
    items: list[_Session]


class _Refund(msgspec.Struct):
    id: str


class _Charge(msgspec.Struct):
    session_id: str
    reference: str
    amount_minor: int
    refunded_minor: int
    currency: str
    created: int


class _Charges(msgspec.Struct):
    items: list[_Charge]
    next_token: str | None


class _EventData(msgspec.Struct):
    session_id: str
    reference: str
    amount_minor: int
    refunded_minor: int = 0


class _Event(msgspec.Struct):
    id: str
    type: str
    data: _EventData


class SandboxProvider:
    name = "sandbox"
    needs_account = False
    takes_intents = True

    def __init__(self, url: str, secret: str, webhook_secret: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, timeout=TIMEOUT_S, headers={"Authorization": f"Bearer {secret}"}
        )
        self._webhook_secret = webhook_secret.encode()

    async def close(self) -> None:
        await self._client.aclose()

    async def open(self, payment: OpenPayment, terms: Terms) -> Opened:
        body = {
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "reference": str(payment.payment_id),
            "description": payment.description,
            "return_url": payment.return_url,
            "cancel_url": payment.cancel_url,
            "webhook_url": payment.webhook_url,
            "expires_at": math.ceil(payment.expires_at.timestamp()),
            "flow": payment.flow,
        }
        key = f"{payment.payment_id}" if payment.flow == "page" else f"intent:{payment.payment_id}"
        session = await self._call("POST", "/v1/sessions", _Session, body, key)
        if session.client_secret is None:
            return Opened(session.id, session.url)
        intent = PaymentIntent(self.name, session.client_secret, PUBLISHABLE_KEY)
        return Opened(session.id, intent=intent)

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        body = {"session_id": provider_ref, "amount_minor": amount_minor, "reason": "requested"}
        return (await self._call("POST", "/v1/refunds", _Refund, body, f"{refund_id}")).id

    async def refund_made(self, provider_ref: str, refund_id: uuid.UUID) -> str | None:
        return None  # the gateway never forgets a key: `refund` gets the first answer again

    async def look_up(
        self, payment_id: uuid.UUID, provider_ref: str | None
    ) -> ProviderEvent | None:
        found = await self._call("GET", f"/v1/sessions?reference={payment_id}", _Sessions)
        for session in found.items:
            kind = _SETTLED.get(session.status)
            if kind:
                return ProviderEvent(kind, payment_id, session.id, session.amount_minor)
        return None

    async def list_since(self, since: dt.datetime) -> AsyncIterator[Charge]:
        page = f"/v1/charges?since={math.floor(since.timestamp())}"
        token: str | None = ""
        while token is not None:
            more = f"&next_token={token}" if token else ""
            found = await self._call("GET", page + more, _Charges)
            for charge in found.items:
                yield Charge(
                    uuid_of(charge.reference), charge.session_id, charge.amount_minor,
                    charge.refunded_minor, charge.currency,
                    dt.datetime.fromtimestamp(charge.created, dt.UTC),
                )  # fmt: skip
            token = found.next_token

    def verify(self, headers: Mapping[str, str], body: bytes) -> Envelope:
        parts = dict(
            part.split("=", 1)
            for part in headers.get("fullhouse-signature", "").split(",")
            if "=" in part
        )
        stamp, signature = parts.get("t", ""), parts.get("v1", "")
        signed = f"{stamp}.".encode() + body
        expected = hmac.new(self._webhook_secret, signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise WebhookRejected("the signature does not match the body")
        if not stamp.isdecimal() or abs(time.time() - int(stamp)) > TOLERANCE_S:
            raise WebhookRejected(f"signed more than {TOLERANCE_S} s ago")
        event = _event_of(body)
        return Envelope(event.id, event.type)

    def read(self, body: bytes) -> ProviderEvent | None:
        event = _event_of(body)
        kind = _KINDS.get(event.type)
        if kind is None:
            return None
        data = event.data
        payment_id = uuid_of(data.reference)
        if payment_id is None:
            raise WebhookRejected("no payment of ours is called that", reference=data.reference)
        amount_minor = data.refunded_minor if kind == "refunded" else data.amount_minor
        return ProviderEvent(kind, payment_id, data.session_id, amount_minor)

    async def _call(
        self, method: str, path: str, shape: Any, body: Any = None, key: str = ""
    ) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        response = await self._send(method, path, body, headers)
        for wait_s in TWIN_WAITS_S:
            if response.status_code != 409:
                break
            await asyncio.sleep(wait_s)
            response = await self._send(method, path, body, headers)
        said = f"sandbox gateway: {response.status_code} {response.text[:200]}"
        if response.status_code == 422 and shape is _Refund:
            raise RefundRefused(said)
        if not response.is_success:
            raise ProviderUnavailable(said)
        try:
            return msgspec.json.decode(response.content, type=shape)
        except msgspec.DecodeError as error:
            raise ProviderUnavailable(f"{said}: {error}") from error

    async def _send(
        self, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> httpx.Response:
        try:
            return await self._client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"sandbox gateway: {error!r}") from error


def _event_of(body: bytes) -> _Event:
    try:
        return msgspec.json.decode(body, type=_Event)
    except msgspec.DecodeError as error:
        raise WebhookRejected(f"not an event of the sandbox gateway: {error}") from None
