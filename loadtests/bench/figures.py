"""What one measurement gives, and what a run makes of all of them: medians and ratios."""

from collections.abc import Mapping, Sequence
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


class Spread(msgspec.Struct):
    """Half of the turns gave something between these: the quartiles; `turns`: of how many."""

    low: float
    high: float
    turns: int


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
    """`loadtests/results/holds.json`. A ratio is the median of those within each turn, and `spread`
    says how they scatter; `figures` by what was measured."""

    engine_vs_pgbench: float
    engine_vs_pgbench_four: float
    hot_vs_pgbench: float
    pool_vs_naive: float
    pool_vs_naive_64: float
    http_vs_null: float
    http_vs_pgbench: float
    http_p99_ms: float
    spread: dict[str, Spread]
    goals: dict[str, Goal]
    laws: Laws
    figures: dict[str, Figure]
    profile: list[Hotspot]
    machine: Machine
    measured_at: str
    curves: int
    rounds: int
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


RATIOS = {
    "engine_vs_pgbench": ("engine/seats", "pgbench/one"),
    "engine_vs_pgbench_four": ("engine/seats", "pgbench/four"),
    "hot_vs_pgbench": ("engine/hot", "pgbench/hot"),
    "pool_vs_naive": ("engine/pool/256", "naive/pool/256"),
    "pool_vs_naive_64": ("engine/pool/64", "naive/pool/64"),
    "http_vs_null": ("http/1", "http/null"),
    "http_vs_pgbench": ("http/1", "pgbench/one"),
}
"""Who is divided by whom. A name without its number is that of the number that suits it best."""


class Book:
    """Collects samples by name, in the order of their first appearance, and tells each. A turn is
    a stretch in which everybody that is compared was measured, once each."""

    def __init__(self) -> None:
        self.samples: dict[str, list[Sample]] = {}
        self._turns: list[dict[str, Sample]] = []

    def turn(self) -> None:
        """What is noted from here on is of another turn."""
        self._turns.append({})

    def note(self, name: str, sample: Sample) -> None:
        self.samples.setdefault(name, []).append(sample)
        self._turns[-1][name] = sample
        p99 = "" if sample.p99_ms is None else f"  p99 {sample.p99_ms:8.1f} ms"
        faults = "".join(f"  {count} {what}" for what, count in sample.faults.items())
        print(f"  {name:<22}{sample.per_s:>10,.0f} /s{p99}{faults}", flush=True)

    def figures(self) -> dict[str, Figure]:
        return {name: _figure(samples) for name, samples in self.samples.items()}

    def ratios(self, fittest: Mapping[str, str]) -> dict[str, list[float]]:
        """What each turn gave that has both sides of it, and the 99th percentile of HTTP beside
        them; `fittest`: which number suits a name without one."""
        names = {
            ratio: (fittest.get(ours, ours), fittest.get(theirs, theirs))
            for ratio, (ours, theirs) in RATIOS.items()
        }
        found = {
            ratio: [
                turn[ours].per_s / turn[theirs].per_s
                for turn in self._turns
                if ours in turn and theirs in turn
            ]
            for ratio, (ours, theirs) in names.items()
        }
        tails = [turn["http/1"].p99_ms for turn in self._turns if "http/1" in turn]
        return found | {"http_p99_ms": [tail for tail in tails if tail is not None]}


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


def best(figures: Mapping[str, Figure], kind: str) -> tuple[str, Figure]:
    """The fastest figure whose name begins with `kind`."""
    fitting = {name: figure for name, figure in figures.items() if name.startswith(f"{kind}/")}
    return max(fitting.items(), key=lambda item: item[1].per_s)


def fittest(figures: Mapping[str, Figure]) -> dict[str, str]:
    """Of each name without its number, the one whose number suits it best."""
    kinds = {kind for pair in RATIOS.values() for kind in pair if kind not in figures}
    return {kind: best(figures, kind)[0] for kind in kinds}


def spread(values: Sequence[float]) -> Spread:
    """The nearest-rank quartiles."""
    ordered = sorted(values)
    quarter = len(ordered) // 4
    return Spread(ordered[quarter], ordered[-1 - quarter], len(ordered))


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
