"""One transaction's change of one event: one version, one announcement."""

import uuid
from collections.abc import Iterable

from server.inventory import clock, sql
from server.inventory.models import AVAILABLE, InventoryChanged
from server.kernel.db import Tx


class Change:
    """Collects what a transaction does to an event's map and tells it once, at the end.

    Lock seats and pools first: `version` locks the event's clock, which is last in the lock order.
    """

    def __init__(self, tx: Tx, event_id: uuid.UUID) -> None:
        self.tx = tx
        self.event_id = event_id
        self.seats: dict[int, int] = {}
        self._pools: set[uuid.UUID] = set()
        self._version: int | None = None

    async def version(self) -> int:
        """The version this transaction commits as; the same on every call."""
        if self._version is None:
            self._version = await clock.bump(self.tx, self.event_id, "inventory")
        return self._version

    def mark(self, seat_idxs: Iterable[int], status: int) -> None:
        for seat_idx in seat_idxs:
            self.seats[seat_idx] = status

    def touch(self, pool_ids: Iterable[uuid.UUID]) -> None:
        self._pools.update(pool_ids)

    async def free(self, holds: list[sql.HoldRow]) -> None:
        """Give back everything that these holds still hold."""
        hold_ids = [hold.id for hold in holds]
        seat_idxs = sorted({seat for hold in holds for seat in hold.seat_idxs})
        await sql.LOCK_SEATS.all(self.tx, self.event_id, seat_idxs)
        version = await self.version()
        freed = await sql.FREE_SEATS.values(self.tx, self.event_id, seat_idxs, hold_ids, version)
        self.mark(freed, AVAILABLE)
        self.touch(await sql.FREE_CLAIMS.values(self.tx, hold_ids))

    async def finish(self) -> None:
        """Stamp the pools and announce. Does nothing where nothing changed."""
        if self._version is None:
            return
        version = self._version
        pools: list[tuple[int, int]] = []
        if self._pools:
            await sql.STAMP_POOLS.run(self.tx, self.event_id, sorted(self._pools), version)
            changed = await sql.CHANGED_POOLS.all(self.tx, self.event_id, version - 1)
            pools = [(row.pool_idx, row.available) for row in changed]
        self.tx.announce(
            InventoryChanged(
                event_id=self.event_id,
                prev=version - 1,
                version=version,
                seats=sorted(self.seats.items()),
                pools=pools,
            )
        )
