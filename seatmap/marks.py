"""What is drawn along a line or as letters: dashes, markers, letters that are pictures.

A thick dotted line is a row of dots for whoever looks at it, and so is a line with a marker at each
of its points, or a text of black discs. Each is one form of as many subpaths, as if it were a path
of them. Source: SVG 2, 11.2 (letters with places), 13.5 (dashes) and 13.7 (markers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, cycle, takewhile
from math import atan2, cos, sin

from seatmap import geometry, measure, path
from seatmap.geometry import Viewport
from seatmap.lines import SPAN_TAGS, Along
from seatmap.model import Point
from seatmap.path import Matrix, Subpath
from seatmap.scene import Form
from seatmap.shapes import SEAT_RATIO_MAX
from seatmap.style import Sheet, Style
from seatmap.xml import Node

MARKS_MAX = 1_000
"""On one line, or in one text."""
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

    def on_line(self, form: Form, style: Style, least: float) -> tuple[Form, Style] | None:
        """The form and look of the marks that a line is drawn with; None: it is just a line.
        `least` is the smallest thickness of a line of dashes, in its own units."""
        key = (form, style, least)
        if key not in self._known:
            self._known[key] = self._marked(form, style) or _dashed(form, style, least)
        return self._known[key]

    def _marked(self, form: Form, style: Style) -> tuple[Form, Style] | None:
        """The markers of a line that has some between its ends: else they are arrows."""
        match = _REFERENCE.match(style.markers[1])
        marker = self.ids.get(match[1]) if match else None
        if marker is None or marker.tag != "marker":
            return None
        look = self.sheet.style(Style(), marker)
        drawn: list[tuple[Form, Matrix, Style]] = []
        box = geometry.view_box(marker.attrs.get("viewBox"))
        size = [geometry.length(marker.attrs.get(f"marker{side}"), 0.0, 3.0)
                for side in ("Width", "Height")]  # fmt: skip
        scale = min(size[0] / box[2], size[1] / box[3]) if box else 1.0
        if marker.attrs.get("markerUnits") != "userSpaceOnUse":
            scale *= geometry.length(style.stroke_width, 0.0, 1.0)
        x, y = (geometry.length(marker.attrs.get(name), 0.0) for name in ("refX", "refY"))
        viewport = Viewport.of(*(box[2:] if box else size))
        for child in marker.children:
            placed = geometry.placed(child, viewport) if child.tag in geometry.SHAPE_TAGS else None
            if placed is not None:
                own = geometry.transform(child.attrs.get("transform", ""))
                at = geometry.multiply(own, (1.0, 0.0, 0.0, 1.0, placed[1], placed[2]))
                at = geometry.multiply((scale, 0.0, 0.0, scale, -scale * x, -scale * y), at)
                drawn.append(
                    (Form(geometry.subpaths(placed[0])), at, self.sheet.style(look, child))
                )
        if not drawn:
            return None
        picture, matrix, look = max(drawn, key=lambda one: one[0].area)
        turns = marker.attrs.get("orient", "0").startswith("auto")
        ends = [style.markers[0] == style.markers[1], style.markers[2] == style.markers[1]]
        found = [
            measure.transformed(part, geometry.multiply(_turned(p, turn if turns else 0.0), matrix))
            for p, turn in _corners(form, *ends)
            for part in picture.subpaths[:1]
        ]
        return (Form(found), look) if found else None

    def in_text(self, node: Node, style: Style, viewport: Viewport) -> list[Subpath]:
        """The pictures that the letters of a text are; [] when it says anything else."""
        found: list[Subpath] = []
        at = (0.0, 0.0)
        for words, attrs, look in _spans(node, style, self.sheet):
            xs, ys = (
                [geometry.length(geometry.pixels(n, look.font_px), base) for n in
                 attrs.get(name, "").replace(",", " ").split()[:MARKS_MAX]]
                for name, base in (("x", viewport.width), ("y", viewport.height))
            )  # fmt: skip
            dx, dy = (
                geometry.length(geometry.pixels(attrs.get(name, "0"), look.font_px), 0.0)
                for name in ("dx", "dy")
            )
            at = (at[0] + dx, at[1] + dy)
            step, half = LETTER_EMS * look.font_px, LETTER_EMS * look.font_px / 2
            shift = {"middle": -step * len(words) / 2, "end": -step * len(words)}.get(
                look.anchor, 0
            )
            for i, letter in enumerate(words[:MARKS_MAX]):
                if i < len(xs) or i < len(ys):
                    at = (xs[i] if i < len(xs) else at[0], ys[i] if i < len(ys) else at[1])
                x, y = at[0] + half + (shift if len(xs) < 2 else 0.0), at[1] - half
                if letter in _DISCS:
                    found.append(path.ellipse(x, y, half, half))
                elif is_mark(letter):
                    found.append(path.rounded_rect(x - half, y - half, step, step, 0.0, 0.0))
                elif not letter.isspace():
                    return []
                at = (at[0] + step, at[1])
        return found[:MARKS_MAX]


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
    steps *= 1 + len(steps) % 2
    cap = 0.0 if style.cap == "butt" else width
    short, long = min(steps[::2]) + cap, max(steps[::2]) + cap
    like_seats = width <= SEAT_RATIO_MAX * short and long <= SEAT_RATIO_MAX * width
    if not like_seats or long - short > ALIKE * long or min(steps[1::2]) <= cap:
        return None
    found: list[Subpath] = []
    for part in form.subpaths:
        along = Along(measure.flatten(part, width / 50))
        if along.length * len(steps) > 2 * MARKS_MAX * sum(steps):
            return None
        starts = accumulate(cycle(steps), initial=0.0)
        for i, start in enumerate(
            takewhile(lambda far: far < (1 - ROUNDING) * along.length, starts)
        ):
            if i % 2 == 0:
                found.append(_dash(along, start + steps[0] / 2, long, width, style.cap == "round"))
    return (Form(found), style._replace(fill=style.stroke, stroke="none")) if found else None


def _dash(along: Along, middle: float, long: float, width: float, round_: bool) -> Subpath:
    """One dash whose middle is so far along."""
    x, y = along.at(middle)
    if round_ and long - width < ALIKE * width:
        return path.ellipse(x, y, width / 2, width / 2)
    (x0, y0), (x1, y1) = along.at(middle - width / 10), along.at(middle + width / 10)
    box = path.rounded_rect(-long / 2, -width / 2, long, width, 0.0, 0.0)
    return measure.transformed(box, _turned((x, y), atan2(y1 - y0, x1 - x0)))


def _turned(at: Point, turn: float) -> Matrix:
    return (cos(turn), sin(turn), -sin(turn), cos(turn), *at)


def _corners(form: Form, first: bool, last: bool) -> Iterator[tuple[Point, float]]:
    """The points of a line, its ends only where asked for, and to where it goes there in radians."""
    for part in form.subpaths:
        ends = [measure.ends(Subpath((one,), False)) for one in part.segments[:MARKS_MAX]]
        points = [ends[0][0], *(end for _, end in ends)] if ends else []
        for i, (x, y) in enumerate(points):
            (a, b), (c, d) = points[max(0, i - 1)], points[min(i + 1, len(points) - 1)]
            if (first or i > 0) and (last or i < len(points) - 1):
                yield (x, y), atan2(d - b, c - a)
