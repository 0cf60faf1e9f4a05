"""From a parsed drawing to the geometry of a version: which seat gets which index.

The first version numbers seats in the drawing's order. A later one keeps the index of every seat
whose key its predecessor has, gives new seats the indexes behind, and leaves those of seats that
are gone empty: so an index means one seat in all versions of a map, and holds, order lines,
tickets and messages that name it stay true when an event moves to another version.

Chairs of a table are one range. So a table may lose its last chairs, but where it has others than
stood side by side before, all of them get new indexes, and the old ones are gone: a key may then
have several, of which at most one is not. Zones, tables and areas keep their indexes by key alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from seatmap import Area, SeatMap
from seatmap.model import Points
from server.catalog.geometry import (
    SCALE,
    AreaShape,
    Geometry,
    LabelShape,
    LandmarkShape,
    Numbers,
    Range,
    RowShape,
    SeatColumns,
    SectionShape,
    TableShape,
    ZoneShape,
)

GENERAL = ZoneShape("general", "General")
"""The zone of what is in none."""


class Former(NamedTuple):
    """A version as it was published; `keys`: by seat index, also of removed seats."""

    geometry: Geometry
    keys: list[str]


class Extras(NamedTuple):
    """What edits say beyond the drawing: `focal` in drawing units, ticket types by zone key."""

    focal: tuple[float, float] | None = None
    ticket_types: Mapping[str, str] = {}


NO_EXTRAS = Extras()


class LaidOut(NamedTuple):
    """`keys`: by seat index, also of removed seats; `row_keys`: as `geometry.rows`; `places`: by
    seat index, the seat's position in the drawing, None for a removed one."""

    geometry: Geometry
    keys: list[str]
    row_keys: list[str | None]
    places: list[int | None]


def lay_out(
    map_id: str, drawing: SeatMap, former: Former | None = None, extras: Extras = NO_EXTRAS
) -> LaidOut:
    """`map_id`: the geometry's id. An area without a capacity gets none: 0."""
    zones = _Zones(drawing, former, extras)
    places, keys = _indexes(drawing, former)
    seats = [None if at is None else drawing.seats[at] for at in places]
    rows, row_keys = _rows(drawing, places)
    in_section = _ranges([None if seat is None else seat.section for seat in seats])
    geometry = Geometry(
        id=map_id,
        scale=SCALE,
        box=tuple(round(value * SCALE) for value in drawing.view_box),  # type: ignore[arg-type]
        zones=zones.shapes,
        sections=[
            SectionShape(
                key=section.key,
                name=section.name,
                zone=zones.of(section.zone),
                outline=_outline(section.outline) if section.outline else None,
                at=_point(section.label_at),
                seats=in_section.get(index, [(0, 0)])[0],
                more=in_section.get(index, [])[1:],
            )
            for index, section in enumerate(drawing.sections)
        ],
        rows=rows,
        tables=_tables(drawing, places, former),
        areas=_areas(drawing, zones, former),
        landmarks=[
            LandmarkShape(
                mark.name,
                mark.kind,
                _outline(mark.outline) if mark.outline else None,
                _point(mark.centre),
            )
            for mark in drawing.landmarks
        ],
        labels=[
            LabelShape(label.text, _point(label.at), round(label.size * SCALE))
            for label in drawing.labels
        ],
        seats=_columns(drawing, places, zones, former),
        focal=None if extras.focal is None else _point(extras.focal),
    )
    return LaidOut(geometry, keys, row_keys, places)


class _Zones:
    """Zones by their index in all versions; `shapes` grows by GENERAL when something needs it."""

    def __init__(self, drawing: SeatMap, former: Former | None, extras: Extras) -> None:
        drawn = {zone.key: zone.name for zone in drawing.zones}
        before = {zone.key: zone for zone in former.geometry.zones} if former else {}
        self.shapes = [
            ZoneShape(
                key,
                drawn[key] if key in drawn else before[key].name,
                extras.ticket_types.get(key, before[key].ticket_type if key in before else None),
            )
            for key in [*before, *(key for key in drawn if key not in before)]
        ]
        self._at = {zone.key: at for at, zone in enumerate(self.shapes)}
        self._drawing = drawing

    def of(self, zone: int | None) -> int | None:
        return None if zone is None else self._at[self._drawing.zones[zone].key]

    def for_sale(self, zone: int | None, section: int | None) -> int:
        """A place's zone: its own, or its section's, or GENERAL."""
        if zone is None and section is not None:
            zone = self._drawing.sections[section].zone
        found = self.of(zone)
        if found is not None:
            return found
        if GENERAL.key not in self._at:
            self._at[GENERAL.key] = len(self.shapes)
            self.shapes.append(ZoneShape(GENERAL.key, GENERAL.name))
        return self._at[GENERAL.key]


def _indexes(drawing: SeatMap, former: Former | None) -> tuple[list[int | None], list[str]]:
    """By seat index: the seat's position in the drawing, and its key."""
    drawn = [seat.key for seat in drawing.seats]
    if former is None:
        return list(range(len(drawn))), drawn
    removed = {
        idx for start, count in former.geometry.seats.removed for idx in range(start, start + count)
    }
    known: dict[str, list[int]] = {}
    for idx, key in enumerate(former.keys):
        known.setdefault(key, []).append(idx)
    for own in known.values():
        own.sort(key=lambda idx: (idx in removed, idx))
    seated = _chairs(drawing, former.keys, known)
    places: list[int | None] = [None] * len(former.keys)
    keys = list(former.keys)
    for at, key in enumerate(drawn):
        if drawing.seats[at].table is None:
            idx = known[key][0] if key in known else None
        else:
            idx = seated.get(at)
        if idx is None:
            places.append(at)
            keys.append(key)
        else:
            places[idx] = at
    return places, keys


def _chairs(
    drawing: SeatMap, keys: Sequence[str], known: Mapping[str, list[int]]
) -> dict[int, int]:
    """Position -> index of the chairs of each table where just these stood side by side before."""
    chairs: dict[int, list[int]] = {}
    for at, seat in enumerate(drawing.seats):
        if seat.table is not None:
            chairs.setdefault(seat.table, []).append(at)
    found: dict[int, int] = {}
    for own in chairs.values():
        at_key = {drawing.seats[at].key: at for at in own}
        first = known.get(drawing.seats[own[0]].key, ())
        spans = [
            range(start, start + len(own))
            for idx in first
            for start in range(max(0, idx - len(own) + 1), idx + 1)
        ]
        for span in spans:
            if {*keys[span.start : span.stop]} == at_key.keys():
                found |= {at_key[keys[idx]]: idx for idx in span}
                break
    return found


def _rows(
    drawing: SeatMap, places: Sequence[int | None]
) -> tuple[list[RowShape], list[str | None]]:
    """A row per run of seats of one row and section that stand at no table."""

    def owner(at: int | None) -> tuple[int | None, int | None, bool]:
        if at is None:
            return None, None, False
        seat = drawing.seats[at]
        return seat.section, seat.row, seat.table is None

    rows: list[RowShape] = []
    keys: list[str | None] = []
    start = 0
    for (section, row, is_row), run in groupby(places, key=owner):
        own = list(run)
        if is_row:
            name = None if row is None else drawing.rows[row].name
            rows.append(RowShape(section, name, (start, len(own)), _numbers(drawing, own)))
            keys.append(None if row is None else drawing.rows[row].key)
        start += len(own)
    return rows, keys


def _tables(
    drawing: SeatMap, places: Sequence[int | None], former: Former | None
) -> list[TableShape]:
    owners = [None if at is None else drawing.seats[at].table for at in places]
    ranges = {table: found[0] for table, found in _ranges(owners).items()}
    shapes = {}
    for at, table in enumerate(drawing.tables):
        start, count = ranges.get(at, (0, 0))
        shapes[table.key] = TableShape(
            key=table.key,
            name=table.name,
            section=table.section,
            at=_point(table.centre),
            r=round((table.radius or 0) * SCALE),
            outline=_outline(table.outline) if table.outline else None,
            seats=(start, count),
            numbers=_numbers(drawing, places[start : start + count]),
        )
    gone = (
        {
            table.key: TableShape(table.key, table.name, None, table.at, 0, None, (0, 0), [])
            for table in former.geometry.tables
        }
        if former
        else {}
    )
    return list((gone | shapes).values())


def _areas(drawing: SeatMap, zones: _Zones, former: Former | None) -> list[AreaShape]:
    shapes = {area.key: _area(area, zones) for area in drawing.areas}
    gone = (
        {
            area.key: AreaShape(area.key, area.name, area.zone, None, [], area.at, 0)
            for area in former.geometry.areas
        }
        if former
        else {}
    )
    return list((gone | shapes).values())


def _area(area: Area, zones: _Zones) -> AreaShape:
    return AreaShape(
        key=area.key,
        name=area.name,
        zone=zones.for_sale(area.zone, area.section),
        section=area.section,
        outline=_outline(area.outline),
        at=_point(area.label_at),
        capacity=area.capacity or 0,
    )


def _columns(
    drawing: SeatMap, places: Sequence[int | None], zones: _Zones, former: Former | None
) -> SeatColumns:
    seats = [None if at is None else drawing.seats[at] for at in places]
    before = (
        [zone for count, zone in former.geometry.seats.zone for _ in range(count)] if former else []
    )
    xs: list[int] = []
    ys: list[int] = []
    x = y = 0
    for seat in seats:
        if seat is not None:
            x, y = _point(seat.centre)
        xs.append(x)
        ys.append(y)
    return SeatColumns(
        n=len(seats),
        x=_deltas(xs),
        y=_deltas(ys),
        r=_runs(0 if seat is None else round(seat.radius * SCALE) for seat in seats),
        zone=_runs(
            before[idx] if seat is None else zones.for_sale(seat.zone, seat.section)
            for idx, seat in enumerate(seats)
        ),
        access=[(idx, seat.access) for idx, seat in enumerate(seats) if seat and seat.access],
        removed=_ranges([0 if seat is None else None for seat in seats]).get(0, []),
    )


def _numbers(drawing: SeatMap, places: Sequence[int | None]) -> Numbers:
    names = [drawing.seats[at].name or "" for at in places if at is not None]
    if not names or not all(name.isdecimal() and str(int(name)) == name for name in names):
        return [*names]
    first = int(names[0])
    step = int(names[1]) - first if len(names) > 1 else 1
    steady = all(int(name) == first + step * at for at, name in enumerate(names))
    return [first, step] if steady else [*names]


def _ranges(owners: Sequence[int | None]) -> dict[int, list[Range]]:
    ranges: dict[int, list[Range]] = {}
    start = 0
    for owner, run in groupby(owners):
        count = sum(1 for _ in run)
        if owner is not None:
            ranges.setdefault(owner, []).append((start, count))
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


def _runs(values: Iterable[Any]) -> list[tuple[int, Any]]:
    return [(sum(1 for _ in run), value) for value, run in groupby(values)]
