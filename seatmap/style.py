"""CSS -> what is painted: style sheets, presentation attributes, inheritance, visibility.

Only what decides whether and in which colour a shape is seen, and what moves it, is computed.
Selectors are matched by type, class, id and attribute with descendant and child combinators;
rules with any other selector are counted, not guessed. Custom properties are looked up where they
are used. Imports and urls are never followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import tinycss2
from cssselect import Selector
from tinycss2.color4 import parse_color

from seatmap import selectors
from seatmap.model import DrawingError, Note
from seatmap.xml import Document, Node

RULES_MAX = 5_000
TESTS_MAX = 3_000_000
"""Steps of comparing selectors with elements, for the whole drawing."""
SHEET_CHARS_MAX = 2_000_000
VARIABLES_MAX = 400
"""Custom properties of one rule."""
VARIABLE_TESTS = 8
"""What one that an element may have costs."""
VARIABLES_DEEP_MAX = 8
"""Custom properties that refer to each other, one after the other."""
VALUE_CHARS_MAX = 1_000
"""Of a value in which custom properties are replaced."""

MOVES = ("translate", "rotate", "scale", "transform")
"""What moves an element, in the order in which it applies."""
MEASURES = frozenset("cx cy r rx ry x y width height".split())
_PROPERTIES = frozenset(
    "fill stroke display visibility opacity fill-opacity stroke-width font-size text-anchor color "
    "transform-origin transform-box font clip-path mask overflow dominant-baseline "
    "stroke-dasharray stroke-linecap marker marker-start marker-mid marker-end".split()
).union(MOVES, MEASURES)
_ATTRIBUTES = _PROPERTIES.difference(MOVES, MEASURES)
_SPOKEN = _ATTRIBUTES | {"class", "style"}
"""Attributes that decide how an element looks."""


class Variables(NamedTuple):
    """Custom properties and their values, as written, and those of the elements around."""

    own: dict[str, str]
    outer: Variables | None

    def value(self, name: str) -> str | None:
        around: Variables | None = self
        while around is not None:
            if name in around.own:
                return around.own[name]
            around = around.outer
        return None


class Style(NamedTuple):
    """Computed style. `fill` and `stroke` are "#rrggbb", "none", or another paint as written."""

    fill: str = "#000000"
    stroke: str = "none"
    color: str = "#000000"
    visible: bool = True
    shown: bool = True
    opaque: bool = True
    font_px: float = 16.0
    anchor: str = "start"
    baseline: str = "auto"
    stroke_width: str = "1"
    dashes: str = "none"
    cap: str = "butt"
    markers: tuple[str, str, str] = ("none", "none", "none")
    """At the start, in between and at the end of a line, as written."""
    variables: Variables | None = None


class Sheet:
    """The style sheets of a document, and what they make of its elements.

    Elements of one look share what is declared for them, and so their style: a drawing has many
    elements of few looks. Where a rule asks for more than type and class, each is on its own.
    """

    def __init__(self, document: Document) -> None:
        self.notes: list[Note] = []
        self._simple: dict[str, list[tuple[tuple[int, int, int, int], selectors.Tree, dict]]] = {}
        self._order = 0
        self._skipped = 0
        self._tests = 0
        self._own: dict[int, dict[str, str]] = {}
        self._alike: dict[tuple, dict[str, str] | None] = {}
        self._spoken: dict[tuple[str, ...], Callable[[dict[str, str]], object]] = {}
        self._inherited: dict[tuple[int, int], tuple[Style, Style]] = {}
        self._varied: set[int] = set()
        self._replaced: dict[tuple[int, int], tuple[dict[str, str], Style]] = {}
        for node in document.styles:
            self._read(node.text[:SHEET_CHARS_MAX])
        self._singular = {
            bucket
            for bucket, rules in self._simple.items()
            if not all(selectors.is_plain(tree) for _, tree, _ in rules)
        }
        if self._skipped:
            self.notes.append(Note("style rules not understood", self._skipped))

    def style(self, parent: Style, node: Node) -> Style:
        """The computed style of the element inside `parent`."""
        return self.inherit(parent, self.resolved(parent, self.declarations(node)))

    def resolved(self, parent: Style, declared: dict[str, str]) -> dict[str, str]:
        """These `declarations` of an element inside `parent`, custom properties replaced by their
        values. Shared, as they are."""
        if id(declared) not in self._varied:
            return declared
        key = (id(parent), id(declared))
        found = self._replaced.get(key)
        if found is None:
            values = _variables(declared, parent.variables)
            plain = {
                name: said
                for name, value in declared.items()
                if (said := _replaced(name, value, values)) is not None
            }
            found = self._replaced[key] = (plain, parent)
        return found[0]

    def inherit(self, parent: Style, declared: dict[str, str]) -> Style:
        """The computed style inside `parent` of an element with these `declarations`."""
        if not declared:
            return parent
        key = (id(parent), id(declared))
        found = self._inherited.get(key)
        if found is None:  # the parent is kept, so that its id stays its own
            found = self._inherited[key] = (inherit(parent, declared), parent)
        return found[0]

    def declarations(self, node: Node) -> dict[str, str]:
        """Presentation attributes but `transform` and measures, then matching rules by
        specificity, then the style attribute. Shared, and kept as long as the sheet: not to be
        changed."""
        attrs = node.attrs
        names = tuple(attrs)
        spoken = self._spoken.get(names)
        if spoken is None:
            spoken = self._spoken[names] = _values([name for name in names if name in _SPOKEN])
        if self._singular and "id" in attrs and f"#{attrs['id']}" in self._singular:
            found = None
        else:
            key = (node.tag, names, spoken(attrs))
            found = self._alike.get(key)
            if found is None and key not in self._alike:
                alone = not self._singular.isdisjoint(_buckets(node))
                found = self._alike[key] = None if alone else self._declared(node)
        if found is None:
            found = self._own.get(node.index)
            if found is None:
                found = self._own[node.index] = self._declared(node)
        return found

    def _declared(self, node: Node) -> dict[str, str]:
        attrs = node.attrs
        values = {key: attrs[key].strip() for key in attrs if key in _ATTRIBUTES}
        matched = []
        classes = attrs.get("class", "").split()
        depth = 0
        for key in _buckets(node):
            rules = self._simple.get(key, ())
            if not rules:
                continue
            depth = depth or _depth(node)
            for order, tree, declared in rules:
                self._tests += 1 + len(classes) // 8 + depth ** selectors.descents(tree)
                if self._tests > TESTS_MAX:
                    raise DrawingError("the style sheets are too large for so many elements")
                if selectors.matches(tree, node):
                    self._tests += VARIABLE_TESTS * max(0, len(declared) - len(_PROPERTIES))
                    matched.append((order, declared))
        matched.sort(key=lambda pair: pair[0])
        important: dict[str, str] = {}
        for _, declared in matched:
            for name, (value, urgent) in declared.items():
                values[name] = value
                if urgent:
                    important[name] = value
        if "style" in attrs:
            values.update(_inline(attrs["style"]))
        values.update(important)
        if any("var(" in value for value in values.values()):
            self._varied.add(id(values))
        return values

    def _read(self, text: str) -> None:
        for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
            if rule.type != "qualified-rule":
                self._skipped += rule.type == "error"
                continue
            declared = _declarations(rule.content)
            if not declared or self._order >= RULES_MAX:
                continue
            text = tinycss2.serialize(rule.prelude)
            found = selectors.parsed(text)
            if not found:
                self._skipped += 1
                continue
            for selector in found:
                self._add(selector, declared)

    def _add(self, selector: Selector, declared: dict[str, tuple[str, bool]]) -> None:
        if selector.pseudo_element is not None:
            return
        key = selectors.bucket(selector.parsed_tree)
        if key is None:
            self._skipped += 1
            return
        self._order += 1
        order = (*selector.specificity(), self._order)
        self._simple.setdefault(key, []).append((order, selector.parsed_tree, declared))


def _values(names: list[str]) -> Callable[[dict[str, str]], object]:
    """Takes these attributes out of an element's."""
    return itemgetter(*names) if names else lambda _: None


def _buckets(node: Node) -> list[str]:
    """Where rules that may match the element are looked up (`selectors.bucket`)."""
    keys = [f".{name}" for name in node.attrs.get("class", "").split()] + [node.tag, "*"]
    if "id" in node.attrs:
        keys.append("#" + node.attrs["id"])
    return keys


def _depth(node: Node) -> int:
    depth, above = 1, node.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    return depth


@lru_cache(maxsize=1024)
def _inline(style: str) -> dict[str, str]:
    """Of a style attribute, which many elements have alike. Not to be changed."""
    return {name: value for name, (value, _) in _declarations(style).items()}


def _declarations(source: str | list) -> dict[str, tuple[str, bool]]:
    found: dict[str, tuple[str, bool]] = {}
    parsed = tinycss2.parse_blocks_contents(source, skip_comments=True, skip_whitespace=True)
    for item in parsed:
        if item.type != "declaration":
            continue
        custom = item.name.startswith("--") and len(found) < VARIABLES_MAX
        name = item.name if custom else item.lower_name
        if custom or name in _PROPERTIES:
            found[name] = (tinycss2.serialize(item.value).strip(), item.important)
    return found


_VARIABLE = re.compile(r"var\(\s*(--[^\s,()]+)\s*(?:,((?:[^()]|\([^()]*+\))*+))?\)")
"""A custom property, and what is meant where it has no value."""


def _replaced(name: str, value: str, values: Variables | None) -> str | None:
    """A value whose custom properties are replaced; None where that gives none. Source: CSS Custom
    Properties 1, 3."""
    if name.startswith("--"):
        return value
    for _ in range(VARIABLES_DEEP_MAX):
        if "var(" not in value:
            return value
        value = _VARIABLE.sub(
            lambda match: (values and values.value(match[1])) or match[2] or "\0", value
        )
        if "\0" in value or len(value) > VALUE_CHARS_MAX:
            return None
    return None


def inherit(parent: Style, declared: dict[str, str]) -> Style:
    """The computed style of an element inside `parent`."""
    if not declared:
        return parent
    color = _paint(declared.get("color"), parent.color, parent.color)
    seen = _number(declared.get("fill-opacity"), 1.0) > 0
    visibility = declared.get("visibility")
    return Style(
        fill=_paint(declared.get("fill"), parent.fill, color) if seen else "none",
        stroke=_paint(declared.get("stroke"), parent.stroke, color),
        color=color,
        visible=parent.visible
        if visibility in (None, "inherit")
        else visibility not in ("hidden", "collapse"),
        shown=parent.shown and declared.get("display") != "none",
        opaque=parent.opaque and _number(declared.get("opacity"), 1.0) > 0,
        font_px=_font_px(declared, parent.font_px),
        anchor=declared.get("text-anchor", parent.anchor),
        baseline=declared.get("dominant-baseline", parent.baseline),
        stroke_width=declared.get("stroke-width", parent.stroke_width),
        dashes=declared.get("stroke-dasharray", parent.dashes),
        cap=declared.get("stroke-linecap", parent.cap),
        markers=_markers(declared, parent.markers),
        variables=_variables(declared, parent.variables),
    )


def _variables(declared: dict[str, str], outer: Variables | None) -> Variables | None:
    own = {name: value for name, value in declared.items() if name.startswith("--")}
    return Variables(own, outer) if own else outer


def _markers(declared: dict[str, str], parent: tuple[str, str, str]) -> tuple[str, str, str]:
    start, mid, end = (declared["marker"],) * 3 if "marker" in declared else parent
    return (
        declared.get("marker-start", start),
        declared.get("marker-mid", mid),
        declared.get("marker-end", end),
    )


def _number(text: str | None, default: float) -> float:
    if text is None:
        return default
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return default


_UNITS = {"px": 1.0, "pt": 4 / 3, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pc": 16.0, "": 1.0}
_SIZE = re.compile(r"(?:^|\s)([\d.]+)(px|pt|mm|cm|in|pc|em|rem|%)?(?=$|\s|/)")


def _font_px(declared: dict[str, str], parent: float) -> float:
    text = declared.get("font-size") or declared.get("font")
    found = None
    if text:
        for match in _SIZE.finditer(text):
            if match[2] or "font-size" in declared:
                found = match
    if found is None:
        return parent
    try:
        value = float(found[1])
    except ValueError:
        return parent
    unit = found[2] or ""
    if unit in ("em", "%"):
        return value * parent / (100 if unit == "%" else 1)
    return value * (16.0 if unit == "rem" else _UNITS[unit])


@lru_cache(maxsize=1024)
def _paint(text: str | None, inherited: str, color: str) -> str:
    """A colour as "#rrggbb", "none", or the paint as written (`url(#...)`)."""
    if text is None or text == "inherit":
        return inherited
    paint = text.strip().lower()
    if paint == "none":
        return "none"
    found = parse_color(paint)
    if isinstance(found, str):
        return color
    if found is None:
        return paint
    try:
        *parts, alpha = found.to("srgb")
    except NotImplementedError:
        return paint
    if alpha == 0:
        return "none"
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, p or 0.0))):02x}" for p in parts)
