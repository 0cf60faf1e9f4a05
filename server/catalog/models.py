"""What catalog returns."""

import datetime as dt
import uuid
from collections.abc import Collection
from functools import cached_property
from typing import Literal

import msgspec

from server.catalog.geometry import Places
from server.catalog.prices import Level, Prices
from server.catalog.term_models import DepositTerms, Question
from server.kernel.errors import DomainError
from server.orgs.settings_models import PointsRule
from server.orgs.switch_models import Flag

EventStatus = Literal["draft", "published", "archived"]
OrphanRule = Literal["off", "lenient", "strict"]
"""Whether a choice of seats may leave a single seat alone: always, only where that cannot be
avoided, never."""
TableRule = Literal["chairs", "whole", "at_least"]
"""How a table is sold: chair by chair, all of it or nothing, or `chairs_min` chairs at least."""


class Venue(msgspec.Struct):
    """`latitude`, `longitude`: degrees, WGS 84, null where nobody said them."""

    name: str
    city: str
    country: str
    id: uuid.UUID | None = None
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


class ZonePrice(msgspec.Struct):
    """What a place of this zone costs at this event: `price_minor` where nothing more is said of
    it; with other prices of its sections, areas and seats from `price_from_minor` to
    `price_to_minor`."""

    idx: int
    key: str
    name: str
    ticket_type_id: uuid.UUID
    ticket_type: str
    price_minor: int
    price_from_minor: int
    price_to_minor: int


class TicketOffer(msgspec.Struct):
    """A ticket type that places of a zone may be sold as. `price_minor` and `levels`: now;
    `quantity`: so many of it at most; `per_order_min`, `per_order_max`: in one order, if any;
    `has_code`: it was asked for with its access code."""

    id: uuid.UUID
    zone: int
    name: str
    description: str
    is_default: bool
    is_on_sale: bool
    price_minor: int
    levels: list[Level]
    sales_open_at: dt.datetime | None
    sales_close_at: dt.datetime | None
    quantity: int | None
    per_order_min: int | None
    per_order_max: int | None
    has_code: bool = False


class PoolOffer(msgspec.Struct):
    """A standing area as this event sells it; `idx`: its place among the map's areas.

    One that the map does not have any more has no places: `capacity` is 0.
    """

    id: uuid.UUID
    idx: int
    key: str
    name: str
    zone: int
    capacity: int
    price_minor: int


class TableMode(msgspec.Struct, frozen=True):
    """How a table of the event is sold; `table_idx`: its place among the map's tables.

    `chairs_min` is there for the mode `at_least` only.
    """

    table_idx: int
    name: str
    mode: TableRule
    chairs_min: int | None = None


class EventSummary(msgspec.Struct):
    """`price_from_minor`, `price_to_minor`: of the cheapest and the dearest place.
    `distance_km`: from where it was asked for, null where nobody said from where.
    `organization`: the organizer's name. `is_on_sale`: now."""

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
    price_to_minor: int
    organization: str
    is_on_sale: bool
    cover_url: str | None = None
    distance_km: float | None = None


class EventPage(msgspec.Struct):
    items: list[EventSummary]
    next_token: str | None = None


class Event(msgspec.Struct, dict=True):
    """An event as everybody may see it. Prices are in minor units of `currency`.

    `is_on_sale`: now, by the database's clock. `sales_end_at`: until when, which is
    `sales_close_at`, else `ends_at`, else six hours after it begins, or when it was cancelled.
    `description`: plain text.

    `hold_ttl_s`: how long places are held; `payment_ttl_s`: how long they are kept from when their
    payment has begun, where that is longer, but no longer than twice `hold_ttl_s` in all; seconds.

    Places that one buyer may have: `seats_per_hold_max` in a hold, `seats_per_order_max` in an
    order, `seats_per_buyer_max` in all; null for no such limit. `legs`: parts of a trip that a
    seat is sold for, 1 for an event at one place. `has_waiting_room`: holds take a pass now (PUT
    .../turn). `switched_off`: parts of the platform that are off for it, as `checkout`.
    `questions`: what an order is asked; `deposit`: what of it may be paid at first. Prices are
    all-in: what a buyer pays, with fees and taxes.
    """

    id: uuid.UUID
    org_id: str
    slug: str
    name: str
    summary: str
    status: EventStatus
    is_on_sale: bool
    switched_off: list[Flag]
    starts_at: dt.datetime
    timezone: str
    venue: Venue
    currency: str
    currency_exponent: int
    hold_ttl_s: int
    payment_ttl_s: int
    seats_per_hold_max: int
    seats_per_order_max: int | None
    seats_per_buyer_max: int | None
    orphan_rule: OrphanRule
    legs: int
    has_waiting_room: bool
    map_id: uuid.UUID
    map_url: str
    seats_total: int
    sales_end_at: dt.datetime
    zones: list[ZonePrice]
    pools: list[PoolOffer]
    tables: list[TableMode]
    description: str = ""
    cover_url: str | None = None
    doors_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    sales_open_at: dt.datetime | None = None
    sales_close_at: dt.datetime | None = None
    cancelled_at: dt.datetime | None = None
    ticket_types: list[TicketOffer] = []
    questions: list[Question] = []
    deposit: DepositTerms | None = None

    @cached_property
    def over_at(self) -> dt.datetime:
        """When it ends, also where nobody says: told by who reads the event."""
        raise AttributeError("this event was not read from the database")

    @cached_property
    def takes_orders(self) -> bool:
        """Whether what is held may be bought: also after the sale has closed. Told by who reads the
        event."""
        raise AttributeError("this event was not read from the database")

    @cached_property
    def points(self) -> PointsRule | None:
        """By which rule its orders earn and use points, if they do: told by who reads the event."""
        raise AttributeError("this event was not read from the database")

    @cached_property
    def prices(self) -> Prices:
        """What its places cost, of every ticket type: told by who reads the event."""
        raise AttributeError("this event was not read from the database")

    @cached_property
    def table_modes(self) -> dict[int, TableMode]:
        """By table index, those that are not simply sold chair by chair."""
        return {table.table_idx: table for table in self.tables if table.mode != "chairs"}

    def has_pools(self, pool_ids: Collection[uuid.UUID]) -> bool:
        return set(pool_ids) <= {pool.id for pool in self.pools} if pool_ids else True

    def seat_price(
        self,
        places: Places,
        seat_idx: int,
        at: dt.datetime | None = None,
        ticket_type_id: uuid.UUID | None = None,
    ) -> int:
        """`at`: when the hold of it began, now for None; of the zone's default type for None."""
        return self.prices.seat(places, seat_idx, at, ticket_type_id)

    def zones_up_to(self, price_minor: int) -> frozenset[int]:
        """Zones where a place costs no more."""
        return frozenset(zone.idx for zone in self.zones if zone.price_minor <= price_minor)


def pool_id(event_id: uuid.UUID, pool_idx: int) -> uuid.UUID:
    """A pool is named by its event and its place among the map's areas."""
    return uuid.uuid5(event_id, f"pool:{pool_idx}")


class SlugTaken(DomainError):
    """An address leads to one event."""
