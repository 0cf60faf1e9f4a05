"""The hold engine in this process: many buyers at one Combiner."""

import asyncio
import gc
import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from loadtests.bench.figures import HOT_SEATS, Sample, percentile_ms
from loadtests.bench.house import HOLD_TTL_S, ORG_ID, Event
from loadtests.bench.machine import cpu_s, tree_cpu_s
from loadtests.bench.stage import Stage
from realtime.garbage import settle
from server.inventory.combiner import Combiner
from server.inventory.models import HoldWanted, PoolWish, SeatsTaken, Selection
from server.kernel import idempotency
from server.kernel.context import Context
from server.kernel.db import Database
from server.kernel.errors import DatabaseUnavailable, DomainError

HOT_ATTEMPTS_PER_S_MAX = 150_000
POOL_ATTEMPTS_PER_S_MAX = 60_000
SOLD_OUT_MAX_S = 30.0
WARM_POOL, SOLD_OUT_POOL = 0, 1
WARM_UP, WARM_UP_S = 64, 5.0
"""Holds before a measurement begins, and how long they may take."""
_CONTEXT = Context(request_id="0" * 16, trace_id="0" * 32, actor="buyer:bench")


def wanted(event: Event, selection: Selection) -> HoldWanted:
    """One buyer's request, as a route makes it: the one place here that knows its fields."""
    buyer_id = uuid.uuid4()
    key = idempotency.key_of(str(buyer_id), ORG_ID, str(event.id), b"")
    assert key is not None
    return HoldWanted(
        hold_id=key.id,
        org_id=ORG_ID,
        buyer_id=buyer_id,
        ttl_s=HOLD_TTL_S,
        selection=selection,
        context=_CONTEXT,
        key=key,
    )


def seats_of(event: Event, seats: Sequence[int]) -> list[HoldWanted]:
    return [wanted(event, Selection(seats=[seat])) for seat in seats]


def places_of(event: Event, pool_id: uuid.UUID, count: int) -> list[HoldWanted]:
    return [wanted(event, Selection(pools=[PoolWish(pool_id, 1)])) for _ in range(count)]


class _Crowd:
    """Buyers who take the next request each, until there is none or the time is up."""

    def __init__(self, combiner: Combiner, event: Event, requests: Iterator[HoldWanted]) -> None:
        self._combiner, self._event, self._requests = combiner, event, requests
        self.held: list[uuid.UUID] = []
        self.refused = 0
        self.unnamed = 0
        self.faults: Counter[str] = Counter()
        self.times: list[float] = []

    async def buy(self, buyers: int, seconds: float) -> float:
        """Returns how long it took, seconds."""
        started = time.perf_counter()
        until = started + seconds
        async with asyncio.TaskGroup() as tasks:
            for _ in range(buyers):
                tasks.create_task(self._buyer(until))
        return time.perf_counter() - started

    async def _buyer(self, until: float) -> None:
        clock, submit, event_id = time.perf_counter, self._combiner.submit, self._event.id
        for request in self._requests:
            asked = clock()
            if asked >= until:
                return
            try:
                hold = await submit(event_id, request)
            except SeatsTaken as refusal:
                self.refused += 1
                pools = [shortage.pool_id for shortage in refusal.pools]
                selection = request.selection
                named = refusal.seats or pools
                self.unnamed += named != (selection.seats or [selection.pools[0].pool_id])
            except DomainError as error:
                self.faults[type(error).__name__] += 1
            else:
                self.held.append(hold.id)
            self.times.append(clock() - asked)


class Engine:
    """A combiner on a pool of connections, as a web process has it."""

    def __init__(self, stage: Stage, db: Database) -> None:
        self._stage, self._db = stage, db
        self._combiner = Combiner(db)

    async def uniform(self, buyers: int, seconds: float) -> Sample:
        """Every seat of the house at most once, in random order."""
        count = self._stage.house.seat_count
        picks = random.sample(range(count), count)
        return await self._seats(picks[:WARM_UP], picks[WARM_UP:], buyers, seconds)

    async def hot(self, buyers: int, seconds: float) -> Sample:
        """Everybody wants one of the same 200 seats: 200 get one, all others a refusal."""
        first = self._stage.house.seat_count // 2
        block = range(first, first + HOT_SEATS)
        picks = [*block, *random.choices(block, k=int(HOT_ATTEMPTS_PER_S_MAX * seconds))]
        sample = await self._seats(range(WARM_UP), picks, buyers, seconds)
        # The first picks are the block itself, each seat once.
        wanted_once = min(HOT_SEATS, sample.done + sample.refused)
        self._stage.laws.hot_seats_amiss += abs(sample.done - wanted_once)
        return sample

    async def once(self) -> None:
        """One hold of a seat."""
        event = self._stage.house
        await self._crowd(event, seats_of(event, [0])).buy(1, WARM_UP_S)

    async def once_standing(self) -> None:
        """One hold of a standing place."""
        event = self._stage.floor
        await self._crowd(event, places_of(event, event.pool_ids[WARM_POOL], 1)).buy(1, WARM_UP_S)

    async def pool(self, at: int, buyers: int, seconds: float) -> Sample:
        """Places of the standing area `at`, one each; it does not run out."""
        return await self._places(at, buyers, seconds, int(POOL_ATTEMPTS_PER_S_MAX * seconds))

    async def sell_out(self, buyers: int, attempts: int) -> Sample:
        """More attempts than the small standing area has places."""
        sample = await self._places(SOLD_OUT_POOL, buyers, SOLD_OUT_MAX_S, attempts)
        self._stage.laws.pool_of_500_held = sample.done
        return sample

    async def _places(self, at: int, buyers: int, seconds: float, attempts: int) -> Sample:
        event = self._stage.floor
        await self._warm(event, places_of(event, event.pool_ids[WARM_POOL], WARM_UP))
        crowd = self._crowd(event, places_of(event, event.pool_ids[at], attempts))
        sample = await self._measure(crowd, buyers, seconds)
        await self._stage.judge_pool(event.pool_ids[at], crowd.held)
        return sample

    async def _seats(
        self, warm: Sequence[int], picks: Sequence[int], buyers: int, seconds: float
    ) -> Sample:
        """`warm`: seats that are held before, so that nobody can have them."""
        event, stage = self._stage.house, self._stage
        await self._warm(event, seats_of(event, warm))
        crowd = self._crowd(event, seats_of(event, picks))
        sample = await self._measure(crowd, buyers, seconds)
        await stage.judge(event, sample.done, crowd.held)
        await stage.give_back(event)
        return sample

    async def _warm(self, event: Event, requests: Iterable[HoldWanted]) -> None:
        """Connections are open, statements known and what the engine remembers is up to date."""
        await self._crowd(event, requests).buy(WARM_UP, WARM_UP_S)

    def _crowd(self, event: Event, requests: Iterable[HoldWanted]) -> _Crowd:
        return _Crowd(self._combiner, event, iter(requests))

    async def _measure(self, crowd: _Crowd, buyers: int, seconds: float) -> Sample:
        settle()  # as a web process is once it has started
        postgres = self._stage.postgres.pid
        before = cpu_s(os.getpid()), tree_cpu_s(postgres)
        elapsed = await crowd.buy(buyers, seconds)
        after = cpu_s(os.getpid()), tree_cpu_s(postgres)
        gc.unfreeze()
        attempts = max(1, len(crowd.times))
        self._stage.laws.refusals_unnamed += crowd.unnamed
        self._stage.laws.serialization_failures_told += crowd.faults[DatabaseUnavailable.__name__]
        return Sample(
            per_s=(len(crowd.held) + crowd.refused) / elapsed,
            done=len(crowd.held),
            refused=crowd.refused,
            p50_ms=percentile_ms(crowd.times, 0.5),
            p99_ms=percentile_ms(crowd.times, 0.99),
            faults=dict(crowd.faults),
            cpu_us={
                "engine": (after[0] - before[0]) / attempts * 1e6,
                "postgres": (after[1] - before[1]) / attempts * 1e6,
            },
        )
