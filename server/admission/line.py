"""The line before a waiting room: who asks at the same moment gets their numbers together.

A counter row gives numbers in the order of commits, so each event's are given by one transaction
after another. A crowd of fifty thousand would wait long if each took one of their own: those who
came while one is under way go with the next, in the order they came.
"""

import asyncio
import uuid

from server.admission import room, sql
from server.admission.models import Turn, WaitingRoomOff
from server.kernel.db import Database
from server.kernel.errors import Overloaded
from server.kernel.failpoint import failpoint

BATCH_MAX = 1_000
ASKING_MAX = 10_000
"""Of one event in one process; past it one is told to ask again."""

_Asking = tuple[uuid.UUID, "asyncio.Future[Turn]"]


class Line:
    """Of every event, in this process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._asking: dict[uuid.UUID, list[_Asking]] = {}
        self._giving: set[asyncio.Task[None]] = set()

    async def join(self, event_id: uuid.UUID, buyer_id: uuid.UUID) -> Turn:
        """Raises WaitingRoomOff, Overloaded, DatabaseUnavailable."""
        asking = self._asking.get(event_id)
        if asking is None:
            asking = self._asking[event_id] = []
            giving = asyncio.create_task(self._give_all(event_id, asking))
            self._giving.add(giving)
            giving.add_done_callback(self._giving.discard)
        if len(asking) >= ASKING_MAX:
            raise Overloaded("very many are coming at this moment: try again", retry_after_s=2)
        future: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        asking.append((buyer_id, future))
        return await future

    async def _give_all(self, event_id: uuid.UUID, asking: list[_Asking]) -> None:
        while asking:
            batch = asking[:BATCH_MAX]
            del asking[:BATCH_MAX]
            try:
                turns = await self._give(event_id, [buyer_id for buyer_id, _ in batch])
            except Exception as error:
                _tell(batch, error)
            else:
                for buyer_id, future in batch:
                    if not future.done():
                        future.set_result(turns[buyer_id])
        # No await between the last look and here, so nobody is left behind.
        del self._asking[event_id]

    async def _give(self, event_id: uuid.UUID, buyer_ids: list[uuid.UUID]) -> dict[uuid.UUID, Turn]:
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
        return {turn.buyer_id: room.turn(row, turn) for turn in found}


def _tell(batch: list[_Asking], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
