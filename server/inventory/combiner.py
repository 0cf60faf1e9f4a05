"""Hold requests that arrive together for one event are decided together.

One lane per event: what arrived while the last batch was in flight is the next batch, in arrival
order, up to BATCH_MAX. Nobody waits behind a full queue: past QUEUE_MAX a request is refused with
Overloaded. A batch that fails is halved, so that a request that cannot be written fails alone.
"""

import asyncio
import uuid
from collections import deque

from server.inventory.holds import Decision, decide
from server.inventory.mirror import Mirrors
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
        self._queues: dict[uuid.UUID, deque[_Waiting]] = {}
        self._lanes: set[asyncio.Task[None]] = set()
        self.batches = 0
        self.requests = 0
        self.refusals = 0

    async def submit(self, event_id: uuid.UUID, wanted: HoldWanted) -> Hold:
        """The hold, or raises why not: SeatsTaken, Overloaded, DatabaseUnavailable."""
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
            batch = [queue.popleft() for _ in range(min(len(queue), BATCH_MAX))]
            await self._run(event_id, batch)
        # No await between the last look at the queue and here, so no request is left behind.
        del self._queues[event_id]

    async def _run(self, event_id: uuid.UUID, batch: list[_Waiting]) -> None:
        if not batch:
            return
        requests = [wanted for wanted, _ in batch]
        self.batches += 1
        self.requests += len(batch)
        try:
            decisions = await self._db.exclusive(
                event_id, lambda tx: decide(tx, event_id, requests, self.mirrors)
            )
            failpoint("hold.committed")
        except (DatabaseUnavailable, Overloaded) as error:
            for _, future in batch:
                _answer(future, error)
        except Exception as error:
            if len(batch) == 1:
                _answer(batch[0][1], error)
                return
            half = len(batch) // 2
            await self._run(event_id, batch[:half])
            await self._run(event_id, batch[half:])
        else:
            for (_, future), decision in zip(batch, decisions, strict=True):
                self.refusals += isinstance(decision, SeatsTaken)
                _answer(future, decision)


def _answer(future: "asyncio.Future[Decision]", answer: Decision | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
