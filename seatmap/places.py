"""What is not a seat: standing areas, sections and their outlines, landmarks, labels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import islice

import shapely

from seatmap import names
from seatmap.blocks import LANDMARK_KINDS, find_blocks
from seatmap.codes import find_codes
from seatmap.draft import AreaDraft, LandmarkDraft, SeatDraft, slug
from seatmap.enclosures import enclose
from seatmap.house import House, polygon
from seatmap.model import AreaKind, Label
from seatmap.names import Named
from seatmap.scene import Frame, Shape, Text
from seatmap.shapes import largest, rounded
from seatmap.spoken import find_spoken_areas, find_spoken_landmarks, not_landmarks, parted
from seatmap.xml import Node

AREAS_MAX = 500
LANDMARKS_MAX = 500
AREA_MIN = 0.002
"""A standing area covers at least this part of the drawing."""
SMALL_AREA_MIN = 0.00001
"""A booth or a bench does."""
_AREA_KINDS: dict[str, AreaKind] = {
    "standing": "standing", "area": "other", "booth": "booth", "bench": "other",
}  # fmt: skip


def find_parts(house: House) -> None:
    """The parts of the house, most explicit first; then each seat is in one."""
    _areas(house)
    find_blocks(house)
    find_codes(house)
    find_spoken_areas(house)
    enclose(house)


def find_places(house: House) -> None:
    """What is left to explain when the parts and rows are known."""
    _outlines(house)
    house.drop_umbrellas()
    _landmarks(house)
    _labels(house)


def _areas(house: House) -> None:
    """Areas: elements whose words say so, with an outline and no seat inside."""
    groups: dict[tuple[str, int], list[Shape]] = defaultdict(list)
    kind_by: dict[tuple[str, int], str] = {}
    for shape in house.free_shapes():
        own = house.reader.facts(shape.node).get("kind")
        context = house.contexts.of(shape.frame)
        special, frame = context.special, context.special_frame
        inside = special is not None and special in _AREA_KINDS and frame is not None
        if (
            own is not None
            and own.value in _AREA_KINDS
            and not (inside and _stated_by_data(house, frame))
        ):
            key = ("shape", shape.order)
            kind_by[key] = own.value
        elif special is not None and special in _AREA_KINDS and frame is not None:
            key = ("frame", frame.index)
            kind_by[key] = special
        else:
            continue
        groups[key].append(shape)
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    told = house.reader.governed("area")
    for key, members in islice(groups.items(), AREAS_MAX):
        shape = largest(members)
        kind = kind_by[key]
        least = SMALL_AREA_MIN if kind in ("booth", "bench") else AREA_MIN
        if not told and (shape.area < least * whole or house.holds_seats(shape)):
            continue
        _add_area(house, shape, members, kind, named_by_shape=key[0] == "shape")
    _tell_apart(house.draft.areas)


def _add_area(
    house: House, shape: Shape, members: list[Shape], kind: str, named_by_shape: bool
) -> None:
    context = house.contexts.of(shape.frame)
    frame = context.special_frame
    node = shape.node if named_by_shape or frame is None else frame.node
    facts = house.reader.facts(node)
    texts = not_landmarks(house.texts_on(shape))
    named = texts[:1] if kind == "booth" else texts  # the code; then who has it
    name = _display_name(facts, named)
    key = facts.get("section") or facts.get("id") or facts.get("name") or name
    area = AreaDraft(slug(key.value) if key else None, name, shape, kind=_AREA_KINDS[kind])
    area.kind_source = _kind_source(house, node)
    if house.told is not None and house.reader.governed("area"):
        area.kind = house.told.area_kind
    area.own_id = facts["id"].value if "id" in facts else None
    own = frame is not None and frame is context.section_frame
    around = house.contexts.of(frame.parent) if own and frame else context
    area.section = house.section(None, around) if around.section_frame else None
    capacity = facts.get("capacity") or house.reader.facts(shape.node).get("capacity")
    if capacity is not None and capacity.value.isdecimal():
        area.capacity = Named(capacity.value, capacity.source)
    elif name is not None:
        plain, said = parted(name.value)
        if said is not None:
            area.name, area.capacity = Named(plain, name.source), Named(said, name.source)
    zone = house.zone(facts.get("zone") or context.zone, shape)
    if zone is not None:
        area.zone, area.zone_source = zone
    if texts:
        area.label_at = texts[0].at
    house.used_texts.update(t.order for t in texts)
    house.used_shapes.update(s.order for s in members)
    house.draft.areas.append(area)


def _kind_source(house: House, node: Node) -> str:
    kind = house.reader.facts(node).get("kind")
    return kind.source if kind is not None else ""


def _tell_apart(areas: list[AreaDraft]) -> None:
    """Areas of one name ("Preventa", "Preventa") get their keys from their ids where they have."""
    said = Counter(area.key for area in areas)
    for area in areas:
        if said[area.key] > 1 and area.own_id is not None:
            area.key = slug(area.own_id)


def _stated_by_data(house: House, frame: Frame | None) -> bool:
    """Whether a group says by a data attribute what it is; its shapes are then one thing."""
    kind = house.reader.facts(frame.node).get("kind") if frame is not None else None
    return kind is not None and kind.source.startswith("data-")


def _outlines(house: House) -> None:
    """A section's outline: the largest shape in its groups around most of its seats."""
    seats: dict[int, list[SeatDraft]] = defaultdict(list)
    for seat in house.draft.seats:
        if seat.section is not None:
            seats[id(seat.section)].append(seat)
    shapes: dict[str, list[Shape]] = defaultdict(list)
    for shape in house.free_shapes():
        context = house.contexts.of(shape.frame)
        own = house.reader.facts(shape.node).get("section")
        for name in (own, context.section, context.group):
            if name is not None and slug(name.value) in house.sections:
                shapes[slug(name.value)].append(shape)
                break
    for key, section in house.sections.items():
        section.seats = seats[id(section)]
        if section.shape is None:
            section.shape = _around(shapes[key], section.seats)
        if section.shape is not None:
            house.used_shapes.add(section.shape.order)
    _spelled(house)
    _section_texts(house)


def _spelled(house: House) -> None:
    """An id in small letters ("section-e1") is written as the text on the block is ("E1")."""
    for section in house.sections.values():
        name = section.name or section.stated
        if section.shape is None or name.source not in ("id", "class"):
            continue
        for text in house.texts_on(section.shape):
            if text.text != name.value and text.text.casefold() == name.value.casefold():
                section.name, section.label_at = Named(text.text, "text"), text.at
                house.used_texts.add(text.order)
                break


def _section_texts(house: House) -> None:
    """A text in a section's group that repeats its name is where its label belongs.

    One that is a part of a stated id ("550" of "category-1_550") is what people call it.
    """
    for text in house.free_texts():
        context = house.contexts.of(text.frame)
        for name in (context.section, context.group):
            section = house.sections.get(slug(name.value)) if name is not None else None
            if section is None:
                continue
            named = section.name or section.stated
            wanted = {named.value.casefold(), section.stated.value.casefold()}
            part = section.name is section.stated and text.text in _parts(section.stated.value)
            if part and section.stated.source.startswith("data-"):
                section.name = Named(text.text, "text")
            if part or text.text.casefold() in wanted:
                section.label_at = text.at
                house.used_texts.add(text.order)
                break


def _parts(name: str) -> list[str]:
    return re.split(r"[\s_\-.:/|,]+", name)


def _landmarks(house: House) -> None:
    """Stages, bars, exits: by the words of an element, of its group, or of a lone text."""
    groups: dict[tuple[str, int], tuple[str, list[Shape]]] = {}
    for shape in house.free_shapes():
        own = house.reader.facts(shape.node).get("kind")
        context = house.contexts.of(shape.frame)
        if own is not None and own.value in LANDMARK_KINDS:
            groups[("shape", shape.order)] = (own.value, [shape])
        elif context.special in LANDMARK_KINDS and context.special_frame is not None:
            key = ("frame", context.special_frame.index)
            groups.setdefault(key, (context.special, []))[1].append(shape)
    spoken: dict[int, list[Text]] = defaultdict(list)
    for text in house.free_texts():
        around = house.contexts.of(text.frame).special_frame
        if around is not None:
            spoken[around.index].append(text)
    for key, (kind, members) in islice(groups.items(), LANDMARKS_MAX):
        shape = largest(members)
        frame = house.contexts.of(shape.frame).special_frame
        node = shape.node if key[0] == "shape" or frame is None else frame.node
        texts = house.texts_on(shape)
        if not texts and key[0] == "frame":
            texts = [t for t in spoken[key[1]] if t.order not in house.used_texts]
        name = _display_name(house.reader.facts(node), texts)
        house.used_texts.update(t.order for t in texts)
        house.used_shapes.update(s.order for s in members)
        house.draft.landmarks.append(
            LandmarkDraft(name, kind, shape, None, _kind_source(house, node))
        )
    find_spoken_landmarks(house)


def _labels(house: House) -> None:
    house.draft.labels = [Label(text=t.text, at=t.at, size=t.size) for t in house.free_texts()]


def _display_name(facts: names.Facts, texts: list[Text]) -> Named | None:
    """What people call it: a stated name or title, else the text on it, else its id."""
    name = facts.get("section_name") or facts.get("booth") or facts.get("spoken")
    written = " ".join(text.text for text in texts)
    asked = name is not None and name.source == "aria-label"  # to press it: "Select VIP zone"
    if name is not None and asked and written and written.casefold() in name.value.casefold():
        return Named(written, "text")
    if name is None and texts:
        return Named(" ".join(t.text for t in texts), "text")
    return name or facts.get("name")


def _around(shapes: list[Shape], seats: list[SeatDraft]) -> Shape | None:
    """The largest of the shapes that holds at least 80% of the seats' middles."""
    if not seats:
        return None
    points = [seat.shape.centre for seat in seats]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    for shape in sorted(shapes, key=lambda s: (-rounded(s.area), s.order))[:3]:
        ring = polygon(shape)
        if ring is None or ring.is_empty:
            continue
        if shapely.contains_xy(ring, xs, ys).sum() >= 0.8 * len(points):
            return shape
    return None
