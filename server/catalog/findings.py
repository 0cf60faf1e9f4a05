"""What hinders a draft's publication, and what a person should look at before it."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from seatmap import Note, SeatMap
from server.catalog.edits import AREA_PLACES_MAX, Edited
from server.catalog.geometry import Geometry

KEYS_TOLD_MAX = 50
ZONES_MAX = 100
SEATS_MAX = 500_000
INDEXES_MAX = 1_000_000
"""Seats of all versions together: an index is never given twice, and has twenty bits."""


SHAPES_MAX = 32_767
"""Areas, and tables, of all versions together: each is told by a number of sixteen bits."""


class Finding(msgspec.Struct):
    """`count` of such things; `keys`: of the first KEYS_TOLD_MAX of them."""

    code: str
    detail: str
    count: int = 1
    keys: list[str] = []


class Report(msgspec.Struct):
    """`errors` hinder publishing, `warnings` do not."""

    errors: list[Finding] = []
    warnings: list[Finding] = []


class Counts(msgspec.Struct):
    """`places`: seats, and the places of standing areas as far as they are known."""

    sections: int
    rows: int
    tables: int
    seats: int
    areas: int
    zones: int
    places: int


NOTHING_READ = Report([Finding("no_drawing", "upload the venue's drawing first")])


def count(drawing: SeatMap) -> Counts:
    standing = sum(area.capacity or 0 for area in drawing.areas)
    return Counts(
        sections=len(drawing.sections),
        rows=len(drawing.rows),
        tables=len(drawing.tables),
        seats=len(drawing.seats),
        areas=len(drawing.areas),
        zones=len(drawing.zones),
        places=len(drawing.seats) + standing,
    )


def report(edited: Edited) -> Report:
    drawing = edited.drawing
    return Report(list(_errors(drawing)), list(_warnings(drawing, edited.lost)))


def _errors(drawing: SeatMap) -> Iterable[Finding]:
    if not drawing.seats and not drawing.areas:
        yield Finding("nothing_for_sale", "no seat and no standing area was found")
    unknown = [area.key for area in drawing.areas if area.capacity is None]
    yield from _found(
        "area_without_capacity", "say how many places these standing areas have", unknown
    )
    large = [area.key for area in drawing.areas if not 0 <= (area.capacity or 0) <= AREA_PLACES_MAX]
    yield from _found("area_too_large", f"an area has at most {AREA_PLACES_MAX} places", large)
    yield from _found(
        "same_name", "nobody could tell these seats apart: name or number them", _alike(drawing)
    )
    if len(drawing.zones) > ZONES_MAX:
        yield Finding(
            "too_many_zones", f"at most {ZONES_MAX} zones can be sold", len(drawing.zones)
        )
    if len(drawing.seats) > SEATS_MAX:
        yield Finding("too_many_seats", f"at most {SEATS_MAX} seats", len(drawing.seats))
    for thing, some in (("areas", drawing.areas), ("tables", drawing.tables)):
        if len(some) > SHAPES_MAX:
            yield Finding(f"too_many_{thing}", f"at most {SHAPES_MAX} {thing}", len(some))


def exhausted(geometry: Geometry) -> list[Finding]:
    """What a version has too much of, with those before it."""
    return [
        Finding(
            f"too_many_{things}",
            f"the map's versions had {count} different {things} by now: go on with a new map",
            count,
        )
        for things, count, most in (
            ("seats", geometry.seats.n, INDEXES_MAX),
            ("areas", len(geometry.areas), SHAPES_MAX),
            ("tables", len(geometry.tables), SHAPES_MAX),
        )
        if count > most
    ]


def _alike(drawing: SeatMap) -> list[str]:
    """Seats whose whole name another has too: section, row or table, and number."""

    def name(at: int) -> tuple[str | None, ...]:
        seat = drawing.seats[at]
        section = None if seat.section is None else drawing.sections[seat.section].name
        row = None if seat.row is None else drawing.rows[seat.row].name
        table = None if seat.table is None else drawing.tables[seat.table].name
        return section, row, table, "" if seat.table is None else "table", seat.name

    names = [name(at) for at in range(len(drawing.seats))]
    times = Counter(names)
    return [seat.key for seat, own in zip(drawing.seats, names, strict=True) if times[own] > 1]


def _warnings(drawing: SeatMap, lost: Sequence[Sequence[str]]) -> Iterable[Finding]:
    for code, detail, things in (
        ("section_unnamed", "sections without a name", drawing.sections),
        ("row_unnamed", "rows without a name", drawing.rows),
        ("table_unnamed", "tables without a name", drawing.tables),
        ("seat_unnamed", "seats without a number", drawing.seats),
        ("area_unnamed", "standing areas without a name", drawing.areas),
    ):
        yield from _found(code, detail, [thing.key for thing in things if not thing.name])
    seated = {seat.table for seat in drawing.seats}
    yield from _found(
        "table_without_chairs",
        "nothing is sold at these tables: say how many chairs they have",
        [table.key for at, table in enumerate(drawing.tables) if at not in seated],
    )
    zone_of = [section.zone for section in drawing.sections]
    loose = [
        place.key
        for place in (*drawing.seats, *drawing.areas)
        if place.zone is None and (place.section is None or zone_of[place.section] is None)
    ]
    yield from _found("zone_missing", 'these places will be in the zone "General"', loose)
    for code, notes in (
        ("uncertain", drawing.report.uncertain),
        ("lost", drawing.report.lost),
        ("refused", drawing.report.refused),
    ):
        yield from (_noted(code, note) for note in notes)
    yield from _found(
        "edit_without_effect",
        "edits name what is not in the drawing (any more)",
        list(dict.fromkeys(key for keys in lost for key in keys)),
    )


def _found(code: str, detail: str, keys: Sequence[str]) -> Iterable[Finding]:
    if keys:
        yield Finding(code, detail, len(keys), list(keys[:KEYS_TOLD_MAX]))


def _noted(code: str, note: Note) -> Finding:
    return Finding(code, note.what, note.count, list(note.examples))
