"""The sales channel, for organizers: held, sold and revenue per section and per ticket type, how
fast it sells, and how many checkouts become orders.

Every change of the inventory is news here, so a change must be cheap: seats are counted as they
change, money is summed only after something was sold or given back, and one process reads an
event's sales at most once in REST_S.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress
from typing import Any, NamedTuple

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout import sales
from server.inventory import state
from server.inventory.rows import StateRow, TallyRow
from server.kernel import money
from server.kernel.db import Database, Tx
from server.kernel.tenancy import Across

KEY_OF = {"sections": "key", "ticket_types": "key"}
MOVING = ("sections", "ticket_types", "pace", "totals")
"""What a delta tells of; the rest is said once, in the snapshot."""

REST_S = 1.0
PACE_MINUTES = 15
BOARDS_MAX = 64

Row = dict[str, Any]

HELD, SOLD = 1, 2
COUNTED = ("total", "held", "sold", "revenue_minor")


class SeatCounts:
    """Held and sold seats per group, kept as seats change; `groups_of`: for each way to group
    them, the group of every seat."""

    def __init__(self, seat_count: int, groups_of: Sequence[Sequence[int]]) -> None:
        self.version = -1
        self._states = bytearray(seat_count)
        self._groups_of = groups_of
        self._counts = [
            [[0] * (1 + max(groups, default=0)) for _ in range(3)] for groups in groups_of
        ]

    def apply(self, changed: Iterable[StateRow], version: int) -> bool:
        """Whether the number of sold seats of any group moved."""
        moved = False
        for row in changed:
            seat, old, new = row.seat_idx, self._states[row.seat_idx], row.status
            if old == new:
                continue
            self._states[seat] = new
            moved |= SOLD in (old, new)
            for groups, counts in zip(self._groups_of, self._counts, strict=True):
                group = groups[seat]
                for status, by in ((old, -1), (new, 1)):
                    if status in (HELD, SOLD):
                        counts[status][group] += by
        self.version = version
        return moved

    def of(self, way: int, group: int) -> tuple[int, int]:
        """Held and sold."""
        counts = self._counts[way]
        return counts[HELD][group], counts[SOLD][group]


class Read(NamedTuple):
    """`state`: of the board at `version`; `mapped_at_version`: since when the event has its map."""

    version: int
    mapped_at_version: int
    state: dict[str, Any]


class Board:
    """One event's sales in this process, on one map."""

    def __init__(self, event: Event, places: Places) -> None:
        sections = places.geometry.sections
        # Places that stand in no section make up one of their own behind the others.
        groups = [len(sections)] * places.seat_count
        for at, section in enumerate(sections):
            for start, count in section.ranges:
                groups[start : start + count] = [at] * count
        self._sections = [(section.key, section.name or section.key) for section in sections]
        self._sections.append(("", "Other places"))
        there = [seat not in places.removed for seat in range(places.seat_count)]
        self._totals = Counter(compress(groups, there))
        self._zone_totals = Counter(compress(places.zones, there))
        runs = places.geometry.seats.zone
        starts = accumulate((count for count, _ in runs), initial=0)
        self._zone_runs = [(start, zone) for start, (_, zone) in zip(starts, runs, strict=False)]
        self._counts = SeatCounts(places.seat_count, (groups, places.zones))
        self._basis: object = None  # what the sums of money below were read at
        self._money = sales.Board([], [])

    async def read(self, tx: Tx, event: Event) -> Read | None:
        """The whole state; None where the event has another map by now. Raises LookupError for an
        event without inventory."""
        read = await state.read_in(tx, event.id, self._counts.version)
        if read is None:
            raise LookupError(event.id)
        if read.map_id != event.map_id:
            return None
        # On a trip a seat may be sold again and again: there only the lines know.
        is_trip = event.legs > 1
        if self._counts.apply(read.seats, read.version) or is_trip:
            self._basis = None
        _, pools = await state.tally(tx, event.id, [])
        counted = await sales.counts(tx, event.id)
        basis = ([(idx, row.sold) for idx, row in pools.items()], counted)
        if basis != self._basis:
            self._money = await sales.board(tx, event.id, self._zone_runs, PACE_MINUTES)
            self._basis = basis
        shown = self._shown(event, pools, counted, sold_by_lines=is_trip)
        return Read(read.version, read.mapped_at_version, shown)

    def _shown(
        self,
        event: Event,
        pools: dict[int, TallyRow],
        counted: sales.OrderCounts,
        *,
        sold_by_lines: bool,
    ) -> dict[str, Any]:
        zone_of_area = {pool.key: pool.zone for pool in event.pools}
        by_section: dict[str, list[int]] = {}
        by_zone: dict[int, list[int]] = {}
        for line in self._money.lines:
            zone = zone_of_area[line.section] if line.zone is None else line.zone
            for sums in (
                by_section.setdefault(line.section, [0, 0]),
                by_zone.setdefault(zone, [0, 0]),
            ):
                sums[0] += line.sold
                sums[1] += line.revenue_minor

        def row(key: str, name: str, total: int, seats: tuple[int, int], sums: list[int]) -> Row:
            held, sold = seats
            if sold_by_lines:
                sold = sums[0]
            return {"key": key, "name": name, "total": total, "held": held, "sold": sold,
                    "revenue_minor": sums[1]}  # fmt: skip

        sections: list[Row] = []
        for at, (key, name) in enumerate(self._sections):
            if self._totals[at]:
                sums = by_section.get(key, [0, 0])
                sections.append(row(key, name, self._totals[at], self._counts.of(0, at), sums))
        types: list[Row] = []
        for zone in event.zones:
            held, sold = self._counts.of(1, zone.idx)
            areas = [pool for pool in event.pools if pool.zone == zone.idx]
            standing = [pools[pool.idx] for pool in areas if pool.idx in pools]
            held += sum(area.held for area in standing)
            sold += sum(area.sold for area in standing)
            total = self._zone_totals[zone.idx] + sum(pool.capacity for pool in areas)
            sums = by_zone.get(zone.idx, [0, 0])
            told = row(zone.key, zone.ticket_type, total, (held, sold), sums)
            types.append(told | {"zone": zone.name, "price_minor": zone.price_minor})
        for pool in event.pools:
            if not pool.capacity:
                continue
            tally = pools.get(pool.idx)
            held_sold = (tally.held, tally.sold) if tally else (0, 0)
            sums = by_section.get(pool.key, [0, 0])
            sections.append(row(pool.key, pool.name, pool.capacity, held_sold, sums))
        totals = {name: sum(section[name] for section in sections) for name in COUNTED}
        return {
            "currency": event.currency,
            "exponent": money.exponent(event.currency),
            "sections": sections,
            "ticket_types": types,
            "pace": [msgspec.to_builtins(minute) for minute in self._money.pace],
            "totals": totals | {"orders": counted.orders, "checkouts": counted.checkouts},
        }


class Boards:
    """The boards of the events that somebody follows here; the least recently read one goes."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog
        self._boards: dict[tuple[uuid.UUID, int, uuid.UUID], Board] = {}

    async def read(self, epoch: int, event_id: uuid.UUID) -> Read:
        """As `Board.read`. Another epoch is another history, and another map another house: they
        are counted from the beginning."""
        while (read := await self._read(epoch, await self._catalog.event(event_id))) is None:
            self._catalog.forget(event_id)
        return read

    async def _read(self, epoch: int, event: Event) -> Read | None:
        places = await self._catalog.places(event.map_id)
        key = (event.id, epoch, event.map_id)
        board = self._boards.pop(key, None) or Board(event, places)
        self._boards[key] = board
        if len(self._boards) > BOARDS_MAX:
            del self._boards[next(iter(self._boards))]
        try:
            async with self._db.tx(read_only=True, across=Across.FEED) as tx:
                return await board.read(tx, event)
        except BaseException:
            self._boards.pop(key, None)  # half read
            raise
