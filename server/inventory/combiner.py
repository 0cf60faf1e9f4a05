"""Hold requests that arrive together for one event are decided together.

One lane per event: while a batch is at the database, the next fills in arrival order and is decided
already, on the assumption that the first succeeds; once it is large enough it is sent after it, and
waits there. Where the first does not succeed, all are decided again. Nobody waits behind a full
queue: past QUEUE_MAX a request is refused with Overloaded. A batch that fails is halved, so that a
request that cannot be written fails alone.
"""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from itertools import islice, repeat
from typing import Any

from server.inventory import verbs
from server.inventory.holds import Answers, Batch, Decision
from server.inventory.mirror import Mirror, Mirrors
from server.inventory.models import Hold, HoldWanted, SeatsTaken
from server.kernel import context
from server.kernel.db import Database, Tx
from server.kernel.errors import DatabaseUnavailable, DomainError, Overloaded
from server.kernel.failpoint import failpoint

BATCH_MAX = 512
BATCH_WHOLE = 32
"""So many go together; of more, half stay behind to be decided while the others are written."""
IN_FLIGHT_MAX = 2
FOLLOWERS_MIN = 128
"""So many are sent while others are on their way; fewer wait until there are more, or nobody is."""
QUEUE_MAX = 2_048
LOOK_AGAIN_S = 0.2
LOOK_AGAIN_MAX_S = 1.5
"""How long a batch whose outcome is unknown waits for the database to come back."""

_Waiting = tuple[HoldWanted, "asyncio.Future[Decision]"]
_Decided = tuple[list[_Waiting], Answers | Exception]


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
            lane = self._lanes[event_id] = _Lane(self.mirrors.of(event_id), self._send)
            self._keep(self._serve(lane))
        if len(lane.queue) >= QUEUE_MAX:
            raise Overloaded("too many buyers at this moment: try again", retry_after_s=1)
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        lane.queue.append((wanted, future))
        lane.move_soon()
        decision = await future
        if isinstance(decision, DomainError):
            raise decision
        return decision

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _serve(self, lane: "_Lane") -> None:
        async with self._db.staying(lane.mirror.event_id):
            while lane.is_busy:
                await lane.over()
            # No await between the last look at the queue and here, so no request is left behind.
            del self._lanes[lane.mirror.event_id]
        self.mirrors.drop_some(self._lanes)

    def _send(self, lane: "_Lane", flight: "_Flight") -> None:
        self._keep(self._fly(lane, flight))

    async def _fly(self, lane: "_Lane", flight: "_Flight") -> None:
        context.act_for(flight.waiting[0][0].org_id)
        decided: list[_Decided] = []
        try:
            decided = await self._run(lane, flight, flight.waiting, flight.batch)
        finally:
            lane.land(flight)
            # What is next is sent first: the database has nothing to do meanwhile.
            asyncio.get_running_loop().call_soon(self._answer_all, decided)

    async def _run(
        self, lane: "_Lane", flight: "_Flight", waiting: list[_Waiting], batch: Batch
    ) -> list[_Decided]:
        self.batches += 1
        self.requests += len(waiting)
        mirror = lane.mirror
        try:
            answers = await self._decided(lane, flight, batch)
            failpoint("hold.committed")
        except (DatabaseUnavailable, Overloaded) as error:
            return [(waiting, error)]
        except Exception as error:
            mirror.forget()
            if len(waiting) == 1:
                return [(waiting, error)]
            half = len(waiting) // 2
            return [
                decided
                for part in (waiting[:half], waiting[half:])
                for decided in await self._run(
                    lane, flight, part, Batch(mirror, [wanted for wanted, _ in part])
                )
            ]
        return [(waiting, answers)]

    def _answer_all(self, decided: list[_Decided]) -> None:
        for waiting, answers in decided:
            decisions: Iterable[Decision | Exception]
            try:
                decisions = repeat(answers) if isinstance(answers, Exception) else answers()
            except Exception as error:
                decisions = repeat(error)
            for (_, future), decision in zip(waiting, decisions, strict=False):
                self.refusals += isinstance(decision, SeatsTaken)
                _answer(future, decision)

    async def _decided(self, lane: "_Lane", flight: "_Flight", batch: Batch) -> Answers:
        """Raises DatabaseUnavailable where the database stays away: then nobody knows."""
        mirror, started = lane.mirror, time.monotonic()
        while True:
            try:
                answers = await self._db.exclusive(
                    mirror.event_id, batch.in_turn, partial(lane.at_once, flight, batch)
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


class _Flight:
    """A batch on its way to being written; `is_sent`: it is decided, and at the database."""

    __slots__ = ("batch", "ids", "is_sent", "waiting")

    def __init__(self, batch: Batch, ids: set[int], waiting: list[_Waiting]) -> None:
        self.batch, self.ids, self.waiting = batch, ids, waiting
        self.is_sent = False


class _Lane:
    """Who waits for one event, the batches on their way, and the one that those at the front will
    be."""

    def __init__(self, mirror: Mirror, send: Callable[["_Lane", _Flight], None]) -> None:
        self.mirror = mirror
        self.queue: deque[_Waiting] = deque()
        self._send = send
        self._ids: set[int] = set()  # of all that are decided or on their way
        self._in_flight: list[_Flight] = []
        self._over: asyncio.Future[None] | None = None
        self._is_moving = False
        self._begin_next()

    def _begin_next(self) -> None:
        self._ahead = Batch(self.mirror)
        self._ahead_ids: set[int] = set()  # a UUID's own hash is computed anew each time
        self._has_pools = False

    @property
    def is_busy(self) -> bool:
        return bool(self.queue or self._in_flight)

    async def over(self) -> None:
        """Until nobody waits any more."""
        self._over = asyncio.get_running_loop().create_future()
        await self._over

    async def at_once(self, flight: _Flight, batch: Batch, tx: Tx) -> Answers | None:
        flight.is_sent = True
        self.move_soon()
        try:
            return await batch.at_once(tx)
        finally:
            flight.is_sent = False

    def land(self, flight: _Flight) -> None:
        self._in_flight.remove(flight)
        self._ids -= flight.ids
        self._move()
        if not self.is_busy and self._over is not None and not self._over.done():
            self._over.set_result(None)

    def move_soon(self) -> None:
        """Once the loop has sent what it has to send."""
        if not self._is_moving:
            self._is_moving = True
            asyncio.get_running_loop().call_soon(self._move)

    def _move(self) -> None:
        """Send what may go, and decide ahead what may not yet."""
        self._is_moving = False
        while self.queue and (not self._in_flight or self._in_flight[-1].is_sent):
            if self._in_flight:
                self._fill(BATCH_MAX)
                if not self._may_follow():
                    self._ahead.look_ahead()
                    return
            elif not self._ahead.requests:
                self._fill(min(BATCH_MAX, max(BATCH_WHOLE, (len(self.queue) + 1) // 2)))
            self._go()

    def _may_follow(self) -> bool:
        """Standing places are counted when those before are."""
        return (
            len(self._in_flight) < IN_FLIGHT_MAX
            and len(self._ahead.requests) >= FOLLOWERS_MIN
            and not self._has_pools
        )

    def _go(self) -> None:
        waiting = [self.queue.popleft() for _ in self._ahead.requests]
        flight = _Flight(self._ahead, self._ahead_ids, waiting)
        self._begin_next()
        self._in_flight.append(flight)
        self._send(self, flight)

    def _fill(self, size: int) -> None:
        """Up to a repeated key: that one finds the answer of the first."""
        requests, ids, known = self._ahead.requests, self._ahead_ids, self._ids
        for wanted, _ in islice(self.queue, len(requests), size):
            key = wanted.hold_id.int
            if key in known:
                break
            known.add(key)
            ids.add(key)
            requests.append(wanted)
            if wanted.selection.pools:
                self._has_pools = True


def _answer(future: "asyncio.Future[Any]", answer: Decision | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception) and not isinstance(answer, DomainError):
        future.set_exception(answer)
    else:
        future.set_result(answer)
