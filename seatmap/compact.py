"""Seats named in one word: "A12" is row A, seat 12; in coaches and cabins "12C" is row 12, seat C;
"214-37" may be seat 37 of block 214.

One such name proves nothing ("S1", "S2", "S3" are a counter with a letter before it); what the
names of all seats have in common does.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice

from seatmap import names, rows
from seatmap.draft import SeatDraft, SectionDraft, slug
from seatmap.house import House
from seatmap.names import Named

COMPACT_MIN = 0.8
"""Of the named seats outside tables that must be named so."""
ROWS_MIN = 2
ROW_SEATS_MIN = 2.0
"""On average."""
BLOCK_SEATS_MIN = 20
BLOCK_FILLED_MIN = 0.2
BLOCKS_LOOKED_AT = 12
ABREAST_MAX = 12
"""Letters across a coach or cabin."""
_SPOKEN = frozenset({"text", "title", "aria-label", "inkscape:label", "data-name"})


def split_compact_names(house: House) -> None:
    """Gives the seats whose row nothing else states the row that their names hold."""
    seats = [
        seat
        for seat in house.draft.seats
        if seat.name is not None and seat.row_name is None and seat.table is None
    ]
    if house.reader.governed("seat"):
        return
    _without_rows(house.draft.seats)
    if not seats:
        return
    if not _split(seats, by_letter=True) and not _split(seats, by_letter=False):
        _without_counters(seats)


def blocks_called_rows(house: House) -> None:
    """What an id or identity calls a row is a section where its seats stand in many lines: of
    "seat:214:37" the number before the seat's is a block's. What stands before that in all names
    ("event-9") says nothing then."""
    called: dict[tuple[int, str], list[SeatDraft]] = defaultdict(list)
    for seat in house.draft.seats:
        name = seat.row_name
        if name is not None and seat.row_frame is None and name.source not in _SPOKEN:
            called[id(seat.section), name.value].append(seat)
    if not called or sum(map(len, called.values())) < len(house.draft.seats):
        return
    if not all(map(_is_block, islice(called.values(), BLOCKS_LOOKED_AT))):
        return
    before = {id(seat.section) for seat in house.draft.seats}
    for seats in called.values():
        name, outer = seats[0].row_name, seats[0].section
        assert name is not None
        if outer is not None and len(before) > 1:
            name = names.Named(f"{outer.stated.value}-{name.value}", name.source)
        key = slug(name.value)
        section = house.sections.setdefault(key, SectionDraft(key, name, name))
        for seat in seats:
            seat.section, seat.row_name = section, None
    held = {id(seat.section) for seat in house.draft.seats}
    for key, section in list(house.sections.items()):
        if id(section) in before - held:
            del house.sections[key]


def _is_block(seats: list[SeatDraft]) -> bool:
    """Whether many seats fill their box, and are in no line or arc."""
    if len(seats) < BLOCK_SEATS_MIN:
        return False
    points = [seat.shape.centre for seat in seats]
    xs, ys = zip(*points, strict=True)
    size = seats[0].shape.sides[1]
    box = (max(xs) - min(xs) + size) * (max(ys) - min(ys) + size)
    filled = len(seats) * size * size >= BLOCK_FILLED_MIN * box
    return filled and not rows.runs_along([points[i] for i in rows.by_axis(points)])


def _without_rows(seats: list[SeatDraft]) -> None:
    """Where every name says again the row that a group states ("A12" in row A), it is the rest."""
    rests: list[tuple[SeatDraft, Named]] = []
    for seat in seats:
        if seat.name is not None and seat.row_name is not None:
            parts = names.lettered(seat.name.value)
            if parts is None or parts[0] != seat.row_name.value:
                return
            rests.append((seat, Named(parts[1], seat.name.source)))
    for seat, rest in rests:
        seat.name = rest


def _split(seats: list[SeatDraft], *, by_letter: bool) -> bool:
    read = names.lettered if by_letter else names.airline
    found: list[tuple[SeatDraft, str, str]] = []
    for seat in seats:
        parts = read(seat.name.value) if seat.name is not None else None
        if parts is not None:
            found.append((seat, *parts))
    if len(found) < COMPACT_MIN * len(seats):
        return False
    rows: dict[str, set[str]] = defaultdict(set)
    for _, row, number in found:
        rows[row].add(number)
    if len(rows) < ROWS_MIN or sum(map(len, rows.values())) < ROW_SEATS_MIN * len(rows):
        return False
    if not by_letter and len({letter for _, _, letter in found}) > ABREAST_MAX:
        return False
    for seat, row, number in found:
        if seat.name is not None:
            seat.row_name = Named(row, seat.name.source)
            seat.name = Named(number, seat.name.source)
    return True


def _without_counters(seats: list[SeatDraft]) -> None:
    """A letter and a number that only an id or class gives is no number that anybody sees."""
    for seat in seats:
        name = seat.name
        if name is None or names.lettered(name.value) is None:
            continue
        if name.source not in _SPOKEN and not name.source.startswith("data-"):
            seat.name = None
