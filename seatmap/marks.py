"""What is drawn along a line or as letters: dashes, markers, letters that are pictures.

A thick dotted line is a row of dots for whoever looks at it, and so is a line with a marker at each
of its points, or a text of black discs. Each is one form of as many subpaths, as if it were a path
of them. Source: SVG 2, 11.2 (letters with places), 13.5 (dashes) and 13.7 (markers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, cycle, islice, takewhile
from math import atan2, cos, sin

from seatmap import geometry, measure, path
from seatmap.geometry import Viewport
from seatmap.lines import SPAN_TAGS, Along
from seatmap.model import Point
from seatmap.path import Bezier, Matrix, Subpath
from seatmap.scene import Form
from seatmap.shapes import SEAT_RATIO_MAX
from seatmap.style import Sheet, Style
from seatmap.xml import Node

MARKS_MAX = 1_000
"""On one line, or in one text."""
LINES_MAX = 5_000
"""Lines of different form or look: a drawing that has more has no rows of this kind."""
PICTURE_MAX = 24
"""Elements of a marker, and segments of each."""
TOLERANCE_PARTS = 10
"""Error of a line, as a part of how thick it is."""
DASH_MIN_PARTS = 300
"""A line is at least this part of the drawing's diagonal thick, for its dashes to be more than how
it is drawn."""
ALIKE = 0.1
"""Dashes are of one length but for this part of it."""
ROUNDING = 1e-3
"""Of its length: a dash that would begin as near to the end of a line is the first of a ring."""
LETTER_EMS = 0.62
"""About how wide a disc or a square is, and how far the next is from it."""

SIGN_OF_ACCESS = "♿"
_REFERENCE = re.compile(r"\s*url\(\s*['\"]?#([^'\")]+)")
_DISCS = frozenset("●○◯◉◎◍⬤⭘⚪⚫")
_SQUARES = frozenset("■□▢▣◻◼◽◾⬛⬜☐☑☒♿💺🪑")


def is_mark(letter: str) -> bool:
    """Whether a letter is a picture of a seat: a disc, a square, a chair, or what only a font of
    icons explains."""
    return letter in _DISCS or letter in _SQUARES or "\ue000" <= letter <= "\uf8ff"


class Marks:
    """Finds the marks of one drawing. Lines of one form and look have the same."""

    def __init__(self, sheet: Sheet, ids: dict[str, Node]) -> None:
        self.sheet = sheet
        self.ids = ids
        self._known: dict[tuple[Form, Style, float], tuple[Form, Style] | None] = {}
        self._pictures: dict[int, tuple[Subpath, Style] | None] = {}

    def on_line(self, form: Form, style: Style, least: float) -> tuple[Form, Style] | None:
        """The form and look of the marks that a line is drawn with; None: it is just a line.
        `least` is the smallest thickness of a line of dashes, in its own units."""
        key = (form, style, least)
        if key not in self._known:
            tried = len(self._known) < LINES_MAX and form.cost <= MARKS_MAX
            self._known[key] = (
                self._marked(form, style) or _dashed(form, style, least) if tried else None
            )
        return self._known[key]

    def _marked(self, form: Form, style: Style) -> tuple[Form, Style] | None:
        """The markers of a line that has some between its ends: else they are arrows."""
        match = _REFERENCE.match(style.markers[1])
        marker = self.ids.get(match[1]) if match else None
        if marker is None or marker.tag != "marker":
            return None
        if marker.index not in self._pictures:
            self._pictures[marker.index] = self._picture(marker)
        found = self._pictures[marker.index]
        if found is None:
            return None
        picture, look = found
        scale = 1.0
        if marker.attrs.get("markerUnits") != "userSpaceOnUse":
            scale = geometry.length(style.stroke_width, 0.0, 1.0)
        turns = marker.attrs.get("orient", "0").startswith("auto")
        first, last = (style.markers[end] == style.markers[1] for end in (0, 2))
        marks = [
            measure.transformed(picture, _placed(p, turn if turns else 0.0, scale))
            for p, turn in _corners(form, first, last)
        ]
        return (Form(marks), look) if marks else None

    def _picture(self, marker: Node) -> tuple[Subpath, Style] | None:
        """The largest outline in a marker, around the point that is put on the line."""
        attrs = marker.attrs
        box = geometry.view_box(attrs.get("viewBox"))
        w, h = (
            geometry.length(attrs.get(side), 0.0, 3.0) for side in ("markerWidth", "markerHeight")
        )
        s = min(w / box[2], h / box[3]) if box else 1.0
        x, y = (geometry.length(attrs.get(name), 0.0) for name in ("refX", "refY"))
        viewport = Viewport.of(*(box[2:] if box else (w, h)))
        look = self.sheet.style(Style(), marker)
        best: tuple[float, Subpath, Style] | None = None
        for child in marker.children[:PICTURE_MAX]:
            placed = geometry.placed(child, viewport) if child.tag in geometry.SHAPE_TAGS else None
            parts = geometry.subpaths(placed[0])[:1] if placed else []
            if placed and parts and len(parts[0].segments) <= PICTURE_MAX:
                own = geometry.transform(child.attrs.get("transform", ""))
                at = geometry.multiply((s, 0.0, 0.0, s, -s * x, -s * y), own)
                at = geometry.multiply(at, (1.0, 0.0, 0.0, 1.0, *placed[1:]))
                part = measure.transformed(parts[0], at)
                area = abs(measure.enclosed(part))
                if best is None or area > best[0]:
                    best = (area, part, self.sheet.style(look, child))
        return best[1:] if best else None

    def in_text(self, node: Node, style: Style, viewport: Viewport) -> list[Subpath]:
        """The pictures that the letters of a text are; [] when it says anything else."""
        found: list[Subpath] = []
        x = y = 0.0
        for words, attrs, look in _spans(node, style, self.sheet):
            xs = _lengths(attrs.get("x", ""), viewport.width, look)
            ys = _lengths(attrs.get("y", ""), viewport.height, look)
            x += sum(_lengths(attrs.get("dx", ""), viewport.width, look)[:1])
            y += sum(_lengths(attrs.get("dy", ""), viewport.height, look)[:1])
            step = LETTER_EMS * look.font_px
            line = 1 if len(xs) > 1 else len(words)  # letters that are anchored together
            shift = {"middle": -step * line / 2, "end": -step * line}.get(look.anchor, 0.0)
            for i, letter in enumerate(words):
                x, y = xs[i] if i < len(xs) else x, ys[i] if i < len(ys) else y
                if is_mark(letter) and len(found) < MARKS_MAX:
                    found.append(_letter(letter, x + shift, y - step, step))
                elif not letter.isspace():
                    return []
                x += step
        return found


def _lengths(text: str, base: float, look: Style) -> list[float]:
    parts = text.replace(",", " ").split()[:MARKS_MAX]
    return [geometry.length(geometry.pixels(part, look.font_px), base) for part in parts]


def _letter(letter: str, x: float, y: float, side: float) -> Subpath:
    """A disc, or a square, in the square of this side at x, y."""
    if letter in _DISCS:
        return path.ellipse(x + side / 2, y + side / 2, side / 2, side / 2)
    return path.rounded_rect(x, y, side, side, 0.0, 0.0)


def _spans(node: Node, style: Style, sheet: Sheet) -> Iterator[tuple[str, dict[str, str], Style]]:
    """The words of a text and of the pieces inside, with what places them."""
    yield node.text, node.attrs, style
    for child in node.children:
        if child.tag in SPAN_TAGS:
            inner = sheet.style(style, child)
            if inner.shown and inner.visible:
                yield from _spans(child, inner, sheet)
        if child.tail.strip():
            yield child.tail, {}, style


def _dashed(form: Form, style: Style, least: float) -> tuple[Form, Style] | None:
    """The dashes of a stroke that are alike, and about as long as it is thick."""
    width = geometry.length(style.stroke_width, 0.0, 1.0)
    steps = [geometry.length(step, 0.0, -1.0) for step in style.dashes.replace(",", " ").split()]
    if width < least or style.stroke == "none" or not steps or min(steps) < 0:
        return None
    filled = style.fill != "none" and form.area > width * width
    if filled or (form.closed and any(map(_is_straight, form.subpaths))):  # the edge of an area
        return None
    steps *= 1 + len(steps) % 2
    cap = 0.0 if style.cap == "butt" else width
    short, long = min(steps[::2]) + cap, max(steps[::2]) + cap
    like_seats = width <= SEAT_RATIO_MAX * short and long <= SEAT_RATIO_MAX * width
    if not like_seats or long - short > ALIKE * long or min(steps[1::2]) <= cap:
        return None
    found: list[Subpath] = []
    for part in form.subpaths:
        along = Along(measure.flatten(part, width / TOLERANCE_PARTS))
        end = (1 - ROUNDING) * along.length
        if len(found) + end * len(steps) / sum(steps) > MARKS_MAX:
            return None
        starts = takewhile(end.__gt__, accumulate(cycle(steps), initial=0.0))
        found += [
            _dash(along, start + steps[0] / 2, long, width, style.cap == "round")
            for start in islice(starts, 0, None, 2)
        ]
    return (Form(found), style._replace(fill=style.stroke, stroke="none")) if found else None


def _is_straight(part: Subpath) -> bool:
    """Whether a subpath has straight sides: no row of seats goes round corners."""
    return any(isinstance(s, Bezier) and len(s.points) == 2 for s in part.segments)


def _dash(along: Along, middle: float, long: float, width: float, round_: bool) -> Subpath:
    """One dash whose middle is so far along."""
    x, y = along.at(middle)
    if round_ and long - width < ALIKE * width:
        return path.ellipse(x, y, width / 2, width / 2)
    (x0, y0), (x1, y1) = along.at(middle - width / 10), along.at(middle + width / 10)
    box = path.rounded_rect(-long / 2, -width / 2, long, width, 0.0, 0.0)
    return measure.transformed(box, _placed((x, y), atan2(y1 - y0, x1 - x0)))


def _placed(at: Point, turn: float, scale: float = 1.0) -> Matrix:
    c, s = scale * cos(turn), scale * sin(turn)
    return (c, s, -s, c, *at)


def _corners(form: Form, first: bool, last: bool) -> Iterator[tuple[Point, float]]:
    """The points of a line, its ends only where asked for, and where it goes there, in radians."""
    for part in form.subpaths:
        ends = [measure.ends(Subpath((segment,), False)) for segment in part.segments]
        points = [ends[0][0], *(end for _, end in ends)] if ends else []
        for i, point in enumerate(points):
            (a, b), (c, d) = points[max(0, i - 1)], points[min(i + 1, len(points) - 1)]
            if (first or i > 0) and (last or i < len(points) - 1):
                yield point, atan2(d - b, c - a)
