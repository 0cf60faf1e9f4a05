"""The line before a waiting room: who asks at the same moment gets their numbers together.

A counter row gives numbers in the order of commits, so each event's are given by one transaction
after another. A crowd of fifty thousand would wait long if each took one of their own.
"""

import uuid

from server.admission import room, sql
from server.admission.models import Turn, WaitingRoomOff
from server.kernel.batches import Batches
from server.kernel.db import Database
from server.kernel.failpoint import failpoint

BATCH_MAX = 1_000
ASKING_MAX = 10_000
"""Of one event in one process; past it one is told to ask again."""


class Line:
    """Of every event, in this process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._asking = Batches(self._give, batch_max=BATCH_MAX, waiting_max=ASKING_MAX)

    async def join(self, event_id: uuid.UUID, buyer_id: uuid.UUID) -> Turn:
        """Raises WaitingRoomOff, Overloaded, DatabaseUnavailable."""
        return await self._asking.join(event_id, buyer_id)

    async def _give(self, event_id: uuid.UUID, buyer_ids: list[uuid.UUID]) -> list[Turn]:
        async with self._db.tx() as tx:
            row = await sql.LOCK_ROOM.first(tx, event_id)
            if row is None or not row.is_on:
                raise WaitingRoomOff("nobody waits for this event: choose your places")
            came = await sql.JOIN.run(tx, event_id, row.org_id, buyer_ids, row.joined)
            if came:
                row.joined += came
                await sql.JOINED.run(tx, event_id, row.joined)
            await room.let_in(tx, row)
            found = await sql.TURNS.all(tx, event_id, buyer_ids)
        failpoint("admission.joined")
        turns = {turn.buyer_id: room.turn(row, turn) for turn in found}
        return [turns[buyer_id] for buyer_id in buyer_ids]
