"""Maps of other systems: pretix plans there and back, seats.io charts in; wrong ones say why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import seatmap
from seatmap import ACCESSIBLE, COMPANION, DrawingError, formats
from seatmap.formats import pretix
from seatmap.samples import make_club, make_theatre

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "maps" / "_formats"
SEATS_OF_CHARTS = {
    "sampleChart.json": 32,
    "sampleChartWithFloors.json": 4,
    "sampleChartWithSections.json": 71,
    "sampleChartWithTables.json": 12,
    "sampleChartWithZones.json": 8897,
}


def plan(**changes: Any) -> bytes:
    seats = [
        {
            "seat_guid": f"s-{i}",
            "seat_number": str(i),
            "category": "A",
            "position": {"x": 20 * i, "y": 0},
        }
        for i in (1, 2, 3)
    ]
    stage = {
        "shape": "rectangle",
        "position": {"x": 10, "y": 5},
        "rectangle": {"width": 80, "height": 20},
        "text": {"text": "Stage", "position": {"x": 40, "y": 10}},
    }
    lawn = {
        "shape": "circle",
        "position": {"x": 50, "y": 200},
        "circle": {"radius": 30},
        "text": {"text": "Standing", "position": {"x": 0, "y": 0}},
    }
    row = {"row_number": "B", "position": {"x": 5, "y": 60}, "seats": seats}
    zone = {
        "name": "Stalls",
        "position": {"x": 100, "y": 10},
        "rows": [row],
        "areas": [stage, lawn],
    }
    document = {
        "name": "House",
        "size": {"width": 300, "height": 300},
        "categories": [{"name": "A", "color": "#ff0000"}],
        "zones": [zone],
    }
    return json.dumps(document | changes).encode()


def test_a_seating_plan_is_read_with_its_positions_added_up() -> None:
    found = formats.read(plan())
    assert [seat.key for seat in found.seats] == ["stalls/B/1", "stalls/B/2", "stalls/B/3"]
    assert found.seats[0].centre == (100 + 5 + 20, 10 + 60)
    assert [(zone.name, zone.colour) for zone in found.zones] == [("A", "#ff0000")]
    assert [(m.kind, m.name, m.box) for m in found.landmarks] == [
        ("stage", "Stage", (110, 15, 80, 20))
    ]
    assert [(area.name, area.capacity) for area in found.areas] == [("Standing", None)]


@pytest.mark.parametrize("maker", [make_club, make_theatre])
def test_a_map_survives_the_way_to_a_seating_plan_and_back(maker: Any) -> None:
    found = seatmap.parse(maker.OUT.read_bytes())
    written = pretix.write(found, "House")
    again = pretix.read(written)
    assert sorted(seat.name or "" for seat in again.seats) == sorted(
        seat.name or "" for seat in found.seats
    )
    x, y = found.view_box[:2]
    seats = {seat.key: seat for seat in found.seats}
    planned = [s for zone in pretix.check(written).zones for row in zone.rows for s in row.seats]
    assert {seat.seat_guid for seat in planned} == set(seats)
    for seat in planned:
        original = seats[seat.seat_guid]
        where = (original.centre[0] - x, original.centre[1] - y)
        assert (seat.position.x, seat.position.y) == pytest.approx(where, abs=0.001)
        assert seat.category == found.zones[original.zone or 0].name


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"size": {"width": 1}}, "height"),
        ({"extra": 1}, "extra"),
        ({"categories": []}, "category 'A'"),
        ({"zones": [{"rows": []}]}, "position"),
        ({"zones": [{"position": {"x": "a", "y": 1}, "rows": []}]}, "float"),
    ],
)
def test_a_document_that_is_no_seating_plan_says_why(changes: dict, says: str) -> None:
    with pytest.raises(DrawingError, match=says):
        formats.read(plan(**changes))


def test_a_plan_with_an_id_used_twice_is_read_and_says_so() -> None:
    found = formats.read(plan().replace(b"s-2", b"s-1"))
    assert len(found.seats) == 3
    assert [note.examples for note in found.report.uncertain] == [("s-1",)]


CHART = {
    "name": "Club",
    "categories": {"list": [{"label": "Gold", "color": "#aa0"}]},
    "subChart": {
        "width": 400,
        "height": 300,
        "rows": [
            {
                "label": "A",
                "seats": [
                    {"x": 10, "y": 20, "label": "1", "categoryLabel": "Gold", "accessible": True},
                    {"x": 30, "y": 20, "label": "2", "companionSeat": True},
                ],
            }
        ],
        "tables": [
            {
                "label": "T1",
                "center": {"x": 100, "y": 100},
                "radius": 12,
                "seats": [{"x": 120, "y": 100, "label": "1"}, {"x": 80, "y": 100, "label": "2"}],
            }
        ],
        "booths": [{"label": "B1", "center": {"x": 200, "y": 50}, "width": 20, "height": 10}],
        "generalAdmissionAreas": [
            {
                "label": "Floor",
                "capacity": 100,
                "type": "polygon",
                "points": [{"x": 0, "y": 200}, {"x": 90, "y": 200}, {"x": 0, "y": 290}],
            }
        ],
        "sections": [
            {
                "label": "North",
                "points": [{"x": 200, "y": 200}, {"x": 300, "y": 200}, {"x": 300, "y": 290}],
                "topLeft": {"x": 200, "y": 200},
                "subChart": {"rows": [{"label": "A", "seats": [{"x": 60, "y": 10, "label": "1"}]}]},
            }
        ],
        "shapes": [{"label": "Bar", "center": {"x": 350, "y": 20}, "width": 40, "height": 20}],
        "texts": [{"text": "Hello", "center": {"x": 5, "y": 5}}],
    },
}


def test_a_chart_is_read_with_everything_in_it() -> None:
    found = formats.read(json.dumps(CHART).encode())
    seats = {seat.key: seat for seat in found.seats}
    assert set(seats) == {"A/1", "A/2", "tt1/1", "tt1/2", "north/A/1"}
    assert seats["north/A/1"].centre == (260, 210)
    assert (seats["A/1"].access, seats["A/2"].access) == (ACCESSIBLE, COMPANION)
    assert found.zones[seats["A/1"].zone or 0].name == "Gold"
    assert [(area.name, area.kind, area.capacity) for area in found.areas] == [
        ("B1", "booth", None),
        ("Floor", "standing", 100),
    ]
    assert [(mark.kind, mark.name) for mark in found.landmarks] == [("bar", "Bar")]
    assert [label.text for label in found.labels] == ["Hello"]


def test_floors_are_laid_out_one_below_the_other() -> None:
    floor = {"width": 100, "height": 50, "rows": CHART["subChart"]["rows"]}
    found = formats.read(json.dumps({"subChartFloors": [floor, floor]}).encode())
    assert [round(seat.centre[1]) for seat in found.seats] == [20, 20, 75, 75]
    assert len({seat.key for seat in found.seats}) == 4


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b'{"subChart": 3}',
        b'{"zones": 1, "size": 2}',
        b"[" * 5000,
        b"{" + b'"a":{' * 9000,
        b'{"subChart": {"rows": [{"seats": [{"x": 1e300, "y": 0}]}]}}',
    ],
)
def test_what_is_none_of_these_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(DrawingError) as caught:
        formats.read(data)
    assert caught.value.detail


def test_a_drawing_is_read_as_a_drawing() -> None:
    data = make_club.OUT.read_bytes()
    assert formats.read(data) == seatmap.parse(data)


@pytest.mark.skipif(not REAL.exists(), reason="no folder of real plans beside the project")
class TestRealPlans:
    @pytest.mark.parametrize("name", ["plan.de.json", "plan.en.json"])
    def test_real_seating_plans_are_read_whole(self, name: str) -> None:
        found = formats.read((REAL / "pretix" / name).read_bytes())
        assert (len(found.seats), len(found.rows), len(found.sections)) == (1057, 35, 2)
        assert [mark.kind for mark in found.landmarks] == ["stage"]

    @pytest.mark.parametrize("name", sorted(SEATS_OF_CHARTS))
    def test_real_charts_are_read_whole(self, name: str) -> None:
        found = formats.read((REAL / "seatsio" / name).read_bytes())
        assert len(found.seats) == SEATS_OF_CHARTS[name]
        assert all(seat.name for seat in found.seats)

    @pytest.mark.parametrize("maker", [make_club, make_theatre])
    def test_what_is_written_fits_the_schema_of_the_vendor(self, maker: Any) -> None:
        jsonschema = pytest.importorskip("jsonschema")
        schema = json.loads((REAL / "pretix" / "seating-plan.schema.json").read_text())
        written = pretix.write(seatmap.parse(maker.OUT.read_bytes()), "House")
        jsonschema.validate(json.loads(written), schema)
