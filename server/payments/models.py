"""The provider port, and what payments keeps and returns.

A provider is asked with no lock held and may be asked again: every call carries an id of ours as
its idempotency key, so an answer that got lost is got by asking again.
"""

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Literal, Protocol

import msgspec

from server.kernel.errors import DomainError

PaymentStatus = Literal[
    "pending", "authorized", "captured", "failed", "partially_refunded", "refunded", "disputed"
]
EventKind = Literal[
    "authorized", "captured", "failed", "expired", "refunded", "disputed", "dispute_won",
    "dispute_lost",
]  # fmt: skip
DeliveryStatus = Literal["waiting", "done", "dead"]


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
    """What a provider says happened, by webhook or when asked.

    `amount_minor`: what was captured; of `refunded` all that was paid back so far; of a dispute
    what is disputed.
    """

    kind: EventKind
    payment_id: uuid.UUID
    provider_ref: str
    amount_minor: int


class Envelope(msgspec.Struct, frozen=True):
    """A webhook that is what it claims to be. `id`: the provider's own, the same each time that it
    is delivered; `type`: in the provider's words."""

    id: str
    type: str


class Charge(msgspec.Struct, frozen=True):
    """Money that a provider has taken. `payment_id`: None where it names no payment of ours."""

    payment_id: uuid.UUID | None
    provider_ref: str
    amount_minor: int
    refunded_minor: int
    currency: str


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

    def list_since(self, since: dt.datetime) -> AsyncIterator[Charge]:
        """All charges since then, each once, in no order."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Envelope:
        """Is this webhook the provider's? Raises WebhookRejected."""
        ...

    def read(self, body: bytes) -> ProviderEvent | None:
        """What a verified webhook says; None where it concerns no payment. Raises
        WebhookRejected."""
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


class Trouble(msgspec.Struct):
    """What should be zero: captured and not answered for, refunds overdue, refunds refused,
    webhooks not understood after 5 minutes, webhooks given up."""

    unsettled: int
    refunds_late: int
    refunds_failed: int
    webhooks_late: int
    webhooks_dead: int


class Stored(msgspec.Struct, frozen=True):
    """A webhook in the inbox whose turn it is. `attempts`: with this one."""

    id: uuid.UUID
    provider: str
    body: bytes
    attempts: int


class WebhookStored(msgspec.Struct, frozen=True):
    """Announced after the commit: the worker need not wait for its next round."""


class Delivery(msgspec.Struct):
    """A webhook as it stands. `last_error`: why it has not been applied."""

    id: uuid.UUID
    provider: str
    event_id: str
    type: str
    status: DeliveryStatus
    attempts: int
    last_error: str | None
    received_at: dt.datetime
    next_attempt_at: dt.datetime


class DeliveryWithBody(Delivery):
    """`body`: as it came, in UTF-8; what was none is replaced."""

    body: str = ""


class Deliveries(msgspec.Struct):
    """Newest first."""

    items: list[Delivery]
    next_token: str | None = None


class DeliveryQuery(msgspec.Struct):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    next_token: uuid.UUID | None = None
    status: DeliveryStatus | None = None
    provider: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class ProviderUnavailable(DomainError):
    """The payment provider did not answer."""


class RefundRefused(DomainError):
    """The payment provider will never do this refund: a person must look."""


class UnknownProvider(DomainError):
    """No such payment provider is switched on."""


class WebhookRejected(DomainError):
    """The webhook is not what it claims to be."""


class WebhookTooEarly(DomainError):
    """The webhook tells what follows something that we have not heard of yet."""


class ReplayRefused(DomainError):
    """Only a webhook that was given up is worth another look."""
