"""The other peer: standing places as they are usually written, one SERIALIZABLE transaction each.

Sum up what is claimed, insert the hold and its claim, tell of it, commit, and begin again on a
serialization failure: the statements of `standing.sql`. Its holds and events are the engine's, row
by row; a claim stands for the engine's count. Every buyer has a connection with prepared
statements. pgbench runs the same file from C.
"""

import asyncio
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

from loadtests.bench.figures import Sample, percentile_ms
from loadtests.bench.stage import Stage

TABLES = """
    CREATE SCHEMA naive;
    CREATE TABLE naive.claims (
      hold_id uuid NOT NULL, pool_id uuid NOT NULL, quantity int NOT NULL,
      held_until timestamptz NOT NULL, PRIMARY KEY (hold_id, pool_id));
    CREATE INDEX claims_of_pool ON naive.claims (pool_id)"""
# The second is what SSI says when so many transactions conflict that it cannot note them all.
_FAILED = (asyncpg.SerializationError, asyncpg.OutOfMemoryError)
_HOLDS = 10**15
_VARIABLE = re.compile(r"\(:(\w+)\)")


class Naive:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._url = stage.postgres.url
        event = stage.twin_floor
        self._ids = {"event": event.id, "pool": event.pool_ids[0]}

    async def prepare(self) -> None:
        await self._stage.sql.execute(TABLES)

    async def pool(self, buyers: int, seconds: float) -> Sample:
        """Places of a standing area that does not run out. Time runs once all are connected."""
        connections = [await asyncpg.connect(self._url) for _ in range(buyers)]
        crowd = _Crowd(self._ids)
        try:
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

    async def once(self) -> None:
        """One hold."""
        await _Crowd(self._ids).hold(self._stage.sql)


class _Crowd:
    def __init__(self, ids: dict[str, Any]) -> None:
        self._ids = ids
        script = Path(__file__).with_name("standing.sql").read_text()
        self._statements = [*_numbered(re.sub(r"(?m)^\\.*$", "", script))]
        self.times: list[float] = []
        self.failures = 0
        self.gave_up = 0

    async def hold(self, connection: Any) -> None:
        """One transaction. Raises `_FAILED`."""
        values = {**self._ids, "hold": str(random.randrange(_HOLDS))}
        for statement, names in self._statements:
            await connection.fetch(statement, *(values[name] for name in names))

    async def buyer(self, connection: Any, until: float) -> None:
        """One place after the other; each is tried again until it is held or time is up."""
        asked = time.perf_counter()
        while time.perf_counter() < until:
            try:
                await self.hold(connection)
            except _FAILED:
                await connection.execute("ROLLBACK")
                self.failures += 1
                continue
            now = time.perf_counter()
            self.times.append(now - asked)
            asked = now
        self.gave_up += asked < until


def _numbered(script: str) -> Iterator[tuple[str, list[str]]]:
    """Each statement with $1, $2, ... for pgbench's variables, and those in this order."""
    for statement in script.strip().split(";\n"):
        names = sorted({*_VARIABLE.findall(statement)})
        yield _VARIABLE.sub(lambda found: f"(${names.index(found[1]) + 1})", statement), names  # noqa: B023
