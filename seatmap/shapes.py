"""Shapes compared with shapes: coincident ones, and sets of congruent ones.

A drawing program often stores one visible thing as several shapes (fill and stroke, a seat and its
number); and where nothing is named, seats still are what they look like: many small equal shapes
in lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, pairwise
from math import atan2, floor, hypot, log, pi
from statistics import median
from typing import Literal

import numpy as np
import shapely

from seatmap.model import DrawingError, Point
from seatmap.scene import Figure, Shape

SIZE_STEP = 0.05
"""Sizes within about this ratio count as equal."""
SEAT_SIDE_MAX = 0.065
"""Longest side of an unnamed seat, as a part of the drawing's diagonal."""
SEAT_SIDE_MIN_PARTS = 5000
"""A seat is at least this part of the diagonal: what is smaller is a dot or a screw."""
SEAT_RATIO_MAX = 2.3
SEAT_SOLID_MIN, STAR_SEGMENTS_MIN = 0.4, 10
"""Of its box that a seat fills, where it may be a star, which does not."""
MEMBERS_MIN = 12
SAMPLE_MAX = 2_000
PAIRS_EACH = 40
PAIRS_MIN = 200_000
"""Pairs that may meet: these, and some for each that is compared."""
PAIRS_STEP = 128
CELLS_MAX = 1 << 29
"""Cells in each direction."""
CANDIDATES_EACH = 20
"""Points in the cells around one, for each that is near: more are not to be told apart."""
CANDIDATES_STEP = 1 << 19

_FAMILY = {"circle": "round", "ellipse": "round", "rect": "rect"}


class Grid:
    """Points by square cells: near neighbours without comparing all pairs."""

    def __init__(self, cell: float) -> None:
        self.cell = max(cell, 1e-9)
        self.points: list[Point] = []
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)

    def add(self, p: Point) -> int:
        self.points.append(p)
        index = len(self.points) - 1
        self._cells[floor(p[0] / self.cell), floor(p[1] / self.cell)].append(index)
        return index

    def near(self, p: Point, radius: float) -> list[tuple[float, int]]:
        """(distance, index) of the points within `radius` <= the cell's side, nearest first."""
        x, y = floor(p[0] / self.cell), floor(p[1] / self.cell)
        found = []
        for i in (x - 1, x, x + 1):
            for j in (y - 1, y, y + 1):
                for index in self._cells.get((i, j), ()):
                    q = self.points[index]
                    d = hypot(q[0] - p[0], q[1] - p[1])
                    if d <= radius:
                        found.append((d, index))
        found.sort()
        return found


def array(points: list[Point]) -> np.ndarray:
    """The points as an array of n times 2."""
    flat = np.fromiter(chain.from_iterable(points), float, 2 * len(points))
    return flat.reshape(-1, 2)


def located(points: list[Point]) -> np.ndarray:
    """The points as an array of geometries."""
    xy = array(points)
    return np.asarray(shapely.points(xy[:, 0], xy[:, 1]), dtype=object).reshape(-1)


def cloud(points: list[Point]) -> shapely.MultiPoint:
    """The points as one geometry."""
    found = shapely.multipoints(array(points))
    assert isinstance(found, shapely.MultiPoint)
    return found


def met(
    tree: shapely.STRtree,
    geometries: np.ndarray,
    *,
    predicate: Literal["contains", "intersects", "within"] = "intersects",
    distance: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Indexes (of the geometries, in the tree) of all that meet as `predicate` says, or that are
    within the distance.

    What is drawn meets a few neighbours. Raises DrawingError where most meet most: such a pile is
    no plan, and comparing all with all would not end.
    """
    most = PAIRS_MIN + PAIRS_EACH * (len(geometries) + len(tree.geometries))
    found: list[np.ndarray] = []
    count = 0
    for start in range(0, len(geometries), PAIRS_STEP):
        some = geometries[start : start + PAIRS_STEP]
        if distance is not None:
            hits = tree.query(some, predicate="dwithin", distance=distance)
        else:
            hits = tree.query(some, predicate=predicate)
        hits[0] += start
        found.append(hits)
        count += hits.shape[1]
        if count > most:
            raise DrawingError("too many shapes lie on each other to be a plan")
    if not found:
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    one, two = np.concatenate(found, axis=1)
    return one, two


def boxes(shapes: list[Shape]) -> np.ndarray:
    """x, y, width and height of each; shapes that look alike share what is measured of them."""
    index: dict[Figure, int] = {}
    own = [index.setdefault(shape.figure, len(index)) for shape in shapes]
    found = np.array([figure.box for figure in index])[own].reshape(-1, 4)
    found[:, :2] += array([shape.centre for shape in shapes])
    return found.T


def holders(shapes: list[Shape], points: list[Point]) -> list[int | None]:
    """For each point the index of the shape in whose box it lies: of several the one whose middle
    is nearest."""
    if not shapes or not points:
        return [None] * len(points)
    x, y, w, h = boxes(shapes)
    tree = shapely.STRtree(shapely.box(x, y, x + w, y + h))
    at, held = met(tree, located(points))
    middles = array([shape.centre for shape in shapes])
    far = np.hypot(*(array(points)[at] - middles[held]).T)
    last = np.lexsort((held, far))[::-1]  # of several the nearest, which stays
    found = np.full(len(points), -1)
    found[at[last]] = held[last]
    return [None if i < 0 else i for i in found.tolist()]


class Cells:
    """Points by square cells of at least `radius`, as arrays: the neighbours of many at once."""

    def __init__(self, points: list[Point], radius: float) -> None:
        self.xy = array(points)
        self.radius = radius
        low = self.xy.min(axis=0)
        size = max(radius, float((self.xy - low).max()) / CELLS_MAX) or 1.0
        column, row = ((self.xy - low) // size).astype(np.int64).T
        self._height = CELLS_MAX + 3
        self._key = column * self._height + row + 1
        self._order = np.argsort(self._key, kind="stable")
        self._sorted = self._key[self._order]

    def around(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(i, j, distance) of all points j within the radius of the chosen ones i, itself too.

        What is drawn has a few neighbours. Raises DrawingError where most meet most.
        """
        most = PAIRS_MIN + PAIRS_EACH * len(self.xy)
        key = self._key[chosen] + self._height * np.array([[-1], [0], [1]])
        starts = np.searchsorted(self._sorted, key - 1)
        counts = np.searchsorted(self._sorted, key + 1, side="right") - starts
        tried = np.cumsum(counts.sum(axis=0))
        if tried[-1] > CANDIDATES_EACH * most:
            raise DrawingError("too many shapes lie on each other to be a plan")
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        count = done = 0
        while done < len(chosen):
            end = max(done + 1, int(np.searchsorted(tried, tried[done] + CANDIDATES_STEP)))
            own = counts[:, done:end].ravel()
            first = np.repeat(starts[:, done:end].ravel() - np.cumsum(own) + own, own)
            j = self._order[first + np.arange(len(first))]
            i = np.repeat(np.tile(chosen[done:end], 3), own)
            far = np.hypot(*(self.xy[i] - self.xy[j]).T)
            near = far <= self.radius
            found.append((i[near], j[near], far[near]))
            count += int(near.sum())
            if count > most:
                raise DrawingError("too many shapes lie on each other to be a plan")
            done = end
        i, j, far = map(np.concatenate, zip(*found, strict=True))
        return i, j, far


def pairs(points: list[Point], radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Indexes i < j of all points that are within `radius` of each other, by i, then j."""
    i, j, _ = Cells(points, radius).around(np.arange(len(points)))
    kept = i < j
    i, j = i[kept], j[kept]
    order = np.lexsort((j, i))
    return i[order], j[order]


def neighbours(points: list[Point], radius: float) -> list[list[tuple[float, int]]]:
    """For a sample of the points the (distance, index) of all within `radius`, nearest first."""
    chosen = np.array(sample(points), dtype=np.int64)
    i, j, far = Cells(points, radius).around(chosen)
    order = np.lexsort((j, far, i))
    near = list(zip(far[order].tolist(), j[order].tolist(), strict=True))
    ends = np.searchsorted(i[order], np.append(chosen, len(points))).tolist()
    return [near[start:end] for start, end in pairwise(ends)]


def rounded(area: float) -> float:
    """Without what only computing makes different: the two halves of a house are equal."""
    return float(f"{area:.9g}")


def largest(shapes: Iterable[Shape]) -> Shape:
    """The largest of the closed ones, else of all; of equal ones the first that is drawn."""
    return max(shapes, key=lambda s: (s.closed, rounded(s.area), -s.order))


def distinct(shapes: Iterable[Shape]) -> list[Shape]:
    """Without those whose middle coincides with that of an earlier one of about the same size."""
    kept: list[Shape] = []
    spots: dict[Point, Shape] = {}
    for shape in shapes:
        spots.setdefault(shape.centre, shape)
    shapes = list(spots.values())
    if not shapes:
        return kept
    if not pairs([s.centre for s in shapes], 0.3 * max(s.sides[0] for s in shapes))[0].size:
        return shapes
    grid = Grid(max(s.sides[1] for s in shapes))
    for shape in shapes:
        reach = 0.3 * shape.sides[0]
        if not grid.near(shape.centre, reach):
            grid.add(shape.centre)
            kept.append(shape)
    return kept


def congruent_sets(shapes: list[Shape], diagonal: float) -> list[list[Shape]]:
    """Sets of small closed shapes of one kind and size, larger sets first."""
    bins: dict[tuple[str, int, int], list[Shape]] = defaultdict(list)
    sizes: dict[Figure, tuple[int, int] | None] = {}
    for shape in shapes:
        figure = shape.figure
        if figure not in sizes:
            sizes[figure] = _size_of_seat(figure, diagonal)
        size = sizes[figure]
        if size is not None and shape.painted and shape.closed:
            bins[(_FAMILY.get(shape.node.tag, "free"), *size)].append(shape)
    sets = []
    while bins:
        key = max(bins, key=lambda k: (len(bins[k]), k))
        family, short, long = key
        members: list[Shape] = []
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                members += bins.pop((family, short + i, long + j), [])
        members.sort(key=lambda s: s.order)
        members = distinct(members)
        if len(members) >= MEMBERS_MIN:
            sets.append(members)
    sets.sort(key=lambda s: (-len(s), s[0].order))
    return sets


def _size_of_seat(figure: Figure, diagonal: float) -> tuple[int, int] | None:
    """The steps of both sides of what may be a seat by its size; None: it may not."""
    short, long = figure.sides
    if short <= 0 or long > SEAT_SIDE_MAX * diagonal or long > SEAT_RATIO_MAX * short:
        return None
    if long < diagonal / SEAT_SIDE_MIN_PARTS:
        return None
    starred = figure.form.segments >= STAR_SEGMENTS_MIN and figure.form.count == 1
    if starred and figure.area < SEAT_SOLID_MIN * short * long:
        return None
    return round(log(short) / SIZE_STEP), round(log(long) / SIZE_STEP)


def regularity(points: list[Point], size: float) -> float:
    """Part of the points that stand in line: two neighbours on opposite sides, equally far.

    `size` is the shapes' longer side; neighbours further than four of it do not count.
    """
    regular = 0
    chosen = sample(points)
    for i, near in zip(chosen, neighbours(points, 4 * size), strict=True):
        p = points[i]
        around = [(d, j) for d, j in near if j != i and d > 0][:8]
        regular += any(
            _opposite(points[a], p, points[b], da, db)
            for k, (da, a) in enumerate(around)
            for db, b in around[k + 1 :]
        )
    return regular / len(chosen) if chosen else 0.0


def sample(points: list[Point]) -> range:
    """Indexes of enough points to judge by, spread over all."""
    return range(0, len(points), 1 + len(points) // SAMPLE_MAX)


def _opposite(a: Point, p: Point, b: Point, da: float, db: float) -> bool:
    if abs(da - db) > 0.15 * max(da, db):
        return False
    turn = abs(atan2(a[1] - p[1], a[0] - p[0]) - atan2(b[1] - p[1], b[0] - p[0]))
    return abs(turn - pi) < 0.25


def evenness(points: list[Point], size: float) -> float:
    """Part of the points whose nearest neighbour is about as far as that of most."""
    around = neighbours(points, 3 * size)
    nearest = [near[1][0] for near in around if len(near) > 1]
    if not nearest:
        return 0.0
    middle = median(nearest)
    return sum(abs(d - middle) <= 0.05 * middle for d in nearest) / len(around)


def crowding(points: list[Point], size: float) -> float:
    """Part of the points whose nearest neighbour is nearer than the shapes are wide (`size`)."""
    around = neighbours(points, 0.8 * size)
    return sum(len(near) > 1 for near in around) / len(around) if around else 0.0
