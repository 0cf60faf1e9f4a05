"""Price zones that a legend explains."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median

from seatmap.draft import SeatDraft, ZoneDraft, slug
from seatmap.house import House
from seatmap.names import Named
from seatmap.scene import Frame, Shape, Text

SWATCHES_MAX = 200
TEXTS_MAX = 2_000
PAINTED_MIN = 4
"""Seats or sections of a colour, for it to be a zone's."""
SAMPLES_MIN, SAMPLES_MAX = 2, 12
LABEL_MAX = 3
"""Letters of what may be a row's or a seat's label."""
SAMPLES_PART = 0.2
"""Of the seats: more are no samples."""
SWATCH_SEATS_MAX = 9.0
"""Area of a swatch, in seats."""


def read_legend(house: House) -> None:
    """A legend pairs swatches with the text to their right; a data-zone there gives the key."""
    swatches = [s for s in house.scene.shapes if _in_legend(house, s.frame)]
    texts = [t for t in house.scene.texts if _is_legend_text(house, t)]
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


def read_loose_legend(house: House) -> None:
    """A legend that nothing calls one: swatches in the colours of the seats, each with a caption.

    A swatch is a lone shape in a colour that many seats, or sections, are painted with. At least
    two colours must be explained so, and each by one caption.
    """
    draft = house.draft
    if draft.zones or house.zones or (house.told is not None and house.told.zones):
        return
    painted: dict[str, int] = Counter(s.shape.style.fill for s in draft.seats if s.zone is None)
    sizes = [seat.shape.area for seat in draft.seats]
    if not draft.seats:
        shapes = [s.shape for s in house.sections.values() if s.shape and s.zone is None]
        painted = Counter(shape.style.fill for shape in shapes)
        sizes = [shape.area for shape in shapes]
    colours = {fill for fill, count in painted.items() if count >= PAINTED_MIN and fill != "none"}
    texts = [t for t in house.free_texts() if any(c.isalnum() for c in t.text)][:TEXTS_MAX]
    if len(colours) < 2 or not texts:
        return
    most = SWATCH_SEATS_MAX * median(sizes)
    found: dict[str, tuple[Shape, Text]] = {}
    twice: set[str] = set()
    swatches = [
        s for s in house.free_shapes() if s.style.fill in colours and s.closed and s.area <= most
    ]
    for swatch in swatches[:SWATCHES_MAX]:
        text = _caption(swatch, texts)
        if text is not None:
            twice |= {swatch.style.fill} & found.keys()
            found[swatch.style.fill] = (swatch, text)
    found = {fill: pair for fill, pair in found.items() if fill not in twice}
    if len({text.order for _, text in found.values()}) < max(2, len(found)):
        return
    for fill, (swatch, text) in found.items():
        house.used_texts.add(text.order)
        house.used_shapes.add(swatch.order)
        house.colours[fill] = house.zones[text.text] = ZoneDraft(
            slug(text.text), Named(text.text, "legend"), fill
        )
    for item in (*draft.seats, *house.sections.values()):
        if item.zone is None and (zone := house.zone(None, item.shape)) is not None:
            item.zone, item.zone_source = zone


def drop_samples(house: House) -> None:
    """Samples of what a seat looks like when it is free, taken or chosen: a few of no row and
    number, each with a word of its own beside it. They may be swatches of a legend yet."""
    if house.reader.governed("seat"):
        return
    rows: dict[int, list[SeatDraft]] = defaultdict(list)
    for seat in house.draft.seats:
        plain = seat.name is None or seat.name.value.isalpha()
        if plain and seat.table is None and (seat.row is None or seat.row.name is None):
            rows[id(seat.row or seat)].append(seat)
    few = [row for row in rows.values() if len(row) <= SAMPLES_MAX]
    worded = [text for text in house.free_texts() if len(text.text) > LABEL_MAX][:TEXTS_MAX]
    if not worded or sum(map(len, few)) > SWATCHES_MAX:
        return
    found: dict[int, SeatDraft] = {}
    for row in few:
        said = {text.order for seat in row if (text := _caption(seat.shape, worded)) is not None}
        whole = row[0].row is None or len(row[0].row.seats) == len(row)
        if whole and len(said) == len(row):
            found.update((id(seat), seat) for seat in row)
    if not SAMPLES_MIN <= len(found) < SAMPLES_PART * len(house.draft.seats):
        return
    house.draft.seats = [seat for seat in house.draft.seats if id(seat) not in found]
    gone = {id(seat.row) for seat in found.values()}
    house.draft.rows = [row for row in house.draft.rows if id(row) not in gone]
    house.used_shapes -= {part.order for seat in found.values() for part in seat.parts}


def _in_legend(house: House, frame: Frame) -> bool:
    return house.contexts.has_legend and house.contexts.of(frame).legend


def _is_legend_text(house: House, text: Text) -> bool:
    if _in_legend(house, text.frame):
        return True
    return house.reader.said(text.node).kind == "legend"


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
