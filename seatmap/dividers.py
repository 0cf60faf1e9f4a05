"""Lines among shapes with codes: they divide a shape into blocks, or join shapes to a diagram."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from statistics import median

import numpy as np
import shapely

from seatmap.house import House
from seatmap.model import Point
from seatmap.scene import Shape, Text
from seatmap.shapes import located, met

SHAPES_MAX = 20_000
JOINED_MIN = 0.5
"""Lines from one holder of a code to another, for each, that make a drawing a diagram."""
WIRED_MIN = 0.8
"""Of the holders of codes at which lines end that come from outside."""
ENDS_NEAR = 0.05
"""A line ends at a shape where it is this near to its outline, in its shorter sides."""
CORNER_NEAR = 0.2
CORNERS_MAX = 12
DIVIDERS_MAX = 150
_LINES = frozenset({"line", "polyline", "path"})


@dataclass(eq=False)
class Holder:
    """A closed shape and the codes that stand in it, not in a smaller one."""

    shape: Shape
    ring: shapely.Polygon
    codes: list[Text]


class Dividers:
    """The lines of a drawing, to be asked which of them cross a shape's box."""

    def __init__(self, house: House) -> None:
        self._lines = [
            shape for shape in house.scene.shapes if shape.node.tag in _LINES and not shape.closed
        ]
        self._boxes = np.array([shape.box for shape in self._lines]).reshape(-1, 4)

    def straight(self) -> list[tuple[Point, Point]]:
        """The two ends of each line that does not bend."""
        found = []
        for shape in self._lines[:SHAPES_MAX]:
            points = shape.outline(max(shape.sides[1] / 1000, 1e-9))
            if len(points) == 2:
                found.append((points[0], points[1]))
        return found

    def ends(self) -> list[tuple[Point, Point]]:
        """Both ends of each line, with the point before it."""
        found = []
        for shape in self._lines[:SHAPES_MAX]:
            points = shape.outline(max(shape.sides[1] / 1000, 1e-9))
            if len(points) > 1:
                found += [(points[0], points[1]), (points[-1], points[-2])]
        return found

    def across(self, holder: Shape) -> list[Shape]:
        """In painting order."""
        (x, y, w, h), (u, v, p, q) = self._boxes.T, holder.box
        meets = (x <= u + p) & (u <= x + w) & (y <= v + q) & (v <= y + h)
        return [self._lines[i] for i in np.flatnonzero(meets).tolist()]


def divided(dividers: Dividers, holder: Holder) -> list[shapely.Polygon]:
    """Into what the lines drawn across a shape divide it."""
    lines = []
    for shape in dividers.across(holder.shape)[:DIVIDERS_MAX]:
        points = shape.outline(max(holder.shape.sides[1] / 1000, 1e-9))
        if len(points) > 1:
            lines.append(shapely.LineString(points))
    edges = shapely.unary_union([holder.ring.exterior, *(_longer(line) for line in lines)])
    return [face for face in shapely.polygonize([edges]).geoms if isinstance(face, shapely.Polygon)]


def _longer(line: shapely.LineString) -> shapely.LineString:
    """A little beyond both ends, as a divider may stop short of the side it divides."""
    (x0, y0), *_, (x1, y1) = line.coords
    points = list(line.coords)
    (ax, ay), (bx, by) = points[1], points[-2]
    points[0] = (x0 + 0.02 * (x0 - ax), y0 + 0.02 * (y0 - ay))
    points[-1] = (x1 + 0.02 * (x1 - bx), y1 + 0.02 * (y1 - by))
    return shapely.LineString(points)


def is_diagram(dividers: Dividers, found: list[Holder]) -> bool:
    """Whether lines go from inside one shape to inside another: graphs and flow charts join what
    has a code so, about each at least once. What divides blocks ends on their borders."""
    lines = dividers.straight()
    if len(lines) < JOINED_MIN * len(found):
        return False
    tree = shapely.STRtree([holder.ring.buffer(-0.1 * holder.shape.sides[0]) for holder in found])
    ends = met(tree, located([end for line in lines for end in line]), predicate="within")
    inside = dict(zip(ends[0].tolist(), ends[1].tolist(), strict=True))
    joined = sum(
        2 * i in inside and 2 * i + 1 in inside and inside[2 * i] != inside[2 * i + 1]
        for i in range(len(lines))
    )
    return joined >= JOINED_MIN * len(found)


def is_wired(dividers: Dividers, found: list[Holder]) -> bool:
    """Whether lines come to nearly all of the shapes from outside and end there, at a side and not
    at a corner: wires come so to the parts of a circuit, bent lines to the people of a firm. What
    divides blocks lies in them, and walls go from corner to corner."""
    ends = dividers.ends()
    tree = shapely.STRtree([holder.ring.exterior for holder in found])
    reach = ENDS_NEAR * median(holder.shape.sides[0] for holder in found)
    wired: set[int] = set()
    for i, j in zip(*met(tree, located([end for end, _ in ends]), distance=reach), strict=True):
        (end, before), ring, side = ends[i], found[j].ring, found[j].shape.sides[0]
        corners = list(ring.exterior.coords)
        at_corner = len(corners) <= CORNERS_MAX and any(
            hypot(end[0] - x, end[1] - y) < CORNER_NEAR * side for x, y in corners
        )
        if not at_corner and ring.distance(shapely.Point(before)) > 2 * ENDS_NEAR * side:
            wired.add(int(j))
    return len(wired) >= WIRED_MIN * len(found)
