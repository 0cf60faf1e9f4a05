"""Parts of the house that only texts or outlines show: codes on shapes, blocks under seats."""

from __future__ import annotations

import pytest

from tests.seatmap.drawings import dots, parse


def coded(count: int, code: str, size: float = 9) -> str:
    return "".join(
        f'<rect x="{20 * i % 380}" y="{20 + 20 * (20 * i // 380)}" width="{size}" height="{size}"/>'
        f'<text x="{20 * i % 380 + size / 2}" y="{24 + size / 2 + 20 * (20 * i // 380)}" '
        f'font-size="4" text-anchor="middle">{code.format(i + 1)}</text>'
        for i in range(count)
    )


def test_small_boxes_with_letter_codes_are_booths() -> None:
    found = parse(coded(30, "B{:02}"))
    assert [area.name for area in found.areas] == [f"B{i:02}" for i in range(1, 31)]
    assert {(area.kind, area.capacity) for area in found.areas} == {("booth", None)}
    assert found.areas[0].box == (0, 20, 9, 9)
    assert found.sections == found.labels == ()


def test_large_blocks_with_numbers_are_sections() -> None:
    found = parse(coded(12, "1{:02}", size=18))
    assert [section.name for section in found.sections] == [f"1{i:02}" for i in range(1, 13)]
    assert found.areas == ()
    assert {section.source["name"] for section in found.sections} == {"text"}


@pytest.mark.parametrize(
    "body",
    [
        coded(9, "A{}"),
        "".join(f'<text x="{9 * i}" y="20">{1900 + i}</text>' for i in range(40)),
        "".join(f'<text x="{9 * i}" y="20">A{i}</text>' for i in range(30)) + coded(6, "B{}"),
    ],
    ids=["few", "axis", "mostly-loose"],
)
def test_codes_that_prove_nothing_stay_labels(body: str) -> None:
    found = parse(body)
    assert found.areas == found.sections == ()
    assert found.labels


def test_a_block_that_lines_divide_holds_one_booth_per_code() -> None:
    texts = "".join(
        f'<text x="{12 + 20 * i}" y="60" font-size="4">A{i}</text>' for i in range(1, 13)
    )
    lines = "".join(
        f'<line x1="{30 + 20 * i}" x2="{30 + 20 * i}" y1="40" y2="70"/>' for i in range(1, 12)
    )
    body = f'<rect x="30" y="40" width="240" height="30" fill="#eef"/>{lines}{texts}'
    found = parse(body, "0 0 900 900")
    assert len(found.areas) == 12
    assert {area.source["outline"] for area in found.areas} == {"lines"}
    assert [round(area.box[0]) for area in found.areas] == [30 + 20 * i for i in range(12)]


def test_a_block_without_lines_is_divided_by_its_labels_and_says_so() -> None:
    texts = "".join(f'<text x="{36 + 20 * i}" y="60" font-size="4">A{i}</text>' for i in range(12))
    found = parse(
        f'<rect x="30" y="40" width="240" height="30" fill="#eef"/>{texts}', "0 0 900 900"
    )
    assert {area.source["outline"] for area in found.areas} == {"nearest label"}
    assert all(area.confidence["outline"] < 0.5 for area in found.areas)
    assert "blocks whose sides are guessed from labels" in {
        note.what for note in found.report.uncertain
    }


@pytest.mark.parametrize("apart", [0, 1e-12])
def test_codes_that_are_written_over_each_other_share_their_part(apart: float) -> None:
    texts = "".join(
        f'<text x="{x}" y="60" font-size="4">A{i + 10}</text>'
        for i, x in enumerate([50, 50 + apart, *range(75, 255, 20)])
    )
    found = parse(
        f'<rect x="30" y="40" width="240" height="30" fill="#eef"/>{texts}', "0 0 900 900"
    )
    outlines = {area.name: area.outline for area in found.areas}
    assert outlines["A10"] == outlines["A11"]
    assert len(set(outlines.values())) == len(outlines) - 1 == 10


def test_texts_that_say_section_are_sections_even_without_a_shape() -> None:
    texts = "".join(f'<text x="{60 * i}" y="60">SEC {100 + i}</text>' for i in range(1, 4))
    found = parse(texts + '<text x="200" y="200">GATE A</text>')
    assert [(s.name, s.outline) for s in found.sections] == [
        (str(100 + i), None) for i in (1, 2, 3)
    ]
    assert found.sections[0].centre == found.sections[0].label_at != (0, 0)


def stand(x: float, y: float, fill: str = "#fff", depth: float = 60) -> str:
    seats = "".join(dots(6, y + 12 * row, lambda _: 'class="seat"') for row in (1, 2, 3))
    return (
        f'<g transform="translate({x} 0)"><rect x="10" y="{y}" width="84" height="{depth}" '
        f'fill="{fill}"/>{seats}</g>'
    )


def test_unnamed_blocks_under_the_seats_are_unnamed_sections() -> None:
    found = parse('<rect width="400" height="400" fill="#ddd"/>' + stand(0, 20) + stand(150, 20))
    assert [section.name for section in found.sections] == [None, None]
    assert [sum(s.section == i for s in found.seats) for i in (0, 1)] == [18, 18]
    assert found.sections[0].key != found.sections[1].key
    assert found.sections[0].source["outline"] == "rect"


def test_one_floor_under_all_seats_is_no_section() -> None:
    floor = '<rect x="5" y="5" width="300" height="200" fill="#ddd"/>'
    body = "".join(dots(10, 40 + 14 * row, lambda _: 'class="seat"') for row in range(4))
    assert parse(floor + body).sections == ()


def test_boxes_around_single_rows_are_no_sections() -> None:
    body = "".join(
        f'<rect x="10" y="{30 + 40 * r}" width="140" height="20" fill="#dd{r}"/>'
        + dots(10, 40 + 40 * r, lambda _: 'class="seat"')
        for r in range(4)
    )
    assert parse(body).sections == ()


def test_touching_terraces_of_one_colour_are_one_section() -> None:
    body = ""
    for block, fill in enumerate(("#f00", "#00f")):
        for step in range(3):
            y = 20 + 150 * block + 20 * step
            body += f'<rect x="10" y="{y}" width="140" height="20" fill="{fill}"/>'
            body += dots(10, y + 10, lambda _: 'class="seat"')
    found = parse(body)
    assert [sum(s.section == i for s in found.seats) for i in range(2)] == [30, 30]
    assert found.sections[0].box == pytest.approx((10, 20, 140, 60), abs=1)


def test_seats_are_in_the_named_section_drawn_around_them() -> None:
    body = (
        '<rect id="Left" class="section" x="10" y="20" width="84" height="60"/>'
        '<rect id="Right" class="section" x="160" y="20" width="84" height="60"/>'
        + stand(0, 20).replace("<rect", "<rect display='none'")
        + stand(150, 20).replace("<rect", "<rect display='none'")
    )
    found = parse(body)
    assert [section.name for section in found.sections] == ["Left", "Right"]
    assert {seat.section for seat in found.seats} == {0, 1}


def test_what_is_unseen_counts_only_over_a_picture_of_the_house() -> None:
    spots = dots(9, 40, lambda i: f'class="seat" id="A-{i}" opacity="0"')
    logo = '<image href="logo.png" width="40" height="20"/>'
    plan = '<image href="plan.png" width="400" height="400"/>'
    assert len(parse(logo + spots).seats) == 0
    assert len(parse(plan + spots).seats) == 9


def test_a_digit_that_is_no_number_is_a_letter() -> None:
    found = parse(dots(9, 40, lambda i: f'class="seat" data-row="A" data-seat="{"²" * i}"'))
    assert len(found.seats) == 9
