"""Where the books and what the providers say differ."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

import msgspec

from server.kernel.errors import DomainError
from server.payments.models import PaymentStatus

GapKind = Literal[
    "charge_of_nobody", "charged_twice", "capture_missed", "capture_unknown", "amount_differs",
    "refund_missed", "refund_unknown", "money_unanswered", "money_without_places",
    "places_without_money", "tickets_missing",
]  # fmt: skip
"""`..._missed`: the provider did it and we had not heard; `..._unknown`: we say so and it does
not."""
GapStatus = Literal["open", "dismissed"]


BOOKS = "books"
"""What our own books are compared with is themselves; the other sources are providers."""


class Gap(msgspec.Struct, frozen=True):
    """Where money and what it is for do not match. `ours_minor`, `theirs_minor`: what the one side
    has of what the other should have too. `is_mended`: found, and put right; `is_dismissed`: found
    as somebody of the staff has closed it."""

    kind: GapKind
    org_id: str | None
    provider: str | None
    payment_id: uuid.UUID | None
    order_id: uuid.UUID | None
    reference: str
    ours_minor: int
    theirs_minor: int
    currency: str
    happened_at: dt.datetime
    is_mended: bool = False
    is_dismissed: bool = False


class Dismissal(msgspec.Struct):
    """Why a gap was closed, as it is, and by whom of the platform's staff."""

    reason: str
    by: str
    at: dt.datetime


class KeptGap(msgspec.Struct):
    """As it is kept, see MoneyGap; `dismissal`: a Dismissal as JSON."""

    id: uuid.UUID
    kind: GapKind
    org_id: str | None
    provider: str | None
    payment_id: uuid.UUID | None
    order_id: uuid.UUID | None
    reference: str
    ours_minor: int
    theirs_minor: int
    currency: str
    happened_at: dt.datetime
    found_at: dt.datetime
    seen_at: dt.datetime
    dismissal: Any


class MoneyGap(KeptGap):
    """A gap, and what to do about it; `dismissal`: null while it is open. `org_id`, `payment_id`,
    `order_id`: null where nobody knows; `provider`: null where our own books contradict themselves;
    `seen_at`: by the last comparison that met it."""

    dismissal: Dismissal | None
    advice: str


class Comparison(msgspec.Struct):
    """When a provider's list, or `books`, was last compared to its end; `age_s` ago."""

    source: str
    compared_at: dt.datetime
    age_s: float


class MoneyGaps(msgspec.Struct):
    """Those found first come first."""

    items: list[MoneyGap]
    compared: list[Comparison]
    next_token: uuid.UUID | None = None


class MoneyGapQuery(msgspec.Struct):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    next_token: uuid.UUID | None = None
    status: GapStatus = "open"


class GapDismissal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ours_minor`, `theirs_minor`: of the gap as it was looked into."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000, pattern=r"\S")]
    ours_minor: int
    theirs_minor: int


class GapMoved(DomainError):
    """The gap has other amounts by now: look into it again."""


class Booked(msgspec.Struct):
    """A payment as our books have it; `owed_minor`: of refunds that are under way;
    `returned_minor`: what was refunded but for what disputes took, which no provider calls so."""

    id: uuid.UUID
    org_id: str
    order_id: uuid.UUID
    provider: str
    provider_ref: str | None
    status: PaymentStatus
    amount_minor: int
    refunded_minor: int
    currency: str
    created_at: dt.datetime
    owed_minor: int
    returned_minor: int


class OrderGap(msgspec.Struct):
    kind: GapKind
    org_id: str
    order_id: uuid.UUID
    ours_minor: int
    theirs_minor: int
    currency: str
    happened_at: dt.datetime
