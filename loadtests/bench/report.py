"""The figures as text, in docs/performance.md and as its plot: all from one JSON.

python -m loadtests.bench.report        # again from loadtests/results/holds.json
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from loadtests.bench.figures import Figure, Results, best
from loadtests.bench.plot import Bar, Panel, draw

RESULT = Path("loadtests/results/holds.json")
PAGE = Path("docs/performance.md")
PLOT = Path("docs/images/holds.svg")
_BETWEEN = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)

RATIOS = {
    "engine_vs_pgbench": "engine / pgbench, one statement",
    "engine_vs_pgbench_four": "engine / pgbench, four statements",
    "hot_vs_pgbench": "hot block: engine / pgbench",
    "pool_vs_naive_64": "standing area, 64 buyers: engine / naive",
    "pool_vs_naive": "standing area, 256 buyers: engine / naive",
    "http_vs_null": "HTTP / HTTP without a database",
    "http_vs_pgbench": "HTTP / pgbench, one statement",
    "http_p99_ms": "HTTP p99 at 256 buyers, ms",
}
_NAMES = (
    (r"pgbench/one/(\d+)", "pgbench, one statement, {} clients"),
    (r"pgbench/four/(\d+)", "pgbench, four statements, {} clients"),
    (r"pgbench/hot/(\d+)", "pgbench, hot block, one statement, {} clients"),
    (r"engine/seats/(\d+)", "engine, {} buyers"),
    (r"engine/hot/(\d+)", "engine, hot block, {} buyers"),
    (r"engine/pool/(\d+)", "engine, standing area, {} buyers"),
    (r"pgbench/pool/(\d+)", "naive SERIALIZABLE from pgbench, standing area, {} clients"),
    (r"naive/pool/(\d+)", "naive SERIALIZABLE, standing area, {} buyers"),
    (r"engine/pool of (\d+)", "engine, a pool of {} and 5,000 attempts"),
    (r"http/null", "HTTP without a database, 256 buyers"),
    (r"http/(\d+)", "HTTP, {} web processes, 256 buyers"),
)
PROFILE_TOLD = 12


def text(results: Results) -> str:
    """What a terminal shows."""
    rows = [("", "per s", "p50 ms", "p99 ms", "refused", "CPU us"), *_rows(results.figures)]
    lines = [
        f"{row[0]:<48}" + "".join(f"{cell:>10}" for cell in row[1:5]) + f"  {row[5]}"
        for row in rows
    ]
    lines.append("")
    for name, value, half, turns, goal, verdict in _ratio_rows(results):
        lines.append(f"{name:<44}{value:>10}{half:>20}{turns:>4}{goal:>10}  {verdict}")
    return "\n".join([*lines, "", _machine(results), _laws(results)])


def markdown(results: Results) -> str:
    """What stands between the markers of the page."""
    lines = [
        f"Measured {results.measured_at}: {results.curves} times everything, then {results.rounds} "
        "rounds of those that the goals compare; medians.",
        _machine(results),
        "",
        "| ratio | measured | half of the turns | turns | goal | |",
        "|---|--:|--:|--:|--:|---|",
    ]
    lines += [f"| {' | '.join(row)} |" for row in _ratio_rows(results)]
    lines += ["", _laws(results), ""]
    lines += ["| | per s | p50 ms | p99 ms | refused | CPU µs per attempt |"]
    lines += ["|---|--:|--:|--:|--:|---|"]
    lines += [f"| {' | '.join(row)} |" for row in _rows(results.figures)]
    lines += ["", "Where one web process spends its CPU time, by the line that runs:", ""]
    lines += ["| | share |", "|---|--:|"]
    lines += [f"| `{spot.where}` | {spot.share:.1%} |" for spot in results.profile[:PROFILE_TOLD]]
    return "\n".join(lines)


def refresh(results: Results) -> None:
    """Write the figures into the page, and draw the plot."""
    page = PAGE.read_text()
    if not _BETWEEN.search(page):
        raise ValueError(f"{PAGE} has no markers for the figures")
    table = markdown(results)
    PAGE.write_text(_BETWEEN.sub(lambda found: f"{found[1]}{table}\n{found[2]}", page))
    PLOT.write_text(draw(panels(results.figures)))


def panels(figures: dict[str, Figure]) -> list[Panel]:
    """Seats on a linear scale, standing places on a logarithmic one."""
    peers = [best(figures, "pgbench/four"), best(figures, "pgbench/one")]
    seats = [Bar(name_of(name), figure.per_s, is_ours=False) for name, figure in peers]
    seats += [
        Bar(name_of(name), figure.per_s, is_ours=name != "http/null")
        for name, figure in figures.items()
        if name.startswith(("engine/seats/", "http/")) and name not in ("http/2", "http/3")
    ]
    pools = [
        Bar(f"{name}, {buyers} buyers", figures[f"{who}/pool/{buyers}"].per_s, who == "engine")
        for buyers in (64, 256)
        for who, name in (("naive", "naive SERIALIZABLE"), ("engine", "engine"))
    ]
    return [
        Panel("Seats: holds per second, each durable", seats, is_logarithmic=False),
        Panel("A standing area: holds per second, logarithmic", pools, is_logarithmic=True),
    ]


def name_of(figure: str) -> str:
    for pattern, name in _NAMES:
        found = re.fullmatch(pattern, figure)
        if found:
            named = name.format(*found.groups())
            return re.sub(r"\b1 (client|buyer|web processe)s", _singular, named)
    return figure


def _singular(found: re.Match[str]) -> str:
    return f"1 {found[1].removesuffix('e') if found[1].endswith('se') else found[1]}"


def _rows(figures: dict[str, Figure]) -> Iterable[tuple[str, ...]]:
    for name, figure in sorted(figures.items(), key=lambda item: _order(item[0])):
        yield (
            name_of(name),
            f"{figure.per_s:,.0f}",
            _ms(figure.p50_ms),
            _ms(figure.p99_ms),
            f"{figure.refused_share:.0%}" if figure.refused_share else "",
            ", ".join(f"{process} {us:.0f}" for process, us in figure.cpu_us.items()),
        )


def _order(figure: str) -> tuple[int, int]:
    for at, (pattern, _) in enumerate(_NAMES):
        found = re.fullmatch(pattern, figure)
        if found:
            return at, int(found[1]) if found.groups() else 0
    return len(_NAMES), 0


def _ratio_rows(results: Results) -> Iterable[tuple[str, str, str, str, str, str]]:
    for key, name in RATIOS.items():
        digits = 1 if key.endswith("_ms") else 2
        value, half = getattr(results, key), results.spread[key]
        shown = [f"{number:,.{digits}f}" for number in (value, half.low, half.high)]
        goal, wanted, verdict = results.goals.get(key), "", ""
        if goal is not None:
            wanted = f"{'<=' if key.endswith('_ms') else '>='} {goal.goal:g}"
            verdict = "met" if goal.is_met else "missed"
        yield name, shown[0], f"{shown[1]} to {shown[2]}", str(half.turns), wanted, verdict


def _machine(results: Results) -> str:
    machine = results.machine
    return (
        f"{machine.cores} cores, {machine.memory_gb:g} GB; {machine.fsync_per_s:,.0f} fsyncs/s of "
        f"one writer; others kept {machine.foreign_cpu_cores:g} cores busy, the host withheld "
        f"{machine.stolen_cpu_cores:g}; the whole run took {results.duration_s:.0f} s."
    )


def _laws(results: Results) -> str:
    broken = results.laws.broken()
    return "Broken laws: " + "; ".join(broken) + "." if broken else (
        "No place was held twice, no acknowledged hold was lost, no serialization failure reached "
        "a buyer, every refusal named its place, and the pool of 500 gave exactly 500."
    )  # fmt: skip


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


if __name__ == "__main__":
    refresh(msgspec.json.decode(RESULT.read_bytes(), type=Results))
    sys.exit(0)
