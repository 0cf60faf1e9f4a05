"""The state of an event's inventory at one version, as every map must show it."""

import uuid

import msgspec

from server.inventory import sql
from server.kernel.db import Database


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
        version = await sql.CLOCK.value(tx, event_id, "inventory")
        if version is None:
            return None
        return State(
            version=version,
            seats=await sql.CHANGED_SEATS.all(tx, event_id, since),
            pools=await sql.CHANGED_POOLS.all(tx, event_id, since),
        )


async def versions(db: Database, event_ids: list[uuid.UUID]) -> list[sql.ClockRow]:
    """The clocks of these events, for all their streams."""
    async with db.tx(read_only=True) as tx:
        return await sql.CLOCKS.all(tx, event_ids)
