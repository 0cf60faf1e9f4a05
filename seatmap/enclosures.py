"""Seats belong to the smallest section drawn around them, named or not.

Where neither ids nor groups say to which section a seat belongs, the drawing often shows it: the
seats lie on a block. Blocks without any name are sections too, when they divide the seats among
themselves and none is just the box around one row; terraces of one colour that touch are one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import hypot

import numpy as np
import shapely

from seatmap.draft import SeatDraft, SectionDraft, slug
from seatmap.house import House, polygon, valid
from seatmap.kinds import landmark_of
from seatmap.names import Named
from seatmap.rows import separated
from seatmap.scene import Shape, Text
from seatmap.shapes import cloud, located, met

OUTLINE_SEATS_MIN = 8
OUTLINES_MIN = 2
"""Unnamed outlines that hold seats: one alone is the floor."""
OUTLINES_MAX = 400
HELD_MIN = 0.6
"""Part of the seats without a section that unnamed outlines must hold together."""
OUTLINE_AREA_MAX = 0.6
"""Of the drawing: what is larger is its background."""
ACROSS_SEATS = 1.8
"""A name that lies across a block is larger than so many seats."""
HEAD_EMS = 2.8
"""A title is at most this many font sizes above what it is the name of."""
TITLES_MAX = 100
TOUCH_SEATS = 0.3
"""Outlines of one colour that are nearer than this many seats are terraces of one section."""
LINE_WIDTH_SEATS = 1.2
"""Seats that spread less than this many seats across are one row."""

_TITLE = re.compile(
    r"^(?:[^\W\d_].{2,}|\d{1,2}(?:st|nd|rd|th|er|[eè]me|e|[.ºª°])?\s?(?:[^\W\d_]{3,}.*|[層階层樓楼층]))$"
)
"""A part of a house: "BALCONY", "2nd floor", "1階"."""

_Ring = tuple[shapely.Polygon, Shape, SectionDraft | None]


def enclose(house: House) -> None:
    """Gives the seats that are in no section, or only in a group's, the section around them."""
    loose = [
        seat
        for seat in house.draft.seats
        if seat.table is None and (seat.section is None or seat.section.group is not None)
    ]
    if len(loose) < OUTLINE_SEATS_MIN:
        return
    known: list[_Ring] = [
        (ring, section.shape, section)
        for section in house.sections.values()
        if section.shape is not None and (ring := polygon(section.shape)) is not None
    ]
    if known:
        _assign(loose, known)
        return
    if house.reader.governed("section"):
        return
    rings = _unnamed(house, loose)
    held = _split(loose, rings)
    held = {at: seats for at, seats in held.items() if len(seats) >= OUTLINE_SEATS_MIN}
    enough = sum(map(len, held.values())) >= HELD_MIN * len(loose)
    if len(held) < OUTLINES_MIN or not enough:
        _headed(house, loose)
        return
    terraces = _terraces([rings[at] for at in sorted(held)], loose[0].shape.sides[0])
    groups = [[sorted(held)[i] for i in terrace] for terrace in terraces]
    if len(groups) < OUTLINES_MIN or _mostly_lines(_all(held, group) for group in groups):
        return
    seated = Counter(seat.section for seat in house.draft.seats)
    for group in sorted(groups, key=lambda g: min(rings[at][1].order for at in g)):
        seats = _all(held, group)
        inside = {seat.section for seat in seats}
        named = inside.pop() if len(inside) == 1 else None
        whole = named is not None and seated[named] == len(seats)
        _add(house, [rings[at] for at in group], seats, named if whole else None)


def _headed(house: House, loose: list[SeatDraft]) -> None:
    """Blocks of seats that only room parts, where over each its name is written: "BALCONY"."""
    free, side = house.free_texts(), loose[0].shape.sides[1]
    texts = [text for text in free if _is_title(text)][:TITLES_MAX]
    across = [text for text in free if text.size > ACROSS_SEATS * side][:TITLES_MAX]
    if len(texts) + len(across) < OUTLINES_MIN or any(seat.section is not None for seat in loose):
        return
    found: list[tuple[Text, list[SeatDraft]]] = []
    for block in separated([seat.shape.centre for seat in loose], side):
        seats = [loose[i] for i in block]
        x0, y0, x1, y1 = cloud([seat.shape.centre for seat in seats]).bounds
        over = [text for text in texts if _heads(text, (x0, y0 - side / 2, x1, y1))]
        over = over or [text for text in across if _is_across(text, (x0, y0, x1, y1))]
        if len(over) != 1:
            return
        found.append((over[0], seats))
    if not OUTLINES_MIN <= len(found) == len({text.order for text, _ in found}):
        return
    for text, seats in found:
        name = Named(text.text, "text")
        section = SectionDraft(slug(text.text), name, name)
        section.label_at = text.at
        house.sections[f"block {text.order}"] = section
        house.used_texts.add(text.order)
        for seat in seats:
            seat.section, seat.section_source = section, "text"


def _all(held: dict[int, list[SeatDraft]], group: list[int]) -> list[SeatDraft]:
    return [seat for at in group for seat in held[at]]


def _add(
    house: House, rings: list[_Ring], seats: list[SeatDraft], named: SectionDraft | None
) -> None:
    """One section of one outline, or of several that touch: the one that a group names, of which
    these are all seats, else an unnamed one."""
    shape = min((shape for _, shape, _ in rings), key=lambda s: s.order)
    ring = max((ring for ring, _, _ in rings), key=lambda r: r.area)
    if len(rings) > 1:
        gap = 0.5 * seats[0].shape.sides[0]
        whole = shapely.unary_union([ring.buffer(gap, join_style="mitre") for ring, _, _ in rings])
        ring = valid(max(_polygons(whole), key=lambda p: p.area).buffer(-gap)) or ring
    section = named or SectionDraft("", _title(house, ring), Named("", "position"))
    section.shape = shape
    if len(rings) > 1:
        section.outline = tuple((float(x), float(y)) for x, y in ring.exterior.coords[:-1])
        section.outline_source = f"touching {shape.node.tag}"
    house.sections.setdefault(section.key or f"outline {shape.order}", section)
    house.used_shapes.update(shape.order for _, shape, _ in rings)
    for seat in seats:
        seat.section, seat.section_source = section, "outline"


def _polygons(found: shapely.Geometry) -> list[shapely.Polygon]:
    parts = found.geoms if isinstance(found, shapely.MultiPolygon) else [found]
    return [part for part in parts if isinstance(part, shapely.Polygon)]


def _terraces(rings: list[_Ring], seat_side: float) -> list[list[int]]:
    """Indexes of the rings, those together that touch and are painted alike."""
    tree = shapely.STRtree([ring for ring, _, _ in rings])
    group = list(range(len(rings)))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for i, (ring, shape, _) in enumerate(rings):
        near = tree.query(ring, predicate="dwithin", distance=TOUCH_SEATS * seat_side)
        for j in near.tolist():
            if rings[j][1].style.fill == shape.style.fill:
                group[root(j)] = root(i)
    found: dict[int, list[int]] = defaultdict(list)
    for i in range(len(rings)):
        found[root(i)].append(i)
    return list(found.values())


def _assign(loose: list[SeatDraft], rings: list[_Ring]) -> None:
    for at, seats in _split(loose, rings).items():
        for seat in seats:
            seat.section, seat.section_source = rings[at][2], "outline"


def _unnamed(house: House, loose: list[SeatDraft]) -> list[_Ring]:
    """Free closed painted shapes much larger than a seat, largest first, not too many."""
    whole = house.scene.view_box[2] * house.scene.view_box[3]
    least = OUTLINE_SEATS_MIN * loose[0].shape.area
    shapes = [
        shape
        for shape in house.free_shapes()
        if shape.painted and shape.closed and least < shape.area <= OUTLINE_AREA_MAX * whole
    ]
    shapes.sort(key=lambda s: (-s.area, s.order))
    found = ((polygon(shape), shape) for shape in shapes[:OUTLINES_MAX])
    return [(ring, shape, None) for ring, shape in found if ring is not None]


def _split(loose: list[SeatDraft], rings: list[_Ring]) -> dict[int, list[SeatDraft]]:
    """The seats by the smallest ring around each that holds enough of them."""
    tree = shapely.STRtree(located([seat.shape.centre for seat in loose]))
    inside: dict[int, int] = {}
    order = sorted(range(len(rings)), key=lambda i: -rings[i][0].area)
    areas = np.array([rings[at][0] for at in order], dtype=object)
    ats, members = met(tree, areas, predicate="contains")
    ends = np.searchsorted(ats, np.arange(len(order) + 1))
    for i, at in enumerate(order):
        own = members[ends[i] : ends[i + 1]].tolist()
        if rings[at][2] is not None or len(own) >= OUTLINE_SEATS_MIN:
            inside.update(dict.fromkeys(own, at))
    found: dict[int, list[SeatDraft]] = defaultdict(list)
    for index in sorted(inside):
        found[inside[index]].append(loose[index])
    return found


def _mostly_lines(groups: Iterable[list[SeatDraft]]) -> bool:
    """Whether most of the groups are one line of seats: boxes around rows, not sections."""
    groups = list(groups)
    return sum(map(_is_line, groups)) > len(groups) / 2


def _is_line(seats: list[SeatDraft]) -> bool:
    points = cloud([seat.shape.centre for seat in seats])
    box = shapely.oriented_envelope(points)
    if not isinstance(box, shapely.Polygon):
        return True
    (ax, ay), (bx, by), (cx, cy), *_ = box.exterior.coords
    across = min(hypot(bx - ax, by - ay), hypot(cx - bx, cy - by))
    return across < LINE_WIDTH_SEATS * seats[0].shape.sides[1]


def _is_title(text: Text) -> bool:
    return _TITLE.match(text.text) is not None and landmark_of(text.text) is None


def _heads(text: Text, bounds: tuple[float, float, float, float]) -> bool:
    """Whether a text stands just above the middle of what has these bounds."""
    x0, y0, x1, _ = bounds
    near = y0 - HEAD_EMS * text.size <= text.at[1] <= y0
    return near and abs(text.at[0] - (x0 + x1) / 2) < (x1 - x0) / 4


def _is_across(text: Text, bounds: tuple[float, float, float, float]) -> bool:
    """Whether a text lies over the middle of what has these bounds."""
    x0, y0, x1, y1 = bounds
    u, v = text.at[0] - (x0 + x1) / 2, text.at[1] - (y0 + y1) / 2
    return abs(u) < (x1 - x0) / 4 and abs(v) < (y1 - y0) / 4


def _title(house: House, ring: shapely.Polygon) -> Named | None:
    """The one text on an outline that is larger than all others on it; else that above it."""
    texts = house.free_texts()
    on = [text for text in texts if ring.contains(shapely.Point(text.at))]
    on = on or [text for text in texts if _is_title(text) and _heads(text, ring.bounds)]
    on.sort(key=lambda text: -text.size)
    first: Text | None = on[0] if on else None
    if first is None or (len(on) > 1 and on[1].size > 0.9 * first.size):
        return None
    house.used_texts.add(first.order)
    return Named(first.text, "text")
