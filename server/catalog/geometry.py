"""A map on the wire, and the same map as the server looks seats up in it.

`geometry_of` writes the document that browsers draw: integers in tenths of a drawing unit, delta
coded where that compresses, seats in index order so that every section, row and table is one
range. `Places` reads it back for names, zones and ranges. Seat index, section index and so on are
positions in these lists and never change within a map version.
"""

import gzip
from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from seatmap import SeatMap
from seatmap.model import Points

SCALE = 10

Range = tuple[int, int]
"""start, count"""
Numbers = list[str | int]
"""One name per seat; or two integers, the first number and the step."""


class ZoneShape(msgspec.Struct):
    key: str
    name: str


class SectionShape(msgspec.Struct):
    key: str
    name: str | None
    zone: int | None
    outline: list[int] | None
    at: tuple[int, int]
    seats: Range


class RowShape(msgspec.Struct):
    section: int | None
    name: str | None
    seats: Range
    numbers: Numbers


class TableShape(msgspec.Struct):
    key: str
    name: str | None
    section: int | None
    at: tuple[int, int]
    r: int
    outline: list[int] | None
    seats: Range
    numbers: Numbers


class AreaShape(msgspec.Struct):
    key: str
    name: str | None
    zone: int
    section: int | None
    outline: list[int]
    at: tuple[int, int]
    capacity: int


class LandmarkShape(msgspec.Struct):
    name: str
    kind: str
    outline: list[int] | None
    at: tuple[int, int]


class LabelShape(msgspec.Struct):
    text: str
    at: tuple[int, int]
    size: int


class SeatColumns(msgspec.Struct):
    """`x`, `y`: first value, then differences; `r`, `zone`: runs of [count, value];
    `access`: [seat, bits] where not 0 (1 accessible, 2 companion, 4 restricted view)."""

    n: int
    x: list[int]
    y: list[int]
    r: list[tuple[int, int]]
    zone: list[tuple[int, int]]
    access: list[tuple[int, int]]


class Geometry(msgspec.Struct):
    id: str
    scale: int
    box: tuple[int, int, int, int]
    zones: list[ZoneShape]
    sections: list[SectionShape]
    rows: list[RowShape]
    tables: list[TableShape]
    areas: list[AreaShape]
    landmarks: list[LandmarkShape]
    labels: list[LabelShape]
    seats: SeatColumns


def geometry_of(map_id: str, drawing: SeatMap, capacities: dict[str, int]) -> Geometry:
    """`capacities`: places per area key, where the drawing does not say; unknown is refused.

    Raises ValueError naming the area without a capacity.
    """
    zones = [ZoneShape(zone.key, zone.name) for zone in drawing.zones]
    sections = drawing.sections

    def zone_of(zone: int | None, section: int | None) -> int:
        if zone is None and section is not None:
            zone = sections[section].zone
        if zone is not None:
            return zone
        if not zones or zones[-1].key != "general":
            zones.append(ZoneShape("general", "General"))
        return len(zones) - 1

    areas: list[AreaShape] = []
    for area in drawing.areas:
        capacity = capacities.get(area.key, area.capacity)
        if capacity is None:
            raise ValueError(f"standing area {area.key} has no capacity: state one")
        areas.append(
            AreaShape(
                key=area.key,
                name=area.name,
                zone=zone_of(area.zone, area.section),
                section=area.section,
                outline=_outline(area.outline),
                at=_point(area.label_at),
                capacity=capacity,
            )
        )
    seats = drawing.seats
    seat_zones = [zone_of(seat.zone, seat.section) for seat in seats]
    in_section = _ranges([seat.section for seat in seats])
    in_table = _ranges([seat.table for seat in seats])
    return Geometry(
        id=map_id,
        scale=SCALE,
        box=tuple(round(value * SCALE) for value in drawing.view_box),  # type: ignore[arg-type]
        zones=zones,
        sections=[
            SectionShape(
                key=section.key,
                name=section.name,
                zone=section.zone,
                outline=_outline(section.outline) if section.outline else None,
                at=_point(section.label_at),
                seats=in_section.get(index, (0, 0)),
            )
            for index, section in enumerate(sections)
        ],
        rows=_rows(drawing),
        tables=[
            TableShape(
                key=table.key,
                name=table.name,
                section=table.section,
                at=_point(table.centre),
                r=round((table.radius or 0) * SCALE),
                outline=_outline(table.outline) if table.outline else None,
                seats=in_table.get(index, (0, 0)),
                numbers=_numbers(drawing, *in_table.get(index, (0, 0))),
            )
            for index, table in enumerate(drawing.tables)
        ],
        areas=areas,
        landmarks=[
            LandmarkShape(
                mark.name, mark.kind, _outline(mark.outline) if mark.outline else None,
                _point(mark.centre),
            )
            for mark in drawing.landmarks
        ],
        labels=[
            LabelShape(label.text, _point(label.at), round(label.size * SCALE))
            for label in drawing.labels
        ],
        seats=SeatColumns(
            n=len(seats),
            x=_deltas([round(seat.centre[0] * SCALE) for seat in seats]),
            y=_deltas([round(seat.centre[1] * SCALE) for seat in seats]),
            r=_runs([round(seat.radius * SCALE) for seat in seats]),
            zone=_runs(seat_zones),
            access=[(index, seat.access) for index, seat in enumerate(seats) if seat.access],
        ),
    )  # fmt: skip


class PlaceName(NamedTuple):
    """What a person calls a place; `row`: the row's or the table's name."""

    label: str
    section: str | None
    row: str | None
    number: str


class Places:
    """A decoded geometry for lookups by seat index; immutable and shared by all requests."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.seat_count = geometry.seats.n
        self.zones = [value for count, value in geometry.seats.zone for _ in range(count)]
        self.access = dict(geometry.seats.access)
        groups = [(row.seats, row) for row in geometry.rows]
        groups += [(table.seats, table) for table in geometry.tables]
        self._groups = sorted(groups, key=lambda group: group[0])
        self._starts = [group[0][0] for group in self._groups]
        self._titles = [self._title(group) for _, group in self._groups]

    @classmethod
    def read(cls, gzipped: bytes) -> "Places":
        return cls(msgspec.json.decode(gzip.decompress(gzipped), type=Geometry))

    def group_of(self, seat_idx: int) -> RowShape | TableShape:
        """The row or table that the seat stands in."""
        return self._groups[bisect_right(self._starts, seat_idx) - 1][1]

    def name_of(self, seat_idx: int) -> PlaceName:
        at = bisect_right(self._starts, seat_idx) - 1
        (first_idx, _), group = self._groups[at]
        title, section, row = self._titles[at]
        match group.numbers:
            case [int(first), int(step)]:
                number = str(first + step * (seat_idx - first_idx))
            case names:
                number = str(names[seat_idx - first_idx])
        return PlaceName(f"{title} {number}" if number else title, section, row, number)

    def number_of(self, seat_idx: int) -> str:
        return self.name_of(seat_idx).number

    def section_of(self, seat_idx: int) -> SectionShape | None:
        section = self.group_of(seat_idx).section
        return None if section is None else self.geometry.sections[section]

    def label_of(self, seat_idx: int) -> str:
        """`Stalls, row B, seat 12` or `Table 4, chair 3`: what a person calls the place."""
        return self.name_of(seat_idx).label

    def _title(self, group: RowShape | TableShape) -> tuple[str, str | None, str | None]:
        """What all labels of the group begin with, its section's name and its own."""
        section = None if group.section is None else self.geometry.sections[group.section].name
        kind, place = ("table", "chair") if isinstance(group, TableShape) else ("row", "seat")
        parts = [section] if section else []
        parts += [_named(kind, group.name)] if group.name else []
        text = ", ".join([*parts, place])
        return text[:1].upper() + text[1:], section, group.name


def _named(kind: str, name: str) -> str:
    return name if kind in name.lower() else f"{kind} {name}"


def _rows(drawing: SeatMap) -> list[RowShape]:
    """A row per run of seats of one row and section that stand at no table."""
    rows: list[RowShape] = []
    start = 0
    for (section, row, table), run in groupby(
        drawing.seats, key=lambda seat: (seat.section, seat.row, seat.table)
    ):
        count = sum(1 for _ in run)
        if table is None:
            name = None if row is None else drawing.rows[row].name
            numbers = _numbers(drawing, start, count)
            rows.append(RowShape(section, name, (start, count), numbers))
        start += count
    return rows


def _numbers(drawing: SeatMap, start: int, count: int) -> Numbers:
    names = [seat.name or "" for seat in drawing.seats[start : start + count]]
    if not names or not all(name.isdecimal() and str(int(name)) == name for name in names):
        return [*names]
    first = int(names[0])
    step = int(names[1]) - first if count > 1 else 1
    steady = all(int(name) == first + step * at for at, name in enumerate(names))
    return [first, step] if steady else [*names]


def _ranges(owners: Sequence[int | None]) -> dict[int, Range]:
    ranges: dict[int, Range] = {}
    start = 0
    for owner, run in groupby(owners):
        count = sum(1 for _ in run)
        if owner is not None:
            ranges[owner] = (start, count)
        start += count
    return ranges


def _point(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0] * SCALE), round(point[1] * SCALE)


def _outline(points: Points) -> list[int]:
    flat: list[int] = []
    last = (0, 0)
    for point in map(_point, points):
        flat += (point[0] - last[0], point[1] - last[1])
        last = point
    return flat


def _deltas(values: list[int]) -> list[int]:
    return [now - before for before, now in zip([0, *values], values, strict=False)]


def _runs(values: list[Any]) -> list[tuple[int, Any]]:
    return [(sum(1 for _ in run), value) for value, run in groupby(values)]
