"""One transaction's change of one event: one version, one announcement."""

import uuid
from collections.abc import Iterable

from server.inventory import clock, sql, sql_allocations
from server.inventory import sql_blocks as blocked
from server.inventory.models import AVAILABLE, BLOCKED, InventoryChanged, Legs, Recount
from server.inventory.rows import HoldRow
from server.kernel.db import Tx
from server.kernel.ids import uuid7

SEAT = (1 << 20) - 1
"""Mask: the seat index of a place."""


class Change:
    """Collects what a transaction does to an event's places and tells it once, at the end.

    Lock seats and pools first: `version` locks the event's clock, which is last in the lock order.
    A place is one seat on one leg, leg << 20 | seat_idx; its version moves once per transaction.
    """

    def __init__(self, tx: Tx, event_id: uuid.UUID) -> None:
        self.tx = tx
        self.event_id = event_id
        self._places: dict[int, int] = {}
        self._pools: dict[tuple[uuid.UUID, int], list[int]] = {}
        self._version: int | None = None
        self._last_leg = 0

    async def version(self) -> int:
        """The version this transaction commits as; the same on every call."""
        if self._version is None:
            bumped = await clock.bump(self.tx, self.event_id, "inventory")
            self._version, self._last_leg = bumped.version, bumped.last_leg
        return self._version

    def mark(self, places: Iterable[int], status: int) -> None:
        for place in places:
            self._places[place] = status

    def count(
        self, pool_id: uuid.UUID, legs: Legs, *, held: int = 0, sold: int = 0, blocked: int = 0
    ) -> None:
        """So many places of a pool more, or less, are held, sold or blocked on these legs."""
        for leg in range(legs[0], legs[1] + 1):
            counts = self._pools.setdefault((pool_id, leg), [0, 0, 0])
            for at, more in enumerate((held, sold, blocked)):
                counts[at] += more

    async def free(self, holds: list[HoldRow], kept: dict[uuid.UUID, frozenset[int]]) -> None:
        """Give back everything that these holds still hold. `kept`: see `kept_back`."""
        hold_ids = [hold.id for hold in holds]
        places = sorted(place for hold in holds for place in hold.on_legs(hold.seat_idxs))
        seats = await sql.LOCK_SEATS.all(self.tx, self.event_id, places)
        status = {
            seat.place: BLOCKED
            if seat.hold_id and seat.seat_idx in kept.get(seat.hold_id, ())
            else AVAILABLE
            for seat in seats
        }
        version = await self.version()
        freed = await sql.FREE_SEATS.values(
            self.tx, self.event_id, list(status), hold_ids, version, list(status.values())
        )
        self._places |= {place: status[place] for place in freed}
        for hold in holds:
            for pool_id, quantity in hold.pools.items():
                self.count(pool_id, hold.legs, held=-quantity)
                if hold.id in kept:
                    await self.shut(hold.org_id, pool_id, hold.legs, quantity)

    async def shut(self, org_id: str, pool_id: uuid.UUID, legs: Legs, quantity: int) -> None:
        """So many places of a pool, which nobody has, are off sale."""
        each = range(legs[0], legs[1] + 1)
        await blocked.BLOCK_PLACES.run(
            self.tx, org_id, self.event_id,
            [uuid7() for _ in each], [pool_id for _ in each], list(each), [quantity for _ in each],
        )  # fmt: skip
        self.count(pool_id, legs, blocked=quantity)

    async def finish(self) -> None:
        """Count the pools, note the places and announce. Does nothing where nothing changed."""
        if self._version is None:
            return
        version = self._version
        await sql.NOTE.run(self.tx, self.event_id, version, sorted(self._places))
        used: list[tuple[uuid.UUID, int, int]] = []
        pools: list[tuple[int, int]] = []
        if self._pools:
            counts = [(pool_id, leg, *more) for (pool_id, leg), more in sorted(self._pools.items())]
            columns = map(list, zip(*counts, strict=True))
            rows = await sql.COUNT_POOLS.all(self.tx, self.event_id, version, *columns)
            assert len(rows) == len(counts), "a claim is of a pool that the event has"
            used = [(row.id, row.leg, row.used) for row in rows]
            changed = await sql.CHANGED_POOLS.all(self.tx, self.event_id, version - 1)
            pools = [(row.pool_idx, row.available) for row in changed]
        self.tx.announce(Recount(self.event_id, version, list(self._places.items()), used))
        self.tx.announce(
            InventoryChanged(
                event_id=self.event_id,
                prev=version - 1,
                version=version,
                seats=await self._seats(),
                pools=pools,
            )
        )

    async def _seats(self) -> list[tuple[int, int]]:
        """(seat index, status) as the map shows them."""
        if not self._last_leg:
            return sorted(self._places.items())
        idxs = sorted({place & SEAT for place in self._places})
        rows = await sql.STATES_OF_SEATS.all(self.tx, self.event_id, idxs, self._last_leg)
        return [(row.seat_idx, row.status) for row in rows]


async def kept_back(tx: Tx, holds: Iterable[HoldRow]) -> dict[uuid.UUID, frozenset[int]]:
    """By hold, where it is of an allocation that stands: the seats that are that allocation's, and
    so off sale again when the hold gives them back. Its standing places are too."""
    of = {hold.id: hold.allocation_id for hold in holds if hold.allocation_id is not None}
    if not of:
        return {}
    rows = await sql_allocations.STANDING.all(tx, list(set(of.values())))
    seats = {row.id: frozenset(row.seat_idxs) for row in rows}
    return {hold_id: seats[home] for hold_id, home in of.items() if home in seats}
