"""Synthetic events: a house of 50,000 seats in rows of 100, and floors to stand on."""

import datetime as dt
import uuid

import msgspec

from server.catalog import publishing
from server.catalog import service as catalog
from server.catalog.geometry import (
    AreaShape,
    Geometry,
    RowShape,
    SeatColumns,
    SectionShape,
    ZoneShape,
)
from server.catalog.models import pool_id
from server.catalog.service import NewEvent
from server.inventory import verbs as inventory
from server.kernel.db import Tx
from server.kernel.ids import uuid7

ORG_ID = "bench"
HOLD_TTL_S = 900
"""Longer than a run: nothing expires while somebody measures."""
ROW_SEATS = 100
SECTION_ROWS = 50
BOX = (0, 0, 20_000, 20_000)


class Event(msgspec.Struct, frozen=True):
    """`pool_ids`: standing areas, in the order they were asked for."""

    id: uuid.UUID
    seat_count: int
    pool_ids: list[uuid.UUID]


def geometry_of(rows: int, capacities: list[int]) -> Geometry:
    """`rows` of 100 seats in sections of 50 rows, and one standing area per capacity."""
    seat_count = rows * ROW_SEATS
    sections = -(-rows // SECTION_ROWS)
    return Geometry(
        id=str(uuid7()),
        scale=10,
        box=BOX,
        zones=[ZoneShape("general", "General")],
        sections=[
            SectionShape(
                key=f"s{at}",
                name=f"Section {at + 1}",
                zone=0,
                outline=None,
                at=(0, at * 1_000),
                seats=_part(at, SECTION_ROWS * ROW_SEATS, seat_count),
            )
            for at in range(sections)
        ],
        rows=[
            RowShape(
                section=at // SECTION_ROWS,
                name=str(at % SECTION_ROWS + 1),
                seats=_part(at, ROW_SEATS, seat_count),
                numbers=[1, 1],
            )
            for at in range(rows)
        ],
        tables=[],
        areas=[
            AreaShape(f"floor-{at}", f"Floor {at}", 0, None, [0, 0, 10, 0, 0, 10], (0, 0), capacity)
            for at, capacity in enumerate(capacities)
        ],
        landmarks=[],
        labels=[],
        seats=SeatColumns(
            n=seat_count,
            x=[10 if seat % ROW_SEATS else -990 * bool(seat) for seat in range(seat_count)],
            y=[0 if seat % ROW_SEATS else 10 * bool(seat) for seat in range(seat_count)],
            r=[(seat_count, 4)],
            zone=[(seat_count, 0)],
            access=[],
        ),
    )  # fmt: skip


def _part(at: int, size: int, total: int) -> tuple[int, int]:
    return at * size, min(size, total - at * size)


async def create_event(tx: Tx, name: str, rows: int, capacities: list[int]) -> Event:
    """On sale, for the organization ORG_ID, which must exist."""
    geometry = geometry_of(rows, capacities)
    venue_id = await catalog.create_venue(tx, ORG_ID, name, "Vienna", "AT")
    keys = [f"s/{seat}" for seat in range(geometry.seats.n)]
    await publishing.publish_map(tx, ORG_ID, venue_id, name, name.encode(), geometry, keys)
    event_id = await catalog.create_event(
        tx,
        NewEvent(
            org_id=ORG_ID,
            venue_id=venue_id,
            slug=name,
            name=name,
            summary="",
            starts_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=30),
            timezone="Europe/Vienna",
            currency="EUR",
            prices_minor={"general": 2_500},
            hold_ttl_s=HOLD_TTL_S,
        ),
        geometry,
    )
    await inventory.open_event(tx, ORG_ID, event_id, geometry)
    pools = [pool_id(event_id, at) for at in range(len(capacities))]
    return Event(event_id, geometry.seats.n, pools)
