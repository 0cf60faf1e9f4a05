"""Lays out a text element roughly, to know about where its middle is.

No fonts are known here: half an em and a little per character, the baseline a third of an em below
the middle. Source: SVG 2, chapter 11 (positions, text on a path), CSS inline 3 (baselines).
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from math import hypot

from seatmap import geometry, measure
from seatmap.geometry import Viewport
from seatmap.model import Box, Point
from seatmap.path import Corners
from seatmap.style import Sheet, Style
from seatmap.xml import Node

CHARACTER_EMS = 0.55
HEIGHT_EMS = 0.8
_RISE_EMS = {"middle": 0.4, "central": 0.4, "hanging": 0.0, "text-before-edge": 0.0}
"""From the top of the letters to the line that they stand or hang on, or are centred at."""
RISE_EMS = 0.75
TOLERANCE_PARTS = 1000
"""Error of a path that words stand on, as a part of the viewport's diagonal."""
RUN_GAP_EMS = 0.5
"""How far a run may be from where the one before seems to end."""
_MOVES = frozenset({"x", "y", "dx", "dy"})
SPAN_TAGS = frozenset({"tspan", "a", "textPath", "tref"})


def flowed(node: Node, font_px: float) -> Node:
    """Words that flow in a box, of SVG 1.2: old drawings have them, and no browser shows them. As a
    text that begins where the box does."""
    found = Node("text", dict(node.attrs), node.index)
    said = []
    for inner in node.walk():
        if inner.tag == "rect":
            found.attrs["x"] = inner.attrs.get("x", "0")
            found.attrs["y"] = f"{geometry.length(inner.attrs.get('y'), 0.0) + font_px:g}"
        elif inner.tag != "flowRoot":
            said.append(inner.text)
    found.text = " ".join(" ".join(said).split())
    return found


class Along:
    """A path as a polyline that is walked by length."""

    def __init__(self, points: list[Point]) -> None:
        self.points = points
        steps = (hypot(q[0] - p[0], q[1] - p[1]) for p, q in pairwise(self.points))
        self._far = list(accumulate(steps, initial=0.0))
        self.length = self._far[-1]

    def at(self, far: float) -> Point:
        """The point so far along; the ends where that is beyond."""
        i = bisect_right(self._far, far)
        if i == 0 or i >= len(self.points):
            return self.points[0 if i == 0 else -1]
        (x, y), (u, v) = self.points[i - 1 : i + 1]
        part = (far - self._far[i - 1]) / (self._far[i] - self._far[i - 1])
        return x + (u - x) * part, y + (v - y) * part


BOXED_MAX = 60
"""Letters of what may be a label in a box of another language."""
_BOX = ("x", "y", "width", "height")
Paths = dict[int, Along]
"""By the index of the element; shared by the texts of a drawing."""
_NOWHERE = Along([])


def _walked(node: Node, viewport: Viewport) -> Along:
    """The path that an element draws."""
    points: list[Point] = []
    matrix = geometry.transform(node.attrs.get("transform", ""))
    tolerance = max(viewport.diagonal / TOLERANCE_PARTS, 1e-6)
    measures, x, y = geometry.placed(node, viewport) or (("path", ""), 0.0, 0.0)
    matrix = geometry.multiply(matrix, (1.0, 0.0, 0.0, 1.0, x, y))
    for subpath in geometry.subpaths(measures):
        points += measure.flatten(measure.transformed(subpath, matrix), tolerance)
    return Along(points)


def laid_out(
    node: Node, style: Style, sheet: Sheet, viewport: Viewport, ids: dict[str, Node], paths: Paths
) -> tuple[str, Box] | None:
    """The words of a text element and their box in its own coordinates; None: it has none."""
    if node.tag == "foreignObject":
        return _boxed(node, style)
    if node.children:
        lines = _Lines(sheet, viewport, ids, paths)
        lines.read(node, style)
        return (" ".join(lines.words), lines.box()) if lines.words else None
    words = " ".join(node.text.split())
    if not words:
        return None
    x, y = _moved(0.0, 0.0, node.attrs, viewport, style)
    x0, y0, x1, y1 = _span(len(words), x, y, style)
    return words, (x0, y0, x1 - x0, y1 - y0)


def _boxed(node: Node, style: Style) -> tuple[str, Box] | None:
    """A few words in a box of another language: they stand in its middle."""
    words = " ".join(node.text.split())
    x, y, w, h = (geometry.length(node.attrs.get(side), 0.0) for side in _BOX)
    if not 0 < len(words) <= BOXED_MAX or w <= 0 or h <= 0:
        return None
    size = min(style.font_px, h)
    return words, (x, y + (h - size) / 2, w, size)


def _moved(x: float, y: float, attrs: dict[str, str], viewport: Viewport, style: Style) -> Point:
    """Where an element puts what it says that would else be at x, y."""
    if "x" in attrs:
        x = _length(attrs["x"], viewport.width, style)
    if "y" in attrs:
        y = _length(attrs["y"], viewport.height, style)
    if "dx" in attrs:
        x += _length(attrs["dx"], viewport.width, style)
    if "dy" in attrs:
        y += _length(attrs["dy"], viewport.height, style)
    return x, y


def _length(text: str, base: float, style: Style) -> float:
    """The first length of a list, which has one for each character."""
    if "," in text or " " in text.strip():
        text = (text.replace(",", " ").split() or ["0"])[0]
    return geometry.length(geometry.pixels(text, style.font_px), base)


def _span(characters: int, x: float, y: float, style: Style) -> Corners:
    """The box of so many characters at x, y."""
    size = style.font_px
    width = CHARACTER_EMS * size * characters
    if style.anchor != "start":
        x -= width / 2 if style.anchor == "middle" else width if style.anchor == "end" else 0.0
    top = y - _RISE_EMS.get(style.baseline, RISE_EMS) * size
    return x, top, x + width, top + HEIGHT_EMS * size


class _Lines:
    """The words of a text element and the boxes of its pieces, in its own coordinates."""

    def __init__(
        self, sheet: Sheet, viewport: Viewport, ids: dict[str, Node], paths: Paths
    ) -> None:
        self.sheet = sheet
        self.viewport = viewport
        self.ids = ids
        self.words: list[str] = []
        self._x = self._y = 0.0
        self.paths = paths
        self._path = _NOWHERE
        self._spans: list[Corners] = []
        self._apart = self._moved = True
        """Whether a space, or a place of its own, is between what was put last and what comes."""

    def read(self, node: Node, style: Style) -> None:
        self._moved |= not _MOVES.isdisjoint(node.attrs)
        self._x, self._y = _moved(self._x, self._y, node.attrs, self.viewport, style)
        if node.tag == "textPath":
            self._along(node, style)
        self._put(node.text, style)
        for child in node.children:
            if child.tag in SPAN_TAGS:
                inner = self.sheet.style(style, child)
                if inner.shown and inner.visible:
                    self.read(child, inner)
            self._put(child.tail, style)
        if node.tag == "textPath":
            self._path = _NOWHERE

    def _along(self, node: Node, style: Style) -> None:
        """Puts what follows on the path that a `textPath` refers to."""
        href = node.attrs.get("href", "")
        target = self.ids.get(href[1:]) if href.startswith("#") else None
        if target is None or target.tag not in geometry.SHAPE_TAGS:
            return
        if target.index not in self.paths:
            self.paths[target.index] = _walked(target, self.viewport)
        self._path = self.paths[target.index]
        offset = _length(node.attrs.get("startOffset", "0"), self._path.length, style)
        self._x, self._y = offset, self._y if "dy" in node.attrs else 0.0

    def _put(self, text: str, style: Style) -> None:
        words = " ".join(text.split())
        self._apart |= text[:1].isspace()
        if not words:
            return
        x0, y0, x1, y1 = _span(len(words), self._x, self._y, style)
        width = x1 - x0
        if self._is_run(words, x0, y0, style.font_px):
            self.words[-1] += words
        else:
            self.words.append(words)
        self._apart, self._moved = text[-1:].isspace(), False
        if self._path.points:
            x, y = self._path.at(x0 + width / 2)
            x0, x1, y0, y1 = x - width / 2, x + width / 2, y + y0, y + y1
        self._spans.append((x0, y0, x1, y1))
        if style.anchor == "start":
            self._x += width

    def _is_run(self, words: str, x: float, y: float, size: float) -> bool:
        """Whether words go on where the last ones ended, without a space: a run of their own. Tools
        that place each run, as of PowerPoint, cut words between small letters."""
        if self._apart or not self.words:
            return False
        if not self._moved:
            return True
        _, top, end, _ = self._spans[-1]
        inside = self.words[-1][-1].isalpha() and words[0].islower()
        return inside and abs(y - top) < 0.1 * size and abs(x - end) < RUN_GAP_EMS * size

    def box(self) -> Box:
        x0 = min(span[0] for span in self._spans)
        y0 = min(span[1] for span in self._spans)
        x1 = max(span[2] for span in self._spans)
        y1 = max(span[3] for span in self._spans)
        return x0, y0, x1 - x0, y1 - y0
