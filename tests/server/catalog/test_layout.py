"""An index means one seat in all versions of a map, and every row and table is one range."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatmap import SeatMap, formats
from server.catalog import edits, findings
from server.catalog.drafting import Made, MakeVersion, NotReady, Source, perform
from server.catalog.edits import Capacity, Edit, Remove, Rename
from server.catalog.geometry import Places
from server.catalog.layout import Former, LaidOut, lay_out
from tests.server.catalog.venue import club, hall

HALLS = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 6), min_size=1, max_size=4).map(
    lambda rows: formats.read(hall(rows))
)
CLUB = formats.read(club())
_TABLES = [table.key for table in CLUB.tables]
_CHANGES = st.lists(
    st.one_of(
        st.builds(Capacity, st.sampled_from(_TABLES), st.integers(1, 9)),
        st.builds(lambda key: Remove([key]), st.sampled_from([seat.key for seat in CLUB.seats])),
        st.builds(lambda key: Remove([key]), st.sampled_from([*_TABLES, "lounge", "gallery"])),
        st.builds(Rename, st.sampled_from(_TABLES), st.sampled_from(["X", "Y", None])),
    ),
    max_size=4,
)


def club_with(wanted: Sequence[Edit]) -> SeatMap:
    return edits.apply(CLUB, wanted).drawing


def versions_of(drawings: list[SeatMap]) -> list[LaidOut]:
    laid: list[LaidOut] = []
    for drawing in drawings:
        former = Former(laid[-1].geometry, laid[-1].keys) if laid else None
        laid.append(lay_out("m", drawing, former))
    return laid


def check(drawings: list[SeatMap]) -> None:
    versions = versions_of(drawings)
    for drawing, (geometry, keys, _, places) in zip(drawings, versions, strict=True):
        read = Places(geometry)
        there = [idx for idx in range(geometry.seats.n) if idx not in read.removed]
        # Each seat of the drawing has one index, under its own key and its own name.
        assert sorted(at for at in places if at is not None) == [*range(len(drawing.seats))]
        assert sorted(keys[idx] for idx in there) == sorted(seat.key for seat in drawing.seats)
        for idx in there:
            at = places[idx]
            assert at is not None
            seat = drawing.seats[at]
            name = read.name_of(idx)
            assert name.number == (seat.name or "")
            owner = drawing.rows[seat.row] if seat.row is not None else None
            owner = drawing.tables[seat.table] if seat.table is not None else owner
            assert name.row == (owner.name if owner else None)
        assert {read.label_of(idx) for idx in read.removed} <= {"Seat"}
        # Rows, tables and sections are ranges that cover just the seats that are there.
        groups = [*geometry.rows, *geometry.tables]
        covered = [idx for group in groups for idx in range(group.seats[0], sum(group.seats))]
        assert sorted(covered) == there
        ranges = [one for section in geometry.sections for one in section.ranges]
        of_sections = [idx for start, count in ranges for idx in range(start, start + count)]
        in_sections = [idx for idx in there if read.section_of(idx) is not None]
        assert sorted(of_sections) == in_sections
    for (before, old, *_), (after, new, *_) in pairwise(versions):
        assert new[: len(old)] == old
        for kind in ("zones", "tables", "areas"):
            was = [thing.key for thing in getattr(before, kind)]
            assert [thing.key for thing in getattr(after, kind)][: len(was)] == was


@given(st.lists(HALLS, min_size=1, max_size=4))
def test_redrawn_rows_keep_the_index_of_every_seat(drawings: list[SeatMap]) -> None:
    check(drawings)
    versions = versions_of(drawings)
    first = {key: idx for idx, key in reversed([*enumerate(versions[-1].keys)])}
    for geometry, keys, _, _ in versions:
        gone = Places(geometry).removed
        assert all(first[key] == idx for idx, key in enumerate(keys) if idx not in gone)


@given(st.lists(_CHANGES.map(club_with), min_size=1, max_size=4))
def test_tables_that_change_stay_one_range_and_the_others_where_they_are(
    drawings: list[SeatMap],
) -> None:
    check(drawings)


def test_what_is_drawn_again_as_it_was_is_laid_out_as_it_was() -> None:
    first, second = versions_of([CLUB, CLUB])
    assert first == second
    assert lay_out("m", CLUB).geometry.seats.removed == []


def test_a_map_whose_indexes_are_used_up_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place is a leg and a seat in one number: one index more would be the next leg's first."""

    def version(rows: dict[str, int], former: Made | None) -> Made | NotReady:
        before = (former.geometry, former.keys) if former else (None, None)
        made = perform(MakeVersion(Source(hall(rows)), [], "m", *before))
        assert isinstance(made, Made | NotReady)
        return made

    monkeypatch.setattr(findings, "INDEXES_MAX", 10)
    first = version({"A": 6}, None)
    assert isinstance(first, Made)
    assert isinstance(version({"A": 6, "B": 4}, first), Made)
    refused = version({"B": 5}, first)
    assert isinstance(refused, NotReady)
    assert [error.code for error in refused.errors] == ["too_many_seats"]


@pytest.mark.parametrize(("most", "kinds"), [(15, ["tables"]), (1, ["areas", "tables"])])
def test_more_areas_or_tables_than_can_be_told_apart_are_not_published(
    most: int, kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one drawing, and in all versions together."""
    task = MakeVersion(Source(club()), [], "m")
    made = perform(task)
    assert isinstance(made, Made)
    monkeypatch.setattr(findings, "SHAPES_MAX", most)
    refused = perform(task)
    assert isinstance(refused, NotReady)
    assert [error.code for error in refused.errors] == [f"too_many_{kind}" for kind in kinds]
    fewer: list[Edit] = [
        Remove([table.key for table in CLUB.tables[1:]]),
        Remove([CLUB.areas[0].key]),
    ]
    later = perform(MakeVersion(task.source, fewer, "m", made.geometry, made.keys))
    assert isinstance(later, NotReady)
    assert "go on with a new map" in later.errors[0].detail
