"""Ticket types as organizers keep them."""

import datetime as dt
import uuid
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from server.catalog.event_models import Moment, Text
from server.catalog.models import TicketOffer
from server.catalog.prices import Level, Price, Visibility

Description = Annotated[str, msgspec.Meta(max_length=1_000)]
Levels = Annotated[list[Level], msgspec.Meta(max_length=100)]
Code = Annotated[str, msgspec.Meta(min_length=4, max_length=60)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
PerOrder = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Sort = Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)]


class TicketTypeWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`zone`: its key; `levels`: other prices of sections, areas or single seats of it;
    `visibility`: `code` needs an `access_code`, `organizer` is for nobody else (complimentary
    tickets); `quantity`: so many at most; `sort`: the lowest comes first."""

    zone: Text
    name: Text
    price_minor: Price
    description: Description = ""
    levels: Levels = []
    visibility: Visibility = "public"
    access_code: Code | None = None
    sales_open_at: Moment | None = None
    sales_close_at: Moment | None = None
    quantity: Quantity | None = None
    per_order_min: PerOrder | None = None
    per_order_max: PerOrder | None = None
    sort: Sort = 0


class TicketTypeChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is; null takes away what may be missing.

    A zone's default type is public, always on sale with its event, and as many as there are places.
    A new price, or new levels, hold for who takes places from ten seconds later on.
    """

    name: Text | UnsetType = UNSET
    price_minor: Price | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    levels: Levels | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    access_code: Code | UnsetType | None = UNSET
    sales_open_at: Moment | UnsetType | None = UNSET
    sales_close_at: Moment | UnsetType | None = UNSET
    quantity: Quantity | UnsetType | None = UNSET
    per_order_min: PerOrder | UnsetType | None = UNSET
    per_order_max: PerOrder | UnsetType | None = UNSET
    sort: Sort | UnsetType = UNSET


class TicketTypeView(msgspec.Struct):
    """`zone`: its key. Prices are those of places that are taken from now on, or in a moment."""

    id: uuid.UUID
    event_id: uuid.UUID
    zone: str
    is_default: bool
    name: str
    description: str
    price_minor: int
    levels: list[Level]
    visibility: Visibility
    access_code: str | None
    sales_open_at: dt.datetime | None
    sales_close_at: dt.datetime | None
    quantity: int | None
    per_order_min: int | None
    per_order_max: int | None
    sort: int


class TicketTypes(msgspec.Struct):
    """By zone, the lowest `sort` first."""

    items: list[TicketTypeView]


class Offers(msgspec.Struct):
    """What places of the event may be sold as: public types, and those that a code opens."""

    items: list[TicketOffer]
