"""Holds through HTTP: web processes of ours, and the client that storms them."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import httpx
import msgspec

from loadtests.bench.client import Order, Outcome
from loadtests.bench.figures import Hotspot, Sample
from loadtests.bench.machine import cpu_s, tree_cpu_s
from loadtests.bench.stage import ROOT, Stage
from server.embedded.child import end, free_port, spawn

BUYERS = 256
READY_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
SERVE = ("server", "serve")
NULL = ("loadtests.bench.web", "--null")


class BenchError(Exception):
    """A process of the run failed; the message has the end of what it said."""


class Web:
    """One web process. `command`: module and arguments."""

    def __init__(self, stage: Stage, command: Sequence[str]) -> None:
        self.port = free_port()
        self._log = stage.folder / f"web-{self.port}.log"
        environ = stage.environ | {"PORT": str(self.port)}
        argv = [sys.executable, "-m", *command]
        self._child: subprocess.Popen[bytes] = spawn(argv, log=self._log, env=environ, cwd=ROOT)

    @property
    def pid(self) -> int:
        return self._child.pid

    async def ready(self) -> None:
        """Raises BenchError."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        async with httpx.AsyncClient(trust_env=False) as client:
            while self._child.poll() is None and time.monotonic() < deadline:
                try:
                    await client.get(f"http://127.0.0.1:{self.port}/health")
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
                else:
                    return
        raise BenchError(f"the web process is not ready:\n{self._log.read_text()[-3000:]}")

    async def stop(self) -> None:
        await asyncio.to_thread(end, self._child, signal.SIGTERM, STOP_TIMEOUT_S)


class Wire:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tokens = [stage.buyer_token() for _ in range(BUYERS)]

    async def storm(
        self, webs: Sequence[Web], seconds: float, warm_up_s: float, *, is_null: bool = False
    ) -> Sample:
        """Every seat of the house at most once, over connections shared out evenly."""
        stage, event = self._stage, self._stage.house
        order = Order(
            ports=[web.port for web in webs],
            event_id=str(event.id),
            tokens=self._tokens,
            seats=random.sample(range(event.seat_count), event.seat_count),
            seconds=seconds,
            warm_up_s=warm_up_s,
        )
        before = self._cpu_s(webs)
        outcome = await _client(order)
        after = self._cpu_s(webs)
        if not is_null:
            await stage.judge(event, outcome.held, [])
            await stage.give_back(event)
        stage.laws.refusals_unnamed += outcome.unnamed
        asked = max(1, outcome.held + outcome.refused + sum(outcome.others.values()))
        cpu_us = {name: (after[name] - before[name]) / asked * 1e6 for name in after}
        return Sample(
            per_s=outcome.answers / outcome.window_s,
            done=outcome.held,
            refused=outcome.refused,
            p50_ms=outcome.p50_ms,
            p99_ms=outcome.p99_ms,
            faults={f"HTTP {status}": count for status, count in outcome.others.items()},
            cpu_us=cpu_us | {"client": outcome.cpu_s / asked * 1e6},
        )

    async def profile(self, seconds: float) -> list[Hotspot]:
        """Where a web process spends its CPU time under the storm."""
        out = self._stage.folder / "profile.json"
        web = Web(self._stage, ["loadtests.bench.web", "--profile", str(out)])
        try:
            await web.ready()
            await self.storm([web], seconds, 0.0)
        finally:
            await web.stop()
        return msgspec.json.decode(out.read_bytes(), type=list[Hotspot])

    def _cpu_s(self, webs: Sequence[Web]) -> dict[str, float]:
        return {
            "web": sum(cpu_s(web.pid) for web in webs),
            "postgres": tree_cpu_s(self._stage.postgres.pid),
        }


async def _client(order: Order) -> Outcome:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "loadtests.bench.client",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await child.communicate(msgspec.json.encode(order))
    if child.returncode:
        raise BenchError(f"the client failed:\n{errors.decode()[-3000:]}")
    return msgspec.json.decode(out, type=Outcome)
