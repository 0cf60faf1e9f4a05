"""How the live feed is doing in all processes together: for the organizer's health panel.

Each process tells Redis every two seconds what it counted in the last minute, and who asks adds
up what is there. Nothing else depends on it. `/metrics` has the same figures, process by process.
"""

import asyncio
import os
import socket
import uuid
from collections import Counter, deque
from contextlib import suppress
from operator import add, sub
from typing import Self

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from realtime.hub import Hub
from realtime.metrics import quantile_ms
from realtime.tasks import end
from server.live.names import split

KEY = "fullhouse:live-health"
TELL_INTERVAL_S = 2.0
WINDOW_S = 60.0
FORGET_AFTER_S = 15
"""By Redis' clock: a process that told nothing for so long is gone."""
REDIS_TIMEOUT_S = 0.5

_COUNTED = (
    "deliveries", "conflations", "resyncs", "snapshot_hits", "snapshot_misses",
)  # fmt: skip


class LiveHealth(msgspec.Struct):
    """`screens`: streams of this event now; all else is of the whole deployment: `connections`
    now, and since `window_s` ago what was delivered. `lag_p50_ms`, `lag_p99_ms`: from the
    publication of a change, right after its commit, until it was written to the last socket that
    took it; rounded up, null while nothing changed. `degraded`: some process cannot hear of
    changes at once. `complete`: false while only the process that answers is known."""

    screens: int
    connections: int
    processes: int
    degraded: bool
    complete: bool
    window_s: float
    deliveries: int
    conflations: int
    resyncs: int
    snapshot_hits: int
    snapshot_misses: int
    lag_p50_ms: int | None
    lag_p99_ms: int | None


class _Told(msgspec.Struct, array_like=True):
    """Of one process. `counts`: as _COUNTED; `lags`: per bucket of realtime.metrics; both of the
    last minute. `screens`: by event."""

    at_s: int
    degraded: bool
    counts: list[int]
    lags: list[int]
    screens: dict[str, int]


class Health:
    """Use as `async with`: tells while it is open."""

    def __init__(self, redis: Redis, hub: Hub) -> None:
        self._redis, self._hub = redis, hub
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._past: deque[tuple[list[int], list[int]]] = deque(
            [self._totals()], maxlen=1 + round(WINDOW_S / TELL_INTERVAL_S)
        )
        self._telling: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._telling = asyncio.create_task(self._tell_forever())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._telling is not None
        await end(self._telling)
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                await self._redis.hdel(KEY, self._name)

    async def of(self, event_id: uuid.UUID) -> LiveHealth:
        """Of one event's screens, and of everything that carries them."""
        told, complete = {}, True
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                told = await self._others()
        except (RedisError, OSError, TimeoutError):
            complete = False
        told[self._name] = self._own(0)
        counts, lags = [0] * len(_COUNTED), [0] * len(self._hub.metrics.lag_counts)
        for process in told.values():
            counts = list(map(add, counts, process.counts))
            lags = list(map(add, lags, process.lags))
        return LiveHealth(
            screens=sum(process.screens.get(str(event_id), 0) for process in told.values()),
            connections=sum(sum(process.screens.values()) for process in told.values()),
            processes=len(told),
            degraded=any(process.degraded for process in told.values()),
            complete=complete,
            window_s=WINDOW_S,
            **dict(zip(_COUNTED, counts, strict=True)),
            lag_p50_ms=quantile_ms(lags, 0.5),
            lag_p99_ms=quantile_ms(lags, 0.99),
        )

    async def _others(self) -> dict[str, _Told]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.time()
            pipeline.hgetall(KEY)
            (now_s, _), rows = await pipeline.execute()
        told: dict[str, _Told] = {}
        gone: list[bytes] = []
        for name, row in rows.items():
            process = self._read(row)
            if process is None:
                continue
            if now_s - process.at_s > FORGET_AFTER_S:
                gone.append(name)
            else:
                told[name.decode()] = process
        if gone:
            await self._redis.hdel(KEY, *gone)
        return told

    def _read(self, row: bytes) -> _Told | None:
        """None for what a process of another version told: it or we shall be gone soon."""
        try:
            told = msgspec.msgpack.decode(row, type=_Told)
        except msgspec.DecodeError:
            return None
        counts, lags = self._past[0]
        fits = (len(told.counts), len(told.lags)) == (len(counts), len(lags))
        return told if fits else None

    async def _tell_forever(self) -> None:
        while True:
            await asyncio.sleep(TELL_INTERVAL_S)
            self._past.append(self._totals())
            with suppress(RedisError, OSError, TimeoutError):  # who announces changes says so
                async with asyncio.timeout(REDIS_TIMEOUT_S):
                    at_s, _ = await self._redis.time()
                    own = msgspec.msgpack.encode(self._own(at_s))
                    await self._redis.hset(KEY, self._name, own)

    def _own(self, at_s: int) -> _Told:
        counts, lags = self._totals()
        counts_before, lags_before = self._past[0]
        screens: Counter[str] = Counter()
        for channel, readers in self._hub.followed().items():
            screens[str(split(channel)[0])] += readers
        return _Told(
            at_s,
            self._hub.degraded,
            list(map(sub, counts, counts_before)),
            list(map(sub, lags, lags_before)),
            dict(screens),
        )

    def _totals(self) -> tuple[list[int], list[int]]:
        metrics = self._hub.metrics
        return [getattr(metrics, name) for name in _COUNTED], list(metrics.lag_counts)
