"""Candidate names of an element: what its attributes say, decoded, with where each was read.

Order of trust: data attributes, layer labels, structured ids, titles, classes. Names a tool gave
("rect864-2-9", "Group 12") say nothing and are dropped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from seatmap import words
from seatmap.kinds import KEYWORDS, bound_kind, kind_of, tokens
from seatmap.model import ACCESSIBLE, COMPANION, RESTRICTED_VIEW
from seatmap.xml import Node


class Named(NamedTuple):
    """A value and the attribute or element it was read from."""

    value: str
    source: str


Facts = dict[str, Named]

_HEX = re.compile(r"_x([0-9A-Fa-f]{2,4})_")
_COPY = re.compile(r"_\d+_$")
_NOISE = re.compile(
    r"^(?:rect|rectangle|path|circle|ellipse|oval|line|polyline|polygon|g|group|grupo|gruppe|frame|"
    r"svg|svgid|xmlid|text|tspan|use|image|layer|capa|ebene|calque|слой|vector|shape|object|union|"
    r"subtract|mask|clip|clippath|mesh|star|star_shape|element|item|bitmap|compound|sodipodi|"
    r"shape_\w*|prefix__?\w*)[\s_\-.:]*[\d_\-\s.]*$",
    re.IGNORECASE,
)
_NUMBERS_ONLY = re.compile(r"^[\d\s_\-.]*$")
_SPLIT = re.compile(r"[\s_\-.:/|,]+")
_KEYED = re.compile(r"^([^\W\d_]+?)(\d+[a-zA-Z]?)$")
_COMPACT = re.compile(r"^(?P<section>[a-z]*\d*)r(?P<row>\d+)s(?P<seat>\d+)$", re.IGNORECASE)
_SEAT_PART = re.compile(r"^\d{1,4}[a-zA-Z]?$")
_ROW_PART = re.compile(r"^(?:\d{1,3}|[^\W\d_]{1,3}|[^\W\d_]{1,2}\d{1,3}[^\W\d_]?|\d{1,3}[^\W\d_])$")

_NAMES = frozenset({"inkscape:label", "data-name", "id", "aria-label"})
_SPOKEN_KEYS = frozenset({"data", "clas", "temp"})
"""How the names of the other attributes begin that say something: data-, class, template-."""
_SHAPES = frozenset("circle ellipse rect path polygon use".split())


def decoded(name: str | None) -> str | None:
    """A name as its author wrote it, or None when a tool made it up."""
    if not name:
        return None
    if "_x" in name:
        name = _HEX.sub(lambda m: chr(int(m[1], 16)), name)
    name = _COPY.sub("", name).replace("\\", "").strip()
    if not name or _NOISE.match(name) or len(name) > 120:
        return None
    return name


PREFIXED_MIN = 7
_FEW = frozenset(word for word, kind in words.LANDMARKS.items() if kind in ("stage", "pitch"))


def prefixes(nodes: Iterable[Node]) -> frozenset[str]:
    """Words that say "stage" or "pitch" but only begin the names of many things ("field_209").

    A house has few of either: where more than `PREFIXED_MIN` names begin with the word, it is
    where the blocks stand, not what they are.
    """
    begun: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        parts = _SPLIT.split(decoded(node.attrs.get("id")) or "")
        if len(parts) > 1 and parts[0].lower() in _FEW:
            begun[parts[0].lower()].add("-".join(parts[1:]))
    return frozenset(word for word, rests in begun.items() if len(rests) >= PREFIXED_MIN)


def structured(name: str) -> dict[str, str]:
    """Fields that keywords in a name state: "table-12-seat-1", "sec-101-row-9", "cx2r8s1".

    A value belongs to the keyword before it; "seat" may also stand before a whole position
    ("seat-1-A-4"). {} when the name holds no keyword with a value.
    """
    compact = _COMPACT.match(name)
    if compact:
        return {key: value for key, value in compact.groupdict().items() if value}
    parts = [part for part in _SPLIT.split(name) if part]
    found: dict[str, str] = {}
    rest: list[str] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        field = KEYWORDS.get(part.lower())
        keyed = _KEYED.match(part) if field is None else None
        if field is not None and i == 0 and field == "seat" and len(parts) > 2:
            return positional(parts[1:])
        if field is not None and i + 1 < len(parts) and _value(parts[i + 1]):
            value = parts[i + 1]
            found[field] = f"{part} {value}" if part.lower() in _SPOKEN else value
            i += 2
            continue
        if keyed and keyed[1].lower() in KEYWORDS and not found.get(KEYWORDS[keyed[1].lower()]):
            found[KEYWORDS[keyed[1].lower()]] = keyed[2]
        else:
            rest.append(part)
        i += 1
    if rest and found and "section" not in found and "seat" in found and "table" not in found:
        found["section"] = "-".join(rest)
    return found


_SPOKEN = frozenset("box loge lodge ложа stand".split())
"""Section words that are part of the name: one says "Box 3", but "101" for "section 101"."""


def _value(part: str) -> bool:
    return bool(_SEAT_PART.match(part) or _ROW_PART.match(part))


def _is_seat_label(value: str) -> bool:
    """Whether a value can be a seat's number: "12", "4a", "K", "A-12", not "category-1"."""
    return bool(_SEAT_PART.match(value) or _ROW_PART.match(value) or "row" in position(value))


def positional(parts: list[str]) -> dict[str, str]:
    """Fields by place, slowest first: section(s), row, seat. {} when it does not look like that."""
    if len(parts) < 2 or not _SEAT_PART.match(parts[-1]):
        return {}
    found = {"seat": parts[-1]}
    head = parts[:-1]
    if head[0].lower() in words.SEAT:
        head = head[1:]
    if head and _ROW_PART.match(head[-1]):
        found["row"] = head.pop()
    if head:
        found["section"] = "-".join(head)
    return found


def number(name: str) -> str | None:
    """A name that is nothing but a seat's number: "12", "4a"."""
    return name if _SEAT_PART.match(name) else None


def position(name: str) -> dict[str, str]:
    """`positional` of a whole name: "parter_19_26", "1_K_31", "A-04"."""
    return positional([part for part in _SPLIT.split(name) if part])


def skeleton(name: str) -> str | None:
    """The shape of a positional name: separators and whether each part is a word or a number.

    "parter_19_26" and "balcon_2_7" are both "w_n_n"; None when no position can be read from it.
    """
    if not position(name):
        return None
    return re.sub(r"\d+", "n", re.sub(r"[^\W\d_]+", "w", name))


class Sayings(Protocol):
    """What a mapping says of elements (`told`)."""

    facts: dict[int, Facts]
    governs: frozenset[str]


_GOVERNED = {
    "seat": ("seat", "title"),
    "row": ("row",),
    "section": ("section", "section_name", "group"),
    "table": ("table",),
    "area": (),
    "landmark": (),
}
_KINDS = {
    "seat": {"seat"},
    "row": {"row"},
    "section": {"section"},
    "table": {"table"},
    "area": {"standing", "area"},
    "landmark": {*words.LANDMARKS.values(), "other"},
}


class Reader:
    """Reads elements; each is read once. `prefixes` are words that only begin names."""

    def __init__(self, prefixes: frozenset[str] = frozenset(), told: Sayings | None = None) -> None:
        self.prefixes = prefixes
        self.told = told
        self._facts: dict[int, Facts] = {}
        self._texts: dict[int, list[tuple[str, str]]] = {}
        self._access: dict[int, int] = {}
        self._patterns: dict[int, list[tuple[str, str, str]]] = {}

    def patterns(self, node: Node) -> list[tuple[str, str, str]]:
        """(source, skeleton, name) of each positional name of the element."""
        found = self._patterns.get(node.index)
        if found is None:
            found = self._patterns[node.index] = [
                (source, shape, text)
                for source, text in ([] if self.governed("seat") else self.texts(node))
                if (shape := skeleton(text)) is not None
            ]
            title = self.facts(node).get("title")
            if title is not None and node.tag in _SHAPES:
                found.append(("title", "n", title.value))
        return found

    def facts(self, node: Node) -> Facts:
        """field -> Named. Fields: seat, row, section, section_name, table, zone, capacity, id,
        name, spoken (a name for people: any but the id), group (a name that may or may not name
        a section) and kind: "seat", "row", "table", "section", "standing", "area", "legend", a
        landmark's kind, or "void" for what only looks like a seat."""
        found = self._facts.get(node.index)
        if found is None:
            found = self._facts[node.index] = self._said(node)
        return found

    def _said(self, node: Node) -> Facts:
        """What a mapping says of the element; of all else only what no rule of it governs."""
        if self.told is None:
            return self._read(node)
        said = self.told.facts.get(node.index)
        if said is not None:
            return said
        facts = self._read(node)
        standing = "kind" in facts and facts["kind"].value == "standing"
        for kind in self.told.governs:
            if standing and kind == "section":
                continue
            for field in _GOVERNED[kind]:
                facts.pop(field, None)
            if "kind" in facts and facts["kind"].value in _KINDS[kind]:
                del facts["kind"]
        return facts

    def governed(self, kind: str) -> bool:
        """Whether a mapping says which elements are of this kind."""
        return self.told is not None and kind in self.told.governs

    def texts(self, node: Node) -> list[tuple[str, str]]:
        """`texts` without the prefixes that this drawing puts before its names."""
        found = self._texts.get(node.index)
        if found is None:
            found = texts(node)
            if self.prefixes and found:
                found = [(source, self._bare(text)) for source, text in found]
            self._texts[node.index] = found
        return found

    def _bare(self, text: str) -> str:
        head, *rest = _SPLIT.split(text, maxsplit=1)
        return rest[0] if rest and rest[0] and head.lower() in self.prefixes else text

    def access(self, node: Node) -> int:
        """ACCESSIBLE, COMPANION, RESTRICTED_VIEW bits that the element itself states."""
        found = self._access.get(node.index)
        if found is None:
            attrs = node.attrs
            stated = ("class", "data-access", "data-accessibility", "data-type")
            text = " ".join(attrs.get(key, "") for key in stated)
            text += " " + (node.child_text("title") or "")
            said = set(tokens(text))
            found = (
                (ACCESSIBLE if said & words.ACCESSIBLE else 0)
                | (COMPANION if said & words.COMPANION else 0)
                | (RESTRICTED_VIEW if said & words.RESTRICTED else 0)
            )
            self._access[node.index] = found
        return found

    def _read(self, node: Node) -> Facts:
        attrs = node.attrs
        if not node.children and not any(key in _NAMES or key[:4] in _SPOKEN_KEYS for key in attrs):
            return {}
        facts: Facts = _data(node.attrs) if any(k[:5] == "data-" for k in node.attrs) else {}
        kind = facts.pop("kind", None)
        if "name" in facts:
            facts["spoken"] = facts["name"]
        for source, text in self.texts(node):
            for field, value in structured(text).items():
                facts.setdefault(field, Named(value, source))
            facts.setdefault("name", Named(text, source))
            if source == "id":
                facts["id"] = Named(text, source)
            if source != "id":
                facts.setdefault("spoken", Named(text, source))
            if self.prefixes or not _NUMBERS_ONLY.match(text):
                facts.setdefault("group", Named(text, source))
        for name in node.attrs.get("class", "").split():
            stated = structured(name)
            numbered = any(c.isdigit() for c in stated.get("seat", ""))
            if numbered and len(stated) > 1:  # "seat-2" alone may be a style
                for field, value in stated.items():
                    facts.setdefault(field, Named(value, "class"))
        title = node.child_text("title")
        if title and _SEAT_PART.match(title) and "seat" not in facts:
            facts["title"] = Named(title, "title")
        if title and "row" not in facts and _ROW_PART.match(title) and _titled(node):
            facts["row"] = Named(title, "title")
        found = self._kind(node, kind.value if kind else "", facts)
        if found:
            facts["kind"] = found
        return facts

    def _kind(self, node: Node, stated: str, facts: Facts) -> Named | None:
        """What the element says it is. Statement, then class, then id, label and title."""
        classes = node.attrs.get("class", "")
        for source, text in (
            ("data-type", stated),
            ("class", classes),
            *((source, text) for source, text in self.texts(node)),
        ):
            found = kind_of(text, classed=source in ("class", "data-type"))
            if found:
                return Named(found, source)
        for field in ("seat", "row", "table", "section"):
            if field in facts:
                return Named(field, facts[field].source)
        bound = bound_kind(node)
        return Named(bound, "template") if bound is not None else None


def _titled(node: Node) -> bool:
    """Whether two or more children have titles of their own: a row of seats has, a seat has not."""
    return sum(child.child_text("title") is not None for child in node.children[:20]) > 1


_DATA = {
    f"data-{key}": (field, rank)
    for field, keys in words.DATA.items()
    for rank, key in enumerate(keys)
}


def _data(attrs: dict[str, str]) -> Facts:
    """What data attributes state, by field; of several for one field the first of `words.DATA`."""
    found: dict[str, tuple[int, Named]] = {}
    for name, raw in attrs.items():
        known = _DATA.get(name)
        if known is None:
            continue
        field, rank = known
        value = raw.strip()
        fits = field != "seat" or value.isdigit() or _is_seat_label(value)
        if value and fits and (field not in found or rank < found[field][0]):
            found[field] = (rank, Named(value, name))
    return {field: named for field, (_, named) in found.items()}


def texts(node: Node) -> list[tuple[str, str]]:
    """Names of the element by trust; a title and an aria-label are last but speak to people."""
    attrs = node.attrs
    if not node.children and _NAMES.isdisjoint(attrs):
        return []
    sources = (
        ("inkscape:label", attrs.get("inkscape:label")),
        ("data-name", attrs.get("data-name")),
        ("id", attrs.get("id")),
        ("aria-label", attrs.get("aria-label")),
        ("title", node.child_text("title") if node.parent is not None else None),
    )
    return [(source, text) for source, raw in sources if raw and (text := decoded(raw))]
