"""No two verbs wait for each other: everybody locks in one order.

DEADLOCK_PAIRS says how many pairs of verbs meet; DEADLOCK_SEED repeats the dice.
"""

import asyncio
import itertools
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtests.history import Recorder
from tests.fixtures.services import Services, deadlocks
from tests.server.inventory.engine import Instance, Stage
from tests.server.inventory.scene import Scene
from tests.server.support import until

PAIRS = int(os.environ.get("DEADLOCK_PAIRS", "400"))
SEED = int(os.environ.get("DEADLOCK_SEED") or random.randrange(1_000_000))
EVENTS = 6
"""So many pairs run side by side, each on an event of its own."""
FRESH_EVERY = 12
"""Pairs on what is there, until everything is on sale again."""


class Watch:
    """Counts what PostgreSQL calls a deadlock, from now on: in its statistics and in its log."""

    def __init__(self, services: Services, stage: Stage) -> None:
        self._log = services.postgres.directory / "postgres.log"
        self._stage = stage
        self._offset = self._log.stat().st_size

    async def found(self) -> tuple[int, int]:
        """In the database's statistics since it was created, and in the server's log."""
        await asyncio.sleep(1.1)  # a session tells its statistics at most once a second
        counted = await deadlocks(self._stage.database_url)
        with self._log.open("rb") as file:
            file.seek(self._offset)
            return counted, file.read().count(b"deadlock detected")


async def test_the_watch_sees_a_deadlock(services: Services, database_url: str) -> None:
    async with Stage(database_url) as stage:
        watch = Watch(services, stage)
        first, second = [await stage.event() for _ in range(2)]
        lock = "UPDATE event_clock SET version = version + 1 WHERE event_id = $1"

        async def bump(at: Instance, *event_ids: object) -> None:
            async with at.db.tx() as tx:
                for event_id in event_ids:
                    await tx.connection.execute(lock, event_id)
                    await asyncio.sleep(0.2)

        one, other = stage.instances
        await asyncio.gather(
            bump(one, first, second), bump(other, second, first), return_exceptions=True
        )

        async def is_seen() -> bool:
            return await watch.found() == (1, 1)

        await until(is_seen)
        await stage.connection.execute("SELECT pg_stat_reset()")  # it was meant


@pytest.mark.timeout(600 + PAIRS / 10)
async def test_no_two_verbs_wait_for_each_other(
    services: Services, database_url: str, tmp_path: Path
) -> None:
    print(f"DEADLOCK_SEED={SEED} DEADLOCK_PAIRS={PAIRS}")
    started = time.monotonic()
    async with Stage(database_url, seats=8, capacities=(5, 4), connections_max=24) as stage:
        watch = Watch(services, stage)
        scenes = [await _scene(stage, nth, tmp_path) for nth in range(EVENTS)]
        pairs = [*itertools.product(scenes[0].acts, repeat=2)]
        random.Random(SEED).shuffle(pairs)
        turns = itertools.islice(itertools.cycle(pairs), PAIRS)
        meetings = (_meet(stage, scene, turns) for scene in scenes)
        troubles = await asyncio.gather(*meetings, return_exceptions=True)
        waited = time.monotonic() - started
        assert await watch.found() == (0, 0), f"DEADLOCK_SEED={SEED}"
        assert troubles == [None] * EVENTS
        holds, orders, versions = await stage.connection.fetchrow(
            """SELECT count(*), (SELECT count(*) FROM orders),
                      (SELECT sum(version) FROM event_clock) FROM holds"""
        ) or (0, 0, 0)
    print(f"{PAIRS} pairs in {waited:.1f} s: {holds} holds, {orders} orders, {versions} versions")
    # On a slow machine many holds end before they are ordered.
    assert min(holds, orders, versions) > PAIRS / 100


async def _scene(stage: Stage, nth: int, folder: Path) -> Scene:
    event_id = await stage.event(price_minor=nth % 2 * 100, hold_ttl_s=1 + nth % 3)
    dice = random.Random(f"{SEED}/{nth}")
    return Scene(stage, event_id, Recorder(folder, f"scene-{nth}"), dice)


async def _meet(stage: Stage, scene: Scene, turns: Iterator[tuple[str, ...]]) -> None:
    """Two verbs at the same time, through two instances."""
    one, other = stage.instances
    for nth, (first, second) in enumerate(turns):
        if nth % FRESH_EVERY == 0:
            await scene.start_over()
            for _ in range(4):
                await scene.hold(one)
            for _ in range(2):
                await scene.check_out(other)
        await asyncio.gather(scene.acts[first](one), scene.acts[second](other))
