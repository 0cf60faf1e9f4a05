"""Numbered blocks and booths that only a text names: "101", "A12", "SEC 101".

Expo plans and arenas without ids say what is what by short codes that stand on shapes. Evidence
in real drawings: of five with such codes 93 to 100% of the codes stand in a closed shape, nearly
each in one of its own; in a factory's plan it is half, and the codes are of many patterns.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median

import shapely

from seatmap import words
from seatmap.draft import AreaDraft, SectionDraft, slug
from seatmap.house import House, polygon
from seatmap.model import Note, Points
from seatmap.names import Named
from seatmap.scene import Shape, Text
from seatmap.told import texts_of

CODES_MIN = 10
"""Fewer codes prove nothing: pipes, cables and gauges have some too."""
HELD_MIN = 0.8
"""Of the codes that stand in a closed shape."""
PATTERN_MIN = 0.6
"""Of the codes that are of one pattern, e.g. a letter and numbers."""
REPEATS_MAX = 2
LETTERED_MIN = 0.9
WORDED_MIN = 3
SHAPE_MIN, SHAPE_MAX = 1e-5, 0.05
"""Area of what holds a code, as a part of the drawing."""
BOOTH_MAX = 0.0012
"""Booths are smaller than this, blocks of an arena larger, as a part of the drawing."""
SHAPES_MAX = 20_000
DIVIDERS_MAX = 400

_CODE = re.compile(r"^(?P<prefix>[^\W\d_]{0,3})[-. ]?(?P<number>\d{1,4})[^\W\d_]?$")
_WORDED = re.compile(r"^(?P<word>[^\W\d_]+)\.?\s+(?P<code>[^\W_]{1,4})$")
_LINES = frozenset({"line", "polyline", "path"})


@dataclass(eq=False)
class _Holder:
    """A closed shape and the codes that stand in it, not in a smaller one."""

    shape: Shape
    ring: shapely.Polygon
    codes: list[Text]


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
    holders = _holders(house, codes)
    held = sum(len(holder.codes) for holder in holders)
    if held < HELD_MIN * len(codes):
        return
    prefixed = sum(bool(_CODE.match(text.text)["prefix"]) for text in codes)  # type: ignore[index]
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    size = median(holder.ring.area / len(holder.codes) for holder in holders)
    booths = prefixed > len(codes) / 2 and size <= BOOTH_MAX * whole
    shared = 0
    for holder in holders:
        for text, outline, source in _parts(house, holder):
            shared += source == "nearest label"
            _add(house, holder.shape, text, outline, source, booth=booths)
        house.used_shapes.add(holder.shape.order)
    if shared:
        house.draft.uncertain.append(Note("blocks whose sides are guessed from labels", shared))


def _told_texts(house: House, kind: str) -> None:
    """Texts that a mapping says are areas or sections: with the shape around, or as they stand."""
    texts = texts_of(house.told, kind, house.free_texts())
    held = {text.order: holder for holder in _holders(house, texts) for text in holder.codes}
    parts = {
        text.order: (outline, source)
        for holder in {id(h): h for h in held.values()}.values()
        for text, outline, source in _parts(house, holder)
    }
    for text in texts:
        facts = house.reader.facts(text.node)
        name = facts["name"].value if "name" in facts else None
        holder = held.get(text.order)
        outline, source = parts.get(text.order, (_around(text), "text"))
        shape = holder.shape if holder is not None else None
        _add(house, shape, text, outline, source, booth=kind == "area", name=name)
        if holder is not None:
            house.used_shapes.add(holder.shape.order)


def _around(text: Text) -> Points:
    """About where a text stands."""
    (x, y), w, h = text.at, text.width / 2, text.size / 2
    return ((x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h))


def _codes(house: House) -> list[Text]:
    """Distinct codes of the commonest patterns, in painting order.

    Where nearly all begin with a letter, those that do not are something else ("36m", "21").
    """
    texts = [text for text in house.free_texts() if _CODE.match(text.text)]
    said = Counter(text.text for text in texts)
    texts = [text for text in texts if said[text.text] <= REPEATS_MAX]
    lettered = [text for text in texts if text.text[0].isalpha()]
    if len(lettered) >= LETTERED_MIN * len(texts):
        texts = lettered
    patterns: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        patterns[re.sub(r"\d+", "1", re.sub(r"[^\W\d_]", "A", text.text))].append(text)
    largest = max(patterns.values(), key=len, default=[])
    return texts if len(largest) >= PATTERN_MIN * len(texts) else []


def _worded(house: House) -> bool:
    """ "SEC 101", "Block B": sections that the word itself proves, with or without a shape."""
    found: list[tuple[Text, str]] = []
    for text in house.free_texts():
        match = _WORDED.match(text.text)
        if match and match["word"].lower() in words.SECTION:
            found.append((text, match["code"]))
    if len({code for _, code in found}) < WORDED_MIN:
        return False
    on = {h.codes[0].order: h for h in _holders(house, [t for t, _ in found]) if len(h.codes) == 1}
    for text, code in found:
        holder = on.get(text.order)
        shape = holder.shape if holder is not None else None
        _add(house, shape, text, None, "text", booth=False, name=code)
        if shape is not None:
            house.used_shapes.add(shape.order)
    return True


def _holders(house: House, codes: list[Text]) -> list[_Holder]:
    """The smallest free closed shape around each code, with all codes that it is smallest for."""
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    rings: list[tuple[Shape, shapely.Polygon]] = []
    for shape in house.free_shapes()[:SHAPES_MAX]:
        if shape.local.closed and SHAPE_MIN * whole <= shape.area <= SHAPE_MAX * whole:
            ring = polygon(shape)
            if ring is not None:
                rings.append((shape, ring))
    tree = shapely.STRtree([ring for _, ring in rings])
    found: dict[int, _Holder] = {}
    for text in codes:
        around = tree.query(shapely.Point(text.at), predicate="within").tolist()
        if around:
            at = min(around, key=lambda i: (rings[i][1].area, i))
            shape, ring = rings[at]
            found.setdefault(at, _Holder(shape, ring, [])).codes.append(text)
    return list(found.values())


def _parts(house: House, holder: _Holder) -> list[tuple[Text, Points | None, str]]:
    """(code, its part of the shape, how that is known). None: the whole shape."""
    if len(holder.codes) == 1:
        return [(holder.codes[0], None, holder.shape.node.tag)]
    faces = _faces(house, holder)
    cells = _cells(holder)
    parts: list[tuple[Text, Points | None, str]] = []
    for text, cell in zip(holder.codes, cells, strict=True):
        at = shapely.Point(text.at)
        mine = [face for face in faces if face.contains(at)]
        alone = mine and sum(mine[0].contains(shapely.Point(t.at)) for t in holder.codes) == 1
        ring, source = (mine[0], "lines") if alone else (cell, "nearest label")
        parts.append((text, _points(ring), source))
    return parts


def _faces(house: House, holder: _Holder) -> list[shapely.Polygon]:
    """Into what the lines drawn across a shape divide it."""
    lines = []
    for shape in house.scene.shapes:
        if shape.node.tag in _LINES and not shape.local.closed and _meets(shape, holder.shape):
            points = shape.outline(max(holder.shape.sides[1] / 1000, 1e-9))
            if len(points) > 1:
                lines.append(shapely.LineString(points))
        if len(lines) >= DIVIDERS_MAX:
            break
    edges = shapely.unary_union([holder.ring.exterior, *(_longer(line) for line in lines)])
    return [face for face in shapely.polygonize([edges]).geoms if isinstance(face, shapely.Polygon)]


def _longer(line: shapely.LineString) -> shapely.LineString:
    """A little beyond both ends, as a divider may stop short of the side it divides."""
    (x0, y0), *_, (x1, y1) = line.coords
    points = list(line.coords)
    (ax, ay), (bx, by) = points[1], points[-2]
    points[0] = (x0 + 0.02 * (x0 - ax), y0 + 0.02 * (y0 - ay))
    points[-1] = (x1 + 0.02 * (x1 - bx), y1 + 0.02 * (y1 - by))
    return shapely.LineString(points)


def _meets(shape: Shape, holder: Shape) -> bool:
    x, y, w, h = shape.box
    u, v, p, q = holder.box
    return x <= u + p and u <= x + w and y <= v + q and v <= y + h


def _cells(holder: _Holder) -> list[shapely.Polygon]:
    """For each code the part of the shape that is nearer to it than to any other."""
    points = shapely.MultiPoint([text.at for text in holder.codes])
    found = shapely.voronoi_polygons(points, extend_to=holder.ring, ordered=True)
    cells = []
    for cell in found.geoms:
        part = cell.intersection(holder.ring)
        if isinstance(part, shapely.MultiPolygon):
            part = max(part.geoms, key=lambda p: p.area)
        cells.append(part if isinstance(part, shapely.Polygon) else holder.ring)
    return cells


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
