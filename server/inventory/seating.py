"""Who sits beside whom: the one place that knows a single seat from a pair, and a table's chairs.

Pure. `states` is one byte per seat, 0 where it can be had, **as it was before the choice**: for a
change of a hold, as if the hold had nothing yet; `seats` is then all that it would have.
"""

import math
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import OrphanRule, TableMode
from server.inventory.models import AVAILABLE

GAP_RATIO_MAX = 1.75
"""Neighbours are no further apart than this times the usual distance in their row."""
FOR_DISABLED = 3
"""Access bits of wheelchair places and their companions'. They are sold to who needs them, one at
a time if need be: nobody's neighbours, and never left alone."""

_START = attrgetter("start")


class Block(msgspec.Struct, frozen=True, gc=False):
    """Seats `start`..`end - 1` belong together: a row from aisle to aisle, or table `table`."""

    start: int
    end: int
    table: int = -1


class Seating:
    """A map's rows and tables. `blocks` are in seat order and cover every seat once."""

    def __init__(self, places: Places) -> None:
        self.places = places
        geometry = places.geometry
        self.xs, self.ys = _sums(geometry.seats.x), _sums(geometry.seats.y)
        self.zones = places.zones
        self.access = places.access
        self.tables = [(table.seats[0], sum(table.seats)) for table in geometry.tables]
        """First chair and end of each table."""
        self.blocks = [
            Block(first, end)
            for row in geometry.rows
            for first, end in _between_aisles(self.xs, self.ys, *row.seats)
        ]
        self.blocks += [
            Block(start, end, at) for at, (start, end) in enumerate(self.tables) if end > start
        ]
        self.blocks.sort(key=lambda block: block.start)
        self.table_of = [-1] * places.seat_count
        # Two more at the end stand for "no seat", for the seats beside the first and the last.
        self._block_of = [-1] * (places.seat_count + 2)
        for at, block in enumerate(self.blocks):
            for seat in range(block.start, block.end):
                self.table_of[seat] = block.table
                if not self.access.get(seat, 0) & FOR_DISABLED:
                    self._block_of[seat] = at

    def around(self, seats: Collection[int]) -> list[int]:
        """All seats of the blocks that `seats` are in: nobody else matters for these rules."""
        blocks = self.blocks
        touched = {bisect_right(blocks, seat, key=_START) - 1 for seat in seats}
        return [seat for at in sorted(touched) for seat in range(blocks[at].start, blocks[at].end)]

    def singles_left(self, states: Sequence[int], seats: Collection[int]) -> list[int]:
        """Free seats that taking `seats` newly leaves alone, in seat order.

        In a row: neither neighbour is free any more. At a table: no other chair is.
        """
        chosen = seats if isinstance(seats, range) else set(seats)
        block_of = self._block_of
        alone: set[int] = set()
        for seat in chosen:
            block = block_of[seat]
            if block < 0 or states[seat] != AVAILABLE:
                continue
            if self.table_of[seat] >= 0:
                alone.update(self._last_chair(states, chosen, block))
                continue
            for near, far in ((seat - 1, seat - 2), (seat + 1, seat + 2)):
                if (
                    block_of[near] == block
                    and states[near] == AVAILABLE
                    and near not in chosen
                    and (block_of[far] != block or states[far] != AVAILABLE or far in chosen)
                ):
                    alone.add(near)
        return sorted(alone)

    def _last_chair(
        self, states: Sequence[int], chosen: Collection[int], block: int
    ) -> Collection[int]:
        """The one free chair that stays at a table, if it is one."""
        table = self.blocks[block]
        left = [
            chair
            for chair in range(table.start, table.end)
            if states[chair] == AVAILABLE and chair not in chosen and self._block_of[chair] == block
        ]
        return left if len(left) == 1 else ()

    def refuses_single(
        self, states: Sequence[int], seats: Collection[int], rule: OrphanRule
    ) -> list[int]:
        """Single seats for which the event's rule refuses to sell `seats`, in seat order.

        `strict` refuses each; `lenient` those that a choice of as many neighbours of the same
        zones, among the same free seats in a row, would not have left.
        """
        if rule == "off":
            return []
        singles = self.singles_left(states, seats)
        if rule == "strict":
            return singles
        # At a table any choice of as many chairs leaves as many: nothing could be done better.
        return [
            single
            for single in singles
            if self.table_of[single] < 0 and self._is_avoidable(states, set(seats), single)
        ]

    def _is_avoidable(self, states: Sequence[int], chosen: set[int], single: int) -> bool:
        first, end = self._free_around(states, single)
        here = [seat for seat in chosen if first <= seat < end]
        zones = {self.zones[seat] for seat in here}
        access = 0
        for seat in here:
            access |= self.access.get(seat, 0)
        count = len(here)
        return any(
            start - first != 1
            and end - start - count != 1
            and all(
                self.zones[seat] in zones and not self.access.get(seat, 0) & ~access
                for seat in range(start, start + count)
            )
            for start in range(first, end - count + 1)
        )

    def _free_around(self, states: Sequence[int], seat: int) -> tuple[int, int]:
        """First and end of the free neighbours, one beside the other, that include `seat`."""
        block = self._block_of[seat]
        first, end = seat, seat + 1
        while self._block_of[first - 1] == block and states[first - 1] == AVAILABLE:
            first -= 1
        while self._block_of[end] == block and states[end] == AVAILABLE:
            end += 1
        return first, end

    def table_refusals(
        self, states: Sequence[int], seats: Collection[int], modes: Mapping[int, TableMode]
    ) -> list[TableMode]:
        """Tables of which `seats` are fewer chairs than they are sold by, in table order.

        The last chairs of a table sold by at least so many may be fewer, if they go together.
        """
        if not modes:
            return []
        chosen = set(seats)
        touched = sorted({self.table_of[seat] for seat in chosen} & modes.keys())
        return [
            modes[table] for table in touched if not self._is_enough(states, chosen, modes[table])
        ]

    def _is_enough(self, states: Sequence[int], chosen: set[int], mode: TableMode) -> bool:
        chairs = range(*self.tables[mode.table_idx])
        taken = sum(chair in chosen for chair in chairs)
        if mode.mode == "whole":
            return taken == len(chairs)
        if taken >= (mode.chairs_min or 0):
            return True
        return not any(states[chair] == AVAILABLE and chair not in chosen for chair in chairs)


def _between_aisles(
    xs: Sequence[int], ys: Sequence[int], start: int, count: int
) -> list[tuple[int, int]]:
    """Split a row at its aisles: first and end of each stretch without a wide gap."""
    if count < 2:
        return [(start, start + count)] if count else []
    gaps = [
        math.hypot(xs[seat + 1] - xs[seat], ys[seat + 1] - ys[seat])
        for seat in range(start, start + count - 1)
    ]
    usual = sorted(gaps)[len(gaps) // 2]
    stretches: list[tuple[int, int]] = []
    first = start
    for seat, gap in enumerate(gaps, start):
        if gap > usual * GAP_RATIO_MAX:
            stretches.append((first, seat + 1))
            first = seat + 1
    stretches.append((first, start + count))
    return stretches


def _sums(deltas: Sequence[int]) -> list[int]:
    total = 0
    sums: list[int] = []
    for delta in deltas:
        total += delta
        sums.append(total)
    return sums
