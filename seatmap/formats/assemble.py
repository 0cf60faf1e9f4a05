"""Parts named by another system -> SeatMap: order, keys and cross references.

For documents that say everything themselves; drawings, where it has to be inferred, go another way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, hypot, isfinite, pi, radians, sin

import shapely

from seatmap.draft import slug
from seatmap.model import (
    Area,
    AreaKind,
    Box,
    DrawingError,
    Label,
    Landmark,
    LandmarkKind,
    Note,
    Point,
    Points,
    Report,
    Row,
    Seat,
    SeatMap,
    Section,
    Table,
    Zone,
)

SEATS_MAX = 200_000
NUMBER_MAX = 1e9
KEY_GRID = 2000
ROUND_POINTS = 48


@dataclass
class SeatPart:
    name: str | None
    centre: Point
    radius: float
    zone: str | None = None
    access: int = 0


@dataclass
class GroupPart:
    """A row, or a table where `table` is its outline or its radius about `centre`."""

    name: str | None
    seats: list[SeatPart]
    centre: Point | None = None
    table: Points | float | None = None


@dataclass
class SectionPart:
    name: str | None
    groups: list[GroupPart] = field(default_factory=list)
    outline: Points | None = None
    zone: str | None = None


@dataclass
class AreaPart:
    name: str | None
    outline: Points
    section: SectionPart | None = None
    zone: str | None = None
    capacity: int | None = None
    kind: AreaKind = "standing"


@dataclass
class Parts:
    """`zones`: name -> colour; `source`: what the report calls the origin of all values."""

    source: str
    view_box: Box
    zones: dict[str, str | None] = field(default_factory=dict)
    sections: list[SectionPart] = field(default_factory=list)
    areas: list[AreaPart] = field(default_factory=list)
    landmarks: list[tuple[str, LandmarkKind, Points]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    uncertain: list[Note] = field(default_factory=list)


def polygon(centre: Point, rx: float, ry: float, turn: float = 0.0) -> Points:
    """An ellipse as a polygon; `turn` in degrees."""
    return turned(
        [
            (centre[0] + rx * cos(2 * pi * i / ROUND_POINTS),
             centre[1] + ry * sin(2 * pi * i / ROUND_POINTS))
            for i in range(ROUND_POINTS)
        ],
        centre,
        turn,
    )  # fmt: skip


def rectangle(centre: Point, w: float, h: float, turn: float = 0.0) -> Points:
    x, y = centre
    corners = [(x - w / 2, y - h / 2), (x + w / 2, y - h / 2),
               (x + w / 2, y + h / 2), (x - w / 2, y + h / 2)]  # fmt: skip
    return turned(corners, centre, turn)


def turned(points: list[Point], about: Point, turn: float) -> Points:
    if not turn:
        return tuple(points)
    c, s = cos(radians(turn)), sin(radians(turn))
    (ax, ay) = about
    return tuple(
        (ax + c * (x - ax) - s * (y - ay), ay + s * (x - ax) + c * (y - ay)) for x, y in points
    )


def assemble(parts: Parts) -> SeatMap:
    """Raises DrawingError when there are too many seats or a coordinate is no place."""
    return _Assembler(parts).map()


class _Assembler:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.keys: dict[str, int] = {}
        self.zones = {name: i for i, name in enumerate(parts.zones)}
        self.step = (hypot(*parts.view_box[2:]) or 1.0) / KEY_GRID
        self.sections: list[Section] = []
        self.rows: list[Row] = []
        self.tables: list[Table] = []
        self.seats: list[Seat] = []

    def map(self) -> SeatMap:
        parts = self.parts
        index: dict[int, int] = {}
        for part in parts.sections:
            at = None
            if part.name is not None or part.outline is not None:
                at = index[id(part)] = len(self.sections)
                self.sections.append(self._section(part))
            for group in part.groups:
                self._group(group, at)
        areas = tuple(self._area(area, index) for area in parts.areas)
        return SeatMap(
            view_box=parts.view_box,
            zones=tuple(
                Zone(key=slug(name), name=name, colour=colour, source=self._from("name"))
                for name, colour in parts.zones.items()
            ),
            sections=tuple(self.sections),
            rows=tuple(self.rows),
            tables=tuple(self.tables),
            seats=tuple(self.seats),
            areas=areas,
            labels=tuple(parts.labels),
            landmarks=tuple(
                Landmark(
                    name=name,
                    kind=kind,
                    outline=outline,
                    centre=_inside(outline),
                    box=_box(outline),
                    source=self._from("name"),
                )
                for name, kind, outline in parts.landmarks
            ),
            report=Report(uncertain=tuple(parts.uncertain)),
        )

    def _from(self, *fields: str) -> dict[str, str]:
        return dict.fromkeys(fields, self.parts.source)

    def _key(self, *words: str | None) -> str:
        key = "/".join(word for word in words if word)
        count = self.keys[key] = self.keys.get(key, 0) + 1
        return key if count == 1 else self._key(f"{key}~{count}")

    def _place(self, p: Point) -> str:
        x, y = self.parts.view_box[:2]
        return f"@{round((p[0] - x) / self.step)},{round((p[1] - y) / self.step)}"

    def _section(self, part: SectionPart) -> Section:
        outline = part.outline
        seats = [seat.centre for group in part.groups for seat in group.seats]
        if outline is None and seats:
            reach = 2 * max(seat.radius for group in part.groups for seat in group.seats)
            hull = shapely.MultiPoint(seats).convex_hull.buffer(reach, quad_segs=2)
            outline = tuple(shapely.get_coordinates(hull)[:-1].tolist())
            outline = tuple((float(x), float(y)) for x, y in outline)
        middle = _inside(outline) if outline else (0.0, 0.0)
        source = self._from("name")
        if outline is not None:
            source["outline"] = self.parts.source if part.outline is not None else "hull"
        return Section(
            key=self._key(slug(part.name) if part.name else f"section{self._place(middle)}"),
            name=part.name,
            zone=self.zones.get(part.zone) if part.zone else None,
            outline=outline,
            centre=middle,
            label_at=middle,
            box=_box(outline or (middle,)),
            source=source,
        )

    def _group(self, group: GroupPart, section: int | None) -> None:
        prefix = self.sections[section].key if section is not None else None
        if len(self.seats) + len(group.seats) > SEATS_MAX:
            raise DrawingError(f"there are more than {SEATS_MAX} seats")
        row = table = None
        if group.table is None and group.seats:
            row = len(self.rows)
            key = self._key(prefix, group.name or f"row{self._place(group.seats[0].centre)}")
            box = _box(tuple(seat.centre for seat in group.seats))
            self.rows.append(
                Row(key=key, section=section, name=group.name, box=box, source=self._from("name"))
            )
        elif group.table is not None:
            table = len(self.tables)
            self.tables.append(self._table(group, section, prefix))
            key = self.tables[-1].key
        else:
            return
        for seat in group.seats:
            x, y = seat.centre
            r = seat.radius
            if not all(isfinite(v) and abs(v) <= NUMBER_MAX for v in (x, y, r)):
                raise DrawingError(f"seat {seat.name} stands nowhere")
            self.seats.append(
                Seat(
                    key=self._key(key, slug(seat.name) if seat.name else self._place(seat.centre)),
                    section=section,
                    row=row,
                    table=table,
                    name=seat.name,
                    zone=self.zones.get(seat.zone) if seat.zone else None,
                    centre=seat.centre,
                    radius=r,
                    outline=None,
                    box=(x - r, y - r, 2 * r, 2 * r),
                    access=seat.access,
                    source=self._from("name", "zone"),
                )
            )

    def _table(self, group: GroupPart, section: int | None, prefix: str | None) -> Table:
        centre = group.centre or _inside(tuple(seat.centre for seat in group.seats))
        outline = group.table if isinstance(group.table, tuple) else None
        radius = None if isinstance(group.table, tuple) else group.table
        own = f"t{slug(group.name)}" if group.name else f"table{self._place(centre)}"
        r = radius or 0.0
        return Table(
            key=self._key(prefix, own),
            section=section,
            name=group.name,
            outline=outline,
            centre=centre,
            radius=radius,
            box=_box(outline) if outline else (centre[0] - r, centre[1] - r, 2 * r, 2 * r),
            source=self._from("name"),
        )

    def _area(self, part: AreaPart, index: dict[int, int]) -> Area:
        middle = _inside(part.outline)
        return Area(
            key=self._key(slug(part.name) if part.name else f"area{self._place(middle)}"),
            section=index.get(id(part.section)) if part.section is not None else None,
            name=part.name,
            zone=self.zones.get(part.zone) if part.zone else None,
            outline=part.outline,
            centre=middle,
            label_at=middle,
            capacity=part.capacity,
            box=_box(part.outline),
            kind=part.kind,
            source=self._from("name", "outline"),
        )


def _inside(points: Points) -> Point:
    if len(points) < 3:
        return points[0] if points else (0.0, 0.0)
    ring = shapely.Polygon(points)
    middle = ring.centroid if ring.is_valid and ring.contains(ring.centroid) else None
    middle = middle or ring.convex_hull.centroid
    return middle.x, middle.y


def _box(points: Points) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
