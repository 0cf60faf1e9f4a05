"""What refunds take and answer, and what stands in their way."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError
from server.payments.models import RefundShare, RefundStatus

Cause = Literal["organizer", "request", "cancellation", "provider", "dispute", "deposit"]
"""What a refund was decided by: an organizer, alone or because a buyer asked, the event's
cancellation, somebody in the provider's own office, the end of a dispute, or a deposit whose rest
did not come."""
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
    """`amount_minor`: what the buyer gets back, `fee_minor` and `tax_minor`: what of it is fee and
    tax. `status`: `succeeded` once all has gone back, `failed` where a provider refused some."""

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
    """`open_until`: what `allow_refunds_until` comes to; `is_open`: by the database's clock."""

    event_id: uuid.UUID
    allow_refunds_until: dt.datetime | None
    keeps_fees: bool
    open_until: dt.datetime
    is_open: bool


class CancellationWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`note`: what buyers are told besides."""

    note: Note = ""


class Cancellation(msgspec.Struct):
    """How far a cancelled event is. Orders: `orders_total` that had something to give back,
    `orders_left` of them that have it still, and `orders_disputed` that wait for the end of a
    dispute. Money, in minor units: `owed_minor` is on its way, `refunded_minor` has gone back.
    `refunds_failed`: a provider refused, a person must look. `finished_at`: nothing is left to
    decide; what is owed may be on its way still."""

    event_id: uuid.UUID
    note: str
    cancelled_at: dt.datetime
    finished_at: dt.datetime | None
    orders_total: int
    orders_left: int
    orders_disputed: int
    refunds: int
    owed_minor: int
    refunded_minor: int
    refunds_failed: int
    currency: str


class NotRefundable(DomainError):
    """The order has nothing that could be paid back: it is not paid for, or all went back."""


class OrderDisputed(DomainError):
    """A payer disputes the order's payment: until that is decided nothing is paid back."""


class RefundWindowOver(DomainError):
    """The event's policy allows no refunds any more: an organizer may override it with a note."""
