"""The hold engine beside its peers, in one run on one machine: `make bench-holds`.

    python -m loadtests.bench.holds [--quick] [--out FILE]

Prints a table and writes `loadtests/results/holds.json`; a full run also refreshes the figures and
the plot of `docs/performance.md`. `--quick` takes half a minute, checks the same laws, and its
figures mean little. Exit status 1 when a law is broken or a part is missing.

First the curves: everybody at every number of buyers or clients. Then rounds: those that the goals
compare, each at the number that suits it best, take many short turns, there and back, so that
whatever else the machine does meets them alike; a ratio is the median of what the turns gave.
"""

import argparse
import asyncio
import datetime as dt
import sys
import time
from itertools import zip_longest
from pathlib import Path
from statistics import median

import msgspec
import uvloop

from loadtests.bench import figures, report
from loadtests.bench.engine import SOLD_OUT_POOL, Engine
from loadtests.bench.figures import POOL, Book, Hotspot, Results, Sample
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
PGBENCH_BUYERS_MAX = 64
"""Of more at one standing area so many conflict that PostgreSQL cannot note them all. pgbench ends
at that; the loop in Python begins again."""
WEBS_MAX = 3


class Plan(msgspec.Struct, frozen=True):
    """`buyers` of the engine and `clients` of pgbench take turns; `*_s` are seconds; `log_mb`: what
    a run writes to PostgreSQL's log, about."""

    curves: int
    rounds: int
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
    log_mb: int


FULL = Plan(
    curves=2,
    rounds=14,
    buyers=(1, 64, 256, 1024),
    clients=(1, 8, 32, 64),
    hot_clients=(8, 64),
    engine_s=1.0,
    hot_s=0.7,
    pgbench_s=1,
    pool_s=1.5,
    naive_s=2.5,
    http_s=1.5,
    warm_up_s=0.5,
    fsync_s=1.0,
    log_mb=3_072,
)
QUICK = Plan(
    curves=1,
    rounds=1,
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
    log_mb=512,
)


class Run:
    """All measurements of one plan on one stage."""

    def __init__(self, plan: Plan, stage: Stage, db: Database) -> None:
        self._plan, self._stage = plan, stage
        self._engine, self._pgbench = Engine(stage, db), Pgbench(stage)
        self._naive, self._wire = Naive(stage), Wire(stage)
        self._webs: list[Web] = []
        self.book = Book()
        self.fittest: dict[str, str] = {}
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
            for at in range(self._plan.curves):
                self._turn("curve", at, self._plan.curves)
                await self._seats()
                await self._pools(at)
                await self._http()
            self.fittest = figures.fittest(self.book.figures())
            for at in range(self._plan.rounds):
                self._turn("round", at, self._plan.rounds)
                await self._round(is_back=at % 2 == 1)
        finally:
            for web in self._webs:
                await web.stop()
        self.profile = await self._wire.profile(self._plan.http_s)

    def _turn(self, what: str, at: int, of: int) -> None:
        print(f"{what} {at + 1} of {of}", flush=True)
        self.book.turn()

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
        plan = self._plan
        for buyers, clients in zip_longest(plan.buyers, plan.clients):
            for script in ("one", "four") if clients else ():
                await self._take(f"pgbench/{script}/{clients}")
            await self._take(f"engine/seats/{buyers}")
            await self._take(f"engine/hot/{buyers}")
        for clients in plan.hot_clients:
            await self._take(f"pgbench/hot/{clients}")

    async def _pools(self, curve: int) -> None:
        plan, note = self._plan, self.book.note
        for at, buyers in enumerate(POOL_BUYERS):
            note(f"naive/pool/{buyers}", await self._naive.pool(buyers, plan.naive_s))
            if buyers <= PGBENCH_BUYERS_MAX:
                note(f"pgbench/pool/{buyers}", await self._pgbench.pool(buyers, plan.pgbench_s))
            pool = SOLD_OUT_POOL + 1 + len(POOL_BUYERS) * curve + at
            note(f"engine/pool/{buyers}", await self._engine.pool(pool, buyers, plan.pool_s))
        if curve == 0:
            sold_out = await self._engine.sell_out(POOL_BUYERS[-1], POOL_ATTEMPTS)
            note(f"engine/pool of {POOL}", sold_out)

    async def _http(self) -> None:
        for count in range(1, WEBS_MAX + 1):
            await self._take(f"http/{count}")
            if count == 1:
                await self._take("http/null")

    async def _round(self, *, is_back: bool) -> None:
        """Those of whom the goals speak, but for the standing areas: what their peers do takes more
        time, and they are further away."""
        order = ("pgbench/one", "engine/seats", "pgbench/four", "http/1", "http/null")
        for kind in reversed(order) if is_back else order:
            await self._take(self.fittest.get(kind, kind))

    async def _take(self, name: str) -> None:
        """Measure what has this name among the figures, once."""
        self.book.note(name, await self._sample(*name.split("/")))

    async def _sample(self, who: str, what: str, number: str = "") -> Sample:
        plan = self._plan
        if who == "http":
            is_null = what == "null"
            webs = self._webs[-1:] if is_null else self._webs[: int(what)]
            return await self._wire.storm(webs, plan.http_s, plan.warm_up_s, is_null=is_null)
        match who, what:
            case "engine", "seats":
                return await self._engine.uniform(int(number), plan.engine_s)
            case "engine", _:
                return await self._engine.hot(int(number), plan.hot_s)
            case _, "hot":
                return await self._pgbench.hot(int(number), plan.pgbench_s)
            case _:
                return await self._pgbench.uniform(what, int(number), plan.pgbench_s)


async def measure(plan: Plan, *, is_quick: bool) -> Results:
    """Raises ChildError, BenchError, PgbenchError."""
    started, watch = time.monotonic(), Watch()
    async with open_stage(len(POOL_BUYERS) * plan.curves, plan.log_mb) as stage:
        fsync_rate = fsync_per_s(stage.folder, plan.fsync_s)
        db = await Database.open(stage.postgres.url)
        run = Run(plan, stage, db)
        try:
            await run.all()
        finally:
            await db.close()
        turns = run.book.ratios(run.fittest)
        measured = {name: median(values) for name, values in turns.items()}
        return Results(
            **measured,
            spread={name: figures.spread(values) for name, values in turns.items()},
            goals=figures.goals(measured),
            laws=stage.laws,
            figures=run.book.figures(),
            profile=run.profile,
            machine=watch.read(fsync_rate),
            measured_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            curves=plan.curves,
            rounds=plan.rounds,
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
