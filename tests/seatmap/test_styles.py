"""Drawings in the styles of many tools and trades are read as a person reads them."""

from __future__ import annotations

import pytest

import seatmap
from seatmap import ACCESSIBLE, RESTRICTED_VIEW
from tests.seatmap.drawings import svg
from tests.seatmap.gallery import STYLES, abroad, nomads, settlers, trades


@pytest.mark.parametrize("name", STYLES)
def test_a_drawing_is_read_as_a_person_reads_it(name: str) -> None:
    data, want = STYLES[name]()
    found = seatmap.parse(data)
    assert len(found.seats) == want.seats
    for kind in ("rows", "sections", "tables", "areas", "zones"):
        wanted, items = getattr(want, kind), getattr(found, kind)
        if isinstance(wanted, list):
            assert sorted(str(item.name) for item in items) == sorted(wanted), kind
        elif wanted is not None:
            assert len(items) == wanted, kind
    assert want.landmarks <= {mark.kind for mark in found.landmarks}
    assert set(want.keys) <= {seat.key for seat in found.seats}
    assert sum(bool(seat.access & ACCESSIBLE) for seat in found.seats) == want.accessible
    if want.numbered is not None:
        assert {seat.name is not None for seat in found.seats} == {want.numbered}


def test_a_capacity_that_is_written_out_is_read_and_a_mere_number_is_not() -> None:
    data, _ = abroad.bleachers_with_their_capacity()
    capacities = {area.name: area.capacity for area in seatmap.parse(data).areas}
    assert capacities == {"GA 500": None, "GA 250": None, "BLEACHERS A": 300, "BLEACHERS B": 200}


def test_words_that_nobody_sees_are_no_labels() -> None:
    data, _ = trades.stage_of_a_diagram_tool()
    assert not [label for label in seatmap.parse(data).labels if "cannot display" in label.text]


def test_a_number_that_is_written_in_the_group_of_its_seat_is_no_label() -> None:
    seats = "".join(
        f'<g id="row-A-seat-{i}"><circle r="9" cx="{30 * i}" cy="30"/>'
        f'<text x="{30 * i}" y="30">{i}</text></g>'
        for i in range(1, 9)
    )
    found = seatmap.parse(svg(seats + '<text x="9" y="90">Foyer</text>', "0 0 300 100"))
    assert [label.text for label in found.labels] == ["Foyer"]
    assert [seat.name for seat in found.seats] == list("12345678")


def test_a_capacity_is_read_in_the_spellings_of_houses() -> None:
    data, _ = settlers.standing_with_capacities_in_many_spellings()
    capacities = {area.name: area.capacity for area in seatmap.parse(data).areas}
    assert capacities == {
        "GA": 1200, "Fosse": 800, "Stehplatz": 350, "Pista": 2500, "Standing": 1500, "Pit": 600,
    }  # fmt: skip


def test_where_one_sees_less_and_who_cannot_walk_is_told_in_french() -> None:
    data, _ = nomads.views_and_chairs_in_words()
    access = {seat.key: seat.access for seat in seatmap.parse(data).seats if seat.access}
    assert access == {**{f"{r}/1": RESTRICTED_VIEW for r in range(1, 6)}, "5/12": ACCESSIBLE}
