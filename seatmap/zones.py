"""Price zones that a legend explains."""

from __future__ import annotations

from seatmap.draft import ZoneDraft, slug
from seatmap.house import House
from seatmap.names import Named
from seatmap.scene import Shape, Text

SWATCHES_MAX = 200
TEXTS_MAX = 2_000


def read_legend(house: House) -> None:
    """A legend pairs swatches with the text to their right; a data-zone there gives the key."""
    swatches = [s for s in house.scene.shapes if house.contexts.of(s.frame).legend]
    texts = [
        t
        for t in house.scene.texts
        if house.contexts.of(t.frame).legend or _is_legend_text(house, t)
    ]
    house.used_texts.update(t.order for t in texts)
    house.used_shapes.update(s.order for s in swatches)
    for swatch in swatches[:SWATCHES_MAX]:
        text = _caption(swatch, texts[:TEXTS_MAX])
        if text is None:
            continue
        zone = house.contexts.of(swatch.frame).zone
        key = zone.value if zone else text.text
        draft = ZoneDraft(slug(key), Named(text.text, "legend"), swatch.style.fill)
        house.zones.setdefault(key, draft)
        if zone is None and swatch.style.fill != "none":
            house.colours.setdefault(swatch.style.fill, house.zones[key])


def _is_legend_text(house: House, text: Text) -> bool:
    kind = house.reader.facts(text.node).get("kind")
    return kind is not None and kind.value == "legend"


def _caption(swatch: Shape, texts: list[Text]) -> Text | None:
    """The nearest text to the right of a swatch on its line."""
    x, y, w, h = swatch.box
    best: tuple[float, Text] | None = None
    for text in texts:
        left = text.at[0] - text.width / 2
        aside = left - (x + w)
        beside = abs(text.at[1] - (y + h / 2)) <= h and -w / 2 <= aside <= 6 * max(w, h)
        if beside and (best is None or aside < best[0]):
            best = (aside, text)
    return best[1] if best else None
