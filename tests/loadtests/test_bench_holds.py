"""The bench of the hold engine, quick: what it measures must be true, whatever the speed."""

import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from loadtests.bench import report
from loadtests.bench.figures import (
    GOALS,
    POOL,
    Book,
    Laws,
    Results,
    Sample,
    Spread,
    fittest,
    spread,
)
from tests.fixtures.services import ROOT


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    out = tmp_path_factory.mktemp("bench") / "holds.json"
    done = subprocess.run(
        [sys.executable, "-m", "loadtests.bench.holds", "--quick", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return msgspec.json.decode(out.read_bytes(), type=Results)


def test_a_run_breaks_no_law(results: Results):
    assert results.laws == Laws(pool_of_500_held=POOL)
    assert results.figures[f"engine/pool of {POOL}"].refused_share == 0.9


def test_every_figure_is_there_and_finite(results: Results):
    numbers = [getattr(results, name) for name in report.RATIOS]
    numbers += [goal.value for goal in results.goals.values()]
    for figure in results.figures.values():
        numbers += [figure.per_s, figure.least_per_s, figure.most_per_s, *figure.cpu_us.values()]
    machine = results.machine
    numbers += [machine.fsync_per_s, machine.foreign_cpu_cores, machine.stolen_cpu_cores]
    assert all(math.isfinite(number) and number >= 0 for number in numbers)
    assert min(results.http_vs_null, results.pool_vs_naive, results.engine_vs_pgbench) > 0
    assert results.goals.keys() == GOALS.keys()
    assert results.profile
    measured = {"pgbench/one/8", "pgbench/four/8", "pgbench/hot/8", "http/null", "http/3"}
    measured |= {f"engine/{what}/{n}" for what in ("seats", "hot") for n in (1, 64, 256, 1024)}
    measured |= {f"{who}/pool/{n}" for who in ("engine", "naive") for n in (64, 256)}
    assert measured | {"pgbench/pool/64"} <= results.figures.keys()
    compared_twice = set(report.RATIOS) - {"hot_vs_pgbench", "pool_vs_naive", "pool_vs_naive_64"}
    for name, half in results.spread.items():
        assert half.turns == (2 if name in compared_twice else 1)
        assert 0 < half.low <= half.high < math.inf


def test_the_page_and_its_plot_are_made_of_the_figures(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page, plot = tmp_path / "performance.md", tmp_path / "holds.svg"
    page.write_text((ROOT / report.PAGE).read_text())
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "PLOT", plot)
    report.refresh(results)
    report.refresh(results)
    text = page.read_text()
    assert text.count("<!-- figures -->") == 1
    for name, figure in results.figures.items():
        assert f"| {report.name_of(name)} | {figure.per_s:,.0f} |" in text
    drawing = plot.read_text()
    assert f">{results.figures['engine/seats/256'].per_s:,.0f}</text>" in drawing
    assert "prefers-color-scheme: dark" in drawing


def _samples(turn: int) -> Iterator[tuple[str, Sample]]:
    slow = [1, 2, 4][turn]  # the machine, and so everybody
    yield "pgbench/one/8", Sample(per_s=100 / slow, done=1)
    yield "pgbench/four/8", Sample(per_s=50 / slow, done=1)
    yield "engine/seats/64", Sample(per_s=[1_000, 900, 1_100][turn] / slow, done=1)
    yield "http/1", Sample(per_s=200 / slow, done=1, p99_ms=[7.0, 900.0, 5.0][turn])
    yield "http/null", Sample(per_s=400 / slow, done=1)
    if turn == 0:
        yield "pgbench/one/64", Sample(per_s=90, done=1)
        yield "pgbench/hot/8", Sample(per_s=10, done=1)
        yield "engine/hot/64", Sample(per_s=300, done=1)
        for buyers in (64, 256):
            yield f"engine/pool/{buyers}", Sample(per_s=buyers, done=1)
            yield f"naive/pool/{buyers}", Sample(per_s=2, done=1)


def test_a_ratio_is_of_one_turn_each_at_its_best_concurrency():
    book, suits = Book(), {}
    for turn in range(3):
        book.turn()
        for name, sample in _samples(turn):
            book.note(name, sample)
        if turn == 0:
            suits = fittest(book.figures())
    assert book.ratios(suits) == {
        "engine_vs_pgbench": [10, 9, 11],
        "engine_vs_pgbench_four": [20, 18, 22],
        "hot_vs_pgbench": [30],
        "pool_vs_naive": [128],
        "pool_vs_naive_64": [32],
        "http_vs_null": [0.5] * 3,
        "http_vs_pgbench": [2] * 3,
        "http_p99_ms": [7, 900, 5],
    }
    assert spread([5, 1, 4, 2, 3, 9, 7]) == Spread(2, 7, 7)
    assert spread([3]) == Spread(3, 3, 1)


BROKEN = [
    Laws(pool_of_500_held=499),
    Laws(pool_of_500_held=501),
    Laws(pool_of_500_held=POOL, double_holds=1),
    Laws(pool_of_500_held=POOL, holds_lost=1),
    Laws(pool_of_500_held=POOL, serialization_failures_told=1),
    Laws(pool_of_500_held=POOL, refusals_unnamed=1),
    Laws(pool_of_500_held=POOL, hot_seats_amiss=1),
    Laws(pool_of_500_held=POOL, unequal_rows=["one.sql writes less"]),
]


@pytest.mark.parametrize("laws", BROKEN)
def test_each_broken_law_is_told(laws: Laws):
    assert len(laws.broken()) == 1
