"""What catalog returns."""

import datetime as dt
import uuid
from typing import Literal

import msgspec

EventStatus = Literal["draft", "published", "archived"]


class Venue(msgspec.Struct):
    name: str
    city: str
    country: str


class ZonePrice(msgspec.Struct):
    """What a place of this zone costs at this event."""

    idx: int
    key: str
    name: str
    ticket_type_id: uuid.UUID
    ticket_type: str
    price_minor: int


class PoolOffer(msgspec.Struct):
    """A standing area as this event sells it; `idx`: its place among the map's areas."""

    id: uuid.UUID
    idx: int
    key: str
    name: str
    zone: int
    capacity: int
    price_minor: int


class EventSummary(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    slug: str
    name: str
    summary: str
    starts_at: dt.datetime
    timezone: str
    venue: Venue
    currency: str
    price_from_minor: int


class EventPage(msgspec.Struct):
    items: list[EventSummary]
    next_token: str | None = None


class Event(msgspec.Struct):
    """An event as everybody may see it. Prices are in minor units of `currency`."""

    id: uuid.UUID
    org_id: str
    slug: str
    name: str
    summary: str
    status: EventStatus
    is_on_sale: bool
    starts_at: dt.datetime
    timezone: str
    venue: Venue
    currency: str
    currency_exponent: int
    hold_ttl_s: int
    seats_per_hold_max: int
    map_id: uuid.UUID
    map_url: str
    seats_total: int
    zones: list[ZonePrice]
    pools: list[PoolOffer]

    def price_of(self, zone: int) -> int:
        return self.zones[zone].price_minor


def pool_id(event_id: uuid.UUID, pool_idx: int) -> uuid.UUID:
    """A pool is named by its event and its place among the map's areas."""
    return uuid.uuid5(event_id, f"pool:{pool_idx}")
