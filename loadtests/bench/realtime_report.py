"""The table in docs/realtime.md, from the figures of a run."""

from collections.abc import Sequence
from typing import Any

from loadtests.bench.realtime_rig import ROOT

DOCUMENT = ROOT / "docs/realtime.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def table(figures: dict[str, Any], found: dict[str, Any], crowds: Sequence[int]) -> str:
    """Markdown: what was measured, ours, Nchan's, the ratio."""
    rows = ["| what | ours | Nchan | ratio | goal |", "|---|---|---|---|---|"]

    def add(what: str, ours: str, theirs: str = "", ratio: Any = None, goal: str = "") -> None:
        told = "" if ratio is None else f"**{ratio:.2f}**"
        rows.append(f"| {what} | {ours} | {theirs} | {told} | {goal} |")

    for wire, name, goal in (("sse", "SSE", ">= 1.2"), ("text", "WebSocket", ">= 1.0")):
        for count in crowds:
            told = found[f"{wire}_{count}"]
            add(
                f"{name}, {count:,} readers, message by message: delivered per CPU second",
                _thousands(told["per_cpu_s"]),
                _thousands(told.get("nchan_per_cpu_s")),
                told.get("ratio"),
                goal,
            )
        told = found[f"{wire}_tick"]
        add(
            f"{name}, {crowds[0]:,} readers, 1,000 messages/s, 50 ms tick: per CPU second",
            _thousands(told["ours"]["per_cpu_s"]),
            _thousands(told.get("nchan", {}).get("per_cpu_s")),
            told.get("per_cpu_s_ratio"),
            ">= 30",
        )
        light = found[f"{wire}_light"]
        add(
            f"{name}, {crowds[0]:,} readers, 20 messages/s: p50 / p99",
            _waits(light["ours"]),
            _waits(light.get("nchan")),
            light.get("p99_ms_ratio"),
            "<= 0.75",
        )
    for count in crowds:
        told = found[f"binary_{count}"]
        add(
            f"binary WebSocket, {count:,} readers, message by message: delivered per CPU second",
            _thousands(told["per_cpu_s"]),
        )
    for name, told in found.items():
        if name.startswith("commit_"):
            what = f"commit of a hold -> readable, {told['screens']:,} screens"
            add(f"{what}, {told['holds_per_s']:g} holds/s: p50 / p99", _waits(told))
    opened = found["opening"]
    add(
        f"memory per idle SSE reader ({opened['readers']:,})",
        f"{opened['rss_kb_per_reader']:.1f} KB",
        _unit(opened.get("nchan_rss_kb_per_reader"), "KB"),
        goal="<= 16 KB",
    )
    add(
        f"opening {opened['readers']:,} streams",
        f"{opened['open_s']:.2f} s, {opened['open_cpu_s']:.2f} s of CPU",
        _unit(opened.get("nchan_open_s"), "s"),
    )
    add(
        f"all {opened['readers']:,} again at once: until all have the state",
        f"{opened['storm_s']:.2f} s, {opened['storm_cpu_s']:.2f} s of CPU, "
        f"{opened['storm_rss_growth_kb'] / 1024:+.1f} MB, "
        f"{opened['snapshots_encoded']} snapshot encoded",
    )
    add(
        "a frozen reader, kernel included",
        f"{figures['frozen_reader_kb']:.1f} KB",
        goal="< 64 KB",
    )
    add(
        "p99 of the others when one in ten is frozen",
        f"{found['frozen']['p99_ms']:.1f} ms, without {found['frozen']['p99_ms_without']:.1f} ms",
        "",
        figures["frozen_p99_ratio"],
        "< 1.1",
    )
    truth = found["truth"]
    add(
        f"gaps / divergences in {truth['deliveries']:,.0f} deliveries "
        f"({truth['reconnects']:,.0f} reconnects)",
        f"{truth['gaps']:.0f} / {truth['divergences']:.0f}",
        goal="0 / 0",
    )
    return "\n".join(rows)


def write_table(text: str) -> None:
    """Between the markers. Raises ValueError when these are not there."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{DOCUMENT} has no place for the table")
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _thousands(number: float | None) -> str:
    return "" if number is None else f"{round(number, -3):,.0f}"


def _waits(told: dict[str, Any] | None) -> str:
    return "" if told is None else f"{told['p50_ms']:.1f} / {told['p99_ms']:.1f} ms"


def _unit(number: float | None, unit: str) -> str:
    return "" if number is None else f"{number:.2f} {unit}"
