"""Very large drawings must look like seats before the work of reading them begins.

A drawing of 100,000 seats is read, in time and memory in proportion. One of as many shapes that
are no seats is no venue: every heuristic would try it in vain. A sample tells them apart at little
cost, while the drawing is still being unfolded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log, pi

import numpy as np
import shapely

from seatmap.model import DrawingError
from seatmap.reader import Reader
from seatmap.scene import Frame, Shape
from seatmap.shapes import array, located

CROWD = 20_000
"""Shapes, or texts beyond two per shape, that need no proof. The largest real drawing of a venue
known has 8,300 shapes."""
SAMPLE = 1_000
SEATS_MIN = 0.5
"""Of a sample that must be named as seats, or else stand in lines with others of their size; in
both cases this part must stand apart."""
ALIKE_MIN = 0.2
"""Of a crowd that must be of one size: a seat may be drawn as a box, a back and its digits."""
REACH = 2.2
"""Times the distance of the nearest neighbour: farther ones do not count."""
NEIGHBOURS_MAX = 24
QUERY_STEP = 25
"""Shapes whose neighbours are looked up at once: in a clump all may be those of each."""
TURN_MAX = 0.2
UNEQUAL_MAX = 0.05
TWINS_MAX = 6
"""Shapes of one seat that have one middle, on average."""
NAMED_FRAMES = 3
APART_MIN = 0.8
"""Seats stand at least this many of their sides apart."""


class Crowds:
    """Watches a drawing while it is unfolded: each `CROWD` of its shapes must look like seats."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._judged = 0

    def __call__(self, shapes: list[Shape], texts: int) -> int:
        """Of all that is drawn so far the last `CROWD` shapes. Raises DrawingError; else how many
        shapes there are when it must look again."""
        if texts > CROWD + 2 * len(shapes):
            raise DrawingError(f"more than {CROWD} texts that stand on no shape: no seat map")
        if len(shapes) < self._judged + CROWD:
            return self._judged + CROWD
        self._judged = len(shapes)
        crowd = shapes[-CROWD:]
        chosen = crowd[:: CROWD // SAMPLE]
        named = sum(_is_named(shape, self._reader) for shape in chosen) >= SEATS_MIN * len(chosen)
        alike = _of_one_size(crowd)
        chosen = alike[:: 1 + len(alike) // SAMPLE]
        apart, in_line = _standing(alike, chosen)
        enough = len(alike) >= ALIKE_MIN * CROWD and in_line >= SEATS_MIN * len(chosen)
        if apart < SEATS_MIN * len(chosen) or not (named or enough):
            raise DrawingError(
                f"more than {CROWD} shapes, most of which are neither named as seats nor stand in "
                "lines, or which lie on each other: no seat map"
            )
        return self._judged + CROWD


def _is_named(shape: Shape, reader: Reader) -> bool:
    """Whether the shape, or a group close around it, says that it is a seat, or has its number."""
    nodes = [shape.node]
    frame: Frame | None = shape.frame
    while frame is not None and len(nodes) <= NAMED_FRAMES:
        nodes.append(frame.node)
        frame = frame.parent
    for node in nodes:
        said = reader.said(node)
        if said.kind == "seat" or said.patterns or not said.stated.isdisjoint(("seat", "title")):
            return True
    return False


def _of_one_size(crowd: list[Shape]) -> list[Shape]:
    """The shapes of the commonest size, in painting order."""
    said = Counter(shape.figure for shape in crowd)
    steps = {figure: round(10 * log(figure.sides[1])) for figure in said if figure.sides[1] > 0}
    if not steps:
        return []
    counts: dict[int, int] = defaultdict(int)
    for figure, step in steps.items():
        counts[step] += said[figure]
    commonest = max(counts, key=lambda step: (counts[step], step))
    return [shape for shape in crowd if steps.get(shape.figure) == commonest]


def _standing(crowd: list[Shape], chosen: list[Shape]) -> tuple[int, int]:
    """How many of the chosen stand apart from all others of the crowd, and how many of these have
    two neighbours on opposite sides, equally far."""
    spots = list({shape.centre for shape in crowd})
    if len(spots) < len(crowd) / TWINS_MAX:
        return 0, 0
    points, tree = array(spots), shapely.STRtree(located(spots))
    middles = [shape.centre for shape in chosen]
    places = located(middles)
    sides = np.array([shape.sides[0] for shape in chosen])
    (own, _), nearest = tree.query_nearest(
        places, exclusive=True, all_matches=False, return_distance=True
    )
    stands = nearest >= APART_MIN * sides[own]
    own, nearest = own[stands], nearest[stands]
    around = np.full((len(own), NEIGHBOURS_MAX, 2), np.nan)
    for start in range(0, len(own), QUERY_STEP):
        some = own[start : start + QUERY_STEP]
        reach = REACH * nearest[start : start + QUERY_STEP]
        at, near = tree.query(places[some], predicate="dwithin", distance=reach)
        nth = np.arange(len(at)) - np.searchsorted(at, at)
        few = nth < NEIGHBOURS_MAX
        around[start + at[few], nth[few]] = points[near[few]]
    return len(own), _between(around - array(middles)[own][:, None])


def _between(away: np.ndarray) -> int:
    """How many points have two neighbours that are equally far and opposite. `away` holds for each
    the neighbours as seen from it, NaN where it has fewer."""
    far = np.hypot(away[..., 0], away[..., 1])
    far[far == 0] = np.nan
    turns = np.arctan2(away[..., 1], away[..., 0])
    opposite = np.abs(np.abs(turns[:, :, None] - turns[:, None, :]) - pi) < TURN_MAX
    equal = np.abs(far[:, :, None] - far[:, None, :]) <= UNEQUAL_MAX * far[:, :, None]
    return int((opposite & equal).any(axis=(1, 2)).sum())
