"""Laws of cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.cells import Cells, fmix32

SIZE = 6
changes = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, 3)), max_size=4)


def test_fmix32_is_murmur3():
    # Reference values from the public C++ source.
    assert [fmix32(key) for key in (0, 1, 2, 0xFFFFFFFF)] == [0, 0x514E28B7, 0x30F4C306, 0x81F16F39]


def test_the_checksum_is_the_sum_of_values_times_hashes():
    cells = Cells([0, 2, 3, 500], version=9)
    expected = 2 * fmix32(2) + 3 * fmix32(3) + 500 * fmix32(4)
    assert cells.checksum() == expected % 2**32


@given(st.lists(changes, max_size=12), st.data())
def test_state_at_any_version_plus_its_merged_delta_is_the_state_now(
    commits: list[list[tuple[int, int]]], data: st.DataObject
):
    cells = Cells([0] * SIZE, 0)
    history = [list(cells.values)]
    for version, commit in enumerate(commits, 1):
        cells.apply(commit, version)
        history.append(list(cells.values))
    since = data.draw(st.integers(0, len(commits)))
    merged = cells.since(since)
    assert merged is not None
    state = history[since]
    for key, value in merged:
        state[key] = value
    assert state == cells.values
    assert cells.checksum() == Cells(cells.values, len(commits)).checksum()
    assert len({key for key, _ in merged}) == len(merged)


@given(st.lists(changes, min_size=1, max_size=12))
def test_cells_built_from_rows_tell_the_same_deltas_as_those_that_lived_through_them(
    commits: list[list[tuple[int, int]]],
):
    lived = Cells([0] * SIZE, 0)
    versions = [0] * SIZE
    for version, commit in enumerate(commits, 1):
        lived.apply(commit, version)
        for key, _ in commit:
            versions[key] = version
    built = Cells(lived.values, len(commits), versions)
    for since in range(len(commits) + 1):
        assert built.since(since) == lived.since(since)
    assert built.checksum() == lived.checksum()


def test_without_row_versions_the_past_is_unknown():
    cells = Cells([1, 2], version=5)
    assert cells.since(4) is None
    assert cells.since(5) == []


@pytest.mark.parametrize("key", [-1, 2, 10**9])
def test_an_unknown_key_is_refused(key: int):
    with pytest.raises(IndexError):
        Cells([0, 0], version=0).apply([(key, 1)], 1)


def test_versions_must_match_the_values():
    with pytest.raises(ValueError, match="length"):
        Cells([0, 0], 1, [1])
