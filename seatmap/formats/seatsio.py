"""seats.io chart drawings, read: rows, tables, booths, general admission, sections, floors.

What the fields mean was read off the sample charts of the vendor's client libraries: the parts of
a section are measured from its `topLeft`, everything else from the chart's. Floors lie over each
other there and are laid out one below the other here.
"""

from __future__ import annotations

from itertools import pairwise

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
)
from seatmap.kinds import kind_of
from seatmap.model import (
    ACCESSIBLE,
    COMPANION,
    RESTRICTED_VIEW,
    DrawingError,
    Label,
    LandmarkKind,
    Point,
    Points,
    SeatMap,
)
from seatmap.words import LANDMARKS

SEAT_RADIUS_MAX = 10.0
FLOOR_GAP = 0.1
"""Between floors, as a part of the upper one's height."""


class _Xy(msgspec.Struct):
    x: float
    y: float


class _Seat(msgspec.Struct):
    x: float
    y: float
    label: str | None = None
    categoryLabel: str | None = None
    accessible: bool = False
    companionSeat: bool = False
    restrictedView: bool = False


class _Row(msgspec.Struct):
    seats: list[_Seat]
    label: str | None = None
    displayLabel: str | None = None
    sectionLabel: str | None = None


class _Table(msgspec.Struct):
    center: _Xy
    seats: list[_Seat] = []
    label: str | None = None
    radius: float | None = None
    width: float | None = None
    height: float | None = None
    rotationAngle: float = 0.0


class _Shape(msgspec.Struct):
    """A booth, a general admission area or a plain shape."""

    type: str | None = None
    label: str | None = None
    center: _Xy | None = None
    points: list[_Xy] | None = None
    width: float | None = None
    height: float | None = None
    radius1: float | None = None
    radius2: float | None = None
    rotationAngle: float = 0.0
    capacity: int | None = None
    categoryLabel: str | None = None
    smartType: str | None = None


class _Text(msgspec.Struct):
    text: str | None = None
    label: str | None = None
    x: float | None = None
    y: float | None = None
    center: _Xy | None = None
    fontSize: float = 16.0


class _Chart(msgspec.Struct):
    width: float = 0.0
    height: float = 0.0
    rows: list[_Row] = []
    tables: list[_Table] = []
    booths: list[_Shape] = []
    generalAdmissionAreas: list[_Shape] = []
    shapes: list[_Shape] = []
    texts: list[_Text] = []
    sections: list[_Section] = []


class _Section(msgspec.Struct):
    points: list[_Xy] = []
    label: str | None = None
    topLeft: _Xy | None = None
    categoryLabel: str | None = None
    subChart: _Chart | None = None


class _Category(msgspec.Struct):
    label: str | None = None
    color: str | None = None


class _Categories(msgspec.Struct):
    items: list[_Category] = msgspec.field(default_factory=list, name="list")


class _Document(msgspec.Struct):
    categories: _Categories = msgspec.field(default_factory=_Categories)
    subChart: _Chart | None = None
    subChartFloors: list[_Chart] = []


def read(data: bytes) -> SeatMap:
    """Raises DrawingError when the document is no chart or passes a limit."""
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DrawingError(f"no chart: {error}") from None
    charts = [chart for chart in (document.subChart, *document.subChartFloors) if chart]
    if not charts:
        raise DrawingError("no chart: it has neither a drawing nor floors")
    width = max(chart.width for chart in charts)
    height = sum(chart.height * (1 + FLOOR_GAP) for chart in charts[:-1]) + charts[-1].height
    parts = Parts("seats.io", (0.0, 0.0, width or 1.0, height or 1.0))
    parts.zones = {
        category.label: category.color for category in document.categories.items if category.label
    }
    reader = _Reader(parts)
    top = 0.0
    for chart in charts:
        reader.chart(chart, (0.0, top), None)
        top += chart.height * (1 + FLOOR_GAP)
    return assemble(parts)


class _Reader:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def chart(self, chart: _Chart, at: Point, section: SectionPart | None) -> None:
        loose = section or SectionPart(None)
        if section is None:
            self.parts.sections.append(loose)
        named: dict[str, SectionPart] = {}
        for row in chart.rows:
            home = loose
            if section is None and row.sectionLabel:
                home = named.get(row.sectionLabel) or SectionPart(row.sectionLabel)
                if row.sectionLabel not in named:
                    named[row.sectionLabel] = home
                    self.parts.sections.append(home)
            home.groups.append(GroupPart(row.label or row.displayLabel, self._seats(row.seats, at)))
        for table in chart.tables:
            loose.groups.append(self._table(table, at))
        for booth in chart.booths:
            self._area(booth, at, section, booth=True)
        for area in chart.generalAdmissionAreas:
            self._area(area, at, section, booth=False)
        for shape in chart.shapes:
            self._landmark(shape, at)
        for text in chart.texts:
            self._text(text, at)
        for inner in chart.sections:
            self._section(inner, at)

    def _section(self, section: _Section, at: Point) -> None:
        outline = tuple((at[0] + p.x, at[1] + p.y) for p in section.points)
        part = SectionPart(section.label, outline=outline or None, zone=section.categoryLabel)
        self.parts.sections.append(part)
        if section.subChart is not None:
            corner = section.topLeft or _Xy(0.0, 0.0)
            self.chart(section.subChart, (at[0] + corner.x, at[1] + corner.y), part)

    def _seats(self, seats: list[_Seat], at: Point) -> list[SeatPart]:
        radius = _radius(seats)
        return [
            SeatPart(
                seat.label,
                (at[0] + seat.x, at[1] + seat.y),
                radius,
                seat.categoryLabel,
                ACCESSIBLE * seat.accessible
                | COMPANION * seat.companionSeat
                | RESTRICTED_VIEW * seat.restrictedView,
            )
            for seat in seats
        ]

    def _table(self, table: _Table, at: Point) -> GroupPart:
        centre = (at[0] + table.center.x, at[1] + table.center.y)
        top: Points | float = table.radius or 0.0
        if table.width and table.height:
            top = rectangle(centre, table.width, table.height, table.rotationAngle)
        return GroupPart(table.label, self._seats(table.seats, at), centre, top)

    def _area(self, area: _Shape, at: Point, section: SectionPart | None, *, booth: bool) -> None:
        outline = _outline(area, at)
        if outline:
            kind = "booth" if booth else "standing"
            self.parts.areas.append(
                AreaPart(area.label, outline, section, area.categoryLabel, area.capacity, kind)
            )

    def _landmark(self, shape: _Shape, at: Point) -> None:
        outline = _outline(shape, at)
        said = kind_of(shape.smartType or "") or kind_of(shape.label or "")
        if outline and (shape.label or said):
            kind: LandmarkKind = said if said in LANDMARKS.values() else "other"  # type: ignore[assignment]
            self.parts.landmarks.append((shape.label or kind, kind, outline))

    def _text(self, text: _Text, at: Point) -> None:
        words = text.text or text.label
        where = text.center or _Xy(text.x or 0.0, text.y or 0.0)
        if words:
            place = (at[0] + where.x, at[1] + where.y)
            self.parts.labels.append(Label(text=words, at=place, size=text.fontSize))


def _radius(seats: list[_Seat]) -> float:
    """A seat touches its neighbour: charts do not state how large a seat is drawn."""
    steps = [max(abs(a.x - b.x), abs(a.y - b.y)) for a, b in pairwise(seats)]
    return min([SEAT_RADIUS_MAX, *(0.45 * step for step in steps if step > 0)])


def _outline(shape: _Shape, at: Point) -> Points:
    if shape.points:
        return tuple((at[0] + p.x, at[1] + p.y) for p in shape.points)
    if shape.center is None:
        return ()
    centre = (at[0] + shape.center.x, at[1] + shape.center.y)
    if shape.radius1 and shape.radius2:
        return polygon(centre, shape.radius1, shape.radius2, shape.rotationAngle)
    if shape.width and shape.height:
        return rectangle(centre, shape.width, shape.height, shape.rotationAngle)
    return ()
