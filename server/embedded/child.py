"""Child processes that never outlive us, and the loopback ports they listen on."""

import contextlib
import ctypes
import importlib.util
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

PR_SET_PDEATHSIG = 1
EPHEMERAL_PORTS_START = 32768
POLL_INTERVAL_S = 0.01
LOG_TAIL_BYTES = 4000

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_random = random.SystemRandom()

# Linux sends the death signal when the *thread* that forked ends, not the process. One thread
# that lives as long as the process forks for everybody, so callers may use any thread they like.
_forker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forker")


class ChildError(RuntimeError):
    """An embedded server could not be found, started or stopped; the message says why."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now, below the kernel's ephemeral range.

    An outgoing connection can never take it; another listener still can, so starters retry.
    """
    for _ in range(200):
        port = _random.randrange(15_000, EPHEMERAL_PORTS_START)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ChildError("no free TCP port on 127.0.0.1 between 15000 and 32767")


def package_folder(module: str, package: str) -> Path:
    """The folder of an installed module, found without importing it. Raises ChildError."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ChildError(f"the Python package {package} is not installed (extra `demo`)")
    return Path(spec.origin).parent


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
    death_signal: signal.Signals = signal.SIGTERM,
    user: tuple[int, int] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, so that Ctrl-C reaches us only and we choose the order.

    The child gets `death_signal` when we die (Linux only). Its output is appended to `log`, or is
    ours. `env` replaces the environment. `user` is (uid, gid) to become, which needs root.
    """
    parent_pid = os.getpid()

    def die_with_parent() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent_pid:
            os._exit(1)

    def fork() -> subprocess.Popen[bytes]:
        output = log.open("ab") if log is not None else None
        try:
            uid, gid = user if user is not None else (None, None)
            return subprocess.Popen(
                argv,
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                env=env,
                cwd=cwd,
                user=uid,
                group=gid,
                extra_groups=None if user is None else [],
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 it calls prctl and nothing else
            )
        finally:
            if output is not None:
                output.close()

    child = _forker.submit(fork).result()
    if child.stdin is not None:
        # A child that died at once says why in its log.
        with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
            pipe.write(stdin)
    return child


class Child(Protocol):
    """As much of `subprocess.Popen` as it takes to end one."""

    def poll(self) -> int | None: ...

    def send_signal(self, sig: int, /) -> None: ...

    def wait(self, timeout: float | None = None, /) -> int: ...

    def kill(self) -> None: ...


def end(child: Child, by: signal.Signals, timeout_s: float) -> None:
    """Signal the child, wait, and reap it; kill -9 after `timeout_s`."""
    if child.poll() is not None:
        return
    child.send_signal(by)
    try:
        child.wait(timeout_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def log_since(log: Path, offset: int) -> str:
    """What was logged from byte `offset` on, at most its last 4,000 bytes."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(offset, size - LOG_TAIL_BYTES))
        return file.read().decode(errors="replace").strip()


def wait_before_retry(deadline: float) -> bool:
    """Sleep one poll interval; false when the monotonic `deadline` has passed."""
    if time.monotonic() > deadline:
        return False
    time.sleep(POLL_INTERVAL_S)
    return True
