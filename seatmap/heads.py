"""Seats numbered by a line of numbers or letters above or below their columns, as in a table.

Evidence: plans of cinemas and halls with straight rows write the numbers once, at the head or the
foot of the columns. Only where nearly all seats of a section stand under a number, and no row gets
one twice, is the line what numbers them.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from statistics import median

import numpy as np

from seatmap.draft import RowDraft, SeatDraft
from seatmap.house import House
from seatmap.names import Named
from seatmap.scene import Text

NUMBERS_MIN, NUMBERS_MAX = 4, 500
HEADS_MAX = 100
COVERED_MIN = 0.9
"""Of the seats that must stand under a number."""
ASIDE_SEATS = 0.35
"""A number stands at most this many seats beside the middle of its column."""


def number_by_heads(house: House, rows: list[RowDraft]) -> None:
    """Gives the seats of the rows that have no numbers at all those of their columns."""
    bare = [row for row in rows if all(seat.name is None for seat in row.seats)]
    heads = _heads(house.free_texts()) if bare else []
    if not heads:
        return
    sections: dict[int, list[RowDraft]] = defaultdict(list)
    for row in bare:
        sections[id(row.section)].append(row)
    for inside in sections.values():
        for head in heads:
            if _numbered(inside, head):
                house.used_texts.update(text.order for text in head)
                break


def _heads(texts: list[Text]) -> list[list[Text]]:
    """Lines of numbers, or of single letters, that rise or fall from left to right."""
    levels: dict[tuple[bool, int], list[Text]] = defaultdict(list)
    for text in texts:
        numbered = text.text.isdecimal() and len(text.text) <= 3
        if text.size > 0 and (numbered or (len(text.text) == 1 and text.text.isalpha())):
            levels[numbered, round(2 * text.at[1] / text.size)].append(text)
    found = []
    for (numbered, _), line in levels.items():
        line.sort(key=lambda text: text.at[0])
        values = [int(text.text) if numbered else ord(text.text) for text in line]
        steps = [b - a for a, b in pairwise(values)]
        if NUMBERS_MIN <= len(line) <= NUMBERS_MAX and (min(steps) > 0 or max(steps) < 0):
            found.append(line)
    return found[:HEADS_MAX]


def _numbered(rows: list[RowDraft], head: list[Text]) -> bool:
    seats = [seat for row in rows for seat in row.seats]
    at = np.array([text.at[0] for text in head])
    reach = ASIDE_SEATS * median(seat.shape.box[2] for seat in seats)
    named: list[tuple[SeatDraft, str]] = []
    for row in rows:
        x = np.array([seat.shape.centre[0] for seat in row.seats])
        nearest = np.abs(x[:, None] - at[None, :]).argmin(axis=1)
        close = np.abs(x - at[nearest]) <= reach
        own = [(s, head[i].text) for s, i, ok in zip(row.seats, nearest, close, strict=True) if ok]
        if len({number for _, number in own}) < len(own):
            return False
        named += own
    if len(named) < COVERED_MIN * len(seats):
        return False
    for seat, number in named:
        seat.name = Named(number, "text")
    return True
