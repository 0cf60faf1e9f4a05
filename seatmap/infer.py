"""Shapes and names -> a house: who belongs to which section, row and table.

Each heuristic is one function that says what it relies on. Nothing is made up: a seat without a
readable number has no name, a row that only geometry shows has none either.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import atan2, cos, sin
from statistics import median

from seatmap import names, rows
from seatmap import tables as rings
from seatmap.called import rows_by_letters, tables_by_numbers, tables_by_words
from seatmap.compact import blocks_called_rows, split_compact_names
from seatmap.draft import Draft, RowDraft, SeatDraft, SectionDraft, TableDraft
from seatmap.ends import labels, name_by_ends
from seatmap.heads import number_by_heads
from seatmap.house import House
from seatmap.kinds import landmark_of
from seatmap.marks import SIGN_OF_ACCESS
from seatmap.model import ACCESSIBLE, Note
from seatmap.names import Named
from seatmap.places import find_parts, find_places
from seatmap.scene import Scene, Shape, Text
from seatmap.shapes import holders, rounded
from seatmap.strays import adopt
from seatmap.told import Told
from seatmap.units import Finder, Unit
from seatmap.zones import drop_samples, read_legend, read_loose_legend

GROUPED_MIN = 3
GROUPED_PART = 0.9
"""Of the seats that must be in groups of at least GROUPED_MIN for these to be the rows."""
ACROSS_MAX = 50
"""Sections whose rows are sought in both directions."""
ACROSS_NEARER = 3.0
SIGNS_PART = 0.2
"""Of the seats: more are no signs."""
ICON_SEATS = 1.5
NUMBER_SEATS = 1.8
"""A text that is larger than so many seats is the name of a block."""
COUNTED_MIN = 0.9
"""Of the seats whose number in an id may count copies, that must have another written on them."""
_UNSEEN = frozenset({"id", "title"})
_CHAIR = re.compile(r"^[\W_]+[^\W\d_]{0,5}[\W_]?(\d{1,2})$")
_SHORT = re.compile(r"^(?:[\w.\-]{1,4}|[^\W\d_]{1,2}[ .\-]\d{1,3})$")
_SPACED = re.compile(r"^([^\W\d_]{1,2})[ .\-]+(\d{1,3})$")


def infer(scene: Scene, told: Told | None = None) -> Draft:
    """Everything that can be read from a scene, not yet ordered and keyed."""
    house = House(scene, told)
    finder = Finder(scene, house.reader, house.contexts)
    units = finder.units()
    house.draft.uncertain.extend(finder.notes)
    read_legend(house)
    _seats(house, units)
    blocks_called_rows(house)
    _tables_by_chairs(house)
    _repeated_numbers(house)
    _seat_numbers_in_texts(house)
    _signs_of_access(house)
    split_compact_names(house)
    _tables_without_chairs(house)
    tables_by_words(house)
    tables_by_numbers(house)
    find_parts(house)
    _rows(house)
    drop_samples(house)
    read_loose_legend(house)
    find_places(house)
    house.draft.sections = list(house.sections.values())
    house.draft.zones = [zone for zone in house.zones.values() if zone.used]
    return house.draft


def _seats(house: House, units: list[Unit]) -> None:
    tables: dict[int, TableDraft] = {}
    tops: dict[int, TableDraft] = {}
    for unit in units:
        context, fields = unit.context, unit.fields
        around = context
        if unit.top is not None and unit.top.frame in (context.section_frame, context.group_frame):
            around = house.contexts.of(unit.top.frame.parent)
        section = house.section(fields.get("section"), around)
        seat = SeatDraft(unit.shape, section, fields.get("seat"), unit.access, unit.found_by)
        zone = house.zone(fields.get("zone") or context.zone, unit.shape)
        if zone is not None:
            seat.zone, seat.zone_source = zone
        if unit.top is not None:
            seat.table = _unnamed_table(house, tops, unit.top, section)
            seat.name = seat.name or _chair_number(house, unit, seat.table)
        elif context.table_frame is not None:
            frame = context.table_frame
            table = tables.get(frame.index)
            if table is None:
                name = context.table or fields.get("table")
                table = tables[frame.index] = TableDraft(name, section, frame)
                house.draft.tables.append(table)
            seat.table = table
        else:
            seat.row_name = fields.get("row")
            if seat.row_name is None or (context.row and seat.row_name.source == "id"):
                seat.row_name = context.row  # a group knows better than a number in an id
            seat.row_frame = context.row_frame
        seat.parts = unit.parts
        house.used_shapes.update(part.order for part in unit.parts)
        house.draft.seats.append(seat)
    for table in tables.values():
        _table_shape(house, table)


def _tables_by_chairs(house: House) -> None:
    """Seats that nothing puts in a row or at a table, close around a larger shape: its chairs."""
    if house.reader.governed("table"):
        return
    loose = [
        seat
        for seat in house.draft.seats
        if seat.table is None and seat.row_name is None and seat.row_frame is None
    ]
    if len(loose) < rings.CHAIRS_MIN:
        return
    side = median(seat.shape.sides[0] for seat in loose)
    found = rings.rings(
        [seat.shape.centre for seat in loose], side, rings.Tops(house.free_shapes())
    )
    if sum(len(ring.chairs) for ring in found) < rings.RINGED_MIN * len(loose):
        return
    tops: dict[int, TableDraft] = {}
    for ring in found:
        for at in ring.chairs:
            loose[at].table = _unnamed_table(house, tops, ring.top, loose[at].section)


def _unnamed_table(
    house: House, tops: dict[int, TableDraft], top: Shape, section: SectionDraft | None
) -> TableDraft:
    """The table whose top is that shape; the one short text on it is its name."""
    table = tops.get(top.order)
    if table is None:
        table = tops[top.order] = TableDraft(None, section, top.frame, top, "ring")
        house.used_shapes.add(top.order)
        house.draft.tables.append(table)
        named = [(text, name) for text in house.texts_on(top) if (name := _table_name(text.text))]
        own = house.reader.facts(top.node).get("name")
        if len(named) == 1:
            table.name = Named(named[0][1], "text")
            house.used_texts.add(named[0][0].order)
        elif own is not None and (name := _table_name(own.value)):
            table.name = Named(name, own.source)
        elif top.frame.parent is not None and house.inside[top.frame.index] <= rings.GROUP_MAX:
            table.name = house.reader.facts(top.frame.node).get("name")
    return table


def _chair_number(house: House, unit: Unit, table: TableDraft) -> Named | None:
    """The number of a chair whose name goes on where its table's ends: "T1-S4"."""
    own = house.reader.facts(unit.shape.node).get("name")
    if own is None or table.name is None or not own.value.startswith(table.name.value):
        return None
    match = _CHAIR.match(own.value[len(table.name.value) :])
    return Named(match[1], own.source) if match else None


def _table_shape(house: House, table: TableDraft) -> None:
    """A table's top is the largest shape of its group that is not a chair."""
    own = house.table_shapes.get(table.frame.index, ())
    inside = [s for s in own if s.order not in house.used_shapes]
    table.shape = max(inside, key=lambda s: (rounded(s.area), -s.order), default=None)
    house.used_shapes.update(s.order for s in inside)
    for text in house.table_texts.get(table.frame.index, ()):
        house.used_texts.add(text.order)
        if table.name is None and (name := _table_name(text.text)):
            table.name = Named(name, "text")


def _table_name(text: str) -> str | None:
    """What a text on a table calls it: "12", "T12", "Table 12"."""
    return names.structured(text).get("table") or (text if _SHORT.match(text) else None)


def _tables_without_chairs(house: House) -> None:
    """Groups that say they are tables, drawn without chairs."""
    if not house.contexts.has_tables:
        return
    known = {table.frame.index for table in house.draft.tables}
    for shape in house.scene.shapes:
        context = house.contexts.of(shape.frame)
        frame = context.table_frame
        if frame is None or frame.index in known or shape.order in house.used_shapes:
            continue
        known.add(frame.index)
        table = TableDraft(context.table, house.section(None, context), frame)
        house.draft.tables.append(table)
        _table_shape(house, table)


def _repeated_numbers(house: House) -> None:
    """A text in a seat's own group that repeats its number is the seat's, not a label."""
    frames = Counter(seat.shape.frame.index for seat in house.draft.seats)
    for seat in house.draft.seats:
        index = seat.shape.frame.index
        if seat.name is not None and frames[index] == 1:
            house.use_worded(index, seat.name.value)


def _seat_numbers_in_texts(house: House) -> None:
    """A short text whose middle lies on an unnamed seat is the seat's number.

    Placeholders that are the same on nearly all seats are no numbers.
    """
    seats = [seat for seat in house.draft.seats if seat.name is None]
    counted = _counters(house.draft.seats)
    if not (seats or counted) or not house.scene.texts:
        return
    short = [text for text in house.scene.texts if _SHORT.match(text.text)]
    shapes = [seat.shape for seat in house.draft.seats]
    found: dict[int, Text] = {}
    for text, holder in zip(short, holders(shapes, [text.at for text in short]), strict=True):
        if holder is None or text.size > NUMBER_SEATS * shapes[holder].sides[1]:
            continue
        first = found.setdefault(holder, text)
        if first.text.isalpha() and text.text.isdecimal():  # beside a row's letter
            found[holder] = text
    signs = _signs(house, found)
    said = Counter(text.text for text in found.values())
    if counted and sum(names.lettered(text) is not None for text in said) >= COUNTED_MIN * counted:
        for seat in house.draft.seats:
            seat.name = None  # the text says more
    for index, text in found.items():
        house.used_texts.add(text.order)
        seat = house.draft.seats[index]
        if seat.name is None and said[text.text] <= max(3, len(found) // 4):
            seat.name = Named(_SPACED.sub(r"\1\2", text.text), "text")
    house.draft.seats = [seat for i, seat in enumerate(house.draft.seats) if i not in signs]


def _signs(house: House, found: dict[int, Text]) -> set[int]:
    """Which of the seats with these texts only look like seats: a few that nothing names, with a
    word for a landmark on each ("WC", "EXIT"). They are free again, and so are their words."""
    seats = house.draft.seats
    signs = {
        at
        for at, text in found.items()
        if seats[at].found_by == "congruent" and landmark_of(text.text) is not None
    }
    if len(signs) >= SIGNS_PART * len(seats):
        return set()
    for at in signs:
        del found[at]
        house.used_shapes -= {part.order for part in seats[at].parts}
    return signs


def _counters(seats: list[SeatDraft]) -> int:
    """How many seats there are if all are named by ids or titles, and only by numbers up to about
    so many: they may but count the copies of a shape."""
    numbers = {
        seat.name.value
        for seat in seats
        if seat.name is not None and seat.name.source in _UNSEEN and seat.row_name is None
    }
    return len(seats) if len(numbers) == len(seats) and all(map(str.isdecimal, numbers)) else 0


def _signs_of_access(house: House) -> None:
    """A wheelchair on a seat, as its letter or as a picture, says that it is accessible."""
    signs = [text for text in house.free_texts() if SIGN_OF_ACCESS in text.text]
    shapes = [seat.shape for seat in house.draft.seats] if signs else []
    for text, holder in zip(signs, holders(shapes, [text.at for text in signs]), strict=True):
        if holder is not None:
            house.draft.seats[holder].access |= ACCESSIBLE
            house.used_texts.add(text.order)
    icons = [s for s in house.free_shapes() if house.contexts.of(s.frame).access & ACCESSIBLE]
    shapes = [seat.shape for seat in house.draft.seats] if icons else []
    for icon, holder in zip(icons, holders(shapes, [s.centre for s in icons]), strict=True):
        if holder is not None and icon.sides[1] <= ICON_SEATS * shapes[holder].sides[1]:
            house.draft.seats[holder].access |= ACCESSIBLE
            house.used_shapes.add(icon.order)


def _rows(house: House) -> None:
    by_name: dict[tuple[int | None, str], RowDraft] = {}
    by_frame: dict[tuple[int | None, int], RowDraft] = {}
    loose: dict[int | None, list[SeatDraft]] = defaultdict(list)
    for seat in house.draft.seats:
        if seat.table is not None:
            continue
        section = id(seat.section) if seat.section else None
        if seat.row_name is not None:
            row = by_name.setdefault(
                (section, seat.row_name.value), RowDraft(seat.row_name, seat.section)
            )
        elif seat.row_frame is not None:
            row = by_frame.setdefault(
                (section, seat.row_frame.index), RowDraft(None, seat.section, found_by="group")
            )
        else:
            loose[section].append(seat)
            continue
        seat.row = row
        row.seats.append(seat)
    found = [*by_name.values(), *by_frame.values()]
    for seats in loose.values():
        found.extend(_row_groups(seats) or _lines(seats))
    for row in found:
        _row_texts(house, row)
    if not house.reader.governed("row"):
        rows_by_letters(house, found)
        found = _across(house, name_by_ends(house, found))
    house.draft.rows = adopt(house, _long_enough(found))
    number_by_heads(house, house.draft.rows)


def _row_texts(house: House, row: RowDraft) -> None:
    """Texts in the groups of a row's seats that repeat its name, or, where it has none, a
    single short text that stands at its ends."""
    frames = {seat.shape.frame.index for seat in row.seats}
    frames |= {s.shape.frame.parent.index for s in row.seats if s.shape.frame.parent}
    if row.name is None:
        texts = house.texts_in(sorted(frames))
        said = {t.text for t in texts if _SHORT.match(t.text)}
        if len(said) == 1 and len(texts) <= 2 and not said & {"0", "00", "000"}:
            row.name = Named(said.pop(), "text")
    if row.name is not None:
        for index in frames:
            house.use_worded(index, row.name.value)


def _row_groups(seats: list[SeatDraft]) -> list[RowDraft]:
    """Unnamed rows: where nearly every seat is in a group with others, each group a line or arc.

    Of the groups around a seat its own, or the one around that where it has one for itself.
    """
    for level in (0, 1):
        groups: dict[int, list[SeatDraft]] = defaultdict(list)
        for seat in seats:
            frame = seat.shape.frame
            if level and frame.parent is not None:
                frame = frame.parent
            groups[frame.index].append(seat)
        several = [group for group in groups.values() if len(group) >= GROUPED_MIN]
        grouped = sum(map(len, several)) >= GROUPED_PART * len(seats)
        if len(several) > 1 and grouped and all(map(_is_line, several)):
            break
    else:
        return []
    found = []
    for group in several:
        row = RowDraft(None, group[0].section, group, "group")
        for seat in group:
            seat.row = row
        found.append(row)
    return found


def _is_line(seats: list[SeatDraft]) -> bool:
    points = [seat.shape.centre for seat in seats]
    return rows.runs_along([points[i] for i in rows.by_axis(points)])


def _across(house: House, found: list[RowDraft]) -> list[RowDraft]:
    """The rows; across what seemed rows where the texts at the ends name only those: wide chairs
    are nearer to those behind than to those beside."""
    sections: dict[int, list[RowDraft]] = defaultdict(list)
    for row in found if labels(house) else ():
        sections[id(row.section)].append(row)
    for rows_ in list(sections.values())[:ACROSS_MAX]:
        if any(row.name is not None or row.found_by != "lines" for row in rows_):
            continue
        longest = max(rows_, key=lambda row: len(row.seats))
        (x0, y0), (x1, y1) = (longest.seats[i].shape.centre for i in (0, -1))
        turn = atan2(y1 - y0, x1 - x0)
        seats = [seat for row in rows_ for seat in row.seats]
        for seat in seats:
            seat.row = None
        others = name_by_ends(house, _lines(seats, turn))
        if any(row.name is not None for row in others):
            gone = set(map(id, rows_))
            found = [*(row for row in found if id(row) not in gone), *others]
            continue
        for row in rows_:
            for seat in row.seats:
                seat.row = row
    return found


def _lines(seats: list[SeatDraft], across: float | None = None) -> list[RowDraft]:
    """Unnamed rows: lines and arcs of seats, also such as only a name can prove. `across` is a
    direction in radians that they do not have."""
    points = [seat.shape.centre for seat in seats]
    if across is not None:
        c, s = cos(across), sin(across)
        points = [(x * c + y * s, (y * c - x * s) / ACROSS_NEARER) for x, y in points]
    frames: dict[int, int] = {}
    kin = [frames.setdefault(seat.shape.frame.index, len(frames)) for seat in seats]
    size = median(seat.shape.sides[1] for seat in seats)
    found = []
    called: dict[str, int] = {}
    numbers = [
        called.setdefault(seat.name.value, len(called) + 1) if seat.name else 0 for seat in seats
    ]
    for chain in rows.chains(points, kin, numbers, size):
        if len(chain) < 2:
            continue
        row = RowDraft(None, seats[chain[0]].section, found_by="lines")
        for i in chain:
            seats[i].row = row
            row.seats.append(seats[i])
        found.append(row)
    return found


def _long_enough(found: list[RowDraft]) -> list[RowDraft]:
    """Without lines of two or three seats that nothing names: any few seats make such lines."""
    kept = []
    for row in found:
        if row.name is None and row.found_by == "lines" and len(row.seats) < rows.ROW_SEATS_MIN:
            for seat in row.seats:
                seat.row = None
        else:
            kept.append(row)
    return kept


def notes_on(draft: Draft) -> list[Note]:
    """What a person should look at: seats without a number, names used twice."""
    unnamed = sum(seat.name is None for seat in draft.seats)
    lone = sum(seat.row is None and seat.table is None for seat in draft.seats)
    found = []
    if unnamed:
        found.append(Note("seats without a number", unnamed))
    if lone and draft.rows:
        found.append(Note("seats in no row and at no table", lone))
    unknown = [
        area.name.value
        for area in draft.areas
        if area.kind == "standing" and area.capacity is None and area.name
    ]
    if unknown:
        found.append(Note("standing areas without a capacity", len(unknown), tuple(unknown[:3])))
    return found
