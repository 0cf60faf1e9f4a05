"""What a mapping says about the whole map: numbers, names, capacities, and what must be found."""

from __future__ import annotations

import msgspec

from seatmap.draft import Draft, RowDraft, SectionDraft
from seatmap.mapping import Mapping, Numbering, Side
from seatmap.model import Note, SeatMap
from seatmap.names import Named

_SIDES: dict[Side, tuple[int, int]] = {
    "left": (0, 1), "right": (0, -1), "top": (1, 1), "bottom": (1, -1),
}  # fmt: skip


def finish(draft: Draft, mapping: Mapping) -> None:
    """Numbers what has no number, renames, and gives areas their capacity."""
    for rule in mapping.numbering:
        for section in (*draft.sections, None):
            if not rule.sections or (section is not None and section.key in rule.sections):
                _number(draft, section, rule)
    for area in draft.areas:
        names = (area.name.value if area.name else None, area.key)
        capacity = next((mapping.capacities[n] for n in names if n in mapping.capacities), None)
        if capacity is not None:
            area.capacity = Named(str(capacity), "mapping")
    for section in draft.sections:
        if section.name is not None and section.name.value in mapping.rename:
            section.name = Named(mapping.rename[section.name.value], "mapping")
    for item in (*draft.rows, *draft.tables, *draft.zones, *draft.areas):
        if item.name is not None and item.name.value in mapping.rename:
            item.name = Named(mapping.rename[item.name.value], "mapping")


def _number(draft: Draft, section: SectionDraft | None, rule: Numbering) -> None:
    rows = [row for row in draft.rows if row.section is section and row.seats]
    if rule.rows_from is not None:
        axis, sign = _SIDES[rule.rows_from]
        unnamed = [row for row in rows if row.name is None]
        unnamed.sort(key=lambda row: sign * _middle(row, axis))
        for i, row in enumerate(unnamed):
            row.name = Named(counted(rule.rows_start, i * rule.rows_step), "mapping")
    if rule.seats_from is not None:
        axis, sign = _SIDES[rule.seats_from]
        for row in rows:
            if any(seat.name is not None for seat in row.seats):
                continue
            ordered = sorted(row.seats, key=lambda seat: sign * seat.shape.centre[axis])
            for i, seat in enumerate(ordered):
                seat.name = Named(str(rule.seats_start + i * rule.seats_step), "mapping")


def _middle(row: RowDraft, axis: int) -> float:
    return sum(seat.shape.centre[axis] for seat in row.seats) / len(row.seats)


def counted(start: str | int, by: int) -> str:
    """`start` counted on: 1 -> "2", "A" -> "B", "Z" -> "AA", "9" -> "10"."""
    if isinstance(start, int) or start.isdecimal():
        return str(int(start) + by)
    number = 0
    for letter in start.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    number += by
    found = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found or start


def checked(found: SeatMap, mapping: Mapping) -> SeatMap:
    """The map with a note for each count that is not as expected."""
    notes = [
        Note(f"{kind}: {wanted} expected, {have} found", abs(wanted - have))
        for kind in ("seats", "rows", "sections", "tables", "areas", "zones")
        if (wanted := getattr(mapping.expected, kind)) is not None
        and (have := len(getattr(found, kind))) != wanted
    ]
    if not notes:
        return found
    report = msgspec.structs.replace(found.report, uncertain=(*notes, *found.report.uncertain))
    return msgspec.structs.replace(found, report=report)
