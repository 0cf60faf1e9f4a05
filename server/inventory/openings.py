"""What organizers ask when they plan an evening: drafted, published, taken back, archived.

A draft is the catalog's alone. With its first publishing an event gets its places, from the version
of the map that it is sold by, and keeps them.
"""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from server import audit
from server.catalog import events, sql_events
from server.catalog.event_models import (
    Count,
    Currency,
    Description,
    EventRefused,
    EventSetup,
    Moment,
    Prices,
    Reason,
    Reference,
    Seconds,
    Slug,
    Summary,
    Text,
    Zone,
)
from server.catalog.events import Events
from server.catalog.geometry import Geometry
from server.catalog.models import EventStatus, OrphanRule
from server.catalog.service import Catalog
from server.catalog.sql_events import EventFields, SetupRow
from server.catalog.times import check_years, zone_of
from server.inventory import verbs
from server.kernel import idempotency
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import BadRequest
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.outbox.models import Fact


class EventWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`version_id`: of a map of the organization, which says the venue too; a draft may name a
    `venue_id` instead. `prices_minor`: by key of the map's zones, all of them unless it is a
    draft, in minor units of `currency`; `timezone`: IANA's name; `slug`: the event's address, made
    of name and day where it is left out; `external_ref`: its id where its identity comes from."""

    name: Text
    starts_at: Moment
    timezone: Zone
    currency: Currency
    status: Literal["draft", "published"] = "published"
    version_id: uuid.UUID | None = None
    venue_id: uuid.UUID | None = None
    prices_minor: Prices = {}
    summary: Summary = ""
    description: Description = ""
    slug: Slug | None = None
    external_ref: Reference | None = None
    doors_at: Moment | None = None
    ends_at: Moment | None = None
    sales_open_at: Moment | None = None
    sales_close_at: Moment | None = None
    hold_ttl_s: Seconds = 600
    payment_ttl_s: Seconds = 600
    seats_per_hold_max: Count = 10
    seats_per_order_max: Count | None = None
    seats_per_buyer_max: Count | None = None
    orphan_rule: OrphanRule = "off"


class EventOpened(msgspec.Struct):
    """The event, which everybody sees at `/e/{slug}` once it is published."""

    id: uuid.UUID
    slug: str
    status: EventStatus = "published"


class Openings:
    """Of an organization's own events, on its own maps: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog, setups: Events) -> None:
        self._db, self._catalog, self._events = db, catalog, setups

    async def open(self, org_id: str, wish: EventWish, key: Key | None) -> EventOpened:
        """Raises SlugTaken, EventRefused, BadRequest for a zone without a price, no time zone or no
        such day, NotFound."""

        async def prepare() -> Work[EventOpened]:
            geometry, venue_id = await self._place_of(org_id, wish)
            check_years(starts_at=wish.starts_at)
            new = _fields(org_id, venue_id, wish)
            events.check_moments(new)
            events.check_prices(geometry, wish.prices_minor)

            async def act(tx: Tx) -> EventOpened:
                if wish.status == "published":
                    _check(new, await events.clock(tx), geometry, wish.prices_minor)
                await events.insert(tx, new)
                await events.set_prices(tx, new, geometry, wish.prices_minor)
                row = await events.lock(tx, org_id, new.id)
                await _tell(tx, row, "created")
                if wish.status == "published":
                    assert geometry is not None
                    await _publish(tx, row, geometry)
                return EventOpened(row.id, row.slug, wish.status)

            return act

        return await idempotency.prepared(self._db, key, EventOpened, prepare)

    async def _place_of(self, org_id: str, wish: EventWish) -> tuple[Geometry | None, uuid.UUID]:
        """The map's geometry, if there is one, and the venue. Raises BadRequest, NotFound."""
        if wish.version_id is not None:
            geometry, venue_id = await self._events.version_of(org_id, wish.version_id)
            if wish.venue_id not in (None, venue_id):
                raise BadRequest("venue_id: the map is of another venue")
            return geometry, venue_id
        if wish.venue_id is None:
            raise BadRequest("say where: version_id of a map, or venue_id for a draft without one")
        return None, wish.venue_id

    async def publish(
        self, org_id: str, event_id: uuid.UUID, revision: int, key: Key | None
    ) -> EventSetup:
        """Everybody sees the event from now on. Raises EventRefused with all that is missing,
        EventMoved, NotFound."""

        async def act(tx: Tx, row: SetupRow, geometry: Geometry | None) -> None:
            if row.status == "archived":
                raise EventRefused([_ARCHIVED])
            if row.status == "draft":
                _check(row, row.now, geometry, await events.prices_of(tx, event_id))
                assert geometry is not None
                await _publish(tx, row, geometry)

        return await self._become(org_id, event_id, revision, key, act)

    async def unpublish(
        self, org_id: str, event_id: uuid.UUID, revision: int, key: Key | None
    ) -> EventSetup:
        """A draft again, where its sale has not begun.

        Raises EventRefused, EventMoved, NotFound.
        """

        async def act(tx: Tx, row: SetupRow, geometry: Geometry | None) -> None:
            if row.status == "archived":
                raise EventRefused([_ARCHIVED])
            if row.status == "published":
                if row.was_on_sale:
                    raise EventRefused([_WAS_ON_SALE])
                await _set_status(tx, row, "draft", "unpublished")

        return await self._become(org_id, event_id, revision, key, act)

    async def archive(
        self, org_id: str, event_id: uuid.UUID, revision: int, key: Key | None
    ) -> EventSetup:
        """Not on sale any more, and in no list; who has bought sees it. For good.

        Raises EventRefused, EventMoved, NotFound.
        """

        async def act(tx: Tx, row: SetupRow, geometry: Geometry | None) -> None:
            if row.status == "draft":
                raise EventRefused([_NEVER_PUBLISHED])
            if row.status == "published":
                await _set_status(tx, row, "archived", "archived")

        return await self._become(org_id, event_id, revision, key, act)

    async def _become(
        self, org_id: str, event_id: uuid.UUID, revision: int, key: Key | None, change: "_Change"
    ) -> EventSetup:
        async def prepare() -> Work[EventSetup]:
            geometry = await self._events.geometry_of(
                (await self._events.find(org_id, event_id)).map_id
            )

            async def act(tx: Tx) -> EventSetup:
                await change(tx, await events.lock(tx, org_id, event_id, revision), geometry)
                return await events.setup(tx, await events.lock(tx, org_id, event_id), geometry)

            return act

        try:
            return await idempotency.prepared(self._db, key, EventSetup, prepare)
        finally:
            self._catalog.forget(event_id)


_Change = Callable[[Tx, SetupRow, Geometry | None], Awaitable[None]]
"""What becomes of an event that is locked; refuses before it writes."""

_ARCHIVED = Reason("archived", "the event is archived, and stays so: duplicate it instead")
_NEVER_PUBLISHED = Reason("draft", "the event is a draft: nobody sees it")
_CANCELLED = Reason("cancelled", "the event was cancelled before")
_WAS_ON_SALE = Reason(
    "was_on_sale",
    "its sale has begun, or begins in a moment: close the sale with sales_close_at, or archive it",
)


def _check(
    event: EventFields, now: dt.datetime, geometry: Geometry | None, prices_minor: dict[str, int]
) -> None:
    """Raises EventRefused with all that is in the way of publishing."""
    missing = events.missing(event, now, geometry, prices_minor)
    if missing:
        raise EventRefused(missing)


async def _publish(tx: Tx, row: SetupRow, geometry: Geometry) -> None:
    if row.sells_from is None:
        await verbs.open_event(tx, row.org_id, row.id, geometry, row.legs)
    await sql_events.PUBLISH.run(tx, row.id, row.org_id)
    await _tell(tx, row, "published")


async def _set_status(tx: Tx, row: SetupRow, status: EventStatus, verb: str) -> None:
    await sql_events.SET_STATUS.run(tx, row.id, row.org_id, status)
    await _tell(tx, row, verb)


async def _tell(tx: Tx, row: SetupRow, verb: str) -> None:
    """The world, and the organization's log."""
    data = {"event_id": str(row.id), "slug": row.slug, "map_id": row.map_id and str(row.map_id)}
    subject = f"event:{row.id}"
    await outbox.append(
        tx, Fact(type=f"catalog.event.{verb}", org_id=row.org_id, subject=subject, data=data)
    )
    await audit.record(tx, row.org_id, f"event.{verb}", subject=subject, data=data)


async def cancel(tx: Tx, org_id: str, event_id: uuid.UUID, revision: int) -> None:
    """Nothing of the event is sold from now on, not even what is held; in no list, for good.

    `tx` is alone on the event. Raises EventRefused, EventMoved, NotFound.
    """
    row = await events.lock(tx, org_id, event_id, revision)
    if row.sells_from is None:
        raise EventRefused([_NEVER_PUBLISHED])
    if not await sql_events.CANCEL.run(tx, event_id, org_id):
        raise EventRefused([_CANCELLED])
    await _tell(tx, row, "cancelled")


def _fields(org_id: str, venue_id: uuid.UUID, wish: EventWish) -> EventFields:
    day = wish.starts_at.astimezone(zone_of(wish.timezone)) if wish.slug is None else wish.starts_at
    return EventFields(
        id=uuid7(),
        org_id=org_id,
        venue_id=venue_id,
        map_id=wish.version_id,
        slug=wish.slug or events.slug_of(wish.name, day),
        name=wish.name,
        summary=wish.summary,
        description=wish.description,
        cover=None,
        external_ref=wish.external_ref,
        starts_at=wish.starts_at,
        doors_at=wish.doors_at,
        ends_at=wish.ends_at,
        sales_open_at=wish.sales_open_at,
        sales_close_at=wish.sales_close_at,
        timezone=wish.timezone,
        currency=wish.currency,
        hold_ttl_s=wish.hold_ttl_s,
        payment_ttl_s=wish.payment_ttl_s,
        seats_per_hold_max=wish.seats_per_hold_max,
        seats_per_order_max=wish.seats_per_order_max,
        seats_per_buyer_max=wish.seats_per_buyer_max,
        orphan_rule=wish.orphan_rule,
        legs=1,
    )
