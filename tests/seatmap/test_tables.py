"""Tables that nothing names: equal shapes close around a larger one."""

from __future__ import annotations

from math import cos, pi, sin

from tests.seatmap.drawings import dots, parse


def table(x: float, y: float, chairs: int = 8, attrs: str = "", name: str = "") -> str:
    around = "".join(
        f'<circle cx="{x + 20 * cos(2 * pi * i / chairs):.2f}" '
        f'cy="{y + 20 * sin(2 * pi * i / chairs):.2f}" r="4" {attrs}/>'
        for i in range(chairs)
    )
    text = f'<text x="{x}" y="{y + 3}" font-size="8" text-anchor="middle">{name}</text>'
    return f'<circle cx="{x}" cy="{y}" r="14" fill="#fff"/>{around}{text if name else ""}'


def test_equal_shapes_around_larger_ones_are_chairs_at_tables() -> None:
    found = parse(table(60, 60, name="1") + table(160, 60, name="2") + table(60, 160, name="VIP"))
    assert [table.name for table in found.tables] == ["1", "2", "VIP"]
    assert [sum(s.table == i for s in found.seats) for i in range(3)] == [8, 8, 8]
    assert {table.radius for table in found.tables} == {14}
    assert {seat.name for seat in found.seats} == {None}
    assert found.report.uncertain


def test_chairs_that_are_one_path_are_counted_apart() -> None:
    body = ""
    for x in (60, 160, 260):
        squares = "".join(
            f"M{x + 20 * cos(t) - 3:.2f} {60 + 20 * sin(t) - 3:.2f}h6v6h-6z"
            for t in (2 * pi * i / 10 for i in range(10))
        )
        body += f'<circle cx="{x}" cy="60" r="14" fill="none" stroke="#000"/><path d="{squares}"/>'
    found = parse(body)
    assert (len(found.tables), len(found.seats)) == (3, 30)


def test_one_ring_alone_is_decoration() -> None:
    found = parse(table(60, 60, chairs=12))
    assert found.tables == found.seats == ()


def test_seats_around_shapes_sit_at_tables_and_not_in_rows() -> None:
    body = "".join(table(60 + 60 * i, 60, chairs=6, attrs='class="seat"') for i in range(3))
    found = parse(body)
    assert len(found.tables) == 3
    assert found.rows == ()
    assert all(seat.table is not None for seat in found.seats)


def test_a_row_of_seats_before_a_stage_is_no_table() -> None:
    body = '<rect x="20" y="20" width="120" height="20"/>' + dots(
        10, 50, lambda _: 'class="seat"', step=12
    )
    assert parse(body).tables == ()
