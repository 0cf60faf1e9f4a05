"""Transforms, lengths, viewports and the exact local geometry of each kind of shape.

Source: SVG 2 chapters 7 (units), 8 (coordinate systems) and 10 (basic shapes); CSS Transforms 1.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import cos, hypot, radians, sin, sqrt, tan
from typing import NamedTuple

from seatmap import path
from seatmap.model import Box, Point
from seatmap.path import Matrix, Subpath
from seatmap.style import MEASURES
from seatmap.xml import Node

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_UNIT_PX = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0,
    "q": 96 / 101.6, "em": 16.0, "rem": 16.0, "ex": 8.0,
}  # fmt: skip
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Z]*|%)\s*$")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_FUNCTION = re.compile(r"([a-zA-Z]+(?:3d)?)\s*\(([^()]*)\)")
_ARGUMENT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z%]*)")
TRANSFORM_CHARS_MAX = 20_000


class Viewport(NamedTuple):
    """What percentages refer to: width, height and diagonal in user units."""

    width: float
    height: float
    diagonal: float

    @classmethod
    def of(cls, width: float, height: float) -> Viewport:
        return cls(width, height, hypot(width, height) / sqrt(2))


def multiply(m: Matrix, n: Matrix) -> Matrix:
    """The map that applies `n` first and `m` after it."""
    a, b, c, d, e, f = m
    g, h, i, j, k, l = n  # noqa: E741
    return (
        a * g + c * h,
        b * g + d * h,
        a * i + c * j,
        b * i + d * j,
        a * k + c * l + e,
        b * k + d * l + f,
    )


def apply(m: Matrix, p: Point) -> Point:
    return m[0] * p[0] + m[2] * p[1] + m[4], m[1] * p[0] + m[3] * p[1] + m[5]


def scale_of(m: Matrix) -> float:
    """The factor by which lengths grow on average: the root of the area's factor."""
    return sqrt(abs(m[0] * m[3] - m[1] * m[2]))


def length(text: str | None, base: float, default: float = 0.0) -> float:
    """A length in user units; `base` is what a percentage refers to. Unreadable: `default`."""
    if text is None or "_" in text:
        return default
    try:
        value = float(text)
    except ValueError:
        match = _LENGTH.match(text)
        if match is None:
            return default
        value, unit = float(match[1]), match[2].lower()
        value = value * base / 100 if unit == "%" else value * _UNIT_PX.get(unit, 1.0)
    return value if abs(value) <= path.NUMBER_MAX else default


_EMS = re.compile(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(em|ex)\s*$")


def pixels(text: str, font_px: float) -> str:
    """A length in units of the font's size as one in pixels; any other as it is."""
    match = _EMS.match(text) if "e" in text else None
    if match is None:
        return text
    try:
        return f"{float(match[1]) * font_px * (1.0 if match[2] == 'em' else 0.5):.12g}"
    except ValueError:
        return text


def in_pixels(node: Node, font_px: float) -> Node:
    """The element, or one like it for its measures where some are in units of the font's size."""
    if not any(value.endswith(("em", "ex")) for value in node.attrs.values()):
        return node
    attrs = {name: pixels(value, font_px) for name, value in node.attrs.items()}
    return node.like(attrs)


def measured(node: Node, declared: dict[str, str]) -> Node:
    """The element, or one like it whose measures are those that style sheets declare."""
    if declared.keys().isdisjoint(MEASURES):
        return node
    return node.like(node.attrs | {name: declared[name] for name in declared.keys() & MEASURES})


@lru_cache(maxsize=1024)
def transform(text: str) -> Matrix:
    """The matrix of a transform list, attribute or CSS syntax; unknown functions do nothing."""
    result: Matrix | None = None
    for name, body in _FUNCTION.findall(text[:TRANSFORM_CHARS_MAX]):
        matrix = _function(name, body)
        if matrix is not None:
            result = matrix if result is None else multiply(result, matrix)
    return result or IDENTITY


def _arguments(name: str, body: str) -> list[float]:
    if "_" not in body:
        try:
            return [*map(float, body.replace(",", " ").split())]
        except ValueError:
            pass
    return [_argument(name, number, unit) for number, unit in _ARGUMENT.findall(body)]


def _argument(name: str, number: str, unit: str) -> float:
    value = float(number)
    if unit == "rad":
        return value * 57.29577951308232
    if unit == "turn":
        return value * 360.0
    if unit == "%" and name.startswith("scale"):
        return value / 100
    return value * _UNIT_PX.get(unit.lower(), 1.0) if name.startswith("translate") else value


@lru_cache(maxsize=1024)
def _function(said: str, body: str) -> Matrix | None:
    """None: it does nothing. Kept, as what stands together is often turned alike."""
    name = said.lower()
    args = _arguments(name, body)
    for value in args:
        if not abs(value) <= path.NUMBER_MAX:  # also of what is no number
            return None
    match name, args:
        case "matrix", [a, b, c, d, e, f]:
            return (a, b, c, d, e, f)
        case (("translate" | "translatex"), [x]):
            return (1.0, 0.0, 0.0, 1.0, x, 0.0)
        case "translatey", [y]:
            return (1.0, 0.0, 0.0, 1.0, 0.0, y)
        case (("translate" | "translate3d"), [x, y, *_]):
            return (1.0, 0.0, 0.0, 1.0, x, y)
        case "scale", [s]:
            return (s, 0.0, 0.0, s, 0.0, 0.0)
        case "scalex", [s]:
            return (s, 0.0, 0.0, 1.0, 0.0, 0.0)
        case "scaley", [s]:
            return (1.0, 0.0, 0.0, s, 0.0, 0.0)
        case (("scale" | "scale3d"), [x, y, *_]):
            return (x, 0.0, 0.0, y, 0.0, 0.0)
        case "matrix3d", [a, b, _, _, c, d, _, _, _, _, _, _, e, f, _, _]:
            return (a, b, c, d, e, f)
        case (("rotate" | "rotatez"), [angle, *centre]):
            c, s = cos(radians(angle)), sin(radians(angle))
            turn = (c, s, -s, c, 0.0, 0.0)
            if len(centre) < 2:
                return turn
            return around(turn, (centre[0], centre[1]))
        case "skewx", [angle]:
            return (1.0, 0.0, tan(radians(angle)), 1.0, 0.0, 0.0)
        case "skewy", [angle]:
            return (1.0, tan(radians(angle)), 0.0, 1.0, 0.0, 0.0)
    return None


def around(m: Matrix, origin: Point) -> Matrix:
    """`m` performed with `origin` as its fixed reference."""
    x, y = origin
    return multiply(multiply((1.0, 0.0, 0.0, 1.0, x, y), m), (1.0, 0.0, 0.0, 1.0, -x, -y))


_ORIGIN_WORDS = {"left": 0.0, "top": 0.0, "center": 50.0, "right": 100.0, "bottom": 100.0}


def transform_origin(text: str, box: Box) -> Point:
    """The point that `transform-origin` means in the reference box, user units."""
    words = text.split()[:2]
    if len(words) == 2 and (words[0] in ("top", "bottom") or words[1] in ("left", "right")):
        words.reverse()
    words += ["center"] * (2 - len(words))
    found = []
    for word, start, size in zip(words, box[:2], box[2:], strict=True):
        if word in _ORIGIN_WORDS:
            found.append(start + size * _ORIGIN_WORDS[word] / 100)
        else:
            found.append(start + length(word, size))
    return found[0], found[1]


def view_box(text: str | None) -> Box | None:
    """x, y, width, height of a usable viewBox attribute."""
    numbers = [float(n) for n in _NUMBER.findall(text or "")[:5]]
    if len(numbers) != 4 or any(abs(n) > path.NUMBER_MAX for n in numbers):
        return None
    x, y, w, h = numbers
    return (x, y, w, h) if w > 0 and h > 0 else None


_ALIGN = {"min": 0.0, "mid": 0.5, "max": 1.0}


def viewport_matrix(box: Box, x: float, y: float, w: float, h: float, align: str) -> Matrix:
    """Maps a viewBox onto a viewport, as `preserveAspectRatio` (default xMidYMid meet) says."""
    sx, sy = w / box[2], h / box[3]
    words = align.split()
    mode = words[0] if words else "xMidYMid"
    dx = dy = 0.0
    if mode != "none":
        scale = max(sx, sy) if "slice" in words else min(sx, sy)
        fx, fy = _ALIGN.get(mode[1:4].lower(), 0.5), _ALIGN.get(mode[5:8].lower(), 0.5)
        dx, dy = fx * (w - box[2] * scale), fy * (h - box[3] * scale)
        sx = sy = scale
    return (sx, 0.0, 0.0, sy, x + dx - box[0] * sx, y + dy - box[1] * sy)


SHAPE_TAGS = frozenset({"circle", "ellipse", "rect", "path", "polygon", "polyline", "line"})


Measures = tuple[str, float, float, float, float] | tuple[str, str]
"""What alone decides the form of a shape: "rect" with width, height and the radii of its corners
(a circle or ellipse is all corners), "line" with its extent, "path" or "polygon" with its data."""


def placed(node: Node, viewport: Viewport) -> tuple[Measures, float, float] | None:
    """The measures of a shape element and where it puts their origin; None: it draws nothing.

    The origin of a circle or ellipse is its box's corner as that of a rect; that of a path is where
    it begins, if all that follows is relative to it.
    """
    attrs, tag = node.attrs, node.tag
    w, h = viewport.width, viewport.height
    if tag == "path":
        return _begun(attrs.get("d", ""))
    if tag in ("circle", "ellipse"):
        if tag == "circle":
            rx = ry = length(attrs.get("r"), viewport.diagonal)
        else:
            rx, ry = _corner(attrs, viewport)
        if rx <= 0 or ry <= 0:
            return None
        x, y = length(attrs.get("cx"), w), length(attrs.get("cy"), h)
        return ("rect", 2 * rx, 2 * ry, rx, ry), x - rx, y - ry
    if tag in ("rect", "image"):
        width, height = length(attrs.get("width"), w), length(attrs.get("height"), h)
        if width <= 0 or height <= 0:
            return None
        rx, ry = _corner(attrs, viewport) if "rx" in attrs or "ry" in attrs else (0.0, 0.0)
        rounded = rx > 0 and ry > 0
        rx, ry = (min(rx, width / 2), min(ry, height / 2)) if rounded else (0.0, 0.0)
        x, y = length(attrs.get("x"), w), length(attrs.get("y"), h)
        return ("rect", width, height, rx, ry), x, y
    if tag == "line":
        x, y = length(attrs.get("x1"), w), length(attrs.get("y1"), h)
        u, v = length(attrs.get("x2"), w), length(attrs.get("y2"), h)
        return ("line", u - x, v - y, 0.0, 0.0), x, y
    return (tag, attrs.get("points", "")), 0.0, 0.0


_ONE = rf"((?>{_NUMBER.pattern}))[\s,]*+"
_BEGIN = re.compile(rf"\s*+[Mm]\s*+{_ONE}{_ONE}(?=[a-zA-Z])")
_ABSOLUTE = re.compile("[A-Y]")
SEAT_DATA_MAX = 400
"""Characters of path data that may be one of many seats; longer ones are hardly drawn twice."""
EXACT_DIGITS = 9


def _begun(data: str) -> tuple[Measures, float, float]:
    """Path data by where they begin and what is drawn from there."""
    match = _BEGIN.match(data)
    if match is not None:
        x, y = float(match[1]), float(match[2])
        drawn: str | None = data[match.end() :]
        if _ABSOLUTE.search(data, match.end()) is not None:
            drawn = _moved(data[match.end() :], x, y) if len(data) <= SEAT_DATA_MAX else None
        if drawn is not None and abs(x) <= path.NUMBER_MAX and abs(y) <= path.NUMBER_MAX:
            return ("path", "M0 0" + drawn), x, y
    return ("path", data), 0.0, 0.0


def _moved(data: str, x: float, y: float) -> str | None:
    """Path data with x, y taken from their absolute coordinates; None where that is not plain."""
    found = []
    for command, body in path.COMMAND.findall(data):
        if command.islower() or command == "Z":
            found.append(command + body)
            continue
        numbers, whole = path.plain_numbers(body)
        if not whole or command == "A":
            return None
        away = (x, x) if command == "H" else (y, y) if command == "V" else (x, y)
        moved = [round(n - away[i & 1], EXACT_DIGITS) for i, n in enumerate(numbers)]
        found.append(command + " ".join(map(repr, moved)))
    return "".join(found)


def _corner(attrs: dict[str, str], viewport: Viewport) -> tuple[float, float]:
    """rx and ry, each the other's where it is not given; negative where neither is."""
    rx = length(attrs.get("rx"), viewport.width, -1.0)
    ry = length(attrs.get("ry"), viewport.height, -1.0)
    return (ry if rx < 0 else rx), (rx if ry < 0 else ry)


def subpaths(measures: Measures) -> list[Subpath]:
    """The exact outline of a form from its origin; [] when it draws nothing."""
    if len(measures) == 2:
        tag, data = measures
        return path.parse(data) if tag == "path" else _points(data, closed=tag == "polygon")
    tag, w, h, rx, ry = measures
    if tag == "line":
        return [path.polyline([(0.0, 0.0), (w, h)], False)]
    if 2 * rx == w and 2 * ry == h:
        return [path.ellipse(rx, ry, rx, ry)]
    return [path.rounded_rect(0.0, 0.0, w, h, rx, ry)]


def _points(text: str, *, closed: bool) -> list[Subpath]:
    numbers = [float(n) for n in _NUMBER.findall(text)[: 2 * path.SEGMENTS_MAX]]
    if any(abs(n) > path.NUMBER_MAX for n in numbers):
        return []
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    if len(points) < 2:
        return []
    return [path.polyline([*points, points[0]] if closed else points, closed)]
