"""What words or letters on it name: tables ("Rose"), rows whose letter stands on each seat."""

from __future__ import annotations

import re
from collections import Counter

from seatmap import kinds
from seatmap.codes import holders
from seatmap.draft import RowDraft, TableDraft
from seatmap.house import House
from seatmap.names import Named, structured
from seatmap.scene import Text
from seatmap.shapes import Grid
from seatmap.spoken import joined, not_landmarks, parted

TABLES_MIN = 3
TABLE_WORDS_MAX = 5
TABLE_CHARACTERS_MAX = 40
LETTERED_MIN = 0.9
"""Of the seats of a row that must have its letter on them."""
_TABLE = re.compile(r"^[^\W\d_]{4,8}\.?\s*\d{1,3}$")
_LETTERS = re.compile(r"^[^\W\d_]{1,2}$")


def tables_by_words(house: House) -> None:
    """Tables that words on them name, each by others: "Rose", "Head table". What is written on
    several says what they are ("reserved"), and a mere measure says how large."""
    bare = [table for table in house.draft.tables if table.name is None and table.shape is not None]
    said: dict[int, tuple[str, list[Text]]] = {}
    for at, table in enumerate(bare):
        texts = not_landmarks(house.texts_on(table.shape)) if table.shape is not None else []
        name, _ = parted(joined(texts)) if texts else ("", None)
        words = kinds.tokens(name)
        if 1 <= len(words) <= TABLE_WORDS_MAX and len(name) <= TABLE_CHARACTERS_MAX:
            said[at] = name, texts
    times = Counter(name.casefold() for name, _ in said.values())
    for at, (name, texts) in said.items():
        if times[name.casefold()] == 1 and not kinds.DIMENSION.match(name):
            bare[at].name = Named(name, "text")
            house.used_texts.update(text.order for text in texts)


def tables_by_numbers(house: House) -> None:
    """Tables without chairs that nothing but "Table 5" on each names."""
    if house.reader.governed("table"):
        return
    told = [text for text in house.free_texts() if _TABLE.match(text.text)]
    said = {text.order: name for text in told if (name := structured(text.text).get("table"))}
    on = [
        holder
        for holder in holders(house, [text for text in told if text.order in said])
        if len(holder.codes) == 1 and not house.holds_seats(holder.shape)
    ]
    for holder in on if len(on) >= TABLES_MIN else ():
        name = Named(said[holder.codes[0].order], "text")
        house.used_texts.update(text.order for text in house.texts_on(holder.shape))
        house.used_shapes.add(holder.shape.order)
        frame = holder.shape.frame
        house.draft.tables.append(TableDraft(name, None, frame, holder.shape, "text"))


def rows_by_letters(house: House, found: list[RowDraft]) -> None:
    """Rows whose letter is written on, or at, nearly each of their seats."""
    bare = [row for row in found if row.name is None and len(row.seats) > 1]
    seats = sum(len(row.seats) for row in bare)
    letters = [text for text in house.free_texts() if _LETTERS.match(text.text)]
    if not bare or len(letters) < LETTERED_MIN * seats:
        return
    side = max(seat.shape.sides[1] for row in bare for seat in row.seats)
    grid = Grid(side)
    for text in letters:
        grid.add(text.at)
    for row in bare:
        near = []
        for seat in row.seats:
            at = grid.near(seat.shape.centre, seat.shape.sides[1])
            near += [letters[at[0][1]]] if at else []
        said, times = Counter(text.text for text in near).most_common(1)[0] if near else ("", 0)
        if times >= LETTERED_MIN * len(row.seats):
            row.name = Named(said, "text")
            house.used_texts.update(text.order for text in near if text.text == said)
