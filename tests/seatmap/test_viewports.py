"""What is seen of a drawing, and where its words are: viewports, masks, switches, text."""

from __future__ import annotations

import pytest

from seatmap import flatten, xml
from seatmap.scene import Scene, Text
from tests.seatmap.drawings import dots, parse, svg

SEAT = '<circle class="seat" cx="{}" cy="{}" r="5"/>'


def scene(body: str) -> Scene:
    return flatten.flatten(xml.read(svg(body)))


def one_text(body: str) -> Text:
    (text,) = scene(body).texts
    return text


def centres(body: str) -> list[tuple[float, float]]:
    return sorted(seat.centre for seat in parse(body).seats)


@pytest.mark.parametrize(("overflow", "seen"), [("", 1), ('overflow="visible"', 2)])
def test_a_nested_viewport_hides_what_lies_outside_unless_it_overflows(
    overflow: str, seen: int
) -> None:
    inside = SEAT.format(20, 20) + SEAT.format(150, 20)
    assert len(centres(f'<svg x="50" width="100" height="100" {overflow}>{inside}</svg>')) == seen


def test_a_used_symbol_hides_what_lies_outside_its_viewport() -> None:
    body = f'<symbol id="s" viewBox="0 0 40 40">{SEAT.format(20, 20)}{SEAT.format(90, 20)}</symbol>'
    assert centres(body + '<use href="#s" width="40" height="40"/>') == [(20, 20)]


def test_a_mask_hides_what_lies_outside_it() -> None:
    body = '<mask id="m"><rect width="50" height="50" fill="white"/></mask><g mask="url(#m)">'
    assert centres(body + SEAT.format(20, 20) + SEAT.format(90, 20) + "</g>") == [(20, 20)]


def test_patterns_and_markers_are_not_drawn() -> None:
    body = f'<pattern id="p">{SEAT.format(9, 9)}</pattern><marker>{SEAT.format(8, 8)}</marker>'
    assert centres(body + SEAT.format(50, 50)) == [(50, 50)]


def test_a_switch_draws_one_of_its_children() -> None:
    german = f'<g systemLanguage="de">{SEAT.format(10, 10)}</g>'
    body = f"<switch><foreignObject/>{german}{SEAT.format(50, 50)}{SEAT.format(90, 90)}</switch>"
    assert centres(body) == [(50, 50)]


def test_lengths_may_be_in_the_size_of_the_font() -> None:
    (seat,) = parse(
        '<g font-size="10"><circle class="seat" cx="5em" cy="4em" r="1ex" font-size="20"/></g>'
    ).seats
    assert (seat.centre, seat.radius) == ((100, 80), pytest.approx(10))


def test_lengths_may_be_parts_of_the_viewport() -> None:
    assert centres('<circle class="seat" cx="25%" cy="50%" r="5"/>') == [(100, 200)]


def test_words_on_a_path_are_where_the_path_is() -> None:
    body = '<path id="p" d="M100 100H300" fill="none"/><text font-size="10" text-anchor="middle">'
    text = one_text(f'{body}<textPath href="#p" startOffset="50%">BLOCK A</textPath></text>')
    assert text.text == "BLOCK A"
    assert text.at == (200, pytest.approx(97, abs=2))


def test_words_on_an_arc_name_the_block_under_it() -> None:
    block = '<path d="M100 100A100 100 0 0 1 300 100L260 140A60 60 0 0 0 140 140Z"/>'
    line = '<path id="p" d="M110 130A90 90 0 0 1 290 130" fill="none"/>'
    words = '<text font-size="10" text-anchor="middle"><textPath href="#p" startOffset="50%">'
    found = parse(f"<defs>{line}</defs>{block}{words}STANDING</textPath></text>")
    assert [area.name for area in found.areas] == ["STANDING"]


def test_the_baseline_moves_the_words() -> None:
    hanging, middle, plain = (
        one_text(f'<text x="9" y="100" font-size="10" {how}>A</text>').at[1]
        for how in ('dominant-baseline="hanging"', 'style="dominant-baseline:central"', "")
    )
    assert hanging > middle == 100 > plain


def test_spans_are_placed_by_their_own_positions_and_shifts() -> None:
    text = one_text(
        '<text font-size="10"><tspan x="100 110 120" y="50">AB</tspan>'
        '<tspan x="100" dy="1.2em">CD</tspan></text>'
    )
    assert text.text == "AB CD"
    assert text.at == (pytest.approx(105.5), pytest.approx(52.5, abs=1))


@pytest.mark.parametrize(
    ("paint", "colour"),
    [
        ("tomato", "#ff6347"),
        ("hsl(120, 100%, 25%)", "#008000"),
        ("rgb(1 2 3)", "#010203"),
        ("rgb(1e999 0 -1e999)", "#ff0000"),
    ],
)
def test_colours_are_read_however_they_are_written(paint: str, colour: str) -> None:
    (shape,) = scene(f'<rect width="5" height="5" style="fill:{paint}"/>').shapes
    assert shape.style.fill == colour


def test_what_is_filled_with_nothing_is_not_painted() -> None:
    body = "".join(dots(12, 40 + 14 * r, lambda _: 'fill-opacity="0"') for r in range(5))
    assert parse(body).seats == ()


def test_equal_paths_are_one_form_wherever_they_stand() -> None:
    body = (
        '<path d="M10 10C10 12 14 12 14 10H10V10Z"/>'
        '<path d="M30.5 20C30.5 22 34.5 22 34.5 20H30.5V20Z"/>'
        '<path d="m50,50c0 2 4 2 4 0z"/>'
    )
    first, second, relative = scene(body).shapes
    assert first.figure is second.figure
    for shape, x, y in ((first, 10, 10), (second, 30.5, 20), (relative, 50, 50)):
        assert shape.box == pytest.approx((x, y, 4, 1.5))
