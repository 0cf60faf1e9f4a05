"""What is really drawn: shapes and texts in user units of the root, and the frames around them.

What looks alike is measured once: a form, and how it looks under a transform.
"""

from __future__ import annotations

from math import cos, hypot, pi, sin, sqrt

from seatmap import geometry, measure
from seatmap.model import Box, Note, Point, Points
from seatmap.path import Arc, Matrix, Subpath
from seatmap.style import Style
from seatmap.xml import Node

OUTLINE_POINTS_MAX = 4_000
TURNED_SEGMENTS_MAX = 24
"""Segments of what may be a seat that is turned."""
REMEASURED_MAX = 50
"""Segments of a form that is drawn once and measured anew when asked: there may be 100,000."""


class Frame:
    """A drawn container: an element, or one use of it. `parent` is the frame around it."""

    __slots__ = ("index", "node", "parent")

    def __init__(self, node: Node, parent: Frame | None, index: int) -> None:
        self.node = node
        self.parent = parent
        self.index = index


class Form:
    """What an element draws, from an origin of its own: its exact subpaths, box and area.

    Measured once for all elements that have it: circles of one size, paths that only begin
    elsewhere, what is reused. `count` is that of its subpaths, `segments` of the lines, curves and
    arcs of the first, `cost` of all. `turn` is the direction of its longest side, in radians, and
    `extent` how far it reaches along that and across. `rounded`, of circles, ellipses
    and rects: half the width and height of the box that an ellipse of the radii after them goes
    round.
    """

    __slots__ = ("_line", "_measures", "_parts", "area", "box", "closed", "cost", "count", "extent",
                 "fillable", "middle", "rounded", "segments", "times", "turn")  # fmt: skip

    def __init__(self, parts: list[Subpath], measures: geometry.Measures | None = None) -> None:
        self.box = measure.bounds(parts)
        x0, y0, x1, y1 = self.box or (0.0, 0.0, 0.0, 0.0)
        self.middle: Point = ((x0 + x1) / 2, (y0 + y1) / 2)
        self.closed = bool(parts) and all(part.closed or _meets(part) for part in parts)
        self.fillable = all(len(part.segments) > 1 for part in parts)
        self.area = max((abs(measure.enclosed(part)) for part in parts), default=0.0)
        self.rounded: tuple[float, float, float, float] | None = None
        if measures is not None and len(measures) == 5 and measures[0] == "rect":
            _, w, h, rx, ry = measures
            self.rounded = (w / 2 - rx, h / 2 - ry, rx, ry)
        self.count = len(parts)
        self.turn = 0.0
        self.extent = (x1 - x0, y1 - y0)
        if len(parts) == 1 and self.closed and self.rounded is None:
            self._turned(parts[0])
        self.segments = len(parts[0].segments) if parts else 0
        self.cost = sum(len(part.segments) for part in parts)
        self.times = 0
        self._measures = measures
        self._parts = parts if measures is None or self.kept else None
        self._line: tuple[float, list[Point]] = (0.0, [])

    def _turned(self, part: Subpath) -> None:
        """A square that is turned is a square: tools write what was turned as plain points."""
        turn = measure.direction(part) if len(part.segments) <= TURNED_SEGMENTS_MAX else 0.0
        if turn:
            c, s = cos(turn), sin(turn)
            box = measure.bounds([measure.transformed(part, (c, -s, s, c, 0.0, 0.0))])
            if box is not None:
                self.turn, self.extent = turn, (box[2] - box[0], box[3] - box[1])

    @property
    def kept(self) -> bool:
        """Whether what is measured of it is worth its memory: it is used again, or takes long."""
        return self.times > 1 or self.cost > REMEASURED_MAX

    @property
    def subpaths(self) -> list[Subpath]:
        """Read again where it is not worth keeping: curves take thirty times what they are written
        in, and a drawing may have 100,000 that are unlike."""
        if self._parts is not None or self._measures is None:
            return self._parts or []
        parts = geometry.subpaths(self._measures)
        if self.kept:
            self._parts = parts
        return parts

    def line(self, tolerance: float) -> list[Point]:
        """The largest subpath as a polyline."""
        known, best = self._line
        if known != tolerance:
            lines = [measure.flatten(part, tolerance) for part in self.subpaths]
            best = max(lines, key=lambda line: abs(_ring_area(line)), default=[])
            if self.kept:
                self._line = (tolerance, best)
        return best


Linear = tuple[float, float, float, float]
"""a, b, c, d of a matrix."""


class Figure:
    """A form under the linear part of a transform, in root units around the image of its middle."""

    __slots__ = ("_box", "_outline", "area", "form", "linear", "radius", "sides")

    def __init__(self, form: Form, linear: Linear) -> None:
        self.form = form
        self.linear = linear
        a, b, c, d = linear
        w, h = form.extent
        if form.turn:
            u, v = cos(form.turn), sin(form.turn)
            a, b, c, d = a * u + c * v, b * u + d * v, c * u - a * v, d * u - b * v
        w, h = w * hypot(a, b), h * hypot(c, d)
        self.sides = (w, h) if w <= h else (h, w)
        self.area = form.area * abs(a * d - b * c)  # a turn does not change it
        self.radius = sqrt(self.area / pi)
        self._box: Box | None = None
        self._outline: tuple[float, Points] = (0.0, ())

    @property
    def box(self) -> Box:
        if self._box is None:
            self._box = self._measured()
        return self._box

    def _measured(self) -> Box:
        a, b, c, d = self.linear
        x0, y0, x1, y1 = self.form.box or (0.0, 0.0, 0.0, 0.0)
        if self.form.rounded is not None:
            w, h, rx, ry = self.form.rounded
            w, h = (
                abs(a) * w + abs(c) * h + hypot(a * rx, c * ry),
                abs(b) * w + abs(d) * h + hypot(b * rx, d * ry),
            )
            return -w, -h, 2 * w, 2 * h
        if b == 0 and c == 0:
            w, h = abs(a) * (x1 - x0), abs(d) * (y1 - y0)
            return -w / 2, -h / 2, w, h
        moved = self._around_middle()
        found = measure.bounds(measure.transformed(part, moved) for part in self.form.subpaths)
        if found is None:
            return 0.0, 0.0, 0.0, 0.0
        return found[0], found[1], found[2] - found[0], found[3] - found[1]

    def _around_middle(self) -> Matrix:
        a, b, c, d = self.linear
        x, y = self.form.middle
        return (a, b, c, d, -a * x - c * y, -b * x - d * y)

    def outline(self, tolerance: float) -> Points:
        """The largest subpath as a closed polygon (last point not repeated)."""
        known, points = self._outline
        if known != tolerance:
            moved = self._around_middle()
            line = self.form.line(float(f"{tolerance / _growth(self.linear):.6g}"))
            best = [geometry.apply(moved, p) for p in line]
            if (
                len(best) > 1
                and hypot(best[0][0] - best[-1][0], best[0][1] - best[-1][1]) < tolerance
            ):
                best = best[:-1]
            points = tuple(best[:: 1 + len(best) // OUTLINE_POINTS_MAX])
            if self.form.kept:
                self._outline = (tolerance, points)
        return points


class Shape:
    """One drawn shape. `order` is its painting order; boxes are x, y, width, height.

    `centre` is the image of the middle of the local box: also of a turned shape the true middle.
    """

    __slots__ = ("centre", "figure", "frame", "node", "order", "style")

    def __init__(
        self, node: Node, frame: Frame, figure: Figure, centre: Point, style: Style, order: int
    ) -> None:
        self.node = node
        self.frame = frame
        self.figure = figure
        self.centre = centre
        self.style = style
        self.order = order

    @property
    def box(self) -> Box:
        """The exact box in root units."""
        x, y, w, h = self.figure.box
        return self.centre[0] + x, self.centre[1] + y, w, h

    @property
    def sides(self) -> tuple[float, float]:
        """Lengths of the local box's sides after the transform: shorter, longer."""
        return self.figure.sides

    @property
    def area(self) -> float:
        """Of the largest subpath."""
        return self.figure.area

    @property
    def radius(self) -> float:
        """Of the circle of the same area."""
        return self.figure.radius

    @property
    def closed(self) -> bool:
        """Also where only its paint closes it: what is filled has a last side that nobody drew."""
        form = self.figure.form
        return form.closed or (form.fillable and self.style.fill != "none")

    @property
    def parts(self) -> list[Subpath]:
        return self.figure.form.subpaths

    @property
    def segments(self) -> int:
        """Lines, curves and arcs of the first subpath."""
        return self.figure.form.segments

    def part(self, form: Form) -> Shape:
        """One subpath of the shape, as a form of its own, where it is drawn."""
        a, b, c, d = self.figure.linear
        (x, y), (u, v) = form.middle, self.figure.form.middle
        x, y = x - u, y - v
        centre = (self.centre[0] + a * x + c * y, self.centre[1] + b * x + d * y)
        figure = Figure(form, self.figure.linear)
        return Shape(self.node, self.frame, figure, centre, self.style, self.order)

    @property
    def is_round(self) -> bool:
        if self.node.tag not in ("circle", "ellipse"):
            return False
        short, long = self.figure.sides
        return long - short <= 0.02 * long

    @property
    def painted(self) -> bool:
        return self.style.fill != "none" or self.style.stroke != "none"

    def outline(self, tolerance: float) -> Points:
        """The largest subpath as a closed polygon (last point not repeated), root units."""
        u, v = self.centre
        return tuple([(u + x, v + y) for x, y in self.figure.outline(tolerance)])


class Text:
    """One `<text>` element: its words, about where its middle is, its size, in root units."""

    __slots__ = ("at", "frame", "node", "order", "size", "text", "width")

    def __init__(
        self, node: Node, frame: Frame, text: str, at: Point, size: float, width: float, order: int
    ) -> None:
        self.node = node
        self.frame = frame
        self.text = text
        self.at = at
        self.size = size
        self.width = width
        self.order = order


class Scene:
    """All that is drawn, in painting order."""

    def __init__(self, view_box: Box, shapes: list[Shape], texts: list[Text], notes: list[Note]):
        self.view_box = view_box
        self.shapes = shapes
        self.texts = texts
        self.notes = notes

    @property
    def diagonal(self) -> float:
        return hypot(self.view_box[2], self.view_box[3])


def _growth(linear: Linear) -> float:
    """The greatest factor by which a linear map lengthens anything."""
    a, b, c, d = linear
    total, turned = a * a + b * b + c * c + d * d, a * d - b * c
    return sqrt((total + sqrt(max(0.0, total * total - 4 * turned * turned))) / 2) or 1.0


def _meets(subpath: Subpath) -> bool:
    """Whether an open subpath ends where it began, and is more than one line."""
    if not subpath.segments:
        return False
    curved = isinstance(subpath.segments[0], Arc) or len(subpath.segments[0].points) > 2
    (x0, y0), (x1, y1) = measure.ends(subpath)
    return (len(subpath.segments) > 1 or curved) and hypot(x0 - x1, y0 - y1) < 1e-6


def _ring_area(line: list[Point]) -> float:
    total = 0.0
    for (x0, y0), (x1, y1) in zip(line, line[1:] + line[:1], strict=True):
        total += x0 * y1 - x1 * y0
    return total / 2
