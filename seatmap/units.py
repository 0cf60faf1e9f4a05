"""Finds the seats: each unit is one bookable place with its shape and the fields it states.

Evidence, strongest first: a data attribute, class or keyword that says "seat"; ids that share a
positional pattern (section_row_seat) on small equal shapes; and, only where nothing says it, large
sets of congruent small shapes in lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median

from seatmap import names, shapes, tables, words
from seatmap.context import Context, Contexts
from seatmap.model import Note
from seatmap.names import Named, Reader
from seatmap.scene import Frame, Scene, Shape
from seatmap.xml import Node

PATTERN_MEMBERS_MIN = 8
PARTS_MAX = 12
"""Shapes inside one seat: the box, the back, the digits of its number."""
CLIMB_MAX = 4
REGULARITY_MIN = 0.6
EVENNESS_MIN = 0.8
UNNAMED_SEATS_MIN = 40
"""Fewer shapes than this prove nothing when no name supports them: pictures have them too."""
RARE_PATTERN = 0.05
STRAY_PAINT = 0.05
COUNTER_MIN = 1000
LAYER_SEATS_MIN = 4
CROWDING_MAX = 0.1
NUMBERED_SIDE_MAX = 0.035
"""Longest side of a numbered place, as a part of the drawing's diagonal; blocks are larger."""


class Unit:
    """One place. `parts` are all of its shapes, `shape` its outline, `top` its unnamed table."""

    __slots__ = ("access", "context", "fields", "found_by", "frame", "parts", "shape", "top")

    def __init__(self, shape: Shape, frame: Frame, parts: list[Shape], found_by: str) -> None:
        self.shape = shape
        self.frame = frame
        self.parts = parts
        self.found_by = found_by
        self.fields: dict[str, Named] = {}
        self.context = Context()
        self.access = 0
        self.top: Shape | None = None


class Finder:
    """Finds the units of one scene."""

    def __init__(self, scene: Scene, reader: Reader, contexts: Contexts) -> None:
        self.scene = scene
        self.reader = reader
        self.contexts = contexts
        self.notes: list[Note] = []
        self._patterns: set[tuple[str, str]] = set()
        self._marks: dict[int, bool] = {}
        self._stated: dict[tuple[int, ...], tuple[dict[str, Named], int]] = {}

    def units(self) -> list[Unit]:
        self._patterns = self._learned()
        found = self._marked()
        if not self.reader.governed("seat"):
            found.extend(self._chairs(found))
            found.extend(self._congruent(found))
            found = self._without_outliers(found)
        found = _merged(found)
        for unit in found:
            self._name(unit)
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
        if not any(value.isdigit() and int(value) >= COUNTER_MIN for value in numbers):
            return
        for unit in plain:
            del unit.fields["seat"]
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
            many = len(parts) > PARTS_MAX or self.contexts.of(frames[key]).legend
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
            if self._is_seat(frame.node):
                return ("frame", frame.index), frame
            frame = frame.parent
        return None, None

    def _is_seat(self, node: Node) -> bool:
        found = self._marks.get(node.index)
        if found is None:
            facts = self.reader.facts(node)
            kind = facts.get("kind")
            found = (kind is not None and kind.value == "seat") or (
                kind is None and any(p[:2] in self._patterns for p in self.reader.patterns(node))
            )
            self._marks[node.index] = found
        return found

    def _learned(self) -> set[tuple[str, str]]:
        """Positional patterns of ids that belong to seats: many members, small, of one size."""
        members: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for shape in self.scene.shapes:
            side = shape.sides[1]
            near = [shape.node, shape.frame.node]
            if shape.frame.parent is not None:
                near.append(shape.frame.parent.node)
            for node in near:
                for source, pattern, text in self.reader.patterns(node):
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
        seated = {
            frame.index
            for unit in marked
            if (frame := self.contexts.of(unit.frame).table_frame) is not None
        }
        groups: dict[int, list[Shape]] = defaultdict(list)
        for shape in self.scene.shapes:
            frame = self.contexts.of(shape.frame).table_frame
            if frame is not None and frame.index not in seated and shape.painted:
                groups[frame.index].append(shape)
        found = []
        for members in groups.values():
            closed = [shape for shape in members if shape.local.closed]
            if len(closed) < 3:
                continue
            top = max(closed, key=lambda s: (s.area, -s.order))
            small = [s for s in closed if s.area <= 0.6 * top.area]
            if len(small) < 2:
                continue
            middle = sorted(small, key=lambda s: s.area)[len(small) // 2]
            chairs = [s for s in small if 0.8 <= s.area / middle.area <= 1.25]
            if len(chairs) >= 2:
                found.extend(Unit(s, s.frame, [s], "table") for s in chairs)
        return found

    def _congruent(self, marked: list[Unit]) -> list[Unit]:
        """Unnamed seats: congruent with the named ones, or, where none is named, sets in lines."""
        taken = {part.order for unit in marked for part in unit.parts}
        free = [
            shape
            for shape in self.scene.shapes
            if shape.order not in taken and self._may_be_seat(shape)
        ]
        if marked:
            return _alike(marked, free)
        found = self._seated(free) or self._layered(free)
        if found:
            return found
        paints = Counter(shape.style.fill for shape in free)
        for members in shapes.congruent_sets(free, self.scene.diagonal):
            if found and not _similar(found[0].shape, members[0]):
                continue
            points = [s.centre for s in members]
            short, long = members[0].sides
            if shapes.crowding(points, short) > CROWDING_MAX:
                continue
            if (
                shapes.regularity(points, long) < REGULARITY_MIN
                and shapes.evenness(points, long) < EVENNESS_MIN
            ):
                continue
            found.extend(Unit(s, s.frame, [s], "congruent") for s in _of_one_paint(members, paints))
        found = _merged(found)
        if len(found) < UNNAMED_SEATS_MIN:
            found = self._numbered(free)
        if found:
            self.notes.append(Note("seats recognised by their shape only", len(found)))
        return found

    def _seated(self, free: list[Shape]) -> list[Unit]:
        """Chairs around tables that nothing names."""
        chairs, rings = tables.unnamed_tables(free, self.scene.diagonal)
        found = [Unit(chair, chair.frame, [chair], "ring") for chair in chairs]
        for ring in rings:
            for at in ring.chairs:
                found[at].top = ring.top
        if found:
            self.notes.append(Note("tables recognised by their chairs only", len(rings)))
        return found

    def _layered(self, free: list[Shape]) -> list[Unit]:
        """Shapes of one size in a layer that is called "seats"."""
        inside = [s for s in free if s.painted and s.local.closed and self._in_seat_layer(s.frame)]
        if len(inside) < LAYER_SEATS_MIN:
            return []
        short, long = (median(s.sides[i] for s in inside) for i in (0, 1))
        alike = [
            s
            for s in inside
            if 0.6 * short <= s.sides[0] <= 1.6 * short and 0.6 * long <= s.sides[1] <= 1.6 * long
        ]
        if len(alike) < 0.6 * len(inside) or long > shapes.SEAT_SIDE_MAX * self.scene.diagonal:
            return []
        return [Unit(s, s.frame, [s], "layer") for s in alike]

    def _in_seat_layer(self, frame: Frame | None) -> bool:
        while frame is not None:
            for _, text in self.reader.texts(frame.node):
                if names.tokens(text) and set(names.tokens(text)) <= words.SEAT_LAYERS:
                    return True
            frame = frame.parent
        return False

    def _numbered(self, free: list[Shape]) -> list[Unit]:
        """Small shapes of one size that each hold one number, the numbers running 1, 2, 3..."""
        numbers = [t for t in self.scene.texts if t.text.isdigit() and len(t.text) <= 3]
        if len(numbers) < PATTERN_MEMBERS_MIN:
            return []
        limit = NUMBERED_SIDE_MAX * self.scene.diagonal
        small = [s for s in free if s.painted and 0 < s.sides[1] <= limit]
        grid = shapes.Grid(limit)
        for shape in small:
            grid.add(shape.centre)
        held: dict[int, Shape] = {}
        said: set[int] = set()
        for text in numbers:
            for _, index in grid.near(text.at, limit):
                x, y, w, h = small[index].box
                if x <= text.at[0] <= x + w and y <= text.at[1] <= y + h:
                    held.setdefault(small[index].order, small[index])
                    said.add(int(text.text))
                    break
        found = list(held.values())
        if len(said) < max(PATTERN_MEMBERS_MIN, 0.8 * len(found)) or max(said) > 2 * len(found):
            return []
        middle = median(shape.sides[1] for shape in found)
        alike = [s for s in found if 0.6 * middle <= s.sides[1] <= 1.6 * middle]
        if len(alike) < 0.8 * len(found):
            return []
        return [Unit(shape, shape.frame, [shape], "number") for shape in alike]

    def _may_be_seat(self, shape: Shape) -> bool:
        context = self.contexts.of(shape.frame)
        if context.legend or context.special is not None or context.table_frame is not None:
            return False
        kind = self.reader.facts(shape.node).get("kind")
        return kind is None

    def _without_outliers(self, units: list[Unit]) -> list[Unit]:
        if not units:
            return units
        middle = median(unit.shape.sides[1] for unit in units)
        kept = [u for u in units if 0.25 * middle <= u.shape.sides[1] <= 4 * middle]
        if len(kept) < len(units):
            self.notes.append(Note("named like a seat but of another size", len(units) - len(kept)))
        return kept

    def _name(self, unit: Unit) -> None:
        """Collects the fields that the unit's own elements state, and its surroundings.

        What a `use` refers to is the look of many seats and names none of them.
        """
        frame: Frame | None = unit.shape.frame
        nodes = [] if frame is not None and frame.node.tag == "use" else [unit.shape.node]
        outer = unit.frame.parent if self._is_seat(unit.frame.node) else unit.frame
        while frame is not None and frame is not outer:
            if frame.parent is None or frame.parent.node.tag != "use":
                nodes.append(frame.node)
            frame = frame.parent
        key = tuple(node.index for node in nodes)
        if key not in self._stated:
            self._stated[key] = self._fields(nodes)
        unit.fields, access = self._stated[key]
        unit.context = self.contexts.of(outer)
        unit.access = access | unit.context.access

    def _fields(self, nodes: list[Node]) -> tuple[dict[str, Named], int]:
        """What the elements of one seat state together; equal seats of a reused block share it."""
        fields: dict[str, Named] = {}
        access = 0
        for node in nodes:
            facts = self.reader.facts(node)
            for field in ("seat", "row", "section", "table", "zone"):
                if field in facts:
                    fields.setdefault(field, facts[field])
            for source, text in () if self.reader.governed("seat") else self.reader.texts(node):
                for field, value in names.position(text).items():
                    fields.setdefault(field, Named(value, source))
                if "seat" not in fields and names.number(text):
                    fields["seat"] = Named(text, source)
            if "title" in facts:
                fields.setdefault("seat", facts["title"])
            access |= self.reader.access(node)
        return fields, access


def _outline(parts: list[Shape]) -> Shape:
    """The largest closed painted part; else the largest."""
    if len(parts) == 1:
        return parts[0]
    return max(parts, key=lambda s: (s.painted and s.local.closed, s.area, -s.order))


def _of_one_paint(members: list[Shape], paints: Counter[str]) -> list[Shape]:
    """Without the few in a paint that is mostly used for other things: letters, ornaments."""
    inside = Counter(shape.style.fill for shape in members)
    stray = {
        fill
        for fill, count in inside.items()
        if count < STRAY_PAINT * len(members) and count < paints[fill] / 2
    }
    return [shape for shape in members if shape.style.fill not in stray]


def _similar(a: Shape, b: Shape) -> bool:
    return all(0.6 <= p / q <= 1.7 for p, q in zip(a.sides, b.sides, strict=True) if q)


def _alike(marked: list[Unit], free: list[Shape]) -> list[Unit]:
    """Free shapes of the same element and size as the named seats, clear of them."""
    if len(marked) < PATTERN_MEMBERS_MIN:
        return []
    known: dict[str, tuple[float, float]] = {}
    for tag in {unit.shape.node.tag for unit in marked}:
        sides = [u.shape.sides for u in marked if u.shape.node.tag == tag]
        known[tag] = (median(s[0] for s in sides), median(s[1] for s in sides))
    found = []
    for shape in free:
        size = known.get(shape.node.tag)
        if size is None or not shape.painted or not shape.local.closed:
            continue
        if all(abs(p - q) <= 0.03 * q for p, q in zip(shape.sides, size, strict=True)):
            found.append(Unit(shape, shape.frame, [shape], "congruent"))
    return found


def _merged(units: list[Unit]) -> list[Unit]:
    """One unit where several lie on each other (fill and stroke, a stacked copy)."""
    units = [unit for unit in units if unit.shape.sides[0] > 0]
    if not units:
        return units
    units.sort(key=lambda unit: unit.shape.order)
    middle = median(unit.shape.sides[1] for unit in units)
    grid = shapes.Grid(middle)
    kept: list[Unit] = []
    for unit in units:
        centre = unit.shape.centre
        twins = grid.near(centre, 0.3 * min(unit.shape.sides[0], middle))
        if twins:
            kept[twins[0][1]].parts.extend(unit.parts)
            continue
        grid.add(centre)
        kept.append(unit)
    return kept
