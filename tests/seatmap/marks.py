"""Places that are drawn as something else than shapes of their own: letters, markers, dashes."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text
from tests.seatmap.trades import said


@style
def letters_for_seats() -> Drawing:
    """A word processor's plan: each seat the letter of a black disc, centred at its place."""
    body = said(200, 20, 240, 40, "STAGE")
    for r, row in enumerate("ABCDEFGH"):
        y = 110 + 34 * r
        body += middle(40, y, row, 16)
        body += "".join(middle(90 + 28 * i, y, "\u25cf", 24) for i in range(18))
    return svg(body, "0 0 640 400"), Want(
        seats=144, rows=list("ABCDEFGH"), numbered=False, landmarks={"stage"}
    )


@style
def rows_of_letters_with_places() -> Drawing:
    """A row is one text of squares, each with an x of its own; taken seats are black."""
    body = said(140, 10, 300, 30, "SCREEN")
    for r, row in enumerate("ABCDEF"):
        y = 100 + 40 * r
        xs = " ".join(f"{80 + 30 * i}" for i in range(14))
        words = "".join("\u25a0" if (i * 5 + r) % 7 == 0 else "\u25a1" for i in range(14))
        body += text(40, y, row, 18) + el("text", words, x=xs, y=y, font_size=26)
    return svg(body, "0 0 560 360"), Want(
        seats=84, rows=list("ABCDEF"), numbered=False, landmarks={"screen"}
    )


@style
def rows_of_spaced_letters() -> Drawing:
    """A row is one text of discs with spaces between, an aisle of several spaces, in tspans."""
    look = el("style", ".r{font:24px monospace;white-space:pre}")
    lines = "".join(
        el("tspan", "\u25cb " * 8 + "   " + "\u25cb " * 8, x=80, y=90 + 36 * r) for r in range(7)
    )
    body = look + el("text", lines, class_="r")
    body += "".join(text(50, 90 + 36 * r, r + 1, 16) for r in range(7))
    return svg(body + said(200, 400, 240, 40, "Bühne"), "0 0 640 460"), Want(
        seats=112, rows=None, numbered=False, landmarks={"stage"}
    )


@style
def chairs_of_an_icon_font() -> Drawing:
    """The letters of an icon font's private range, a wheelchair among them."""
    look = el("style", ".icon{font-family:'Material Icons';font-size:20px;text-anchor:middle}")
    body = look + said(180, 20, 240, 36, "Leinwand")
    for r, row in enumerate("ABCDEFG"):
        y = 100 + 32 * r
        body += middle(40, y, row, 14) + middle(520, y, row, 14)
        for i in range(15):
            sign = "\u267f" if row == "G" and i < 2 else "\ue163"
            body += el("text", sign, x=80 + 28 * i, y=y, class_="icon")
    return svg(body, "0 0 560 340"), Want(
        seats=105, rows=list("ABCDEFG"), numbered=False, accessible=2, landmarks={"screen"}
    )


@style
def markers_on_the_points_of_a_row() -> Drawing:
    """A row is an unseen line; a chair stands at each of its points, turned along it."""
    chair = el("path", d="M0 0h10v10h-10z", fill="#39c")
    body = el("defs", el("marker", chair, id="chair", viewBox="0 0 10 10", refX=5, refY=5,
                         markerWidth=16, markerHeight=16, markerUnits="userSpaceOnUse",
                         orient="auto"))  # fmt: skip
    seats = 0
    for r in range(8):
        count = 14 + r
        radius = 200 + 30 * r
        step = 1450 / radius
        turns = [radians(90 + step * (i - (count - 1) / 2)) for i in range(count)]
        points = " ".join(f"{400 + radius * cos(t):.2f},{radius * sin(t) - 60:.2f}" for t in turns)
        body += el("polyline", points=points, fill="none", stroke="none", id=f"row_{r + 1}",
                   style="marker:url(#chair)")  # fmt: skip
        seats += count
    return svg(body + said(330, 20, 140, 30, "STAGE"), "0 0 800 400"), Want(
        seats=seats, rows=[str(r + 1) for r in range(8)], numbered=False, landmarks={"stage"}
    )


@style
def rows_of_dots_along_a_line() -> Drawing:
    """A row is a thick line of round dots, as pens draw them; letters at its left end."""
    body = said(200, 20, 240, 30, "PODIUM")
    for r, row in enumerate("ABCDEFGHI"):
        y = 100 + 30 * r
        body += text(30, y + 5, row, 14)
        body += el("path", d=f"M70 {y}H{70 + 26 * 19 + 0.5}", fill="none", stroke="#c55",
                   stroke_width=18, stroke_linecap="round", stroke_dasharray="0 26")  # fmt: skip
    return svg(body, "0 0 640 400"), Want(
        seats=180, rows=list("ABCDEFGHI"), numbered=False, landmarks={"stage"}
    )


@style
def arcs_of_dashes() -> Drawing:
    """An amphitheatre: each row an arc whose dashes are as long as the line is thick."""
    body, seats = "", 0
    for r in range(6):
        radius = 180 + 32 * r
        length = radius * radians(140)
        count = int((length + 8) // 28)
        sweep = (28 * count - 8) / radius
        a, b = radians(90) - sweep / 2, radians(90) + sweep / 2
        ends = [(400 + radius * cos(t), radius * sin(t)) for t in (a, b)]
        (x0, y0), (x1, y1) = ends
        d = f"M{x1:.2f} {y1:.2f}A{radius} {radius} 0 0 0 {x0:.2f} {y0:.2f}"
        body += el("path", d=d, style="fill:none;stroke:#36c;stroke-width:20;"
                   "stroke-dasharray:20,8")  # fmt: skip
        seats += count
    return svg(body + circle(400, 0, 90, id="stage"), "0 0 800 400"), Want(
        seats=seats, rows=6, numbered=False, landmarks={"stage"}
    )


@style
def tables_with_a_dotted_rim() -> Drawing:
    """A round table; its eight chairs are the dots of a circle around it."""
    body = said(300, 20, 200, 40, "Stage")
    for t in range(10):
        x, y = 100 + 150 * (t % 5), 180 + 170 * (t // 5)
        gap = 2 * 3.14159265 * 44 / 8
        body += circle(x, y, 28, fill="#eee", stroke="#333") + middle(x, y + 5, t + 1, 14)
        body += circle(x, y, 44, fill="none", stroke="#933", stroke_width=18,
                       stroke_linecap="round", stroke_dasharray=f"0 {gap:.4f}")  # fmt: skip
    return svg(body, "0 0 800 460"), Want(
        seats=80, rows=0, tables=[str(t + 1) for t in range(10)], numbered=False,
        landmarks={"stage"},
    )  # fmt: skip


@style
def areas_with_dotted_edges() -> Drawing:
    """Areas are drawn with thick dotted edges, filled or not: they are areas, not rows."""
    body = said(250, 20, 300, 60, "STAGE")
    for k, (name, fill) in enumerate((("FRONT PIT", "none"), ("GA FLOOR", "#eee"))):
        body += rect(150, 110 + 160 * k, 500, 140, fill=fill, stroke="#c00", stroke_width=5,
                     stroke_dasharray="5 5")  # fmt: skip
        body += middle(400, 184 + 160 * k, name, 18)
    return svg(body, "0 0 800 440"), Want(
        rows=0, areas=["FRONT PIT", "GA FLOOR"], landmarks={"stage"}
    )


@style
def not_a_venue_dashed_chart() -> Drawing:
    """A line chart: dotted grid, dashed series with markers at their points, a dashed frame."""
    dot = el("marker", circle(5, 5, 4, fill="#06c"), id="dot", viewBox="0 0 10 10", refX=5, refY=5,
             markerWidth=6, markerHeight=6)  # fmt: skip
    body = el("defs", dot)
    for k in range(12):
        body += el("line", x1=60, x2=760, y1=40 + 30 * k, y2=40 + 30 * k, stroke="#ccc",
                   stroke_width=2, stroke_dasharray="2 2")  # fmt: skip
        body += text(20, 44 + 30 * k, 110 - 10 * k, 10)
    for s in range(5):
        points = " ".join(
            f"{60 + 50 * i},{80 + 40 * s + (i * 37 + s * 11) % 23}" for i in range(15)
        )
        ends = {"marker_start": "url(#dot)", "marker_end": "url(#dot)"}
        body += el("polyline", points=points, fill="none", stroke="#06c", stroke_width=2,
                   marker_mid="url(#dot)", **ends)  # fmt: skip
    body += rect(50, 30, 720, 360, fill="none", stroke="#333", stroke_width=3,
                 stroke_dasharray="3 3")  # fmt: skip
    return svg(body, "0 0 800 420"), Want(rows=0)


@style
def not_a_venue_list_of_bullets() -> Drawing:
    """A slide: lines with bullets, five stars of a rating, a row of dots that divides."""
    body = text(60, 60, "Our goals", 32)
    for k in range(8):
        body += text(60, 120 + 40 * k, "\u25cf", 14) + text(90, 120 + 40 * k, f"Point {k + 1}", 20)
        body += text(400, 120 + 40 * k, "\u2605" * 4 + "\u2606", 20)
    body += text(60, 460, "\u2022 " * 40, 12)
    return svg(body, "0 0 800 500"), Want(rows=0)
