"""The hold engine beside its peers, in one run on one machine: `make bench-holds`.

    python -m loadtests.bench.holds [--quick] [--out FILE]

Prints a table and writes `loadtests/results/holds.json`; a full run also refreshes the figures and
the plot of `docs/performance.md`. `--quick` takes half a minute, checks the same laws, and its
figures mean little. Exit status 1 when a law is broken or a part is missing. Who is measured takes
turns (peer, engine, peer, engine, ...), so that whatever else the machine does meets them alike.
"""

import argparse
import asyncio
import datetime as dt
import sys
import time
from itertools import zip_longest
from pathlib import Path

import msgspec
import uvloop

from loadtests.bench import figures, report
from loadtests.bench.engine import SOLD_OUT_POOL, Engine
from loadtests.bench.figures import POOL, Book, Hotspot, Results
from loadtests.bench.machine import Watch, fsync_per_s
from loadtests.bench.naive import Naive
from loadtests.bench.pgbench import Pgbench, PgbenchError
from loadtests.bench.stage import Stage, open_stage
from loadtests.bench.wire import NULL, SERVE, BenchError, Web, Wire
from server.embedded import ChildError
from server.kernel.db import Database

RESULT = Path("loadtests/results/holds.json")
QUICK_RESULT = Path("loadtests/results/holds-quick.json")
POOL_ATTEMPTS = 5_000
POOL_BUYERS = (64, 256)
WEBS_MAX = 3


class Plan(msgspec.Struct, frozen=True):
    """`buyers` of the engine and `clients` of pgbench take turns; `*_s` are seconds."""

    repetitions: int
    buyers: tuple[int, ...]
    clients: tuple[int, ...]
    hot_clients: tuple[int, ...]
    engine_s: float
    hot_s: float
    pgbench_s: int
    pool_s: float
    naive_s: float
    http_s: float
    warm_up_s: float
    fsync_s: float


FULL = Plan(
    repetitions=3,
    buyers=(1, 64, 256, 1024),
    clients=(1, 8, 32, 64),
    hot_clients=(8, 64),
    engine_s=2.0,
    hot_s=0.7,
    pgbench_s=2,
    pool_s=1.5,
    naive_s=2.5,
    http_s=3.0,
    warm_up_s=0.7,
    fsync_s=1.0,
)
QUICK = Plan(
    repetitions=1,
    buyers=(1, 64, 256, 1024),
    clients=(8,),
    hot_clients=(8,),
    engine_s=0.4,
    hot_s=0.3,
    pgbench_s=1,
    pool_s=0.4,
    naive_s=0.6,
    http_s=0.8,
    warm_up_s=0.4,
    fsync_s=0.2,
)


class Run:
    """All measurements of one plan on one stage."""

    def __init__(self, plan: Plan, stage: Stage, db: Database) -> None:
        self._plan, self._stage = plan, stage
        self._engine, self._pgbench = Engine(stage, db), Pgbench(stage)
        self._naive, self._wire = Naive(stage), Wire(stage)
        self._webs: list[Web] = []
        self.book = Book()
        self.profile: list[Hotspot] = []

    async def all(self) -> None:
        """Raises BenchError, PgbenchError."""
        await self._naive.prepare()
        await self._compare_rows()
        try:
            self._webs = [Web(self._stage, SERVE) for _ in range(WEBS_MAX)]
            self._webs.append(Web(self._stage, NULL))
            for web in self._webs:
                await web.ready()
            for at in range(self._plan.repetitions):
                print(f"repetition {at + 1} of {self._plan.repetitions}", flush=True)
                await self._seats()
                await self._pools(at)
                await self._http()
        finally:
            for web in self._webs:
                await web.stop()
        self.profile = await self._wire.profile(self._plan.http_s)

    async def _compare_rows(self) -> None:
        """A peer that wrote less for a hold than the engine does would be no peer."""
        stage, rows = self._stage, self._stage.rows_of_a_hold
        ours = await rows(stage.house, self._engine.once())
        for script in ("one", "four", "hot"):
            self._same(script, await rows(stage.twin, self._pgbench.once(script)), ours)
        ours = await rows(stage.floor, self._engine.once_standing())
        self._same("standing", await rows(stage.twin_floor, self._naive.once()), ours)

    def _same(self, script: str, theirs: dict[str, str], ours: dict[str, str]) -> None:
        if theirs != ours:
            said = f"{script}.sql writes {theirs}, the engine {ours}"
            self._stage.laws.unequal_rows.append(said)

    async def _seats(self) -> None:
        plan, note = self._plan, self.book.note
        for buyers, clients in zip_longest(plan.buyers, plan.clients):
            for script in ("one", "four") if clients else ():
                sample = await self._pgbench.uniform(script, clients, plan.pgbench_s)
                note(f"pgbench/{script}/{clients}", sample)
            note(f"engine/seats/{buyers}", await self._engine.uniform(buyers, plan.engine_s))
            note(f"engine/hot/{buyers}", await self._engine.hot(buyers, plan.hot_s))
        for clients in plan.hot_clients:
            note(f"pgbench/hot/{clients}", await self._pgbench.hot(clients, plan.pgbench_s))

    async def _pools(self, repetition: int) -> None:
        plan, note = self._plan, self.book.note
        for at, buyers in enumerate(POOL_BUYERS):
            note(f"naive/pool/{buyers}", await self._naive.pool(buyers, plan.naive_s))
            note(f"pgbench/pool/{buyers}", await self._pgbench.pool(buyers, plan.pgbench_s))
            pool = SOLD_OUT_POOL + 1 + len(POOL_BUYERS) * repetition + at
            note(f"engine/pool/{buyers}", await self._engine.pool(pool, buyers, plan.pool_s))
        if repetition == 0:
            sold_out = await self._engine.sell_out(POOL_BUYERS[-1], POOL_ATTEMPTS)
            note(f"engine/pool of {POOL}", sold_out)

    async def _http(self) -> None:
        plan, note = self._plan, self.book.note
        for count in range(1, WEBS_MAX + 1):
            webs = self._webs[:count]
            note(f"http/{count}", await self._wire.storm(webs, plan.http_s, plan.warm_up_s))
            if count == 1:
                null = self._webs[-1:]
                sample = await self._wire.storm(null, plan.http_s, plan.warm_up_s, is_null=True)
                note("http/null", sample)


async def measure(plan: Plan, *, is_quick: bool) -> Results:
    """Raises ChildError, BenchError, PgbenchError."""
    started, watch = time.monotonic(), Watch()
    async with open_stage(len(POOL_BUYERS) * plan.repetitions) as stage:
        fsync_rate = fsync_per_s(stage.folder, plan.fsync_s)
        db = await Database.open(stage.postgres.url)
        run = Run(plan, stage, db)
        try:
            await run.all()
        finally:
            await db.close()
        measured = figures.ratios(run.book.figures())
        return Results(
            **measured,
            goals=figures.goals(measured),
            laws=stage.laws,
            figures=run.book.figures(),
            profile=run.profile,
            machine=watch.read(fsync_rate),
            measured_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            repetitions=plan.repetitions,
            is_quick=is_quick,
            duration_s=round(time.monotonic() - started, 1),
        )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench.holds")
    parser.add_argument("--quick", action="store_true", help="half a minute, for the laws")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    given = parser.parse_args(arguments)
    if not sys.platform.startswith("linux"):
        print("bench-holds: it reads CPU times from /proc, so it needs Linux", file=sys.stderr)
        return 1
    plan = QUICK if given.quick else FULL
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            results = runner.run(measure(plan, is_quick=given.quick))
    except (ChildError, BenchError, PgbenchError) as error:
        print(f"bench-holds: {error}", file=sys.stderr)
        return 1
    out = given.out or (QUICK_RESULT if given.quick else RESULT)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    print(f"\n{report.text(results)}\n\nwritten: {out}")
    if not given.quick:
        report.refresh(results)
    broken = results.laws.broken()
    for law in broken:
        print(f"BROKEN: {law}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
