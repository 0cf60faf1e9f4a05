"""Tables that nothing names: a larger shape with equal small ones close around it.

Evidence: in halls with tables the chairs stand within a chair's width of the table's edge and on
all sides of it (a few leave one side open); often all chairs of a table are one path of equal
subpaths. Decoration has rings too, so that one table alone proves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import atan2, log, pi, sqrt
from statistics import median

import numpy as np
import shapely

from seatmap import shapes
from seatmap.house import polygon
from seatmap.model import DrawingError, Point
from seatmap.scene import Figure, Form, Shape

CHAIRS_MIN = 3
TABLES_MIN = 2
RINGS_CHAIRS_MIN = 12
RINGED_MIN = 0.6
"""Of the equal small shapes of a drawing that must stand around something."""
REACH_CHAIRS = 1.3
"""The middle of a chair is at most this many chair sides from the table's edge."""
GAP_MAX = 1.05 * pi
"""Radians between neighbouring chairs as seen from the table."""
TOP_MIN, TOP_MAX = 1.5, 600.0
"""Area of a table's top, in chairs."""
AREA_STEP = 0.1
COMPOUND_MIN = 4
COMPOUND_MAX = 4_000
PARTS_MAX = 110_000
"""Of all such paths."""
COMPOUND_ALIKE = 0.8
"""Of the parts of one path: the others are letters and walls of a drawing traced in one."""
SMALL_MAX = 60_000
SIZES_MAX = 8
"""Sizes of small shapes that are tried, commonest first."""
TOP_SEGMENTS_MAX = 24
CHAIR_SEGMENTS_MAX = 16
CHAIRS_MAX = 60
"""At one table."""
EDGE_SPREAD_CHAIRS = 0.35
"""Chairs stand equally far from the edge, within this many chair sides for most of them."""
HOLLOW_MIN = 0.85
"""Area of a top as a part of its hull's: tables have no bays."""


GROUP_MAX = 14
"""Shapes of a group that is one table: its top and its chairs."""
GROUPS_MIN = 3
GROUPED_CHAIRS_MIN = 8
GROUP_TOP_MIN = 1.6
"""Area of its top, in chairs."""
GROUP_ALIKE = 1.15


@dataclass(eq=False)
class Ring:
    """A table's top and the indexes of its chairs."""

    top: Shape
    chairs: list[int] = field(default_factory=list)


def apart(found: Iterable[Shape]) -> Iterator[Shape]:
    """The shapes; what is one of equal closed subpaths (the chairs of a table, the dots of a row, a
    hall traced in one) as these. Raises DrawingError where that unfolds to too many."""
    known: dict[Form, list[Form]] = {}
    count = 0
    for shape in found:
        form = shape.figure.form
        if form.count < COMPOUND_MIN:
            yield shape
            continue
        if form not in known:
            known[form] = _equal_parts(form)
        count += len(known[form])
        if count > PARTS_MAX:
            raise DrawingError(f"the paths hold more than {PARTS_MAX} shapes")
        parts = [shape.part(part) for part in known[form]]
        whole = not parts or len(shapes.distinct(parts)) < len(parts)
        yield from (shape,) if whole else parts


def _equal_parts(form: Form) -> list[Form]:
    """The equal ones of the subpaths; [] when these are not most of all."""
    if form.count > COMPOUND_MAX or not form.closed:
        return []
    forms = [Form([part]) for part in form.subpaths]
    middle = median(form.area for form in forms)
    alike = [form for form in forms if 0.92 * middle <= form.area <= 1.08 * middle and middle > 0]
    if len(alike) < max(COMPOUND_MIN, COMPOUND_ALIKE * len(forms)):
        return []
    return alike


def unnamed_tables(free: list[Shape], diagonal: float) -> tuple[list[Shape], list[Ring]]:
    """Chairs and the rings they form, in a drawing where nothing says what is a seat."""
    sizes: dict[int, list[Shape]] = defaultdict(list)
    steps: dict[Figure, int | None] = {}
    closed = (shape for shape in free if shape.painted and shape.closed)
    count = 0
    for part in apart(closed):
        figure = part.figure
        if figure not in steps:
            steps[figure] = _size_of_chair(figure, diagonal)
        step = steps[figure]
        if step is not None:
            count += 1
            sizes[step].append(part)
            if count >= SMALL_MAX:
                break
    tops = Tops(free)
    best: tuple[list[Shape], list[Ring]] = ([], [])
    common = sorted(
        sizes, key=lambda step: (-len(sizes[step]) - len(sizes.get(step + 1, ())), step)
    )
    for step in common[:SIZES_MAX]:
        alike = sorted((*sizes[step], *sizes.get(step + 1, ())), key=lambda part: part.order)
        alike = shapes.distinct(alike)
        least = max(RINGS_CHAIRS_MIN, RINGED_MIN * len(alike), len(best[0]) + 1)
        if len(alike) < least:
            continue
        found = rings([p.centre for p in alike], sqrt(alike[0].area), tops)
        seated = sorted(i for ring in found for i in ring.chairs)
        if len(found) >= TABLES_MIN and len(seated) >= least:
            place = {index: at for at, index in enumerate(seated)}
            for ring in found:
                ring.chairs = [place[i] for i in ring.chairs]
            best = ([alike[i] for i in seated], found)
    return best


def in_groups(free: list[Shape]) -> tuple[list[Shape], list[Ring]]:
    """Chairs and their tables where each table is a group of its own: one shape and two or more
    equal ones outside it, however they stand; sofas at two sides, a bench and a stool."""
    groups: dict[int, list[Shape]] = defaultdict(list)
    for shape in free:
        if shape.painted and shape.closed and shape.frame.parent is not None:
            groups[shape.frame.index].append(shape)
    found = [pair for members in groups.values() if (pair := _at_one(members)) is not None]
    areas = [chair.area for _, seated in found for chair in seated]
    if len(found) < GROUPS_MIN or len(areas) < GROUPED_CHAIRS_MIN:
        return [], []
    if max(areas) > GROUP_ALIKE * min(areas) or len(found) < len(groups) / 2:
        return [], []
    chairs: list[Shape] = []
    tables: list[Ring] = []
    for top, seated in found:
        tables.append(Ring(top, [*range(len(chairs), len(chairs) + len(seated))]))
        chairs.extend(seated)
    return chairs, tables


def _at_one(members: list[Shape]) -> tuple[Shape, list[Shape]] | None:
    """The top and the chairs of a group that is a table and nothing else."""
    if not CHAIRS_MIN <= len(members) <= GROUP_MAX:
        return None
    top = shapes.largest(members)
    chairs = [shape for shape in members if shape is not top]
    areas = [chair.area for chair in chairs]
    if min(areas) <= 0 or max(areas) > GROUP_ALIKE * min(areas):
        return None
    if top.area < GROUP_TOP_MIN * max(areas):
        return None
    x, y, w, h = top.box
    reach = chairs[0].sides[1]
    for chair in chairs:
        u, v = chair.centre
        if not (x - reach <= u <= x + w + reach and y - reach <= v <= y + h + reach):
            return None
        if x < u < x + w and y < v < y + h:
            return None
    return top, chairs


def _size_of_chair(figure: Figure, diagonal: float) -> int | None:
    """The step of the area of what may be a chair; None: it may not."""
    short, long = figure.sides
    if figure.form.segments > CHAIR_SEGMENTS_MAX or figure.area <= 0:
        return None
    if not 0 < long <= min(shapes.SEAT_SIDE_MAX * diagonal, shapes.SEAT_RATIO_MAX * short):
        return None
    return round(log(figure.area) / AREA_STEP)


class Tops:
    """Simple closed shapes without bays; each is looked at once, and only when its size fits."""

    def __init__(self, free: list[Shape]) -> None:
        self._simple = [
            shape
            for shape in free
            if shape.figure.form.count == 1 and shape.segments <= TOP_SEGMENTS_MAX and shape.closed
        ]
        self._rings: dict[int, shapely.Polygon | None] = {}

    def between(self, least: float, most: float) -> list[Shape]:
        """Those of an area between the two, in painting order."""
        return [shape for shape in self._simple if least <= shape.area <= most]

    def ring(self, shape: Shape) -> shapely.Polygon | None:
        if shape.order not in self._rings:
            self._rings[shape.order] = _whole(shape)
        return self._rings[shape.order]


def _whole(shape: Shape) -> shapely.Polygon | None:
    ring = polygon(shape)
    if ring is None or ring.area < HOLLOW_MIN * ring.convex_hull.area:
        return None
    return ring


def rings(points: list[Point], side: float, tops: Tops) -> list[Ring]:
    """The tops with chairs (`points`, about `side` wide) close around them.

    A chair belongs to one top: of several around each other to the one with most chairs.
    """
    area = side * side
    tree = shapely.STRtree(shapes.located(points))
    drawn = _candidates(tops, tops.between(TOP_MIN * area, TOP_MAX * area), tree, side)
    if not drawn:
        return []
    edges = np.array([ring.exterior for _, ring in drawn], dtype=object)
    ats, chairs = shapes.met(tree, edges, distance=REACH_CHAIRS * side)
    near: dict[int, list[int]] = defaultdict(list)
    for at, chair in zip(ats.tolist(), chairs.tolist(), strict=True):
        near[at].append(chair)
    found: list[Ring] = []
    taken: set[int] = set()
    for at in sorted(near, key=lambda i: (-len(near[i]), -drawn[i][0].area, drawn[i][0].order)):
        top, ring = drawn[at]
        own = [i for i in sorted(near[at]) if i not in taken]
        if not max(CHAIRS_MIN, 0.7 * len(near[at])) <= len(own) <= CHAIRS_MAX:
            continue
        if _seated([points[i] for i in own], ring, side):
            taken.update(own)
            found.append(Ring(top, own))
    found.sort(key=lambda ring: ring.top.order)
    return found


def _candidates(
    tops: Tops, shapes_: list[Shape], tree: shapely.STRtree, side: float
) -> list[tuple[Shape, shapely.Polygon]]:
    """Only tops with some, and not too many, chairs about them are looked at closely."""
    if not shapes_:
        return []
    reach = REACH_CHAIRS * side
    x, y, w, h = shapes.boxes(shapes_)
    boxes = np.asarray(shapely.box(x - reach, y - reach, x + w + reach, y + h + reach))
    boxes = boxes.astype(object).reshape(-1)
    met = shapes.met(tree, boxes)[0]
    count = np.bincount(met, minlength=len(shapes_))
    fit = (count >= CHAIRS_MIN) & (count <= 2 * CHAIRS_MAX)
    found = ((shape, tops.ring(shape)) for shape, ok in zip(shapes_, fit, strict=True) if ok)
    return [(shape, ring) for shape, ring in found if ring is not None]


def _seated(points: list[Point], ring: shapely.Polygon, side: float) -> bool:
    """Whether the points stand outside the edge, equally far from it, and on all sides."""
    places = shapely.points(points)
    if shapely.contains(ring, places).sum() > 0.1 * len(points):
        return False
    far = shapely.distance(ring.exterior, places)
    even = abs(far - float(median(far))) <= EDGE_SPREAD_CHAIRS * side
    middle = ring.centroid
    return even.sum() >= 0.8 * len(points) and _surrounds(points, (middle.x, middle.y))


def _surrounds(points: list[Point], centre: Point) -> bool:
    """Whether the points stand on all sides of the centre."""
    turns = sorted(atan2(y - centre[1], x - centre[0]) for x, y in points)
    gaps = [b - a for a, b in zip(turns, [*turns[1:], turns[0] + 2 * pi], strict=True)]
    return max(gaps) <= GAP_MAX
