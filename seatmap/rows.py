"""Lines and arcs of seats: order along a row, and rows where nothing names them."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from math import atan2, cos, pi, sin

import numpy as np

from seatmap.model import Point
from seatmap.shapes import Cells, array, pairs, sample

LINK_FACTOR = 1.45
"""Neighbours in a row are at most this many typical distances apart."""
TURN_MAX = 0.6
"""Radians by which a row may turn at one seat."""
ROW_SEATS_MIN = 4
PARTED_PITCHES = 1.3
WALK_MAX = 1_000
"""Longer rows are ordered along an axis, not walked."""


def chains(points: list[Point], kin: list[int], numbers: list[int], size: float) -> list[list[int]]:
    """Splits points into lines and arcs; each is a list of indexes, those left over are single.

    Each point is linked to at most two neighbours on opposite sides, nearest pairs first; `kin`
    (one number per point, e.g. its group) and the drawing order decide between equally near ones,
    and `numbers` against such as are called the same: these are of two rows (0: not known).
    `size` is a seat's width; seats further apart than eight of it are no neighbours.
    """
    pitch = _pitch(points, 8 * size)
    if pitch is None:
        return [[i] for i in range(len(points))]
    one, two = pairs(points, pitch * LINK_FACTOR)
    xy, group = array(points), np.asarray(kin)
    far = np.hypot(*(xy[one] - xy[two]).T) / pitch
    cost = far + np.where(group[one] == group[two], 0.0, 0.25)
    cost += np.where(two - one == 1, 0.0, 0.06)
    called = np.asarray(numbers)
    cost += np.where((called[one] == called[two]) & (called[one] > 0), 0.5, 0.0)
    order = np.lexsort((two, one, cost))
    order = order[far[order] > 0]
    links: list[list[int]] = [[] for _ in points]
    for i, j in zip(one[order].tolist(), two[order].tolist(), strict=True):
        if _fits(points, links[i], i, j) and _fits(points, links[j], j, i):
            links[i].append(j)
            links[j].append(i)
    return _components(links)


def separated(points: list[Point], size: float) -> list[list[int]]:
    """Splits points into blocks between which there is more room than between rows; `size` as
    above. Each is a list of indexes. What is less than twice that apart may be one."""
    pitch = _pitch(points, 8 * size)
    if pitch is None:
        return []
    xy = array(points)
    spots = np.floor((xy - xy.min(axis=0)) / (PARTED_PITCHES * max(pitch, size)))
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, (x, y) in enumerate(spots.astype(np.int64).tolist()):
        cells[x, y].append(i)
    found = []
    while cells:
        block: list[int] = []
        near = [next(iter(cells))]
        while near:
            x, y = near.pop()
            inside = cells.pop((x, y), None)
            if inside is not None:
                block += inside
                near += [(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        found.append(sorted(block))
    return found


def _pitch(points: list[Point], reach: float) -> float | None:
    """The median distance to the nearest other point; None when none is within `reach`."""
    left = np.array(sample(points))
    found: list[float] = []
    for part in (8, 4, 2, 1):  # most have a neighbour close by
        i, _, far = Cells(points, reach / part).around(left)
        i, far = i[far > 0], far[far > 0]
        nearest = np.full(len(points), np.inf)
        np.minimum.at(nearest, i, far)
        found += nearest[left][np.isfinite(nearest[left])].tolist()
        left = left[np.isinf(nearest[left])]
        if not len(left):
            break
    return float(np.median(found)) if found else None


def _fits(points: list[Point], linked: list[int], i: int, j: int) -> bool:
    if not linked:
        return True
    if len(linked) > 1:
        return False
    (ax, ay), (x, y), (bx, by) = points[linked[0]], points[i], points[j]
    turn = abs(atan2(ay - y, ax - x) - atan2(by - y, bx - x))
    return abs(turn - pi) < TURN_MAX


def _components(links: list[list[int]]) -> list[list[int]]:
    seen = [False] * len(links)
    found = []
    ends = [i for i, linked in enumerate(links) if len(linked) < 2]
    for start in (*ends, *range(len(links))):
        if seen[start]:
            continue
        chain = []
        i = start
        while not seen[i]:
            seen[i] = True
            chain.append(i)
            for j in links[i]:
                if not seen[j]:
                    i = j
                    break
        found.append(chain)
    return found


_DIGITS = re.compile(r"(\d+)")


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key by which "2" < "10" and "A2" < "A10"."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in _DIGITS.split(name)
        if part
    )


def along(points: list[Point], labels: list[str | None]) -> list[int]:
    """Indexes in order along the row.

    The order starts where the names are smallest; without names, left, or top for an upright row.
    """
    count = len(points)
    if count < 2:
        return list(range(count))
    if runs_along(points) and _ascends(labels):
        return list(range(count))
    order = by_axis(points)
    if count <= WALK_MAX and not runs_along([points[i] for i in order]):
        order = _by_walk(points, order[0])
    numbers = [labels[i] for i in order]
    named = [natural(n) for n in numbers if n is not None]
    if len(named) > 1:
        rising = sum(p < q for p, q in pairwise(named))
        falling = sum(p > q for p, q in pairwise(named))
        if falling > rising:
            order.reverse()
        if falling != rising:
            return order
    (x0, y0), (x1, y1) = points[order[0]], points[order[-1]]
    backwards = x1 < x0 if abs(x1 - x0) >= abs(y1 - y0) else y1 < y0
    if backwards:
        order.reverse()
    return order


def _ascends(labels: list[str | None]) -> bool:
    keys = [natural(label) for label in labels if label is not None]
    return len(keys) == len(labels) and all(p < q for p, q in pairwise(keys))


def runs_along(points: list[Point]) -> bool:
    """Whether consecutive points never turn back."""
    for a, b, c in zip(points, points[1:], points[2:], strict=False):
        if (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) <= 0:
            return False
    return True


def by_axis(points: list[Point]) -> list[int]:
    """By projection on the direction of greatest spread; exact ties by the other direction."""
    n = len(points)
    mx, my = sum(p[0] for p in points) / n, sum(p[1] for p in points) / n
    xx = sum((p[0] - mx) ** 2 for p in points)
    yy = sum((p[1] - my) ** 2 for p in points)
    xy = sum((p[0] - mx) * (p[1] - my) for p in points)
    angle = atan2(2 * xy, xx - yy) / 2
    c, s = cos(angle), sin(angle)
    return sorted(
        range(n), key=lambda i: (points[i][0] * c + points[i][1] * s, points[i][1], points[i][0])
    )


def _by_walk(points: list[Point], start: int) -> list[int]:
    """From one end always to the nearest point not yet visited: follows a closed or wide arc."""
    xy = array(points)
    left = np.ones(len(points), dtype=bool)
    order = [start]
    for _ in range(len(points) - 1):
        left[order[-1]] = False
        far = np.hypot(*(xy - xy[order[-1]]).T)
        order.append(int(np.where(left, far, np.inf).argmin()))
    return order


def around(points: list[Point], centre: Point, labels: list[str | None]) -> list[int]:
    """Indexes clockwise around a table: from the smallest name, else from the top."""
    if _ascends(labels):
        return list(range(len(points)))
    turns = sorted(
        range(len(points)),
        key=lambda i: (
            atan2(points[i][0] - centre[0], centre[1] - points[i][1]) % (2 * pi),
            i,
        ),
    )
    named = [i for i in turns if labels[i] is not None]
    if not named:
        return turns
    first = min(named, key=lambda i: natural(labels[i] or ""))
    at = turns.index(first)
    return turns[at:] + turns[:at]
