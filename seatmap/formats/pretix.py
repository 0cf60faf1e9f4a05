"""pretix seating plans, read and written.

Shape of the document: pretix 2026.8, `static/seating/seating-plan.schema.json`, version 0.0.1;
the structs below say the same. Positions add up: a seat's to its row's, that to its zone's.
"""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import Annotated, Literal

import msgspec

from seatmap.formats.assemble import (
    AreaPart,
    GroupPart,
    Parts,
    SeatPart,
    SectionPart,
    assemble,
    polygon,
    rectangle,
    turned,
)
from seatmap.kinds import kind_of
from seatmap.model import DrawingError, Label, Note, Point, Points, Seat, SeatMap
from seatmap.words import LANDMARKS

RADIUS = 10.0
TEXT_SIZE = 16.0
NO_CATEGORY = "-"
"""Name of the category of seats that are in no zone: a plan must name one for each."""


class _Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    pass


class Position(_Strict):
    x: float
    y: float


class PlanSeat(_Strict):
    seat_guid: Annotated[str, msgspec.Meta(pattern="^[^ ].*[^ ]$")]
    seat_number: str
    position: Position
    category: str
    uuid: str | None = None
    start_direction: str | None = None
    radius: float | None = None


class PlanRow(_Strict):
    row_number: str
    seats: list[PlanSeat]
    row_label: str | None = None
    seat_label: str | None = None
    uuid: str | None = None
    row_number_position: Literal["start", "end", "both"] | None = None
    position: Position | None = None


class PlanPolygon(_Strict):
    points: list[Position]


class PlanRectangle(_Strict):
    width: float
    height: float


class PlanEllipse(_Strict):
    radius: Position


class PlanCircle(_Strict):
    radius: float


class PlanText(_Strict):
    text: str
    position: Position
    color: str | None = None
    size: float | None = None


class PlanArea(_Strict):
    color: str | None = None
    border_color: str | None = None
    rotation: float | None = None
    position: Position | None = None
    uuid: str | None = None
    shape: Literal["polygon", "rectangle", "ellipse", "circle", "text"] | None = None
    polygon: PlanPolygon | None = None
    rectangle: PlanRectangle | None = None
    ellipse: PlanEllipse | None = None
    circle: PlanCircle | None = None
    text: PlanText | None = None


class PlanZone(_Strict):
    position: Position
    rows: list[PlanRow]
    name: str | None = None
    zone_id: str | None = None
    uuid: str | None = None
    areas: list[PlanArea] = []


class PlanCategory(_Strict):
    name: str
    color: str | None = None


class PlanSize(_Strict):
    width: int
    height: int


class Plan(_Strict):
    name: str
    zones: list[PlanZone]
    categories: list[PlanCategory]
    size: PlanSize


def check(data: bytes) -> Plan:
    """The plan, if the document is one: its shape, and categories that exist.

    Raises DrawingError saying what is wrong and where. Where the schema lets a field be missing,
    null is accepted too.
    """
    try:
        plan = msgspec.json.decode(data, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DrawingError(f"no seating plan: {error}") from None
    known = {category.name for category in plan.categories}
    for zone in plan.zones:
        for row in zone.rows:
            for seat in row.seats:
                if seat.category not in known:
                    raise DrawingError(f"no seating plan: there is no category {seat.category!r}")
    return plan


def _repeated(plan: Plan) -> list[str]:
    """Ids that should be unique and are not: pretix's own sample plans have some."""
    said = Counter(seat.seat_guid for zone in plan.zones for row in zone.rows for seat in row.seats)
    return [guid for guid, count in said.items() if count > 1]


def read(data: bytes) -> SeatMap:
    """A seating plan as a map: zones are sections, categories are zones, areas what they say."""
    plan = check(data)
    parts = Parts("pretix", (0.0, 0.0, float(plan.size.width), float(plan.size.height)))
    parts.zones = {category.name: category.color for category in plan.categories}
    for zone in plan.zones:
        section = SectionPart(zone.name or zone.zone_id)
        parts.sections.append(section)
        at = (zone.position.x, zone.position.y)
        for row in zone.rows:
            origin = _moved(at, row.position)
            seats = [
                SeatPart(
                    seat.seat_number or None,
                    _moved(origin, seat.position),
                    seat.radius or RADIUS,
                    seat.category,
                )
                for seat in row.seats
            ]
            section.groups.append(GroupPart(row.row_number or None, seats))
        for area in zone.areas:
            _read_area(parts, area, at)
    repeated = _repeated(plan)
    if repeated:
        parts.uncertain.append(Note("seat ids used twice", len(repeated), tuple(repeated[:3])))
    return assemble(parts)


def _moved(at: Point, by: Position | None) -> Point:
    return at if by is None else (at[0] + by.x, at[1] + by.y)


def _read_area(parts: Parts, area: PlanArea, zone_at: Point) -> None:
    """A stage, bar or exit is a landmark, a standing area an area, any other shape decoration."""
    at = _moved(zone_at, area.position)
    text = area.text.text.strip() if area.text else ""
    outline = _outline(area, at)
    kind = kind_of(text)
    if kind == "standing" and outline:
        parts.areas.append(AreaPart(text, outline))
    elif kind in LANDMARKS.values() and outline:
        parts.landmarks.append((text, kind, outline))  # type: ignore[arg-type]
    elif text and area.text is not None:
        size = area.text.size or TEXT_SIZE
        parts.labels.append(Label(text=text, at=_moved(at, area.text.position), size=size))
    elif outline:
        parts.uncertain.append(Note("shapes that say nothing"))


def _outline(area: PlanArea, at: Point) -> Points:
    turn = area.rotation or 0.0
    if area.polygon is not None and area.shape == "polygon":
        return turned([_moved(at, point) for point in area.polygon.points], at, turn)
    if area.rectangle is not None and area.shape == "rectangle":
        w, h = area.rectangle.width, area.rectangle.height
        corners = rectangle((at[0] + w / 2, at[1] + h / 2), w, h)
        return turned(list(corners), at, turn)
    if area.ellipse is not None and area.shape == "ellipse":
        return polygon(at, area.ellipse.radius.x, area.ellipse.radius.y, turn)
    if area.circle is not None and area.shape == "circle":
        return polygon(at, area.circle.radius, area.circle.radius)
    return ()


def write(found: SeatMap, name: str) -> bytes:
    """A map as a seating plan (JSON). Seats keep their keys as `seat_guid`.

    Capacities of areas and accessibility have no place in such a plan and are left out.
    """
    x, y, w, h = found.view_box
    writer = _Writer(found, (x, y))
    plan = Plan(
        name=name,
        zones=writer.zones(),
        categories=[PlanCategory(name=n, color=c) for n, c in writer.categories.items()],
        size=PlanSize(width=max(1, ceil(w)), height=max(1, ceil(h))),
    )
    return msgspec.json.encode(plan)


class _Writer:
    def __init__(self, found: SeatMap, origin: Point) -> None:
        self.map = found
        self.origin = origin
        self.categories = {zone.name: zone.colour for zone in found.zones}

    def _at(self, p: Point) -> Position:
        return Position(x=round(p[0] - self.origin[0], 3), y=round(p[1] - self.origin[1], 3))

    def zones(self) -> list[PlanZone]:
        found = self.map
        zones: dict[int | None, PlanZone] = {}
        for index, section in enumerate(found.sections):
            zones[index] = self._zone(section.name or section.key, section.key)
        rows: dict[tuple, PlanRow] = {}
        for seat in found.seats:
            zone = zones.get(seat.section)
            if zone is None:
                zone = zones[seat.section] = self._zone(None, None)
            key = (seat.section, seat.row, seat.table)
            if key not in rows:
                rows[key] = PlanRow(row_number=self._group_name(key) or "", seats=[])
                zone.rows.append(rows[key])
            rows[key].seats.append(self._seat(seat))
        if not zones:
            zones[None] = self._zone(None, None)
        first = zones[min(zones, key=lambda index: (index is None, index))]
        first.areas.extend(self._areas())
        return list(zones.values())

    def _zone(self, name: str | None, key: str | None) -> PlanZone:
        return PlanZone(position=Position(x=0, y=0), rows=[], name=name, zone_id=key)

    def _group_name(self, key: tuple) -> str | None:
        _, row, table = key
        if table is not None:
            return self.map.tables[table].name
        return self.map.rows[row].name if row is not None else None

    def _seat(self, seat: Seat) -> PlanSeat:
        zone = seat.zone
        if zone is None and seat.section is not None:
            zone = self.map.sections[seat.section].zone
        category = self.map.zones[zone].name if zone is not None else NO_CATEGORY
        self.categories.setdefault(category, None)
        return PlanSeat(
            seat_guid=seat.key if len(seat.key) > 1 else f"seat-{seat.key}",
            seat_number=seat.name or "",
            position=self._at(seat.centre),
            category=category,
            radius=round(seat.radius, 3),
        )

    def _areas(self) -> list[PlanArea]:
        found = self.map
        areas = [self._polygon(area.outline, area.name, area.centre) for area in found.areas]
        for table in found.tables:
            if table.radius is not None:
                centre = self._at(table.centre)
                areas.append(
                    PlanArea(
                        shape="circle", position=centre, circle=PlanCircle(radius=table.radius)
                    )
                )
            elif table.outline is not None:
                areas.append(self._polygon(table.outline, None, table.centre))
        for mark in found.landmarks:
            if mark.outline is not None:
                areas.append(self._polygon(mark.outline, mark.name, mark.centre))
        for label in found.labels:
            text = PlanText(text=label.text, position=Position(x=0, y=0), size=label.size)
            areas.append(PlanArea(shape="text", position=self._at(label.at), text=text))
        return areas

    def _polygon(self, outline: Points, name: str | None, centre: Point) -> PlanArea:
        text = PlanText(text=name, position=self._at(centre)) if name else None
        points = [self._at(point) for point in outline]
        return PlanArea(
            shape="polygon",
            position=Position(x=0, y=0),
            polygon=PlanPolygon(points=points),
            text=text,
        )
