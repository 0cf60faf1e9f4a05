"""The demo organization: three venues drawn in `seatmap/samples`, three events on sale, a team.

`python -m server seed` gives it a past as well: an evening that is over and one that is being let
in, both sold out, a ball that was sold over the counter, and what gathers in some months: ticket
types, products, a draft, keys. Online entry to the past is free: no money is made up that no
provider has.
"""

import asyncio
import datetime as dt
import random
import secrets
import uuid
from importlib.resources import files

import msgspec

from server.boxoffice.guests import Hosting
from server.boxoffice.models import CounterSale, Gift, Method, NewGuest, NewGuestList
from server.boxoffice.selling import Selling
from server.catalog import publishing
from server.catalog import service as catalog
from server.catalog.event_models import Duplicate
from server.catalog.events import Events
from server.catalog.geometry import Geometry
from server.catalog.models import OrphanRule
from server.catalog.prices import Level
from server.catalog.product_models import ProductWish
from server.catalog.products import Assortment
from server.catalog.service import NewEvent
from server.catalog.ticket_models import TicketTypeChange, TicketTypeWish
from server.catalog.ticket_types import Ticketing
from server.checkin.models import ScanRequest
from server.checkout.models import CheckoutRequest
from server.identity import service as identity
from server.identity.models import Operator
from server.inventory import verbs as inventory
from server.inventory.allocations import Allocating
from server.inventory.models import HoldRequest, PoolWish, Selection
from server.kernel import context
from server.kernel.db import Database, Query, Tx
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import documents, keys
from server.orgs import service as orgs
from server.orgs.key_models import NewApiKey
from server.orgs.member_models import NewInvitation
from server.orgs.settings_models import Branding
from server.parts import Parts
from server.refunds.models import PartWish, RefundWish

ORG_ID = "demo"
OPERATOR_EMAIL = "organizer@demo.example"
PLATFORM_EMAIL = "approvals@demo.example"
"""Of the platform's own staff: approves organizations at /staff, with the owner's password."""
OTHER_ZONE_MINOR = 3_500
TEAM = {
    "admin": ("office@demo.example", "Box Office"),
    "staff": ("staff@demo.example", "Evening Staff"),
    "scanner": ("door@demo.example", "Front Door"),
    "finance": ("books@demo.example", "Accounts"),
}
"""By role, beside the owner; all sign in with the owner's password."""

INVITED = "new.colleague@demo.example"

ORG_EXISTS = Query("seed.org_exists", "SELECT EXISTS (SELECT 1 FROM organizations WHERE id = $1)")

SELL_ON = Query(
    "seed.sell_on",
    """UPDATE events SET sales_close_at = now() + interval '1 hour'
       WHERE id = $1 AND org_id = $2""",
)
"""What is over is sold all the same, at once: see `relive`."""


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
FREE: dict[str, int] = dict.fromkeys(EVENTS[0].prices_minor, 0)
PAST = (
    DemoEvent(
        "club", "open-house", "Open House: Ten Years of Kellerbar",
        "Everybody who ever played here, one song each.",
        "Kellerbar", "Vienna", -9, 18, FREE, 120,
    ),
    DemoEvent(
        "club", "new-voices", "New Voices",
        "Five first concerts in one evening.",
        "Kellerbar", "Vienna", 0, 20, FREE, 120,
    ),
)  # fmt: skip
BALL = DemoEvent(
    "club", "winter-ball", "Winter Ball",
    "Waltzes until three, and the last one with the lights on.",
    "Kellerbar", "Vienna", -23, 19, EVENTS[0].prices_minor, 120,
)  # fmt: skip
CAME = {"open-house": 0.93, "new-voices": 0.35, "winter-ball": 0.88}
"""The part of the tickets that has been scanned."""
GUESTS = ("Ada", "Bela", "Cem", "Dana", "Emil", "Fatma", "Goran", "Hana", "Igor", "Jana", "Kai")
PLACES_PER_ORDER_MAX = 12
METHODS: tuple[Method, ...] = ("cash", "card_terminal", "card_terminal", "invoice")
SEATS_LEFT, FLOOR_SALES, PAID_BACK = 9, 12, 3
"""Of the ball: seats that nobody wanted, sales of standing places, orders paid back in part."""


class Seeded(msgspec.Struct):
    """What only the run that created the demo knows: keys are stored as hashes.

    `scanner_keys`, `event_ids`: by kind, and by slug of what has happened. `platform_id`: None in
    a demo that was made before there was one.
    """

    operator_id: uuid.UUID
    operator_password: str
    scanner_keys: dict[str, str]
    event_ids: dict[str, uuid.UUID]
    platform_id: uuid.UUID | None = None


Drawn = tuple[bytes, Geometry, list[str]]


def _draw(kind: str) -> Drawn:
    drawing = files("seatmap.samples").joinpath(f"{kind}.svg").read_bytes()
    return (drawing, *publishing.read_drawing(drawing, {}))


async def seed(db: Database, now: dt.datetime, *, with_past: bool = False) -> Seeded | None:
    """Create the demo. None where it exists already.

    `with_past`: also the events of which `relive` and `keep_books` tell.
    """
    context.act_for(ORG_ID)
    async with db.tx(read_only=True) as tx:
        if await ORG_EXISTS.value(tx, ORG_ID):
            return None
    drawn = {demo.kind: await asyncio.to_thread(_draw, demo.kind) for demo in EVENTS}
    password = secrets.token_urlsafe(12)
    async with db.tx() as tx:
        await orgs.create_org(tx, ORG_ID, "demo", "Demo Concerts", approved=True)
        operator_id = await identity.create_user(tx, OPERATOR_EMAIL, "Demo Organizer", password)
        await orgs.add_member(tx, ORG_ID, operator_id, "owner")
        for role, (email, name) in TEAM.items():
            member_id = await identity.create_user(tx, email, name, password)
            await orgs.add_member(tx, ORG_ID, member_id, role)
        platform_id = await identity.create_user(tx, PLATFORM_EMAIL, "Demo Approvals", password)
        seeded = Seeded(operator_id, password, {}, {}, platform_id)
        venues = {demo.kind: await _publish(tx, demo, *drawn[demo.kind]) for demo in EVENTS}
        for demo in (*EVENTS, *((*PAST, BALL) if with_past else ())):
            name = demo.kind if demo in EVENTS else demo.slug
            event_id = await _open(tx, demo, venues[demo.kind], drawn[demo.kind][1], now)
            seeded.event_ids[name] = event_id
            seeded.scanner_keys[name] = await identity.create_scanner_key(
                tx, ORG_ID, event_id, "Demo door"
            )
    async with db.tx(across=Across.PLATFORM) as tx:
        await orgs.set_staff(tx, platform_id, "superadmin")
    return seeded


async def relive(parts: Parts, seeded: Seeded) -> None:
    """Sell the events of the past to their last place, and let in who came."""
    for demo in PAST:
        event_id, dice = seeded.event_ids[demo.slug], random.Random(demo.slug)
        event = await parts.catalog.event(event_id)
        seats = list(range(event.seats_total))
        pools = {pool.id: pool.capacity for pool in event.pools}
        codes: list[str] = []
        while seats or pools:
            size = dice.randint(1, PLACES_PER_ORDER_MAX)
            wish = HoldRequest(seats=seats[:size])
            if not wish.seats:
                pool, left = next(iter(pools.items()))
                wish = HoldRequest(pools=[PoolWish(pool, min(size, left))])
                pools[pool] -= min(size, left)
                if not pools[pool]:
                    del pools[pool]
            del seats[:size]
            codes += await _order(parts, event_id, wish, dice.choice(GUESTS))
        await _let_in(parts, seeded, demo, codes, dice)


async def keep_books(parts: Parts, seeded: Seeded) -> None:
    """Sell the ball over the counter, by every way to pay there, with complimentary tickets and a
    guest list; let in who came, and pay some back."""
    context.act_for(ORG_ID)
    event_id, dice = seeded.event_ids[BALL.slug], random.Random(BALL.slug)
    allocating = Allocating(parts.db, parts.catalog)
    selling = Selling(parts.db, parts.catalog, allocating, parts.tickets)
    hosting = Hosting(parts.db, parts.catalog, allocating, parts.tickets)
    event = await parts.catalog.event(event_id)
    floor = event.pools[0].id
    seats, wishes = list(range(event.seats_total)), list[Selection]()
    while len(seats) > SEATS_LEFT:
        size = dice.randint(1, 5)
        wishes.append(Selection(seats[:size]))
        del seats[:size]
    wishes += [Selection(pools=[PoolWish(floor, dice.randint(2, 9))]) for _ in range(FLOOR_SALES)]
    sold = []
    for wish in wishes:
        name = dice.choice(GUESTS)
        sale = CounterSale(
            wish.seats, wish.pools, method=dice.choice(METHODS), name=name,
            email=f"{name.lower()}@buyer.example",
        )  # fmt: skip
        sold.append(await selling.sell(ORG_ID, event_id, sale, None))
    gift = Gift(
        seats[:2], name="Marta Lind", email="marta@artist.example", note="The band's family"
    )
    sold.append(await selling.give(ORG_ID, event_id, gift, None))
    artists = await hosting.open_list(
        ORG_ID, event_id, NewGuestList("Artists", floor, "Stage"), None
    )
    for name in GUESTS[:5]:
        await hosting.add(ORG_ID, artists.id, NewGuest(name, dice.randint(0, 3)), None)
    for order in sold[:PAID_BACK]:
        part = PartWish(order.lines[0].id)
        why = RefundWish([part], "Ill on the evening.", overrides=True)
        await parts.refunds.refund(ORG_ID, order.id, why, None)
    codes = [ticket.scan_token for order in sold[PAID_BACK:] for ticket in order.tickets]
    await _let_in(parts, seeded, BALL, codes, dice)


async def _let_in(
    parts: Parts, seeded: Seeded, demo: DemoEvent, codes: list[str], dice: random.Random
) -> None:
    scanner = await identity.scanner_of(parts.db, seeded.scanner_keys[demo.slug])
    for code in dice.sample(codes, round(len(codes) * CAME[demo.slug])):
        await parts.checkin.scan(scanner, ScanRequest(token=code), None)


async def furnish(parts: Parts, seeded: Seeded) -> str:
    """What an organization has after some months beside its events: ticket types with prices of
    their own, products, a draft, its looks, keys, somebody invited. The API key, shown once."""
    context.act_for(ORG_ID)
    events = Events(parts.db, parts.catalog)
    theatre, club = seeded.event_ids["theatre"], seeded.event_ids["club"]
    await _offer(parts, events, theatre)
    assortment = Assortment(parts.db)
    for event_id, wish in (
        (theatre, ProductWish("Programme", 600, "64 pages, with photographs of rehearsals.")),
        (theatre, ProductWish("Parking", 1_200, "Garage Opernring, until 1:00.", stock=180)),
        (club, ProductWish("Glass of sparkling wine", 750, "Waits at your table.", stock=300)),
    ):
        await assortment.create(ORG_ID, event_id, wish, None)
    setup = await events.get(ORG_ID, theatre)
    later = setup.starts_at + dt.timedelta(days=1, hours=-5)
    matinee = Duplicate(starts_at=later, name="The Tempest: Matinee", slug="the-tempest-matinee")
    await events.duplicate(ORG_ID, theatre, matinee, None)
    looks = Branding("Demo Concerts", "#7c2d4f", None, "help@demo.example")
    await documents.replace_branding(parts.db, ORG_ID, looks, None)
    await parts.invitations.invite(
        Operator(seeded.operator_id, ORG_ID, "owner", frozenset()),
        NewInvitation(INVITED, "staff"),
        None,
    )
    await keys.mint(parts.db, ORG_ID, NewApiKey("Listings site", ["event:read"]), None)
    return (await keys.mint(parts.db, ORG_ID, NewApiKey("Ticket desk"), None)).key


async def _offer(parts: Parts, events: Events, event_id: uuid.UUID) -> None:
    """Child, member and press besides the zones' own types, of which one has a dearer section."""
    ticketing = Ticketing(parts.db, parts.catalog, events)
    for wish in (
        TicketTypeWish("stalls", "Child", 3_600, "Up to 14 years.", per_order_max=6),
        TicketTypeWish(
            "stalls", "Friend of the house", 5_800, visibility="code", access_code="PROSPERO",
            quantity=60, per_order_max=2,
        ),
        TicketTypeWish("premium", "Press", 0, visibility="organizer", quantity=12),
    ):  # fmt: skip
        await ticketing.create(ORG_ID, event_id, wish, None)
    event = await parts.catalog.event(event_id)
    places = await parts.catalog.places(event.map_id)
    boxes = next(of for of in event.prices.defaults.values() if event.zones[of.zone].key == "boxes")
    best = min(seat for seat in range(event.seats_total) if places.zones[seat] == boxes.zone)
    section = places.section_of(best)
    level = Level(13_500, [section.key]) if section else Level(13_500, seats=[best])
    await ticketing.change(ORG_ID, boxes.id, TicketTypeChange(levels=[level]), None)


async def _order(parts: Parts, event_id: uuid.UUID, wish: HoldRequest, name: str) -> list[str]:
    """What the tickets of a new order say at the door."""
    buyer_id = uuid7()
    hold = await parts.inventory.hold(event_id, buyer_id, wish, None)
    details = CheckoutRequest(hold_id=hold.id, email=f"{name.lower()}@buyer.example", name=name)
    started = await parts.checkout.start(buyer_id, details, None)
    await parts.tickets.issue(event_id, started.order.id)
    order = await parts.tickets.order_of(started.order.id, buyer_id)
    return [ticket.scan_token for ticket in order.tickets]


async def _publish(
    tx: Tx, demo: DemoEvent, drawing: bytes, geometry: Geometry, keys: list[str]
) -> uuid.UUID:
    """The venue, with its map."""
    venue_id = await catalog.create_venue(tx, ORG_ID, demo.venue, demo.city, "AT")
    await publishing.publish_map(tx, ORG_ID, venue_id, demo.venue, drawing, geometry, keys)
    return venue_id


async def _open(
    tx: Tx, demo: DemoEvent, venue_id: uuid.UUID, geometry: Geometry, now: dt.datetime
) -> uuid.UUID:
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
        seats_per_hold_max=PLACES_PER_ORDER_MAX,
        orphan_rule=demo.orphan_rule,
    )
    event_id = await catalog.create_event(tx, event, geometry)
    await inventory.open_event(tx, ORG_ID, event_id, geometry)
    if demo in PAST:
        await SELL_ON.run(tx, event_id, ORG_ID)
    return event_id
