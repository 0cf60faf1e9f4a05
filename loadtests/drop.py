"""A crowd storms the running demo, then its history is judged: `make drop`.

    python -m loadtests.drop [--event arena|club|theatre] [--users N] [--seconds N] [--ui]

Writes `loadtests/results/drop.json`. Exit status 0 when every law holds, 1 when one is broken
or there is no demo. With `--ui`, or UI=1 in the environment, Locust's own page drives the crowd
and the verdict comes when it ends.
"""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from loadtests import checker, quiescence
from loadtests.crowd import JUDGED_BY_CALLER, LOGS, STATS
from loadtests.feed import reload
from loadtests.history import Recorder
from loadtests.venue import DEMO_FACTS, Demo, NoDemo, fetch, read_demo

RESULT = Path("loadtests/results/drop.json")
REST_TIMEOUT_S = 90.0
COLUMNS = ("p50_ms", "p95_ms", "p99_ms")


class Entry(msgspec.Struct):
    """Locust's statistics of one kind of request; times are None where there was none."""

    requests: int
    failures: int
    per_s: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class Stats(msgspec.Struct):
    entries: dict[str, Entry]
    counts: dict[str, int]
    event_id: str


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.drop")
    parser.add_argument("--event", default="arena", choices=["arena", "club", "theatre"])
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--facts", type=Path, default=DEMO_FACTS)
    parser.add_argument("--ui", action="store_true", default=bool(os.environ.get("UI")))
    parser.add_argument("--judge-only", action="store_true", help="the run before this")
    given = parser.parse_args(arguments)
    try:
        demo = read_demo(given.facts)
    except NoDemo as error:
        print(f"drop: {error}", file=sys.stderr)
        return 1
    if not given.judge_only and (status := _storm(given)):
        return status
    return _judge(demo, given)


def _storm(given: argparse.Namespace) -> int:
    """Run Locust. Returns its exit status where there is nothing to judge."""
    argv = [
        sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py",
        "--event", given.event, "--facts", str(given.facts), "--stop-timeout", "10",
        "--exit-code-on-error", "0",
        "--users", str(given.users), "--spawn-rate", str(max(1, given.users // 3)),
    ]  # fmt: skip
    if given.ui:
        print("Locust's page: http://127.0.0.1:8089 (Ctrl-C here ends it with the verdict)")
        argv += ["--web-host", "127.0.0.1"]
    else:
        print(f"{given.users} people for {given.seconds} s at the {given.event}", flush=True)
        argv += ["--headless", "--only-summary", "--run-time", f"{given.seconds}s"]
        # Without its log Locust prints warnings only: the table here is shorter than its own.
        argv += ["--skip-log-setup"]
    with subprocess.Popen(argv, env=os.environ | {JUDGED_BY_CALLER: "1"}) as locust:
        while True:
            try:
                return locust.wait()
            except KeyboardInterrupt:
                continue  # Locust got it too, and is ending


def _judge(demo: Demo, given: argparse.Namespace) -> int:
    stats = msgspec.json.decode((LOGS / STATS).read_bytes(), type=Stats)
    print(table(stats))
    print("\nwaiting until everything has come to rest ...", flush=True)
    left = asyncio.run(quiescence.wait(demo.database_url, Path(demo.journal), REST_TIMEOUT_S))
    if left:
        print(f"still under way after {REST_TIMEOUT_S:.0f} s: {left}")
    last = Recorder(LOGS, "last-look")
    seen, _ = reload(fetch(f"{demo.base_url}/v1/events/{stats.event_id}/seats"), stats.event_id)
    last.write(seen)
    last.close()
    judgement, text = asyncio.run(
        checker.check(demo.database_url, Path(demo.journal), LOGS, demo.redis_url)
    )
    print(f"\n{text}")
    broken = {law: len(found) for law, found in judgement.violations.items() if found}
    result = {
        "event": given.event,
        "users": given.users,
        "seconds": given.seconds,
        "ratios": ratios(stats),
        "counts": stats.counts,
        "entries": stats.entries,
        "under_way": left,
        "laws": len(judgement.violations),
        "broken": broken,
    }
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    return 1 if broken else 0


def ratios(stats: Stats) -> dict[str, float | None]:
    """Of figures of one run: they mean something on any machine."""
    entries, counts = stats.entries, stats.counts
    held = _requests(entries, "hold")
    refused = _requests(entries, "hold refused")

    def p99(name: str) -> float | None:
        return entries[name].p99_ms if name in entries else None

    return {
        "conflicts / hold requests": _ratio(refused, held + refused),
        "p99 hold / p99 health": _ratio(p99("hold"), p99("health")),
        "p99 refusal / p99 hold": _ratio(p99("hold refused"), p99("hold")),
        "p99 click to other screens / p99 hold": _ratio(p99("click to other screens"), p99("hold")),
        "deliveries / holds": _ratio(counts.get("deliveries", 0), held),
        "places sold / places held": _ratio(
            counts.get("places sold", 0), counts.get("places held", 0)
        ),
    }


def _requests(entries: dict[str, Entry], name: str) -> int:
    return entries[name].requests if name in entries else 0


def _ratio(part: float | None, whole: float | None) -> float | None:
    return round(part / whole, 3) if part is not None and whole else None


def table(stats: Stats) -> str:
    lines = [f"{'':<24}{'count':>8}{'per s':>8}{'errors':>8}{'p50 ms':>8}{'p95':>8}{'p99':>8}"]
    for name, entry in sorted(stats.entries.items()):
        times = "".join(_milliseconds(getattr(entry, column)) for column in COLUMNS)
        lines.append(f"{name:<24}{entry.requests:>8}{entry.per_s:>8.1f}{entry.failures:>8}{times}")
    lines.append("")
    lines += [f"{name:<40}{count:>8}" for name, count in sorted(stats.counts.items())]
    lines += [f"{name:<40}{_number(ratio):>8}" for name, ratio in ratios(stats).items()]
    return "\n".join(lines)


def _milliseconds(value: float | None) -> str:
    return f"{value:>8.0f}" if value is not None else f"{'-':>8}"


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
