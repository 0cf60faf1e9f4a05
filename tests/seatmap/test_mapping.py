"""Mappings: what a person says wins over what is inferred, and a wrong mapping says where."""

from __future__ import annotations

import pytest

import seatmap
from seatmap import MappingError, SeatMap
from seatmap.finish import counted
from seatmap.mapping import loads
from tests.seatmap.drawings import box, dots, svg


def parse(body: str, mapping: str, view_box: str = "0 0 400 400") -> SeatMap:
    return seatmap.parse(svg(body, view_box), loads(mapping))


PLAIN = "".join(
    dots(10, 40 + 20 * row, lambda i, r=row: f'id="x{r}q{i}" class="c"') for row in range(3)
)


def test_selected_elements_are_the_seats_and_nothing_else_is() -> None:
    body = PLAIN + dots(10, 200, lambda i: f'class="seat" id="y{i}"')
    found = parse(body, '[seats]\nselect = ".c"\nread = "id~x(?P<row>.+)q(?P<seat>.+)"')
    assert len(found.seats) == 30
    assert [row.name for row in found.rows] == ["0", "1", "2"]
    assert found.seats[0].key == "0/1"
    assert found.seats[0].source["name"] == "mapping"
    assert found.seats[0].confidence == {}


def test_few_seats_that_nothing_proves_are_seats_when_a_mapping_says_so() -> None:
    body = dots(3, 40, lambda _: "") + '<circle cx="300" cy="300" r="40"/>'
    assert seatmap.parse(svg(body)).seats == ()
    assert len(parse(body, '[seats]\nselect = "circle"\nside = [5, 10]').seats) == 3


def test_json_says_the_same_as_toml() -> None:
    toml = loads('ignore = ["#a"]\n[seats]\nselect = ".c"\n[expected]\nseats = 3')
    assert toml == loads('{"ignore": ["#a"], "seats": {"select": ".c"}, "expected": {"seats": 3}}')


def test_names_come_from_parents_titles_texts_labels_and_constants() -> None:
    body = (
        '<g id="A"><g><circle class="s" cx="20" cy="20" r="5"><title>7</title></circle></g></g>'
        '<text x="20" y="40">left</text>'
    )
    rule = '[seats]\nselect = ".s"\nrow = "parent2:id"\nseat = "title"\nsection = "label"\n'
    found = parse(body, rule + 'zone = "=Gold"')
    assert (found.rows[0].name, found.seats[0].name) == ("A", "7")
    assert found.sections[0].name == "left"
    assert [zone.name for zone in found.zones] == ["Gold"]


def test_ignored_elements_and_what_is_inside_are_not_read() -> None:
    body = PLAIN.replace('class="c"', 'class="seat"')
    hidden = '<g id="old">' + dots(5, 300, lambda _: 'class="seat"') + "</g>"
    assert len(parse(body + hidden, 'ignore = ["#old"]').seats) == 30


def test_texts_can_be_areas_with_the_shape_around_them_or_where_they_stand() -> None:
    body = (
        '<rect x="10" y="10" width="60" height="40"/><text x="20" y="30" font-size="8">P1</text>'
        '<text x="200" y="200" font-size="8">P2</text><text x="9" y="390">Exit</text>'
    )
    found = parse(
        body, '[areas]\nselect = "text"\nmatch = "P\\\\d"\nname = "text"\nkind = "standing"'
    )
    assert [(area.name, area.kind) for area in found.areas] == [
        ("P1", "standing"),
        ("P2", "standing"),
    ]
    assert found.areas[0].box == (10, 10, 60, 40)
    assert found.areas[1].source["outline"] == "text"


def test_colours_are_zones_and_capacities_and_names_are_stated() -> None:
    body = dots(3, 40, lambda _: 'class="seat" fill="#0F0"') + box(1, 'id="GA1"', y=100)
    found = parse(body, '[zones]\nlime = "Gold"\n[capacities]\nGA1 = 300\n[rename]\nGA1 = "Lawn"\n')
    assert {found.zones[seat.zone or 0].name for seat in found.seats} == {"Gold"}
    assert [(area.name, area.capacity) for area in found.areas] == [("Lawn", 300)]


def test_rows_and_seats_without_names_are_numbered_as_told() -> None:
    found = parse(
        PLAIN.replace("id=", "x="),
        '[seats]\nselect = ".c"\n[[numbering]]\nrows_from = "bottom"\nrows_start = "A"\n'
        'seats_from = "right"\nseats_start = 2\nseats_step = 2',
    )
    seats = {seat.key: seat.centre for seat in found.seats}
    assert seats["A/2"] == (128, 80)
    assert seats["C/20"] == (20, 40)
    assert len(seats) == 30


@pytest.mark.parametrize(
    ("start", "by", "name"),
    [(1, 2, "3"), ("9", 1, "10"), ("A", 0, "A"), ("A", 25, "Z"), ("A", 26, "AA"), ("Z", 1, "AA")],
)
def test_counting_goes_on_in_numbers_and_in_letters(start: str | int, by: int, name: str) -> None:
    assert counted(start, by) == name


def test_counts_that_are_not_as_expected_are_in_the_report() -> None:
    found = parse(PLAIN, '[seats]\nselect = ".c"\n[expected]\nseats = 31\nrows = 3')
    assert found.report.uncertain[0].what == "seats: 31 expected, 30 found"
    assert not any("rows:" in note.what for note in found.report.uncertain)


def test_without_inference_only_rules_find_anything() -> None:
    body = PLAIN.replace('class="c"', 'class="seat"') + box(1, 'id="GA1"', y=200)
    found = parse(body, "infer = false")
    assert found.seats == found.areas == found.sections == ()


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("seats = 3", "object"),
        ("[seats]\nname = 'id'", "select"),
        ("[seets]\nselect = 'a'", "seets"),
        ("[seats]\nselect = 'a:hover'", "seat: "),
        ("[seats]\nselect = '>'", "seat: "),
        ("[seats]\nselect = 'a'\nname = 'where'", "seat.name: "),
        ("[seats]\nselect = 'a'\nname = 'id~('", "seat.name: "),
        ("[seats]\nselect = 'a'\nname = 'id~(a+)+b'", "repetition"),
        ("[seats]\nselect = 'a'\nname = 'id~.*.*.*.*.*.*.*b'", "repetitions"),
        ("{", "truncated"),
        ("= 1", "line 1"),
    ],
)
def test_a_document_that_is_no_mapping_says_why(document: str, says: str) -> None:
    with pytest.raises(MappingError, match=says.replace("(", "\\(")):
        loads(document)
