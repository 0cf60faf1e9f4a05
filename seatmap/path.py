"""Path data -> exact segments.

A segment is a line, a Bézier of degree 2 or 3, or an elliptical arc `c + a cos t + b sin t`; all of
them stay what they are under an affine map, so that boxes of turned and slanted shapes are exact.
Source: SVG 2, 9.3 (path data) and B.2 (arc conversion).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import NamedTuple

from seatmap.model import Point

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: x' = a x + c y + e, y' = b x + d y + f."""

Corners = tuple[float, float, float, float]
"""x0, y0, x1, y1 of a box."""

SEGMENTS_MAX = 100_000
"""Of one path; what follows is not read."""
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
COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
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
        segments += [arc, Bezier((arc_point(arc, 1.0), arc_point(after, 0.0)))]
    return Subpath(tuple(segments), True)


def parse(data: str) -> list[Subpath]:
    """The subpaths of path data, in absolute coordinates; reading stops at the first error."""
    pen = _Pen()
    position = _SPACE.match(data).end()  # type: ignore[union-attr]
    while match := COMMAND.match(data, position):
        position = match.end()
        command, body = match.groups()
        if command in "Zz":
            pen.close()
            if body.strip(_BLANK):
                break
            continue
        numbers, whole = _arc_numbers(body) if command in "Aa" else plain_numbers(body)
        if numbers and not (min(numbers) >= -NUMBER_MAX and max(numbers) <= NUMBER_MAX):
            bad = next(i for i, n in enumerate(numbers) if not abs(n) <= NUMBER_MAX)
            numbers, whole = numbers[: bad - bad % _COUNTS[command.upper()]], False
        pen.draw(command, numbers)
        if not whole or pen.drawn + len(pen.segments) >= SEGMENTS_MAX:
            break
    return pen.finished()


class _Pen:
    """Where path data has come to; its commands as segments in absolute coordinates."""

    def __init__(self) -> None:
        self.subpaths: list[Subpath] = []
        self.segments: list[Segment] = []
        self.point: Point = (0.0, 0.0)
        self.start: Point = (0.0, 0.0)
        self.control: Point = (0.0, 0.0)
        self.previous = ""
        self.drawn = 0

    def finished(self) -> list[Subpath]:
        self._lift()
        return self.subpaths

    def _lift(self, *, closed: bool = False) -> None:
        if self.segments:
            self.drawn += len(self.segments)
            self.subpaths.append(Subpath(tuple(self.segments), closed))
            self.segments = []

    def close(self) -> None:
        if self.segments and self.point != self.start:
            self.segments.append(Bezier((self.point, self.start)))
        self._lift(closed=True)
        self.point = self.start
        self.previous = "Z"

    def draw(self, command: str, numbers: list[float]) -> None:
        """A command with all its arguments; implicit repetitions are drawn too."""
        kind = command.upper()
        relative = command != kind
        size = _COUNTS[kind]
        last = min(len(numbers) // size, SEGMENTS_MAX) * size
        if not last:
            return
        if kind == "M":
            self._lift()
            x, y = self.point if relative else (0.0, 0.0)
            self.point = self.start = (x + numbers[0], y + numbers[1])
            self._lines(numbers[2:last], relative)
        elif kind == "L":
            self._lines(numbers[:last], relative)
        elif kind in "HV":
            self._straight(numbers, relative, upright=kind == "V")
        elif kind == "A":
            for i in range(0, last, 7):
                x, y = self.point if relative else (0.0, 0.0)
                end = (x + numbers[i + 5], y + numbers[i + 6])
                self.segments.append(_arc(self.point, end, numbers[i : i + 7]))
                self.point = end
        else:
            self._curves(kind, numbers, last, relative)
        self.previous = "L" if kind == "M" else kind

    def _lines(self, numbers: list[float], relative: bool) -> None:
        point, add = self.point, self.segments.append
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            end = (point[0] + x, point[1] + y) if relative else (x, y)
            add(Bezier((point, end)))
            point = end
        self.point = point

    def _straight(self, numbers: list[float], relative: bool, *, upright: bool) -> None:
        for value in numbers:
            x, y = self.point
            if upright:
                end = (x, y + value if relative else value)
            else:
                end = (x + value if relative else value, y)
            self.segments.append(Bezier((self.point, end)))
            self.point = end

    def _curves(self, kind: str, numbers: list[float], last: int, relative: bool) -> None:
        """C, S, Q and T; S and T begin with the mirrored last control point of their family."""
        smooth, family = kind in "ST", "CS" if kind in "CS" else "QT"
        size = _COUNTS[kind]
        point, control, add = self.point, self.control, self.segments.append
        goes_on = self.previous in family if self.previous else False
        for i in range(0, last, size):
            x, y = point if relative else (0.0, 0.0)
            points = [(x + numbers[k], y + numbers[k + 1]) for k in range(i, i + size, 2)]
            if smooth:
                first = (2 * point[0] - control[0], 2 * point[1] - control[1])
                points.insert(0, first if goes_on else point)
            add(Bezier((point, *points)))
            control, point, goes_on = points[-2], points[-1], True
        self.point, self.control = point, control


def plain_numbers(body: str) -> tuple[list[float], bool]:
    """The numbers before the first thing that is none, and whether that is the end.

    Most data can be split at blanks, commas and signs; what cannot ("1e-5", ".5.5") is searched.
    """
    if "_" not in body:
        try:
            return [*map(float, body.replace(",", " ").replace("-", " -").split())], True
        except ValueError:
            pass
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


def arc_point(arc: Arc, fraction: float) -> Point:
    t = arc.start + arc.sweep * fraction
    u, v = cos(t), sin(t)
    return arc.c[0] + arc.a[0] * u + arc.b[0] * v, arc.c[1] + arc.a[1] * u + arc.b[1] * v
