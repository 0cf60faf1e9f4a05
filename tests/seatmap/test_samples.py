"""Our own drawings: the parser finds exactly what the code that draws them says it drew."""

from __future__ import annotations

import gzip
from math import hypot
from types import ModuleType

import pytest

import seatmap
from seatmap import ACCESSIBLE, COMPANION, RESTRICTED_VIEW, SeatMap
from seatmap.samples import make_arena, make_club, make_theatre

SAMPLES = {"club": make_club, "theatre": make_theatre, "arena": make_arena}


@pytest.fixture(scope="module")
def maps() -> dict[str, SeatMap]:
    return {name: seatmap.parse(module.OUT.read_bytes()) for name, module in SAMPLES.items()}


@pytest.fixture(params=sorted(SAMPLES))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def found(name: str, maps: dict[str, SeatMap]) -> SeatMap:
    return maps[name]


@pytest.fixture
def maker(name: str) -> ModuleType:
    return SAMPLES[name]


def bits(found: SeatMap, bit: int) -> int:
    return sum(bool(seat.access & bit) for seat in found.seats)


def test_committed_drawing_is_what_its_script_draws(maker: ModuleType) -> None:
    assert maker.OUT.read_text(encoding="utf-8") == maker.draw()


def test_counts_equal_what_was_drawn(found: SeatMap, maker: ModuleType) -> None:
    assert {
        "sections": len(found.sections),
        "rows": len(found.rows),
        "seats": len(found.seats),
        "tables": len(found.tables),
        "areas": len(found.areas),
        "capacity": sum(area.capacity or 0 for area in found.areas),
        "zones": len(found.zones),
        "accessible": bits(found, ACCESSIBLE),
        "companion": bits(found, COMPANION),
        "restricted_view": bits(found, RESTRICTED_VIEW),
    } == maker.facts()


def test_nothing_is_lost_or_refused(found: SeatMap) -> None:
    assert found.report.well_formed
    assert found.report.lost == found.report.refused == ()


def test_every_seat_is_named_and_priced(found: SeatMap) -> None:
    assert all(seat.name is not None for seat in found.seats)
    assert all(seat.zone is not None for seat in found.seats)
    assert all(seat.section is not None for seat in found.seats)


def test_keys_are_unique_in_the_whole_map(found: SeatMap) -> None:
    things = (found.sections, found.areas, found.rows, found.tables, found.seats)
    keys = [thing.key for kind in things for thing in kind]
    assert len(keys) == len(set(keys))


def test_sections_rows_and_tables_are_contiguous_ranges(found: SeatMap) -> None:
    for field in ("section", "row", "table"):
        order = [getattr(seat, field) for seat in found.seats]
        starts = [v for i, v in enumerate(order) if i == 0 or order[i - 1] != v]
        runs = [v for v in starts if v is not None]
        assert runs == sorted(set(runs)), field


def test_seats_do_not_overlap(found: SeatMap) -> None:
    cell = 2 * max(seat.radius for seat in found.seats)
    cells: dict[tuple[int, int], list[int]] = {}
    for index, seat in enumerate(found.seats):
        spot = int(seat.centre[0] // cell), int(seat.centre[1] // cell)
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                for other in cells.get((spot[0] + i, spot[1] + j), ()):
                    near = found.seats[other]
                    gap = hypot(near.centre[0] - seat.centre[0], near.centre[1] - seat.centre[1])
                    assert gap > 0.95 * (near.radius + seat.radius), (near.key, seat.key)
        cells.setdefault(spot, []).append(index)


def test_seats_lie_inside_the_drawing(found: SeatMap) -> None:
    x, y, w, h = found.view_box
    for seat in found.seats:
        assert x < seat.centre[0] < x + w
        assert y < seat.centre[1] < y + h


@pytest.mark.parametrize("name", ["club", "theatre"])
def test_the_same_bytes_give_the_same_map(name: str, maps: dict[str, SeatMap]) -> None:
    assert seatmap.parse(SAMPLES[name].OUT.read_bytes()) == maps[name]


def test_compressed_drawing_gives_the_same_map(maps: dict[str, SeatMap]) -> None:
    data = gzip.compress(make_club.OUT.read_bytes())
    assert seatmap.parse(data) == maps["club"]


def test_numbers_rise_along_each_row(maps: dict[str, SeatMap]) -> None:
    for found in (maps["theatre"], maps["arena"]):
        rows: dict[int, list[int]] = {}
        for seat in found.seats:
            if seat.row is not None:
                rows.setdefault(seat.row, []).append(int(seat.name or 0))
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in rows.values())


def test_theatre_names_come_from_ids_titles_layers_and_legend(maps: dict[str, SeatMap]) -> None:
    seats = {seat.key: seat for seat in maps["theatre"].seats}
    stalls, balcony = seats["stalls/A/12"], seats["balcony/AA/3"]
    assert (stalls.source["name"], stalls.source["zone"]) == ("id", "legend colour")
    assert (balcony.source["name"], balcony.source["row"]) == ("title", "inkscape:label")
    assert [section.name for section in maps["theatre"].sections][:3] == [
        "Stalls",
        "Balcony",
        "Box 1",
    ]


def test_club_tables_have_their_chairs_around_them(maps: dict[str, SeatMap]) -> None:
    found = maps["club"]
    for index, table in enumerate(found.tables):
        chairs = [seat for seat in found.seats if seat.table == index]
        x = sum(chair.centre[0] for chair in chairs) / len(chairs)
        y = sum(chair.centre[1] for chair in chairs) / len(chairs)
        assert hypot(x - table.centre[0], y - table.centre[1]) < 0.01
    assert found.tables[0].radius == pytest.approx(25)
    assert found.tables[-1].radius is None
    assert [seat.key for seat in found.seats[:2]] == ["t1/1", "t1/2"]


def test_nested_viewport_of_the_gallery_is_placed_exactly(maps: dict[str, SeatMap]) -> None:
    gallery = next(area for area in maps["club"].areas if area.key == "gallery")
    assert gallery.box == pytest.approx((40, 150, 87.5, 290))
