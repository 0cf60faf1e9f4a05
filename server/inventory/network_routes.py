"""GET /v1/network/availability: what is left, for services of the same house."""

import base64
import binascii
import datetime as dt
import uuid

import msgspec

from server.catalog.models import Event
from server.catalog.service import Catalog
from server.inventory import sql_state
from server.inventory.rows import PlaceCountRow
from server.kernel.db import Database
from server.kernel.errors import BadRequest, NotConfigured, Unauthenticated
from server.kernel.http import Call, Operation
from server.kernel.tenancy import Across
from server.orgs.platform import ServiceRealm

PAGE_SIZE_MAX = 50
_FIRST = (dt.datetime(1, 1, 1, tzinfo=dt.UTC), uuid.UUID(int=0))


class AvailabilityQuery(msgspec.Struct):
    page_size: int = 20
    next_token: str | None = None


class PlaceCounts(msgspec.Struct):
    """Seats and standing places by what they are at this moment; `total`: all of them. A place of
    a trip counts as what it is on its freest leg."""

    total: int
    available: int
    held: int
    sold: int
    blocked: int


class EventAvailability(msgspec.Struct):
    """Prices, in minor units of `currency`, are of the cheapest and the dearest place."""

    event_id: uuid.UUID
    name: str
    slug: str
    starts_at: dt.datetime
    is_on_sale: bool
    currency: str
    price_from_minor: int
    price_to_minor: int
    places: PlaceCounts


class AvailabilityPage(msgspec.Struct):
    """Soonest first."""

    items: list[EventAvailability]
    next_token: str | None = None


def routes(db: Database, catalog: Catalog, service: ServiceRealm) -> list[Operation]:
    async def list_availability(call: Call) -> AvailabilityPage:
        wanted = call.query(AvailabilityQuery)
        size = max(1, min(wanted.page_size, PAGE_SIZE_MAX))
        after = _read_token(wanted.next_token) if wanted.next_token else _FIRST
        coming = [
            event
            for event in await catalog.coming_of_org(call.actor.org_id)
            if (event.starts_at, event.id) > after
        ]
        shown = coming[:size]
        return AvailabilityPage(
            [await _availability(db, catalog, event) for event in shown],
            _token_of(shown[-1]) if len(coming) > size else None,
        )

    return [
        Operation(
            "GET", "/v1/network/availability", list_availability, service,
            "What the organization's events to come have left", query=AvailabilityQuery,
            returns=AvailabilityPage, errors=(NotConfigured, Unauthenticated),
        ),
    ]  # fmt: skip


async def _availability(db: Database, catalog: Catalog, event: Event) -> EventAvailability:
    places = await catalog.places(event.map_id)
    async with db.tx(read_only=True, across=Across.FEED) as tx:
        counts = await sql_state.COUNTS.all(tx, event.id, sorted(places.removed))
    zones = event.zones
    return EventAvailability(
        event.id, event.name, event.slug, event.starts_at, event.is_on_sale, event.currency,
        min((zone.price_from_minor for zone in zones), default=0),
        max((zone.price_to_minor for zone in zones), default=0),
        _sum(counts),
    )  # fmt: skip


def _sum(rows: list[PlaceCountRow]) -> PlaceCounts:
    """Of seats and of standing places."""
    available, held, sold, blocked = (
        sum(getattr(row, name) for row in rows) for name in ("available", "held", "sold", "blocked")
    )
    return PlaceCounts(available + held + sold + blocked, available, held, sold, blocked)


def _token_of(event: Event) -> str:
    return base64.urlsafe_b64encode(f"{event.starts_at.isoformat()}|{event.id}".encode()).decode()


def _read_token(token: str) -> tuple[dt.datetime, uuid.UUID]:
    try:
        at, event_id = base64.urlsafe_b64decode(token).decode().split("|")
        moment = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
        return moment, uuid.UUID(event_id)
    except (ValueError, OverflowError, binascii.Error):
        raise BadRequest("next_token: take it from the last page as it is") from None
