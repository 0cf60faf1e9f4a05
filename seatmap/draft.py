"""What inference collects before it is ordered and keyed: the model with object references."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from seatmap.model import AreaKind, Box, Label, Note, Point, Points
from seatmap.names import Named
from seatmap.scene import Frame, Shape

_UNSAFE = re.compile(r"[^\w]+")


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """A name as part of a key: lower case, words joined with "-"; letters of any script stay."""
    return _UNSAFE.sub("-", name.replace("_", "-").casefold()).strip("-") or "x"


@dataclass(eq=False)
class ZoneDraft:
    key: str
    name: Named
    colour: str | None
    used: bool = False


@dataclass(eq=False)
class SectionDraft:
    """`stated` is the value the key comes from, `name` the one for people (None: none known).

    `group` is the frame whose mere name was taken for a section's.
    """

    key: str
    name: Named | None
    stated: Named
    group: Frame | None = None
    shape: Shape | None = None
    outline: Points | None = None
    outline_source: str = ""
    label_at: Point | None = None
    zone: ZoneDraft | None = None
    zone_source: str = ""
    seats: list[SeatDraft] = field(default_factory=list)


@dataclass(eq=False)
class RowDraft:
    name: Named | None
    section: SectionDraft | None
    seats: list[SeatDraft] = field(default_factory=list)
    found_by: str = "name"
    """How its seats are known to be one row: name, group, lines."""


@dataclass(eq=False)
class TableDraft:
    name: Named | None
    section: SectionDraft | None
    frame: Frame
    shape: Shape | None = None
    found_by: str = "group"
    """How its chairs are known to be its own: group, ring."""


@dataclass(eq=False, slots=True)
class SeatDraft:
    shape: Shape
    section: SectionDraft | None
    name: Named | None
    access: int
    found_by: str
    row_name: Named | None = None
    row_frame: Frame | None = None
    row: RowDraft | None = None
    table: TableDraft | None = None
    section_source: str = ""
    zone: ZoneDraft | None = None
    zone_source: str = ""
    parts: list[Shape] = field(default_factory=list)


@dataclass(eq=False)
class AreaDraft:
    """`outline` where it is only a part of the shape, or where there is none."""

    key: str | None
    name: Named | None
    shape: Shape | None
    own_id: str | None = None
    kind: AreaKind = "standing"
    kind_source: str = ""
    outline: Points | None = None
    outline_source: str = ""
    section: SectionDraft | None = None
    capacity: Named | None = None
    zone: ZoneDraft | None = None
    zone_source: str = ""
    label_at: Point | None = None


@dataclass(eq=False)
class LandmarkDraft:
    """`at` is set when there is only a text."""

    name: Named | None
    kind: str
    shape: Shape | None
    at: Point | None
    kind_source: str = ""


@dataclass(eq=False)
class Draft:
    view_box: Box
    zones: list[ZoneDraft] = field(default_factory=list)
    sections: list[SectionDraft] = field(default_factory=list)
    rows: list[RowDraft] = field(default_factory=list)
    tables: list[TableDraft] = field(default_factory=list)
    seats: list[SeatDraft] = field(default_factory=list)
    areas: list[AreaDraft] = field(default_factory=list)
    landmarks: list[LandmarkDraft] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    uncertain: list[Note] = field(default_factory=list)

    def untie(self) -> None:
        """Unties the circles of seats and what they are in, for one who is done with it."""
        for seat in self.seats:
            seat.row = seat.section = seat.table = None
