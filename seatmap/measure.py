"""Exact boxes and areas of outlines in closed form, and polylines within a tolerance.

Source: Green's theorem for areas, Wang's bound for the steps of a curve.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import acos, atan2, ceil, cos, hypot, isfinite, pi, sin, sqrt

from seatmap.model import Point
from seatmap.path import Arc, Bezier, Matrix, Segment, Subpath, arc_point

POINTS_MAX = 200_000
"""Of one flattened subpath; its tolerance grows beyond that."""


def transformed(subpath: Subpath, m: Matrix) -> Subpath:
    a, b, c, d, e, f = m
    out: list[Segment] = []
    for s in subpath.segments:
        if isinstance(s, Bezier):
            out.append(Bezier(tuple((a * x + c * y + e, b * x + d * y + f) for x, y in s.points)))
        else:
            (cx, cy), (ax, ay), (bx, by) = s.c, s.a, s.b
            out.append(
                Arc(
                    (a * cx + c * cy + e, b * cx + d * cy + f),
                    (a * ax + c * ay, b * ax + d * ay),
                    (a * bx + c * by, b * bx + d * by),
                    s.start,
                    s.sweep,
                )
            )
    return Subpath(tuple(out), subpath.closed)


def bounds(subpaths: Iterable[Subpath]) -> tuple[float, float, float, float] | None:
    """Exact x0, y0, x1, y1 of the drawn curves, or None when there are none."""
    xs: list[float] = []
    ys: list[float] = []
    for subpath in subpaths:
        for segment in subpath.segments:
            if isinstance(segment, Arc):
                _arc_extremes(segment, xs, ys)
                continue
            points = segment.points
            if len(points) == 2:
                (x0, y0), (x1, y1) = points
                xs += (x0, x1)
                ys += (y0, y1)
            elif len(points) == 4:
                (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
                xs += (x0, x3)
                ys += (y0, y3)
                low, high = (x0, x3) if x0 < x3 else (x3, x0)
                if not (low <= x1 <= high and low <= x2 <= high):
                    _curve_extremes([x0, x1, x2, x3], xs)
                low, high = (y0, y3) if y0 < y3 else (y3, y0)
                if not (low <= y1 <= high and low <= y2 <= high):
                    _curve_extremes([y0, y1, y2, y3], ys)
            else:
                _curve_extremes([p[0] for p in points], xs)
                _curve_extremes([p[1] for p in points], ys)
    if not xs or not all(map(isfinite, (min(xs), max(xs), min(ys), max(ys)))):
        return None
    return min(xs), min(ys), max(xs), max(ys)


def _arc_extremes(arc: Arc, xs: list[float], ys: list[float]) -> None:
    if abs(arc.sweep) >= 2 * pi - 1e-12:
        w, h = hypot(arc.a[0], arc.b[0]), hypot(arc.a[1], arc.b[1])
        xs += (arc.c[0] - w, arc.c[0] + w)
        ys += (arc.c[1] - h, arc.c[1] + h)
        return
    for fraction in (0.0, 1.0):
        x, y = arc_point(arc, fraction)
        xs.append(x)
        ys.append(y)
    if not arc.sweep:
        return
    for axis, values in ((0, xs), (1, ys)):
        peak = atan2(arc.b[axis], arc.a[axis])
        for t in (peak, peak + pi):
            along = (t - arc.start) % (2 * pi)
            if arc.sweep < 0:
                along -= 2 * pi
            fraction = along / arc.sweep
            if 0 <= fraction <= 1:
                values.append(arc.c[axis] + arc.a[axis] * cos(t) + arc.b[axis] * sin(t))


def _curve_extremes(p: list[float], values: list[float]) -> None:
    values += (p[0], p[-1])
    low, high = min(p[0], p[-1]), max(p[0], p[-1])
    if all(low <= inner <= high for inner in p[1:-1]):
        return
    if len(p) == 3:
        bend = p[0] - 2 * p[1] + p[2]
        roots = [(p[0] - p[1]) / bend] if bend else []
    else:
        a = -p[0] + 3 * p[1] - 3 * p[2] + p[3]
        b = 2 * (p[0] - 2 * p[1] + p[2])
        c = p[1] - p[0]
        roots = _quadratic(a, b, c)
    values.extend(_curve_at(p, t) for t in roots if 0 < t < 1)


def _quadratic(a: float, b: float, c: float) -> list[float]:
    if abs(a) <= 1e-12 * (abs(b) + abs(c)):
        return [-c / b] if b else []
    inner = b * b - 4 * a * c
    if inner < 0:
        return []
    q = -(b + (sqrt(inner) if b >= 0 else -sqrt(inner))) / 2
    return [q / a, c / q] if q else [0.0]


def _curve_at(p: list[float], t: float) -> float:
    while len(p) > 1:
        p = [(1 - t) * u + t * v for u, v in pairwise(p)]
    return p[0]


def flatten(subpath: Subpath, tolerance: float) -> list[Point]:
    """A polyline no further than `tolerance` (user units, > 0) from the curve."""
    points: list[Point] = []
    limit = max(2, min(512, POINTS_MAX // (len(subpath.segments) + 1)))
    for segment in subpath.segments:
        if isinstance(segment, Arc):
            radius = max(hypot(*segment.a), hypot(*segment.b), tolerance)
            step = 2 * acos(max(0.0, 1 - min(1.0, tolerance / radius)))
            count = min(limit, max(1, ceil(abs(segment.sweep) / max(step, 1e-3))))
            line = [arc_point(segment, i / count) for i in range(count + 1)]
        elif len(segment.points) == 2:
            line = list(segment.points)
        else:
            line = _flat_curve(segment.points, tolerance, limit)
        points.extend(line[1:] if points and _near(points[-1], line[0]) else line)
    return points


def _near(p: Point, q: Point) -> bool:
    return abs(p[0] - q[0]) < 1e-9 and abs(p[1] - q[1]) < 1e-9


def _flat_curve(points: tuple[Point, ...], tolerance: float, limit: int) -> list[Point]:
    """Uniform steps; their number follows from the largest second difference (Wang's bound)."""
    degree = len(points) - 1
    bend = max(
        hypot(p[0] - 2 * q[0] + r[0], p[1] - 2 * q[1] + r[1])
        for p, q, r in zip(points, points[1:], points[2:], strict=False)
    )
    count = min(limit, max(1, ceil(sqrt(degree * (degree - 1) * bend / (8 * tolerance)))))
    steps = [i / count for i in range(count + 1)]
    if degree == 2:
        (ax, ay), (bx, by), (cx, cy) = points
        return [
            (u * u * ax + 2 * u * t * bx + t * t * cx, u * u * ay + 2 * u * t * by + t * t * cy)
            for t in steps
            for u in (1 - t,)
        ]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    found = []
    for t in steps:
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        found.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return found


def enclosed(subpath: Subpath) -> float:
    """The signed area inside a subpath, exact, as if a line closed it (Green's theorem)."""
    if not subpath.segments:
        return 0.0
    total = 0.0
    first = last = None
    for segment in subpath.segments:
        if isinstance(segment, Arc):
            p, q = arc_point(segment, 0.0), arc_point(segment, 1.0)
            total += segment.sweep * _cross(segment.a, segment.b)
            total += _cross(segment.c, (q[0] - p[0], q[1] - p[1]))
        else:
            points = segment.points
            p, q = points[0], points[-1]
            if len(points) == 2:
                total += _cross(p, q)
            elif len(points) == 3:
                a, b, c = points
                total += (2 * _cross(a, b) + _cross(a, c) + 2 * _cross(b, c)) / 3
            else:
                a, b, c, d = points
                total += (
                    6 * (_cross(a, b) + _cross(c, d))
                    + _cross(a, d)
                    + 3 * (_cross(a, c) + _cross(b, c) + _cross(b, d))
                ) / 10
        if last is not None:
            total += _cross(last, p)
        first, last = first or p, q
    if first is not None and last is not None:
        total += _cross(last, first)
    return total / 2


def direction(subpath: Subpath) -> float:
    """The angle of the longest straight segment to the nearest axis, radians from -pi / 4 to
    pi / 4; 0 where nothing is straight."""
    best, turn = 0.0, 0.0
    for segment in subpath.segments:
        if isinstance(segment, Bezier) and len(segment.points) == 2:
            (x0, y0), (x1, y1) = segment.points
            far = hypot(x1 - x0, y1 - y0)
            if far > best * (1 + 1e-9):
                best, turn = far, atan2(y1 - y0, x1 - x0)
    turn -= round(turn / (pi / 2)) * (pi / 2)
    return turn if abs(turn) > 1e-6 else 0.0


def _cross(p: Point, q: Point) -> float:
    return p[0] * q[1] - p[1] * q[0]


def ends(subpath: Subpath) -> tuple[Point, Point]:
    """Where a subpath with segments begins and where it ends."""
    first, last = subpath.segments[0], subpath.segments[-1]
    return (
        arc_point(first, 0.0) if isinstance(first, Arc) else first.points[0],
        arc_point(last, 1.0) if isinstance(last, Arc) else last.points[-1],
    )
