"""What the machine gave: CPU seconds by process, everybody else's load, and the disk's fsync rate.

Linux only: the figures are read from /proc. Source: proc(5).
"""

import os
import time
from pathlib import Path

import msgspec

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE = bytes(8192)


class Machine(msgspec.Struct):
    """`foreign_cpu_cores`: how many cores were busy with what this run did not start, on average;
    `stolen_cpu_cores`: and how many the host kept from us."""

    cores: int
    memory_gb: float
    fsync_per_s: float
    foreign_cpu_cores: float
    stolen_cpu_cores: float


def cpu_s(pid: int) -> float:
    """CPU seconds of one process, without its children. Raises OSError where it is gone."""
    user, system, _, _ = _times(pid)
    return user + system


def tree_cpu_s(pid: int) -> float:
    """CPU seconds of a process, of all that descend from it and of all that it has reaped."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_stat(int(entry.name))[1])
            except OSError:  # it ended meanwhile: its parent accounts for it
                continue
            children.setdefault(parent, []).append(int(entry.name))
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        waiting += children.get(one, [])
        try:
            total += sum(_times(one))
        except OSError:
            continue
    return total


def fsync_per_s(folder: Path, seconds: float) -> float:
    """Pages of 8 kB that one writer makes durable in `folder`, one after the other."""
    path = folder / "fsync-probe"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        started, count = time.monotonic(), 0
        while time.monotonic() - started < seconds:
            os.pwrite(descriptor, PAGE, 0)
            os.fdatasync(descriptor)
            count += 1
        return count / (time.monotonic() - started)
    finally:
        os.close(descriptor)
        path.unlink()


class Watch:
    """Looks at the whole machine from its making to `read`."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._before = (*_machine_cpu_s(), tree_cpu_s(os.getpid()))

    def read(self, fsync_rate: float) -> Machine:
        elapsed = time.monotonic() - self._started
        busy, stolen = _machine_cpu_s()
        own = tree_cpu_s(os.getpid()) - self._before[2]
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return Machine(
            cores=os.cpu_count() or 1,
            memory_gb=round(memory / 2**30, 1),
            fsync_per_s=round(fsync_rate),
            foreign_cpu_cores=round(max(0.0, busy - self._before[0] - own) / elapsed, 2),
            stolen_cpu_cores=round((stolen - self._before[1]) / elapsed, 2),
        )


def _machine_cpu_s() -> tuple[float, float]:
    """Busy and stolen CPU seconds of all cores since the start of the machine."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _, _, interrupt, soft, stolen = (int(field) for field in fields)
    return (user + nice + system + interrupt + soft) / TICKS_PER_S, stolen / TICKS_PER_S


def _times(pid: int) -> tuple[float, float, float, float]:
    """User, system, and those of reaped children, seconds."""
    fields = _stat(pid)
    user, system, reaped_user, reaped_system = (int(field) / TICKS_PER_S for field in fields[11:15])
    return user, system, reaped_user, reaped_system


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may itself contain anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
