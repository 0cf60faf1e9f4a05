"""Sections that are drawn as blocks, without their seats.

First what attributes and classes say; only in a drawing that has neither such blocks nor seats, a
family of named shapes ("oro1", "oro2"; "GS East 1", "GS East 2") is taken for its sections.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from seatmap import kinds, names, words
from seatmap.codes import say_where
from seatmap.context import generic
from seatmap.draft import SectionDraft, slug
from seatmap.house import House
from seatmap.model import Note
from seatmap.names import Named
from seatmap.scene import Frame, Shape
from seatmap.shapes import largest
from seatmap.xml import Node

BLOCK_MIN = 0.0001
BLOCK_MAX = 0.2
"""A block covers a part of the drawing between these."""
FAMILY_MIN = 3
"""Names that differ only in their number, to be a family."""
STATED_MIN = 3
"""Blocks that data attributes state, for these to be all that there are."""
NAMED_BLOCKS_MIN = 5
NUMBERED_MIN = 10
DISTINCT_MIN = 0.95
ALIKE_MIN = 0.6
RUNS_MIN = 0.6
"""Of blocks that only numbers name: fewer prove nothing, each is another, most are of a look, and
most follow or precede one."""
LETTERED_MIN = 0.1
"""As many with letters must stand beside numbers that count from 1."""
_CODE = re.compile(r"^(?:\d{1,4}(?:_\d+)?|[A-Z])$")
GROUP_SHAPES_MAX = 24
"""Shapes of a group that is one block: faces, a box, the digits of its number."""
TIER_BLOCKS_MIN = 4
CODED_MIN = 8
_DATABASE = re.compile(r"^\d{5,12}(?:[-_]\d{1,2})?$")
TWINS_MAX = 100
"""Blocks of one name that are compared with the next."""

LANDMARK_KINDS = frozenset({*words.LANDMARKS.values(), "other"})
_NOT_SECTIONS = LANDMARK_KINDS | {
    "legend", "standing", "booth", "bench", "table", "row", "seat", "void",
}  # fmt: skip


def find_blocks(house: House) -> None:
    before = len(house.sections)
    _stated_blocks(house)
    _shapeless(house)
    told = house.reader.governed("section")
    if not told and not house.draft.seats and len(house.sections) == before:
        _named_blocks(house)


def _stated_blocks(house: House) -> None:
    """Shapes that say, or whose group says, which section they are.

    Where several groups state the same section ("Gold", "Gold"), it is their category: each group
    is a section of its own, its key comes from its id, and the category is its zone. Where data
    attributes state sections, mere words ("zona-oro") only name the backdrops of several.
    """
    owned: dict[str, dict[int, list[Shape]]] = defaultdict(lambda: defaultdict(list))
    stated: dict[int, tuple[Named, Named | None, Node]] = {}
    for shape in house.free_shapes():
        facts = house.reader.facts(shape.node)
        context = house.contexts.of(shape.frame)
        kind = facts.get("kind")
        told = kind is not None and kind.source == "mapping"
        if not told and (context.legend or context.special or context.table_frame is not None):
            continue
        if kind is not None and kind.value in _NOT_SECTIONS:
            continue
        own = facts.get("section")
        named = kind is not None and kind.value == "section"
        if own is None and (named or _in_section_layer(house, shape.frame)):
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
    by_data = {owner for owner, (name, _, _) in stated.items() if name.source.startswith("data-")}
    if len(by_data) < STATED_MIN:
        by_data = set(stated)
    for key, everyone in owned.items():
        owners = {owner: members for owner, members in everyone.items() if owner in by_data}
        blocks = _separate(house, list(owners.items()))
        if key in house.sections and len(blocks) == 1:
            _named_by_its_block(house.sections[key], stated[blocks[0][0]][1])
            continue
        for owner, shape, members in blocks:
            name, spoken, node = stated[owner]
            category = name if len(blocks) > 1 and spoken is not None else None
            own_id = names.decoded(node.attrs.get("id")) if len(blocks) > 1 else None
            _add(house, slug(own_id) if own_id else key, spoken or name, name, shape, category)
            house.used_shapes.update(s.order for s in members)


def _named_by_its_block(section: SectionDraft, spoken: Named | None) -> None:
    """Seats may state only their section's id, which its outline elsewhere gives a name."""
    if spoken is not None and (section.name is None or section.name is section.stated):
        section.name = spoken


def _in_section_layer(house: House, frame: Frame) -> bool:
    said = (kinds.tokens(text) for _, text in house.reader.texts(frame.node))
    return any(words_ and set(words_) <= words.SECTION_LAYERS for words_ in said)


def _shapeless(house: House) -> None:
    """Groups that state a section in data and hold nothing but its label."""
    for text in house.free_texts():
        context = house.contexts.of(text.frame)
        name = context.section
        if name is None or context.section_frame is None or context.special:
            continue
        stated = name.source.startswith("data-") or name.source == "mapping"
        key = slug(name.value)
        if stated and key not in house.sections and not house.inside[context.section_frame.index]:
            section = SectionDraft(key, context.section_name or name, name)
            section.label_at = text.at
            house.sections[key] = section
            house.used_texts.add(text.order)


def _separate(
    house: House, owners: list[tuple[int, list[Shape]]]
) -> list[tuple[int, Shape, list[Shape]]]:
    """(owner, outline, shapes) of each block; what lies on another block belongs to it."""
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    found: list[tuple[int, Shape, list[Shape]]] = []
    for owner, members in owners:
        shape = largest(members)
        if shape.area < BLOCK_MIN * whole and not house.reader.governed("section"):
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


def _add(
    house: House,
    key: str,
    name: Named | None,
    stated: Named,
    shape: Shape,
    category: Named | None = None,
) -> None:
    unique = key if key not in house.sections else f"{key}~{len(house.sections)}"
    section = house.sections[unique] = SectionDraft(unique, name, stated)
    section.shape = shape
    zone = house.zone(house.contexts.of(shape.frame).zone or category, shape)
    if zone is not None:
        section.zone, section.zone_source = zone


@dataclass(eq=False)
class _Block:
    """A named shape, or a named group of a few: what may be one section."""

    name: Named
    node: Node
    parent: int
    members: list[Shape]

    @cached_property
    def outline(self) -> Shape:
        return largest(self.members)

    @property
    def family(self) -> str:
        return _family(self.name.value)

    @property
    def numbered(self) -> bool:
        return any(c.isdecimal() for c in self.name.value)

    @property
    def look(self) -> tuple:
        """What kin have in common: where they lie, how they are drawn and classed."""
        style = self.outline.style
        classes = self.node.attrs.get("class", "")
        painted = () if classes else (style.fill, style.stroke)
        return self.parent, self.node.tag, classes, painted


def _named_blocks(house: House) -> None:
    """Shapes, or small groups, whose names form families that differ in a number; and their kin.

    Kin are named, lie beside a family and are classed or painted like it: "vip" beside "oro1",
    "oro2"... of one class; "TIERBL" beside "2FBX1"... of one paint.
    """
    blocks = _numbered_blocks(house)
    if not blocks and (_tiers(house) or _coded_blocks(house)):
        return
    blocks = blocks or _blocks_of_size(house, numbers=False)
    families: dict[str, set[str]] = defaultdict(set)
    for block in blocks:
        families[block.family].add(block.name.value)
    sure = [b for b in blocks if b.numbered and len(families[b.family]) >= FAMILY_MIN]
    if len(sure) < NAMED_BLOCKS_MIN:
        return
    if all(block.name.value.isdecimal() for block in sure) and not house.is_of_venue():
        house.draft.uncertain.append(
            Note("blocks that only numbers name, where nothing says that it is a venue", len(sure))
        )
    looks = Counter(block.look for block in sure)
    known = {id(block) for block in sure}
    for block in blocks:
        if id(block) in known or looks[block.look] >= FAMILY_MIN:
            _add(house, slug(block.name.value), block.name, block.name, block.outline)
            house.used_shapes.update(s.order for s in block.members)


def _numbered_blocks(house: House) -> list[_Block]:
    """All blocks, where mere numbers name some: as many as prove it, each another, drawn alike, in
    runs, and such as say where they are ("101", "102"; or "1", "2" beside "CB2"), not a count of
    copies or the codes of countries."""
    blocks = _blocks_of_size(house, numbers=True)
    numbered = [block for block in blocks if block.name.value.isdecimal()]
    said = {block.name.value for block in numbered}
    if len(said) < NUMBERED_MIN or len(said) < DISTINCT_MIN * len(numbered):
        return []
    look, alike = Counter(block.look for block in numbered).most_common(1)[0]
    kin = {block.name.value for block in blocks if block.look == look} - said
    numbers = {int(name) for name in said}
    runs = sum(not numbers.isdisjoint((number - 1, number + 1)) for number in numbers)
    where = say_where(said | kin if len(kin) >= LETTERED_MIN * len(said) else said)
    known = where and alike >= ALIKE_MIN * len(numbered) and runs >= RUNS_MIN * len(numbers)
    return blocks if known else []


def _tiers(house: House) -> bool:
    """Blocks that count from 1 again in each of several layers that say where: "Lower", "Upper".
    Whether there are such; each is called by both."""
    tiers: dict[int, dict[int, _Block]] = defaultdict(dict)
    for block in _blocks_of_size(house, numbers=True):
        number = re.sub(r"_\d+$", "", block.name.value)
        if (
            not number.isdecimal()
            or tiers[block.parent].setdefault(int(number), block) is not block
        ):
            return False
    called = {
        index: name.value
        for index, blocks in tiers.items()
        if (name := house.reader.facts(house.frames[index].node).get("name")) is not None
        and len(blocks) >= TIER_BLOCKS_MIN
        and not words.TIERS.isdisjoint(kinds.tokens(name.value))
    }
    if not 1 < len(called) == len(tiers):
        return False
    for index, blocks in tiers.items():
        for number, block in blocks.items():
            name = Named(f"{called[index]} {number}", block.name.source)
            _add(house, slug(name.value), name, name, block.outline)
            house.used_shapes.update(s.order for s in block.members)
    return True


def _coded_blocks(house: House) -> bool:
    """Blocks of one look that only numbers of a database name, where the drawing says that it is
    of a venue. Whether there are such; they have keys, and no names."""
    blocks = [
        block
        for block in _blocks_of_size(house, numbers=False, codes=True)
        if _DATABASE.match(block.name.value)
    ]
    looks = Counter((block.outline.style.fill, block.outline.style.stroke) for block in blocks)
    if len(blocks) < CODED_MIN or max(looks.values()) < DISTINCT_MIN * len(blocks):
        return False
    if not house.is_of_venue():
        return False
    for block in blocks:
        _add(house, slug(block.name.value), None, block.name, block.outline)
        house.used_shapes.update(s.order for s in block.members)
    return True


def _blocks_of_size(house: House, *, numbers: bool, codes: bool = False) -> list[_Block]:
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    code = _DATABASE if codes else _CODE if numbers else None
    return [
        block
        for block in _blocks(house, code)
        if BLOCK_MIN * whole <= block.outline.area <= BLOCK_MAX * whole
    ]


def _blocks(house: House, code: re.Pattern[str] | None) -> list[_Block]:
    """Each free closed shape goes to the named leaf group around it, else stands for itself. A
    `code` may name one that no words do."""
    leaves = _leaf_groups(house, code)
    found: dict[tuple[str, int], _Block] = {}
    for shape in house.free_shapes():
        context = house.contexts.of(shape.frame)
        if context.legend or context.special or not shape.closed:
            continue
        frame: Frame | None = shape.frame
        while frame is not None and frame.index not in leaves:
            frame = frame.parent
        if frame is not None:
            key, node, name = ("frame", frame.index), frame.node, leaves[frame.index]
            around = frame.parent
        else:
            own = _block_name(house, shape.node, code)
            if own is None:
                continue
            key, node, name, around = ("shape", shape.order), shape.node, own, shape.frame
        parent = around.index if around is not None else 0
        found.setdefault(key, _Block(name, node, parent, [])).members.append(shape)
    return list(found.values())


def _leaf_groups(house: House, code: re.Pattern[str] | None) -> dict[int, Named]:
    """Named groups of a few shapes with no other such names inside, by frame index."""
    found: dict[int, Named] = {}
    named = Counter(
        shape.frame.index
        for shape in house.free_shapes()
        if shape.closed
        and (own := _block_name(house, shape.node, code)) is not None
        and not _is_copy(own.value, house.reader.facts(shape.frame.node).get("name"))
    )
    outer = {index for index, count in named.items() if count > 1}
    for frame in reversed(house.frames.values()):
        leaf = frame.index not in outer
        name = _block_name(house, frame.node, code) if leaf else None
        few = house.inside[frame.index] <= GROUP_SHAPES_MAX
        if name is not None and few and frame.parent is not None:
            found[frame.index] = name
        if (name is not None or frame.index in outer) and frame.parent is not None:
            outer.add(frame.parent.index)
    return found


def _is_copy(name: str, group: Named | None) -> bool:
    """Whether a tool made a shape's name of its group's: "123_2" in "123"."""
    return group is not None and re.sub(r"_\d+$", "", name) == group.value


def _block_name(house: House, node: Node, code: re.Pattern[str] | None) -> Named | None:
    facts = house.reader.facts(node)
    name, kind = facts.get("group"), facts.get("kind")
    if kind is not None and kind.value in _NOT_SECTIONS:
        return None
    if code is not None and "name" in facts and code.match(facts["name"].value):
        return facts["name"]
    if name is None:
        return None
    helper = set(kinds.tokens(name.value)) & words.HELPERS or is_landmark(name.value)
    return None if helper or generic(name.value) else name


def _family(name: str) -> str:
    return re.sub(r"\d+", "#", name.casefold())


def is_landmark(name: str) -> bool:
    said = kinds.tokens(name)
    return bool(said) and said[0] in words.LANDMARKS and len(said) <= 2
