"""Seats that nothing names: by their shape, their rows, their layer, their number, their table.

Pictures have many equal shapes too: each way asks for more evidence than one look-alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from operator import itemgetter
from statistics import median

from seatmap import kinds, printed, rows, shapes, tables, words
from seatmap.context import Context, Contexts
from seatmap.model import Note, Point
from seatmap.names import Named, lettered
from seatmap.reader import Reader
from seatmap.scene import Frame, Scene, Shape, Text

PATTERN_MEMBERS_MIN = 8
REGULARITY_MIN = 0.6
EVENNESS_MIN = 0.8
UNNAMED_SEATS_MIN = 40
"""Fewer shapes than this prove nothing when no name supports them: pictures have them too."""
STRAY_PAINT = 0.05
SAME_COUNT = 0.6
OF_ONE_SIZE_MIN = 0.4
"""Of the seats that only their shape shows."""
LAYER_SEATS_MIN = 4
CROWDING_MAX = 0.1
STANDS_MIN = 0.8
LABELS_MIN = 0.8
_STAND = re.compile(r"^[^\W\d_]?\d{3,4}$")
TILES_MIN = 0.4
"""Of the shapes that must touch others in both directions, for all to be tiles."""
SHADES_MIN, SHADES_PART = 24, 0.1
TILE_GAP = 0.02
TILE_REACH = 1.1
LETTERED_MIN, LETTERED_ROWS_MIN = 12, 3
LETTERED_SIDE_MAX = 0.025
SHEET_MIN, SHEET_SIDE_MAX = 60, 0.06
NUMBERED_SIDE_MAX = 0.035
"""Longest side of a numbered place, as a part of the drawing's diagonal; blocks are larger."""


_NOWHERE = Context()


class Unit:
    """One place. `parts` are all of its shapes, `shape` its outline, `top` its unnamed table."""

    __slots__ = ("access", "context", "fields", "found_by", "frame", "parts", "shape", "top")

    def __init__(self, shape: Shape, frame: Frame, parts: list[Shape], found_by: str) -> None:
        self.shape = shape
        self.frame = frame
        self.parts = parts
        self.found_by = found_by
        self.fields: dict[str, Named] = {}
        self.context = _NOWHERE
        self.access = 0
        self.top: Shape | None = None


class Unnamed:
    """Finds what no name marks in one scene."""

    def __init__(self, scene: Scene, reader: Reader, contexts: Contexts) -> None:
        self.scene = scene
        self.reader = reader
        self.contexts = contexts
        self.notes: list[Note] = []
        self._excluded: dict[int, bool] = {}
        self._layers: dict[int, bool] = {}

    def units(self, marked: list[Unit]) -> list[Unit]:
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
        sketched = printed.sketches(free)
        free = [*tables.apart(free), *sketched]
        paints = Counter(shape.style.fill for shape in free)
        largest = 0
        for members in _outer_first(shapes.congruent_sets(free, self.scene.diagonal)):
            if found and not _similar(found[0].shape, members[0]):
                continue
            if found and self._are_labels(members, [unit.shape for unit in found]):
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
            largest = max(largest, len(members))
        if largest < OF_ONE_SIZE_MIN * len(found):  # dots that grow: a halftone
            return []
        found = merged(found)
        if len(found) < UNNAMED_SEATS_MIN:
            found = self._numbered(free) or self._lettered(free)
        if found and self._is_other([unit.shape for unit in found]):
            found = self._sheet(free)
        if not found and self._is_watched():
            found = [Unit(s, s.frame, [s], "number") for s in printed.numbers(self.scene)]
        for unit in found:
            unit.parts = sketched.get(unit.shape, unit.parts)
        if found:
            self.notes.append(Note("seats recognised by their shape only", len(found)))
        return found

    def _is_other(self, found: list[Shape]) -> bool:
        """Whether equal shapes in lines are something else than seats."""
        held = self._held(found)
        if _are_stands(held, len(found)) or _are_cells(held, len(found)) or _are_shades(found):
            return True
        return len(held) < len(found) / 2 and _are_tiles(found)

    def _is_watched(self) -> bool:
        said = (kinds.landmark_of(text.text) for text in self.scene.texts)
        return any(kind in ("stage", "screen") for kind in said)

    def _sheet(self, free: list[Shape]) -> list[Unit]:
        """Where cells of a sheet seem tiles or stands: those that are named "A1", "A2"... before a
        stage, if they are many in many lines. A fair has fewer in a line."""
        found = self._lettered(free, SHEET_SIDE_MAX) if self._is_watched() else []
        return found if len(found) >= SHEET_MIN else []

    def _seated(self, free: list[Shape]) -> list[Unit]:
        """Chairs around tables that nothing names."""
        chairs, rings = tables.unnamed_tables(free, self.scene.diagonal)
        if not chairs:
            chairs, rings = tables.in_groups(free)
        found = [Unit(chair, chair.frame, [chair], "ring") for chair in chairs]
        for ring in rings:
            for at in ring.chairs:
                found[at].top = ring.top
        if found:
            self.notes.append(Note("tables recognised by their chairs only", len(rings)))
        return found

    def _layered(self, free: list[Shape]) -> list[Unit]:
        """Shapes of one size in a layer that is called "seats"."""
        inside = [s for s in free if s.painted and s.closed and self._in_seat_layer(s.frame)]
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

    def _in_seat_layer(self, frame: Frame) -> bool:
        found = self._layers.get(frame.index)
        if found is None:
            found = self._is_seat_layer(frame) or (
                frame.parent is not None and self._in_seat_layer(frame.parent)
            )
            self._layers[frame.index] = found
        return found

    def _is_seat_layer(self, frame: Frame) -> bool:
        said = (kinds.tokens(text) for _, text in self.reader.texts(frame.node))
        return any(words_ and set(words_) <= words.SEAT_LAYERS for words_ in said)

    def _numbered(self, free: list[Shape]) -> list[Unit]:
        """Small shapes of one size that each hold one number, the numbers running 1, 2, 3..."""
        numbers = [t for t in self.scene.texts if t.text.isdecimal() and len(t.text) <= 3]
        if len(numbers) < PATTERN_MEMBERS_MIN:
            return []
        limit = NUMBERED_SIDE_MAX * self.scene.diagonal
        small = [s for s in free if s.painted and 0 < s.sides[1] <= limit]
        held: dict[int, Shape] = {}
        said: set[int] = set()
        holders = shapes.holders(small, [text.at for text in numbers])
        for text, holder in zip(numbers, holders, strict=True):
            if holder is not None:
                held.setdefault(small[holder].order, small[holder])
                said.add(int(text.text))
        found = list(held.values())
        if len(said) < max(PATTERN_MEMBERS_MIN, 0.8 * len(found)) or max(said) > 2 * len(found):
            return []
        middle = median(shape.sides[1] for shape in found)
        alike = [s for s in found if 0.6 * middle <= s.sides[1] <= 1.6 * middle]
        if len(alike) < 0.8 * len(found):
            return []
        return [Unit(shape, shape.frame, [shape], "number") for shape in alike]

    def _lettered(self, free: list[Shape], side_max: float = LETTERED_SIDE_MAX) -> list[Unit]:
        """A few equal small shapes with "A1", "A2"... on them, those of a letter in one line in the
        order of their numbers: a small hall. The stands of a fair are larger."""
        limit = side_max * self.scene.diagonal
        small = [s for s in free if s.painted and s.closed and 0 < s.sides[1] <= limit]
        lines: dict[str, list[tuple[int, int, Shape]]] = defaultdict(list)
        drawn = {shape.order: shape for shape in small}
        for order, texts in self._held(small).items():
            parts = lettered(texts[0].text) if len(texts) == 1 else None
            if parts is not None:
                lines[parts[0]].append((int(parts[1]), order, drawn[order]))
        found = [seat for line in lines.values() for *_, seat in sorted(line, key=itemgetter(0, 1))]
        if len(found) < LETTERED_MIN or len(lines) < LETTERED_ROWS_MIN:
            return []
        sides = [seat.sides for seat in found]
        if any(max(side) > 1.1 * min(side) for side in zip(*sides, strict=True)):
            return []
        for line in lines.values():
            ordered = [seat.centre for *_, seat in sorted(line, key=itemgetter(0, 1))]
            if len(ordered) < 3 or not rows.runs_along(ordered):
                return []
        return [Unit(seat, seat.frame, [seat], "number") for seat in found]

    def _are_labels(self, members: list[Shape], seats: list[Shape]) -> bool:
        """Whether shapes like the seats, but of another kind, hold words and the seats do not: the
        discs in which the letters of rows stand."""
        if members[0].node.tag == seats[0].node.tag:
            return False
        worded, seated = len(self._held(members)), len(self._held(seats))
        return worded >= LABELS_MIN * len(members) and seated < len(seats) * (1 - LABELS_MIN)

    def _held(self, found: list[Shape]) -> dict[int, list[Text]]:
        """The texts on each shape, by its order."""
        held: dict[int, list[Text]] = defaultdict(list)
        holders = shapes.holders(found, [text.at for text in self.scene.texts])
        for text, holder in zip(self.scene.texts, holders, strict=True):
            if holder is not None:
                held[found[holder].order].append(text)
        return held

    def _may_be_seat(self, shape: Shape) -> bool:
        frame = shape.frame
        excluded = self._excluded.get(frame.index)
        if excluded is None:
            excluded = self._excluded[frame.index] = self._is_excluded(frame)
        if excluded or words.DATED in shape.node.attrs:
            return False
        kind = self.reader.said(shape.node).kind
        return kind is None or (kind == "row" and shape.figure.form.count > 1)

    def _is_excluded(self, frame: Frame) -> bool:
        """Whether nothing in a group is a seat: legends, landmarks, tables, pictures."""
        context = self.contexts.of(frame)
        if context.legend or context.special is not None or context.table_frame is not None:
            return True
        return any(near is not None and self._is_picture(near) for near in (frame, frame.parent))

    def _is_picture(self, frame: Frame) -> bool:
        said = (set(kinds.tokens(text)) for _, text in self.reader.texts(frame.node))
        return any(not words.PICTURES.isdisjoint(some) for some in said)


def _are_stands(held: dict[int, list[Text]], count: int) -> bool:
    """Whether equal shapes in lines are the stands of a fair: nearly each of so many holds a number
    of three or more digits that no other has, or its size in words."""
    said = {text.text for texts in held.values() for text in texts}
    codes = [text for text in said if _STAND.match(text)]
    sizes = {text for text in said if kinds.DIMENSION.match(text)}
    sized = sum(any(t.text in sizes for t in texts) for texts in held.values()) if sizes else 0
    return max(len(codes), sized) >= STANDS_MIN * count


def _are_cells(held: dict[int, list[Text]], count: int) -> bool:
    """Whether equal shapes in lines are the cells of a table: nearly each of so many holds two
    texts or more that no other has. A seat has one name, and what else is written on it (its row,
    a price) is on others too."""
    said = Counter(text.text for texts in held.values() for text in texts)
    if sum(number == 1 for number in said.values()) < 2 * STANDS_MIN * count:
        return False
    own = sum(sum(said[t.text] == 1 for t in texts) > 1 for texts in held.values())
    return own >= STANDS_MIN * count


def _are_tiles(found: list[Shape]) -> bool:
    """Whether shapes on which nothing is written touch others both beside and above or below them:
    the modules of a code, the tiles of a floor. One gets to a seat; there is room before rows."""
    near = shapes.neighbours([shape.centre for shape in found], TILE_REACH * found[0].sides[1])
    chosen = shapes.sample([shape.centre for shape in found])
    touching = 0
    for i, around in zip(chosen, near, strict=True):
        x, y, w, h = found[i].box
        away = [(found[j].box[0] - x, found[j].box[1] - y) for _, j in around if j != i]
        beside = any(abs(v) < 0.1 * h and abs(abs(u) - w) < TILE_GAP * w for u, v in away)
        above = any(abs(u) < 0.1 * w and abs(abs(v) - h) < TILE_GAP * h for u, v in away)
        touching += beside and above
    return touching >= TILES_MIN * len(chosen)


def _are_shades(found: list[Shape]) -> bool:
    """Whether shapes are painted by a scale: cells of a heat map. Seats have the colours of a few
    prices and states."""
    fills = {shape.style.fill for shape in found if shape.style.fill.startswith("#")}
    return len(fills) > max(SHADES_MIN, SHADES_PART * len(found))


def _outer_first(sets: list[list[Shape]]) -> list[list[Shape]]:
    """Of about equally many shapes the larger come first: a seat holds its number."""
    most = len(sets[0]) if sets else 0
    many = [members for members in sets if len(members) >= SAME_COUNT * most]
    many.sort(key=lambda members: -members[0].area)
    return [*many, *(members for members in sets if len(members) < SAME_COUNT * most)]


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
        if size is None or not shape.painted or not shape.closed:
            continue
        if all(abs(p - q) <= 0.03 * q for p, q in zip(shape.sides, size, strict=True)):
            found.append(Unit(shape, shape.frame, [shape], "congruent"))
    return found


def merged(units: list[Unit]) -> list[Unit]:
    """One unit where several lie on each other (fill and stroke, a stacked copy)."""
    units = [unit for unit in units if unit.shape.sides[0] > 0]
    if not units:
        return units
    units.sort(key=lambda unit: unit.shape.order)
    middle = median(unit.shape.sides[1] for unit in units)
    spots: dict[Point, Unit] = {}
    for unit in units:
        first = spots.setdefault(unit.shape.centre, unit)
        if first is not unit:
            first.parts.extend(unit.parts)
    units = list(spots.values())
    if not shapes.pairs([unit.shape.centre for unit in units], 0.3 * middle)[0].size:
        return units
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
