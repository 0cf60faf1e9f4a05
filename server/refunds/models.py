"""What refunds take and answer, and what stands in their way."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError
from server.payments.models import RefundShare, RefundStatus

Cause = Literal["organizer", "request", "cancellation", "provider", "dispute"]
"""Who or what decided a refund: an organizer, one who said yes to a buyer, the event's cancellation,
or the provider, where somebody paid back in its own office."""
Note = Annotated[str, msgspec.Meta(max_length=1_000)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class PartWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`quantity` of an order's line or product; null for all of it."""

    id: uuid.UUID
    quantity: Quantity | None = None


class RefundWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of the order goes back; where `parts` is empty, all that did not yet.

    `keeps_fees`: whether the platform's fee stays; null as the event's policy says. `keeps_places`:
    whether the places stay off sale. `overrides`: also against the policy, with a `note` that says
    why.
    """

    parts: Annotated[list[PartWish], msgspec.Meta(max_length=1_000)] = []
    note: Note = ""
    keeps_fees: bool | None = None
    keeps_places: bool = False
    overrides: bool = False


class RefundedPart(msgspec.Struct):
    """A line or product, or the part of one, that went back, as it was priced."""

    id: uuid.UUID
    label: str
    quantity: int
    total_minor: int


class RefundView(msgspec.Struct):
    """`amount_minor`: what the buyer gets back, with the `fee_minor` and `tax_minor` in it. `status`:
    `succeeded` once all of it has gone back, `failed` where a provider refused some of it."""

    id: uuid.UUID
    order_id: uuid.UUID
    cause: Cause
    amount_minor: int
    fee_minor: int
    tax_minor: int
    currency: str
    keeps_fees: bool
    keeps_places: bool
    note: str
    actor: str
    created_at: dt.datetime
    status: RefundStatus
    parts: list[RefundedPart]
    payments: list[RefundShare]


class RefundList(msgspec.Struct):
    items: list[RefundView]


class PolicyWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`allow_refunds_until`: the last moment for it without an override; null until the event
    begins. `keeps_fees`: the platform's fee is not paid back, nor the tax on it."""

    allow_refunds_until: dt.datetime | None = None
    keeps_fees: bool = False


class Policy(msgspec.Struct):
    """`open_until`: what `allow_refunds_until` comes to. `is_open`: now, by the database's clock."""

    event_id: uuid.UUID
    allow_refunds_until: dt.datetime | None
    keeps_fees: bool
    open_until: dt.datetime
    is_open: bool


class NotRefundable(DomainError):
    """The order has nothing that could be paid back: it is not paid for, or all went back."""


class OrderDisputed(DomainError):
    """A payer disputes the order's payment: until that is decided nothing is paid back."""


class RefundWindowOver(DomainError):
    """The event's policy allows no refunds any more: an organizer may override it with a note."""
