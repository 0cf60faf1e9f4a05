"""What the measurements of the feed are made of: pinned processes, clocks, and who publishes."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
import numpy.typing as npt
import redis

from loadtests.bench.realtime_server import CHANNEL, change

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
SEATS = 20_000
SERVER_CORE, CLIENT_CORE = 0, max(os.sched_getaffinity(0))
TOPIC = f"realtime:{CHANNEL}".encode()

Waits = npt.NDArray[np.float64]
"""Milliseconds, in order."""


class Skipped(Exception):
    """This part cannot be measured here; says why."""


class Process:
    """A child that answers each line of commands with a line of JSON."""

    def __init__(self, core: int, *argv: str) -> None:
        self._child = subprocess.Popen(
            argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._child.pid
        os.sched_setaffinity(self.pid, {core})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()

    def say(self, command: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(command + "\n")
        self._child.stdin.flush()

    def heard(self) -> Any:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"process {self.pid} ended")
        return msgspec.json.decode(line)

    def ask(self, command: str) -> Any:
        self.say(command)
        return self.heard()


def cpu_s(pid: int) -> float:
    """CPU seconds of a process, of all its threads: to the nanosecond, for a tick of the usual
    clock is a twentieth of what a turn uses. Source: clock_getcpuclockid(3), as Linux has it."""
    return time.clock_gettime(~pid << 3 | 2)


def rss_kb(pid: int) -> int:
    """Resident memory. Source: proc(5)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def client_binary() -> str:
    """The load client, compiled. Raises Skipped."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Skipped("no C compiler: the load client would be the bottleneck")
    source, binary = Path(__file__).with_name("realtime_client.c"), CACHE / "realtime_client"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        CACHE.mkdir(exist_ok=True)
        subprocess.run([compiler, "-O2", "-o", str(binary), str(source)], check=True)
    return str(binary)


class Crowd(Process):
    """`count` screens. `folds`: they know our channel, keep its state and check it."""

    def __init__(self, port: int, path: str, wire: str, count: int, *, folds: bool) -> None:
        self.count = count
        argv = (str(port), path, wire, str(count), "fold" if folds else "count")
        super().__init__(CLIENT_CORE, client_binary(), *argv)

    def open(self) -> float:
        """Seconds until everybody was connected and, folding, had the state."""
        return self.ask("open")["seconds"]


class OurServer(Process):
    """The feed alone (`realtime_server`)."""

    name = "ours"

    def __init__(self, rest_ms: tuple[int, int] = (0, 0), redis_url: str = "") -> None:
        module = "loadtests.bench.realtime_server"
        rest = (str(rest_ms[0]), str(rest_ms[1]))
        more = (redis_url,) if redis_url else ()
        super().__init__(SERVER_CORE, sys.executable, "-m", module, str(SEATS), *rest, *more)
        self.port = int(self.heard())

    def crowd(self, wire: str, count: int) -> Crowd:
        return Crowd(self.port, "/sse" if wire == "sse" else "/ws", wire, count, folds=True)

    @contextlib.contextmanager
    def flooded(self) -> Iterator[None]:
        self.ask("flood")
        yield
        self.ask("stop")


class Publishing:
    """Messages at a rate, from a thread, of the versions after `known`; remembers when each was
    handed over (ns, monotonic)."""

    def __init__(self, rate: float, known: int = 0) -> None:
        self.rate = rate
        self.version = known
        self.sent_ns: dict[int, int] = {}
        self._dice = random.Random(1)
        self._error: BaseException | None = None
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def hand_over(self, body: bytes) -> None:
        raise NotImplementedError

    def _run(self) -> None:
        os.sched_setaffinity(0, {CLIENT_CORE})  # of this thread
        try:
            self._publish()
        except BaseException as error:
            self._error = error

    def _publish(self) -> None:
        due = time.monotonic()
        while not self._ends.is_set():
            version = self.version + 1
            body = msgspec.json.encode(change(version, SEATS, self._dice))
            due += 1 / self.rate
            wait_s = due - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            self.sent_ns[version] = time.monotonic_ns()
            self.version = version
            self.hand_over(body)


class RedisPublishing(Publishing):
    """As a commit announces itself."""

    def __init__(self, rate: float, url: str, known: int = 0) -> None:
        super().__init__(rate, known)
        self._link = redis.Redis.from_url(url).connection_pool.get_connection()

    def hand_over(self, body: bytes) -> None:
        self._link.send_command("PUBLISH", TOPIC, body)
        self._link.read_response()


class HttpPublishing(Publishing):
    """By POST, as Nchan takes messages."""

    def __init__(self, rate: float, port: int, path: str) -> None:
        super().__init__(rate)
        self._head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: ".encode()
        self._link = socket.create_connection(("127.0.0.1", port))

    def hand_over(self, body: bytes) -> None:
        self._link.sendall(self._head + b"%d\r\n\r\n" % len(body) + body)
        if not self._link.recv(65_536):
            raise ConnectionError("the publisher's connection ended")


def latencies_ms(crowd: Crowd, sent_ns: dict[int, int]) -> Waits:
    """Of every message to every screen: handed over -> readable. A frame that stands for several
    messages counts for each of them."""
    path = CACHE / f"frames-{crowd.pid}"
    crowd.ask(f"dump {path}")
    frames = np.fromfile(path, dtype=np.int64).reshape(-1, 3)
    path.unlink()
    before, after, at_ns = frames.T
    counts = after - before
    firsts = np.repeat(before + 1 - (np.cumsum(counts) - counts), counts)
    versions = firsts + np.arange(counts.sum())
    known = np.full(max(sent_ns) + 2, -1)
    known[list(sent_ns)] = list(sent_ns.values())
    sent = known[np.minimum(versions, len(known) - 1)]
    waits = (np.repeat(at_ns, counts) - sent)[sent >= 0] / 1e6
    waits.sort()
    return waits


def quantile(ordered: Waits, share: float) -> float:
    """Raises IndexError when there are none."""
    return float(ordered[min(int(len(ordered) * share), len(ordered) - 1)])
