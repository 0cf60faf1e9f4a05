"""How sure a field is, by what it was read from.

What the drawing states (data attributes, ids, labels, titles, a mapping) is certain; what was
inferred is as sure as the inference was on the real drawings it was measured on, roughly.
"""

from __future__ import annotations

INFERRED: dict[tuple[str, str, str], float] = {
    ("seat", "kind", "congruent"): 0.6,
    ("seat", "kind", "number"): 0.7,
    ("seat", "kind", "table"): 0.8,
    ("seat", "kind", "ring"): 0.6,
    ("seat", "kind", "layer"): 0.8,
    ("seat", "name", "text"): 0.9,
    ("seat", "row", "text"): 0.7,
    ("seat", "section", "outline"): 0.8,
    ("seat", "zone", "legend colour"): 0.8,
    ("row", "name", "text"): 0.7,
    ("row", "seats", "group"): 0.8,
    ("row", "seats", "lines"): 0.6,
    ("table", "name", "text"): 0.8,
    ("table", "seats", "ring"): 0.6,
    ("section", "name", "text"): 0.8,
    ("section", "outline", "hull"): 0.5,
    ("section", "outline", "nearest label"): 0.3,
    ("section", "zone", "legend colour"): 0.8,
    ("area", "name", "text"): 0.8,
    ("area", "kind", "text"): 0.7,
    ("area", "outline", "nearest label"): 0.3,
    ("area", "outline", "text"): 0.2,
    ("area", "zone", "legend colour"): 0.8,
    ("landmark", "kind", "text"): 0.8,
}
"""(thing, field, source) -> 0..1."""
UNKNOWN_KIND = 0.4
"""Of an area that is one, but nobody says for what."""


def confidence(thing: str, sources: dict[str, str]) -> dict[str, float]:
    """Of the fields that were inferred; certain ones are left out."""
    return {
        field: sure
        for field, source in sources.items()
        if (sure := INFERRED.get((thing, field, source))) is not None
    }
