"""Drawings that are of no venue, though much in them is alike, numbered or in lines."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text
from tests.seatmap.trades import said


@style
def not_a_venue_street_plan() -> Drawing:
    """Blocks of a town with house numbers, streets with names, a park, a church."""
    random, body = Random(3), ""
    for b in range(12):
        x, y = 40 + 190 * (b % 4), 40 + 180 * (b // 4)
        body += rect(x, y, 150, 140, fill="#eee", stroke="#999")
        for k in range(6):
            w, h = 30 + random.randint(0, 14), 40 + random.randint(0, 20)
            u, v = x + 4 + 49 * (k % 3), y + 4 + 70 * (k // 3)
            body += rect(u, v, w, h, fill="#cba") + middle(u + w / 2, v + h / 2, 2 * k + 1 + b, 8)
    for k, name in enumerate(("Main Street", "Church Lane", "Station Road", "Mill Street")):
        body += text(60, 32 + 180 * k, name, 10)
    return svg(body, "0 0 800 600"), Want(rows=0, areas=0)


@style
def not_a_venue_month() -> Drawing:
    """A month on a wall: days in weeks, with what is on."""
    body = text(40, 40, "November", 24)
    for k, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        body += middle(90 + 100 * k, 80, day, 12)
    for d in range(30):
        x, y = 40 + 100 * ((d + 2) % 7), 90 + 80 * ((d + 2) // 7)
        body += rect(x, y, 100, 80, fill="none", stroke="#888") + text(x + 6, y + 16, d + 1, 12)
        if d % 4 == 1:
            body += text(x + 6, y + 44, "Concert", 10)
    return svg(body, "0 0 780 520"), Want(rows=0)


@style
def not_a_venue_heat_map() -> Drawing:
    """Hours and weekdays, each cell in a shade of its own with a gap around it."""
    body = ""
    for r, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        body += text(10, 62 + 26 * r, day, 10)
        for h in range(24):
            shade = 255 - (r * 31 + h * 17) % 200
            body += rect(50 + 26 * h, 46 + 26 * r, 23, 23, fill=f"rgb({shade},{shade},255)")
    body += "".join(middle(62 + 26 * h, 40, f"{h}:00", 7) for h in range(0, 24, 3))
    return svg(body, "0 0 700 250"), Want(rows=0)


@style
def not_a_venue_halftone() -> Drawing:
    """A ground of dots that grow to one side."""
    body = "".join(
        circle(10 + 16 * i, 10 + 16 * r, round(0.8 + 6 * i / 50, 2), fill="#e5e5e5")
        for r in range(30)
        for i in range(50)
    )
    return svg(body + text(200, 260, "Annual report", 40), "0 0 820 500"), Want(rows=0)


@style
def not_a_venue_flag() -> Drawing:
    """Stripes, and fifty stars in rows that are shifted."""
    star = " ".join(
        f"{(9 if k % 2 else 4) * sin(pi * k / 5):.2f},{(9 if k % 2 else 4) * cos(pi * k / 5):.2f}"
        for k in range(10)
    )
    body = "".join(rect(0, 40 * k, 988, 40, fill=("#b22", "#fff")[k % 2]) for k in range(13))
    body += rect(0, 0, 395, 280, fill="#3c3b6e")
    for r in range(9):
        for i in range(6 - r % 2):
            x, y = 33 + 66 * i + 33 * (r % 2), 28 + 28 * r
            body += el("polygon", points=star, fill="#fff", transform=f"translate({x} {y})")
    return svg(body, "0 0 988 520"), Want(rows=0)


@style
def not_a_venue_bracket() -> Drawing:
    """A tournament: boxes of players joined round by round."""
    body = ""
    for k in range(4):
        count = 16 >> k
        for i in range(count):
            x, y = 40 + 180 * k, 30 + 560 / count * (i + 0.5)
            body += rect(x, y - 11, 120, 22, fill="#fff", stroke="#000")
            body += text(x + 6, y + 4, f"Player {i + 1}" if k == 0 else f"W{k}.{i + 1}", 10)
            if k:
                d = f"M{x} {y}h-30v{140 / count}m0 -{280 / count}v{140 / count}"
                body += el("path", d=d, fill="none", stroke="#000")
    return svg(body, "0 0 800 620"), Want(rows=0)


@style
def not_a_venue_sudoku() -> Drawing:
    random, body = Random(9), ""
    for k in range(81):
        x, y = 30 + 40 * (k % 9), 30 + 40 * (k // 9)
        body += rect(x, y, 40, 40, fill="#fff", stroke="#666")
        if random.random() < 0.4:
            body += middle(x + 20, y + 27, random.randint(1, 9), 20)
    return svg(body, "0 0 420 420"), Want(rows=0)


@style
def not_a_venue_crossword() -> Drawing:
    """Squares with a gap, some black, some with a small number in the corner."""
    random, body, n = Random(4), "", 0
    for k in range(169):
        x, y = 20 + 30 * (k % 13), 20 + 30 * (k // 13)
        black = random.random() < 0.2
        body += rect(x, y, 30, 30, fill="#000" if black else "#fff", stroke="#000")
        if not black and random.random() < 0.3:
            n += 1
            body += text(x + 2, y + 9, n, 8)
    return svg(body, "0 0 430 430"), Want(rows=0)


@style
def not_a_venue_donut_chart() -> Drawing:
    """A ring of arcs made of dashes, its legend, and a gauge with ticks."""
    body = ""
    for k, (part, fill) in enumerate(((30, "#e44"), (25, "#4a4"), (45, "#44e"))):
        body += el("circle", cx=200, cy=200, r=100, fill="none", stroke=fill, stroke_width=40,
                   stroke_dasharray=f"{6.28 * part} {628 - 6.28 * part}")  # fmt: skip
        body += rect(380, 120 + 30 * k, 16, 16, fill=fill) + text(404, 133 + 30 * k, f"{part} %")
    body += el("circle", cx=600, cy=200, r=90, fill="none", stroke="#333", stroke_width=14,
               stroke_dasharray="2 10")  # fmt: skip
    return svg(body, "0 0 800 400"), Want(rows=0)


@style
def not_a_venue_dashboard() -> Drawing:
    """Cards with numbers, bars, a list with round pictures of people."""
    body = "".join(
        said(20 + 190 * k, 20, 170, 80, word, 14) + middle(105 + 190 * k, 90, 1200 + 37 * k, 16)
        for k, word in enumerate(("Orders", "Revenue", "Visits", "Seats sold"))
    )
    for i in range(30):
        h = 40 + (i * 37) % 120
        body += rect(30 + 16 * i, 320 - h, 12, h, fill="#59f")
    for r in range(9):
        body += circle(560, 140 + 40 * r, 14, fill="#ddd") + rect(590, 132 + 40 * r, 160, 10)
        body += text(590, 158 + 40 * r, f"Customer {r + 1}", 9)
    return svg(body, "0 0 800 520"), Want(rows=0)


@style
def not_a_venue_family_tree() -> Drawing:
    body = ""
    for g in range(5):
        count = 1 << g
        for i in range(count):
            x, y = 780 * (i + 0.5) / count + 10, 40 + 100 * g
            body += el("ellipse", cx=f"{x:.1f}", cy=y, rx=20, ry=14, fill="#fde", stroke="#a58")
            body += middle(x, y + 4, f"{'ABCDE'[g]}{i + 1}", 8)
            if g:
                up = 780 * (i // 2 + 0.5) / (count // 2) + 10
                body += el(
                    "line", x1=f"{x:.1f}", y1=y - 14, x2=f"{up:.1f}", y2=y - 86, stroke="#a58"
                )
    return svg(body, "0 0 800 500"), Want(rows=0)


@style
def not_a_venue_icon_sheet() -> Drawing:
    """A sheet of icons of one size with their names, as libraries publish them."""
    names = "home user chair table star heart bell cart map pin clock lock key mail phone".split()
    body = ""
    for k in range(60):
        x, y = 40 + 70 * (k % 10), 40 + 80 * (k // 10)
        inside = el("path", d="M3 12l9-9 9 9v9h-6v-6h-6v6h-6z") + circle(12, 12 + k % 5, 2 + k % 3)
        body += el("g", inside, id=f"icon-{names[k % 15]}-{k}", transform=f"translate({x} {y})")
        body += middle(x + 12, y + 44, f"{names[k % 15]}-{k}", 8)
    return svg(body, "0 0 760 540"), Want(rows=0)


@style
def not_a_venue_molecule() -> Drawing:
    body = ""
    for r in range(4):
        for i in range(6):
            x, y = 100 + 104 * i + 52 * (r % 2), 100 + 90 * r
            ring = [(x + 60 * sin(pi * k / 3), y - 60 * cos(pi * k / 3)) for k in range(6)]
            points = " ".join(f"{u:.1f},{v:.1f}" for u, v in ring)
            body += el("polygon", points=points, fill="none", stroke="#000")
            body += middle(x, y - 62, "CH" if i % 2 else "N", 12)
    return svg(body, "0 0 800 500"), Want(rows=0)


def lands(names: list[str]) -> str:
    """Lands of all sizes on a grid, each called by its id."""
    random, body = Random(5), ""
    for i, name in enumerate(names):
        x, y = 10 + 64 * (i % 12), 10 + 54 * (i // 12)
        w, h = (random.randint(12, 60) for _ in "wh")
        u, v = random.randint(0, w), random.randint(0, h)
        body += el("path", id=name, d=f"M{x} {y}l{w} {v}l{-u} {h - v}l{u - w} {-h // 3}z")
    return body


@style
def not_a_venue_countries() -> Drawing:
    """A map of the world whose countries are called by the numbers of a standard."""
    names = [f"{4 * i + (i % 7 == 0):03}" for i in range(1, 120)]
    return svg(el("g", lands(names), id="countries", class_="land"), "0 0 800 560"), Want(rows=0)


@style
def not_a_venue_departments() -> Drawing:
    """A country's departments "01" to "95" and two of letters, all drawn alike."""
    names = [f"{n:02}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
    return svg(el("g", lands(names), id="departements"), "0 0 800 500"), Want(rows=0)
