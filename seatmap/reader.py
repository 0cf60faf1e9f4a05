"""What an element says of itself: each is read once, its names and attributes become facts.

Order of trust: data attributes, layer labels, structured ids, titles, classes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from seatmap import words
from seatmap.classes import stated_by_classes
from seatmap.forms import FORMS_KEPT, form, marked, numbers
from seatmap.kinds import access_of, bound_kind, kind_of, says_standing
from seatmap.names import (
    ROW_PART,
    SEAT_PART,
    SPLIT,
    Facts,
    Named,
    alone,
    decoded,
    is_seat_label,
    seat_told,
    skeleton,
    structured,
    told_by_click,
    told_by_link,
    unescaped,
)
from seatmap.said import NOTHING, Place, Said, SaidForm, placed
from seatmap.xml import Node

_PARTS = frozenset({"Circle", "CIRCLE"})
"""Names of groups that look like a tool's, but are what a theatre calls its first balcony."""
_NUMBERS_ONLY = re.compile(r"^[\d\s_\-.]*$")

_NAMES_BY_TRUST = ("inkscape:label", "serif:id", "data-name", "id", "aria-label")
_TIPS = (
    "aria-description", "data-tooltip", "data-original-title", "data-bs-title",
    "data-tippy-content", "data-tip",
)  # fmt: skip
"""What a page shows beside the pointer, its lines apart by breaks, or says of an element."""
_BREAK = re.compile(r"\s*[(<]\s*/?br\s*/?\s*[)>]\s*", re.IGNORECASE)
_CLICK = "onclick"
_NAMES = frozenset((*_NAMES_BY_TRUST, *_TIPS, _CLICK))
_SHAPES = frozenset("circle ellipse rect path polygon use image".split())


@lru_cache(maxsize=FORMS_KEPT)
def _kind_said(form: str, classed: bool) -> str | None:
    return kind_of(form, classed=classed)


_ACCESS_KEYS = ("class", "data-access", "data-accessibility", "data-type")


class Sayings(Protocol):
    """What a mapping says of elements (`told`)."""

    facts: dict[int, Facts]
    governs: frozenset[str]


_GOVERNED = {
    "seat": ("seat", "title", "seat_id"),
    "row": ("row",),
    "section": ("section", "section_name", "group"),
    "table": ("table",),
    "area": ("booth",),
    "landmark": (),
}
_KINDS = {
    "seat": {"seat"},
    "row": {"row"},
    "section": {"section"},
    "table": {"table"},
    "area": {"standing", "area", "booth", "bench"},
    "landmark": {*words.LANDMARKS.values(), "other"},
}


class Reader:
    """Reads elements; each is read once, and so are all that carry the same words. `copies` are ids
    that a tool made of others (`names.copies`), `prefixes` are
    words that only begin names."""

    def __init__(
        self,
        prefixes: frozenset[str] = frozenset(),
        told: Sayings | None = None,
        copies: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.prefixes = prefixes
        self.copies = copies
        self.told = told
        self._said: dict[int, Said] = {}
        self._forms: dict[tuple, Said | SaidForm | None] = {}
        self._alike: dict[tuple, Said] = {}
        self._telling: dict[tuple[str, ...], tuple[str, ...]] = {}

    def facts(self, node: Node) -> Facts:
        """field -> Named. Fields: seat, row, section, section_name, table, zone, capacity, id,
        name, spoken (a name for people: any but the id), group (a name that may or may not name
        a section) and kind: "seat", "row", "table", "section", "standing", "area", "legend", a
        landmark's kind, or "void" for what only looks like a seat."""
        return self.said(node).facts

    def texts(self, node: Node) -> list[tuple[str, str]]:
        """(source, name) by trust, without the prefixes that this drawing puts before its names."""
        return self.said(node).texts

    def patterns(self, node: Node) -> list[tuple[str, str, str]]:
        """(source, skeleton, name) of each positional name of the element."""
        return self.said(node).patterns

    def access(self, node: Node) -> int:
        """ACCESSIBLE, COMPANION, RESTRICTED_VIEW bits that the element itself states."""
        return self.said(node).access

    def said(self, node: Node) -> Said:
        found = self._said.get(node.index)
        if found is None:
            if self.copies and node.attrs.get("id") in self.copies:
                node = node.like({**node.attrs, "id": self.copies[node.attrs["id"]]})
            found = self._said[node.index] = self._shared(node)
        return found

    def _shared(self, node: Node) -> Said:
        """Elements with the same words are one, and those that differ in numbers only are read
        once; but of a mapping's each is on its own, and so is what has a title and children with
        titles."""
        attrs, title = node.attrs, node.title
        names = tuple(attrs)
        telling = self._telling.get(names)
        if telling is None:
            telling = self._telling[names] = tuple(key for key in names if _tells(key))
        if self.told is not None or (title is not None and node.children):
            return self._heard(node)
        if node.tag == "a" and "href" in attrs:
            return self._heard(node)
        if title is None and not telling:
            return NOTHING
        key = (node.tag, node.parent is None, title, telling, *[attrs[name] for name in telling])
        found = self._alike.get(key)
        if found is None:
            found = self._of_form(node, telling)
            if len(self._alike) < FORMS_KEPT:
                self._alike[key] = found
        return found

    def _of_form(self, node: Node, telling: tuple[str, ...]) -> Said:
        """Read of its form, which is read once."""
        attrs, title = node.attrs, node.title
        words = [unescaped(attrs[name]) if name in _NAMES else attrs[name] for name in telling]
        if title is not None:
            words.append(unescaped(title))
        key = (node.tag, node.parent is None, title is None, telling, *map(form, words))
        known = self._forms.get(key)
        if known is None:
            if key in self._forms or len(self._forms) >= FORMS_KEPT:
                return self._heard(node)
            known = self._forms[key] = self._formed(node, telling, words)
            if known is None:
                return self._heard(node)
        return known if isinstance(known, Said) else known.said(numbers(words))

    def _formed(
        self, node: Node, telling: tuple[str, ...], words: list[str]
    ) -> Said | SaidForm | None:
        """What all elements of a form say, or how it is read of each; None: each on its own."""
        stand_in = marked(words)
        if stand_in is None or any("_x" in word for word in words):
            return None
        attrs = dict(zip(telling, stand_in, strict=False))
        other = Node(node.tag, attrs, node.index)
        other.parent = node.parent
        other.title = None if node.title is None else stand_in[-1]
        said, marks = self._heard(other), numbers(stand_in)
        try:
            return SaidForm(said, marks) if marks else said
        except ValueError:
            return None

    def _heard(self, node: Node) -> Said:
        named = texts(node)
        if self.prefixes and named:
            named = [(source, self._bare(text)) for source, text in named]
        facts = self._told(node, named)
        patterns = [
            (source, shape, text)
            for source, text in ([] if self.governed("seat") else named)
            if (shape := skeleton(text)) is not None
        ]
        title = facts.get("title")
        if title is not None and node.tag in _SHAPES:
            patterns.append(("title", "n", title.value))
        access = 0
        for key in _ACCESS_KEYS:
            if key in node.attrs:
                access |= access_of(form(node.attrs[key]))
        for _, name in named:
            access |= access_of(form(name))
        places = [] if self.governed("seat") else _places(facts, named)
        return Said.whole(facts, named, patterns, places, access)

    def _told(self, node: Node, named: list[tuple[str, str]]) -> Facts:
        """What a mapping says of the element; of all else only what no rule of it governs."""
        if self.told is None:
            return self._read(node, named)
        said = self.told.facts.get(node.index)
        if said is not None:
            return said
        facts = self._read(node, named)
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

    def _bare(self, text: str) -> str:
        head, *rest = SPLIT.split(text, maxsplit=1)
        return rest[0] if rest and rest[0] and head.lower() in self.prefixes else text

    def _read(self, node: Node, texts: list[tuple[str, str]]) -> Facts:
        attrs = node.attrs
        facts = _data(attrs)
        _identified(facts, texts)
        kind = facts.pop("kind", None)
        if "name" in facts:
            facts["spoken"] = facts["name"]
        for source, text in texts:
            for field, value in structured(text).items():
                facts.setdefault(field, Named(value, source))
            named = Named(text, source)
            facts.setdefault("name", named)
            if source == "id":
                facts["id"] = named
            else:
                facts.setdefault("spoken", named)
            if self.prefixes or not _NUMBERS_ONLY.match(text):
                facts.setdefault("group", named)
        if node.tag == "a":
            for field, value in told_by_link(attrs.get("href", "")).items():
                facts.setdefault(field, Named(value, "href"))
        if "class" in attrs:
            for field, named in stated_by_classes(attrs["class"]):
                facts.setdefault(field, named)
        title = alone(node.title) if node.title else None
        if title and SEAT_PART.match(title) and "seat" not in facts:
            facts["title"] = Named(title, "title")
        if title and "row" not in facts and ROW_PART.match(title) and _titled(node):
            facts["row"] = Named(title, "title")
        found = self._kind(node, texts, kind.value if kind else "", facts)
        if found:
            facts["kind"] = found
            _complete(facts, found.value)
        return facts

    def _kind(
        self, node: Node, texts: list[tuple[str, str]], stated: str, facts: Facts
    ) -> Named | None:
        """What the element says it is. Statement, then class, then id, label and title."""
        if "booth" in facts:
            return Named("booth", facts["booth"].source)
        for source, text in (("data-type", stated), ("class", node.attrs.get("class", ""))):
            if text and (found := _kind_said(form(text), True)):
                return Named(found, source)
        for source, text in texts:
            if found := _kind_said(form(text), False):
                return Named(found, source)
        for field in ("seat", "row", "table", "section"):
            if field in facts:
                return Named(field, facts[field].source)
        if "seat_id" in facts:
            return Named("seat", facts["seat_id"].source)
        bound = bound_kind(node)
        return Named(bound, "template") if bound is not None else None


def _identified(facts: Facts, texts: list[tuple[str, str]]) -> None:
    """What an identity says of a seat ("U:16U:19:1"), unless it is said in words too: "Section
    16U, Row 19, Seat 1"."""
    identity = facts.get("seat_id")
    if identity is None or "seat" in facts:
        return
    if any(source != "id" and {"row", "seat"} <= structured(text).keys() for source, text in texts):
        return
    for field, value in seat_told(identity.value).items():
        facts.setdefault(field, Named(value, identity.source))


@lru_cache(maxsize=4096)
def _tells(attribute: str) -> bool:
    """Whether an attribute of this name may say anything about the element."""
    return (
        attribute in _NAMES
        or attribute in _ACCESS_KEYS
        or attribute in ("template-id", "template-class")
        or _stated_by(attribute) is not None
    )


def _places(facts: Facts, named: list[tuple[str, str]]) -> list[Place]:
    """Of each name; what says row and seat by words, or a row and nothing else, is no position."""
    row, seat = facts.get("row"), facts.get("seat")
    found = []
    for source, text in named:
        place = placed(source, text)
        worded = row is not None and row.source == source
        if place is None or (worded and seat is not None and seat.source == source):
            continue
        if not (worded and "seat" in place.position and place.position["seat"] == row):
            found.append(place)
    return found


def _titled(node: Node) -> bool:
    """Whether two or more children have titles of their own: a row of seats has, a seat has not."""
    return sum(child.title is not None for child in node.children[:20]) > 1


def _complete(facts: Facts, kind: str) -> None:
    """What is said to be a row, table or seat without its value is called what its label says; a
    mere number is a seat's where a seat or row is stated; a section called "GA" is for standing."""
    spoken = facts.get("spoken")
    labelled = spoken if spoken is not None and spoken.source.startswith("data-") else None
    if labelled is not None and labelled.source in _TIPS:
        labelled = None
    if kind in ("row", "table") and kind not in facts and labelled is not None:
        facts[kind] = labelled
    if "seat" not in facts and kind in ("seat", "row"):
        own = facts.get("column") or labelled if kind == "seat" else None
        number = facts.get("number") or own
        if number is not None:
            facts["seat"] = number
            facts["kind"] = Named("seat", number.source)
    name = facts.get("section_name") or spoken
    if kind == "section" and name is not None and says_standing(name.value):
        facts["kind"] = Named("standing", name.source)


_DATA = {key: (field, rank) for field, keys in words.DATA.items() for rank, key in enumerate(keys)}


OF_WORDS = 90
"""How well what only a word of the vocabulary says is stated: less than `words.DATA`."""
_DATA_WORDS = {
    **dict.fromkeys(words.SECTION | {"secteur"}, "section"),
    **dict.fromkeys(words.ROW, "row"),
    **dict.fromkeys(words.SEAT, "seat"),
}


@lru_cache(maxsize=4096)
def _stated_by(attribute: str) -> tuple[str, int] | None:
    """The field that an attribute of this name states, and how well among those of the field."""
    key = attribute.removeprefix("data-").lower().replace("-", "").replace("_", "")
    if attribute[:5] != "data-":
        return _DATA[key] if key in words.BARE_DATA else None
    word = _DATA_WORDS.get(key)
    if word is not None:
        return _DATA.get(key) or (word, OF_WORDS)
    return _DATA.get(key) or (("seat_id", OF_WORDS) if key.endswith("seatid") else None)


def _data(attrs: dict[str, str]) -> Facts:
    """What data attributes state, by field; of several for one field the first of `words.DATA`."""
    found: dict[str, tuple[int, Named]] = {}
    for name, raw in attrs.items():
        known = _stated_by(name)
        if known is None:
            continue
        field, rank = known
        value = raw.strip()
        fits = (
            field not in ("seat", "number", "column") or value.isdecimal() or is_seat_label(value)
        )
        if field == "zone" and value.lower() in words.SEAT:
            continue
        if value and fits and (field not in found or rank < found[field][0]):
            found[field] = (rank, Named(value, name))
    facts = {field: named for field, (_, named) in found.items()}
    if "section_name" in facts:
        facts.setdefault("section", facts["section_name"])
    return facts


def texts(node: Node) -> list[tuple[str, str]]:
    """Names of the element by trust; a title and an aria-label are last but speak to people."""
    attrs = node.attrs
    if node.title is None and _NAMES.isdisjoint(attrs):
        return []
    found = []
    for source in _NAMES_BY_TRUST:
        raw = attrs.get(source)
        if raw and source == "aria-label":
            raw = alone(raw)
        if raw and (text := raw if raw in _PARTS and node.tag == "g" else decoded(raw)):
            found.append((source, text))
    if node.title and node.parent is not None and (text := decoded(alone(node.title))):
        found.append(("title", text))
    for source in _TIPS:
        raw = attrs.get(source)
        if raw and (text := decoded(alone(_BREAK.sub(", ", raw)))):
            found.append((source, text))
    if _CLICK in attrs and (text := decoded(told_by_click(attrs[_CLICK]))):
        found.append((_CLICK, text))
    return found
