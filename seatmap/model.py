"""What a parsed drawing is: frozen structs that refer to each other by index.

All coordinates are floats in the user units of the drawing's outermost viewport, y down.
All cross references are indexes into the tuples of the same `SeatMap`. A value the drawing
does not carry is None: an unnamed seat has no name, an area without a stated capacity has
no capacity. `source` says per field where a value was read ("data-row", "id", "text",
"position", ...), `confidence` (0..1) is given only for fields that were inferred.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Point = tuple[float, float]
Points = tuple[Point, ...]
Box = tuple[float, float, float, float]
"""x, y, width, height."""

ACCESSIBLE = 1
"""Bit of `Seat.access`: a wheelchair place or a step-free seat."""
COMPANION = 2
"""Bit of `Seat.access`: the seat of a wheelchair user's companion."""
RESTRICTED_VIEW = 4
"""Bit of `Seat.access`: part of the stage cannot be seen from here."""

LandmarkKind = Literal["stage", "pitch", "bar", "exit", "toilet", "cloakroom", "screen", "other"]


AreaKind = Literal["standing", "booth", "other"]


class DrawingError(Exception):
    """The bytes cannot become a map: not a drawing, or beyond the limits. `detail` says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Note(msgspec.Struct, frozen=True):
    """One line of the report: what happened, how many times, and at most a few examples."""

    what: str
    count: int = 1
    examples: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a person should know before they trust the map.

    `lost`: content of the file that is not in the map; `uncertain`: readings that may be wrong;
    `refused`: content never followed (scripts, external references, entities).
    """

    well_formed: bool = True
    lost: tuple[Note, ...] = ()
    uncertain: tuple[Note, ...] = ()
    refused: tuple[Note, ...] = ()


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A price category. `colour` is "#rrggbb" when the drawing paints the zone with one colour."""

    key: str
    name: str
    colour: str | None = None
    source: dict[str, str] = {}
    confidence: dict[str, float] = {}


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A named part of the house. `outline` is None when the drawing has neither shape nor seats.

    `outline` is the drawn shape where there is one (`source["outline"]` is then the element's
    kind), else the hull of the section's seats (`source["outline"] == "hull"`).
    """

    key: str
    name: str | None
    zone: int | None
    outline: Points | None
    centre: Point
    label_at: Point
    box: Box
    source: dict[str, str] = {}
    confidence: dict[str, float] = {}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line or arc of seats; its seats are one contiguous range of `SeatMap.seats`."""

    key: str
    section: int | None
    name: str | None
    box: Box
    source: dict[str, str] = {}
    confidence: dict[str, float] = {}


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table with chairs. `radius` for a round one, `outline` for any other."""

    key: str
    section: int | None
    name: str | None
    outline: Points | None
    centre: Point
    radius: float | None
    box: Box
    source: dict[str, str] = {}
    confidence: dict[str, float] = {}


class Seat(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One bookable place: a seat of a row, a chair of a table, or a single one (both None).

    `radius` is that of the circle of the same area, so that a square seat and a round one of
    one size look alike; `outline` is None for a circle. `access` is a sum of ACCESSIBLE,
    COMPANION, RESTRICTED_VIEW.
    """

    key: str
    section: int | None
    row: int | None
    table: int | None
    name: str | None
    zone: int | None
    centre: Point
    radius: float
    outline: Points | None
    box: Box
    access: int = 0
    source: dict[str, str] = {}
    confidence: dict[str, float] = {}


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """What is sold without seats. `capacity` is None when the drawing does not say it.

    `kind`: "standing" is sold by number, a "booth" as a whole; "other" is said to be an area, but
    not of what kind.
    """

    key: str
    section: int | None
    name: str | None
    zone: int | None
    outline: Points
    centre: Point
    label_at: Point
    capacity: int | None
    box: Box
    kind: AreaKind = "standing"
    source: dict[str, str] = {}
    confidence: dict[str, float] = {}


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A text of the drawing that names nothing else. `at` is its middle, `size` its font size."""

    text: str
    at: Point
    size: float


class Landmark(msgspec.Struct, frozen=True, kw_only=True):
    """Something to find one's way by that is not for sale: a stage, a bar, an exit."""

    name: str
    kind: LandmarkKind
    outline: Points | None
    centre: Point
    box: Box
    source: dict[str, str] = {}
    confidence: dict[str, float] = {}


class SeatMap(msgspec.Struct, frozen=True, kw_only=True):
    """A whole house. Seats are ordered by section, then row or table, then along the row.

    Each section, row and table is therefore one contiguous index range of `seats`. Rows and
    tables stand in the order of their seats. Keys are unique in the whole map.
    """

    view_box: Box
    zones: tuple[Zone, ...] = ()
    sections: tuple[Section, ...] = ()
    rows: tuple[Row, ...] = ()
    tables: tuple[Table, ...] = ()
    seats: tuple[Seat, ...] = ()
    areas: tuple[Area, ...] = ()
    labels: tuple[Label, ...] = ()
    landmarks: tuple[Landmark, ...] = ()
    report: Report = Report()
