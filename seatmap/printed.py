"""Seats that no closed shape shows: numbers printed where they stand, chairs of single lines.

Each becomes a shape of its own, which is then judged as others are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import hypot
from statistics import median

from seatmap import geometry, shapes
from seatmap.geometry import Measures
from seatmap.model import Point
from seatmap.scene import Figure, Form, Frame, Scene, Shape, Text
from seatmap.style import Style
from seatmap.xml import Node

NUMBERS_MIN, NUMBERS_MAX = 40, 20_000
RUN_MIN, RUNS_MIN = 4, 3
RUNS_PART = 0.75
"""Of the numbers: the others are those of rows."""
REPEATED_MIN = 2.0
"""How often a number stands there on average: rows begin anew, blocks are counted on."""
HOLDER_MAX = 0.02
"""Of the drawing: a number on a shape of at most this size is that shape's."""
REACH_SIZES = 8.0
LINES_MIN, LINES_MAX = 3, 12
"""Lines and arcs of a chair."""
SKETCHES_MIN = 12
SPOT_STEP = 0.02
"""Of its size: what is drawn again is as exact as this."""


def numbers(scene: Scene) -> list[Shape]:
    """Numbers that run 1, 2, 3... or by twos along lines or arcs, line after line, each printed on
    no shape of its own: squares where they stand."""
    free = _free_numbers(scene)
    if not NUMBERS_MIN <= len(free) <= NUMBERS_MAX:
        return []
    level = sorted(free, key=lambda t: (round(2 * t.at[1] / t.size), t.at[0]))
    for texts in (free, level):
        runs = [run for run in _runs(texts) if len(run) >= RUN_MIN]
        found = [text for run in runs for text in run]
        if len(runs) < RUNS_MIN or len(found) < RUNS_PART * len(free):
            continue
        if len(found) < REPEATED_MIN * len({text.text for text in found}):
            return []
        gaps = [
            hypot(b.at[0] - a.at[0], b.at[1] - a.at[1]) for run in runs for a, b in pairwise(run)
        ]
        side = min(1.4 * median(text.size for text in found), 0.8 * median(gaps))
        return [_square(text.node, text.frame, text.at, side, side, text.order) for text in found]
    return []


def _free_numbers(scene: Scene) -> list[Text]:
    texts = [t for t in scene.texts if t.text.isdecimal() and len(t.text) <= 3 and t.size > 0]
    if len(texts) < NUMBERS_MIN:
        return []
    most = HOLDER_MAX * scene.view_box[2] * scene.view_box[3]
    small = [s for s in scene.shapes if s.painted and s.closed and 0 < s.area <= most]
    held = shapes.holders(small, [text.at for text in texts])
    return [text for text, holder in zip(texts, held, strict=True) if holder is None]


def _runs(texts: list[Text]) -> Iterator[list[Text]]:
    """The texts in runs of numbers that rise, or fall, by one or by two, each near the last."""
    run: list[Text] = []
    step = 0
    for text in texts:
        by = int(text.text) - int(run[-1].text) if run else 0
        if run and abs(by) in (1, 2) and step in (0, by) and _near(run[-1], text):
            run.append(text)
            step = by
            continue
        if run:
            yield run
        run, step = [text], 0
    if run:
        yield run


def _near(a: Text, b: Text) -> bool:
    return hypot(a.at[0] - b.at[0], a.at[1] - b.at[1]) <= REACH_SIZES * a.size


def sketches(free: list[Shape]) -> dict[Shape, list[Shape]]:
    """Groups of a few open lines that are drawn again and again, each as the square around it."""
    groups: dict[int, list[Shape] | None] = {}
    for shape in free:
        own = groups.setdefault(shape.frame.index, [])
        if own is None:
            continue
        if shape.closed or not shape.painted or len(own) >= LINES_MAX:
            groups[shape.frame.index] = None
        else:
            own.append(shape)
    alike: dict[tuple, list[list[Shape]]] = defaultdict(list)
    for members in groups.values():
        if members is not None and len(members) >= LINES_MIN:
            alike[_look(members)].append(members)
    found: dict[Shape, list[Shape]] = {}
    for sets in alike.values():
        for members in sets if len(sets) >= SKETCHES_MIN else ():
            x0, y0 = (min(s.box[i] for s in members) for i in (0, 1))
            x1, y1 = (max(s.box[i] + s.box[i + 2] for s in members) for i in (0, 1))
            first, at = members[0], ((x0 + x1) / 2, (y0 + y1) / 2)
            square = _square(first.frame.node, first.frame, at, x1 - x0, y1 - y0, first.order)
            found[square] = members
    return found


def _look(members: list[Shape]) -> tuple:
    """What groups that are drawn alike have in common: their figures, and where each lies."""
    (x, y), step = members[0].centre, SPOT_STEP * max(s.sides[1] for s in members) or 1.0
    return tuple(
        (id(s.figure), round((s.centre[0] - x) / step), round((s.centre[1] - y) / step))
        for s in members
    )


def _square(node: Node, frame: Frame, at: Point, w: float, h: float, order: int) -> Shape:
    measures: Measures = ("rect", round(w, 6), round(h, 6), 0.0, 0.0)
    figure = Figure(Form(geometry.subpaths(measures), measures), (1.0, 0.0, 0.0, 1.0))
    return Shape(node, frame, figure, at, Style(), order)
