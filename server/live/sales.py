"""The sales channel: held, sold and revenue per section and standing area, for organizers."""

from typing import Any

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.checkout import sales
from server.inventory import clock, state
from server.kernel import money
from server.kernel.db import Database

KEY_OF = {"sections": "key"}
MOVING = ("sections", "totals")
"""What a delta tells of; the rest is said once, in the snapshot."""


async def read(db: Database, event: Event, places: Places) -> tuple[int, dict[str, Any]]:
    """The version and the whole state. Raises LookupError for an event without inventory."""
    geometry = places.geometry
    ranges = [
        (section.key, section.name or section.key, section.seats) for section in geometry.sections
    ]
    ranges = [entry for entry in ranges if entry[2][1]]
    loose = [group.seats for group in (*geometry.rows, *geometry.tables) if group.section is None]
    async with db.tx(read_only=True) as tx:
        version = await clock.now(tx, event.id, "inventory")
        if version is None:
            raise LookupError(event.id)
        spans = [span for _, _, span in ranges] + loose
        seats, pools = await state.tally(tx, event.id, spans)
        sold = await sales.read(tx, event.id)
    rows: list[dict[str, Any]] = []

    def add(key: str, name: str, total: int, held: int, count: int) -> None:
        line = sold.by_section.get(key)
        revenue = line.revenue_minor if line else 0
        rows.append(
            {"key": key, "name": name, "total": total, "held": held, "sold": count,
             "revenue_minor": revenue}
        )  # fmt: skip

    for at, (key, name, (_, total)) in enumerate(ranges):
        row = seats.get(at)
        add(key, name, total, row.held if row else 0, row.sold if row else 0)
    if loose:
        found = [seats[at] for at in range(len(ranges), len(spans)) if at in seats]
        total = sum(count for _, count in loose)
        add("", "Other places", total, sum(r.held for r in found), sum(r.sold for r in found))
    for pool in event.pools:
        row = pools.get(pool.idx)
        add(pool.key, pool.name, pool.capacity, row.held if row else 0, row.sold if row else 0)
    totals = {
        name: sum(row[name] for row in rows) for name in ("total", "held", "sold", "revenue_minor")
    }
    return version, {
        "currency": event.currency,
        "exponent": money.exponent(event.currency),
        "sections": rows,
        "totals": totals | {"orders": sold.orders},
    }
