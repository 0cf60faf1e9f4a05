"""Hold requests that arrive together for one event are decided together.

One lane per event: while one batch is at the database, the next fills in arrival order and is
decided already, on the assumption that the first succeeds; where it does not, both are decided
again. Nobody waits behind a full queue: past QUEUE_MAX a request is refused with Overloaded. A
batch that fails is halved, so that a request that cannot be written fails alone.
"""

import asyncio
import time
import uuid
from collections import deque
from functools import partial
from itertools import islice
from typing import Any

from server.inventory import verbs
from server.inventory.holds import Answers, Batch, Decision
from server.inventory.mirror import Mirror, Mirrors
from server.inventory.models import Hold, HoldWanted, SeatsTaken
from server.kernel.db import Database, Tx
from server.kernel.errors import DatabaseUnavailable, DomainError, Overloaded
from server.kernel.failpoint import failpoint

BATCH_MAX = 512
BATCH_WHOLE = 32
"""So many go together; of more, half stay behind to be decided while the others are written."""
QUEUE_MAX = 2_048
LOOK_AGAIN_S = 0.2
LOOK_AGAIN_MAX_S = 1.5
"""How long a batch whose outcome is unknown waits for the database to come back."""

_Waiting = tuple[HoldWanted, "asyncio.Future[Decision]"]


class Combiner:
    def __init__(self, db: Database) -> None:
        self._db = db
        self.mirrors = Mirrors()
        db.listeners.append(self.mirrors.hear)
        self._lanes: dict[uuid.UUID, _Lane] = {}
        self._running: set[asyncio.Task[None]] = set()
        self.batches = 0
        self.requests = 0
        self.refusals = 0

    async def submit(self, event_id: uuid.UUID, wanted: HoldWanted) -> Hold:
        """The hold, or raises why not: SeatsTaken, NotTogether, Overloaded, and others."""
        lane = self._lanes.get(event_id)
        if lane is None:
            lane = self._lanes[event_id] = _Lane(self.mirrors.of(event_id))
            running = asyncio.create_task(self._drain(lane))
            self._running.add(running)
            running.add_done_callback(self._running.discard)
        if len(lane.queue) >= QUEUE_MAX:
            raise Overloaded("too many buyers at this moment: try again", retry_after_s=1)
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        lane.queue.append((wanted, future))
        lane.look_ahead_soon()
        decision = await future
        if isinstance(decision, DomainError):
            raise decision
        return decision

    async def _drain(self, lane: "_Lane") -> None:
        async with self._db.staying(lane.mirror.event_id):
            while lane.queue:
                await self._run(lane, *lane.take())
            # No await between the last look at the queue and here, so no request is left behind.
            del self._lanes[lane.mirror.event_id]
        self.mirrors.drop_some(self._lanes)

    async def _run(self, lane: "_Lane", waiting: list[_Waiting], batch: Batch) -> None:
        self.batches += 1
        self.requests += len(waiting)
        mirror = lane.mirror
        try:
            answers = await self._decided(lane, batch)
            failpoint("hold.committed")
        except (DatabaseUnavailable, Overloaded) as error:
            for _, future in waiting:
                _answer(future, error)
        except Exception as error:
            mirror.forget()
            if len(waiting) == 1:
                _answer(waiting[0][1], error)
                return
            half = len(waiting) // 2
            for part in (waiting[:half], waiting[half:]):
                await self._run(lane, part, Batch(mirror, [wanted for wanted, _ in part]))
        else:
            # The next batch is sent first: the database has nothing to do meanwhile.
            asyncio.get_running_loop().call_soon(self._answer_all, waiting, answers)

    def _answer_all(self, waiting: list[_Waiting], answers: Answers) -> None:
        try:
            decisions: list[Decision | Exception] = [*answers()]
        except Exception as error:
            decisions = [error] * len(waiting)
        for (_, future), decision in zip(waiting, decisions, strict=True):
            self.refusals += isinstance(decision, SeatsTaken)
            _answer(future, decision)

    async def _decided(self, lane: "_Lane", batch: Batch) -> Answers:
        """Raises DatabaseUnavailable where the database stays away: then nobody knows."""
        mirror, started = lane.mirror, time.monotonic()
        while True:
            try:
                answers = await self._db.exclusive(
                    mirror.event_id, batch.in_turn, partial(lane.at_once, batch)
                )
            except Overloaded:
                mirror.forget()
                raise
            except DatabaseUnavailable:
                mirror.forget()
                if time.monotonic() - started > LOOK_AGAIN_MAX_S:
                    raise
                # Whether it was written is unknown, and is found out by the holds' ids.
                batch.is_unsure = True
                await asyncio.sleep(LOOK_AGAIN_S)
            else:
                if answers is not None:
                    return answers
                # What has ended by the database's clock is free, whether or not the sweeper ran.
                await self._expire(mirror)

    async def _expire(self, mirror: Mirror) -> None:
        while await verbs.sweep(self._db, mirror.event_id) == verbs.SWEEP_MAX:
            pass
        mirror.due_at = None  # until the database says when the next one ends


class _Lane:
    """Who waits for one event, and the batch that those at the front will be."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.queue: deque[_Waiting] = deque()
        self._ahead = Batch(mirror)
        self._ahead_ids: set[int] = set()  # a UUID's own hash is computed anew each time
        self._is_looking = False
        self._is_writing = False

    async def at_once(self, batch: Batch, tx: Tx) -> Answers | None:
        self._is_writing = True
        self.look_ahead_soon()
        try:
            return await batch.at_once(tx)
        finally:
            self._is_writing = False

    def look_ahead_soon(self) -> None:
        """Once the loop has sent what it has to send; and only while a batch that is decided is
        being written, since nothing is to be decided before those that came before it."""
        if self._is_writing and not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_soon(self._look_ahead)

    def _look_ahead(self) -> None:
        self._is_looking = False
        if self.queue and self._is_writing:
            self._fill(BATCH_MAX)
            self._ahead.look_ahead()

    def _fill(self, size: int) -> None:
        """Up to a repeated key: that one finds the answer of the first."""
        requests = self._ahead.requests
        for wanted, _ in islice(self.queue, len(requests), size):
            if wanted.hold_id.int in self._ahead_ids:
                break
            self._ahead_ids.add(wanted.hold_id.int)
            requests.append(wanted)

    def take(self) -> tuple[list[_Waiting], Batch]:
        """Those at the front, who go now."""
        if not self._ahead.requests:
            waiting = len(self.queue)
            self._fill(min(BATCH_MAX, max(BATCH_WHOLE, (waiting + 1) // 2)))
        batch, self._ahead, self._ahead_ids = self._ahead, Batch(self.mirror), set()
        return [self.queue.popleft() for _ in batch.requests], batch


def _answer(future: "asyncio.Future[Any]", answer: Decision | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception) and not isinstance(answer, DomainError):
        future.set_exception(answer)
    else:
        future.set_result(answer)
