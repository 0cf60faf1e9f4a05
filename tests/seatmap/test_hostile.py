"""Hostile and broken files: a clear error or a harmless map, quickly, and nothing is fetched."""

from __future__ import annotations

import contextlib
import gzip
import resource
import sys
import time
import zlib
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from random import Random

import pytest

import seatmap
from seatmap import DrawingError, crowds
from seatmap.xml import BYTES_MAX

HOSTILE_CPU_S_MAX = 2.0
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" '
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < HOSTILE_CPU_S_MAX


def svg(body: str, extra: str = "") -> bytes:
    return f"{SVG}{extra}>{body}</svg>".encode()


def seats(count: int = 12) -> str:
    return "".join(f'<circle class="seat" cx="{5 + 6 * i}" cy="50" r="2"/>' for i in range(count))


def laughs(levels: int) -> bytes:
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, levels)
    )
    head = f"<!DOCTYPE svg [{entities}]>"
    return (head + f"{SVG}><text>&a{levels - 1};</text></svg>").encode()


@pytest.mark.parametrize("levels", [3, 10])
def test_entities_that_multiply_are_refused(levels: int) -> None:
    with pytest.raises(DrawingError):
        seatmap.parse(laughs(levels))


def test_entities_that_multiply_in_attributes_are_refused() -> None:
    data = laughs(10).replace(b"<text>&a9;</text>", b'<g id="&a9;"/>')
    with pytest.raises(DrawingError):
        seatmap.parse(data)


def test_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-CONTENT")
    head = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(DrawingError):
        seatmap.parse((head + f"{SVG}><text>&x;</text></svg>").encode())


def test_external_dtd_and_stylesheets_are_not_read(tmp_path: Path) -> None:
    css = tmp_path / "hide.css"
    css.write_text(".seat{display:none}")
    head = (
        f'<?xml-stylesheet href="{css.as_uri()}"?>'
        f'<!DOCTYPE svg SYSTEM "{(tmp_path / "no.dtd").as_uri()}">'
    )
    body = f'<style>@import url("{css.as_uri()}");</style>{seats()}'
    assert len(seatmap.parse(head.encode() + svg(body)).seats) == 12


def test_constant_entities_as_illustrator_writes_them_are_harmless() -> None:
    head = b'<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'
    data = head + svg(seats()).replace(b'"http://www.w3.org/2000/svg"', b'"&ns_svg;"')
    assert len(seatmap.parse(data).seats) == 12


def test_use_of_another_file_draws_nothing_and_is_reported(tmp_path: Path) -> None:
    other = tmp_path / "other.svg"
    other.write_bytes(svg(seats()))
    data = svg(f'<use xlink:href="{other.as_uri()}#x"/>{seats()}', XLINK)
    found = seatmap.parse(data)
    assert len(found.seats) == 12
    assert [note.what for note in found.report.lost] == ["use without a target"]


def test_scripts_handlers_and_foreign_objects_leave_no_trace() -> None:
    body = (
        "<script>alert(1)</script><foreignObject><p>evil</p></foreignObject>"
        '<text x="50" y="90" onclick="alert(2)">hello</text>' + seats()
    )
    found = seatmap.parse(svg(body, 'onload="alert(3)"'))
    assert [label.text for label in found.labels] == ["hello"]
    assert "alert" not in repr(found).replace("<script>", "")
    assert {note.what for note in found.report.refused} == {"<script>", "<foreignObject>"}


def test_compressed_bomb_is_refused() -> None:
    bomb = zlib.compressobj(9, wbits=31)
    data = b"".join(bomb.compress(b" " * 1_000_000) for _ in range(BYTES_MAX // 1_000_000 * 4))
    with pytest.raises(DrawingError, match="larger"):
        seatmap.parse(data + bomb.flush())


def test_damaged_compression_is_refused() -> None:
    with pytest.raises(DrawingError, match="damaged"):
        seatmap.parse(gzip.compress(svg(seats()))[:8] + b"\x00garbage")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(DrawingError):
        seatmap.parse(svg("<g>" * 5000 + "</g>" * 5000))


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(DrawingError, match="elements"):
        seatmap.parse(svg("<g/>" * 700_000))


def test_use_that_multiplies_is_refused() -> None:
    levels = "".join(
        f'<g id="u{i}">' + f'<use href="#u{i - 1}"/>' * 10 + "</g>" for i in range(1, 12)
    )
    with pytest.raises(DrawingError, match="no seat map"):
        seatmap.parse(svg(f'<g id="u0"><rect width="1" height="1"/></g>{levels}'))


def test_use_of_itself_ends() -> None:
    body = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>' + seats()
    assert len(seatmap.parse(svg(body)).seats) == 12


@pytest.mark.parametrize(
    "number", ["NaN", "inf", "-inf", "1e999", "1e400", "1e12", "abc", "", "--1", "9" * 5000]
)
def test_unreadable_numbers_draw_nothing_and_break_nothing(number: str) -> None:
    body = (
        f'<circle class="seat" cx="{number}" cy="{number}" r="{number}"/>'
        f'<rect class="seat" x="{number}" width="{number}" height="5"/>'
        f'<g transform="translate({number} {number}) scale({number})">{seats(1)}</g>'
        f'<path class="seat" d="M{number} 0L5 {number}A{number} 1 0 0 1 {number} 4Z"/>'
        f'<polygon points="{number},1 2,{number} 3,3"/><text x="{number}">t</text>' + seats()
    )
    found = seatmap.parse(svg(body))
    assert len(found.seats) >= 12
    for seat in found.seats:
        assert all(abs(value) < 1e12 for value in (*seat.centre, seat.radius, *seat.box))


@pytest.mark.parametrize(
    "data",
    [b"", b"   ", b"hello", b"{}", b"<html><body/></html>", b"\x00\x01\x02", b"\x1f\x8b"],
)
def test_what_is_no_drawing_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(DrawingError) as caught:
        seatmap.parse(data)
    assert caught.value.detail


def test_broken_markup_is_read_with_a_report() -> None:
    found = seatmap.parse(svg(seats() + "</g>"))
    assert len(found.seats) == 12
    assert not found.report.well_formed
    assert found.report.lost


def test_of_several_drawings_in_a_page_the_largest_is_read() -> None:
    icon = svg('<circle class="seat" r="3"/>').decode()
    page = f"<html><body>{icon}<p>&nbsp;Seats</p>{svg(seats()).decode()}{icon}<br></body></html>"
    assert len(seatmap.parse(page.encode()).seats) == 12


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-15"])
def test_drawings_are_read_in_any_encoding(encoding: str) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    body = f'<?xml version="1.0" encoding="{name}"?>\n' + svg('<text x="9">Été</text>').decode()
    (label,) = seatmap.parse(f"{body}\n".encode(encoding)).labels
    assert label.text == "Été"


def test_template_syntax_is_dropped_and_reported() -> None:
    body = seats().replace("<circle", "<circle [attr.id]=\"x\" @click='y' onClick={() => pick(1)}")
    found = seatmap.parse(svg(body.replace("@click='y'", '@click="y"')))
    assert len(found.seats) == 12
    assert not found.report.well_formed


def test_long_path_and_selector_abuse_stay_quick() -> None:
    style = "<style>" + "a " * 2000 + "{fill:red}" + ".x *:not(.y)~z{fill:red}" * 2000 + "</style>"
    path = f'<path d="M0 0{"l1 1" * 300_000}"/>'
    assert len(seatmap.parse(svg(style + path + seats())).seats) == 12


@pytest.mark.parametrize(
    "around",
    [
        "<!-- a -->" * 40_000 + "{}",
        "<?a?>" * 40_000 + "{}<b>",
        "<svg " * 40_000 + "{}",
        "<svg>" * 40_000 + "{}",
        "</svg>" * 40_000 + "{}",
        "={ " * 40_000 + '={"' * 40_000 + "{}",
        "strokeWidth " * 40_000 + "{}",
        "<!DOCTYPE a" + "[]" * 40_000 + "{}",
    ],
)
def test_what_stands_around_a_drawing_costs_time_in_proportion_only(around: str) -> None:
    with contextlib.suppress(DrawingError):
        assert len(seatmap.parse(around.replace("{}", svg(seats()).decode()).encode()).seats) in (
            0,
            12,
        )


def test_the_largest_drawing_of_a_page_is_read_and_the_page_is_reported() -> None:
    icon = '<svg viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    page = f"<!doctype html><body><p>Seats<br>{icon}{svg(seats()).decode()}{icon}</body>"
    found = seatmap.parse(page.encode())
    assert len(found.seats) == 12
    assert "a file around the drawing" in {note.what for note in found.report.lost}


def many(count: int, item: str) -> str:
    return "".join(item.format(i=i, x=i * 7919 % 997, y=i * 104729 % 991) for i in range(count))


@pytest.mark.parametrize(
    "body",
    [
        '<g id="legend">' + many(5000, '<rect width="5" height="5"/><text x="9" y="4">A</text>'),
        many(5000, '<rect class="standing" width="99" height="99"/><text x="9" y="9">A</text>'),
        many(5000, '<rect id="stage" width="99" height="99"/><text x="9" y="9">A</text>'),
        many(5000, '<rect data-section="a" x="{x}" y="{y}" width="99" height="99"/>'),
        many(5000, '<circle class="seat" r=".001" cx="{x}e-4" cy="{y}e-4"/>'),
        many(5000, '<circle data-row="A" data-seat="{x}" r="1" cx="{x}" cy="{y}"/>'),
        '<path class="section" id="s1" d="M0 0' + many(10000, "C900 {x} -900 {y} 1 1") + 'Z"/>',
        "<style>" + many(300, ".a .b{i}{{fill:red}}") + "</style>" + many(5000, '<g class="a"/>'),
    ],
    ids=["legend", "standing", "stages", "sections", "dense", "one-row", "tangle", "css"],
)
def test_crowds_cost_time_in_proportion_only(body: str) -> None:
    body = body + "</g>" if body.startswith("<g id") else body
    with contextlib.suppress(DrawingError):
        seatmap.parse(svg(body))


def scattered(count: int, item: str, within: float = 990) -> str:
    random = Random(1)
    return "".join(
        item.format(i=i, x=random.random() * within, y=random.random() * within)
        for i in range(count)
    )


@pytest.mark.parametrize(
    "body",
    [
        scattered(3000, '<rect x="{x:.2f}" y="{y:.2f}" width="5" height="5"/>'),
        scattered(3000, '<circle class="seat" cx="{x:.2f}" cy="{y:.2f}" r="40"/>'),
        scattered(3000, '<text x="{x:.2f}" y="{y:.2f}">A1</text>'),
        '<g id="a">' + '<circle r="5"/>' * 100 + "</g>" + '<use href="#a" x="1"/>' * 100,
    ],
    ids=["rects", "seats-on-seats", "texts", "uses"],
)
def test_a_crowd_that_is_no_seat_map_is_refused_before_much_is_done(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "CROWD", 2000)
    with pytest.raises(DrawingError, match="no seat map"):
        seatmap.parse(svg(body))


def test_a_crowd_of_seats_in_rows_is_read_though_nothing_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowds, "CROWD", 2000)
    body = "".join(
        f'<circle cx="{5 + 10 * i}" cy="{5 + 10 * r}" r="4"/>'
        f'<path d="M{4 + 10 * i} {5 + 10 * r}h1v1"/>'
        for r in range(50)
        for i in range(50)
    )
    data = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 500">{body}</svg>'
    assert len(seatmap.parse(data.encode()).seats) == 2500


@pytest.mark.parametrize(
    "body",
    [
        scattered(6000, '<circle cx="{x}" cy="{y}" r="3"/>', within=1),
        scattered(6000, '<circle class="seat" cx="{x}" cy="{y}" r="20"/>', within=1),
        scattered(
            2000, '<rect width="9.{i}" height="9"/><text x="1" y="6" font-size="1">A{i}</text>'
        ),
        scattered(
            2000, '<rect width="9.{i}" height="9"/><text y="6" font-size="1">STANDING {i}</text>'
        ),
        scattered(2000, '<rect id="s{i}" class="section" width="9{i}" height="999"/>')
        + scattered(3000, '<circle class="seat" cx="{x}" cy="{y}" r=".1"/>', within=90),
    ],
    ids=["shapes", "seats", "codes", "words", "sections"],
)
def test_piles_in_which_all_meets_all_are_refused(body: str) -> None:
    with pytest.raises(DrawingError, match="lie on each other"):
        seatmap.parse(svg(body))


@pytest.mark.parametrize(
    "body",
    [
        "<style>"
        + "".join(f".a .b g>.c{i}{{fill:red}}" for i in range(2000))
        + "</style>"
        + '<g class="b">' * 40
        + f'<rect class="{" ".join(f"c{i}" for i in range(60))}"/>' * 900
        + "</g>" * 40,
        f'<path id="p" d="M0 0{"C9 0 0 9 9 9" * 3000}"/>'
        + '<text><textPath href="#p" startOffset="50%">A</textPath></text>' * 2000,
        scattered(8000, '<circle class="seat" data-row="A" cx="{x}" cy="{y}" r=".1"/>'),
    ],
    ids=["selectors", "words-on-a-path", "rows-without-an-order"],
)
def test_long_ways_are_walked_quickly_or_not_at_all(body: str) -> None:
    with contextlib.suppress(DrawingError):
        seatmap.parse(svg(body))


ROWS = '<path fill="none" stroke="red" stroke-width="4" stroke-dasharray="4 4" d="{}"/>'
MARKER = '<marker id="m" markerUnits="userSpaceOnUse"><path d="{}"/></marker>'
POINTS = " ".join(f"{i},{i * i % 97}" for i in range(500))


@pytest.mark.parametrize(
    "body",
    [
        ROWS.format("M0 0" + "L99 99L0 0" * 40_000),
        ROWS.format("".join(f"M0 {i % 100}H100" for i in range(40_000))),
        many(1500, ROWS.format("M0 {i}C900 {x} 9 {y} 90 {i}")),
        MARKER.format("M0 0" + "h4v4" * 20_000 + "z")
        + f'<polyline marker-mid="url(#m)" points="{POINTS}"/>' * 100,
        MARKER.format("M0 0h4v4h-4z")
        + "".join(f'<polyline marker-mid="url(#m)" points="{i},0 {POINTS}"/>' for i in range(60)),
        f"<text>{'●' * 1_000_000}</text>",
        '<path id="p" d="' + many(400, "M{x} {y}h.5v.5h-.5z") + '"/>'
        + many(1000, '<use href="#p" x="{x}" y="{y}"/>'),
    ],
    ids=["long", "subpaths", "rows", "picture", "points", "letters", "compounds"],
)  # fmt: skip
def test_marks_on_lines_and_in_texts_are_few_or_none(body: str) -> None:
    with contextlib.suppress(DrawingError):
        seatmap.parse(svg(body))


def unlike(count: int) -> str:
    """Paths of five curves, no two of one form, strewn about."""
    random = Random(1)
    at = random.random
    return "".join(
        f'<path d="M{1000 * at():.2f},{1000 * at():.2f}'
        + "".join(f"c{at():.3f},1 {2 * at():.3f},2 {4 * at() - 2:.3f},1" for _ in range(5))
        + 'z"/>'
        for _ in range(count)
    )


def _within(memory: int, data: bytes) -> None:
    """Reads a drawing where no more than so many bytes can be had beyond what there is."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        seatmap.parse(data)
    except DrawingError as error:
        sys.exit(0 if "no seat map" in error.detail else error.detail)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space are Linux's")
@pytest.mark.parametrize(
    "body",
    [
        unlike(crowds.CROWD + 100),
        scattered(crowds.CROWD + 100, '<rect id="w{i}" x="{x}" y="{y}" width="3" height="3"/>'),
        f'<g data-x="{"a" * 60}"/>' * 200_000,
    ],
    ids=["curves", "names", "elements"],
)
def test_what_is_no_seat_map_costs_less_than_200_megabytes(body: str) -> None:
    child = get_context("fork").Process(target=_within, args=(200_000_000, svg(body)))
    child.start()
    child.join()
    assert child.exitcode == 0


def test_empty_drawing_is_an_empty_map() -> None:
    found = seatmap.parse(svg(""))
    assert found.seats == found.areas == found.sections == ()


MANY_NAMES = "".join(f"--a{i}:url(#x{i});" for i in range(2_000))


@pytest.mark.parametrize(
    "body",
    [
        "<style>:root{--a:var(--b);--b:var(--a)}*{fill:var(--a)}</style>" + seats(),
        "<style>:root{--v0:1;"
        + "".join(f"--v{i}:var(--v{i - 1}) var(--v{i - 1});" for i in range(1, 60))
        + "}*{fill:var(--v59)}</style>"
        + seats(),
        f"<style>:root{{{MANY_NAMES}}}</style>"
        + many(
            1_000, '<rect x="{x}" y="{y}" width="1" height="1" style="--i:{i};fill:var(--a7)"/>'
        ),
        f"<style>*{{{MANY_NAMES}}}</style>"
        + many(
            1_000, '<rect x="{x}" y="{y}" width="1" height="1" style="--i:{i};fill:var(--a7)"/>'
        ),
        many(4_000, '<image href="a.png" x="{x}" y="{y}" width="1" height="1"/>'),
        many(1_000, '<rect x="{x}" y="{y}" width="1" height="1" style="translate:1e400% 9e99%"/>'),
        many(2_000, '<foreignObject width="9" height="9"><p><b>A</b></p></foreignObject>'),
        many(2_000, f"<g onclick=\"f('{'(' * 300}{{i}}')\"><path d='M0 0h1'/></g>"),
    ],
    ids=["circle", "doubling", "inherited", "everywhere", "pictures", "far", "boxes", "clicks"],
)
def test_what_style_sheets_and_pages_add_is_bounded(body: str) -> None:
    with contextlib.suppress(DrawingError):
        seatmap.parse(svg(body))


def test_of_a_box_of_another_language_only_the_words_are_read() -> None:
    body = (
        '<foreignObject x="10" y="20" width="40" height="10">'
        "<div>Main <b>hall</b><script>steal()</script><style>p{}</style></div></foreignObject>"
    )
    found = seatmap.parse(svg(body + seats()))
    assert [label.text for label in found.labels] == ["Main hall"]
    assert {note.what for note in found.report.refused} == {"<foreignObject>", "<script>"}
