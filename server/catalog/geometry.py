"""A map on the wire, and the same map as the server looks seats up in it.

The document that browsers draw (`layout.lay_out` writes it): integers in tenths of a drawing unit,
delta coded where that compresses, seats in index order so that every row and table is one range.
`Places` reads it back for names, zones and ranges.

An index (of a seat, zone, table or area) is a position in these lists. It never changes within a
version, and from version to version of one map each seat that is still there keeps its own: what
is gone keeps its place in the list, and what is new comes behind (docs/maps.md).
"""

import gzip
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

SCALE = 10

Range = tuple[int, int]
"""start, count"""
Numbers = list[str | int]
"""One name per seat; or two integers, the first number and the step."""


class ZoneShape(msgspec.Struct):
    """`ticket_type`: what its places are called when an event first sells them."""

    key: str
    name: str
    ticket_type: str | None = None


class SectionShape(msgspec.Struct):
    """`seats`, `more`: its seats, in as many ranges as there are; nearly always one."""

    key: str
    name: str | None
    zone: int | None
    outline: list[int] | None
    at: tuple[int, int]
    seats: Range
    more: list[Range] = []

    @property
    def ranges(self) -> list[Range]:
        return [self.seats, *self.more]


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
    `access`: [seat, bits] where not 0 (1 accessible, 2 companion, 4 restricted view);
    `removed`: ranges of seats that former versions had. They are nowhere and never for sale."""

    n: int
    x: list[int]
    y: list[int]
    r: list[tuple[int, int]]
    zone: list[tuple[int, int]]
    access: list[tuple[int, int]]
    removed: list[Range] = []


class Geometry(msgspec.Struct):
    """`focal`: where everybody looks; None for the stage, as it is drawn."""

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
    focal: tuple[int, int] | None = None


class PlaceName(NamedTuple):
    """What a person calls a place; `row`: the row's or the table's name."""

    label: str
    section: str | None
    row: str | None
    number: str


GONE = PlaceName("Seat", None, None, "")
"""One that the map does not have any more: who has an older one may ask for it."""


class Places:
    """A decoded geometry for lookups by seat index; immutable and shared by all requests.

    `seat_count`: of all indexes, also those that are `removed`, which have no name.
    """

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.seat_count = geometry.seats.n
        self.zones = [value for count, value in geometry.seats.zone for _ in range(count)]
        self.access = dict(geometry.seats.access)
        self.removed = frozenset(
            seat for start, count in geometry.seats.removed for seat in range(start, start + count)
        )
        groups = [(row.seats, row) for row in geometry.rows]
        groups += [(table.seats, table) for table in geometry.tables]
        self._groups = sorted(groups, key=lambda group: group[0])
        self._starts = [group[0][0] for group in self._groups]
        self._titles = [self._title(group) for _, group in self._groups]
        self._numbers = [_numbers_of(group) for _, group in self._groups]

    @classmethod
    def read(cls, gzipped: bytes) -> "Places":
        return cls(msgspec.json.decode(gzip.decompress(gzipped), type=Geometry))

    def group_of(self, seat_idx: int) -> RowShape | TableShape:
        """The row or table that the seat stands in."""
        return self._groups[bisect_right(self._starts, seat_idx) - 1][1]

    def name_of(self, seat_idx: int) -> PlaceName:
        if seat_idx in self.removed:
            return GONE
        at = bisect_right(self._starts, seat_idx) - 1
        title, section, row = self._titles[at]
        number = str(self._numbers[at][seat_idx - self._starts[at]])
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


def _numbers_of(group: RowShape | TableShape) -> Sequence[str | int]:
    match group.numbers:
        case [int(first), int(step)] if step:
            return range(first, first + step * group.seats[1], step)
        case [int(first), int(_)]:
            return [first] * group.seats[1]
        case names:
            return names


def _named(kind: str, name: str) -> str:
    return name if kind in name.lower() else f"{kind} {name}"
