"""Seats named in one word: "A12" is row A, seat 12; in coaches and cabins "12C" is row 12, seat C.

One such name proves nothing ("S1", "S2", "S3" are a counter with a letter before it); what the
names of all seats have in common does.
"""

from __future__ import annotations

from collections import defaultdict

from seatmap import names
from seatmap.draft import SeatDraft
from seatmap.house import House
from seatmap.names import Named

COMPACT_MIN = 0.8
"""Of the named seats outside tables that must be named so."""
ROWS_MIN = 2
ROW_SEATS_MIN = 2.0
"""On average."""
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
