"""What is published, of every organization: by words, place, day and price, page by page."""

import base64
import binascii
import datetime as dt
import math
import re
import uuid
from typing import Annotated, Literal, NamedTuple

import msgspec

from server.catalog import sql_discovery as sql
from server.catalog.assembly import cover_url
from server.catalog.models import EventPage, EventSummary, Venue
from server.catalog.sql_discovery import EARTH_KM, CityRow, FoundRow
from server.kernel.db import Database, Query
from server.kernel.errors import BadRequest
from server.kernel.money import coin, payable
from server.kernel.tenancy import Across

PAGE_SIZE_MAX = 100
Sort = Literal["soonest", "nearest", "cheapest"]
Text = Annotated[str, msgspec.Meta(max_length=200)]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]
_QUERIES: dict[Sort, Query[FoundRow]] = {
    "soonest": sql.SOONEST,
    "nearest": sql.NEAREST,
    "cheapest": sql.CHEAPEST,
}


class EventQuery(msgspec.Struct, kw_only=True):
    """`q`: beginnings of words in the event's and the venue's names, the city, the organizer's
    name; `from` and `to`: it starts at or after, and before; `latitude`, `longitude`: degrees, with
    `radius_km` nothing farther away; `price_max_minor`: of the cheapest place, in minor units of
    `currency`; `organization`: its id. `nearest` needs a position, `cheapest` a currency."""

    page_size: int = 20
    next_token: str | None = None
    q: Text | None = None
    country: Text | None = None
    city: Text | None = None
    since: Moment | None = msgspec.field(default=None, name="from")
    to: Moment | None = None
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    radius_km: Annotated[float, msgspec.Meta(gt=0, le=20_100)] | None = None
    currency: Annotated[str, msgspec.Meta(max_length=3, pattern="^[A-Z]{3}$")] | None = None
    price_max_minor: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    organization: Text | None = None
    sort: Sort = "soonest"


class Box(NamedTuple):
    """Degrees; as wide as the world where it would go across a pole or the date line."""

    south: float
    north: float
    west: float
    east: float


def box_around(latitude: float, longitude: float, radius_km: float) -> Box:
    """Has every place that is no farther away than that."""
    angle = radius_km / EARTH_KM
    south, north = latitude - math.degrees(angle), latitude + math.degrees(angle)
    if south <= -90 or north >= 90:
        return Box(south, north, -180, 180)
    wide = math.degrees(math.asin(min(1, math.sin(angle) / math.cos(math.radians(latitude)))))
    west, east = longitude - wide, longitude + wide
    if west < -180 or east > 180:
        return Box(south, north, -180, 180)
    return Box(south, north, west, east)


class Discovery:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(self, wanted: EventQuery) -> EventPage:
        """Raises BadRequest for what does not go together, and a token that is not ours."""
        _check(wanted)
        size = max(1, min(wanted.page_size, PAGE_SIZE_MAX))
        after, last_id = _read_token(wanted)
        latitude, longitude = wanted.latitude, wanted.longitude
        around = Box(-90, 90, -180, 180)
        if wanted.radius_km is not None and latitude is not None and longitude is not None:
            around = box_around(latitude, longitude, wanted.radius_km)
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            rows = await _QUERIES[wanted.sort].all(
                tx, wanted.since, wanted.to, wanted.country, wanted.city, _words(wanted.q),
                wanted.organization, wanted.currency, _exact(wanted), latitude, longitude,
                wanted.radius_km, *around, after, last_id, wanted.sort, size + 1,
            )  # fmt: skip
        last = rows[size - 1] if len(rows) > size else None
        return EventPage(
            items=[_summary(row) for row in rows[:size]],
            next_token=_token_of(wanted.sort, last) if last else None,
        )

    async def cities(self) -> list[CityRow]:
        """Where something is on."""
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            return await sql.CITIES.all(tx)


def _check(wanted: EventQuery) -> None:
    is_somewhere = wanted.latitude is not None and wanted.longitude is not None
    if (wanted.latitude is None) != (wanted.longitude is None):
        raise BadRequest("latitude and longitude: say both or neither")
    if not is_somewhere and (wanted.radius_km is not None or wanted.sort == "nearest"):
        raise BadRequest("latitude and longitude: say from where")
    if wanted.currency is None and (
        wanted.price_max_minor is not None or wanted.sort == "cheapest"
    ):
        raise BadRequest("currency: prices of one currency only can be compared")


def _words(text: str | None) -> str | None:
    """None where there are none: the database splits them, as it does an event's."""
    return text if text and re.search(r"[^\W_]", text) else None


def _exact(wanted: EventQuery) -> int | None:
    """The greatest price that is rounded, to what is paid, to no more than is wanted."""
    most = wanted.price_max_minor
    if most is None or wanted.currency is None:
        return None
    least = coin(wanted.currency)
    return most // least * least + (least - 1) // 2 if most >= least else 0


def _summary(row: FoundRow) -> EventSummary:
    least = coin(row.currency)
    return EventSummary(
        id=row.id,
        org_id=row.org_id,
        slug=row.slug,
        name=row.name,
        summary=row.summary,
        starts_at=row.starts_at,
        timezone=row.timezone,
        venue=Venue(
            row.venue_name, row.venue_city, row.venue_country, row.venue_id, row.venue_address,
            row.venue_latitude, row.venue_longitude,
        ),
        currency=row.currency,
        price_from_minor=payable(row.price_from_minor, least),
        price_to_minor=payable(row.price_to_minor, least),
        organization=row.org_name,
        is_on_sale=row.is_on_sale,
        cover_url=cover_url(row.cover),
        distance_km=row.distance_km,
    )  # fmt: skip


def _token_of(sort: Sort, last: FoundRow) -> str:
    at = last.starts_at.isoformat() if sort == "soonest" else repr(last.rank)
    return base64.urlsafe_b64encode(f"{sort}|{at}|{last.id}".encode()).decode()


def _read_token(wanted: EventQuery) -> tuple[dt.datetime | float, uuid.UUID]:
    if not wanted.next_token:
        first = dt.datetime(1, 1, 1, tzinfo=dt.UTC) if wanted.sort == "soonest" else -1.0
        return first, uuid.UUID(int=0)
    try:
        text = base64.urlsafe_b64decode(wanted.next_token).decode()
        sort, at, last_id = text.split("|")
        after = dt.datetime.fromisoformat(at) if sort == "soonest" else float(at)
        if sort != wanted.sort or (isinstance(after, float) and not math.isfinite(after)):
            raise ValueError(sort)
        # Brought to UTC now: at the edge of the calendar that is where it fails.
        after = after.astimezone(dt.UTC) if isinstance(after, dt.datetime) else after
        return after, uuid.UUID(last_id)
    except (ValueError, OverflowError, binascii.Error):
        raise BadRequest("next_token: take it from the last page as it is") from None
