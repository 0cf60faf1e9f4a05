"""What one measurement gives, and what a run makes of all of them: medians and ratios."""

from statistics import median

import msgspec

from loadtests.bench.machine import Machine

HOT_SEATS, POOL = 200, 500
"""What is sold out in each run: the seats of the hot block, and a small standing area."""


class Sample(msgspec.Struct):
    """One measurement. `done`: granted; `refused`: named as taken; `faults`: everything else that
    a caller was told, by name; `cpu_us`: CPU microseconds per attempt, by process."""

    per_s: float
    done: int
    refused: int = 0
    p50_ms: float | None = None
    p99_ms: float | None = None
    faults: dict[str, int] = {}
    cpu_us: dict[str, float] = {}


class Figure(msgspec.Struct):
    """Medians over the repetitions, and the least and the most of them."""

    per_s: float
    least_per_s: float
    most_per_s: float
    p50_ms: float | None
    p99_ms: float | None
    refused_share: float
    cpu_us: dict[str, float]


class Goal(msgspec.Struct):
    value: float
    goal: float
    is_met: bool


class Laws(msgspec.Struct):
    """What must be: none of anything, and all of the pool of 500.

    `refusals_unnamed`: refusals that did not say which place was taken; `hot_seats_amiss`: by how
    many the hot block was sold short, or too often; `unequal_rows`: where a peer wrote another row
    for a hold than the engine does.
    """

    double_holds: int = 0
    holds_lost: int = 0
    serialization_failures_told: int = 0
    refusals_unnamed: int = 0
    hot_seats_amiss: int = 0
    pool_of_500_held: int = 0
    unequal_rows: list[str] = []

    def broken(self) -> list[str]:
        """The laws that this run broke, in words."""
        none = {
            "places held twice": self.double_holds,
            "acknowledged holds lost": self.holds_lost,
            "serialization failures told to a buyer": self.serialization_failures_told,
            "refusals that name no place": self.refusals_unnamed,
            "hot seats held too often or not at all": self.hot_seats_amiss,
        }
        found = [f"{count} {what}" for what, count in none.items() if count]
        if self.pool_of_500_held != POOL:
            found.append(f"{self.pool_of_500_held} of a pool of {POOL} held")
        return found + self.unequal_rows


class Hotspot(msgspec.Struct):
    """`share` of the web process's CPU time, 0 to 1."""

    where: str
    share: float


class Results(msgspec.Struct):
    """`loadtests/results/holds.json`. A ratio is one of medians; `figures` by what was measured."""

    engine_vs_pgbench: float
    engine_vs_pgbench_four: float
    hot_vs_pgbench: float
    pool_vs_naive: float
    pool_vs_naive_64: float
    http_vs_null: float
    http_vs_pgbench: float
    http_p99_ms: float
    goals: dict[str, Goal]
    laws: Laws
    figures: dict[str, Figure]
    profile: list[Hotspot]
    machine: Machine
    measured_at: str
    repetitions: int
    is_quick: bool
    duration_s: float


GOALS = {
    "engine_vs_pgbench": 5.0,
    "engine_vs_pgbench_four": 10.0,
    "pool_vs_naive_64": 300.0,
    "pool_vs_naive": 1_000.0,
    "http_vs_null": 0.8,
    "http_vs_pgbench": 1.0,
    "http_p99_ms": 80.0,
}
_LOW_IS_GOOD = {"http_p99_ms"}


class Book:
    """Collects samples by name, in the order of their first appearance, and tells each."""

    def __init__(self) -> None:
        self.samples: dict[str, list[Sample]] = {}

    def note(self, name: str, sample: Sample) -> None:
        self.samples.setdefault(name, []).append(sample)
        p99 = "" if sample.p99_ms is None else f"  p99 {sample.p99_ms:8.1f} ms"
        faults = "".join(f"  {count} {what}" for what, count in sample.faults.items())
        print(f"  {name:<22}{sample.per_s:>10,.0f} /s{p99}{faults}", flush=True)

    def figures(self) -> dict[str, Figure]:
        return {name: _figure(samples) for name, samples in self.samples.items()}


def _figure(samples: list[Sample]) -> Figure:
    rates = [sample.per_s for sample in samples]
    attempts = sum(sample.done + sample.refused for sample in samples)
    processes = {process for sample in samples for process in sample.cpu_us}
    return Figure(
        per_s=median(rates),
        least_per_s=min(rates),
        most_per_s=max(rates),
        p50_ms=_median([sample.p50_ms for sample in samples]),
        p99_ms=_median([sample.p99_ms for sample in samples]),
        refused_share=sum(sample.refused for sample in samples) / max(1, attempts),
        cpu_us={
            process: median(sample.cpu_us.get(process, 0.0) for sample in samples)
            for process in sorted(processes)
        },
    )


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def best(figures: dict[str, Figure], kind: str) -> tuple[str, Figure]:
    """The fastest figure whose name begins with `kind`."""
    fitting = {name: figure for name, figure in figures.items() if name.startswith(f"{kind}/")}
    return max(fitting.items(), key=lambda item: item[1].per_s)


def ratios(figures: dict[str, Figure]) -> dict[str, float]:
    """Engine and pgbench each at the concurrency that suits it best; the others as named."""
    p99_ms = figures["http/1"].p99_ms
    assert p99_ms is not None
    _, one = best(figures, "pgbench/one")
    _, seats = best(figures, "engine/seats")
    http = figures["http/1"].per_s
    return {
        "engine_vs_pgbench": seats.per_s / one.per_s,
        "engine_vs_pgbench_four": seats.per_s / best(figures, "pgbench/four")[1].per_s,
        "hot_vs_pgbench": best(figures, "engine/hot")[1].per_s
        / best(figures, "pgbench/hot")[1].per_s,
        "pool_vs_naive": _over(figures, "pool/256"),
        "pool_vs_naive_64": _over(figures, "pool/64"),
        "http_vs_null": http / figures["http/null"].per_s,
        "http_vs_pgbench": http / one.per_s,
        "http_p99_ms": p99_ms,
    }


def _over(figures: dict[str, Figure], what: str) -> float:
    return figures[f"engine/{what}"].per_s / figures[f"naive/{what}"].per_s


def goals(measured: dict[str, float]) -> dict[str, Goal]:
    return {
        name: Goal(
            measured[name],
            goal,
            measured[name] <= goal if name in _LOW_IS_GOOD else measured[name] >= goal,
        )
        for name, goal in GOALS.items()
    }


def percentile_ms(seconds: list[float], share: float) -> float | None:
    """The nearest-rank percentile, milliseconds; sorts its argument. None of nothing."""
    if not seconds:
        return None
    seconds.sort()
    return seconds[min(len(seconds) - 1, int(share * len(seconds)))] * 1000
