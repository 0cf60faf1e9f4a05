"""Finds the seats: each unit is one bookable place with its shape and the fields it states.

Evidence, strongest first: a data attribute, class or keyword that says "seat"; ids that share a
positional pattern (section_row_seat) on small equal shapes; and, only where nothing says it, large
sets of congruent small shapes in lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice
from statistics import median

from seatmap import kinds, shapes, words
from seatmap.context import Contexts
from seatmap.model import Note
from seatmap.reader import Reader
from seatmap.said import fields
from seatmap.scene import Frame, Scene, Shape
from seatmap.unnamed import PATTERN_MEMBERS_MIN, Unit, Unnamed, merged
from seatmap.xml import Node

PARTS_MAX = 12
"""Shapes inside one seat: the box, the back, the digits of its number."""
CLIMB_MAX = 4
CHAIR_PARTS_MAX = 5
"""Elements of a picture of a chair: its box, back and arms."""
RARE_PATTERN = 0.05
COUNTER_MIN = 1000


class Finder:
    """Finds the units of one scene."""

    def __init__(self, scene: Scene, reader: Reader, contexts: Contexts) -> None:
        self.scene = scene
        self.reader = reader
        self.contexts = contexts
        self.notes: list[Note] = []
        self._patterns: set[tuple[str, str]] = set()
        self._marks: dict[int, bool] = {}
        self._chairs_used: dict[int, bool] = {}

    def units(self) -> list[Unit]:
        self._patterns = self._learned()
        found = self._marked()
        if not self.reader.governed("seat"):
            found.extend(self._chairs(found))
            unnamed = Unnamed(self.scene, self.reader, self.contexts)
            found.extend(unnamed.units(found))
            self.notes.extend(unnamed.notes)
            found = self._without_outliers(found)
        found = merged(found)
        named = all(unit.found_by == "name" for unit in found)
        alone = set() if named else _alone(found)
        for unit in found:
            self._name(unit, alone)
        self._without_counters(found)
        return found

    def _without_counters(self, units: list[Unit]) -> None:
        """Numbers that ids give and that run into thousands count copies, not seats.

        Drawing programs number what is duplicated ("Seat_4122"); no part of a house has a
        thousand seats without rows in their names.
        """
        plain = [
            unit
            for unit in units
            if "seat" in unit.fields
            and "row" not in unit.fields
            and unit.context.row is None
            and unit.fields["seat"].source == "id"
        ]
        numbers = [unit.fields["seat"].value for unit in plain]
        if not any(value.isdecimal() and int(value) >= COUNTER_MIN for value in numbers):
            return
        for unit in plain:
            unit.fields = {field: unit.fields[field] for field in unit.fields if field != "seat"}
        self.notes.append(Note("numbers in ids that only count copies", len(plain)))

    def _marked(self) -> list[Unit]:
        groups: dict[object, list[Shape]] = defaultdict(list)
        frames: dict[object, Frame] = {}
        for shape in self.scene.shapes:
            key, frame = self._marker(shape)
            if frame is not None:
                groups[key].append(shape)
                frames[key] = frame
        units = []
        for key, parts in groups.items():
            many = len(parts) > PARTS_MAX or (
                self.contexts.has_legend and self.contexts.of(frames[key]).legend
            )
            if many and not self.reader.governed("seat"):
                continue
            units.append(Unit(_outline(parts), frames[key], parts, "name"))
        return units

    def _marker(self, shape: Shape) -> tuple[object, Frame | None]:
        if self._is_seat(shape.node):
            return ("shape", shape.order), shape.frame
        frame = shape.frame
        for _ in range(CLIMB_MAX):
            if frame is None or frame.parent is None:
                break
            used = frame.parent.node.tag == "use"
            if self._is_seat(frame.node) or (used and self._is_chair(frame.node)):
                return ("frame", frame.index), frame.parent if used else frame
            frame = frame.parent
        return None, None

    def _is_seat(self, node: Node) -> bool:
        found = self._marks.get(node.index)
        if found is None:
            said = self.reader.said(node)
            found = self._marks[node.index] = said.kind == "seat" or (
                said.kind is None
                and bool(said.patterns)
                and any(p[:2] in self._patterns for p in said.patterns)
            )
        return found

    def _is_chair(self, node: Node) -> bool:
        """Whether what is used many times is called a seat ("chair"), and drawn as simply."""
        found = self._chairs_used.get(node.index)
        if found is None:
            said = (set(kinds.tokens(name)) for _, name in self.reader.texts(node))
            called = any(name and name <= words.SEAT for name in said)
            found = (
                called
                and sum(1 for _ in islice(node.walk(), CHAIR_PARTS_MAX + 2)) <= CHAIR_PARTS_MAX + 1
            )
            self._chairs_used[node.index] = found
        return found

    def _learned(self) -> set[tuple[str, str]]:
        """Positional patterns of ids that belong to seats: many members, small, of one size. What
        is used again and again is called by its look, as letters are ("glyph0-1")."""
        members: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        around: dict[int, list[tuple[str, str, str]]] = {}
        for shape in self.scene.shapes:
            frame = shape.frame
            near = around.get(frame.index)
            if near is None:
                near = [
                    pattern
                    for outer in (frame, frame.parent)
                    if outer is not None and not _is_used(outer)
                    for pattern in self.reader.patterns(outer.node)
                ]
                around[frame.index] = near
            own = () if frame.node.tag == "use" else self.reader.patterns(shape.node)
            if not own and not near:
                continue
            side = shape.sides[1]
            for source, pattern, text in (*own, *near):
                sizes = members[source, pattern]
                sizes[text] = max(side, sizes.get(text, 0.0))
        learned = set()
        for key, sizes in members.items():
            middle = median(sizes.values())
            alike = sum(0.7 * middle <= size <= 1.4 * middle for size in sizes.values())
            small = 0 < middle <= shapes.SEAT_SIDE_MAX * self.scene.diagonal
            if len(sizes) >= PATTERN_MEMBERS_MIN and small and alike >= 0.8 * len(sizes):
                learned.add(key)
        parts = {key: key[1].count("_") + key[1].count("-") for key in learned}
        main = max(learned, key=lambda key: (len(members[key]), key), default=None)
        if main is None:
            return learned
        return {
            key
            for key in learned
            if parts[key] >= parts[main] or len(members[key]) >= RARE_PATTERN * len(members[main])
        }

    def _chairs(self, marked: list[Unit]) -> list[Unit]:
        """In a group that says it is a table: the two or more equal shapes smaller than its top."""
        if not self.contexts.has_tables:
            return []
        seated = {
            frame.index
            for unit in marked
            if (frame := self.contexts.of(unit.frame).table_frame) is not None
        }
        groups: dict[int, list[Shape]] = defaultdict(list)
        for shape in self.scene.shapes:
            frame = self.contexts.of(shape.frame).table_frame
            if frame is not None and frame.index not in seated:
                groups[frame.index].append(shape)
        found = []
        for members in groups.values():
            painted = [shape for shape in members if shape.painted]
            closed = [shape for shape in painted or members if shape.closed]  # by a page's styles
            if len(closed) < 3:
                continue
            top = shapes.largest(closed)
            small = [s for s in closed if 0 < s.area <= 0.6 * top.area]
            if len(small) < 2:
                continue
            middle = sorted(small, key=lambda s: s.area)[len(small) // 2]
            chairs = [s for s in small if 0.8 <= s.area / middle.area <= 1.25]
            if len(chairs) >= 2:
                found.extend(Unit(s, s.frame, [s], "table") for s in chairs)
        return found

    def _without_outliers(self, units: list[Unit]) -> list[Unit]:
        if not units:
            return units
        middle = median(unit.shape.sides[1] for unit in units)
        kept = [u for u in units if 0.25 * middle <= u.shape.sides[1] <= 4 * middle]
        if len(kept) < len(units):
            self.notes.append(Note("named like a seat but of another size", len(units) - len(kept)))
        return kept

    def _name(self, unit: Unit, alone: set[int]) -> None:
        """Collects the fields that the unit's own elements state, and its surroundings. Groups in
        which it is the only seat are its own.

        What a `use` refers to is the look of many seats and names none of them.
        """
        frame: Frame | None = unit.shape.frame
        used = frame is not None and frame.node.tag == "use"
        nodes = [] if used else [unit.shape.node]
        access = self.reader.access(unit.shape.node) if used else 0
        outer: Frame | None = unit.frame
        if self._is_seat(unit.frame.node):
            outer = unit.frame.parent
        elif unit.found_by != "name":
            for _ in range(CLIMB_MAX):
                if outer is None or outer.index not in alone:
                    break
                outer = outer.parent
        while frame is not None and frame is not outer:
            if frame.parent is None or frame.parent.node.tag != "use":
                nodes.append(frame.node)
            else:  # what is used is no name, but may be called a wheelchair
                access |= self.reader.access(frame.node)
            frame = frame.parent
        unit.context = self.contexts.of(outer)
        unit.access = unit.context.access | access
        telling = []
        for node in nodes:
            said = self.reader.said(node)
            unit.access |= said.access
            if said.stated:
                telling.append(said)
        unit.fields = telling[0].fields if len(telling) == 1 else fields(telling)


def _is_used(frame: Frame) -> bool:
    return frame.parent is not None and frame.parent.node.tag == "use"


def _alone(units: list[Unit]) -> set[int]:
    """The groups around one unit only, by index."""
    held: Counter[int] = Counter()
    for unit in units:
        frame: Frame | None = unit.shape.frame
        for _ in range(CLIMB_MAX):
            if frame is None:
                break
            held[frame.index] += 1
            frame = frame.parent
    return {index for index, count in held.items() if count == 1}


def _outline(parts: list[Shape]) -> Shape:
    """The largest closed painted part; else the largest."""
    if len(parts) == 1:
        return parts[0]
    return max(parts, key=lambda s: (s.painted and s.closed, shapes.rounded(s.area), -s.order))
