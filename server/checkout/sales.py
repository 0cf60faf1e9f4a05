"""What an event has sold, per section: read by the organizer's live view."""

import uuid

import msgspec

from server.checkout import sql
from server.kernel.db import Tx


class Sales(msgspec.Struct):
    """`by_section`: section or area key -> places sold and revenue, minor units."""

    by_section: dict[str, sql.SectionSales]
    orders: int


async def read(tx: Tx, event_id: uuid.UUID) -> Sales:
    rows = await sql.SALES_BY_SECTION.all(tx, event_id)
    orders = await sql.COUNT_CONFIRMED.value(tx, event_id)
    return Sales({row.section: row for row in rows}, orders)
