"""Events as their organizers set them up, and why one is not published, changed or taken back."""

import datetime as dt
import uuid
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from server.catalog.models import EventStatus, OrphanRule
from server.kernel.errors import DomainError

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Summary = Annotated[str, msgspec.Meta(max_length=500)]
Description = Annotated[str, msgspec.Meta(max_length=20_000)]
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,80}$(?!\\n)")]
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]
Zone = Annotated[str, msgspec.Meta(max_length=60)]
Currency = Annotated[str, msgspec.Meta(max_length=3, pattern="^[A-Z]{3}$")]
Price = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Prices = Annotated[dict[str, Price], msgspec.Meta(max_length=100)]
Seconds = Annotated[int, msgspec.Meta(ge=60, le=3_600)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class EventChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is; null takes away what may be missing.

    `venue_id`, `version_id`, `currency` and `prices_minor` (by zone key; those left out stay) can
    change until the event is first published: then its places are made, and have these.
    """

    name: Text | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    summary: Summary | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    external_ref: Reference | UnsetType | None = UNSET
    starts_at: Moment | UnsetType = UNSET
    doors_at: Moment | UnsetType | None = UNSET
    ends_at: Moment | UnsetType | None = UNSET
    timezone: Zone | UnsetType = UNSET
    sales_open_at: Moment | UnsetType | None = UNSET
    sales_close_at: Moment | UnsetType | None = UNSET
    hold_ttl_s: Seconds | UnsetType = UNSET
    payment_ttl_s: Seconds | UnsetType = UNSET
    seats_per_hold_max: Count | UnsetType = UNSET
    seats_per_order_max: Count | UnsetType | None = UNSET
    seats_per_buyer_max: Count | UnsetType | None = UNSET
    orphan_rule: OrphanRule | UnsetType = UNSET
    venue_id: uuid.UUID | UnsetType = UNSET
    version_id: uuid.UUID | UnsetType | None = UNSET
    currency: Currency | UnsetType = UNSET
    prices_minor: Prices | UnsetType = UNSET


class Duplicate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new draft of the same. `starts_at`: doors, end and sale move along with it."""

    starts_at: Moment | None = None
    name: Text | None = None
    slug: Slug | None = None


class Reason(msgspec.Struct, frozen=True):
    """What stands in the way; `code` is for programs, `detail` for people."""

    code: str
    detail: str


class ZoneSetup(msgspec.Struct):
    """A zone of the event's map; `price_minor`: null while none was said."""

    key: str
    name: str
    price_minor: int | None


class EventSetup(msgspec.Struct):
    """An event as its organizers see it, a draft too.

    `revision` rises with each change: name it to change that very state. `missing`: what is in the
    way of publishing it. `version_id`: of the map that it is sold by. `external_ref`: the event's
    id in the system that its identity comes from. `sales_end_at`: until when buyers can buy, which
    is `sales_close_at`, else `ends_at`, else six hours after it begins, or when it was cancelled.
    `payment_ttl_s`: how long places are kept from when their payment has begun, where that is
    longer than `hold_ttl_s` from when they were taken, but no longer than twice that in all;
    seconds.
    """

    id: uuid.UUID
    revision: int
    status: EventStatus
    slug: str
    name: str
    summary: str
    description: str
    external_ref: str | None
    cover_url: str | None
    starts_at: dt.datetime
    doors_at: dt.datetime | None
    ends_at: dt.datetime | None
    timezone: str
    sales_open_at: dt.datetime | None
    sales_close_at: dt.datetime | None
    sales_end_at: dt.datetime
    cancelled_at: dt.datetime | None
    hold_ttl_s: int
    payment_ttl_s: int
    seats_per_hold_max: int
    seats_per_order_max: int | None
    seats_per_buyer_max: int | None
    orphan_rule: OrphanRule
    legs: int
    venue_id: uuid.UUID
    version_id: uuid.UUID | None
    currency: str
    zones: list[ZoneSetup]
    missing: list[Reason]
    created_at: dt.datetime


class SetupLine(msgspec.Struct):
    id: uuid.UUID
    revision: int
    status: EventStatus
    slug: str
    name: str
    external_ref: str | None
    starts_at: dt.datetime
    cancelled_at: dt.datetime | None
    timezone: str
    venue_id: uuid.UUID
    venue_name: str
    venue_city: str


class SetupPage(msgspec.Struct):
    """Latest start first."""

    items: list[SetupLine]
    next_token: str | None = None


class SetupQuery(msgspec.Struct):
    """`q`: part of the name; `external_ref`: the whole of it."""

    page_size: int = 20
    next_token: str | None = None
    status: EventStatus | None = None
    venue_id: uuid.UUID | None = None
    q: str | None = None
    external_ref: str | None = None


class EventMoved(DomainError):
    """Somebody changed the event since: read it again, and decide on what it is now."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            f"the event has revision {revision} by now: read it again", revision=revision
        )


class EventRefused(DomainError):
    """The event cannot become this: `reasons` has everything that is in the way."""

    def __init__(self, reasons: list[Reason]) -> None:
        told = "; ".join(reason.detail for reason in reasons)
        super().__init__(told, reasons=reasons)
        self.reasons = reasons


class ImageRefused(DomainError):
    """The file is no image that can be shown."""
