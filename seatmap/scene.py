"""What is really drawn: shapes and texts in user units of the root, and the frames around them.

A reused element is measured once: its instances share the local geometry.
"""

from __future__ import annotations

from math import hypot, pi, sqrt

from seatmap import geometry, measure
from seatmap.geometry import Viewport
from seatmap.model import Box, Note, Point, Points
from seatmap.path import Arc, Matrix, Subpath
from seatmap.style import Style
from seatmap.xml import Node

OUTLINE_POINTS_MAX = 4_000


class Frame:
    """A drawn container: an element, or one use of it. `parent` is the frame around it."""

    __slots__ = ("index", "node", "parent")

    def __init__(self, node: Node, parent: Frame | None, index: int) -> None:
        self.node = node
        self.parent = parent
        self.index = index


class Local:
    """What is measured once per element: its exact box and area, and its subpaths.

    Those of circles, ellipses and rects, which a drawing may have very many of, are made when
    they are asked for, and not kept.
    """

    __slots__ = ("_area", "_closed", "_made", "_node", "_viewport", "box")

    def __init__(self, node: Node, viewport: Viewport) -> None:
        self._node = node
        self._viewport = viewport
        self._made: list[Subpath] | None = None
        known = geometry.basic(node, viewport)
        self.box: tuple[float, float, float, float] | None = None
        self._closed: bool | None = None
        self._area: float | None = None
        if known is not None:
            (self.box, self._area), self._closed = known, True
        elif node.tag not in ("circle", "ellipse", "rect"):
            self._take(geometry.local_subpaths(node, viewport))

    @classmethod
    def of(cls, part: Subpath, whole: Local) -> Local:
        """One subpath of another as a thing of its own."""
        found = cls.__new__(cls)
        found._node, found._viewport = whole._node, whole._viewport
        found._closed = found._area = None
        found._take([part])
        return found

    def _take(self, subpaths: list[Subpath]) -> None:
        self._made = subpaths
        self.box = measure.bounds(subpaths)

    @property
    def subpaths(self) -> list[Subpath]:
        if self._made is not None:
            return self._made
        return geometry.local_subpaths(self._node, self._viewport)

    @property
    def parts(self) -> int:
        """The number of subpaths."""
        return 1 if self._made is None else len(self._made)

    @property
    def segments(self) -> int:
        """Lines, curves and arcs of the first subpath; for a circle, ellipse or rect at most."""
        return 8 if self._made is None else len(self._made[0].segments) if self._made else 0

    @property
    def corners(self) -> Points | None:
        """The corners of a rect that has them, in order."""
        attrs = self._node.attrs
        if self._made is not None or self._node.tag != "rect" or "rx" in attrs or "ry" in attrs:
            return None
        x0, y0, x1, y1 = self.box or (0.0, 0.0, 0.0, 0.0)
        return (x0, y0), (x1, y0), (x1, y1), (x0, y1)

    @property
    def cost(self) -> int:
        """Segments that are kept."""
        return sum(len(part.segments) for part in self._made) if self._made is not None else 1

    @property
    def closed(self) -> bool:
        if self._closed is None:
            parts = self.subpaths
            self._closed = bool(parts) and all(s.closed or _meets(s) for s in parts)
        return self._closed

    @property
    def area(self) -> float:
        """Of the largest subpath, in the element's own units."""
        if self._area is None:
            parts = self.subpaths if self.box is not None else ()
            self._area = max((abs(measure.enclosed(s)) for s in parts), default=0.0)
        return self._area


class Shape:
    """One drawn shape. `order` is its painting order; boxes are x, y, width, height.

    `centre` is the image of the middle of the local box: also of a turned shape the true middle.
    """

    __slots__ = ("_box", "_sides", "centre", "frame", "local", "matrix", "node", "order", "style")

    def __init__(
        self, node: Node, frame: Frame, local: Local, matrix: Matrix, style: Style, order: int
    ) -> None:
        self.node = node
        self.frame = frame
        self.local = local
        self.matrix = matrix
        self.style = style
        self.order = order
        self._box: Box | None = None
        self._sides: tuple[float, float] | None = None
        x0, y0, x1, y1 = local.box or (0.0, 0.0, 0.0, 0.0)
        self.centre: Point = geometry.apply(matrix, ((x0 + x1) / 2, (y0 + y1) / 2))

    @property
    def box(self) -> Box:
        """The exact box in root units."""
        if self._box is None:
            self._box = self._measured()
        return self._box

    def _measured(self) -> Box:
        m = self.matrix
        x0, y0, x1, y1 = self.local.box or (0.0, 0.0, 0.0, 0.0)
        if m[1] == 0 and m[2] == 0:
            u, v = m[0] * x0 + m[4], m[0] * x1 + m[4]
            s, t = m[3] * y0 + m[5], m[3] * y1 + m[5]
            return min(u, v), min(s, t), abs(v - u), abs(t - s)
        if self.node.tag == "circle":
            r = (x1 - x0) / 2
            cx, cy = geometry.apply(m, ((x0 + x1) / 2, (y0 + y1) / 2))
            w, h = r * hypot(m[0], m[2]), r * hypot(m[1], m[3])
            return cx - w, cy - h, 2 * w, 2 * h
        found = measure.bounds(measure.transformed(s, m) for s in self.local.subpaths)
        if found is None:
            return 0.0, 0.0, 0.0, 0.0
        return found[0], found[1], found[2] - found[0], found[3] - found[1]

    @property
    def sides(self) -> tuple[float, float]:
        """Lengths of the local box's sides after the transform: shorter, longer."""
        if self._sides is None:
            x0, y0, x1, y1 = self.local.box or (0.0, 0.0, 0.0, 0.0)
            m = self.matrix
            w, h = (x1 - x0) * hypot(m[0], m[1]), (y1 - y0) * hypot(m[2], m[3])
            self._sides = (w, h) if w <= h else (h, w)
        return self._sides

    @property
    def area(self) -> float:
        m = self.matrix
        return self.local.area * abs(m[0] * m[3] - m[1] * m[2])

    @property
    def radius(self) -> float:
        """Of the circle of the same area."""
        return sqrt(self.area / pi)

    @property
    def is_round(self) -> bool:
        if self.node.tag not in ("circle", "ellipse"):
            return False
        short, long = self.sides
        return long - short <= 0.02 * long

    @property
    def painted(self) -> bool:
        return self.style.fill != "none" or self.style.stroke != "none"

    def outline(self, tolerance: float) -> Points:
        """The largest subpath as a closed polygon (last point not repeated), root units."""
        corners = self.local.corners
        if corners is not None:
            return tuple(geometry.apply(self.matrix, corner) for corner in corners)
        best: list[Point] = []
        best_area = -1.0
        for subpath in self.local.subpaths:
            line = measure.flatten(measure.transformed(subpath, self.matrix), tolerance)
            size = abs(_ring_area(line))
            if size > best_area:
                best, best_area = line, size
        if len(best) > 1 and hypot(best[0][0] - best[-1][0], best[0][1] - best[-1][1]) < tolerance:
            best = best[:-1]
        return tuple(best[:: 1 + len(best) // OUTLINE_POINTS_MAX])


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
