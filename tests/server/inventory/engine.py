"""The engine in this process: two instances on one database are two processes of the product.

Each has its own connections, its own mirrors and its own lanes, so one's change makes the other's
mirror stale, as between web processes.
"""

import asyncio
import datetime as dt
import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import asyncpg
import msgspec

from server.catalog import publishing
from server.catalog import service as catalog
from server.catalog.drafting import made_of
from server.catalog.draftsman import Draftsman
from server.catalog.geometry import AreaShape, Geometry, RowShape, SeatColumns, ZoneShape
from server.catalog.models import pool_id
from server.catalog.service import Catalog, NewEvent
from server.catalog.versions import Versions
from server.checkout.drafts import Drafts
from server.checkout.service import Checkout
from server.checkout.shares import Shares
from server.inventory import verbs
from server.inventory.allocations import Allocating
from server.inventory.management import Management
from server.inventory.migrations import Migrations
from server.inventory.models import HoldRequest, PoolWish
from server.inventory.service import Inventory
from server.kernel import context, idempotency
from server.kernel.db import Database
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.orgs import service as orgs
from server.payments.models import (
    Charge,
    Envelope,
    Opened,
    OpenPayment,
    ProviderEvent,
    Terms,
)
from server.payments.service import Payments
from server.refunds.service import Refunds
from server.tickets.codes import Codes
from server.tickets.service import Tickets

ORG_ID = "house"
SEATS = 6
CAPACITIES = (5, 3)
PLACES_MAX = 8


REDRAWN: list[tuple[int, set[int], int]] = [
    (2, set(), 1), (2, {1}, 0), (4, {3, 6}, -1), (4, set(), 0),
]  # fmt: skip
"""Later versions of the map: so many seats more than at first, without these, and with so many
places more in each area."""


class Version(NamedTuple):
    id: uuid.UUID
    seats: int
    gone: set[int]
    capacities: list[int]


class Page:
    """A payment provider whose pages are open as soon as they are asked for."""

    name = "page"
    needs_account = False
    takes_intents = False

    async def close(self) -> None: ...

    async def open(self, payment: OpenPayment, terms: Terms) -> Opened:
        return Opened(f"ref_{payment.payment_id}", f"https://page.example/{payment.payment_id}")

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        return f"re_{refund_id}"

    async def refund_made(self, provider_ref: str, refund_id: uuid.UUID) -> str | None:
        return None

    async def look_up(
        self, payment_id: uuid.UUID, provider_ref: str | None
    ) -> ProviderEvent | None:
        return None

    async def list_since(self, since: dt.datetime) -> AsyncIterator[Charge]:
        return
        yield

    def verify(self, headers: object, body: bytes) -> Envelope:
        return Envelope(hashlib.sha256(body).hexdigest(), "page")

    def read(self, body: bytes) -> ProviderEvent | None:
        return msgspec.json.decode(body, type=ProviderEvent)


class Instance:
    """What a web process and the worker have of the engine."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.catalog = Catalog(db)
        self.inventory = Inventory(db, self.catalog)
        self.management = Management(db, self.catalog)
        self.allocating = Allocating(db, self.catalog)
        self.migrations = Migrations(db, self.catalog, Versions(db, Draftsman()))
        self.payments = Payments(db, {Page.name: Page()}, "https://house.example")
        self.checkout = Checkout(db, self.catalog, self.payments, "https://house.example")
        self.drafts = Drafts(db, self.checkout, self.payments)
        self.shares = Shares(db, self.checkout, self.payments, "secret", "https://house.example")
        self.tickets = Tickets(db, self.checkout, Codes([bytes(32)]))
        self.refunds = Refunds(db, self.catalog, self.checkout)


class Stage:
    """A small house: a row of `seats` and a standing area per capacity, for any number of events.
    Use as an async context manager."""

    def __init__(
        self,
        database_url: str,
        *,
        instances: int = 2,
        seats: int = SEATS,
        capacities: Sequence[int] = CAPACITIES,
        connections_max: int = 8,
    ) -> None:
        self.database_url, self.seats, self.capacities = database_url, seats, list(capacities)
        self._count, self._connections_max = instances, connections_max
        self._geometry = _small(seats, self.capacities)

    async def __aenter__(self) -> "Stage":
        self.connection = await asyncpg.connect(self.database_url)
        context.act_for(ORG_ID)
        self.instances = [
            Instance(await Database.open(self.database_url, connections_max=self._connections_max))
            for _ in range(self._count)
        ]
        # A test's holds may end sooner than an organizer may say.
        await self.connection.execute("ALTER TABLE events DROP CONSTRAINT ck_events_hold_ttl_sane")
        async with self.instances[0].db.tx() as tx:
            await orgs.create_org(tx, ORG_ID, ORG_ID, "The House", approved=True)
            self._venue_id = await catalog.create_venue(tx, ORG_ID, "Venue", "Vienna", "AT")
            first = await publishing.publish_map(
                tx, ORG_ID, self._venue_id, "Map", b"<svg/>", self._geometry, _keys(self.seats)
            )
            self.versions = [Version(first, self.seats, set(), self.capacities)]
            lineage = await tx.connection.fetchval(
                "SELECT lineage_id FROM maps WHERE id = $1", first
            )
            for more, gone, by in REDRAWN:
                seats, capacities = self.seats + more, [c + by for c in self.capacities]
                geometry = _redrawn(self._geometry, seats, gone, capacities)
                version_id = uuid.UUID(geometry.id)
                await publishing.insert_version(
                    tx, ORG_ID, lineage, version_id, None, [], made_of(geometry, _keys(seats))
                )
                self.versions.append(Version(version_id, seats, gone, capacities))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()
        for instance in self.instances:
            await instance.db.close()

    async def event(
        self,
        *,
        legs: int = 1,
        price_minor: int = 0,
        hold_ttl_s: int = 600,
        seats_per_buyer_max: int | None = None,
    ) -> uuid.UUID:
        new = NewEvent(
            org_id=ORG_ID,
            venue_id=self._venue_id,
            slug=f"event-{uuid.uuid4().hex[:12]}",
            name="Night",
            summary="",
            starts_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=30),
            timezone="Europe/Vienna",
            currency="EUR",
            prices_minor={"all": price_minor},
            hold_ttl_s=hold_ttl_s,
            seats_per_hold_max=PLACES_MAX,
            seats_per_buyer_max=seats_per_buyer_max,
            legs=legs,
        )
        async with self.instances[0].db.tx() as tx:
            event_id = await catalog.create_event(tx, new, self._geometry)
            await verbs.open_event(tx, ORG_ID, event_id, self._geometry, legs)
        await self.tell(event_id)
        return event_id

    async def tell(self, event_id: uuid.UUID) -> None:
        """Known to everybody, so that requests that come together are decided together."""
        await asyncio.gather(*(one.catalog.event_now(event_id) for one in self.instances))

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        """What the database says, on a connection that everybody may use at the same time."""
        async with self.instances[0].db.tx() as tx:
            return await tx.connection.fetch(sql, *arguments)

    def pools(self, event_id: uuid.UUID) -> list[uuid.UUID]:
        return [pool_id(event_id, at) for at in range(len(self.capacities))]

    async def end_now(self, event_id: uuid.UUID, hold_id: uuid.UUID) -> None:
        """The hold ends by the database's clock, as if it had been made earlier: a version of its
        own that changes no place."""
        async with self.connection.transaction():
            await self.connection.execute("SELECT 1 FROM holds WHERE id = $1 FOR UPDATE", hold_id)
            for statement in _END_NOW:
                await self.connection.execute(statement, hold_id)
            await self.connection.execute(_MARK_DUE, event_id)


_END_NOW = (
    "UPDATE seats SET held_until = now() WHERE hold_id = $1",
    "UPDATE holds SET expires_at = now() WHERE id = $1 AND status = 'active'",
    "UPDATE orders SET expires_at = now() WHERE hold_id = $1 AND status = 'pending'",
)
_MARK_DUE = """
    WITH clock AS (
      UPDATE event_clock SET version = version + 1, due_at = least(due_at, now())
      WHERE stream = 'inventory' AND event_id = $1 RETURNING event_id, version)
    INSERT INTO inventory_changes (event_id, version, places)
    SELECT event_id, version, '{}' FROM clock"""


def wish(
    seats: Sequence[int], pools: dict[uuid.UUID, int], legs: tuple[int, int] | None = None
) -> HoldRequest:
    wanted = [PoolWish(pool, quantity) for pool, quantity in pools.items()]
    return HoldRequest(seats=list(seats), pools=wanted, legs=legs)


def key_of(name: str, buyer_id: uuid.UUID, request: object) -> Key:
    key = idempotency.key_of(name, str(buyer_id), "test", msgspec.json.encode(request))
    assert key is not None
    return key


def _keys(seats: int) -> list[str]:
    return [f"A-{nth}" for nth in range(seats)]


def _redrawn(first: Geometry, seats: int, gone: set[int], capacities: list[int]) -> Geometry:
    """One row of `seats`, where those that are `gone` were."""
    there = [seat for seat in range(seats) if seat not in gone]
    starts = [seat for seat in there if seat - 1 not in there]
    ends = [seat + 1 for seat in there if seat + 1 not in there]
    return msgspec.structs.replace(
        first,
        id=str(uuid7()),
        rows=[
            RowShape(None, "A", (start, end - start), [start + 1, 1])
            for start, end in zip(starts, ends, strict=True)
        ],
        areas=[
            msgspec.structs.replace(area, capacity=capacity)
            for area, capacity in zip(first.areas, capacities, strict=True)
        ],
        seats=SeatColumns(
            n=seats,
            x=[0, *[10] * (seats - 1)],
            y=[0] * seats,
            r=[(1, 0 if seat in gone else 4) for seat in range(seats)],
            zone=[(seats, 0)],
            access=[],
            removed=[(seat, 1) for seat in sorted(gone)],
        ),
    )


def _small(seats: int, capacities: list[int]) -> Geometry:
    return Geometry(
        id=str(uuid7()),
        scale=1,
        box=(0, 0, 100, 100),
        zones=[ZoneShape("all", "All")],
        sections=[],
        rows=[RowShape(None, "A", (0, seats), [1, 1])],
        tables=[],
        areas=[
            AreaShape(f"area-{at}", f"Area {at}", 0, None, [0, 0, 9, 0, 9, 9], (5, 5), capacity)
            for at, capacity in enumerate(capacities)
        ],
        landmarks=[],
        labels=[],
        seats=SeatColumns(
            n=seats,
            x=[0, *[10] * (seats - 1)],
            y=[0] * seats,
            r=[(seats, 4)],
            zone=[(seats, 0)],
            access=[],
        ),
    )
