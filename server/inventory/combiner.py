"""Hold requests that arrive together for one event are decided together.

One lane per event: what arrived while the last batch was in flight is the next batch, in arrival
order, up to BATCH_MAX. Nobody waits behind a full queue: past QUEUE_MAX a request is refused with
Overloaded. A batch that fails is halved, so that a request that cannot be written fails alone.
"""

import asyncio
import uuid
from collections import deque
from typing import Any

from server.inventory import verbs
from server.inventory.holds import Batch, Decision
from server.inventory.mirror import Mirror, Mirrors
from server.inventory.models import Hold, HoldWanted, SeatsTaken
from server.kernel.db import Database
from server.kernel.errors import DatabaseUnavailable, DomainError, Overloaded
from server.kernel.failpoint import failpoint

BATCH_MAX = 256
QUEUE_MAX = 2_048

_Waiting = tuple[HoldWanted, "asyncio.Future[Decision]"]


class Combiner:
    def __init__(self, db: Database) -> None:
        self._db = db
        self.mirrors = Mirrors()
        db.listeners.append(self.mirrors.hear)
        self._queues: dict[uuid.UUID, deque[_Waiting]] = {}
        self._lanes: set[asyncio.Task[None]] = set()
        self.batches = 0
        self.requests = 0
        self.refusals = 0

    async def submit(self, event_id: uuid.UUID, wanted: HoldWanted) -> Hold:
        """The hold, or raises why not: SeatsTaken, NotTogether, Overloaded, and others."""
        queue = self._queues.get(event_id)
        if queue is None:
            queue = self._queues[event_id] = deque()
            lane = asyncio.create_task(self._drain(event_id, queue))
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        if len(queue) >= QUEUE_MAX:
            raise Overloaded("too many buyers at this moment: try again", retry_after_s=1)
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        queue.append((wanted, future))
        decision = await future
        if isinstance(decision, DomainError):
            raise decision
        return decision

    async def _drain(self, event_id: uuid.UUID, queue: deque[_Waiting]) -> None:
        while queue:
            await self._run(event_id, _next(queue))
        # No await between the last look at the queue and here, so no request is left behind.
        del self._queues[event_id]

    async def _expire(self, mirror: Mirror) -> None:
        while await verbs.sweep(self._db, mirror.event_id) == verbs.SWEEP_MAX:
            pass
        mirror.due_at = None  # until the database says when the next one ends

    async def _run(self, event_id: uuid.UUID, waiting: list[_Waiting]) -> None:
        if not waiting:
            return
        self.batches += 1
        self.requests += len(waiting)
        mirror = self.mirrors.of(event_id)
        batch = Batch(event_id, [wanted for wanted, _ in waiting], mirror)
        try:
            while (
                decisions := await self._db.exclusive(event_id, batch.in_turn, batch.at_once)
            ) is None:
                # What has ended by the database's clock is free, whether or not the sweeper ran.
                await self._expire(mirror)
            failpoint("hold.committed")
        except (DatabaseUnavailable, Overloaded) as error:
            mirror.forget()
            for _, future in waiting:
                _answer(future, error)
        except Exception as error:
            mirror.forget()
            if len(waiting) == 1:
                _answer(waiting[0][1], error)
                return
            half = len(waiting) // 2
            await self._run(event_id, waiting[:half])
            await self._run(event_id, waiting[half:])
        else:
            for (_, future), decision in zip(waiting, decisions, strict=True):
                self.refusals += isinstance(decision, SeatsTaken)
                _answer(future, decision)


def _next(queue: deque[_Waiting]) -> list[_Waiting]:
    """The first that wait, up to a repeated key: that one finds the answer of the first."""
    batch: list[_Waiting] = []
    ids: set[uuid.UUID] = set()
    while queue and len(batch) < BATCH_MAX and queue[0][0].hold_id not in ids:
        batch.append(queue.popleft())
        ids.add(batch[-1][0].hold_id)
    return batch


def _answer(future: "asyncio.Future[Any]", answer: Decision | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception) and not isinstance(answer, DomainError):
        future.set_exception(answer)
    else:
        future.set_result(answer)
