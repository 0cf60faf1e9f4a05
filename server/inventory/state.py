"""The state of an event's inventory at one version, as every map must show it."""

import uuid

import msgspec

from server.catalog import pinning
from server.inventory import sql, sql_state
from server.inventory.rows import PoolStateRow, ReadClockRow, StateRow, TallyRow
from server.kernel.db import Database, Tx
from server.kernel.tenancy import Across

NOTES_MAX = 500
"""Further behind than so many versions, reading all that changed is no dearer than the journal."""


class State(msgspec.Struct):
    """What changed after `since` (everything, for -1), at `version`.

    `seats`: (seat index, status, version that last changed it), `pools`: (pool index, places
    left, version). Read in one snapshot, so it is exactly the state at `version`. `map_id`: of the
    map that these are places of, since the version `mapped_at_version`.
    """

    version: int
    map_id: uuid.UUID
    mapped_at_version: int
    seats: list[StateRow]
    pools: list[PoolStateRow]


async def read(db: Database, event_id: uuid.UUID, since: int) -> State | None:
    """None where the event has no inventory."""
    async with db.tx(read_only=True, across=Across.FEED) as tx:
        return await read_in(tx, event_id, since)


async def read_in(tx: Tx, event_id: uuid.UUID, since: int) -> State | None:
    """As `read`, in the snapshot of a transaction that reads more."""
    clock = await sql_state.READ_CLOCK.first(tx, event_id, since)
    if clock is None:
        return None
    map_id = await pinning.map_of(tx, event_id)
    assert map_id is not None, "what has inventory is an event"
    return State(
        version=clock.version,
        map_id=map_id,
        mapped_at_version=clock.mapped_at_version,
        seats=await _seats(tx, event_id, since, clock),
        pools=await sql.CHANGED_POOLS.all(tx, event_id, since),
    )


async def _seats(tx: Tx, event_id: uuid.UUID, since: int, clock: ReadClockRow) -> list[StateRow]:
    # A seat that never changed is available and needs no row here.
    since = max(since, 0)
    if clock.noted == clock.version - since <= NOTES_MAX:
        return await sql_state.NOTED_STATES.all(tx, event_id, since, clock.last_leg)
    if clock.last_leg:
        return await sql_state.TRIP_STATES.all(tx, event_id, since)
    return await sql_state.STATES.all(tx, event_id, since)


async def tally(
    tx: Tx, event_id: uuid.UUID, ranges: list[tuple[int, int]]
) -> tuple[dict[int, TallyRow], dict[int, TallyRow]]:
    """Held and sold per range of seats (start, count), and per pool; zero where missing."""
    starts, counts = [start for start, _ in ranges], [count for _, count in ranges]
    seats = await sql_state.TALLY.all(tx, event_id, starts, counts)
    pools = await sql_state.POOL_TALLY.all(tx, event_id)
    return {row.idx: row for row in seats}, {row.idx: row for row in pools}
