"""What words say that something is: a seat, a row, a standing area, a stage, a legend."""

from __future__ import annotations

import re

from seatmap import words
from seatmap.xml import Node

_LETTERED_PEN = re.compile(r"(?<![A-Za-z])(?:PEN|PIT)[A-Z](?![A-Za-z])")
_WORD = re.compile(r"[^\W\d_]+")

KEYWORDS = {
    **dict.fromkeys(words.SEAT, "seat"),
    **dict.fromkeys(words.ROW, "row"),
    **dict.fromkeys(words.TABLE, "table"),
    **dict.fromkeys(words.SECTION, "section"),
}


def tokens(text: str) -> list[str]:
    """Lower-case words of a name, without numbers."""
    return [word.lower() for word in _WORD.findall(text)]


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
        for name in text.lower().split():
            kind = _class_kind(name, some)
            if kind:
                return kind
    if some & words.STANDING or any(phrase in whole for phrase in words.STANDING_PHRASES):
        return "standing"
    if _LETTERED_PEN.search(text):
        return "standing"
    if "landmark" in some:
        return "other"
    for word in said:
        if word in words.LANDMARKS and len(said) <= 3:
            return words.LANDMARKS[word]
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
    if len(parts) == 2 and parts[-1] in words.AREA and parts[0] not in words.LANDMARKS:
        return "area"
    if parts[-1] in words.ROW and len(parts) <= 2:
        return "row"
    return None
