"""Rows named by the texts at their ends, and joined across the aisles that part them.

Evidence: plans of theatres and cinemas write the row's letter or number once, at one end or at
both, on the line or arc of its seats; an aisle parts a row that is still one row. Where the ends
of a section's rows carry no such texts its rows stay unnamed, and the pieces stay apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median

from seatmap import rows as lines
from seatmap import words
from seatmap.draft import RowDraft, slug
from seatmap.house import House
from seatmap.model import Point
from seatmap.names import Named
from seatmap.scene import Text
from seatmap.shapes import Grid

REACH_PITCHES = 4.0
"""A label stands at most this many seats beyond the end of its row."""
ASIDE_PITCHES = 0.6
"""And at most this many beside its line."""
AISLE_PITCHES = 9.0
"""An aisle is at most this many seats wide."""
BEND = 0.15
"""How far an arc may bend away per length of the gap."""
COLUMN_MIN, COLUMN_PART = 4, 0.5
"""Labels in a column at the margin: so many, and as a part of the rows."""
COLUMN_PITCHES = 0.5
FAR_MAX = 400_000
"""Rows times labels that are compared."""
LABELLED_MIN = 0.6
"""Of the rows of a section that must have a label for the texts to be labels."""
ROWS_MIN = 2
LABELS_MAX = 10_000
LINES_MAX = 4_000
"""Of one section, to be joined across aisles."""
_PLACEHOLDERS = frozenset({"0", "00", "000", "-"})
_LABEL = re.compile(r"^(?:[^\W\d_]{1,2}|\d{1,3}[^\W\d_]?)$")
_WORDED = re.compile(
    r"^(?P<word>[^\W\d_]+)\.?\s+(?P<name>\w{1,4})(?:\s*[(\[]\d{1,3}[)\]])?$"
    r"|^(?P<number>\d{1,3})[.\s]*(?P<behind>[^\W\d_]+)\.?$"
)


@dataclass(eq=False)
class _Line:
    """A row in order, with the ways out of both its ends and the usual distance of its seats."""

    row: RowDraft
    ends: tuple[Point, Point]
    ways: tuple[Point, Point]
    pitch: float
    label: Text | None = None


def name_by_ends(house: House, found: list[RowDraft]) -> list[RowDraft]:
    """The rows, those that have no name named and joined where texts at their ends allow it."""
    free = [row for row in found if row.name is None and len(row.seats) > 1]
    texts = labels(house)
    if not free or not 0 < len(texts) <= LABELS_MAX:
        return found
    sections: dict[int, list[_Line]] = defaultdict(list)
    for row in free:
        line = _line(row)
        if line is not None:
            sections[id(row.section)].append(line)
    owned = [(text, _owner(house, text)) for text in texts]
    gone: set[int] = set()
    for section, inside in sections.items():
        own = [text for text, owner in owned if owner is None or owner == section]
        gone |= _named(house, inside, own)
    return [row for row in found if id(row) not in gone]


def labels(house: House) -> list[Text]:
    """The free texts that may name rows."""
    return [
        text
        for text in house.free_texts()
        if _name(text.text) is not None and not house.contexts.of(text.frame).legend
    ]


def _owner(house: House, text: Text) -> int | None:
    """The section in whose own group a text stands: it names no row of a neighbour, whose rows may
    end near to it where wings are turned to the stage."""
    context = house.contexts.of(text.frame)
    for name in (context.section, context.group):
        section = house.sections.get(slug(name.value)) if name is not None else None
        if section is not None:
            return id(section)
    return None


def _name(text: str) -> str | None:
    """The row that a short text names: "K", "12", "Row K", "3. Reihe"."""
    match = _WORDED.match(text)
    if match is not None and (match["word"] or match["behind"]).lower() in words.ROW:
        return match["name"] or match["number"]
    return text if _LABEL.match(text) and text not in _PLACEHOLDERS else None


def _line(row: RowDraft) -> _Line | None:
    points = [seat.shape.centre for seat in row.seats]
    points = [points[i] for i in lines.along(points, [None] * len(points))]
    gaps = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    pitch = median(gaps)
    if pitch <= 0 or gaps[0] <= 0 or gaps[-1] <= 0:
        return None
    return _Line(
        row,
        (points[0], points[-1]),
        (_way(points[1], points[0]), _way(points[-2], points[-1])),
        pitch,
    )


def _way(a: Point, b: Point) -> Point:
    far = hypot(b[0] - a[0], b[1] - a[1])
    return (b[0] - a[0]) / far, (b[1] - a[1]) / far


def _beyond(end: Point, way: Point, p: Point) -> tuple[float, float]:
    """How far a point lies beyond an end along its way out, and how far beside it."""
    x, y = p[0] - end[0], p[1] - end[1]
    return x * way[0] + y * way[1], abs(x * way[1] - y * way[0])


def _named(house: House, inside: list[_Line], texts: list[Text]) -> set[int]:
    """Names the rows of one section; the ids of those that were joined to another."""
    pitch = median(line.pitch for line in inside)
    grid = Grid(REACH_PITCHES * pitch)
    for text in texts:
        grid.add(text.at)
    used: set[int] = set()
    for line in inside:
        found = [_at_end(line, end, texts, grid, pitch) for end in (0, 1)]
        labels = _agreed([[text for _, text in end] for end in found])
        if labels:
            line.label = labels[0]
            used.update(text.order for text in labels)
    _from_margins(inside, texts, used, pitch)
    groups = _joined(inside, pitch) if len(inside) <= LINES_MAX else [[line] for line in inside]
    said = Counter(name for group in groups if (name := _label_of(group)) is not None)
    labelled = sum(said.values())
    if labelled < max(ROWS_MIN, LABELLED_MIN * len(groups)) or len(said) < labelled:
        return set()
    gone: set[int] = set()
    for group in groups:
        name = _label_of(group)
        if name is None:
            continue
        row = group[0].row
        row.name = Named(name, "text")
        for other in group[1:]:
            row.seats.extend(other.row.seats)
            gone.add(id(other.row))
        for seat in row.seats:
            seat.row = row
    house.used_texts |= used
    return gone


def _label_of(group: list[_Line]) -> str | None:
    names = {_name(line.label.text) for line in group if line.label is not None}
    return names.pop() if len(names) == 1 else None


def _at_end(
    line: _Line, end: int, texts: list[Text], grid: Grid, pitch: float
) -> list[tuple[float, Text]]:
    """The texts beyond an end, on the row's line, nearest first."""
    found: list[tuple[float, Text]] = []
    for _, at in grid.near(line.ends[end], grid.cell):
        far, aside = _beyond(line.ends[end], line.ways[end], texts[at].at)
        if far > 0 and aside <= ASIDE_PITCHES * min(pitch, line.pitch):
            found.append((far + 2 * aside, texts[at]))
    found.sort(key=lambda pair: (pair[0], pair[1].order))
    return found


def _agreed(ends: list[list[Text]]) -> list[Text]:
    """The nearest texts at the ends of a row, where they say the same; else the nearest that stand
    at both: beyond the numbers of its first and last seat."""
    nearest = [end[0] for end in ends if end]
    said = {_name(text.text) for text in nearest}
    if len(said) < 2:
        return nearest
    common = {_name(text.text) for text in ends[0]} & {_name(text.text) for text in ends[1]}
    if len(common) != 1:
        return []
    return [next(text for text in end if _name(text.text) in common) for end in ends]


def _from_margins(inside: list[_Line], texts: list[Text], used: set[int], pitch: float) -> None:
    """Rows that end far from their labels: these stand in one column at the margin, as rows of a
    fan have them. Each names only the row that is nearest to it."""
    bare = [line for line in inside if line.label is None]
    columns: dict[int, list[Text]] = defaultdict(list)
    for text in texts:
        columns[round(text.at[0] / (COLUMN_PITCHES * pitch))].append(text)
    least = max(COLUMN_MIN, COLUMN_PART * len(inside))
    margin = [
        text
        for column in columns.values()
        if len({_name(text.text) for text in column}) >= least
        for text in column
        if text.order not in used
    ]
    if not bare or len(bare) * len(margin) > FAR_MAX:
        return
    nearest: dict[int, tuple[float, _Line]] = {}
    for line in bare:
        for end in (0, 1):
            for text in margin:
                far, aside = _beyond(line.ends[end], line.ways[end], text.at)
                close = far > 0 and aside <= ASIDE_PITCHES * min(pitch, line.pitch) / 2
                if close and (text.order not in nearest or far < nearest[text.order][0]):
                    nearest[text.order] = far, line
    for text in margin:
        line = nearest[text.order][1] if text.order in nearest else None
        if line is not None and (line.label is None or line.label.text == text.text):
            line.label = line.label or text
            used.add(text.order)


def _joined(inside: list[_Line], pitch: float) -> list[list[_Line]]:
    """The lines, those together that go on in one another across an aisle."""
    ends = [(line, end) for line in inside for end in (0, 1)]
    grid = Grid(AISLE_PITCHES * pitch)
    for line, end in ends:
        grid.add(line.ends[end])
    wanted: dict[tuple[int, int], tuple[int, int]] = {}
    for line, end in ends:
        best: tuple[float, tuple[int, int]] | None = None
        for _, at in grid.near(line.ends[end], grid.cell):
            other, its = ends[at]
            if other is line or not _goes_on(line, end, other, its, pitch):
                continue
            far, aside = _beyond(line.ends[end], line.ways[end], other.ends[its])
            cost = far + 4 * aside
            if best is None or cost < best[0]:
                best = (cost, (id(other), its))
        if best is not None:
            wanted[id(line), end] = best[1]
    return _together(inside, [a for a, b in wanted.items() if wanted.get(b) == a], wanted)


def _goes_on(line: _Line, end: int, other: _Line, its: int, pitch: float) -> bool:
    """Whether each lies beyond the other's end, on its line or arc."""
    for a, i, b, j in ((line, end, other, its), (other, its, line, end)):
        far, aside = _beyond(a.ends[i], a.ways[i], b.ends[j])
        if not 0 < far <= AISLE_PITCHES * pitch or aside > 0.35 * pitch + BEND * max(
            0, far - pitch
        ):
            return False
    (ax, ay), (bx, by) = line.ways[end], other.ways[its]
    return ax * bx + ay * by < -0.8


def _together(
    inside: list[_Line],
    mutual: Iterable[tuple[int, int]],
    wanted: dict[tuple[int, int], tuple[int, int]],
) -> list[list[_Line]]:
    group = {id(line): id(line) for line in inside}

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for line, end in mutual:
        group[root(wanted[line, end][0])] = root(line)
    found: dict[int, list[_Line]] = defaultdict(list)
    for line in inside:
        found[root(id(line))].append(line)
    return list(found.values())
