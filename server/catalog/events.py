"""Events as organizers set them up: drafted, changed, duplicated, and what is missing to sell one.

Making the places, and so publishing, is inventory's (`server.inventory.openings`).
"""

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from server import audit
from server.catalog import pinning
from server.catalog import service as catalog
from server.catalog import sql_events as sql
from server.catalog.assembly import cover_url
from server.catalog.event_models import (
    Duplicate,
    EventChange,
    EventMoved,
    EventRefused,
    EventSetup,
    Reason,
    SetupPage,
    SetupQuery,
    ZoneSetup,
)
from server.catalog.geometry import Geometry
from server.catalog.models import SlugTaken
from server.catalog.service import Catalog
from server.catalog.sql_events import EventFields, SetupRow
from server.catalog.times import check_years, zone_of
from server.kernel import idempotency, money
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact

SLUG_LENGTH_MAX = 60
_END = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), uuid.UUID(int=(1 << 128) - 1))
_MADE = ("venue_id", "version_id", "currency", "prices_minor")
"""What the places of an event have from when they are made."""
_MOMENTS = ("doors_at", "ends_at", "sales_open_at", "sales_close_at")


class Events:
    """Of one organization each: another's is NotFound."""

    def __init__(self, db: Database, memory: Catalog) -> None:
        self._db, self._memory = db, memory

    async def page(self, org_id: str, wanted: SetupQuery) -> SetupPage:
        """Raises BadRequest for a token that is not ours."""
        size = max(1, min(wanted.page_size, catalog.PAGE_SIZE_MAX))
        before = catalog.read_token(wanted.next_token) if wanted.next_token else _END
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.PAGE.all(
                tx, org_id, *before, wanted.status, wanted.venue_id, wanted.q,
                wanted.external_ref, size + 1,
            )  # fmt: skip
        last = rows[size - 1] if len(rows) > size else None
        return SetupPage(rows[:size], catalog.token_of(last.starts_at, last.id) if last else None)

    async def get(self, org_id: str, event_id: uuid.UUID) -> EventSetup:
        """Raises NotFound."""
        return await self.view(await self.find(org_id, event_id))

    async def find(self, org_id: str, event_id: uuid.UUID) -> SetupRow:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            return await find(tx, org_id, event_id)

    async def view(self, row: SetupRow) -> EventSetup:
        """The event as this row has it, with the prices of this moment."""
        geometry = await self.geometry_of(row.map_id)
        async with self._db.tx(read_only=True) as tx:
            return await setup(tx, row, geometry)

    async def geometry_of(self, version_id: uuid.UUID | None) -> Geometry | None:
        return None if version_id is None else (await self._memory.places(version_id)).geometry

    async def version_of(self, org_id: str, version_id: uuid.UUID) -> tuple[Geometry, uuid.UUID]:
        """A version of one of the organization's maps, or of a shared venue's, and the map's venue.
        Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            venue_id = await sql.VENUE_OF_MAP.value(tx, version_id, org_id)
        if venue_id is None:
            raise NotFound("no such version of a map")
        return (await self._memory.places(version_id)).geometry, venue_id

    async def change(
        self, org_id: str, event_id: uuid.UUID, revision: int, wish: EventChange, key: Key | None
    ) -> EventSetup:
        """Raises EventMoved, EventRefused, SlugTaken, BadRequest, NotFound."""

        async def prepare() -> Work[EventSetup]:
            before = await self.find(org_id, event_id)
            version_id, venue_id = wish.version_id, wish.venue_id
            geometry = None
            if isinstance(version_id, uuid.UUID):
                geometry, venue_of_map = await self.version_of(org_id, version_id)
                if isinstance(venue_id, uuid.UUID) and venue_id != venue_of_map:
                    raise BadRequest("venue_id: the map is of another venue")
                venue_id = venue_of_map
            elif version_id is not None:
                geometry = await self.geometry_of(before.map_id)
                if isinstance(venue_id, uuid.UUID) and geometry is not None:
                    raise BadRequest("venue_id: the event's map says where it is; change that")
            prices = wish.prices_minor if isinstance(wish.prices_minor, dict) else {}
            check_prices(geometry, prices)

            async def act(tx: Tx) -> EventSetup:
                row = await lock(tx, org_id, event_id, revision)
                after = _changed(row, wish)
                if isinstance(venue_id, uuid.UUID):
                    after.venue_id = venue_id
                await _check(tx, row, after, wish)
                await sql.UPDATE.run(tx, *_values(after))
                if row.sells_from is not None and _minute(after) != _minute(row):
                    await outbox.append(tx, _rescheduled(row, after))
                if row.map_id != after.map_id:
                    await sql.CLEAR_LEVELS.run(tx, event_id, org_id)
                if after.sells_from is None:
                    await set_prices(tx, after, geometry, prices)
                told = msgspec.to_builtins(wish)
                was = {name: getattr(row, name) for name in told if hasattr(row, name)}
                await audit.record(
                    tx, org_id, "event.updated", subject=f"event:{event_id}",
                    data={"before": was, "after": told},
                )  # fmt: skip
                return await setup(tx, await find(tx, org_id, event_id), geometry)

            return act

        changed = await idempotency.prepared(self._db, key, EventSetup, prepare)
        self._memory.forget(event_id)
        return changed

    async def duplicate(
        self, org_id: str, event_id: uuid.UUID, wish: Duplicate, key: Key | None
    ) -> EventSetup:
        """A new draft of the same. Raises SlugTaken, BadRequest, NotFound."""

        async def prepare() -> Work[EventSetup]:
            row = await self.find(org_id, event_id)
            geometry = await self.geometry_of(row.map_id)
            new = _duplicate(row, wish)

            async def act(tx: Tx) -> EventSetup:
                await insert(tx, new)
                await sql.COPY_TICKET_TYPES.run(tx, event_id, org_id, new.id)
                await sql.COPY_TERMS.run(tx, event_id, org_id, new.id)
                await audit.record(
                    tx, org_id, "event.duplicated", subject=f"event:{new.id}",
                    data={"of": str(event_id)},
                )  # fmt: skip
                return await setup(tx, await find(tx, org_id, new.id), geometry)

            return act

        return await idempotency.prepared(self._db, key, EventSetup, prepare)


_PAST = Reason("starts_in_past", "starts_at lies in the past")


async def find(tx: Tx, org_id: str, event_id: uuid.UUID) -> SetupRow:
    """Raises NotFound, also for another organization's."""
    return _found(await sql.FIND.first(tx, event_id, org_id))


async def lock(tx: Tx, org_id: str, event_id: uuid.UUID, revision: int | None = None) -> SetupRow:
    """The event, which nobody else changes until `tx` ends. Raises EventMoved, NotFound."""
    row = _found(await sql.LOCK.first(tx, event_id, org_id))
    if revision is not None and row.revision != revision:
        raise EventMoved(row.revision)
    return row


async def _check(tx: Tx, before: SetupRow, after: SetupRow, wish: EventChange) -> None:
    """Raises what stands in the way of the change."""
    told = set(msgspec.to_builtins(wish))
    check_moments(after)
    if before.sells_from is not None and told & set(_MADE):
        named = ", ".join(name for name in _MADE if name in told)
        reason = f"{named}: the event has its places since it was published"
        raise EventRefused([Reason("places_made", reason)])
    if before.status == "archived":
        raise EventRefused([Reason("archived", "the event is archived: duplicate it instead")])
    if before.status == "published" and "starts_at" in told and after.starts_at <= after.now:
        raise EventRefused([_PAST])
    if after.currency != before.currency:
        money.check(after.currency)
    if after.venue_id != before.venue_id:
        await check_venue(tx, after.org_id, after.venue_id)
    await claim(tx, after)


async def clock(tx: Tx) -> dt.datetime:
    """The database's."""
    return await sql.NOW.value(tx)


async def insert(tx: Tx, new: EventFields) -> None:
    """A draft. Raises SlugTaken, EventRefused where the reference is another's, BadRequest,
    NotFound."""
    check_moments(new)
    money.check(new.currency)
    await check_venue(tx, new.org_id, new.venue_id)
    await claim(tx, new)
    await sql.INSERT.run(tx, *_values(new))


async def check_venue(tx: Tx, org_id: str, venue_id: uuid.UUID) -> None:
    """Raises NotFound; until `tx` ends nobody deletes it."""
    if await sql.VENUE.value(tx, venue_id, org_id) is None:
        raise NotFound("no such venue")


async def claim(tx: Tx, event: EventFields) -> None:
    """The event's address and reference are no other's. Raises SlugTaken, EventRefused."""
    ref = event.external_ref
    names = [event.slug] if ref is None else [event.slug, f"{event.org_id}/{ref}"]
    await sql.CLAIM_NAMES.values(tx, names)
    if await sql.SLUG_TAKEN.value(tx, event.slug, event.id):
        raise SlugTaken(f"another event has the address /e/{event.slug}: choose another slug")
    if ref is not None and await sql.REFERENCE_TAKEN.value(tx, event.org_id, ref, event.id):
        reason = Reason("external_ref_taken", f"another event has the external_ref {ref}")
        raise EventRefused([reason])


def check_moments(event: EventFields) -> None:
    """Raises BadRequest for a zone that is none, and for moments that cannot follow each other."""
    zone_of(event.timezone)
    moments = {name: getattr(event, name) for name in ("starts_at", *_MOMENTS)}
    check_years(**moments)
    for first, last in (("sales_open_at", "sales_close_at"), ("starts_at", "ends_at")):
        if moments[first] and moments[last] and moments[first] >= moments[last]:
            raise BadRequest(f"{last}: must be after {first}")
    if event.doors_at and event.doors_at > event.starts_at:
        raise BadRequest("doors_at: must not be after starts_at")


def check_prices(geometry: Geometry | None, prices_minor: Mapping[str, int]) -> None:
    """Raises BadRequest for prices of zones that the map has not."""
    zones = {zone.key for zone in geometry.zones} if geometry else set()
    unknown = sorted(set(prices_minor) - zones)
    if unknown:
        raise BadRequest(f"prices_minor: the map has no zone {', '.join(unknown)}", zones=unknown)


async def set_prices(
    tx: Tx, draft: EventFields, geometry: Geometry | None, prices_minor: Mapping[str, int]
) -> None:
    """Of zones of the draft's map, by key. What is not named keeps its price, also where another
    map has a zone of that key."""
    zones = geometry.zones if geometry else []
    keys = [zone.key for zone in zones]
    await sql.DROP_OTHER_ZONES.run(tx, draft.id, draft.org_id, keys)
    names, idxs = [zone.name for zone in zones], list(range(len(zones)))
    # In two steps: on another map two zones may change places.
    for numbers in ([-1 - at for at in idxs], idxs):
        await sql.RENUMBER_ZONES.run(tx, draft.id, draft.org_id, keys, names, numbers)
    await sql.SET_PRICES.run(
        tx, draft.id, draft.org_id, list(prices_minor), list(prices_minor.values())
    )
    priced = await prices_of(tx, draft.id)
    for at, zone in enumerate(zones):
        if zone.key in prices_minor and zone.key not in priced:
            await pinning.insert_ticket_types(
                tx, draft.org_id, draft.id, at, [zone], [prices_minor[zone.key]]
            )


async def prices_of(tx: Tx, event_id: uuid.UUID) -> dict[str, int]:
    """What a place of a zone costs, by the zone's key, minor units."""
    return {row.key: row.price_minor for row in await sql.PRICES.all(tx, event_id)}


async def setup(tx: Tx, row: SetupRow, geometry: Geometry | None) -> EventSetup:
    """`geometry`: of the map that `row` has, if any."""
    prices = await prices_of(tx, row.id)
    zones = [] if geometry is None else geometry.zones
    fields = {
        name: getattr(row, name) for name in EventSetup.__struct_fields__ if hasattr(row, name)
    }
    return EventSetup(
        **fields,
        version_id=row.map_id,
        cover_url=cover_url(row.cover),
        zones=[ZoneSetup(zone.key, zone.name, prices.get(zone.key)) for zone in zones],
        missing=missing(row, row.now, geometry, prices) if row.status == "draft" else [],
    )


def missing(
    event: EventFields, now: dt.datetime, geometry: Geometry | None, prices: Mapping[str, int]
) -> list[Reason]:
    """All that is in the way of publishing the event."""
    found = []
    if geometry is None:
        found.append(Reason("no_map", "version_id: the event has no map yet"))
    else:
        seats = geometry.seats.n - sum(count for _, count in geometry.seats.removed)
        if not seats and not any(area.capacity for area in geometry.areas):
            found.append(
                Reason("no_places", "the event's map has neither seats nor standing places")
            )
        without = [zone.key for zone in geometry.zones if zone.key not in prices]
        if without:
            found.append(Reason("no_price", f"no price for zone {', '.join(without)}"))
    if event.starts_at <= now:
        found.append(_PAST)
    if event.sales_close_at is not None and event.sales_close_at <= now:
        found.append(Reason("sale_over", "sales_close_at lies in the past"))
    return found


def slug_of(name: str, day: dt.datetime) -> str:
    """`Große Nacht` on 1 May is `grosse-nacht-2027-05-01`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH_MAX].strip("-")
    return f"{words or 'event'}-{day:%Y-%m-%d}"


def _changed(row: SetupRow, wish: EventChange) -> SetupRow:
    after = msgspec.structs.replace(row)
    for name in wish.__struct_fields__:
        value = getattr(wish, name)
        if value is not UNSET and name not in ("version_id", "prices_minor"):
            setattr(after, name, value)
    if wish.version_id is not UNSET:
        after.map_id = wish.version_id  # type: ignore[assignment]
    return after


def _minute(event: EventFields) -> dt.datetime:
    """What people read of when it begins."""
    return event.starts_at.replace(second=0, microsecond=0)


def _rescheduled(before: SetupRow, after: SetupRow) -> Fact:
    data = {
        "event_id": str(after.id),
        "starts_at": after.starts_at.astimezone(dt.UTC).isoformat(),
        "from": before.starts_at.astimezone(dt.UTC).isoformat(),
    }
    return Fact("catalog.event.rescheduled", after.org_id, f"event:{after.id}", data)


def _duplicate(row: SetupRow, wish: Duplicate) -> EventFields:
    moved = wish.starts_at - row.starts_at if wish.starts_at else dt.timedelta()
    new = EventFields(*_values(row))
    new.id, new.external_ref = uuid7(), None
    new.name = wish.name or row.name
    for name in ("starts_at", *_MOMENTS):
        moment = getattr(row, name)
        setattr(new, name, moment and moment + moved)
    day = new.starts_at.astimezone(zone_of(row.timezone))
    # Of the same name on the same day: told apart by what no other has.
    new.slug = wish.slug or f"{slug_of(new.name, day)}-{new.id.hex[-6:]}"
    return new


def _values(event: EventFields) -> list[Any]:
    return [getattr(event, name) for name in EventFields.__struct_fields__]


def _found(row: SetupRow | None) -> SetupRow:
    if row is None:
        raise NotFound("no such event")
    return row
