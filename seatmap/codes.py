"""Numbered blocks and booths that only a text names: "101", "A12", "SEC 101".

Expo plans and arenas without ids say what is what by short codes that stand on shapes. Evidence
in real drawings: of five with such codes 93 to 100% of the codes stand in a closed shape, nearly
each in one of its own; in a factory's plan it is half, and the codes are of many patterns.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from math import hypot, inf, log
from statistics import median

import numpy as np
import shapely

from seatmap import kinds, words
from seatmap.dividers import Dividers, Holder, divided, is_diagram, is_wired
from seatmap.draft import AreaDraft, SectionDraft, TableDraft, slug
from seatmap.house import House, polygon
from seatmap.model import Note, Points
from seatmap.names import Named
from seatmap.scene import Shape, Text
from seatmap.shapes import Grid, boxes, located, met, rounded
from seatmap.told import texts_of

CODES_MIN = 10
"""Fewer codes prove nothing: pipes, cables and gauges have some too."""
HELD_MIN = 0.8
"""Of the codes that stand in a closed shape."""
PATTERN_MIN = 0.6
"""Of the codes that are of one pattern, e.g. a letter and numbers."""
COUNTED_MIN = 0.9
"""Of the numbers from 1 to the largest that make them a count."""
REPEATS_MAX = 2
HALVES_EMS = 4.0
"""Two halves of a label are at most this many font sizes apart."""
SIBLINGS_MAX = 400
LETTERED_MIN = 0.9
WORDED_MIN = 3
SHAPE_MIN, SHAPE_MAX = 1e-5, 0.05
GROUND_MAX = 0.5
"""Area of what holds a code, as a part of the drawing."""
BOOTH_MAX = 0.0012
"""Booths are smaller than this, blocks of an arena larger, as a part of the drawing."""
DIMENSIONED_MIN = 0.3
"""Of the blocks that must have their size written on them to be the stands of a fair."""
STANDS_ALIKE_MIN = 30
"""Or this many equal rectangles, at least half of all."""
RECTANGULAR_MIN = 0.98
TABLES_MIN = 0.9
"""Of the blocks that must be discs, to be tables."""
ALIKE_STEP = 0.05
ONE_SPOT = 1e-6
"""Of the shape's longer side: codes as near as this are written on each other."""
SHAPES_MAX = 20_000
FACES_MAX = 200
"""Codes on one shape that its lines may divide."""
SHARED_MAX = 200
"""Shapes with several codes; more are no plan of booths."""

_CODE = re.compile(r"^(?P<prefix>[^\W\d_]{0,3})[-. ]?(?P<number>\d{1,4})[^\W\d_]?$|^[A-Z]$")
_HALF = re.compile(r"^[^\W_]{1,4}$")
_WORDED = re.compile(
    r"^(?P<word>[^\W\d_]+)\.?\s+(?P<code>[^\W_]{1,4})$"
    r"|^(?P<number>[A-Z]{0,2}\d{1,3}|[A-Z])[.\s]*(?P<behind>[^\W\d_]{1,8})$"
)


def find_codes(house: House) -> None:
    """In a drawing with neither seats nor sections: blocks and booths by the codes on them."""
    for kind in ("area", "section"):
        _told_texts(house, kind)
    if house.reader.governed("area") or house.reader.governed("section"):
        return
    if house.draft.seats or house.sections:
        return
    if _worded(house):
        return
    codes = _codes(house)
    if len(codes) < CODES_MIN:
        return
    found = holders(house, codes)
    held = sum(len(holder.codes) for holder in found)
    if held < HELD_MIN * len(codes):
        return
    dividers = Dividers(house)
    if is_diagram(dividers, found) or is_wired(dividers, found):
        return
    prefixed = sum(text.text[0].isalpha() for text in codes)
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    size = median(holder.ring.area / len(holder.codes) for holder in found)
    booths = (prefixed > len(codes) / 2 and size <= BOOTH_MAX * whole) or _are_stands(house, found)
    shared = 0
    named = {text.text for holder in found for text in holder.codes}
    if _are_tables(found):
        for holder in found:
            _add_table(house, holder)
        return
    if sum(len(holder.codes) > 1 for holder in found) > SHARED_MAX:
        return
    for holder in found:
        for text, outline, source in _parts(dividers, holder):
            shared += source == "nearest label"
            _add(house, holder.shape, text, outline, source, booth=booths)
        house.used_shapes.add(holder.shape.order)
    if shared:
        house.draft.uncertain.append(Note("blocks whose sides are guessed from labels", shared))
    loose = {text.text: text for text in codes if text.order not in house.used_texts}
    for text in loose.values():  # as walls that do not close leave them
        if text.text not in named:
            _add(house, None, text, around(text), "text", booth=booths)


def _are_stands(house: House, found: list[Holder]) -> bool:
    """Whether blocks are the stands of a fair: measured in their texts, or many equal rectangles.

    The blocks of a bowl are of many sizes and shapes, and nobody writes "3x3" on them.
    """
    sized = sum(
        any(kinds.DIMENSION.match(text.text) for text in house.texts_on(holder.shape))
        for holder in found
    )
    if sized >= DIMENSIONED_MIN * len(found):
        return True
    sizes = Counter(
        tuple(round(log(side) / ALIKE_STEP) for side in holder.shape.sides)
        for holder in found
        if holder.ring.area >= RECTANGULAR_MIN * holder.shape.sides[0] * holder.shape.sides[1]
    )
    return max(sizes.values(), default=0) >= max(STANDS_ALIKE_MIN, len(found) / 2)


def _are_tables(found: list[Holder]) -> bool:
    """Whether blocks are discs of a few sizes, each with a code: round tables without their chairs.

    Nobody sits in a block that is a circle.
    """
    discs = [h for h in found if h.shape.node.tag in ("circle", "ellipse") and len(h.codes) == 1]
    return len(discs) >= TABLES_MIN * len(found)


def _add_table(house: House, holder: Holder) -> None:
    """A table, the first code on it its name; what else is written there is about it."""
    name = Named(holder.codes[0].text, "text")
    house.used_texts.update(text.order for text in house.texts_on(holder.shape))
    house.used_shapes.add(holder.shape.order)
    house.draft.tables.append(TableDraft(name, None, holder.shape.frame, holder.shape, "text"))


def _told_texts(house: House, kind: str) -> None:
    """Texts that a mapping says are areas or sections: with the shape around, or as they stand."""
    texts = texts_of(house.told, kind, house.free_texts())
    held = {text.order: holder for holder in holders(house, texts) for text in holder.codes}
    dividers = Dividers(house)
    parts = {
        text.order: (outline, source)
        for holder in {id(h): h for h in held.values()}.values()
        for text, outline, source in _parts(dividers, holder)
    }
    for text in texts:
        facts = house.reader.facts(text.node)
        name = facts["name"].value if "name" in facts else None
        holder = held.get(text.order)
        outline, source = parts.get(text.order, (around(text), "text"))
        shape = holder.shape if holder is not None else None
        _add(house, shape, text, outline, source, booth=kind == "area", name=name)
        if holder is not None:
            house.used_shapes.add(holder.shape.order)


def around(text: Text) -> Points:
    """About where a text stands."""
    (x, y), w, h = text.at, text.width / 2, text.size / 2
    return ((x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h))


def _codes(house: House) -> list[Text]:
    """Distinct codes of the commonest patterns, in painting order.

    Where nearly all begin with a letter, those that do not are something else ("36m", "21").
    Small numbers alone, and such as count from 1, are codes only where a stage, an entrance or the
    like is named too.
    """
    coded = [text for text in house.free_texts() if _CODE.match(_bare(text.text))]
    said = Counter(text.text for text in coded)
    texts = [text for text in coded if said[text.text] <= REPEATS_MAX]
    if len(texts) < len(coded) / 2:  # the numbers of houses in their streets
        return []
    if any(len(text.text) > 1 for text in texts):  # a letter alone is a code among letters alone
        texts = [text for text in texts if not text.text.isalpha()]
    lettered = [text for text in texts if text.text[0].isalpha()]
    if len(lettered) >= LETTERED_MIN * len(texts):
        texts = lettered
    patterns: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        patterns[re.sub(r"\d+", "1", re.sub(r"[^\W\d_]", "A", _bare(text.text)))].append(text)
    if not say_where([text.text for text in texts]) and not _has_landmarks(house):
        return []
    largest = max(patterns.values(), key=len, default=[])
    return texts if len(largest) >= PATTERN_MIN * len(texts) else []


def _bare(text: str) -> str:
    """A code without the word that says where it is: "N1 lower"."""
    code, _, side = text.rpartition(" ")
    return code if code and side.strip("()").lower() in words.SIDES else text


def say_where(codes: Collection[str]) -> bool:
    """Whether codes are more than small numbers or a count, which days, steps and elements have
    too: the blocks of a house are numbered by levels, "101" to "116", "201" to "220"."""
    numbers = {int(code) for code in codes if code.isdecimal()}
    if numbers and min(numbers) <= 1 and all(code.isdecimal() for code in codes):
        return len(numbers) < COUNTED_MIN * max(numbers)
    return any(len(code) > 2 or not code.isdecimal() for code in codes if len(code) > 1)


def _has_landmarks(house: House) -> bool:
    return any(kinds.landmark_of(text.text) is not None for text in house.free_texts()) or any(
        house.contexts.of(shape.frame).special is not None
        or "kind" in house.reader.facts(shape.node)
        for shape in house.free_shapes()
    )


def _worded(house: House) -> bool:
    """ "SEC 101", "Block B": sections that the word itself proves, with or without a shape."""
    found: list[tuple[Text, str]] = []
    parts: list[tuple[Text, str]] = []
    for text in house.free_texts():
        match = _WORDED.match(text.text)
        word = (match["word"] or match["behind"]).lower() if match else ""
        code = match["code"] or match["number"] if match else ""
        if match and word in words.SECTION and code.lower() not in words.SIDES:
            found.append((text, code))
        elif match and word in words.HOUSE:  # which of them it is, is its name
            found.append((text, text.text))
        elif text.text.lower() in words.SECTION and (half := _second_half(house, text)):
            found += half
        elif _is_part(text.text):
            parts.append((text, text.text))
    on = _alone(house, found, SHAPE_MAX)
    on_parts = _alone(house, parts, GROUND_MAX)
    found += [part for part in parts if part[0].order in on_parts]
    if len({code for _, code in found}) < WORDED_MIN:
        return False
    on |= on_parts
    for text, code in found:
        holder = on.get(text.order)
        shape = holder.shape if holder is not None else None
        _add(house, shape, text, None, "text", booth=False, name=code)
        if shape is not None:
            house.used_shapes.add(shape.order)
    return True


def _alone(house: House, found: list[tuple[Text, str]], most: float) -> dict[int, Holder]:
    """What each text stands on, where no other does, by the text's order."""
    held = holders(house, [text for text, _ in found], most)
    return {holder.codes[0].order: holder for holder in held if len(holder.codes) == 1}


def _is_part(text: str) -> bool:
    """Whether a few words name a part of a house: "Front Mezzanine", "Box Left"."""
    said = set(kinds.tokens(text))
    sided = bool(said & words.SECTION) and bool(said & words.SIDES)
    return 1 <= len(said) <= 3 and (sided or bool(said & words.HOUSE))


def _second_half(house: House, word: Text) -> list[tuple[Text, str]]:
    """The code that a word for a section stands before or above, as a text of its own."""
    near = [
        (hypot(text.at[0] - word.at[0], text.at[1] - word.at[1]), text)
        for text in house.frame_texts.get(word.frame.index, ())[:SIBLINGS_MAX]
        if text is not word and _HALF.match(text.text)
    ]
    far, text = min(near, key=lambda pair: pair[0], default=(inf, word))
    if far > HALVES_EMS * word.size:
        return []
    house.used_texts.add(word.order)
    return [(text, text.text)]


def holders(house: House, codes: list[Text], most: float = SHAPE_MAX) -> list[Holder]:
    """The smallest free closed shape around each text, with all texts that it is smallest for.

    `most` is the largest that such a shape may be, as a part of the drawing.
    """
    if not codes:
        return []
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    shapes = [
        shape
        for shape in house.free_shapes()
        if shape.closed and SHAPE_MIN * whole <= shape.area <= most * whole
    ]
    rings: list[tuple[Shape, shapely.Polygon]] = []
    for shape in _boxed(shapes, codes)[:SHAPES_MAX]:
        ring = polygon(shape)
        if ring is not None:
            rings.append((shape, ring))
    tree = shapely.STRtree([ring for _, ring in rings])
    areas = [rounded(ring.area) for _, ring in rings]
    smallest: dict[int, int] = {}
    for i, at in zip(*met(tree, located([t.at for t in codes]), predicate="within"), strict=True):
        best = smallest.get(int(i))
        if best is None or (areas[at], at) < (areas[best], best):
            smallest[int(i)] = int(at)
    found: dict[int, Holder] = {}
    for i in sorted(smallest):
        shape, ring = rings[smallest[i]]
        found.setdefault(smallest[i], Holder(shape, ring, [])).codes.append(codes[i])
    return list(found.values())


def _boxed(shapes: list[Shape], codes: list[Text]) -> list[Shape]:
    """The shapes with a text in their box: only these are looked at closely."""
    if not shapes:
        return []
    x, y, w, h = boxes(shapes)
    tree = shapely.STRtree(located([text.at for text in codes]))
    drawn = np.asarray(shapely.box(x, y, x + w, y + h), dtype=object).reshape(-1)
    held = np.unique(met(tree, drawn)[0])
    return [shapes[i] for i in held.tolist()]


def _parts(dividers: Dividers, holder: Holder) -> list[tuple[Text, Points | None, str]]:
    """(code, its part of the shape, how that is known). None: the whole shape."""
    if len(holder.codes) == 1:
        return [(holder.codes[0], None, holder.shape.node.tag)]
    faces = divided(dividers, holder) if len(holder.codes) <= FACES_MAX else []
    cells = _cells(holder)
    parts: list[tuple[Text, Points | None, str]] = []
    for text, cell in zip(holder.codes, cells, strict=True):
        at = shapely.Point(text.at)
        mine = [face for face in faces if face.contains(at)]
        alone = mine and sum(mine[0].contains(shapely.Point(t.at)) for t in holder.codes) == 1
        ring, source = (mine[0], "lines") if alone else (cell, "nearest label")
        parts.append((text, _points(ring), source))
    return parts


def _cells(holder: Holder) -> list[shapely.Polygon]:
    """For each code the part of the shape that is nearer to it than to any other; codes that are
    written over each other share one."""
    spots = Grid(ONE_SPOT * holder.shape.sides[1])
    own: list[int] = []
    for text in holder.codes:
        near = spots.near(text.at, spots.cell)
        own.append(near[0][1] if near else spots.add(text.at))
    if len(spots.points) == 1:
        return [holder.ring] * len(own)
    points = shapely.MultiPoint(spots.points)
    found = shapely.voronoi_polygons(points, extend_to=holder.ring, ordered=True)
    cells = []
    for cell in found.geoms:
        part = cell.intersection(holder.ring)
        if isinstance(part, shapely.MultiPolygon):
            part = max(part.geoms, key=lambda p: p.area)
        cells.append(part if isinstance(part, shapely.Polygon) else holder.ring)
    return [cells[i] for i in own]


def _points(ring: shapely.Polygon) -> Points:
    return tuple((float(x), float(y)) for x, y in ring.exterior.coords[:-1])


def _add(
    house: House,
    shape: Shape | None,
    text: Text,
    outline: Points | None,
    source: str,
    *,
    booth: bool,
    name: str | None = None,
) -> None:
    named = Named(name or text.text, "text")
    house.used_texts.add(text.order)
    zone = house.zone(None, shape)
    if booth and (shape is not None or outline is not None):
        kind = house.told.area_kind if house.told is not None else "booth"
        area = AreaDraft(slug(named.value), named, shape, kind=kind)
        area.outline, area.outline_source = outline, source
        area.label_at = text.at
        if zone is not None:
            area.zone, area.zone_source = zone
        house.draft.areas.append(area)
        return
    key = slug(named.value)
    unique = key if key not in house.sections else f"{key}~{len(house.sections)}"
    section = house.sections[unique] = SectionDraft(unique, named, named)
    section.shape, section.label_at = shape, text.at
    section.outline, section.outline_source = outline, source
    if zone is not None:
        section.zone, section.zone_source = zone
