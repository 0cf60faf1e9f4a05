"""What the classes of an element state of it."""

from __future__ import annotations

import re
from functools import lru_cache

from seatmap import words
from seatmap.forms import FORMS_KEPT
from seatmap.names import Facts, Named, structured

_ZONE_CLASS = re.compile(
    r"^(?:zone|cat|category|categorie|kategorie|categoria|price|tier|pk|kat)[-_]?"
    r"(?:\d{1,2}|[a-z]|[-_][a-z]{3,12})$",
    re.IGNORECASE,
)
"""Classes that say a price category: "cat-1", "zone_a", "tier-gold"."""
_CLASS_VALUE = re.compile(
    r"^(?P<word>[^\W\d_]+)(?:[-_](?P<value>[A-Za-z]{1,2}|\d{1,3}[A-Za-z]?)|(?P<number>\d{1,3}))$"
)
_CLASS_FIELDS = {
    **dict.fromkeys(words.SECTION, "section"),
    **dict.fromkeys(words.ROW, "row"),
    **dict.fromkeys((*words.SEAT, *words.DATA["number"], *words.DATA["column"]), "seat"),
}


@lru_cache(maxsize=FORMS_KEPT)
def stated_by_classes(classes: str) -> list[tuple[str, Named]]:
    """Fields that one class states together: "sec-101-row-9-seat-12"; "seat-2" may be a style, but
    beside "row-C" it is none. Also price categories."""
    found = []
    apart: Facts = {}
    for name in classes.split():
        stated = structured(name)
        if len(stated) > 1 and any(c.isdecimal() for c in stated.get("seat", "")):
            found += [(field, Named(value, "class")) for field, value in stated.items()]
        elif match := _CLASS_VALUE.match(name):
            field = _CLASS_FIELDS.get(match["word"].lower())
            if field is not None:
                apart.setdefault(field, Named(match["value"] or match["number"], "class"))
        if _ZONE_CLASS.match(name):
            found.append(("zone", Named(name, "class")))
    return [*found, *apart.items()] if {"row", "seat"} <= apart.keys() else found
