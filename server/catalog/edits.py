"""What a person changes of a map that was read: small operations, applied in order.

They name things by their keys, which no operation changes. So a list of edits fits a drawing that
was drawn again too, as far as its names survive; what an edit names and is not there any more is
told, and the rest of it is done.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec

from seatmap import ACCESSIBLE, COMPANION, RESTRICTED_VIEW, Area, Seat, SeatMap, Section, Table
from seatmap.finish import counted
from seatmap.model import Zone
from server.catalog.layout import Extras

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Keys = Annotated[list[Key], msgspec.Meta(min_length=1, max_length=2_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ZoneKey = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern="^[a-z0-9-]+$(?!\\n)")]
Start = (
    Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    | Annotated[str, msgspec.Meta(max_length=6, pattern="^([0-9]+|[A-Za-z]+)$(?!\\n)")]
)
Coordinate = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
AREA_PLACES_MAX = 100_000
CHAIRS_MAX = 100
CHAIR_GAP = 1.3
"""A chair that nobody drew stands so many of its radii off the table's edge."""


class Op(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op"):
    """One edit."""


class Rename(Op, frozen=True, tag="rename"):
    """Of a section, row, table, area or seat; None where it has no name."""

    key: Key
    name: Name | None


class Renumber(Op, frozen=True, tag="renumber"):
    """The seats of these rows and tables, one after the other; `reverse`: from the other end."""

    keys: Keys
    start: Start = 1
    step: Annotated[int, msgspec.Meta(ge=-100, le=100)] = 1
    reverse: bool = False


class SetZone(Op, frozen=True, tag="zone"):
    """A zone of that key is there, has this name, and is sold as this ticket type."""

    key: ZoneKey
    name: Name
    ticket_type: Name | None = None


class Assign(Op, frozen=True, tag="assign"):
    """Sections with all in them, rows, tables, areas, seats: they are of this zone."""

    keys: Keys
    zone: Key | None


class Capacity(Op, frozen=True, tag="capacity"):
    """Of a standing area, or the chairs of a table."""

    key: Key
    places: Annotated[int, msgspec.Meta(ge=0, le=AREA_PLACES_MAX)]


class Access(Op, frozen=True, tag="access"):
    """Of seats, by themselves or all of a section, row or table; what is None stays as it is."""

    keys: Keys
    accessible: bool | None = None
    companion: bool | None = None
    restricted_view: bool | None = None


class Remove(Op, frozen=True, tag="remove"):
    """Sections with all in them, rows, tables, areas, seats: they are not in the map."""

    keys: Keys


class Focal(Op, frozen=True, tag="focal"):
    """Where everybody looks, in drawing units; None for the stage, as it is drawn."""

    at: tuple[Coordinate, Coordinate] | None


Edit = Rename | Renumber | SetZone | Assign | Capacity | Access | Remove | Focal
_Kind = Literal["section", "row", "table", "area", "seat"]


class Edited(msgspec.Struct):
    """`lost`: per edit, what it names and is not there."""

    drawing: SeatMap
    extras: Extras
    lost: list[list[str]]


def apply(drawing: SeatMap, edits: Iterable[Edit]) -> Edited:
    """Pure: `drawing` stays as it is."""
    work = _Work(drawing)
    lost = [work.apply(edit) for edit in edits]
    return Edited(work.finished(), Extras(work.focal, work.ticket_types), lost)


class _Work:
    """The map on the table. Seats are in their order; a thing that is removed is None."""

    def __init__(self, drawing: SeatMap) -> None:
        self._drawing = drawing
        self.focal: tuple[float, float] | None = None
        self.ticket_types: dict[str, str] = {}
        self.zones = list(drawing.zones)
        self.sections: list[Section | None] = list(drawing.sections)
        self.rows = list(drawing.rows)
        self.tables: list[Table | None] = list(drawing.tables)
        self.areas: list[Area | None] = list(drawing.areas)
        self.seats: list[Seat | None] = list(drawing.seats)
        self.chairs: dict[int, list[Seat]] = {}
        """By table: chairs that were added."""
        self._at: dict[str, tuple[_Kind, int]] = {}
        for kind, things in (
            ("section", drawing.sections), ("row", drawing.rows), ("table", drawing.tables),
            ("area", drawing.areas), ("seat", drawing.seats),
        ):  # fmt: skip
            self._at |= {thing.key: (kind, at) for at, thing in enumerate(things)}  # type: ignore[misc]
        self._members: dict[tuple[_Kind, int], list[int]] = {}
        for at, seat in enumerate(drawing.seats):
            for kind, owner in (
                ("section", seat.section), ("row", seat.row), ("table", seat.table),
            ):  # fmt: skip
                if owner is not None:
                    self._members.setdefault((kind, owner), []).append(at)  # type: ignore[arg-type]

    def apply(self, edit: Edit) -> list[str]:
        match edit:
            case Rename(key, name):
                return self._each([key], lambda kind, at: self._rename(kind, at, name))
            case Renumber(keys, start, step, reverse):
                return self._each(
                    keys, lambda kind, at: self._renumber(kind, at, start, step, reverse=reverse)
                )
            case SetZone(key, name, ticket_type):
                return self._set_zone(key, name, ticket_type)
            case Assign(keys, zone):
                return self._assign(keys, zone)
            case Capacity(key, places):
                return self._each([key], lambda kind, at: self._set_capacity(kind, at, places))
            case Access(keys):
                return self._each(keys, lambda kind, at: self._set_access(kind, at, edit))
            case Remove(keys):
                return self._each(keys, self._remove)
            case Focal(at):
                self.focal = at
                return []

    def _each(self, keys: Sequence[str], act) -> list[str]:
        """`act` says whether there was something to do. Returns the keys of what there was not."""
        lost: list[str] = []
        for key in keys:
            found = self._at.get(key)
            if found is None or not act(*found):
                lost.append(key)
        return lost

    def _list(self, kind: _Kind) -> list:
        return {
            "section": self.sections, "row": self.rows, "table": self.tables,
            "area": self.areas, "seat": self.seats,
        }[kind]  # fmt: skip

    def _set(self, kind: _Kind, at: int, **fields) -> bool:
        things = self._list(kind)
        if things[at] is None:
            return False
        things[at] = msgspec.structs.replace(things[at], **fields)
        return True

    def _rename(self, kind: _Kind, at: int, name: str | None) -> bool:
        thing = self._list(kind)[at]
        if thing is None:
            return False
        source = dict(thing.source) | {"name": "edit"}
        return self._set(kind, at, name=name, source=source)

    def _seats_of(self, kind: _Kind, at: int) -> list[int]:
        """Positions of the seats in it that are there, in order."""
        members = [at] if kind == "seat" else self._members.get((kind, at), [])
        return [seat for seat in members if self.seats[seat] is not None]

    def _renumber(
        self, kind: _Kind, at: int, start: int | str, step: int, *, reverse: bool
    ) -> bool:
        if kind not in ("row", "table"):
            return False
        seats = self._seats_of(kind, at)
        for nth, seat in enumerate(reversed(seats) if reverse else seats):
            self._rename("seat", seat, counted(start, nth * step))
        return bool(seats)

    def _set_zone(self, key: str, name: str, ticket_type: str | None) -> list[str]:
        at = next((at for at, zone in enumerate(self.zones) if zone.key == key), None)
        if at is None:
            self.zones.append(Zone(key=key, name=name, source={"name": "edit"}))
        else:
            self.zones[at] = msgspec.structs.replace(self.zones[at], name=name)
        if ticket_type is not None:
            self.ticket_types[key] = ticket_type
        return []

    def _assign(self, keys: Sequence[str], zone: str | None) -> list[str]:
        at = next((at for at, known in enumerate(self.zones) if known.key == zone), None)
        if zone is not None and at is None:
            return [zone]

        def assign(kind: _Kind, thing: int) -> bool:
            if self._list(kind)[thing] is None:
                return False
            if kind in ("section", "area"):
                self._set(kind, thing, zone=at)
            if kind == "section":
                for area, shape in enumerate(self.areas):
                    if shape is not None and shape.section == thing:
                        self._set("area", area, zone=at)
            for seat in self._seats_of(kind, thing) if kind != "area" else ():
                self._set("seat", seat, zone=at)
            return True

        return self._each(keys, assign)

    def _set_capacity(self, kind: _Kind, at: int, places: int) -> bool:
        if kind == "area":
            return self._set("area", at, capacity=places)
        table = self.tables[at] if kind == "table" else None
        if table is None or not 1 <= places <= CHAIRS_MAX:
            return False
        chairs = self._seats_of("table", at)
        for seat in chairs[places:]:
            self.seats[seat] = None
        if places > len(chairs):
            self._add_chairs(at, table, chairs, places)
        return True

    def _add_chairs(self, at: int, table: Table, chairs: list[int], places: int) -> None:
        """So many chairs evenly round the table, of which those that were drawn are the first."""
        drawn = [seat for chair in chairs if (seat := self.seats[chair]) is not None]
        radius = drawn[0].radius if drawn else self._chair_radius(table)
        reach = max(table.box[2], table.box[3]) / 2 + CHAIR_GAP * radius
        x, y = table.centre
        for nth in range(places):
            turn = 2 * math.pi * nth / places - math.pi / 2
            centre = (x + reach * math.cos(turn), y + reach * math.sin(turn))
            box = (centre[0] - radius, centre[1] - radius, 2 * radius, 2 * radius)
            if nth < len(drawn):
                self._set("seat", chairs[nth], centre=centre, box=box, radius=radius, outline=None)
                continue
            name = str(nth + 1)
            key = f"{table.key}/{name}"
            while key in self._at:
                key += "~2"
            seat = Seat(
                key=key, section=table.section, row=None, table=at, name=name,
                zone=drawn[0].zone if drawn else None, centre=centre, radius=radius, outline=None,
                box=box, source={"name": "edit"},
            )  # fmt: skip
            self._at[key] = ("seat", len(self.seats))
            self._members.setdefault(("table", at), []).append(len(self.seats))
            if table.section is not None:
                self._members.setdefault(("section", table.section), []).append(len(self.seats))
            self.seats.append(seat)

    def _chair_radius(self, table: Table) -> float:
        radii = sorted(seat.radius for seat in self._drawing.seats)
        return radii[len(radii) // 2] if radii else max(table.box[2], table.box[3]) / 6

    def _set_access(self, kind: _Kind, at: int, edit: Access) -> bool:
        seats = self._seats_of(kind, at) if kind != "area" else []
        for position in seats:
            seat = self.seats[position]
            assert seat is not None
            access = seat.access
            for bit, wanted in (
                (ACCESSIBLE, edit.accessible),
                (COMPANION, edit.companion),
                (RESTRICTED_VIEW, edit.restricted_view),
            ):
                if wanted is not None:
                    access = access | bit if wanted else access & ~bit
            self._set("seat", position, access=access)
        return bool(seats)

    def _remove(self, kind: _Kind, at: int) -> bool:
        if self._list(kind)[at] is None:
            return False
        seats = self._seats_of(kind, at) if kind != "area" else []
        for seat in seats:
            self.seats[seat] = None
        if kind == "section":
            for table, shape in enumerate(self.tables):
                if shape is not None and shape.section == at:
                    self.tables[table] = None
            for area, shape in enumerate(self.areas):
                if shape is not None and shape.section == at:
                    self.areas[area] = None
        if kind == "row":
            return bool(seats)  # a row is its seats
        self._list(kind)[at] = None
        return True

    def finished(self) -> SeatMap:
        """The map with indexes closed up. Chairs that were added stand with their table."""
        sections, section_at = _closed(self.sections)
        tables, table_at = _closed(self.tables)
        order = sorted(
            (at for at, seat in enumerate(self.seats) if seat is not None), key=self._order
        )
        seats = [seat for at in order if (seat := self.seats[at]) is not None]
        used = {seat.row for seat in seats}
        rows, row_at = _closed([row if at in used else None for at, row in enumerate(self.rows)])
        areas, _ = _closed(self.areas)

        def moved(thing, **more):
            section = None if thing.section is None else section_at[thing.section]
            if section == thing.section and all(
                getattr(thing, name) == value for name, value in more.items()
            ):
                return thing
            return msgspec.structs.replace(thing, section=section, **more)

        return msgspec.structs.replace(
            self._drawing,
            zones=tuple(self.zones),
            sections=tuple(sections),
            rows=tuple(moved(row) for row in rows),
            tables=tuple(moved(table) for table in tables),
            areas=tuple(moved(area) for area in areas),
            seats=tuple(
                moved(
                    seat,
                    row=None if seat.row is None else row_at[seat.row],
                    table=None if seat.table is None else table_at.get(seat.table),
                )
                for seat in seats
            ),
        )

    def _order(self, at: int) -> tuple[float, int, int]:
        """Drawn seats as they are; an added chair behind its table's last one, and those of a
        table that has none behind its section's last seat."""
        drawn = len(self._drawing.seats)
        if at < drawn:
            return at, 0, 0
        seat = self.seats[at]
        assert seat is not None
        assert seat.table is not None
        chairs = [m for m in self._members["table", seat.table] if m < drawn]
        if chairs:
            return chairs[-1] + 0.25, 0, at
        if seat.section is None:
            return drawn - 0.5, seat.table, at
        others = [m for m in self._members["section", seat.section] if m < drawn]
        return (others[-1] + 0.5 if others else drawn + seat.section), seat.table, at


def _closed(things: Sequence) -> tuple[list, dict[int, int]]:
    """What is there, and where each of it stands now."""
    kept = [(at, thing) for at, thing in enumerate(things) if thing is not None]
    return [thing for _, thing in kept], {at: new for new, (at, _) in enumerate(kept)}
