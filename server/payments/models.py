"""The provider port, and what payments keeps and returns.

A provider is asked with no lock held and may be asked again: every call carries an id of ours as
its idempotency key, so an answer that got lost is got by asking again.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from server.kernel.errors import DomainError

PaymentStatus = Literal[
    "pending", "authorized", "captured", "failed", "partially_refunded", "refunded", "disputed"
]
RefundStatus = Literal["pending", "succeeded", "failed"]
EventKind = Literal["captured", "failed", "expired", "refunded"]


class OpenPayment(msgspec.Struct, frozen=True):
    """What the provider needs for its page, which closes at `expires_at`. URLs are absolute."""

    payment_id: uuid.UUID
    expires_at: dt.datetime
    amount_minor: int
    currency: str
    description: str
    return_url: str
    cancel_url: str
    webhook_url: str


class Opened(msgspec.Struct, frozen=True):
    provider_ref: str
    redirect_url: str


class ProviderEvent(msgspec.Struct, frozen=True):
    """What a provider says happened, by webhook or when asked. `id` is unique per provider."""

    id: str
    kind: EventKind
    payment_id: uuid.UUID
    provider_ref: str
    amount_minor: int


class Provider(Protocol):
    """One payment provider. Methods raise ProviderUnavailable when the answer is not known."""

    name: str

    async def open(self, payment: OpenPayment) -> Opened: ...

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        """Returns the provider's id of the refund. Raises RefundRefused where it never will."""
        ...

    async def look_up(self, payment_id: uuid.UUID) -> ProviderEvent | None:
        """What became of a payment; None while it is open or unknown."""
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent | None:
        """Raises WebhookRejected; None for a kind of event that concerns nobody."""
        ...


class Payment(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    order_id: uuid.UUID
    provider: str
    provider_ref: str | None
    redirect_url: str | None
    status: PaymentStatus
    amount_minor: int
    refunded_minor: int
    currency: str


class Refund(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    payment_id: uuid.UUID
    amount_minor: int
    attempts: int
    provider: str
    provider_ref: str


class Refundable(msgspec.Struct):
    """A payment with money left: `room_minor`, of which no refund has been asked for."""

    id: uuid.UUID
    org_id: str
    room_minor: int


class RefundShare(msgspec.Struct):
    """What one payment gives back of a refund. `failed`: its provider refused, a person must look."""

    payment_id: uuid.UUID
    provider: str
    amount_minor: int
    status: RefundStatus


class Balance(msgspec.Struct):
    """Of an order, in minor units. `kept_minor`: captured and not gone back, `owed_minor`: of it,
    what has been asked back; `disputed`: payments that their payers dispute."""

    kept_minor: int
    owed_minor: int
    disputed: int


class Trouble(msgspec.Struct):
    """What should be zero: captured and not answered for, refunds overdue, refunds refused."""

    unsettled: int
    refunds_late: int
    refunds_failed: int


class ProviderUnavailable(DomainError):
    """The payment provider did not answer."""


class RefundRefused(DomainError):
    """The payment provider will never do this refund: a person must look."""


class UnknownProvider(DomainError):
    """No such payment provider is switched on."""


class WebhookRejected(DomainError):
    """The webhook is not what it claims to be."""
