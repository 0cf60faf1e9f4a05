"""Geometry is exact: closed forms against fine polylines, and matrices against their algebra."""

from __future__ import annotations

from math import cos, hypot, isclose, pi, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import seatmap
from seatmap import geometry, measure, path
from seatmap.geometry import IDENTITY, apply, multiply, transform, viewport_matrix
from seatmap.path import Matrix

NUMBERS = st.floats(-500, 500, allow_nan=False, width=32)
POINTS = st.tuples(NUMBERS, NUMBERS)
RADII = st.floats(1, 300, width=32)
ANGLES = st.floats(-720, 720, width=32)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """Invertible maps: turned, scaled unevenly, slanted, moved."""
    parts = [
        f"translate({draw(NUMBERS)} {draw(NUMBERS)})",
        f"rotate({draw(ANGLES)})",
        f"scale({draw(st.floats(0.2, 4))} {draw(st.floats(-4, -0.2))})",
        f"skewX({draw(st.floats(-60, 60))})",
    ]
    return transform(" ".join(parts))


@st.composite
def path_data(draw: st.DrawFn) -> str:
    """A path of every kind of command, absolute and relative."""
    parts = [f"M{draw(NUMBERS)} {draw(NUMBERS)}"]
    for _ in range(draw(st.integers(1, 6))):
        letter = draw(st.sampled_from("LlHhVvCcSsQqTtAaZz"))
        if letter in "Aa":
            rx, ry, turn = draw(RADII), draw(RADII), draw(ANGLES)
            flags = f"{draw(st.integers(0, 1))} {draw(st.integers(0, 1))}"
            parts.append(f"{letter}{rx} {ry} {turn} {flags} {draw(NUMBERS)} {draw(NUMBERS)}")
        else:
            count = {"L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}[letter.upper()]
            parts.append(letter + " ".join(str(draw(NUMBERS)) for _ in range(count)))
    return "".join(parts)


def close(p: tuple[float, ...], q: tuple[float, ...], tolerance: float = 1e-6) -> bool:
    return all(isclose(a, b, rel_tol=1e-7, abs_tol=tolerance) for a, b in zip(p, q, strict=True))


@given(matrices(), matrices(), POINTS)
def test_product_is_one_map_after_the_other(m: Matrix, n: Matrix, p: tuple[float, float]) -> None:
    assert close(apply(multiply(m, n), p), apply(m, apply(n, p)), 1e-4)


@given(matrices())
def test_identity_changes_nothing(m: Matrix) -> None:
    assert multiply(m, IDENTITY) == multiply(IDENTITY, m) == m


@example("M0 0A1 1 0 0 0 0 1e-45", (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))  # an arc to where it began
@given(path_data(), matrices())
def test_closed_form_box_equals_the_box_of_a_fine_polyline(data: str, m: Matrix) -> None:
    subpaths = [measure.transformed(s, m) for s in path.parse(data)]
    exact = measure.bounds(subpaths)
    points = [p for s in subpaths for p in measure.flatten(s, 0.02)]
    if exact is None:
        assert not points
        return
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    size = max(exact[2] - exact[0], exact[3] - exact[1])
    rough = (min(xs), min(ys), max(xs), max(ys))
    slack = 0.02 + size * 1e-3
    assert close(exact, rough, slack)
    assert exact[0] <= rough[0] + 1e-6 * size
    assert exact[2] >= rough[2] - 1e-6 * size


@given(path_data())
def test_flattening_stays_within_its_tolerance_at_the_ends(data: str) -> None:
    for subpath in path.parse(data):
        line = measure.flatten(subpath, 1.0)
        first = subpath.segments[0]
        start = first.points[0] if isinstance(first, path.Bezier) else path.arc_point(first, 0.0)
        assert close(line[0], start, 1e-3)


@given(POINTS, RADII, RADII, ANGLES)
def test_turned_ellipse_has_its_textbook_box(
    at: tuple[float, float], rx: float, ry: float, turn: float
) -> None:
    m = multiply(transform(f"rotate({turn} {at[0]} {at[1]})"), IDENTITY)
    box = measure.bounds([measure.transformed(path.ellipse(*at, rx, ry), m)])
    c, s = cos(radians(turn)), sin(radians(turn))
    w, h = hypot(rx * c, ry * s), hypot(rx * s, ry * c)
    assert box is not None
    assert close(box, (at[0] - w, at[1] - h, at[0] + w, at[1] + h), 1e-3)


def test_arc_given_by_ends_passes_through_both() -> None:
    (subpath,) = path.parse("M10 20A30 15 25 1 0 50 40")
    line = measure.flatten(subpath, 0.01)
    assert close(line[0], (10, 20))
    assert close(line[-1], (50, 40))


def test_arc_that_is_too_small_grows_to_a_half_circle() -> None:
    (subpath,) = path.parse("M0 0A1 1 0 0 1 10 0")
    assert measure.bounds([subpath]) == pytest.approx((0, -5, 10, 0))


def test_arc_flags_may_be_written_without_separators() -> None:
    assert path.parse("M0 0a5 5 0 01 5 5") == path.parse("M0 0a5 5 0 0 1 5 5")
    assert path.parse("M0 0a5 5 0 015 5") == path.parse("M0 0a5 5 0 0 1 5 5")


def test_circle_of_arcs_has_the_area_of_a_circle() -> None:
    (subpath,) = path.parse("M-10 0A10 10 0 1 1 10 0A10 10 0 1 1-10 0Z")
    line = measure.flatten(subpath, 1e-4)
    pairs = zip(line, line[1:] + line[:1], strict=True)
    area = abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2
    assert area == pytest.approx(pi * 100, rel=1e-4)


@pytest.mark.parametrize(
    ("align", "corner", "opposite"),
    [
        ("xMidYMid meet", (50, 0), (150, 100)),
        ("xMinYMin", (0, 0), (100, 100)),
        ("xMaxYMax meet", (100, 0), (200, 100)),
        ("none", (0, 0), (200, 100)),
        ("xMidYMid slice", (0, -50), (200, 150)),
    ],
)
def test_preserve_aspect_ratio(
    align: str, corner: tuple[float, float], opposite: tuple[float, float]
) -> None:
    m = viewport_matrix((-5, -5, 10, 10), 0, 0, 200, 100, align)
    assert close(apply(m, (-5, -5)), corner)
    assert close(apply(m, (5, 5)), opposite)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("translate(3,4)", (4, 4)),
        ("rotate(90)", (0, 1)),
        ("rotate(90 1 1)", (2, 1)),
        ("scale(2)", (2, 0)),
        ("matrix(0 1 -1 0 5 6)", (5, 7)),
        ("translate(10px, 2mm) scale(50%)", (10.5, 2 * 96 / 25.4)),
        ("rotate(0.25turn)", (0, 1)),
        ("rotate(1.5707963267948966rad)", (0, 1)),
        ("skewY(45)", (1, 1)),
        ("unknown(7) translate(1)", (2, 0)),
        ("translate(1", (1, 0)),
    ],
)
def test_transform_lists(text: str, at: tuple[float, float]) -> None:
    assert close(apply(transform(text), (1, 0)), at)


def one_seat(body: str, view_box: str = "0 0 400 400", style: str = "") -> seatmap.Seat:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}"><style>{style}</style>'
    (seat,) = seatmap.parse(f"{svg}{body}</svg>".encode()).seats
    return seat


def test_symbol_is_drawn_in_its_own_viewport() -> None:
    seat = one_seat(
        '<symbol id="s" viewBox="0 0 10 10"><circle cx="5" cy="5" r="5"/></symbol>'
        '<use href="#s" data-seat="7" x="100" y="50" width="20" height="40"/>'
    )
    assert seat.box == pytest.approx((100, 60, 20, 20))
    assert seat.name == "7"


def test_transform_origin_of_its_own_box() -> None:
    seat = one_seat(
        '<rect class="seat" x="100" y="100" width="20" height="10" transform="rotate(90)"/>',
        style=".seat{transform-box:fill-box;transform-origin:center}",
    )
    assert seat.centre == pytest.approx((110, 105))
    assert seat.box == pytest.approx((105, 95, 10, 20))


def test_nested_viewports_and_units_multiply() -> None:
    seat = one_seat(
        '<svg x="25%" y="1in" width="100" height="100" viewBox="0 0 50 50">'
        '<g transform="translate(5 5)"><circle class="seat" r="10%"/></g></svg>'
    )
    assert seat.centre == pytest.approx((110, 106))
    assert seat.radius == pytest.approx(10)


@pytest.mark.parametrize(
    "hidden",
    [
        'style="display:none"',
        'visibility="hidden"',
        'class="gone"',
        'style="opacity:0"',
    ],
)
def test_what_is_not_shown_is_not_for_sale(hidden: str) -> None:
    seat = one_seat(
        f'<g {hidden}><circle class="seat" cx="9" cy="9" r="3"/></g>'
        '<defs><circle class="seat" r="3"/></defs><circle class="seat" cx="50" cy="50" r="3"/>',
        style="g.gone{display:none}",
    )
    assert seat.centre == (50, 50)


def test_drawing_without_a_view_box_takes_its_size_or_its_content() -> None:
    body = '<circle class="seat" cx="50" cy="50" r="3"/>'
    sized = seatmap.parse(f'<svg width="10cm" height="200">{body}</svg>'.encode())
    assert sized.view_box == pytest.approx((0, 0, 3779.5275 / 10, 200), rel=1e-4)
    bare = seatmap.parse(f"<svg>{body}</svg>".encode())
    assert bare.view_box == (47, 47, 6, 6)


def test_lengths_have_units() -> None:
    assert geometry.length("2.54cm", 0) == pytest.approx(96)
    assert geometry.length("25%", 80) == 20
    assert geometry.length("junk", 80, 7) == 7


def test_what_a_clip_path_hides_is_not_drawn() -> None:
    body = (
        '<clipPath id="c"><rect x="0" y="0" width="50" height="50"/></clipPath>'
        '<g clip-path="url(#c)" transform="translate(100 0)">'
        '<circle class="seat" cx="20" cy="20" r="5"/>'
        '<circle class="seat" cx="80" cy="20" r="5"/></g>'
        '<circle class="seat" cx="20" cy="80" r="5" style="clip-path: url(#c)"/>'
        '<circle class="seat" cx="300" cy="80" r="5" clip-path="url(#missing)"/>'
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">{body}</svg>'
    seats = seatmap.parse(svg.encode()).seats
    assert sorted(seat.centre for seat in seats) == [(120, 20), (300, 80)]
