"""Xendit: invoices for who pays, a callback token for what it tells. Source: docs.xendit.co.

An invoice has no idempotency key, so one of the payment is looked for before it is made. Amounts
are decimal numbers, of rupiah and dong without decimals.
"""

import datetime as dt
import hmac
import math
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any

import httpx
import msgspec

from server.kernel.money import exponent
from server.payments.adapters import uuid_of
from server.payments.adapters.amounts import from_provider, to_provider
from server.payments.models import (
    Charge,
    Envelope,
    EventKind,
    Opened,
    OpenPayment,
    PaymentRefused,
    ProviderEvent,
    ProviderUnavailable,
    RefundRefused,
    Terms,
    WebhookRejected,
)

API = "https://api.xendit.co"
TIMEOUT_S = 10.0
PAGE_SIZE = 100
_WHOLE = frozenset(("IDR", "VND"))
_KINDS: dict[str, EventKind] = {"PAID": "captured", "SETTLED": "captured", "EXPIRED": "expired"}


class _Invoice(msgspec.Struct):
    id: str
    external_id: str
    status: str
    amount: Decimal
    currency: str
    invoice_url: str = ""
    paid_amount: Decimal | None = None
    paid_at: dt.datetime | None = None


class _Refund(msgspec.Struct):
    id: str
    status: str
    failure_code: str | None = None


class _RefundMade(_Refund):
    """As the list of refunds has it. `invoice_id`: None of what was no invoice."""

    reference_id: str | None = None
    amount: Decimal = Decimal()
    created: dt.datetime = dt.datetime.min.replace(tzinfo=dt.UTC)
    invoice_id: str | None = None


class _RefundsMade(msgspec.Struct):
    data: list[_RefundMade]
    has_more: bool = False


class _RefundTold(msgspec.Struct):
    """The other kind of webhook: `event` is `refund.succeeded` or the like."""

    event: str
    data: _Refund


class XenditProvider:
    name = "xendit"
    needs_account = False
    takes_intents = False

    def __init__(self, secret: str, callback_token: str, url: str = "") -> None:
        self._client = httpx.AsyncClient(base_url=url or API, auth=(secret, ""), timeout=TIMEOUT_S)
        self._callback_token = callback_token.encode()

    async def close(self) -> None:
        await self._client.aclose()

    async def open(self, payment: OpenPayment, terms: Terms) -> Opened:
        amount = _written(payment.amount_minor, payment.currency)
        before = [
            one for one in await self._invoices(payment.payment_id) if one.status != "EXPIRED"
        ]
        if before:
            return Opened(before[0].id, before[0].invoice_url)
        left_s = math.ceil((payment.expires_at - dt.datetime.now(dt.UTC)).total_seconds())
        body = {
            "external_id": str(payment.payment_id),
            "amount": amount,
            "currency": payment.currency,
            "description": payment.description,
            "invoice_duration": max(1, left_s),
            "should_send_email": False,
            "success_redirect_url": payment.return_url,
            "failure_redirect_url": payment.cancel_url,
        }
        response = await self._send("POST", "/v2/invoices", body)
        if response.status_code == 400:
            raise PaymentRefused(_said(response))
        invoice = _read(response, _Invoice)
        return Opened(invoice.id, invoice.invoice_url)

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        """Raises ProviderUnavailable until Xendit is done: it may take its time."""
        invoice = _read(await self._send("GET", f"/v2/invoices/{provider_ref}"), _Invoice)
        try:
            amount = _written(amount_minor, invoice.currency)
        except PaymentRefused as error:
            raise RefundRefused(error.detail) from None
        body = {
            "invoice_id": invoice.id,
            "reference_id": str(refund_id),
            "amount": amount,
            "currency": invoice.currency,
            "reason": "REQUESTED_BY_CUSTOMER",
        }
        key = {"idempotency-key": str(refund_id)}
        response = await self._send("POST", "/refunds", body, key)
        if response.status_code in (400, 404):
            raise RefundRefused(_said(response))
        return await self._done(_read(response, _Refund))

    async def refund_made(self, provider_ref: str, refund_id: uuid.UUID) -> str | None:
        """How long a key is kept is nowhere written down."""
        async for refund in self._refunds({"invoice_id": provider_ref}):
            if refund.reference_id == str(refund_id):
                return await self._done(refund)
        return None

    async def look_up(
        self, payment_id: uuid.UUID, provider_ref: str | None
    ) -> ProviderEvent | None:
        kinds = {
            kind: invoice
            for invoice in await self._invoices(payment_id)
            if (kind := _KINDS.get(invoice.status, "open"))
        }
        for kind in ("captured", "open", "expired"):
            if kind in kinds:
                return None if kind == "open" else _event(kind, payment_id, kinds[kind])
        return None

    async def list_since(self, since: dt.datetime) -> AsyncIterator[Charge]:
        query = {
            "statuses": '["PAID","SETTLED"]',
            "paid_after": since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "limit": str(PAGE_SIZE),
        }
        paid_back = await self._paid_back(since)
        while True:
            response = await self._send("GET", "/v2/invoices", query=query)
            page = _read(response, list[_Invoice])
            for invoice in page:
                yield Charge(
                    payment_id=uuid_of(invoice.external_id),
                    provider_ref=invoice.id,
                    amount_minor=_minor(_paid(invoice), invoice.currency),
                    refunded_minor=_minor(paid_back[invoice.id], invoice.currency),
                    currency=invoice.currency,
                    created_at=invoice.paid_at or since,
                )
            if len(page) < PAGE_SIZE:
                return
            query["last_invoice"] = page[-1].id

    def verify(self, headers: Mapping[str, str], body: bytes) -> Envelope:
        token = headers.get("x-callback-token", "")
        if not hmac.compare_digest(token.encode(), self._callback_token):
            raise WebhookRejected("x-callback-token is not the one that was agreed on")
        told = _told(body)
        if isinstance(told, _RefundTold):
            return Envelope(f"{told.data.id}:{told.event}", told.event)
        # Nothing else names a callback; what is told again is the same invoice in the same state.
        return Envelope(f"{told.id}:{told.status}", f"invoice.{told.status.lower()}")

    def read(self, body: bytes) -> ProviderEvent | None:
        told = _told(body)
        if isinstance(told, _RefundTold):
            return None  # of our own refunds: the refunder asks until it knows
        kind = _KINDS.get(told.status)
        if kind is None:
            return None
        payment_id = uuid_of(told.external_id)
        if payment_id is None:
            raise WebhookRejected("no payment of ours is called that", reference=told.external_id)
        return _event(kind, payment_id, told)

    # ------------------------------------------------------------ how

    async def _done(self, refund: _Refund) -> str:
        """Its id. Raises RefundRefused, and ProviderUnavailable while it is under way."""
        if refund.status == "PENDING":
            # The answer to a key is always the first one: how it stands now is asked for.
            refund = _read(await self._send("GET", f"/refunds/{refund.id}"), _Refund)
        if refund.status in ("FAILED", "CANCELLED"):
            raise RefundRefused(f"Xendit: {refund.status} {refund.failure_code or ''}".rstrip())
        if refund.status != "SUCCEEDED":
            raise ProviderUnavailable(f"Xendit: the refund is {refund.status}")
        return refund.id

    async def _paid_back(self, since: dt.datetime) -> Mapping[str, Decimal]:
        """Of each invoice that was paid since then: its refunds are no older. Ours, and those that
        somebody made in Xendit's own office."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        async for refund in self._refunds({}, since):
            if refund.status == "SUCCEEDED" and refund.invoice_id is not None:
                sums[refund.invoice_id] += refund.amount
        return sums

    async def _refunds(
        self, wanted: Mapping[str, str], since: dt.datetime | None = None
    ) -> AsyncIterator[_RefundMade]:
        query = {"limit": str(PAGE_SIZE), **wanted}
        while True:
            page: _RefundsMade = _read(
                await self._send("GET", "/refunds", query=query), _RefundsMade
            )
            for refund in page.data:
                yield refund
            if not page.has_more or not page.data:
                return
            # Its order is nowhere written down: where it is newest first, the rest is too old.
            first, last = page.data[0], page.data[-1]
            if since is not None and last.created < min(first.created, since):
                return
            query["after_id"] = last.id

    async def _invoices(self, payment_id: uuid.UUID) -> list[_Invoice]:
        query = {"external_id": str(payment_id)}
        return _read(await self._send("GET", "/v2/invoices", query=query), list[_Invoice])

    async def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Raises ProviderUnavailable for all answers but success and a refusal of what was sent."""
        content = None if body is None else msgspec.json.encode(body)
        try:
            response = await self._client.request(
                method, path, content=content, params=query,
                headers={"Content-Type": "application/json", **(headers or {})},
            )  # fmt: skip
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"Xendit: {error!r}") from error
        if not response.is_success and response.status_code not in (400, 404):
            raise ProviderUnavailable(_said(response))
        return response


def _read(response: httpx.Response, shape: Any) -> Any:
    if not response.is_success:
        raise ProviderUnavailable(_said(response))
    try:
        return msgspec.json.decode(response.content, type=shape)
    except msgspec.DecodeError as error:
        raise ProviderUnavailable(f"{_said(response)}: {error}") from error


def _said(response: httpx.Response) -> str:
    return f"Xendit: {response.status_code} {response.text[:200]}"


def _told(body: bytes) -> _Invoice | _RefundTold:
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
        return msgspec.json.decode(body, type=_RefundTold if "event" in fields else _Invoice)
    except msgspec.DecodeError as error:
        raise WebhookRejected(f"not a callback of Xendit: {error}") from None


def _event(kind: EventKind, payment_id: uuid.UUID, invoice: _Invoice) -> ProviderEvent:
    try:
        amount_minor = _minor(_paid(invoice), invoice.currency)
    except ValueError as error:
        raise WebhookRejected(str(error)) from None
    return ProviderEvent(kind, payment_id, invoice.id, amount_minor)


def _paid(invoice: _Invoice) -> Decimal:
    return invoice.amount if invoice.paid_amount is None else invoice.paid_amount


def _digits(currency: str) -> int:
    return 0 if currency in _WHOLE else exponent(currency)


def _written(amount_minor: int, currency: str) -> msgspec.Raw:
    """As a JSON number. Raises PaymentRefused."""
    digits = _digits(currency)
    whole, rest = divmod(to_provider(amount_minor, currency, digits), 10**digits)
    return msgspec.Raw(f"{whole}.{rest:0{digits}}".encode() if digits else f"{whole}".encode())


def _minor(amount: Decimal, currency: str) -> int:
    """Raises ValueError for parts of the smallest unit."""
    digits = _digits(currency)
    scaled = amount.scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is no amount of {currency}")
    return from_provider(int(scaled), currency, digits)
