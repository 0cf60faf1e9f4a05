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
RefundStatus = Literal["pending", "succeeded", "failed"]
EventKind = Literal[
    "authorized", "captured", "failed", "expired", "refunded", "disputed", "dispute_won",
    "dispute_lost",
]  # fmt: skip
DeliveryStatus = Literal["waiting", "done", "dead"]
PaymentFlow = Literal["page", "intent"]
"""Where the payer says how to pay: on the provider's page, or in a form of the seller's own, in
which the provider's library takes the card. Its number comes to us in neither."""


class OpenPayment(msgspec.Struct, frozen=True):
    """What the provider needs for its page, or for an intent, which closes at `expires_at`. URLs
    are absolute. `provider_ref`: of an intent that is open already, and is only to be told of."""

    payment_id: uuid.UUID
    expires_at: dt.datetime
    amount_minor: int
    currency: str
    description: str
    return_url: str
    cancel_url: str
    webhook_url: str
    flow: PaymentFlow = "page"
    provider_ref: str | None = None


class Terms(msgspec.Struct, frozen=True):
    """Whose the money is: the organization's `account`, but for the platform's `fee_minor`; the
    platform's alone where no account is named."""

    account: str | None
    fee_minor: int


class PaymentIntent(msgspec.Struct, frozen=True):
    """What a form of the seller's own gives the provider's library. `client_secret`: who has it may
    pay, so it is for the payer, and never logged; `publishable_key`: the platform's, no secret."""

    provider: str
    client_secret: str
    publishable_key: str


class Opened(msgspec.Struct, frozen=True):
    """`redirect_url`: of a page, and `intent` where there is none; neither where the payment was
    begun in the other flow."""

    provider_ref: str
    redirect_url: str | None = None
    intent: PaymentIntent | None = None


class ProviderEvent(msgspec.Struct, frozen=True):
    """What a provider says happened, by webhook or when asked.

    `payment_id`: None where the provider names its own charge instead, as of disputes.
    `provider_ref`: of the page or intent; `charge_ref`: of the money that it took, where that has a
    name of its own. `amount_minor`: what was captured; of `refunded` all that was paid back so far;
    of a dispute what is disputed.
    """

    kind: EventKind
    payment_id: uuid.UUID | None
    provider_ref: str
    amount_minor: int
    charge_ref: str | None = None


class AccountState(msgspec.Struct, frozen=True):
    """How an organization's account with a provider stands, `as_of` then by the provider's clock.
    `disabled_reason`: in the provider's words, why it may not take payments."""

    account_ref: str
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    disabled_reason: str | None
    as_of: dt.datetime


class Envelope(msgspec.Struct, frozen=True):
    """A webhook that is what it claims to be. `id`: the provider's own, the same each time that it
    is delivered; `type`: in the provider's words."""

    id: str
    type: str


class Charge(msgspec.Struct, frozen=True):
    """Money that a provider has taken. `payment_id`: None where it names no payment of ours;
    `provider_ref`: as a `charge_ref` or a `provider_ref` of ours; `refunded_minor`: None where the
    provider's list does not say."""

    payment_id: uuid.UUID | None
    provider_ref: str
    amount_minor: int
    refunded_minor: int | None
    currency: str
    created_at: dt.datetime


class PaysBack(Protocol):
    """Who gives money back that was taken: a provider, or a person by hand."""

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        """Returns the provider's id of the refund. Raises RefundRefused where it never will,
        ProviderUnavailable when the answer is not known."""
        ...

    async def refund_made(self, provider_ref: str, refund_id: uuid.UUID) -> str | None:
        """The same of a refund that may have been asked for before, longer ago than the provider
        keeps idempotency keys; None where it has none. Raises as `refund`."""
        ...


class Provider(PaysBack, Protocol):
    """One payment provider. Methods raise ProviderUnavailable when the answer is not known.

    `needs_account`: an organization sells through it with an account of its own only;
    `takes_intents`: it opens an intent where no page is wanted.
    """

    name: str
    needs_account: bool
    takes_intents: bool

    async def close(self) -> None: ...

    async def open(self, payment: OpenPayment, terms: Terms) -> Opened:
        """Raises PaymentRefused for what the provider will never take, such as the amount."""
        ...

    async def look_up(
        self, payment_id: uuid.UUID, provider_ref: str | None
    ) -> ProviderEvent | None:
        """What became of a payment; None while it is open or unknown. A page or intent whose time
        is over, and that the provider would keep open, is closed. `provider_ref`: None where the
        answer to `open` got lost."""
        ...

    def list_since(self, since: dt.datetime) -> AsyncIterator[Charge]:
        """All charges since then, each once, in no order."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Envelope:
        """Is this webhook the provider's? Raises WebhookRejected."""
        ...

    def read(self, body: bytes) -> ProviderEvent | AccountState | None:
        """What a verified webhook says; None where it concerns nobody. Raises WebhookRejected."""
        ...


class ConnectProvider(Provider, Protocol):
    """A provider with which organizations have accounts of their own."""

    async def open_account(self, org_id: str, country: str, email: str) -> AccountState: ...

    async def onboarding_url(self, account_ref: str, return_url: str, again_url: str) -> str:
        """Where the organization tells the provider who it is. The page leads back to `return_url`,
        or to `again_url` where it is used twice or too late."""
        ...

    async def account(self, account_ref: str) -> AccountState: ...


class PaymentAccount(msgspec.Struct):
    """An organization and a provider. `is_offered`: whether its buyers may pay so."""

    provider: str
    is_offered: bool
    account_ref: str | None
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    disabled_reason: str | None


class OfferedProvider(PaymentAccount):
    """`is_ready`: buyers can pay so now. `needs_account`: not without an account there that may
    take charges."""

    is_ready: bool = False
    needs_account: bool = False


class OfferedProviders(msgspec.Struct):
    items: list[OfferedProvider]


class PaymentChoices(msgspec.Struct):
    """What a seller's buyers may name as `provider` at checkout, the preferred one first.
    `intents`: those of them that can be paid with in a form of one's own."""

    items: list[str]
    intents: list[str]


class OfferWish(msgspec.Struct, forbid_unknown_fields=True):
    is_offered: bool


class AccountWish(msgspec.Struct, forbid_unknown_fields=True):
    """For an organization that has no account with the provider yet. `country`: where it is
    registered, ISO 3166-1; it cannot be changed later."""

    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", max_length=2)]
    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]


class Onboarding(msgspec.Struct):
    """Where the organization tells the provider who it is; soon over, so never kept."""

    url: str


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
    order_id: uuid.UUID
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
    """What one payment gives back of a refund. `failed`: its provider refused."""

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


class PaymentRefused(DomainError):
    """The payment provider does not take such a payment."""


class RefundRefused(DomainError):
    """The payment provider will never do this refund: a person must look."""


class ProviderNotOffered(DomainError):
    """The organization does not take payments in this way."""


class IntentNotOffered(DomainError):
    """The payment provider has a page of its own, and nothing else."""


class UnknownProvider(DomainError):
    """No such payment provider is switched on."""


class WebhookRejected(DomainError):
    """The webhook is not what it claims to be."""


class WebhookTooEarly(DomainError):
    """The webhook tells what follows something that we have not heard of yet."""


class ReplayRefused(DomainError):
    """Only a webhook that was given up is worth another look."""
