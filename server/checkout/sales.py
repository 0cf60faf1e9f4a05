"""What an event has sold, per section: read by the organizer's live view."""

import uuid

import msgspec

from server.checkout import sql
from server.checkout.sql import OrderCounts
from server.kernel.db import Tx


class Sales(msgspec.Struct):
    """`by_section`: section or area key -> places sold and revenue, minor units."""

    by_section: dict[str, sql.SectionSales]
    orders: int


async def read(tx: Tx, event_id: uuid.UUID) -> Sales:
    rows = await sql.SALES_BY_SECTION.all(tx, event_id)
    orders = await sql.COUNT_CONFIRMED.value(tx, event_id)
    return Sales({row.section: row for row in rows}, orders)


class Board(msgspec.Struct):
    """`pace`: minutes with sales, the newest first."""

    lines: list[sql.ZoneSales]
    pace: list[sql.PaceRow]


async def counts(tx: Tx, event_id: uuid.UUID) -> OrderCounts:
    found = await sql.COUNT_ORDERS.first(tx, event_id)
    assert found is not None  # an aggregate has a row
    return found


async def board(
    tx: Tx, event_id: uuid.UUID, zone_runs: list[tuple[int, int]], pace_minutes: int
) -> Board:
    """`zone_runs`: (first seat, zone) of each run of seats of one zone, in order."""
    starts, zones = [start for start, _ in zone_runs], [zone for _, zone in zone_runs]
    return Board(
        await sql.SALES_BY_ZONE.all(tx, event_id, starts, zones),
        await sql.SALES_PACE.all(tx, event_id, pace_minutes),
    )
