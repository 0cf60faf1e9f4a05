"""Sections that are drawn as blocks, without their seats.

First what attributes and classes say; only in a drawing that has neither such blocks nor seats, a
family of named shapes ("oro1", "oro2"; "GS East 1", "GS East 2") is taken for its sections.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from seatmap import names, words
from seatmap.draft import SectionDraft, slug
from seatmap.house import House
from seatmap.names import Named
from seatmap.scene import Shape
from seatmap.xml import Node

BLOCK_MIN = 0.0001
BLOCK_MAX = 0.2
"""A block covers a part of the drawing between these."""
FAMILY_MIN = 3
"""Names that differ only in their number, to be a family."""
NAMED_BLOCKS_MIN = 5
GROUP_SHAPES_MAX = 6
TWINS_MAX = 100
"""Blocks of one name that are compared with the next."""

LANDMARK_KINDS = frozenset({*words.LANDMARKS.values(), "other"})
_NOT_SECTIONS = LANDMARK_KINDS | {"legend", "standing", "table", "row", "seat", "void"}


def find_blocks(house: House) -> None:
    before = len(house.sections)
    _stated_blocks(house)
    if not house.draft.seats and len(house.sections) == before:
        _named_blocks(house)


def _stated_blocks(house: House) -> None:
    """Shapes that say, or whose group says, which section they are.

    Where several groups state the same section ("Gold", "Gold"), it is their category: each group
    is a section of its own and its key comes from its id.
    """
    owned: dict[str, dict[int, list[Shape]]] = defaultdict(lambda: defaultdict(list))
    stated: dict[int, tuple[Named, Named | None, Node]] = {}
    for shape in house.free_shapes():
        facts = house.reader.facts(shape.node)
        context = house.contexts.of(shape.frame)
        kind = facts.get("kind")
        if context.legend or context.special or context.table_frame is not None:
            continue
        if kind is not None and kind.value in _NOT_SECTIONS:
            continue
        own = facts.get("section")
        if own is None and kind is not None and kind.value == "section":
            own = facts.get("name")
        name = own or context.section
        if name is None or is_landmark(name.value):
            continue
        frame = context.section_frame
        owner = shape.order if own or frame is None else frame.index
        spoken = facts.get("section_name") if own else context.section_name
        node = shape.node if own or frame is None else frame.node
        owned[slug(name.value)][owner].append(shape)
        stated.setdefault(owner, (name, spoken, node))
    for key, owners in owned.items():
        blocks = _separate(house, list(owners.items()))
        if key in house.sections and len(blocks) == 1:
            continue
        for owner, shape, members in blocks:
            name, spoken, node = stated[owner]
            own_id = names.decoded(node.attrs.get("id")) if len(blocks) > 1 else None
            _add(house, slug(own_id) if own_id else key, spoken or name, name, shape)
            house.used_shapes.update(s.order for s in members)


def _separate(
    house: House, owners: list[tuple[int, list[Shape]]]
) -> list[tuple[int, Shape, list[Shape]]]:
    """(owner, outline, shapes) of each block; what lies on another block belongs to it."""
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    found: list[tuple[int, Shape, list[Shape]]] = []
    for owner, members in owners:
        shape = max(members, key=lambda s: (s.local.closed, s.area, -s.order))
        if shape.area < BLOCK_MIN * whole:
            continue
        twin = next((item for item in found[-TWINS_MAX:] if _lies_on(shape, item[1])), None)
        if twin is not None:
            twin[2].extend(members)
        else:
            found.append((owner, shape, members))
    return found


def _lies_on(shape: Shape, other: Shape) -> bool:
    x, y, w, h = other.box
    near = 0.05 * min(w, h)
    middle = (x + w / 2, y + h / 2)
    return abs(shape.centre[0] - middle[0]) <= near and abs(shape.centre[1] - middle[1]) <= near


def _add(house: House, key: str, name: Named, stated: Named, shape: Shape) -> None:
    unique = key if key not in house.sections else f"{key}~{len(house.sections)}"
    section = house.sections[unique] = SectionDraft(unique, name, stated)
    section.shape = shape
    zone = house.zone(house.contexts.of(shape.frame).zone, shape)
    if zone is not None:
        section.zone, section.zone_source = zone


def _named_blocks(house: House) -> None:
    """Closed shapes, or groups of few, whose names form families that differ in a number."""
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    sizes = Counter(shape.frame.index for shape in house.scene.shapes)
    groups: dict[tuple[int, str], list[Shape]] = defaultdict(list)
    named: dict[tuple[int, str], Named] = {}
    for shape in house.free_shapes():
        context = house.contexts.of(shape.frame)
        if context.legend or context.special or not shape.local.closed:
            continue
        found = _block_name(house, shape, sizes[shape.frame.index] <= GROUP_SHAPES_MAX)
        if found is not None:
            owner, name = found
            groups[owner, name.value].append(shape)
            named[owner, name.value] = name
    families = Counter(_family(name.value) for name in named.values())
    blocks = []
    for key, members in groups.items():
        shape = max(members, key=lambda s: (s.area, -s.order))
        alone = families[_family(key[1])] < FAMILY_MIN or not _numbered(key[1])
        if not alone and BLOCK_MIN * whole <= shape.area <= BLOCK_MAX * whole:
            blocks.append((named[key], shape, members))
    if len(blocks) < NAMED_BLOCKS_MIN:
        return
    for name, shape, members in blocks:
        _add(house, slug(name.value), name, name, shape)
        house.used_shapes.update(s.order for s in members)


def _numbered(name: str) -> bool:
    return any(c.isdigit() for c in name)


def _block_name(house: House, shape: Shape, few: bool) -> tuple[int, Named] | None:
    """The name of the group right around a shape where it holds `few`, else of the shape."""
    own, group = (shape.order, shape.node), (shape.frame.index, shape.frame.node)
    for index, node in (group, own) if few else (own,):
        facts = house.reader.facts(node)
        name = facts.get("group")
        kind = facts.get("kind")
        if (
            name is None
            or not _numbered(name.value)
            or (kind is not None and kind.value in _NOT_SECTIONS)
        ):
            continue
        if not set(names.tokens(name.value)) & words.HELPERS and not is_landmark(name.value):
            return index, name
    return None


def _family(name: str) -> str:
    return re.sub(r"\d+", "#", name.casefold())


def is_landmark(name: str) -> bool:
    said = names.tokens(name)
    return bool(said) and said[0] in words.LANDMARKS and len(said) <= 2
