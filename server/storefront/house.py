"""A house in words: which sections and rows have what left. For pages without the picture."""

import asyncio
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from server.catalog.geometry import Places, RowShape, TableShape
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.inventory import state
from server.inventory.models import AVAILABLE, HELD, SOLD, STATUS_NAMES
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.storefront import words

STATE_CACHED_S = 1.0
"""Pages of one moment share one reading: they are old on the way to the reader anyhow."""
EVENTS_CACHED_MAX = 64
LOOSE_KEY = "other"
"""Names the rows and tables that stand in no section."""

_ACCESS_WORDS = ((1, "wheelchair accessible"), (2, "companion seat"), (4, "restricted view"))


class SeatState(msgspec.Struct):
    """`statuses`: one byte per seat; `pools_left`: places per pool."""

    statuses: bytearray
    pools_left: list[int]

    @property
    def left(self) -> int:
        return self.statuses.count(AVAILABLE) + sum(self.pools_left)


class SeatLine(msgspec.Struct):
    idx: int
    label: str
    number: str
    zone: int
    price_minor: int
    is_free: bool
    status: str
    access_words: str


class RowLine(msgspec.Struct):
    name: str
    seats: list[SeatLine]


class SectionLine(msgspec.Struct):
    """`rows` only where the section was asked for."""

    key: str
    name: str
    left_words: str
    price_words: str
    rows: list[RowLine] = []


class SalesLine(msgspec.Struct):
    """A section or a standing area, as the organizer sees it."""

    name: str
    total: int
    held: int
    sold: int
    revenue_minor: int


class PoolLine(msgspec.Struct):
    id: uuid.UUID
    name: str
    zone: int
    price_minor: int
    left: int
    left_words: str


class Houses:
    """Reads of seat state for pages, each at most STATE_CACHED_S old."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog
        self._states: OrderedDict[tuple[uuid.UUID, uuid.UUID], tuple[float, SeatState]] = (
            OrderedDict()
        )
        self._lock = asyncio.Lock()

    async def state_of(self, event: Event) -> SeatState:
        async with self._lock:
            key = (event.id, event.map_id)
            cached = self._states.get(key)
            if cached is None or time.monotonic() - cached[0] > STATE_CACHED_S:
                cached = (time.monotonic(), await self._read(event))
                self._states[key] = cached
                while len(self._states) > EVENTS_CACHED_MAX:
                    self._states.popitem(last=False)
            return cached[1]

    async def _read(self, event: Event) -> SeatState:
        places = await self._catalog.places(event.map_id)
        statuses = bytearray(places.seat_count)
        pools_left = [pool.capacity for pool in event.pools]
        read = await state.read(self._db, event.id, -1)
        if read is not None:
            # Where the event has another map since, this page is of the one that it had.
            self._catalog.saw_map(event.id, read.map_id)
            for seat in read.seats:
                if seat.seat_idx < len(statuses):
                    statuses[seat.seat_idx] = seat.status
            for pool in read.pools:
                if pool.pool_idx < len(pools_left):
                    pools_left[pool.pool_idx] = pool.available
        return SeatState(statuses, pools_left)

    async def sections(self, event: Event) -> list[SectionLine]:
        """Every section with what it has left; the sectionless rows come last as one."""
        places, now = await self._catalog.places(event.map_id), await self.state_of(event)
        return [
            SectionLine(key, name, *_summary(event, places, now, groups))
            for key, name, groups in _blocks(places)
        ]

    async def section(self, event: Event, key: str) -> SectionLine:
        """One section seat by seat. Raises NotFound."""
        places, now = await self._catalog.places(event.map_id), await self.state_of(event)
        for found, name, groups in _blocks(places):
            if found == key:
                rows = _joined((group, _row(event, places, now, group)) for group in groups)
                return SectionLine(key, name, *_summary(event, places, now, groups), rows)
        raise NotFound("this house has no such section")

    async def sales(self, event: Event, revenue_minor: dict[str, int]) -> list[SalesLine]:
        """`revenue_minor`: by section or area key. A standing area's places are sold or held."""
        places, now = await self._catalog.places(event.map_id), await self.state_of(event)
        lines = []
        for key, name, groups in _blocks(places):
            spans = [(start, start + count) for start, count in (g.seats for g in groups)]
            held = sum(now.statuses.count(HELD, *span) for span in spans)
            sold = sum(now.statuses.count(SOLD, *span) for span in spans)
            total = sum(end - start for start, end in spans)
            revenue = revenue_minor.get("" if key == LOOSE_KEY else key, 0)
            lines.append(SalesLine(name, total, held, sold, revenue))
        async with self._db.tx(read_only=True) as tx:
            _, pools = await state.tally(tx, event.id, [])
        for pool in event.pools:
            if not pool.capacity:
                continue
            row = pools.get(pool.idx)
            held, sold = (row.held, row.sold) if row else (0, 0)
            revenue = revenue_minor.get(pool.key, 0)
            lines.append(SalesLine(pool.name, pool.capacity, held, sold, revenue))
        return lines

    async def pools(self, event: Event) -> list[PoolLine]:
        now = await self.state_of(event)
        return [
            PoolLine(
                pool.id,
                pool.name,
                pool.zone,
                pool.price_minor,
                left := now.pools_left[pool.idx],
                words.left(left),
            )
            for pool in event.pools
            if pool.capacity
        ]


_Group = RowShape | TableShape


def _blocks(places: Places) -> list[tuple[str, str, list[_Group]]]:
    """Key, name, and the rows and tables in seat order."""
    geometry = places.geometry
    groups: dict[int | None, list[_Group]] = {}
    for group in sorted((*geometry.rows, *geometry.tables), key=lambda item: item.seats[0]):
        if group.seats[1]:
            groups.setdefault(group.section, []).append(group)
    blocks = [
        (section.key, section.name or section.key, groups[index])
        for index, section in enumerate(geometry.sections)
        if index in groups
    ]
    if None in groups:
        blocks.append((LOOSE_KEY, "Seats" if not blocks else "Other seats", groups[None]))
    return blocks


def _summary(event: Event, places: Places, now: SeatState, groups: list[_Group]) -> tuple[str, str]:
    free_zones: set[int] = set()
    left = 0
    for group in groups:
        start, count = group.seats
        left += now.statuses.count(AVAILABLE, start, start + count)
        free_zones.update(
            places.zones[seat]
            for seat in range(start, start + count)
            if now.statuses[seat] == AVAILABLE
        )
    plain = {zone for zone in free_zones if event.prices.is_plain(zone)}
    found = {event.prices.base(zone) for zone in plain}
    if plain < free_zones:
        found |= {
            event.seat_price(places, seat)
            for start, count in (group.seats for group in groups)
            for seat in range(start, start + count)
            if now.statuses[seat] == AVAILABLE and places.zones[seat] not in plain
        }
    prices = sorted(found)
    if not prices:
        return words.left(left), ""
    low, high = words.money(prices[0], event.currency), words.money(prices[-1], event.currency)
    return words.left(left), low if low == high else f"{low} to {high}"


def _joined(rows: Iterable[tuple[_Group, RowLine]]) -> list[RowLine]:
    """A named row is one line, also where it got seats with a later version of the map."""
    lines: list[RowLine] = []
    named: dict[str, RowLine] = {}
    for group, line in rows:
        if isinstance(group, RowShape) and group.name and line.name in named:
            named[line.name].seats += line.seats
            continue
        if isinstance(group, RowShape) and group.name:
            named[line.name] = line
        lines.append(line)
    return lines


def _row(event: Event, places: Places, now: SeatState, group: _Group) -> RowLine:
    start, count = group.seats
    kind = "table" if isinstance(group, TableShape) else "row"
    name = group.name or ("Table" if kind == "table" else "Seats")
    if group.name and kind not in group.name.lower():
        name = f"{kind.capitalize()} {group.name}"
    return RowLine(name, [_seat(event, places, now, seat) for seat in range(start, start + count)])


def _seat(event: Event, places: Places, now: SeatState, seat: int) -> SeatLine:
    zone, status = places.zones[seat], now.statuses[seat]
    bits = places.access.get(seat, 0)
    return SeatLine(
        idx=seat,
        label=places.label_of(seat),
        number=places.number_of(seat) or "·",
        zone=zone,
        price_minor=event.seat_price(places, seat),
        is_free=status == AVAILABLE,
        status=STATUS_NAMES[status],
        access_words=", ".join(said for bit, said in _ACCESS_WORDS if bits & bit),
    )
