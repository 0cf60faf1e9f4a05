"""The house under inference: the scene, what is taken already, and the draft that grows.

A shape or text that became part of something is marked as used, so that no later heuristic reads
it again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TypeVar

import shapely

from seatmap import words
from seatmap.context import Context, Contexts
from seatmap.draft import Draft, SectionDraft, ZoneDraft, slug
from seatmap.kinds import landmark_of, tokens
from seatmap.names import Named, copies, prefixes
from seatmap.reader import Reader
from seatmap.scene import Frame, Scene, Shape, Text
from seatmap.shapes import located
from seatmap.told import Told

TEXTS_MAX = 20_000
"""Texts that may name the shape they stand on."""

TEXTS_ON_MAX = 200
"""Texts on one shape: what holds more is the ground, and none is its name."""

HALO_EMS = 0.1
"""A halo is this near to its words, in sizes of the font."""

REPAIR_POINTS_MAX = 500

_Drawn = TypeVar("_Drawn", Shape, Text)


class House:
    """State shared by the heuristics. `sections` and `zones` are by key, in order of appearance."""

    def __init__(self, scene: Scene, told: Told | None = None) -> None:
        self.scene = scene
        self.told = told
        self.frames = _frames(scene)
        groups = {frame.node.index: frame.node for frame in self.frames.values()}
        shapes = {shape.node.index: shape.node for shape in scene.shapes}
        nodes = (*groups.values(), *shapes.values())
        self.reader = Reader(prefixes(nodes), told, copies(nodes))
        self.contexts = Contexts(self.reader, groups.values())
        self.draft = Draft(view_box=scene.view_box)
        self.sections: dict[str, SectionDraft] = {}
        self.used_shapes: set[int] = set()
        self.used_texts: set[int] = set()
        self.colours: dict[str, ZoneDraft] = {}
        self.zones: dict[str, ZoneDraft] = {}
        self.table_shapes = self._by_table(scene.shapes)
        self.table_texts = self._by_table(scene.texts)
        self.frame_texts: dict[int, list[Text]] = defaultdict(list)
        self._worded: dict[tuple[int, str], list[int]] = defaultdict(list)
        self._drop_halos()
        for text in scene.texts:
            self.frame_texts[text.frame.index].append(text)
            self._worded[text.frame.index, text.text].append(text.order)
        self._text_tree = shapely.STRtree(located([t.at for t in scene.texts[:TEXTS_MAX]]))
        self._seat_tree: shapely.STRtree | None = None
        self.inside = self._inside()

    def _drop_halos(self) -> None:
        """Words that are written twice on one spot are read once: the first are a halo or a shadow,
        which map makers draw under their labels."""
        seen: set[tuple[str, int, int]] = set()
        for text in self.scene.texts[:TEXTS_MAX]:
            step = HALO_EMS * text.size or 1.0
            spot = (text.text, round(text.at[0] / step), round(text.at[1] / step))
            if spot in seen:
                self.used_texts.add(text.order)
            seen.add(spot)

    def _by_table(self, items: list[_Drawn]) -> dict[int, list[_Drawn]]:
        found: dict[int, list[_Drawn]] = defaultdict(list)
        for item in items if self.contexts.has_tables else ():
            frame = self.contexts.of(item.frame).table_frame
            if frame is not None:
                found[frame.index].append(item)
        return found

    def _inside(self) -> dict[int, int]:
        """How many shapes are drawn inside each frame, however deep."""
        count = dict.fromkeys(self.frames, 0)
        for shape in self.scene.shapes:
            count[shape.frame.index] += 1
        for frame in reversed(self.frames.values()):
            if frame.parent is not None:
                count[frame.parent.index] += count[frame.index]
        return count

    def zone(self, stated: Named | None, shape: Shape | None) -> tuple[ZoneDraft, str] | None:
        """The zone an element states, else the one whose legend swatch has the shape's colour."""
        if stated is not None:
            zone = self.zones.get(stated.value)
            if zone is None:
                zone = ZoneDraft(slug(stated.value), Named(stated.value, stated.source), None)
                self.zones[stated.value] = zone
            zone.used = True
            return zone, stated.source
        if self.told is not None and shape is not None:
            name = self.told.zones.get(shape.style.fill)
            if name is not None:
                found = self.zones.setdefault(
                    name, ZoneDraft(slug(name), Named(name, "mapping"), shape.style.fill)
                )
                found.used = True
                return found, "mapping"
        zone = self.colours.get(shape.style.fill) if shape is not None else None
        if zone is None:
            return None
        zone.used = True
        return zone, "legend colour"

    def section(self, own: Named | None, context: Context) -> SectionDraft | None:
        """Data attributes first, then the element's own structured name, then group names."""
        stated = context.section
        strong = stated is not None and stated.source.startswith("data-")
        group = context.group
        chosen, spoken = stated, context.section_name
        if own is not None and not strong:
            chosen, spoken = own, None
            for name in (stated, group):
                if name is not None and slug(name.value) == slug(own.value):
                    spoken = name
            if stated is not None and context.section_name is not None and spoken is stated:
                spoken = context.section_name
        elif stated is None:
            chosen, spoken = group, group
        if chosen is None:
            return None
        key = slug(chosen.value)
        found = self.sections.get(key)
        if found is None:
            found = self.sections[key] = SectionDraft(key, spoken or chosen, chosen)
            if chosen is group:
                found.group = context.group_frame
        return found

    def drop_umbrellas(self) -> None:
        """A group name that holds two or more other sections names the house, not a part of it.

        Only names that no keyword or attribute explains; what stood in them stands in no section.
        """
        frames: dict[int, set[str]] = defaultdict(set)
        for key, section in self.sections.items():
            held = [section.shape, *(seat.shape for seat in section.seats[:1])]
            for shape in held:
                frame = shape.frame if shape is not None else None
                while frame is not None:
                    frames[frame.index].add(key)
                    frame = frame.parent
        for key, section in list(self.sections.items()):
            if section.group is None or len(frames[section.group.index] - {key}) < 2:
                continue
            del self.sections[key]
            for item in (
                *self.draft.seats,
                *self.draft.tables,
                *self.draft.rows,
                *self.draft.areas,
            ):
                if item.section is section:
                    item.section = None

    def is_of_venue(self) -> bool:
        """Whether a stage, pitch or screen is named, or the drawing's title says what it is of."""
        if any(
            landmark_of(text.text) in ("stage", "pitch", "screen") for text in self.free_texts()
        ):
            return True
        roots = [frame.node for frame in self.frames.values() if frame.parent is None]
        title = (roots[0].title if roots else None) or ""
        said = set(tokens(title))
        return not words.VENUES.isdisjoint(said) or any(sign in title for sign in words.VENUE_SIGNS)

    def use_worded(self, frame: int, words: str) -> None:
        """Marks the texts drawn directly in a frame that are just these words, once for all: a
        thousand rows of one group may be called "1"."""
        self.used_texts.update(self._worded.pop((frame, words), ()))

    def free_texts(self) -> list[Text]:
        return [t for t in self.scene.texts if t.order not in self.used_texts]

    def free_shapes(self) -> list[Shape]:
        return [s for s in self.scene.shapes if s.order not in self.used_shapes]

    def texts_in(self, frames: list[int]) -> list[Text]:
        """Free texts drawn directly in these frames; none where they are so many as on a ground."""
        groups = [self.frame_texts.get(index, ()) for index in frames]
        if sum(map(len, groups)) > TEXTS_ON_MAX:
            return []
        return [text for group in groups for text in group if text.order not in self.used_texts]

    def texts_on(self, shape: Shape) -> list[Text]:
        """Free texts whose middle is in the shape's box, in painting order; none on a ground."""
        x, y, w, h = shape.box
        inside = sorted(self._text_tree.query(shapely.box(x, y, x + w, y + h)).tolist())
        if len(inside) > TEXTS_ON_MAX:
            return []
        texts = (self.scene.texts[i] for i in inside)
        return [t for t in texts if t.order not in self.used_texts and len(t.text) < 60]

    def holds_seats(self, shape: Shape) -> bool:
        """Whether the middle of any seat is inside the shape. Asked when all seats are known."""
        ring = polygon(shape)
        if ring is None:
            return False
        if self._seat_tree is None:
            self._seat_tree = shapely.STRtree(located([s.shape.centre for s in self.draft.seats]))
        return self._seat_tree.query(ring, predicate="contains").size > 0


def _frames(scene: Scene) -> dict[int, Frame]:
    """All frames with a shape or text somewhere inside, by index; outer ones have smaller ones."""
    found: dict[int, Frame] = {}
    for item in (*scene.shapes, *scene.texts):
        frame: Frame | None = item.frame
        while frame is not None and frame.index not in found:
            found[frame.index] = frame
            frame = frame.parent
    return dict(sorted(found.items()))


def polygon(shape: Shape) -> shapely.Polygon | None:
    _x, _y, w, h = shape.box
    outline = shape.outline(max(w, h) / 200 or 1.0)
    if len(outline) < 3:
        return None
    return valid(shapely.Polygon(outline))


def valid(ring: shapely.Polygon) -> shapely.Polygon | None:
    """A polygon that does not cross itself; one too tangled to repair becomes its hull."""
    if ring.is_valid:
        return ring
    small = shapely.get_num_coordinates(ring) <= REPAIR_POINTS_MAX
    repaired = ring.buffer(0) if small else ring.convex_hull
    if isinstance(repaired, shapely.MultiPolygon):
        repaired = max(repaired.geoms, key=lambda part: part.area)
    if isinstance(repaired, shapely.Polygon) and not repaired.is_empty:
        return repaired
    return None
