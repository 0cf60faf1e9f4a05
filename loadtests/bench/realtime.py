"""How fast the feed is, beside Nchan (nginx, C) in the same run: `make bench-realtime`.

    python -m loadtests.bench.realtime [--quick]

Server and peer take turns on one core, the load client (C, epoll) and the publisher have the
other; throughput is per CPU second of the server, so that other work on the machine weighs on
both alike. Every screen of ours keeps the state and checks it: one gap or divergence and there
are no figures. Writes loadtests/results/realtime.json and the table in docs/realtime.md.
`--quick` measures little and writes nothing: for the law that nothing is ever wrong.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from loadtests.bench import realtime_product as product
from loadtests.bench.realtime_nchan import Nchan, nchan
from loadtests.bench.realtime_report import table, write_table
from loadtests.bench.realtime_rig import (
    ROOT,
    Crowd,
    OurServer,
    Publishing,
    RedisPublishing,
    Skipped,
    cpu_s,
    latencies_ms,
    quantile,
    rss_kb,
)
from server.embedded import EmbeddedValkey

RESULTS = ROOT / "loadtests/results/realtime.json"
TICK_MS = (50, 50)
ADAPTIVE_MS = (10, 50)

Figures = dict[str, Any]


class Effort(msgspec.Struct, frozen=True):
    """How much is measured. `crowds`: screens; `seconds`: of a turn; `pairs`: turns without and
    with `frozen` screens; `deliveries`: of the product's run for truth to `screens` screens."""

    crowds: tuple[int, ...]
    commit_crowds: tuple[tuple[int, float], ...]
    seconds: float
    turns: int
    opening: int
    frozen: int
    pairs: int
    screens: int
    deliveries: int


FULL = Effort(
    crowds=(1_000, 5_000),
    commit_crowds=((1_000, 10.0), (10_000, 2.0)),
    seconds=1.0,
    turns=3,
    opening=5_000,
    frozen=100,
    pairs=7,
    screens=6_000,
    deliveries=10_000_000,
)
QUICK = Effort((50,), ((50, 10.0),), 0.3, 1, 200, 5, 1, 150, 20_000)
WARM_UP_S = 0.5


def judge(told: Figures) -> Figures:
    """What screens counted. Raises AssertionError when any of them was ever wrong."""
    wrong = {name: told[name] for name in ("gaps", "divergences", "duplicates") if told[name]}
    assert not wrong, f"the feed is wrong: {wrong}"
    return told


def saturation(server: OurServer | Nchan, crowd: Crowd, seconds: float) -> float:
    """Messages delivered per CPU second while messages never end."""
    with server.flooded():
        time.sleep(min(seconds, 0.5))
        crowd.ask("mark")
        before = cpu_s(server.pid)
        time.sleep(seconds)
        told = crowd.ask("mark")
        used_s = cpu_s(server.pid) - before
    if isinstance(server, OurServer):
        judge(told)
    return told["messages"] / max(used_s, 0.01)


def at_rate(
    server: OurServer | Nchan, crowd: Crowd, publishing: Publishing, seconds: float
) -> Figures:
    """Messages delivered per CPU second, and how long they took."""
    with publishing:
        time.sleep(WARM_UP_S)  # the first ones meet cold caches and sockets that acknowledge each
        crowd.ask("mark")
        crowd.ask("log 4000000")
        before = cpu_s(server.pid)
        time.sleep(seconds)
        told = crowd.ask("mark")
        used_s = cpu_s(server.pid) - before
        time.sleep(0.1)
    if isinstance(server, OurServer):
        judge(told)
    time.sleep(0.2)
    waits_ms = latencies_ms(crowd, publishing.sent_ns)
    return {
        "per_cpu_s": told["messages"] / max(used_s, 0.01),
        "p50_ms": quantile(waits_ms, 0.5),
        "p99_ms": quantile(waits_ms, 0.99),
        "offered_per_s": publishing.rate * crowd.count,
        "delivered_per_s": told["messages"] / told["seconds"],
    }


def beside(effort: Effort, peer: Nchan | None, wire: str, count: int) -> Figures:
    """Message by message, the two taking turns; medians, and the median of the turns' ratios."""
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(OurServer())
        mine = _opened(stack, ours, wire, count)
        theirs = _opened(stack, peer, wire, count) if peer and wire != "binary" else None
        rates: list[float] = []
        peers: list[float] = []
        for _ in range(effort.turns):
            rates.append(saturation(ours, mine, effort.seconds))
            if peer and theirs:
                peers.append(saturation(peer, theirs, effort.seconds))
        told: Figures = {"per_cpu_s": statistics.median(rates)}
        if peers:
            told["nchan_per_cpu_s"] = statistics.median(peers)
            told["ratio"] = statistics.median(a / b for a, b in zip(rates, peers, strict=True))
        return told


def paced(
    effort: Effort,
    peer: Nchan | None,
    redis_url: str,
    wire: str,
    rate: float,
    rest: tuple[int, int],
    seconds: float,
) -> Figures:
    """At a rate that somebody else sets, through Redis or by POST; the two take turns."""
    count = effort.crowds[0]
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(OurServer(rest, redis_url))
        mine = _opened(stack, ours, wire, count)
        theirs = _opened(stack, peer, wire, count) if peer else None
        time.sleep(0.5)  # until the hub has subscribed
        turns: list[Figures] = []
        peers: list[Figures] = []
        version = 0
        for _ in range(effort.turns):
            publishing = RedisPublishing(rate, redis_url, version)
            turns.append(at_rate(ours, mine, publishing, seconds))
            version = publishing.version
            if peer and theirs:
                peers.append(at_rate(peer, theirs, peer.publishing(rate), seconds))
        told: Figures = {"ours": _medians(turns)}
        if peers:
            told["nchan"] = _medians(peers)
            pairs = list(zip(turns, peers, strict=True))
            for name in ("per_cpu_s", "p50_ms", "p99_ms"):
                told[f"{name}_ratio"] = statistics.median(a[name] / b[name] for a, b in pairs)
        return told


def _medians(turns: list[Figures]) -> Figures:
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def frozen(effort: Effort, redis_url: str) -> Figures:
    """One screen in ten stops reading: what they hold, and what the others notice, calm turns and
    stuck ones alternating. Those that stop are new ones each time: a connection that has carried
    much takes much until it is stuck."""
    others_count = effort.frozen * 9
    calm: list[Figures] = []
    stuck: list[Figures] = []
    bytes_max = version = 0
    with OurServer(ADAPTIVE_MS, redis_url) as ours, ours.crowd("sse", others_count) as others:
        others.open()

        def turn() -> Figures:
            nonlocal version
            publishing = RedisPublishing(20, redis_url, version)
            told = at_rate(ours, others, publishing, 3 * effort.seconds)
            version = publishing.version
            return told

        for _ in range(effort.pairs):
            with ours.crowd("sse", effort.frozen) as stopping:
                stopping.open()
                time.sleep(0.5)
                calm.append(turn())
                stopping.ask(f"freeze {effort.frozen}")
                with RedisPublishing(600, redis_url, version) as filling:
                    deadline = time.monotonic() + 30
                    while ours.ask("stuck")["readers"] < effort.frozen:
                        assert time.monotonic() < deadline, "the frozen screens still take messages"
                        time.sleep(0.2)
                version = filling.version
                stuck.append(turn())
                bytes_max = max(bytes_max, ours.ask("stuck")["bytes_max"])
    return {
        "frozen": effort.frozen,
        "of": others_count + effort.frozen,
        "kernel_and_buffer_kb_max": bytes_max / 1024,
        "p99_ms": _medians(stuck)["p99_ms"],
        "p99_ms_without": _medians(calm)["p99_ms"],
        "p99_ratio": _medians(stuck)["p99_ms"] / _medians(calm)["p99_ms"],
    }


def opening(effort: Effort, peer: Nchan | None) -> Figures:
    """Connecting everybody, the memory of a reader, and everybody at once again."""
    told: Figures = {"readers": effort.opening}
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(OurServer())
        with ours.crowd("sse", 100) as first:
            first.open()  # what is loaded once is no reader's
        time.sleep(0.5)
        before_kb = rss_kb(ours.pid)
        crowd = stack.enter_context(ours.crowd("sse", effort.opening))
        before_s = cpu_s(ours.pid)
        told["open_s"] = crowd.open()
        told["open_cpu_s"] = cpu_s(ours.pid) - before_s
        told["rss_kb_per_reader"] = (rss_kb(ours.pid) - before_kb) / effort.opening
        before_s, before_kb = cpu_s(ours.pid), rss_kb(ours.pid)
        told["storm_s"] = crowd.ask("storm")["seconds"]
        told["storm_cpu_s"] = cpu_s(ours.pid) - before_s
        told["storm_rss_growth_kb"] = rss_kb(ours.pid) - before_kb
        told["snapshots_encoded"] = ours.ask("stats")["snapshot_misses"]
        judge(crowd.ask("mark"))
    if peer:
        before_kb = rss_kb(peer.pid)
        with peer.crowd("sse", effort.opening) as crowd:
            told["nchan_open_s"] = crowd.open()
            told["nchan_rss_kb_per_reader"] = (rss_kb(peer.pid) - before_kb) / effort.opening
    return told


def _opened(stack: contextlib.ExitStack, server: OurServer | Nchan, wire: str, count: int) -> Crowd:
    crowd = stack.enter_context(server.crowd(wire, count))
    crowd.open()
    return crowd


def measure(effort: Effort, peer: Nchan | None, redis_url: str) -> Figures:
    """Everything, in the order of the issue; every step says what it found."""
    found: Figures = {"nchan": peer is not None}
    seconds = effort.seconds

    def keep(name: str, measured: Callable[..., Figures], *arguments: object) -> None:
        began = time.monotonic()
        found[name] = measured(*arguments)
        found[name]["took_s"] = round(time.monotonic() - began, 1)
        print(name, msgspec.json.encode(found[name]).decode(), flush=True)

    for count in effort.crowds:
        for wire in ("sse", "text", "binary"):
            keep(f"{wire}_{count}", beside, effort, peer, wire, count)
    for wire in ("sse", "text"):
        # Of few messages the slowest hundredth is one hiccup: twice as long.
        keep(f"{wire}_light", paced, effort, peer, redis_url, wire, 20, ADAPTIVE_MS, 3 * seconds)
        keep(f"{wire}_tick", paced, effort, peer, redis_url, wire, 1_000, TICK_MS, seconds)
    keep("frozen", frozen, effort, redis_url)
    keep("opening", opening, effort, peer)
    for count, rate in effort.commit_crowds:
        keep(f"commit_{count}", product.commit_to_socket, count, rate, 3 * seconds)
    keep("truth", product.truth, effort.screens, effort.deliveries)
    return found


def headline(found: Figures, effort: Effort) -> Figures:
    """The figures that are compared from run to run; null where there was no peer."""
    few, commits = effort.crowds[0], effort.commit_crowds
    return {
        "sse_vs_nchan": found[f"sse_{few}"].get("ratio"),
        "ws_vs_nchan": found[f"text_{few}"].get("ratio"),
        "sse_many_vs_nchan": found[f"sse_{effort.crowds[-1]}"].get("ratio"),
        "ws_many_vs_nchan": found[f"text_{effort.crowds[-1]}"].get("ratio"),
        "sse_tick_vs_nchan": found["sse_tick"].get("per_cpu_s_ratio"),
        "ws_tick_vs_nchan": found["text_tick"].get("per_cpu_s_ratio"),
        "sse_light_p50_vs_nchan": found["sse_light"].get("p50_ms_ratio"),
        "ws_light_p50_vs_nchan": found["text_light"].get("p50_ms_ratio"),
        "sse_light_p99_vs_nchan": found["sse_light"].get("p99_ms_ratio"),
        "ws_light_p99_vs_nchan": found["text_light"].get("p99_ms_ratio"),
        "commit_to_socket_p99_ms": found[f"commit_{commits[0][0]}"]["p99_ms"],
        "commit_to_socket_many_p99_ms": found[f"commit_{commits[-1][0]}"]["p99_ms"],
        "rss_kb_per_reader": found["opening"]["rss_kb_per_reader"],
        "frozen_reader_kb": found["frozen"]["kernel_and_buffer_kb_max"]
        + found["opening"]["rss_kb_per_reader"],
        "frozen_p99_ratio": found["frozen"]["p99_ratio"],
        "deliveries": found["truth"]["deliveries"],
        "gaps": found["truth"]["gaps"],
        "divergences": found["truth"]["divergences"],
    }


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        valkey = EmbeddedValkey(Path(folder))
        valkey.start()
        try:
            yield valkey.url
        finally:
            valkey.stop()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench.realtime")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args(arguments)
    effort = QUICK if given.quick else FULL
    with contextlib.ExitStack() as stack:
        redis_url = stack.enter_context(redis_server())
        try:
            peer = None if given.quick else stack.enter_context(nchan())
        except Skipped as reason:
            print(f"skipped: {reason}")
            peer = None
        try:
            found = measure(effort, peer, redis_url)
        except Skipped as reason:
            print(f"skipped: {reason}")
            return 0
    figures = headline(found, effort)
    if not given.quick:
        RESULTS.parent.mkdir(exist_ok=True)
        report = {"at": time.strftime("%Y-%m-%d")} | figures | {"rounds": found}
        RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
        write_table(table(figures, found, effort.crowds))
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
