"""Shapes and names -> a house: who belongs to which section, row and table, and what else is there.

Each heuristic is one function that says what it relies on. Nothing is made up: a seat without a
readable number has no name, a row that only geometry shows has none either.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeVar

import shapely

from seatmap import names, rows, words
from seatmap.context import Context, Contexts
from seatmap.draft import (
    AreaDraft,
    Draft,
    LandmarkDraft,
    RowDraft,
    SeatDraft,
    SectionDraft,
    TableDraft,
    ZoneDraft,
    slug,
)
from seatmap.model import Label, Note
from seatmap.names import Named, Reader
from seatmap.scene import Scene, Shape, Text
from seatmap.shapes import Grid
from seatmap.units import Finder, Unit

AREA_MIN = 0.002
"""A standing area or a section covers at least this part of the drawing."""
_Drawn = TypeVar("_Drawn", Shape, Text)
_SHORT = re.compile(r"^[\w.\-]{1,4}$")


def infer(scene: Scene) -> Draft:
    """Everything that can be read from a scene, not yet ordered and keyed."""
    return _Inference(scene).draft()


class _Inference:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.reader = Reader()
        self.contexts = Contexts(self.reader)
        self.out = Draft(view_box=scene.view_box)
        self.sections: dict[str, SectionDraft] = {}
        self.used_shapes: set[int] = set()
        self.used_texts: set[int] = set()
        self.colours: dict[str, ZoneDraft] = {}
        self.zones: dict[str, ZoneDraft] = {}
        self.table_shapes = self._by_table(scene.shapes)
        self.table_texts = self._by_table(scene.texts)
        self.frame_texts: dict[int, list[Text]] = defaultdict(list)
        for text in scene.texts:
            self.frame_texts[text.frame.index].append(text)

    def _by_table(self, items: list[_Drawn]) -> dict[int, list[_Drawn]]:
        found: dict[int, list[_Drawn]] = defaultdict(list)
        for item in items:
            frame = self.contexts.of(item.frame).table_frame
            if frame is not None:
                found[frame.index].append(item)
        return found

    def draft(self) -> Draft:
        finder = Finder(self.scene, self.reader, self.contexts)
        units = finder.units()
        self.out.uncertain.extend(finder.notes)
        self._legend()
        self._seats(units)
        self._seat_numbers_in_texts()
        self._tables_without_chairs()
        self._rows()
        self._areas()
        self._bare_sections()
        self._outlines()
        self._landmarks()
        self._labels()
        self.out.sections = list(self.sections.values())
        self.out.zones = [zone for zone in self.zones.values() if zone.used]
        return self.out

    # --- price zones ---------------------------------------------------------------------

    def _legend(self) -> None:
        """A legend pairs swatches with the text to their right; a data-zone there gives the key."""
        swatches = [s for s in self.scene.shapes if self.contexts.of(s.frame).legend]
        texts = [
            t
            for t in self.scene.texts
            if self.contexts.of(t.frame).legend or self._is_legend_text(t)
        ]
        self.used_texts.update(t.order for t in texts)
        self.used_shapes.update(s.order for s in swatches)
        for swatch in swatches:
            text = _caption(swatch, texts)
            if text is None:
                continue
            zone = self.contexts.of(swatch.frame).zone
            key = zone.value if zone else text.text
            draft = ZoneDraft(slug(key), Named(text.text, "legend"), swatch.style.fill)
            self.zones.setdefault(key, draft)
            if zone is None and swatch.style.fill != "none":
                self.colours.setdefault(swatch.style.fill, self.zones[key])

    def _is_legend_text(self, text: Text) -> bool:
        kind = self.reader.facts(text.node).get("kind")
        return kind is not None and kind.value == "legend"

    def _zone(self, stated: Named | None, shape: Shape | None) -> tuple[ZoneDraft, str] | None:
        """The zone an element states, else the one whose legend swatch has the shape's colour."""
        if stated is not None:
            zone = self.zones.get(stated.value)
            if zone is None:
                zone = ZoneDraft(slug(stated.value), Named(stated.value, stated.source), None)
                self.zones[stated.value] = zone
            zone.used = True
            return zone, stated.source
        zone = self.colours.get(shape.style.fill) if shape is not None else None
        if zone is None:
            return None
        zone.used = True
        return zone, "legend colour"

    # --- seats -----------------------------------------------------------------------------

    def _section(self, own: Named | None, context: Context) -> SectionDraft | None:
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
        return found

    def _seats(self, units: list[Unit]) -> None:
        tables: dict[int, TableDraft] = {}
        for unit in units:
            context, fields = unit.context, unit.fields
            section = self._section(fields.get("section"), context)
            seat = SeatDraft(unit.shape, section, fields.get("seat"), unit.access, unit.found_by)
            zone = self._zone(fields.get("zone") or context.zone, unit.shape)
            if zone is not None:
                seat.zone, seat.zone_source = zone
            if context.table_frame is not None:
                frame = context.table_frame
                table = tables.get(frame.index)
                if table is None:
                    name = context.table or fields.get("table")
                    table = tables[frame.index] = TableDraft(name, section, frame)
                    self.out.tables.append(table)
                seat.table = table
            else:
                seat.row_name = fields.get("row") or context.row
                seat.row_frame = context.row_frame
            seat.parts = unit.parts
            self.used_shapes.update(part.order for part in unit.parts)
            self.out.seats.append(seat)
        for table in self.out.tables:
            self._table_shape(table)

    def _table_shape(self, table: TableDraft) -> None:
        """A table's top is the largest shape of its group that is not a chair."""
        own = self.table_shapes.get(table.frame.index, ())
        inside = [s for s in own if s.order not in self.used_shapes]
        table.shape = max(inside, key=lambda s: (s.area, -s.order), default=None)
        self.used_shapes.update(s.order for s in inside)
        for text in self.table_texts.get(table.frame.index, ()):
            self.used_texts.add(text.order)
            if table.name is None and _SHORT.match(text.text):
                table.name = Named(text.text, "text")

    def _tables_without_chairs(self) -> None:
        """Groups that say they are tables, drawn without chairs."""
        known = {table.frame.index for table in self.out.tables}
        for shape in self.scene.shapes:
            context = self.contexts.of(shape.frame)
            frame = context.table_frame
            if frame is None or frame.index in known or shape.order in self.used_shapes:
                continue
            known.add(frame.index)
            table = TableDraft(context.table, self._section(None, context), frame)
            self.out.tables.append(table)
            self._table_shape(table)

    def _seat_numbers_in_texts(self) -> None:
        """A short text whose middle lies on an unnamed seat is the seat's number.

        Placeholders that are the same on nearly all seats are no numbers.
        """
        seats = [seat for seat in self.out.seats if seat.name is None]
        if not seats or not self.scene.texts:
            return
        grid = Grid(max(seat.shape.sides[1] for seat in self.out.seats))
        for seat in self.out.seats:
            grid.add(seat.shape.centre)
        found: dict[int, Text] = {}
        for text in self.scene.texts:
            near = grid.near(text.at, grid.cell)
            if not near or not _SHORT.match(text.text):
                continue
            seat = self.out.seats[near[0][1]]
            x, y, w, h = seat.shape.box
            if x <= text.at[0] <= x + w and y <= text.at[1] <= y + h:
                found.setdefault(near[0][1], text)
        said = Counter(text.text for text in found.values())
        for index, text in found.items():
            self.used_texts.add(text.order)
            seat = self.out.seats[index]
            if seat.name is None and said[text.text] <= max(3, len(found) // 4):
                seat.name = Named(text.text, "text")

    # --- rows --------------------------------------------------------------------------------

    def _rows(self) -> None:
        by_name: dict[tuple[str | None, str], RowDraft] = {}
        by_frame: dict[int, RowDraft] = {}
        loose: dict[str | None, list[SeatDraft]] = defaultdict(list)
        for seat in self.out.seats:
            if seat.table is not None:
                continue
            section = seat.section.key if seat.section else None
            if seat.row_name is not None:
                row = by_name.setdefault(
                    (section, seat.row_name.value), RowDraft(seat.row_name, seat.section)
                )
            elif seat.row_frame is not None:
                row = by_frame.setdefault(seat.row_frame.index, RowDraft(None, seat.section))
            else:
                loose[section].append(seat)
                continue
            seat.row = row
            row.seats.append(seat)
        found = [*by_name.values(), *by_frame.values()]
        for seats in loose.values():
            found.extend(_lines(seats))
        for row in found:
            self._row_texts(row)
        self.out.rows = found

    def _row_texts(self, row: RowDraft) -> None:
        """Texts in the groups of a row's seats that repeat its name, or, where it has none, a
        single short text that stands at its ends."""
        frames = {seat.shape.frame.index for seat in row.seats}
        frames |= {s.shape.frame.parent.index for s in row.seats if s.shape.frame.parent}
        texts = [
            text
            for index in sorted(frames)
            for text in self.frame_texts.get(index, ())
            if text.order not in self.used_texts
        ]
        if row.name is None:
            said = {t.text for t in texts if _SHORT.match(t.text)}
            if len(said) == 1 and len(texts) <= 2 and not said & {"0", "00", "000"}:
                row.name = Named(said.pop(), "text")
                row.confidence["name"] = 0.7
        if row.name is not None:
            self.used_texts.update(t.order for t in texts if t.text == row.name.value)

    def _free_texts(self) -> Iterable[Text]:
        return [t for t in self.scene.texts if t.order not in self.used_texts]

    # --- areas, sections, landmarks ----------------------------------------------------------

    def _areas(self) -> None:
        """Standing areas: elements whose words say so, with an outline and no seat inside."""
        groups: dict[tuple[str, int], list[Shape]] = defaultdict(list)
        for shape in self._free_shapes():
            facts = self.reader.facts(shape.node)
            own = facts.get("kind")
            context = self.contexts.of(shape.frame)
            if own is not None and own.value == "standing":
                groups["shape", shape.order].append(shape)
            elif context.special == "standing" and context.special_frame is not None:
                groups["frame", context.special_frame.index].append(shape)
        house = self.scene.view_box[2] * self.scene.view_box[3]
        for key, members in groups.items():
            shape = max(members, key=lambda s: (s.local.closed, s.area, -s.order))
            if shape.area < AREA_MIN * house or self._holds_seats(shape):
                continue
            self._add_area(shape, members, named_by_shape=key[0] == "shape")

    def _add_area(self, shape: Shape, members: list[Shape], named_by_shape: bool) -> None:
        context = self.contexts.of(shape.frame)
        frame = context.special_frame
        node = shape.node if named_by_shape or frame is None else frame.node
        facts = self.reader.facts(node)
        texts = self._texts_on(shape)
        name = _display_name(facts, texts)
        key = facts.get("section") or facts.get("id") or facts.get("name") or name
        area = AreaDraft(slug(key.value) if key else None, name, shape)
        area.section = self._section(None, context) if context.section_frame else None
        capacity = facts.get("capacity") or self.reader.facts(shape.node).get("capacity")
        if capacity is not None and capacity.value.isdigit():
            area.capacity = Named(capacity.value, capacity.source)
        zone = self._zone(facts.get("zone") or context.zone, shape)
        if zone is not None:
            area.zone, area.zone_source = zone
        if texts:
            area.label_at = texts[0].at
        self.used_texts.update(t.order for t in texts)
        self.used_shapes.update(s.order for s in members)
        self.out.areas.append(area)

    def _bare_sections(self) -> None:
        """Sections without seats: shapes that say by attribute or class that they are one."""
        groups: dict[str, list[Shape]] = defaultdict(list)
        stated: dict[str, tuple[Named, Named | None]] = {}
        house = self.scene.view_box[2] * self.scene.view_box[3]
        for shape in self._free_shapes():
            facts = self.reader.facts(shape.node)
            context = self.contexts.of(shape.frame)
            kind = facts.get("kind")
            if context.legend or context.special or (kind and kind.value in _NOT_SECTIONS):
                continue
            own = facts.get("section")
            if own is None and kind is not None and kind.value == "section":
                own = facts.get("name")
            name = own or context.section
            if name is None or _is_landmark(name.value):
                continue
            key = slug(name.value)
            groups[key].append(shape)
            spoken = facts.get("section_name") if own else context.section_name
            stated.setdefault(key, (name, spoken))
        for key, members in groups.items():
            if key in self.sections:
                continue
            shape = max(members, key=lambda s: (s.local.closed, s.area, -s.order))
            if shape.area < AREA_MIN / 20 * house:
                continue
            name, spoken = stated[key]
            section = self.sections[key] = SectionDraft(key, spoken or name, name)
            section.shape = shape
            zone = self._zone(self.contexts.of(shape.frame).zone, shape)
            if zone is not None:
                section.zone, section.zone_source = zone
            self.used_shapes.update(s.order for s in members)

    def _outlines(self) -> None:
        """A section's outline: the largest shape in its groups around most of its seats."""
        seats: dict[str, list[SeatDraft]] = defaultdict(list)
        for seat in self.out.seats:
            if seat.section is not None:
                seats[seat.section.key].append(seat)
        shapes: dict[str, list[Shape]] = defaultdict(list)
        for shape in self._free_shapes():
            context = self.contexts.of(shape.frame)
            for name in (context.section, context.group):
                if name is not None and slug(name.value) in self.sections:
                    shapes[slug(name.value)].append(shape)
                    break
        for key, section in self.sections.items():
            section.seats = seats[key]
            if section.shape is None:
                section.shape = _around(shapes[key], seats[key])
            if section.shape is not None:
                self.used_shapes.add(section.shape.order)
            self._section_text(section)

    def _section_text(self, section: SectionDraft) -> None:
        wanted = {section.name.value.casefold(), section.stated.value.casefold()}
        for text in self._free_texts():
            context = self.contexts.of(text.frame)
            inside = any(
                name is not None and slug(name.value) == section.key
                for name in (context.section, context.group)
            )
            if inside and text.text.casefold() in wanted:
                section.label_at = text.at
                self.used_texts.add(text.order)

    def _landmarks(self) -> None:
        """Stages, bars, exits: by the words of an element, of its group, or of a lone text."""
        groups: dict[tuple[str, int], tuple[str, list[Shape]]] = {}
        for shape in self._free_shapes():
            own = self.reader.facts(shape.node).get("kind")
            context = self.contexts.of(shape.frame)
            if own is not None and own.value in _LANDMARK_KINDS:
                groups[("shape", shape.order)] = (own.value, [shape])
            elif context.special in _LANDMARK_KINDS and context.special_frame is not None:
                key = ("frame", context.special_frame.index)
                groups.setdefault(key, (context.special, []))[1].append(shape)
        for key, (kind, members) in groups.items():
            shape = max(members, key=lambda s: (s.local.closed, s.area, -s.order))
            frame = self.contexts.of(shape.frame).special_frame
            node = shape.node if key[0] == "shape" or frame is None else frame.node
            texts = self._texts_on(shape) or [
                t
                for t in self._free_texts()
                if key[0] == "frame" and self.contexts.of(t.frame).special_frame is frame
            ]
            name = _display_name(self.reader.facts(node), texts)
            self.used_texts.update(t.order for t in texts)
            self.used_shapes.update(s.order for s in members)
            self.out.landmarks.append(LandmarkDraft(name, kind, shape, None))
        for text in self._free_texts():
            kind = _word_kind(text.text)
            if kind is not None:
                self.used_texts.add(text.order)
                self.out.landmarks.append(
                    LandmarkDraft(Named(text.text, "text"), kind, None, text.at)
                )

    def _labels(self) -> None:
        self.out.labels = [Label(t.text, t.at, t.size) for t in self._free_texts()]

    def _free_shapes(self) -> list[Shape]:
        return [s for s in self.scene.shapes if s.order not in self.used_shapes]

    def _texts_on(self, shape: Shape) -> list[Text]:
        x, y, w, h = shape.box
        return [
            t
            for t in self._free_texts()
            if x <= t.at[0] <= x + w and y <= t.at[1] <= y + h and len(t.text) < 60
        ]

    def _holds_seats(self, shape: Shape) -> bool:
        x, y, w, h = shape.box
        boxed = [
            seat.shape.centre
            for seat in self.out.seats
            if x <= seat.shape.centre[0] <= x + w and y <= seat.shape.centre[1] <= y + h
        ]
        if not boxed:
            return False
        polygon = _polygon(shape)
        return polygon is not None and bool(
            shapely.contains_xy(polygon, [p[0] for p in boxed], [p[1] for p in boxed]).any()
        )


_LANDMARK_KINDS = frozenset({*words.LANDMARKS.values(), "other"})
_NOT_SECTIONS = _LANDMARK_KINDS | {"legend", "standing", "table", "row", "seat"}


def _is_landmark(name: str) -> bool:
    said = names.tokens(name)
    return bool(said) and said[0] in words.LANDMARKS and len(said) <= 2


def _word_kind(text: str) -> str | None:
    said = names.tokens(text)
    if not 1 <= len(said) <= 3:
        return None
    return next((words.LANDMARKS[w] for w in said if w in words.LANDMARKS), None)


def _caption(swatch: Shape, texts: list[Text]) -> Text | None:
    """The nearest text to the right of a swatch on its line."""
    x, y, w, h = swatch.box
    best: tuple[float, Text] | None = None
    for text in texts:
        left = text.at[0] - text.width / 2
        aside = left - (x + w)
        if abs(text.at[1] - (y + h / 2)) <= h and -w / 2 <= aside <= 6 * max(w, h):
            if best is None or aside < best[0]:
                best = (aside, text)
    return best[1] if best else None


def _display_name(facts: names.Facts, texts: list[Text]) -> Named | None:
    """What people call it: a stated name or title, else the text on it, else its id."""
    name = facts.get("section_name") or facts.get("spoken")
    if name is None and texts:
        return Named(" ".join(t.text for t in texts), "text")
    return name or facts.get("name")


def _lines(seats: list[SeatDraft]) -> list[RowDraft]:
    """Unnamed rows: lines and arcs of at least four seats."""
    frames: dict[int, int] = {}
    kin = [frames.setdefault(seat.shape.frame.index, len(frames)) for seat in seats]
    found = []
    for chain in rows.chains([seat.shape.centre for seat in seats], kin):
        if len(chain) < rows.ROW_SEATS_MIN:
            continue
        row = RowDraft(None, seats[chain[0]].section)
        row.confidence["seats"] = 0.6
        for i in chain:
            seats[i].row = row
            row.seats.append(seats[i])
        found.append(row)
    return found


def _polygon(shape: Shape) -> shapely.Polygon | None:
    x, y, w, h = shape.box
    outline = shape.outline(max(w, h) / 200 or 1.0)
    if len(outline) < 3:
        return None
    polygon = shapely.Polygon(outline)
    return polygon if polygon.is_valid else polygon.buffer(0)


def _around(shapes: list[Shape], seats: list[SeatDraft]) -> Shape | None:
    """The largest of the shapes that holds at least 80% of the seats' middles."""
    if not seats:
        return None
    points = [seat.shape.centre for seat in seats]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    for shape in sorted(shapes, key=lambda s: (-s.area, s.order))[:3]:
        polygon = _polygon(shape)
        if polygon is None or polygon.is_empty:
            continue
        if shapely.contains_xy(polygon, xs, ys).sum() >= 0.8 * len(points):
            return shape
    return None


def notes_on(draft: Draft) -> list[Note]:
    """What a person should look at: seats without a number, names used twice."""
    unnamed = sum(seat.name is None for seat in draft.seats)
    lone = sum(seat.row is None and seat.table is None for seat in draft.seats)
    found = []
    if unnamed:
        found.append(Note("seats without a number", unnamed))
    if lone and draft.rows:
        found.append(Note("seats in no row and at no table", lone))
    unknown = [area.name.value for area in draft.areas if area.capacity is None and area.name]
    if unknown:
        found.append(Note("standing areas without a capacity", len(unknown), tuple(unknown[:3])))
    return found
