"""The other peer: standing places as they are usually written, one SERIALIZABLE transaction each.

Count what is claimed, insert a claim, commit, and begin again on a serialization failure. Every
buyer has a connection with prepared statements. Its claims are narrow rows of a table of its own,
without hold and outbox: it writes less than the engine does.
"""

import asyncio
import time
import uuid
from typing import Any

import asyncpg

from loadtests.bench.figures import Sample, percentile_ms
from loadtests.bench.stage import BIG, Stage

TABLES = """
    CREATE SCHEMA naive;
    CREATE TABLE naive.pools (id uuid PRIMARY KEY, capacity int NOT NULL);
    CREATE TABLE naive.claims (
      id uuid PRIMARY KEY, pool_id uuid NOT NULL REFERENCES naive.pools (id),
      buyer_id uuid NOT NULL, quantity int NOT NULL, held_until timestamptz NOT NULL);
    CREATE INDEX claims_of_pool ON naive.claims (pool_id)"""
_ROOM = """
    SELECT p.capacity - coalesce((SELECT sum(c.quantity) FROM naive.claims c
                                  WHERE c.pool_id = p.id AND c.held_until > now()), 0)
    FROM naive.pools p WHERE p.id = $1"""
_CLAIM = """
    INSERT INTO naive.claims (id, pool_id, buyer_id, quantity, held_until)
    VALUES ($1, $2, $3, 1, now() + interval '900 s')"""
# The second is what SSI says when so many transactions conflict that it cannot note them all.
_FAILED = (asyncpg.SerializationError, asyncpg.OutOfMemoryError)


class Naive:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def prepare(self) -> None:
        await self._stage.sql.execute(TABLES)

    async def pool(self, buyers: int, seconds: float) -> Sample:
        """Places of a standing area that does not run out. Time runs once all are connected."""
        pool_id = uuid.uuid4()
        await self._stage.sql.execute("INSERT INTO naive.pools VALUES ($1, $2)", pool_id, BIG)
        connections = [await asyncpg.connect(self._stage.postgres.url) for _ in range(buyers)]
        try:
            for connection in connections:
                await connection.fetchval(_ROOM, pool_id)
            crowd = _Crowd(pool_id)
            started = time.perf_counter()
            await asyncio.gather(*(crowd.buyer(c, started + seconds) for c in connections))
            elapsed = time.perf_counter() - started
        finally:
            await asyncio.gather(*(connection.close() for connection in connections))
        held = len(crowd.times)
        return Sample(
            per_s=held / elapsed,
            done=held,
            p50_ms=percentile_ms(crowd.times, 0.5),
            p99_ms=percentile_ms(crowd.times, 0.99),
            faults={"serialization failures, retried": crowd.failures, "gave up": crowd.gave_up},
        )


class _Crowd:
    def __init__(self, pool_id: uuid.UUID) -> None:
        self._pool_id = pool_id
        self.times: list[float] = []
        self.failures = 0
        self.gave_up = 0

    async def buyer(self, connection: Any, until: float) -> None:
        """One place after the other; each is tried again until it is held or time is up."""
        asked = time.perf_counter()
        while time.perf_counter() < until:
            try:
                await connection.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
                assert await connection.fetchval(_ROOM, self._pool_id) > 0
                await connection.execute(_CLAIM, uuid.uuid4(), self._pool_id, uuid.uuid4())
                await connection.execute("COMMIT")
            except _FAILED:
                await connection.execute("ROLLBACK")
                self.failures += 1
                continue
            now = time.perf_counter()
            self.times.append(now - asked)
            asked = now
        self.gave_up += asked < until
