"""The event's version: a counter row per event and stream, contiguous by construction.

Bumped once per transaction, after everything else is locked, and locked until commit: that is
what makes the order of versions the order of commits.
"""

import uuid
from typing import Literal

import msgspec

from server.inventory import sql
from server.inventory.rows import BumpRow, ClockRow
from server.kernel.db import Database, Tx

Stream = Literal["inventory", "scans"]


class ClockMoved(msgspec.Struct, frozen=True):
    """Announced after a commit whose change is to be read from the database."""

    event_id: uuid.UUID
    stream: Stream
    version: int


async def bump(tx: Tx, event_id: uuid.UUID, stream: Stream) -> BumpRow:
    """The version that `tx` commits as. Who changes seats announces what; scans are looked up."""
    bumped = await sql.BUMP.first(tx, event_id, stream)
    assert bumped is not None, "an event that sells has a clock"
    if stream == "scans":
        tx.announce(ClockMoved(event_id, stream, bumped.version))
    return bumped


async def now(tx: Tx, event_id: uuid.UUID, stream: Stream) -> int | None:
    """The version of the last commit that `tx` sees; None for an event without inventory."""
    return await sql.CLOCK.value(tx, event_id, stream)


async def of_events(db: Database, event_ids: list[uuid.UUID]) -> list[ClockRow]:
    """The clocks of these events, for all their streams."""
    async with db.tx(read_only=True) as tx:
        return await sql.CLOCKS.all(tx, event_ids)
