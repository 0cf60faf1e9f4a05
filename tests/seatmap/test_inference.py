"""Meaning: each convention of real drawings in a small drawing of our own, and nothing invented."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import seatmap
from seatmap import SeatMap, names


def parse(body: str, view_box: str = "0 0 400 400") -> SeatMap:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{}" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape">{}</svg>'
    )
    return seatmap.parse(svg.format(view_box, body).encode())


def dots(count: int, y: float, attrs: Callable[[int], str], step: float = 12.0) -> str:
    return "".join(
        f'<circle cx="{20 + step * i:g}" cy="{y}" r="4" {attrs(i + 1)}/>' for i in range(count)
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("table-12-seat-1", {"table": "12", "seat": "1"}),
        ("sec-101-row-9-seat-12", {"section": "101", "row": "9", "seat": "12"}),
        ("seat-1-A-4", {"section": "1", "row": "A", "seat": "4"}),
        ("seat-stalls-left-7", {"section": "stalls-left", "seat": "7"}),
        ("cx2r8s1", {"section": "cx2", "row": "8", "seat": "1"}),
        ("box-3-seat-2", {"section": "box 3", "seat": "2"}),
        ("101 row 1", {"section": "101", "row": "1"}),
        ("1. Rang Reihe 3 Platz 4", {"section": "1. Rang", "row": "3", "seat": "4"}),
        ("Grada Sur, Fila 2", {"section": "Grada Sur", "row": "2"}),
        ("Row=A, Seat=12", {"row": "A", "seat": "12"}),
        ("seats row 1", {"row": "1"}),
        ("row-K", {"row": "K"}),
        ("Row AA", {"row": "AA"}),
        ("mesa-7", {"table": "7"}),
        ("section-12-bg", {"section": "12"}),
        ("background", {}),
        ("stalls", {}),
    ],
)
def test_keywords_in_names_state_fields(name: str, fields: dict[str, str]) -> None:
    assert names.structured(name) == fields


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("parter_19_26", {"section": "parter", "row": "19", "seat": "26"}),
        ("first-level_2_7", {"section": "first-level", "row": "2", "seat": "7"}),
        ("1_K_31", {"section": "1", "row": "K", "seat": "31"}),
        ("A-04", {"row": "A", "seat": "04"}),
        ("p-14-24", {"row": "14", "seat": "24", "section": "p"}),
        ("logo", {}),
    ],
)
def test_positions_in_names_state_fields(name: str, fields: dict[str, str]) -> None:
    assert names.position(name) == fields


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("stalls_x5F_A_x5F_12_1_", "stalls_A_12"),
        ("Palacio_x0020_del_x0020_arte", "Palacio del arte"),
        ("p\\-11-19", "p-11-19"),
        ("rect864-2-9", None),
        ("Group 215", None),
        ("Ellipse 1_4122", None),
        ("shape_776", None),
        ("", None),
    ],
)
def test_what_tools_do_to_names_is_undone(raw: str, plain: str | None) -> None:
    assert names.decoded(raw) == plain


def test_data_attributes_name_everything() -> None:
    found = parse(
        '<g data-section="101" data-section-name="North" data-zone="gold"><g data-row="C">'
        + dots(3, 50, lambda i: f'data-seat="{i}"')
        + "</g></g>"
    )
    assert [seat.key for seat in found.seats] == ["101/C/1", "101/C/2", "101/C/3"]
    assert found.sections[0].name == "North"
    assert [zone.key for zone in found.zones] == ["gold"]
    assert found.seats[0].source["row"] == "data-row"


def test_positional_ids_of_enough_small_shapes_are_seats() -> None:
    found = parse(dots(9, 50, lambda i: f'id="parter_1_{i}"'))
    assert [seat.key for seat in found.seats][:2] == ["parter/1/1", "parter/1/2"]
    assert parse(dots(5, 50, lambda i: f'id="parter_1_{i}"')).seats == ()


def test_layer_labels_name_seats_whose_ids_are_noise() -> None:
    found = parse(dots(8, 50, lambda i: f'id="rect86{i}-2" inkscape:label="A-0{i}"'))
    assert {(seat.name, seat.source["name"]) for seat in found.seats} == {
        (f"0{i}", "inkscape:label") for i in range(1, 9)
    }
    assert [row.name for row in found.rows] == ["A"]


def test_seats_without_any_name_are_found_by_their_shape_and_stay_unnamed() -> None:
    body = "".join(dots(10, 40 + 20 * row, lambda _: "") for row in range(5))
    found = parse(body)
    assert len(found.seats) == 50
    assert len(found.rows) == 5
    assert {seat.name for seat in found.seats} == {None}
    assert {row.name for row in found.rows} == {None}
    assert all(seat.confidence for seat in found.seats)
    assert found.report.uncertain


def test_few_unnamed_shapes_prove_nothing() -> None:
    assert parse(dots(20, 50, lambda _: "")).seats == ()


def test_scattered_shapes_are_decoration() -> None:
    body = "".join(
        f'<circle cx="{(i * 7919) % 397}" cy="{(i * 104729) % 389}" r="2"/>' for i in range(120)
    )
    assert parse(body).seats == ()


def test_a_seat_drawn_twice_is_one_seat() -> None:
    twin = '<rect x="{0}" y="46" width="8" height="8" class="seat" {1}/>'
    body = "".join(
        twin.format(20 + 12 * i, 'fill="red"') + twin.format(20 + 12 * i, 'fill="none" stroke="#0"')
        for i in range(6)
    )
    assert len(parse(body).seats) == 6


def test_spacers_are_no_seats() -> None:
    body = dots(10, 50, lambda i: f'class="seat{" spacer-seat" if i == 3 else ""}"')
    assert len(parse(body).seats) == 9


def test_seat_group_of_box_and_number_is_one_seat_with_that_number() -> None:
    body = "".join(
        f'<g class="seat" transform="translate({20 * i} 50)"><rect width="12" height="12"/>'
        f'<text x="6" y="9" font-size="8" text-anchor="middle">{i}</text></g>'
        for i in range(1, 6)
    )
    found = parse(body)
    assert [seat.name for seat in found.seats] == ["1", "2", "3", "4", "5"]
    assert {seat.source["name"] for seat in found.seats} == {"text"}
    assert found.labels == ()


def test_placeholder_numbers_are_not_names() -> None:
    body = "".join(
        f'<g class="seat"><circle cx="{20 * i}" cy="50" r="6"/><text x="{20 * i}" y="53" '
        f'font-size="8" text-anchor="middle">00</text></g>'
        for i in range(1, 9)
    )
    assert {seat.name for seat in parse(body).seats} == {None}


def test_row_is_named_by_the_text_at_its_ends() -> None:
    body = "<g>" + dots(6, 50, lambda _: 'class="seat"') + '<text x="5" y="53">K</text></g>'
    (row,) = parse(body).rows
    assert (row.name, row.source["name"], row.confidence["name"]) == ("K", "text", 0.7)


def test_every_field_says_where_it_is_from_and_what_is_inferred_how_sure() -> None:
    stage = '<rect x="20" y="300" width="90" height="30"/><text x="50" y="320">STAGE</text>'
    rows = "".join(dots(6, 50 + 20 * r, lambda _: "") for r in range(8))
    found = parse(rows + stage)
    seat, row, (mark,) = found.seats[0], found.rows[0], found.landmarks
    assert seat.source == {"kind": "congruent", "outline": "circle"}
    assert seat.confidence == {"kind": 0.6}
    assert (row.source, row.confidence) == ({"seats": "lines"}, {"seats": 0.6})
    assert mark.source == {"name": "text", "kind": "text", "outline": "rect"}
    assert mark.confidence == {"kind": 0.8}


def test_legend_explains_colours_and_is_not_for_sale() -> None:
    body = (
        '<g id="legend"><circle class="seat" cx="300" cy="300" r="4" fill="#FF0000"/>'
        '<text x="310" y="304" font-size="10">Gold</text></g>'
        + dots(4, 50, lambda i: f'class="seat" fill="{"red" if i > 2 else "blue"}"')
    )
    found = parse(body)
    assert [(zone.name, zone.colour) for zone in found.zones] == [("Gold", "#ff0000")]
    assert [seat.zone for seat in found.seats] == [None, None, 0, 0]
    assert found.labels == ()


def test_standing_area_without_a_stated_capacity_has_none() -> None:
    found = parse('<path id="GA1" d="M50 50H250V250H50Z"/>')
    (area,) = found.areas
    assert (area.key, area.capacity, area.zone) == ("ga1", None, None)
    assert area.box == (50, 50, 200, 200)


def test_chairs_around_a_named_table_are_its_seats() -> None:
    chairs = "".join(f'<circle cx="{x}" cy="{y}" r="5"/>' for x, y in ((0, -20), (20, 0), (0, 20)))
    body = f'<g id="mesa-4" transform="translate(90 90)"><circle r="12"/>{chairs}</g>'
    found = parse(body)
    assert [(table.key, table.name) for table in found.tables] == [("t4", "4")]
    assert len(found.seats) == 3
    assert {seat.table for seat in found.seats} == {0}
    assert {seat.name for seat in found.seats} == {None}


def test_blocks_that_share_a_category_are_sections_of_their_own() -> None:
    body = "".join(
        f'<g id="gold-{i}" data-seccion="Gold" data-nombre-bloque="Block {i}">'
        f'<rect x="{i * 90}" y="20" width="80" height="60"/></g>'
        for i in (1, 2, 3)
    )
    found = parse(body)
    assert [(s.key, s.name) for s in found.sections] == [
        ("gold-1", "Block 1"),
        ("gold-2", "Block 2"),
        ("gold-3", "Block 3"),
    ]
    assert found.seats == ()


def test_stage_bar_and_exits_are_landmarks_not_sections() -> None:
    found = parse(
        '<rect id="stage" x="10" y="10" width="200" height="40"/>'
        '<g id="bar"><title>Rear bar</title><rect x="10" y="200" width="50" height="20"/></g>'
        '<text x="300" y="300">Exit 4</text>'
    )
    assert {(mark.kind, mark.name) for mark in found.landmarks} == {
        ("stage", "stage"),
        ("bar", "Rear bar"),
        ("exit", "Exit 4"),
    }
    assert found.sections == ()


def test_seats_come_in_order_of_row_and_place_whatever_the_order_of_the_file() -> None:
    seats = [
        f'<circle id="parter_{row}_{i}" cx="{20 + 12 * i}" cy="{40 + 20 * row}" r="4"/>'
        for row in (1, 2, 10)
        for i in range(1, 12)
    ]
    shuffled = "".join(sorted(seats, key=lambda s: s[::-1]))
    keys = [seat.key for seat in parse(shuffled).seats]
    assert keys == [f"parter/{row}/{i}" for row in (1, 2, 10) for i in range(1, 12)]


def test_odd_and_even_numbers_keep_their_places_in_the_row() -> None:
    numbers = [5, 3, 1, 2, 4, 6]
    body = '<g data-row="A">' + dots(6, 50, lambda i: f'data-seat="{numbers[i - 1]}"') + "</g>"
    assert [int(seat.name or 0) for seat in parse(body).seats] in (numbers, numbers[::-1])


def test_a_half_circle_of_seats_is_walked_from_end_to_end() -> None:
    from math import cos, pi, sin

    body = "".join(
        f'<circle data-row="A" data-seat="{i + 1}" r="4" cx="{200 + 90 * cos(pi * i / 11):.2f}" '
        f'cy="{200 + 90 * sin(pi * i / 11):.2f}"/>'
        for i in (3, 0, 7, 11, 5, 1, 9, 2, 10, 4, 8, 6)
    )
    assert [seat.name for seat in parse(body).seats] == [str(i) for i in range(1, 13)]


def test_keys_of_named_seats_survive_a_redrawing() -> None:
    def drawing(shift: int) -> SeatMap:
        return parse(
            f'<g transform="translate({shift} 7) rotate({shift})">'
            + dots(9, 50, lambda i: f'id="parter_1_{i}"')
            + "</g>"
        )

    assert [s.key for s in drawing(0).seats] == [s.key for s in drawing(40).seats]


def test_two_seats_of_one_name_get_two_keys() -> None:
    body = '<g data-row="A">' + dots(3, 50, lambda _: 'data-seat="1"') + "</g>"
    assert [seat.key for seat in parse(body).seats] == ["A/1", "A/1~2", "A/1~3"]


def test_access_is_read_from_classes_titles_and_groups() -> None:
    body = (
        '<circle class="seat wheelchair" cx="20" cy="20" r="4"/>'
        '<circle class="seat" cx="40" cy="20" r="4"><title>Companion seat</title></circle>'
        '<g data-access="restricted-view"><circle class="seat" cx="60" cy="20" r="4"/></g>'
        '<circle class="seat" cx="80" cy="20" r="4"/>'
    )
    assert [seat.access for seat in parse(body).seats] == [1, 2, 4, 0]


def test_a_seat_with_its_number_drawn_as_an_outline_is_the_seat_and_not_the_number() -> None:
    body = ""
    for row in range(5):
        for i in range(10):
            x, y = 20 + 12 * i, 40 + 20 * row
            body += f'<circle cx="{x}" cy="{y}" r="5"/><path d="M{x - 1} {y - 2}h2v4h-2z"/>'
    body += '<path d="M300 298h2v4h-2z"/><path d="M312 298h2v4h-2z"/>'
    found = parse(body)
    assert len(found.seats) == 50
    assert {seat.radius for seat in found.seats} == {5}
