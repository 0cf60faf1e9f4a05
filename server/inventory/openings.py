"""What organizers ask when they plan an evening: an event, sold by a published version of a map."""

import datetime as dt
import re
import unicodedata
import uuid
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from server.catalog import lineages
from server.catalog import service as catalog
from server.catalog.models import OrphanRule
from server.catalog.service import Catalog, NewEvent
from server.catalog.versions import Versions
from server.inventory import verbs
from server.inventory.migrations import Price
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest
from server.kernel.idempotency import Key

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
SLUG_LENGTH_MAX = 60
YEARS = range(2000, 2200)
"""Others are a mistake, and the first and the last day of all have no local time."""


class EventWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`version_id`: of a map of the organization; `prices_minor`: by key, of each of its zones, in
    minor units of `currency`; `timezone`: IANA's name; `slug`: the event's address, made of name
    and day where it is left out."""

    version_id: uuid.UUID
    name: Text
    starts_at: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    timezone: Annotated[str, msgspec.Meta(max_length=60)]
    currency: Annotated[str, msgspec.Meta(max_length=3, pattern="^[A-Z]{3}$")]
    prices_minor: Annotated[dict[str, Price], msgspec.Meta(max_length=100)]
    summary: Annotated[str, msgspec.Meta(max_length=500)] = ""
    slug: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,80}$(?!\\n)")] | None = None
    hold_ttl_s: Annotated[int, msgspec.Meta(ge=60, le=3_600)] = 600
    seats_per_hold_max: Count = 10
    seats_per_order_max: Count | None = None
    seats_per_buyer_max: Count | None = None
    orphan_rule: OrphanRule = "off"


class EventOpened(msgspec.Struct):
    """The event is on sale from now on, at `/e/{slug}`."""

    id: uuid.UUID
    slug: str


class Openings:
    """On an organization's own maps: another's are NotFound."""

    def __init__(self, db: Database, catalog_: Catalog, versions: Versions) -> None:
        self._db, self._catalog, self._versions = db, catalog_, versions

    async def open(self, org_id: str, wish: EventWish, key: Key | None) -> EventOpened:
        """Raises SlugTaken, BadRequest for a zone without a price, no time zone or no such day,
        NotFound."""
        try:
            zone = ZoneInfo(wish.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is none
            raise BadRequest(f"no time zone has the name {wish.timezone}") from None
        if wish.starts_at.year not in YEARS:
            raise BadRequest(f"starts_at: a day of the years {YEARS[0]} to {YEARS[-1]}")
        version = await self._versions.find(org_id, wish.version_id)
        venue_id = (await lineages.read(self._db, org_id, version.map_id)).venue_id
        geometry = (await self._catalog.places(version.id)).geometry
        new = NewEvent(
            org_id=org_id,
            venue_id=venue_id,
            slug=wish.slug or _slug(wish.name, wish.starts_at.astimezone(zone)),
            name=wish.name,
            summary=wish.summary,
            starts_at=wish.starts_at,
            timezone=wish.timezone,
            currency=wish.currency,
            prices_minor=wish.prices_minor,
            hold_ttl_s=wish.hold_ttl_s,
            seats_per_hold_max=wish.seats_per_hold_max,
            seats_per_order_max=wish.seats_per_order_max,
            seats_per_buyer_max=wish.seats_per_buyer_max,
            orphan_rule=wish.orphan_rule,
        )

        async def act(tx: Tx) -> EventOpened:
            event_id = await catalog.create_event(tx, new, geometry)
            await verbs.open_event(tx, org_id, event_id, geometry)
            return EventOpened(event_id, new.slug)

        return await lineages.settled(self._db, key, EventOpened, act)


def _slug(name: str, day: dt.datetime) -> str:
    """`Große Nacht` on 1 May is `grosse-nacht-2027-05-01`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH_MAX].strip("-")
    return f"{words or 'event'}-{day:%Y-%m-%d}"
