"""Areas and landmarks that only a text says: "DANCE FLOOR" on a rectangle, "VIP LOUNGE", "Bar".

A word on a shape says what the shape is. The same words stand in legends, over seats that are of a
category, and in the drawings of houses and gardens: what has no shape counts only in a drawing
that is known to be of a venue and has no seats, and a word beside a swatch not at all. Where data
attributes state the sections, rooms that they leave out are not for sale.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import shapely

from seatmap import kinds, words
from seatmap.codes import around, holders
from seatmap.draft import AreaDraft, LandmarkDraft, slug
from seatmap.house import House
from seatmap.model import AreaKind, Note
from seatmap.names import Named
from seatmap.scene import Shape, Text
from seatmap.shapes import located

WORDS_MAX = 4
SAYINGS_MAX = 500
GROUND_MAX = 0.5
"""Of the drawing: a shape that is larger is the ground on which all stands."""
LANDMARK_MAX = 0.3
STANDING_MIN = 0.0005
BOOTH_MAX = 0.005
"""Of the drawing: a room that is smaller is sold as one."""
TEXTS_ON_MAX = 4
"""Texts on a shape that together are its name."""
SWATCH_SIZES = 2.5
"""A legend's swatch is at most this many font sizes wide and far."""
_CATEGORY = re.compile(
    r"^(?:cat|category|categor[ií]a|cat[ée]gorie|kategorie|kat|pk|preisklasse)[. ]*[^\W_]{1,2}$",
    re.IGNORECASE,
)
_PLACES = frozenset(
    "lounge terrace terrasse terraza patio lawn deck concourse wing camping".split()
)
"""Rooms that are places also where no shape is drawn."""
_COUNT = r"\d{1,3}(?:[.,'\u2019\u00a0 ]\d{3})+|\d{1,6}"
_PEOPLE = (
    r"(?:pax|people|persons|personen|personas|personnes|persone|places|plätze|plazas|posti|pers|pl|"
    r"standing|cap|capacity|stehplätze|osób|мест|чел|lugares)\b\.?"
)
_CAPACITY = re.compile(
    r"[\s,;:/|-]*[(\[]?\s*\b"
    r"(?:(?:capacity|capacidad|capacité|capienza|kapazität|cap|aforo|max)\b[.:]*\s*"
    rf"(?P<said>{_COUNT})\b(?:\s*{_PEOPLE})?"
    rf"|(?P<counted>{_COUNT})\s*{_PEOPLE}|(?P<large>\d{{1,3}}(?:[,.']\d{{3}})+)\b)\s*[)\]]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Saying:
    text: Text
    kind: str
    """standing, room."""


def find_spoken_areas(house: House) -> None:
    """Standing areas, rooms and booths that a text names."""
    if house.reader.governed("area"):
        return
    sayings = [
        _Saying(text, kind)
        for text in house.free_texts()
        if (kind := _kind(text.text)) is not None and _speaks(house, text)
    ][:SAYINGS_MAX]
    if not sayings:
        return
    if any(section.stated.source.startswith("data-") for section in house.sections.values()):
        sayings = [saying for saying in sayings if saying.kind == "standing"]
    known = _is_venue(house, sayings)
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    on = {text.order: holder for holder in holders(house, [s.text for s in sayings], GROUND_MAX)
          for text in holder.codes}  # fmt: skip
    swatches = _Swatches(house)
    guessed = 0
    for saying in sayings:
        text = saying.text
        if text.order in house.used_texts or swatches.beside(text):
            continue
        holder = on.get(text.order)
        texts = not_landmarks(house.texts_on(holder.shape)) if holder is not None else []
        if holder is not None and 1 <= len(texts) <= TEXTS_ON_MAX:
            shape = holder.shape
            small = saying.kind == "standing" and shape.area < STANDING_MIN * whole
            if (known or saying.kind == "standing") and not small and not house.holds_seats(shape):
                kind = _area_kind(saying.kind, shape.area / whole)
                _add(house, joined(texts), texts, shape, kind)
            continue
        place = saying.kind == "standing" or set(kinds.tokens(text.text)) & _PLACES
        if known and place and not house.draft.seats:
            _add(house, text.text, [text], None, _area_kind(saying.kind, 1.0))
            guessed += 1
    if guessed:
        house.draft.uncertain.append(Note("areas known only by a text", guessed))


def _kind(text: str) -> str | None:
    said = kinds.tokens(text)
    if not 1 <= len(said) <= WORDS_MAX or (len(text) == 2 and text.istitle()):
        return None  # "GA" is a place, "Ga" a symbol
    if kinds.kind_of(text) == "standing":
        return "standing"
    if kinds.landmark(said) is not None:
        return None
    return "room" if words.ROOM & set(said) or _CATEGORY.match(text) else None


def _speaks(house: House, text: Text) -> bool:
    context = house.contexts.of(text.frame)
    return not context.legend and context.special is None and context.table_frame is None


def _is_venue(house: House, sayings: list[_Saying]) -> bool:
    """Whether anything but the rooms says that people watch something here."""
    draft = house.draft
    if draft.seats or draft.tables or draft.areas or house.sections:
        return True
    if any(saying.kind == "standing" for saying in sayings):
        return True
    said = (kinds.landmark_of(text.text) for text in house.free_texts())
    return any(kind in ("stage", "pitch") for kind in said)


def _area_kind(kind: str, part: float) -> AreaKind:
    if kind == "standing":
        return "standing"
    return "booth" if part <= BOOTH_MAX else "other"


def parted(name: str) -> tuple[str, str | None]:
    """(name, capacity) of what says how many it holds: "Bleachers A (cap. 300)", "Pit 450 pax".

    A mere number ("GA 500") may as well be a part of the name, but not one of thousands.
    """
    match = _CAPACITY.search(name)
    plain = _CAPACITY.sub("", name).strip(" -,:;/|") if match else ""
    if match is None or not plain:
        return name, None
    return plain, re.sub(r"\D", "", match[match.lastgroup or 0])


def not_landmarks(texts: list[Text]) -> list[Text]:
    """Without those that say a landmark, which stands in an area and does not name it."""
    return [text for text in texts if kinds.landmark_of(text.text) is None]


def joined(texts: list[Text]) -> str:
    """The texts of one label in reading order."""
    size = max(text.size for text in texts) or 1.0
    ordered = sorted(texts, key=lambda t: (round(t.at[1] / size), t.at[0]))
    return " ".join(text.text for text in ordered)


def _add(house: House, name: str, texts: list[Text], shape: Shape | None, kind: AreaKind) -> None:
    name, capacity = parted(name)
    area = AreaDraft(slug(name), Named(name, "text"), shape, kind=kind)
    if capacity is not None:
        area.capacity = Named(capacity, "text")
    if shape is None:
        area.outline, area.outline_source = around(texts[0]), "text"
    else:
        house.used_shapes.add(shape.order)
        zone = house.zone(house.contexts.of(shape.frame).zone, shape)
        if zone is not None:
            area.zone, area.zone_source = zone
    area.label_at = texts[0].at
    house.used_texts.update(text.order for text in texts)
    house.draft.areas.append(area)


class _Swatches:
    """Small shapes, to tell the entries of a legend."""

    def __init__(self, house: House) -> None:
        self._shapes = [
            shape
            for shape in house.free_shapes()
            if shape.painted and shape.closed and shape.sides[0] > 0
        ]
        self._tree: shapely.STRtree | None = None

    def beside(self, text: Text) -> bool:
        """Whether a swatch stands to the left of the text, on its line."""
        if self._tree is None:
            self._tree = shapely.STRtree(located([shape.centre for shape in self._shapes]))
        reach = SWATCH_SIZES * text.size
        left, y = text.at[0] - text.width / 2, text.at[1]
        near = self._tree.query(
            shapely.box(left - reach, y - text.size / 2, left, y + text.size / 2)
        )
        return any(self._shapes[i].sides[1] <= reach for i in near.tolist())


def find_spoken_landmarks(house: House) -> None:
    """Lone texts that say "stage", "bar", "exit", with the shape that each stands on alone."""
    texts = [
        (text, kind)
        for text in house.free_texts()
        if (kind := kinds.landmark_of(text.text)) is not None
    ][:SAYINGS_MAX]
    on = {
        holder.codes[0].order: holder.shape
        for holder in holders(house, [text for text, _ in texts], LANDMARK_MAX)
        if len(holder.codes) == 1
    }
    for text, kind in texts:
        shape = on.get(text.order)
        if shape is not None and (
            len(house.texts_on(shape)) > TEXTS_ON_MAX or house.holds_seats(shape)
        ):
            shape = None
        if shape is not None:
            house.used_shapes.add(shape.order)
        house.used_texts.add(text.order)
        house.draft.landmarks.append(
            LandmarkDraft(Named(text.text, "text"), kind, shape, None if shape else text.at)
        )
