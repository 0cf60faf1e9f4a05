"""The state of an event's inventory at one version, as every map must show it."""

import uuid

import msgspec

from server.inventory import clock, sql
from server.kernel.db import Database, Tx


class State(msgspec.Struct):
    """What changed after `since` (everything, for -1), at `version`.

    `seats`: (seat index, status, version that last changed it), `pools`: (pool index, places
    left, version). Read in one snapshot, so it is exactly the state at `version`.
    """

    version: int
    seats: list[sql.StateRow]
    pools: list[sql.PoolStateRow]


async def read(db: Database, event_id: uuid.UUID, since: int) -> State | None:
    """None where the event has no inventory."""
    async with db.tx(read_only=True) as tx:
        version = await clock.now(tx, event_id, "inventory")
        if version is None:
            return None
        return State(
            version=version,
            # A seat that never changed is available and needs no row here.
            seats=await sql.CHANGED_SEATS.all(tx, event_id, max(since, 0)),
            pools=await sql.CHANGED_POOLS.all(tx, event_id, since),
        )


async def tally(
    tx: Tx, event_id: uuid.UUID, ranges: list[tuple[int, int]]
) -> tuple[dict[int, sql.TallyRow], dict[int, sql.TallyRow]]:
    """Held and sold per range of seats (start, count), and per pool; zero where missing."""
    starts, counts = [start for start, _ in ranges], [count for _, count in ranges]
    seats = await sql.TALLY.all(tx, event_id, starts, counts)
    pools = await sql.POOL_TALLY.all(tx, event_id)
    return {row.idx: row for row in seats}, {row.idx: row for row in pools}
