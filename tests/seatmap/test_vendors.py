"""The published conventions of other systems' drawings, each in a small drawing of our own."""

from __future__ import annotations

from tests.seatmap.drawings import dots, parse


def test_tixgear_numbers_in_titles_and_rows_as_groups_with_label_and_title() -> None:
    rows = "".join(
        f'<g inkscape:label="Parterre"><title>{row}</title>'
        + "".join(
            f'<circle cx="{20 + 12 * i}" cy="{40 + 16 * row}" r="4"><title>{i}</title></circle>'
            for i in range(1, 11)
        )
        + "</g>"
        for row in range(1, 6)
    )
    found = parse(rows)
    assert len(found.seats) == 50
    assert len(found.rows) == 5
    assert {seat.name for seat in found.seats} == {str(i) for i in range(1, 11)}
    assert [section.name for section in found.sections] == ["Parterre"]
    assert [row.name for row in found.rows] == ["1", "2", "3", "4", "5"]


def test_seat_prefix_with_label_and_category_attributes() -> None:
    body = dots(
        6,
        40,
        lambda i: f'id="seat-{i}" data-seat-label="{i}" data-seat-category="Gold"',
    )
    found = parse(body)
    assert [seat.name for seat in found.seats] == ["1", "2", "3", "4", "5", "6"]
    assert [zone.name for zone in found.zones] == ["Gold"]


def test_ticketmatic_layers_of_seats_and_of_reference_drawing() -> None:
    grid = "".join(dots(8, 40 + 14 * row, lambda _: "") for row in range(3))
    outline = '<g id="sections"><path id="Floor" d="M10 20h130v90h-130z" fill="#eee"/></g>'
    found = parse(
        f'{outline}<g id="seats">{grid}</g><g id="reference">{dots(9, 300, lambda _: "")}</g>'
    )
    assert len(found.seats) == 24
    assert [section.name for section in found.sections] == ["Floor"]
    assert {seat.section for seat in found.seats} == {0}


def test_blocktickets_classes_name_section_row_and_seat() -> None:
    body = dots(8, 40, lambda i: f'class="sec-101-row-9-seat-{i}"')
    found = parse(body + '<path class="sec-ga_N" d="M100 200h200v100h-200z"/>')
    assert [seat.key for seat in found.seats][:2] == ["101/9/1", "101/9/2"]
    assert len(found.areas) == 1


def test_tessitura_uses_of_a_symbol_with_a_viewport() -> None:
    symbol = '<symbol id="s" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"/></symbol>'
    seats = "".join(
        f'<use href="#s" class="tn-syos-seat-map__seat tn-syos-seat-map__seat--unavailable" '
        f'data-tn-seat-id="{1000 + i}" x="{20 * i}" y="40" width="16" height="16"/>'
        for i in range(1, 9)
    )
    found = parse(f"<g>{symbol}{seats}</g>")
    assert [seat.centre for seat in found.seats] == [(20 * i + 8, 48) for i in range(1, 9)]
    assert {round(seat.box[2], 6) for seat in found.seats} == {12.8}
    assert {seat.name for seat in found.seats} == {None}


def test_ticketmaster_sections_and_labels() -> None:
    body = "".join(
        f'<path data-component="svg__section" data-section-id="s_{i}" data-section-name="10{i}" '
        f'd="M{50 * i} 20h40v40h-40z"/>'
        for i in range(1, 5)
    )
    helpers = '<g id="BACKGROUND"><path id="POCHE" d="M0 0h400v200h-400z"/></g>'
    found = parse(helpers + body)
    assert [section.name for section in found.sections] == ["101", "102", "103", "104"]


def test_qgis_and_autocad_layers_of_wheelchair_places() -> None:
    body = (
        '<g inkscape:groupmode="layer" inkscape:label="Row A">'
        + dots(5, 40, lambda i: f'class="seat" inkscape:label="{i}"')
        + '<circle class="seat wheelchair" inkscape:label="6" cx="100" cy="40" r="4"/></g>'
    )
    found = parse(body)
    assert [row.name for row in found.rows] == ["A"]
    assert [seat.access for seat in found.seats] == [0, 0, 0, 0, 0, 1]
    assert [seat.name for seat in found.seats] == ["1", "2", "3", "4", "5", "6"]
