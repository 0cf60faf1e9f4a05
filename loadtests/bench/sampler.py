"""Where this process spends its CPU time: a look at the running line, a thousand times a second or
as often as the kernel's clock ticks.

The clock is ITIMER_PROF, so a process that waits is not looked at. Python can look only between two
of its own instructions: time in C is told as that of the Python code that runs next.
"""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec

from loadtests.bench.figures import Hotspot

INTERVAL_S = 0.001
TOLD_MAX = 24
OURS = ("server", "realtime", "loadtests")


@contextmanager
def sampled(out: Path) -> Iterator[None]:
    """Write Hotspots to `out` as JSON at the end, greatest first."""
    counts: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        if frame is not None:
            counts[_place(Path(frame.f_code.co_filename).parts)] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        total = max(1, counts.total())
        spots = [Hotspot(where, n / total) for where, n in counts.most_common(TOLD_MAX)]
        out.write_bytes(msgspec.json.encode(spots))


def _place(file: tuple[str, ...]) -> str:
    """A file of ours, another's package, or a module of Python: `server/inventory/write.py`,
    `asyncpg`, `asyncio/runners.py`."""
    if "site-packages" in file:
        return file[file.index("site-packages") + 1]
    ours = [at for at, part in enumerate(file) if part in OURS]
    if ours:
        return "/".join(file[ours[-1] :])
    return "/".join(part for part in file[-2:] if not part.startswith("python"))
