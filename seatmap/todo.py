"""What a person still has to do before a map that was read can be sold."""

from __future__ import annotations

from seatmap.model import SeatMap

SURE_MIN = 0.7
"""What is less sure than this should be looked at."""
EXAMPLES_MAX = 3


def remaining(found: SeatMap) -> list[str]:
    """Tasks in plain words, the largest kinds of things first; [] when nothing is left."""
    tasks: list[str] = []
    for kind in ("sections", "rows", "tables", "seats", "areas"):
        items = getattr(found, kind)
        nameless = sum(item.name is None for item in items)
        if nameless:
            tasks.append(f"name {nameless} {kind}")
    unsure = sum(seat.confidence.get("kind", 1.0) < SURE_MIN for seat in found.seats)
    if unsure:
        tasks.append(f"check that {unsure} shapes are seats")
    lone = sum(seat.row is None and seat.table is None for seat in found.seats)
    if lone and found.rows:
        tasks.append(f"put {lone} seats in rows")
    bare = [s for s in found.sections if s.outline is None]
    bare += [a for a in found.areas if a.confidence.get("outline", 1.0) < SURE_MIN]
    if bare:
        tasks.append(f"draw the outline of {len(bare)} sections or areas{_names(bare)}")
    unknown = [a for a in found.areas if a.capacity is None and a.kind == "standing"]
    if unknown:
        tasks.append(f"state the capacity of {len(unknown)} areas{_names(unknown)}")
    other = [a for a in found.areas if a.kind == "other"]
    if other:
        tasks.append(f"say whether {len(other)} areas are sold{_names(other)}")
    priced = sum(seat.zone is not None for seat in found.seats)
    if 0 < priced < len(found.seats):
        tasks.append(f"give {len(found.seats) - priced} seats a price zone")
    if found.report.lost and not found.report.well_formed:
        tasks.append("compare with the drawing: it is broken, and parts may be missing")
    return tasks


def _names(items: list) -> str:
    names = [item.name for item in items if item.name][:EXAMPLES_MAX]
    more = ", ..." if len(items) > len(names) else ""
    return f" ({', '.join(names)}{more})" if names else ""
