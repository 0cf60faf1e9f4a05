"""What words say that something is: a seat, a row, a standing area, a stage, a legend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from seatmap import words
from seatmap.model import ACCESSIBLE, COMPANION, RESTRICTED_VIEW
from seatmap.xml import Node

_LETTERED_PEN = re.compile(r"(?<![A-Za-z])(?:PEN|PIT)[A-Z](?![A-Za-z])")
TEXT_MAX = 200
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*)+")
"""Letters, with the vowels and accents that are written over them."""
_VALUED = re.compile(r"^(?P<word>[^\W\d_]+)(?:[-_](?:[A-Za-z]{1,2}|\d{1,3}[A-Za-z]?)|\d{1,3})$")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")

DIMENSION = re.compile(
    r"^\d+(?:[.,]\d+)?\s?(?:m|ft|')?\s?[x*\u00d7]\s?\d+(?:[.,]\d+)?\s?(?:m|ft|')?$"
    r"|^\d+(?:[.,]\d+)?\s?(?:m²|m2|qm|sqm|sq\.? ?m|sq\.? ?ft)\.?$",
    re.IGNORECASE,
)
"""A size that is written on something: "3x3", "10' x 10'", "12 m²"."""

KEYWORDS = {
    **dict.fromkeys(words.SEAT, "seat"),
    **dict.fromkeys(words.ROW, "row"),
    **dict.fromkeys(words.TABLE, "table"),
    **dict.fromkeys(words.SECTION, "section"),
}


def tokens(text: str) -> list[str]:
    """Lower-case words of a name, without numbers; "generalAdmission" is two."""
    return [word.lower() for word in _WORD.findall(_HUMP.sub(" ", text))]


def bound_kind(node: Node) -> str | None:
    """What a template binds the element to: "table.seats[0].id" is a seat, "tableGroupId" a table.

    Of the words of a path the innermost that has a number wins, else the first.
    """
    bound = node.attrs.get("template-id") or node.attrs.get("template-class")
    if bound is None:
        return None
    numbered = re.findall(r"([A-Za-z]+?)s?\[\d+\](?=\.(?:id|class)$)", bound)
    first = re.match(r"[a-z]+", bound)
    for word in (*numbered[-1:], *([first[0]] if first and "[" not in bound else [])):
        kind = KEYWORDS.get(word.lower())
        if kind is not None:
            return kind
    return None


def kind_of(text: str, *, classed: bool = False) -> str | None:
    if not text:
        return None
    said = tokens(text)
    whole = " ".join(said)
    some = set(said)
    if some & words.LEGEND or any(phrase in whole for phrase in words.LEGEND_PHRASES):
        return "legend"
    if classed:
        some = _unvalued(text)
        if some & words.STATED_STANDING:
            return "standing"
        for name in text.lower().split():
            kind = _class_kind(name, some)
            if kind:
                return kind
    if some & words.STANDING or any(phrase in whole for phrase in words.STANDING_PHRASES):
        return "standing"
    if _LETTERED_PEN.search(text):
        return "standing"
    if len(said) <= 3:
        if some & words.BOOTH:
            return "booth"
        if some & words.BENCH:
            return "bench"
    if is_state_of_seat(said):
        return "seat"
    if "landmark" in some:
        return "other"
    return landmark(said)


def _unvalued(classes: str) -> set[str]:
    """The words of classes but of those that give a row a value: "seat row-C"."""
    found: set[str] = set()
    for name in classes.split():
        match = _VALUED.match(name)
        if match is None or match["word"].lower() not in words.ROW:
            found.update(tokens(name))
    return found


def is_state_of_seat(said: Iterable[str]) -> bool:
    """Whether words say that something is a seat, in which state, and nothing else:
    "Seat/Available"."""
    some = set(said)
    seat, state = some & words.SEAT, some & words.SEAT_STATES
    return bool(seat and state) and some == seat | state


@lru_cache(maxsize=4096)
def access_of(text: str) -> int:
    """ACCESSIBLE, COMPANION, RESTRICTED_VIEW bits that words state."""
    said = set(tokens(text))
    less = bool(said & words.LESS)
    return (
        (ACCESSIBLE if said & words.ACCESSIBLE or (less and said & words.MOVING) else 0)
        | (COMPANION if said & words.COMPANION else 0)
        | (RESTRICTED_VIEW if said & words.RESTRICTED or (less and said & words.SIGHT) else 0)
    )


@lru_cache(maxsize=4096)
def landmark_of(text: str) -> str | None:
    """The kind of landmark that a text names."""
    return landmark(tokens(text[:TEXT_MAX]))


def says_standing(text: str) -> bool:
    """Whether a section's name says that one stands there: "GA1", "Pit standing"."""
    said = tokens(text)
    phrase = any(phrase in " ".join(said) for phrase in words.STANDING_PHRASES)
    return phrase or bool(words.STATED_STANDING & set(said))


def landmark(said: list[str]) -> str | None:
    """The kind of landmark that a name of at most three words is."""
    if len(said) > 3 or not words.STOOLS.isdisjoint(said):
        return None
    for word in said:
        kind = words.LANDMARKS.get(word)
        if kind is None:
            end = next((e for e in words.LANDMARK_ENDS if word.endswith(e)), None)
            kind = words.LANDMARKS.get(end) if end is not None else None
        if kind is not None:
            return kind
    return None


def _class_kind(name: str, some: set[str]) -> str | None:
    name = name.split("--")[0].split("__")[-1]
    if name in words.SEAT:
        return "void" if some & words.NOT_A_SEAT else "seat"
    if name in words.TABLE:
        return "table"
    if name in words.SECTION or name in ("region",):
        return "section"
    parts = name.replace("_", "-").split("-")
    if len(parts) == 2 and some.isdisjoint(words.NOT_A_SEAT | {"no"}):
        stated = parts[0] in words.SEAT and parts[1] in words.SEAT_STATES
        if parts[-1] in words.SEAT or stated:
            return "seat"
    if name in words.BOOTH:
        return "booth"
    if len(parts) == 2 and parts[-1] in words.AREA and parts[0] not in words.LANDMARKS:
        return "area"
    if parts[-1] in words.ROW and len(parts) <= 2:
        return "row"
    return None
