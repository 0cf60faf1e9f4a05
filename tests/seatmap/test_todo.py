"""What is left to a person is said in full, and nothing where nothing is left."""

from __future__ import annotations

from seatmap.todo import remaining
from tests.seatmap.drawings import box, dots, parse


def test_a_map_that_says_everything_leaves_nothing_to_do() -> None:
    body = '<g data-section="Stalls"><g data-row="A">'
    assert remaining(parse(body + dots(6, 50, 'data-seat="{}"'.format) + "</g></g>")) == []


def test_names_capacities_and_doubts_are_tasks() -> None:
    rows = "".join(dots(10, 150 + 20 * r, lambda _: "") for r in range(5))
    tasks = remaining(parse(box(0, 'id="GA1"') + rows))
    assert tasks == [
        "name 5 rows",
        "name 50 seats",
        "check that 50 shapes are seats",
        "state the capacity of 1 areas (GA1)",
    ]


def test_seats_outside_rows_and_without_a_price_are_tasks() -> None:
    body = dots(4, 50, lambda i: f'class="seat" data-row="A" data-seat="{i}" data-zone="Gold"')
    tasks = remaining(parse(body + '<circle class="seat" cx="300" cy="300" r="4"/>'))
    assert "put 1 seats in rows" in tasks
    assert "give 1 seats a price zone" in tasks
