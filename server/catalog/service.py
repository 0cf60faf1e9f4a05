"""Venues, maps and events: written once, then read from this process's memory."""

import asyncio
import base64
import binascii
import datetime as dt
import gzip
import time
import uuid
from collections import OrderedDict
from collections.abc import Collection
from functools import partial
from typing import Any, Literal, TypeVar

import msgspec

from server.catalog import assembly, pinning, sql
from server.catalog.geometry import Geometry, Places
from server.catalog.models import (
    Event,
    OrphanRule,
    SlugTaken,
    TableMode,
    TableRule,
    TicketOffer,
)
from server.kernel.db import Database, Query, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.flights import Flights
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import charges
from server.outbox import service as outbox
from server.outbox.models import Fact

PAGE_SIZE_MAX = 100
MAPS_CACHED_MAX = 32
EVENT_CACHED_S = 5.0
Value = TypeVar("Value")


class Catalog:
    """Reads with a memory: maps never change, an event is at most EVENT_CACHED_S old.

    What nobody remembers is read once, however many ask for it at that moment.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._events: dict[uuid.UUID, tuple[float, Event]] = {}  # until when, by monotonic time
        self._places: OrderedDict[uuid.UUID, Places] = OrderedDict()
        self._geometry: OrderedDict[uuid.UUID, bytes] = OrderedDict()
        self._read_events = Flights(self._keep_event)
        self._read_places = Flights(partial(_keep, self._places))
        self._read_geometry = Flights(partial(_keep, self._geometry))

    async def event(self, event_id: uuid.UUID) -> Event:
        """A published or archived event. Raises NotFound."""
        cached = self._events.get(event_id)
        if cached and time.monotonic() < cached[0]:
            return cached[1]
        return (await self._read_events.join(event_id, self._read_event))[1]

    async def _read_event(self, event_id: uuid.UUID) -> tuple[float, Event]:
        """With until when it is worth remembering: a sale begins and ends by the database's clock,
        and not some seconds later."""
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            row = await sql.EVENT_BY_ID.first(tx, event_id)
            ticket_types = await sql.TICKET_TYPES.all(tx, event_id)
            offers = await sql.OFFERS.all(tx, event_id)
            overrides = await sql.TABLE_MODES.all(tx, event_id)
            if row is None or row.status == "draft":
                raise NotFound("no such event")
            epochs = await charges.of_event(tx, row.org_id, event_id, row.terms, row.currency)
        read_at = time.monotonic()
        places = await self.places(row.map_id)
        stays_s = min(EVENT_CACHED_S, assembly.stays_s(row, offers, epochs))
        event = assembly.event_of(row, ticket_types, offers, overrides, places, epochs)
        return read_at + stays_s, event

    async def org_of(self, event_id: uuid.UUID) -> str:
        """Whose event it is, in whatever state. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.PLATFORM) as tx:
            org_id = await sql.ORG_OF_EVENT.value(tx, event_id)
        if org_id is None:
            raise NotFound("no such event")
        return str(org_id)

    def _keep_event(self, event_id: uuid.UUID, read: tuple[float, Event]) -> None:
        self._events[event_id] = read

    def forget(self, event_id: uuid.UUID) -> None:
        """Read the event again when it is next asked for: this process has changed it."""
        self._events.pop(event_id, None)
        self._read_events.forget(event_id)

    async def event_with(
        self,
        event_id: uuid.UUID,
        seat_idxs: Collection[int] = (),
        pool_ids: Collection[uuid.UUID] = (),
    ) -> tuple[Event, Places]:
        """The event and its map, which have these places if there are such.

        Where they have not, another process may have moved the event to a version that has: then
        it is read again. Raises NotFound.
        """
        event = await self.event(event_id)
        places = await self.places(event.map_id)
        if event.has_pools(pool_ids) and (not seat_idxs or max(seat_idxs) < places.seat_count):
            return event, places
        return await self.event_now(event_id)

    async def event_now(self, event_id: uuid.UUID) -> tuple[Event, Places]:
        """The event and the map that it has at this moment. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            map_id = await pinning.map_of(tx, event_id)
        if map_id is not None:
            self.saw_map(event_id, map_id)
        event = await self.event(event_id)
        return event, await self.places(event.map_id)

    def saw_map(self, event_id: uuid.UUID, map_id: uuid.UUID) -> None:
        """The event has this map by now: one that is remembered with another is read again."""
        cached = self._events.get(event_id)
        if cached is not None and cached[1].map_id != map_id:
            self.forget(event_id)

    async def event_by_slug(self, slug: str) -> Event:
        """Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            event_id = await sql.EVENT_ID_BY_SLUG.value(tx, slug)
        if event_id is None:
            raise NotFound("no such event")
        return await self.event(event_id)

    async def offers(self, event_id: uuid.UUID, access_code: str | None) -> list[TicketOffer]:
        """What its places may be sold as, to who says this code. Raises NotFound."""
        event = await self.event(event_id)
        opened = {of.id for of in event.prices.types.values() if of.opens_to(access_code)}
        if not opened:
            return event.ticket_types
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            rows = await sql.OFFERS.all(tx, event_id)
        return [
            assembly.offer_of(row, event.prices)
            for row in rows
            if row.visibility == "public" or row.id in opened
        ]

    async def calendar_of_org(self, org_id: str) -> list[Event]:
        """What is published, from a month ago on, soonest first."""
        return await self._of_org(sql.CALENDAR_OF_ORG, org_id)

    async def coming_of_org(self, org_id: str) -> list[Event]:
        """What is published and not over, soonest first."""
        return await self._of_org(sql.COMING_OF_ORG, org_id)

    async def _of_org(self, events: Query[Any], org_id: str) -> list[Event]:
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            event_ids = await events.values(tx, org_id)
        return [await self.event(event_id) for event_id in event_ids]

    async def geometry(self, map_id: uuid.UUID) -> bytes:
        """The map's document as gzipped JSON. Raises NotFound."""
        gzipped = self._geometry.get(map_id)
        return gzipped or await self._read_geometry.join(map_id, self._read_map)

    async def _read_map(self, map_id: uuid.UUID) -> bytes:
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            row = await sql.MAP_GEOMETRY.first(tx, map_id)
        if row is None:
            raise NotFound("no such map")
        return row.geometry

    async def places(self, map_id: uuid.UUID) -> Places:
        """The map for lookups by seat index. Raises NotFound."""
        places = self._places.get(map_id)
        return places or await self._read_places.join(map_id, self._decode_map)

    async def _decode_map(self, map_id: uuid.UUID) -> Places:
        return await asyncio.to_thread(Places.read, await self.geometry(map_id))

    async def seat_keys(self, map_id: uuid.UUID) -> list[str]:
        """The stable key of each seat, by seat index."""
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            gzipped = await sql.MAP_KEYS.value(tx, map_id)
        return msgspec.json.decode(gzip.decompress(gzipped), type=list[str])


def _keep(cache: OrderedDict[uuid.UUID, Value], key: uuid.UUID, value: Value) -> None:
    cache[key] = value
    while len(cache) > MAPS_CACHED_MAX:
        cache.popitem(last=False)


async def create_venue(tx: Tx, org_id: str, name: str, city: str, country: str) -> uuid.UUID:
    venue_id = uuid7()
    await sql.INSERT_VENUE.run(tx, venue_id, org_id, name, city, country)
    return venue_id


class NewEvent(msgspec.Struct, frozen=True):
    """`prices_minor`: by zone key of the map. `table_modes`: by zone key how tables there are
    sold, and from how many chairs on where that is `at_least`; elsewhere chair by chair. `status`:
    `self_test` is in no list and counts nowhere."""

    org_id: str
    venue_id: uuid.UUID
    slug: str
    name: str
    summary: str
    starts_at: dt.datetime
    timezone: str
    currency: str
    prices_minor: dict[str, int]
    hold_ttl_s: int = 600
    seats_per_hold_max: int = 10
    seats_per_order_max: int | None = None
    seats_per_buyer_max: int | None = None
    orphan_rule: OrphanRule = "off"
    legs: int = 1
    table_modes: dict[str, tuple[TableRule, int | None]] = {}
    status: Literal["published", "self_test"] = "published"


async def create_event(tx: Tx, new: NewEvent, geometry: Geometry) -> uuid.UUID:
    """An event on `geometry`, on sale at once. Raises BadRequest for a zone without a price,
    SlugTaken."""
    event_id = uuid7()
    prices = new.prices_minor
    missing = [zone.key for zone in geometry.zones if zone.key not in prices]
    if missing:
        raise BadRequest(f"no price for zone {', '.join(missing)}", zones=missing)
    made = await sql.INSERT_EVENT.run(
        tx, event_id, new.org_id, new.venue_id, uuid.UUID(geometry.id), new.slug, new.name,
        new.summary, new.starts_at, new.timezone, new.currency, new.hold_ttl_s,
        new.seats_per_hold_max, new.seats_per_order_max, new.seats_per_buyer_max, new.orphan_rule,
        new.legs, new.status,
    )  # fmt: skip
    if not made:
        raise SlugTaken(f"another event has the address /e/{new.slug}: choose another slug")
    await pinning.insert_ticket_types(
        tx, new.org_id, event_id, 0, geometry.zones, [prices[zone.key] for zone in geometry.zones],
        [new.table_modes.get(zone.key, pinning.CHAIRS) for zone in geometry.zones],
    )  # fmt: skip
    await outbox.append(
        tx,
        Fact(
            type="catalog.event.created",
            org_id=new.org_id,
            subject=f"event:{event_id}",
            data={"event_id": str(event_id), "slug": new.slug, "map_id": geometry.id},
        ),
    )
    return event_id


async def table_modes(tx: Tx, event_id: uuid.UUID, places: Places) -> dict[int, TableMode]:
    """As `Event.table_modes`, but as this transaction sees them. Raises NotFound."""
    ticket_types = await sql.TICKET_TYPES.all(tx, event_id)
    if not ticket_types:
        raise NotFound("no such event")
    tables = assembly.tables_of(places, ticket_types, await sql.TABLE_MODES.all(tx, event_id))
    return {table.table_idx: table for table in tables if table.mode != "chairs"}


async def set_table_mode(
    tx: Tx, event: Event, places: Places, table_idx: int, mode: TableRule, chairs_min: int | None
) -> TableMode:
    """From now on the table is sold like this. `chairs_min`: 1..chairs, for `at_least` only.

    Whether a chair of it is held is the caller's to know. Raises NotFound, BadRequest.
    """
    tables = places.geometry.tables
    if not 0 <= table_idx < len(tables):
        raise NotFound("the event has no such table")
    chairs = tables[table_idx].seats[1]
    if (mode == "at_least") != (chairs_min is not None):
        raise BadRequest("chairs_min: say it for a table sold by at least so many chairs, only")
    if chairs_min is not None and not 1 <= chairs_min <= chairs:
        raise BadRequest(f"chairs_min: the table has {chairs} chairs", chairs=chairs)
    await sql.SET_TABLE_MODE.run(tx, event.id, table_idx, event.org_id, mode, chairs_min)
    await outbox.append(
        tx,
        Fact(
            type="catalog.table.changed",
            org_id=event.org_id,
            subject=f"event:{event.id}",
            data={
                "event_id": str(event.id),
                "table_idx": table_idx,
                "mode": mode,
                "chairs_min": chairs_min,
            },
        ),
    )
    return TableMode(table_idx, event.tables[table_idx].name, mode, chairs_min)


async def is_cancelled(tx: Tx, event_id: uuid.UUID) -> bool:
    """As the database has it: nothing of the event is sold any more, not even what was held."""
    return bool(await sql.IS_CANCELLED.value(tx, event_id))


async def set_waiting_room(tx: Tx, event_id: uuid.UUID, is_on: bool) -> None:
    """Whether holds take a pass of admission's from now on."""
    await sql.SET_WAITING_ROOM.run(tx, event_id, is_on)


def token_of(moment: dt.datetime, last_id: uuid.UUID) -> str:
    """Where a page of things in order of a moment and their id ends."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{last_id}".encode()).decode()


def read_token(token: str) -> tuple[dt.datetime, uuid.UUID]:
    """Raises BadRequest for what `token_of` did not write."""
    try:
        moment, _, event_id = base64.urlsafe_b64decode(token).decode().partition("|")
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), uuid.UUID(event_id)
    except (ValueError, OverflowError, binascii.Error):
        raise BadRequest("next_token: take it from the last page as it is") from None
