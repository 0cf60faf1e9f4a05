"""Seats that go on where a named row ends, and are named otherwise or not at all: places for
wheelchairs, chairs that were added."""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from statistics import median

from seatmap import rows as lines
from seatmap.draft import RowDraft
from seatmap.house import House
from seatmap.model import Point
from seatmap.shapes import Grid

STRAYS_PART = 0.2
"""Of the seats: more are no strays."""
LOOKS_MAX = 5_000_000
NEXT_PITCHES = 1.5
ASIDE_PITCHES = 0.3


def adopt(house: House, found: list[RowDraft]) -> list[RowDraft]:
    """The rows, the named ones longer by the strays at their ends; what is left of others goes."""
    strays = [
        seat
        for seat in house.draft.seats
        if seat.table is None and seat.name is None and (seat.row is None or seat.row.name is None)
    ]
    named = [row for row in found if row.name is not None and len(row.seats) > 2]
    if not named or not 0 < len(strays) < STRAYS_PART * len(house.draft.seats):
        return found
    if len(named) * len(strays) > LOOKS_MAX:
        return found
    for row in named:
        points = [seat.shape.centre for seat in row.seats]
        row.seats = [row.seats[i] for i in lines.along(points, [None] * len(points))]
    pitches = [_pitch(row) for row in named]
    grid = Grid(NEXT_PITCHES * max(pitches))
    for seat in strays:
        grid.add(seat.shape.centre)
    taken: set[int] = set()
    for row, pitch in zip(named, pitches, strict=True):
        points = [seat.shape.centre for seat in row.seats]
        for way in (points[1::-1], points[-2:]):
            while (at := _next(grid, way[-2], way[-1], pitch, taken)) is not None:
                seat = strays[at]
                if seat.section not in (None, row.section):
                    break
                taken.add(at)
                seat.row, seat.section = row, row.section
                row.seats.append(seat)
                way.append(seat.shape.centre)
    return [row for row in found if not taken or _is_left(row)]


def _is_left(row: RowDraft) -> bool:
    """Whether a row is one yet when strays have gone from it."""
    left = [seat for seat in row.seats if seat.row is row]
    if len(left) == len(row.seats) or len(left) >= lines.ROW_SEATS_MIN:
        row.seats = left
        return True
    for seat in left:
        seat.row = None
    return False


def _pitch(row: RowDraft) -> float:
    points = [seat.shape.centre for seat in row.seats]
    return median(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))


def _next(grid: Grid, before: Point, end: Point, pitch: float, taken: set[int]) -> int | None:
    """The stray that goes on in the line from one seat to the last."""
    far = hypot(end[0] - before[0], end[1] - before[1])
    if not 0 < far <= 3 * pitch:
        return None
    u, v = (end[0] - before[0]) / far, (end[1] - before[1]) / far
    for _, at in grid.near(end, NEXT_PITCHES * pitch):
        x, y = grid.points[at][0] - end[0], grid.points[at][1] - end[1]
        if at not in taken and x * u + y * v > 0 and abs(x * v - y * u) <= ASIDE_PITCHES * pitch:
            return at
    return None
