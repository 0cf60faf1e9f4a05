"""Mutated drawings: a map of finite numbers or a clear refusal, quickly, whatever is changed."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import seatmap
from seatmap import DrawingError, SeatMap, formats
from seatmap.samples import make_club
from tests.seatmap.drawings import box, dots, svg
from tests.seatmap.mutations import mutated

CPU_S_MAX = 2.0
CORPUS = Path(__file__).parent / "corpus"
SEEDS = [
    make_club.OUT.read_bytes(),
    svg("".join(dots(12, 30 + 15 * r, lambda i, r=r: f'id="s_{r}_{i}"') for r in range(6))),
    svg("".join(dots(12, 30 + 15 * r, lambda _: "") for r in range(6))),
    svg(
        "".join(
            box(i, f'id="block{i}"') + f'<text x="{12 + 40 * i}" y="40">A{i}</text>'
            for i in range(9)
        )
    ),
    svg(
        '<symbol id="a" viewBox="0 0 9 9"><circle class="seat" cx="4" cy="4" r="4"/></symbol>'
        + "".join(f'<use href="#a" x="{20 * i}" y="9" width="9" height="9"/>' for i in range(9))
        + '<svg x="9" y="99" width="50" height="50" viewBox="0 0 5 5">'
        '<path id="GA1" d="M0 0H5V5Z"/></svg>'
    ),
]


def numbers(found: SeatMap) -> Iterator[float]:
    for seat in found.seats:
        yield from (*seat.centre, seat.radius, *seat.box)
    for item in (*found.sections, *found.areas):
        yield from (*item.centre, *item.label_at, *item.box)
        for point in item.outline or ():
            yield from point


def check(data: bytes) -> None:
    start, refusal = time.process_time(), None
    try:
        found = formats.read(data)
    except DrawingError as error:
        refusal = error.detail
    else:
        assert all(map(isfinite, numbers(found)))
        things = (found.sections, found.areas, found.rows, found.tables, found.seats)
        keys = [thing.key for kind in things for thing in kind]
        assert len(keys) == len(set(keys))
        msgspec.json.encode(found)
    assert refusal != ""
    assert time.process_time() - start < CPU_S_MAX


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SEEDS), st.sampled_from(SEEDS), st.integers(0, 2**32), st.booleans())
def test_mutated_drawings_are_read_or_refused(
    data: bytes, other: bytes, seed: int, packed: bool
) -> None:
    changed = mutated(data, other, Random(seed))
    check(gzip.compress(changed, 1) if packed else changed)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    check(data)
    check(b"<svg " + data)
    check(b'{"subChart":' + data)


@pytest.mark.parametrize("file", sorted(CORPUS.iterdir()), ids=lambda file: file.name)
def test_what_once_went_wrong_is_read_or_refused(file: Path) -> None:
    check(file.read_bytes())


def test_the_same_mutation_gives_the_same_map() -> None:
    changed = mutated(SEEDS[0], SEEDS[1], Random(4))
    assert seatmap.parse(changed) == seatmap.parse(changed)
