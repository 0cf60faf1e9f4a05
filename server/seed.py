"""The demo organization: three venues drawn in `seatmap/samples`, three events on sale."""

import asyncio
import datetime as dt
import secrets
import uuid
from importlib.resources import files

import msgspec

from server.catalog import publishing
from server.catalog import service as catalog
from server.catalog.geometry import Geometry
from server.catalog.models import OrphanRule
from server.catalog.service import NewEvent
from server.identity import service as identity
from server.inventory import verbs as inventory
from server.kernel import context
from server.kernel.db import Database, Query, Tx
from server.orgs import service as orgs

ORG_ID = "demo"
OPERATOR_EMAIL = "organizer@demo.example"
OTHER_ZONE_MINOR = 3_500

ORG_EXISTS = Query("seed.org_exists", "SELECT EXISTS (SELECT 1 FROM organizations WHERE id = $1)")


class DemoEvent(msgspec.Struct, frozen=True):
    """`kind` names the drawing; `prices_minor` is by zone key, others cost OTHER_ZONE_MINOR."""

    kind: str
    slug: str
    name: str
    summary: str
    venue: str
    city: str
    in_days: int
    hour: int
    prices_minor: dict[str, int]
    hold_ttl_s: int
    orphan_rule: OrphanRule = "off"


EVENTS = (
    DemoEvent(
        "club", "blue-hour", "Blue Hour: Marta Lind Quintet",
        "A late set among candlelit tables. Sit with friends, or stand by the stage.",
        "Kellerbar", "Vienna", 12, 21,
        {"front": 5_800, "side": 4_600, "rear": 3_900, "gallery": 2_900, "floor": 2_400}, 120,
    ),
    DemoEvent(
        "theatre", "the-tempest", "The Tempest",
        "Shakespeare's last island, with a storm that fills the house.",
        "Stadttheater", "Graz", 26, 19,
        {"premium": 9_500, "stalls": 7_200, "balcony-front": 5_900, "balcony-rear": 3_900,
         "boxes": 11_000}, 180, "lenient",
    ),
    DemoEvent(
        "arena", "northern-lights-tour", "Aurora Vale: Northern Lights Tour",
        "One night, fifty-seven thousand people, everything on sale at once.",
        "Donau Arena", "Linz", 61, 20,
        {"golden": 16_900, "floor": 11_900, "club": 14_900, "cat-1": 12_900, "cat-2": 9_900,
         "cat-3": 6_900}, 120,
    ),
)  # fmt: skip


class Seeded(msgspec.Struct):
    """What only the run that created the demo knows: keys are stored as hashes."""

    operator_id: uuid.UUID
    operator_password: str
    scanner_keys: dict[str, str]
    event_ids: dict[str, uuid.UUID]


def _draw(demo: DemoEvent) -> tuple[bytes, Geometry, list[str]]:
    drawing = files("seatmap.samples").joinpath(f"{demo.kind}.svg").read_bytes()
    geometry, keys = publishing.read_drawing(drawing, {})
    return drawing, geometry, keys


async def seed(db: Database, now: dt.datetime) -> Seeded | None:
    """Create the demo in one transaction. None where it exists already."""
    context.act_for(ORG_ID)
    async with db.tx(read_only=True) as tx:
        if await ORG_EXISTS.value(tx, ORG_ID):
            return None
    drawn = [await asyncio.to_thread(_draw, demo) for demo in EVENTS]
    password = secrets.token_urlsafe(12)
    async with db.tx() as tx:
        await orgs.create_org(tx, ORG_ID, "demo", "Demo Concerts", approved=True)
        operator_id = await identity.create_user(tx, OPERATOR_EMAIL, "Demo Organizer", password)
        await orgs.add_member(tx, ORG_ID, operator_id, "owner")
        seeded = Seeded(operator_id, password, {}, {})
        for demo, (drawing, geometry, keys) in zip(EVENTS, drawn, strict=True):
            event_id = await _create(tx, demo, drawing, geometry, keys, now)
            seeded.event_ids[demo.kind] = event_id
            seeded.scanner_keys[demo.kind] = await identity.create_scanner_key(
                tx, ORG_ID, event_id, "Demo door"
            )
    return seeded


async def _create(
    tx: Tx,
    demo: DemoEvent,
    drawing: bytes,
    geometry: Geometry,
    keys: list[str],
    now: dt.datetime,
) -> uuid.UUID:
    venue_id = await catalog.create_venue(tx, ORG_ID, demo.venue, demo.city, "AT")
    await publishing.publish_map(tx, ORG_ID, venue_id, demo.venue, drawing, geometry, keys)
    day = (now + dt.timedelta(days=demo.in_days)).date()
    event = NewEvent(
        org_id=ORG_ID,
        venue_id=venue_id,
        slug=demo.slug,
        name=demo.name,
        summary=demo.summary,
        starts_at=dt.datetime.combine(day, dt.time(demo.hour), dt.UTC),
        timezone="Europe/Vienna",
        currency="EUR",
        prices_minor={
            zone.key: demo.prices_minor.get(zone.key, OTHER_ZONE_MINOR) for zone in geometry.zones
        },
        hold_ttl_s=demo.hold_ttl_s,
        seats_per_hold_max=12,
        orphan_rule=demo.orphan_rule,
    )
    event_id = await catalog.create_event(tx, event, geometry)
    await inventory.open_event(tx, ORG_ID, event_id, geometry)
    return event_id
