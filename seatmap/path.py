"""Path data -> exact segments, their boxes in closed form, and polylines within a tolerance.

A segment is a line, a Bézier of degree 2 or 3, or an elliptical arc `c + a cos t + b sin t`; all of
them stay what they are under an affine map, so that boxes of turned and slanted shapes are exact.
Source: SVG 2, 9.3 (path data) and B.2 (arc conversion).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from math import acos, atan2, ceil, cos, hypot, isfinite, pi, radians, sin, sqrt
from typing import NamedTuple

from seatmap.model import Point

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: x' = a x + c y + e, y' = b x + d y + f."""

SEGMENTS_MAX = 200_000
"""Of one path; what follows is not read."""
POINTS_MAX = 200_000
"""Of one flattened subpath; its tolerance grows beyond that."""
NUMBER_MAX = 1e9
"""Coordinates beyond this are refused: they are never a venue and break arithmetic."""


class Bezier(NamedTuple):
    """2 to 4 control points: a line, a quadratic or a cubic curve."""

    points: tuple[Point, ...]


class Arc(NamedTuple):
    """c + a cos t + b sin t for t from `start` over `sweep` radians (negative: backwards)."""

    c: Point
    a: Point
    b: Point
    start: float
    sweep: float


Segment = Bezier | Arc


class Subpath(NamedTuple):
    segments: tuple[Segment, ...]
    closed: bool


_BLANK = " \t\r\n\f,"
_SPACE = re.compile(r"[\s,]*")
_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NUMBERS = re.compile(r"(?:[\s,]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)*[\s,]*")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


def ellipse(cx: float, cy: float, rx: float, ry: float) -> Subpath:
    return Subpath((Arc((cx, cy), (rx, 0.0), (0.0, ry), 0.0, 2 * pi),), True)


def polyline(points: Iterable[Point], closed: bool) -> Subpath:
    points = list(points)
    lines = tuple(Bezier((p, q)) for p, q in pairwise(points))
    if not lines and points:
        lines = (Bezier((points[0], points[0])),)
    return Subpath(lines, closed)


def rounded_rect(x: float, y: float, w: float, h: float, rx: float, ry: float) -> Subpath:
    if rx <= 0 or ry <= 0:
        return polyline([(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)], True)
    rx, ry = min(rx, w / 2), min(ry, h / 2)
    corners = (
        (x + w - rx, y + ry, -pi / 2),
        (x + w - rx, y + h - ry, 0.0),
        (x + rx, y + h - ry, pi / 2),
        (x + rx, y + ry, pi),
    )
    arcs = [Arc((cx, cy), (rx, 0.0), (0.0, ry), start, pi / 2) for cx, cy, start in corners]
    segments: list[Segment] = []
    for arc, after in zip(arcs, arcs[1:] + arcs[:1], strict=True):
        segments += [arc, Bezier((_arc_point(arc, 1.0), _arc_point(after, 0.0)))]
    return Subpath(tuple(segments), True)


def parse(data: str) -> list[Subpath]:
    """The subpaths of path data, in absolute coordinates; reading stops at the first error."""
    subpaths: list[Subpath] = []
    segments: list[Segment] = []
    point = start = (0.0, 0.0)
    control: Point | None = None
    previous = ""
    for command, args in islice(_commands(data), SEGMENTS_MAX):
        kind = command.upper()
        ox, oy = point if command.islower() else (0.0, 0.0)
        if kind == "M":
            if segments:
                subpaths.append(Subpath(tuple(segments), False))
                segments = []
            point = start = (args[0] + ox, args[1] + oy)
        elif kind == "Z":
            if segments:
                if point != start:
                    segments.append(Bezier((point, start)))
                subpaths.append(Subpath(tuple(segments), True))
                segments = []
            point = start
        elif kind == "A":
            end = (args[5] + ox, args[6] + oy)
            segments.append(_arc(point, end, args))
            point = end
        else:
            points = _controls(kind, args, point, (ox, oy), control, previous)
            segments.append(Bezier((point, *points)))
            control = points[-2] if kind in "CSQT" else None
            point = points[-1]
        previous = kind
    if segments:
        subpaths.append(Subpath(tuple(segments), False))
    return subpaths


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """(command, arguments) pairs; implicit repetitions are spelled out."""
    position = _SPACE.match(data).end()  # type: ignore[union-attr]
    while match := _COMMAND.match(data, position):
        position = match.end()
        command, body = match.groups()
        if command in "Zz":
            yield command, []
            if body.strip(_BLANK):
                return
            continue
        numbers, whole = _arc_numbers(body) if command in "Aa" else _plain_numbers(body)
        size = _COUNTS[command.upper()]
        for start in range(0, len(numbers) - size + 1, size):
            args = numbers[start : start + size]
            if any(abs(value) > NUMBER_MAX for value in args):
                return
            yield command, args
            command = {"M": "L", "m": "l"}.get(command, command)
        if not whole:
            return


def _plain_numbers(body: str) -> tuple[list[float], bool]:
    """The numbers before the first thing that is none, and whether that is the end."""
    end = _NUMBERS.match(body).end()  # type: ignore[union-attr]
    return [float(number) for number in _NUMBER.findall(body, 0, end)], end == len(body)


def _arc_numbers(body: str) -> tuple[list[float], bool]:
    """Numbers of arcs, whose two flags need no space after them ("a1 1 0 01 5 5")."""
    numbers: list[float] = []
    position = 0
    while position < len(body):
        if body[position] in _BLANK:
            position += 1
        elif len(numbers) % 7 in (3, 4) and body[position] in "01":
            numbers.append(float(body[position]))
            position += 1
        else:
            match = _NUMBER.match(body, position)
            if match is None:
                return numbers, False
            numbers.append(float(match[0]))
            position = match.end()
    return numbers, True


def _controls(
    kind: str,
    args: list[float],
    point: Point,
    offset: Point,
    control: Point | None,
    previous: str,
) -> tuple[Point, ...]:
    """The control points after the current one, for every command but M, A and Z."""
    ox, oy = offset
    if kind == "H":
        return ((args[0] + ox, point[1]),)
    if kind == "V":
        return ((point[0], args[0] + oy),)
    pairs = tuple((args[i] + ox, args[i + 1] + oy) for i in range(0, len(args), 2))
    if kind in "ST":
        family = "CS" if kind == "S" else "QT"
        mirrored = point
        if control is not None and previous in family:
            mirrored = (2 * point[0] - control[0], 2 * point[1] - control[1])
        return (mirrored, *pairs)
    return pairs


def _arc(p: Point, q: Point, args: list[float]) -> Segment:
    """An endpoint arc as a centre arc (SVG 2, B.2.4 and B.2.5)."""
    rx, ry, turn = abs(args[0]), abs(args[1]), radians(args[2])
    large, sweep = args[3] != 0, args[4] != 0
    if p == q or rx == 0 or ry == 0:
        return Bezier((p, q))
    cosine, sine = cos(turn), sin(turn)
    dx, dy = (p[0] - q[0]) / 2, (p[1] - q[1]) / 2
    x, y = cosine * dx + sine * dy, -sine * dx + cosine * dy
    grow = hypot(x / rx, y / ry)
    if grow > 1:
        rx, ry = rx * grow, ry * grow
    ux, uy = x / rx, y / ry
    length = ux * ux + uy * uy
    if length == 0:
        return Bezier((p, q))
    factor = sqrt(max(0.0, (1 - length) / length)) * (-1 if large == sweep else 1)
    kx, ky = factor * uy, -factor * ux
    cx = cosine * kx * rx - sine * ky * ry + (p[0] + q[0]) / 2
    cy = sine * kx * rx + cosine * ky * ry + (p[1] + q[1]) / 2
    start = atan2(uy - ky, ux - kx)
    delta = atan2(-uy - ky, -ux - kx) - start
    if sweep and delta < 0:
        delta += 2 * pi
    elif not sweep and delta > 0:
        delta -= 2 * pi
    return Arc((cx, cy), (cosine * rx, sine * rx), (-sine * ry, cosine * ry), start, delta)


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
            else:
                _curve_extremes([p[0] for p in points], xs)
                _curve_extremes([p[1] for p in points], ys)
    if not xs or not all(map(isfinite, (min(xs), max(xs), min(ys), max(ys)))):
        return None
    return min(xs), min(ys), max(xs), max(ys)


def _arc_point(arc: Arc, fraction: float) -> Point:
    t = arc.start + arc.sweep * fraction
    u, v = cos(t), sin(t)
    return arc.c[0] + arc.a[0] * u + arc.b[0] * v, arc.c[1] + arc.a[1] * u + arc.b[1] * v


def _arc_extremes(arc: Arc, xs: list[float], ys: list[float]) -> None:
    if abs(arc.sweep) >= 2 * pi - 1e-12:
        w, h = hypot(arc.a[0], arc.b[0]), hypot(arc.a[1], arc.b[1])
        xs += (arc.c[0] - w, arc.c[0] + w)
        ys += (arc.c[1] - h, arc.c[1] + h)
        return
    for fraction in (0.0, 1.0):
        x, y = _arc_point(arc, fraction)
        xs.append(x)
        ys.append(y)
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
            line = [_arc_point(segment, i / count) for i in range(count + 1)]
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
            p, q = _arc_point(segment, 0.0), _arc_point(segment, 1.0)
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


def _cross(p: Point, q: Point) -> float:
    return p[0] * q[1] - p[1] * q[0]


def ends(subpath: Subpath) -> tuple[Point, Point]:
    """Where a subpath with segments begins and where it ends."""
    first, last = subpath.segments[0], subpath.segments[-1]
    return (
        _arc_point(first, 0.0) if isinstance(first, Arc) else first.points[0],
        _arc_point(last, 1.0) if isinstance(last, Arc) else last.points[-1],
    )
