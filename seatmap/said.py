"""What one element says, and the same of all elements whose names are of one form."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any, NamedTuple

from seatmap import names
from seatmap.forms import Piece, filled, piece
from seatmap.names import Facts, Named


class Place(NamedTuple):
    """What a name says of a seat by its parts: a position ("parter_19_26"), or just its number."""

    source: str
    position: Facts
    number: Named | None


class Said:
    """What an element says.

    Its `kind`; its `facts`, of which `stated` are the fields; its names as `texts`, (source, text)
    by trust; the positional ones among them as `patterns`, (source, skeleton, text); their
    `places`; the `fields` of a seat that is this element; the bits of `access`. Of a form each is
    made when it is asked for.
    """

    __slots__ = ("_form", "_numbers", "access", "facts", "fields", "kind", "patterns", "places",
                 "stated", "texts")  # fmt: skip

    facts: Facts
    texts: list[tuple[str, str]]
    patterns: list[tuple[str, str, str]]
    places: list[Place]
    fields: Facts

    def __init__(self, kind: str | None, stated: Set[str], access: int) -> None:
        self.kind = kind
        self.stated = stated
        self.access = access

    @classmethod
    def whole(
        cls,
        facts: Facts,
        texts: list[tuple[str, str]],
        patterns: list[tuple[str, str, str]],
        places: list[Place],
        access: int,
    ) -> Said:
        kind = facts["kind"].value if "kind" in facts else None
        found = cls(kind, facts.keys(), access)
        found.facts, found.texts, found.patterns, found.places = facts, texts, patterns, places
        found.fields = fields([found])
        return found

    def __getattr__(self, part: str) -> Any:
        found = getattr(self._form, part)(self._numbers)
        setattr(self, part, found)
        return found


def placed(source: str, text: str) -> Place | None:
    position = {field: Named(value, source) for field, value in names.position(text).items()}
    plain = names.number(text) or names.lettered(text)
    if not position and not plain:
        return None
    return Place(source, position, Named(text, source) if plain else None)


def fields(elements: Iterable[Said]) -> Facts:
    """What the elements of one seat state together.

    Inner elements first; but of ids that give a position ("b5-4-16") the outer one is the seat's,
    and those inside are made from it ("b5c-4-16").
    """
    found: Facts = {}
    placed: set[str] = set()
    for said in elements:
        facts = said.facts
        for field in ("seat", "row", "section", "table", "zone"):
            if field in facts:
                found.setdefault(field, facts[field])
        for place in said.places:
            for field, name in place.position.items():
                if field not in found or (place.source == "id" and field in placed):
                    found[field] = name
                    if place.source == "id":
                        placed.add(field)
            if place.number is not None and "seat" not in found:
                found["seat"] = place.number
        if "title" in facts:
            found.setdefault("seat", facts["title"])
    return found


NOTHING = Said.whole({}, [], [], [], 0)


class SaidForm:
    """How elements are read that differ in their numbers only: each part of what they say."""

    __slots__ = ("_facts", "_fields", "_patterns", "_places", "_texts", "access", "kind", "stated")

    def __init__(self, said: Said, marks: list[str]) -> None:
        """`said` is of an element whose numbers are the marks, each different. Raises ValueError
        when what it says are not whole numbers."""
        self.kind = said.kind
        self.stated = frozenset(said.stated)
        self.access = said.access
        self._facts = _pieces(said.facts, marks)
        self._fields = _pieces(said.fields, marks)
        self._texts = [(source, _piece(text, marks)) for source, text in said.texts]
        self._patterns = [(a, b, _piece(text, marks)) for a, b, text in said.patterns]
        self._places = [
            (at.source, _pieces(at.position, marks), at.number and _piece(at.number.value, marks))
            for at in said.places
        ]

    def said(self, numbers: list[str]) -> Said:
        """What the element with these numbers says."""
        found = Said(self.kind, self.stated, self.access)
        found._form, found._numbers = self, numbers
        if not self._patterns:
            found.patterns = NOTHING.patterns
        return found

    def facts(self, numbers: list[str]) -> Facts:
        return _filled(self._facts, numbers)

    def fields(self, numbers: list[str]) -> Facts:
        return _filled(self._fields, numbers)

    def texts(self, numbers: list[str]) -> list[tuple[str, str]]:
        return [(source, filled(text, numbers)) for source, text in self._texts]

    def patterns(self, numbers: list[str]) -> list[tuple[str, str, str]]:
        return [(a, b, filled(text, numbers)) for a, b, text in self._patterns]

    def places(self, numbers: list[str]) -> list[Place]:
        return [
            Place(
                source,
                _filled(position, numbers),
                None if number is None else Named(filled(number, numbers), source),
            )
            for source, position, number in self._places
        ]


def _piece(value: str, marks: list[str]) -> Piece:
    found = piece(value, marks)
    if found is None:
        raise ValueError(value)
    return found


def _pieces(facts: Facts, marks: list[str]) -> list[tuple[str, Piece, str]]:
    return [(field, _piece(name.value, marks), name.source) for field, name in facts.items()]


def _filled(pieces: list[tuple[str, Piece, str]], numbers: list[str]) -> Facts:
    return {field: Named(filled(piece, numbers), source) for field, piece, source in pieces}
