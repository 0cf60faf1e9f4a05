"""Drawings as tools of other trades export them, written before the parser was tried on them."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, around, circle, el, middle, rect, style, text
from tests.seatmap.trades import said


def wire(*points: tuple[float, float]) -> str:
    return el(
        "polyline", points=" ".join(f"{x},{y}" for x, y in points), fill="none", stroke="#000"
    )


@style
def race_circuit() -> Drawing:
    """A track that is one thick line; stands with their names along it, a paddock inside."""
    turns = "Q940 120 940 260T800 400H520Q460 400 460 340T400 280H200Q60 280 60 200T200 120Z"
    body = el("path", d=f"M200 120H800{turns}", fill="none", stroke="#555", stroke_width=24)
    for k in range(6):
        x = 200 + 100 * k
        body += rect(x, 50, 88, 40, fill="#f90", transform=f"rotate({k - 3} {x} 50)")
        body += middle(x + 44, 74, f"Grandstand {'ABCDEF'[k]}", 9)
    for k in range(2):
        body += rect(540 + 110 * k, 430, 90, 44, fill="#09f")
        body += middle(585 + 110 * k, 456, f"Grandstand {'GH'[k]}", 9)
    body += said(560, 200, 200, 90, "PADDOCK") + middle(180, 110, "START / FINISH", 10)
    return svg(body, "0 0 1000 520"), Want(seats=0, sections=8, rows=0)


@style
def not_a_venue_circuit() -> Drawing:
    """Resistors, capacitors and a chip, each with its name, and the wires between them."""
    body = rect(360, 160, 120, 200, fill="none", stroke="#000") + middle(420, 264, "U1")
    for k in range(6):
        y = 60 + 70 * k
        for x, name in ((120, f"R{k + 1}"), (640, f"R{k + 7}")):
            body += rect(x, y, 70, 24, fill="none", stroke="#000") + middle(x + 35, y + 17, name)
        v, w = y + 12, 180 + 30 * k
        body += wire((190, v), (280, v), (280, w), (360, w))
        body += wire((480, w), (560, w), (560, v), (640, v))
        body += el("line", x1=60, y1=y + 12, x2=120, y2=y + 12, stroke="#000")
    for k in range(4):
        x = 200 + 110 * k
        body += rect(x, 470, 40, 30, fill="none", stroke="#000") + middle(x + 20, 490, f"C{k + 1}")
        body += el("line", x1=x + 40, y1=485, x2=x + 110, y2=485, stroke="#000")
    return svg(body, "0 0 800 540"), Want(rows=0)


@style
def figma_with_a_mirrored_half() -> Drawing:
    """The right half of a stall is a copy of the left one, turned over; groups name the rows."""
    body = ""
    for side, turn in (("Stalls Left", ""), ("Stalls Right", "matrix(-1 0 0 1 800 0)")):
        rows = ""
        for r, letter in enumerate("ABCDEFGH"):
            seats = "".join(
                rect(60 + 30 * i, 120 + 34 * r, 22, 22, rx=6, id=f"Rectangle {r * 10 + i}")
                for i in range(10)
            )
            rows += el("g", seats, id=f"Row {letter}")
        body += el("g", rows, id=side, **({"transform": turn} if turn else {}))
    body += rect(250, 30, 300, 50, id="Stage", fill="#333")
    return svg(body, "0 0 800 460"), Want(
        seats=160, rows=[*"ABCDEFGH", *"ABCDEFGH"], sections=["Stalls Left", "Stalls Right"],
        landmarks={"stage"}, numbered=False,
    )  # fmt: skip


@style
def drawio_with_labels_in_switches() -> Drawing:
    """Each seat an ellipse, its number in a switch with a foreignObject; letters at the rows."""

    def label(x: float, y: float, words: object) -> str:
        inside = el("foreignObject", el("div", str(words)), width="100%", height="100%")
        label = el("switch", inside + middle(x, y + 4, words, 12))
        return el("g", label, transform="translate(-0.5 -0.5)")

    body = ""
    for r, letter in enumerate("ABCDEF"):
        y = 100 + 40 * r
        body += label(40, y, letter)
        for i in range(12):
            x = 90 + 40 * i
            body += el("g", el("ellipse", cx=x, cy=y, rx=15, ry=15, fill="#dae8fc"))
            body += label(x, y, i + 1)
    body += el("g", rect(160, 20, 260, 40, fill="#f8cecc")) + label(290, 40, "Stage")
    return svg(body, "-0.5 -0.5 600 380"), Want(
        seats=72, rows=list("ABCDEF"), landmarks={"stage"}, numbered=True, keys=("A/1", "F/12")
    )


@style
def corel_in_arabic() -> Drawing:
    """Rows are called by letters, seats by numbers, in Arabic script; units of 0.01 mm."""
    body = ""
    for r, letter in enumerate("أبجدهو"):
        y = 6000 + 1500 * r
        body += el("text", letter, x=2000, y=y + 700, class_="fil1 fnt0")
        for i in range(14):
            x = 4000 + 1500 * i
            number = "".join(chr(0x660 + int(d)) for d in str(i + 1))
            body += rect(x, y, 1100, 1100, class_="fil0 str0")
            body += el("text", number, x=x + 550, y=y + 750, class_="fil1 fnt1")
    look = el("style", ".fil0{fill:#C5C6C6}.fil1{fill:#1B1918}.fnt0{font-size:900px}"
              ".fnt1{font-size:600px;text-anchor:middle}")  # fmt: skip
    stage = el("text", "المسرح", x=14000, y=4800, class_="fnt1")
    body += rect(8000, 1500, 12000, 2500, class_="fil1") + stage
    return svg(look + body, "0 0 29700 21000"), Want(
        seats=84, rows=list("أبجدهو"), numbered=True, landmarks={"stage"}
    )


@style
def chinese_ids() -> Drawing:
    """Floor, row and seat in words of Chinese, in the id of each seat."""
    body = ""
    for floor, top, rows in (("一层", 120, 8), ("二层", 460, 4)):
        for r in range(rows):
            for i in range(16):
                name = f"{floor}{r + 1}排{i + 1}座"
                body += circle(80 + 34 * i, top + 34 * r, 12, id=name, fill="#88c")
    body += rect(200, 30, 260, 50, fill="#444") + middle(330, 60, "舞台")
    return svg(body, "0 0 680 640"), Want(
        seats=192, rows=12, sections=["一层", "二层"], numbered=True, landmarks={"stage"}
    )


@style
def autocad_upside_down() -> Drawing:
    """Y goes up: all is in a group with a negative scale, texts are turned back one by one."""
    seats = words = ""
    for r, letter in enumerate("ABCDEFG"):
        y = 300 - 32 * r
        for i in range(15):
            x = 80 + 30 * i
            seats += el("path", d=f"M{x},{y}L{x + 20},{y}L{x + 20},{y + 18}L{x},{y + 18}L{x},{y}z")
        words += el("text", letter, transform=f"translate(55 {y + 4}) scale(1 -1)", font_size=12)
    walls = el("polyline", points="20,20 600,20 600,400 20,400 20,20", fill="none", stroke="#000")
    stage = el("text", "STAGE", transform="translate(260 360) scale(1 -1)", font_size=20)
    layers = el("g", walls, id="A-WALL") + el("g", seats, id="A-SEAT", fill="none", stroke="#00f")
    layers += el("g", words + stage, id="A-TEXT")
    whole = el("g", layers, transform="matrix(1 0 0 -1 0 420)")
    return svg(whole, "0 0 620 420"), Want(
        seats=105, rows=list("ABCDEFG"), numbered=False, landmarks={"stage"}
    )


@style
def qgis_with_halos() -> Drawing:
    """Stands around a pitch as polygons; each label is written twice, first as its halo."""
    body = rect(300, 220, 200, 120, fill="#9c9") + middle(400, 284, "Pitch")
    names = ["N1", "N2", "N3", "E1", "E2", "S1", "S2", "S3", "W1", "W2"]
    for k, name in enumerate(names):
        a, b = 2 * pi * (k + 0.04) / 10, 2 * pi * (k + 0.96) / 10
        ring = [(f * cos(t), f * sin(t)) for f, t in ((190, a), (270, a), (270, b), (190, b))]
        points = " ".join(f"{400 + x:.1f},{280 + y:.1f}" for x, y in ring)
        body += el("g", el("polygon", points=points, fill="#e8718d", stroke="#232323"))
        u, v = 400 + 225 * cos((a + b) / 2), 280 + 225 * sin((a + b) / 2)
        label = middle(u, v, name, 14)
        body += el("g", label, stroke="#fff", stroke_width=3) + label
    return svg(body, "0 0 800 560"), Want(seats=0, rows=0, sections=names, landmarks={"pitch"})


@style
def powerpoint_of_tables() -> Drawing:
    """Round tables and chairs as curves, each in a group of its own; names cut into runs."""

    def disc(x: float, y: float, r: float, fill: str) -> str:
        b = 0.5523
        unit = ((-1, 0), (-1, -b), (-b, -1), (0, -1), (b, -1), (1, -b), (1, 0),
                (1, b), (b, 1), (0, 1), (-b, 1), (-1, b), (-1, 0))  # fmt: skip
        first, *rest = (f"{x + r * u:.2f} {y + r * v:.2f}" for u, v in unit)
        return el("path", d=f"M{first}C{' '.join(rest)}Z", fill=fill, fill_rule="evenodd")

    body = ""
    for t in range(8):
        x, y = 140 + 200 * (t % 4), 180 + 220 * (t // 4)
        body += disc(x, y, 40, "#4472C4")
        body += "".join(disc(u, v, 11, "#A5A5A5") for u, v in around(x, y, 60, 8))
        body += el("text", f"Tab{el('tspan', f'le {t + 1}', x=22, y=0)}",
                   font_size=12, transform=f"translate({x - 18} {y + 4})")  # fmt: skip
    return svg(body, "0 0 960 540"), Want(
        seats=64, rows=0, tables=[str(t + 1) for t in range(8)], numbered=False
    )


@style
def visio_with_masters() -> Drawing:
    """Each chair a group with a title of its master and a count, moved and turned."""
    body = ""
    for k in range(60):
        x, y = 60 + 44 * (k % 12), 300 - 50 * (k // 12)
        chair = el("path", d="M0 0L22 0L22 22L0 22Z", class_="st1")
        body += el("g", el("title", f"Chair.{k + 21}") + chair, id=f"shape{k + 21}-{3 * k + 5}",
                   transform=f"translate({x},{y}) rotate({k % 3})")  # fmt: skip
    body += el("g", el("title", "Stage") + rect(160, 380, 300, 60, class_="st2"), id="shape9-1")
    look = el("style", ".st1{fill:#fff;stroke:#000}.st2{fill:#ccc}")
    return svg(look + body, "0 0 640 470"), Want(seats=60, rows=5, landmarks={"stage"})


@style
def rows_of_one_path_each() -> Drawing:
    """The seats of a row are subpaths of one path."""
    body = ""
    for r, letter in enumerate("ABCDEFGH"):
        y = 90 + 36 * r
        d = "".join(f"M{100 + 32 * i} {y}h24v24h-24z" for i in range(14))
        body += el("path", d=d, fill="#79c", id=f"row_{letter}") + text(70, y + 17, letter)
    return svg(body + said(180, 20, 300, 40, "STAGE"), "0 0 640 400"), Want(
        seats=112, rows=list("ABCDEFGH"), numbered=False, landmarks={"stage"}
    )


@style
def sections_in_views_of_their_own() -> Drawing:
    """Each section is an svg in the svg, with units of its own; seats state row and number."""
    body = ""
    for s, (x, y) in enumerate(((20, 120), (320, 120), (20, 340), (320, 340))):
        seats = "".join(
            circle(10 + 10 * i, 10 + 10 * r, 4, class_="seat", data_row=r + 1, data_seat=i + 1)
            for r in range(6)
            for i in range(9)
        )
        body += el("svg", seats, x=x, y=y, width=260, height=190, viewBox="0 0 100 70",
                   data_section=f"Sector {s + 1}")  # fmt: skip
    return svg(body, "0 0 600 560"), Want(
        seats=216, rows=24, sections=[f"Sector {s + 1}" for s in range(4)], numbered=True
    )


@style
def templates_seen_through_a_clip() -> Drawing:
    """A row of twenty is defined once; each use shows as many as the clip of its row leaves."""
    row = "".join(circle(15 + 30 * i, 12, 10) for i in range(20))
    body = el("defs", el("g", row, id="twenty"))
    for r in range(8):
        seats = 20 - 2 * (r % 3)
        body += el("clipPath", rect(0, 0, 30 * seats, 24), id=f"clip{r}")
        body += el("g", el("use", href="#twenty", clip_path=f"url(#clip{r})"),
                   transform=f"translate({40 + 15 * (20 - seats)} {60 + 34 * r})")  # fmt: skip
    return svg(body, "0 0 700 360"), Want(seats=146, rows=8, numbered=False)


@style
def not_a_venue_metro_of_four_lines() -> Drawing:
    """Lines of stations with their names."""
    body = ""
    for k, colour in enumerate(("#e2001a", "#0060a9", "#00963f", "#f7a600")):
        y = 80 + 90 * k
        body += el("path", d=f"M40 {y}H500L600 {y + 60}H900", fill="none", stroke=colour)
        for i in range(14):
            x = 60 + 60 * i
            v = y if x <= 500 else y + min(60, 0.6 * (x - 500))
            body += circle(x, v, 7, fill="#fff", stroke="#000")
            body += text(x, v - 12, f"{'NSEW'[k]} Street {i + 1}", 8)
    return svg(body, "0 0 960 480"), Want(rows=0)


@style
def not_a_venue_org_chart() -> Drawing:
    """Boxes of people, joined by lines that bend."""
    body = said(420, 20, 120, 40, "CEO")
    for k in range(6):
        x = 30 + 155 * k
        body += said(x, 120, 130, 40, f"Head of {'ABCDEF'[k]}")
        body += wire((480, 60), (480, 90), (x + 65, 90), (x + 65, 120))
        for i in range(5):
            body += said(x + 20, 180 + 50 * i, 110, 36, f"P{5 * k + i + 1}")
            body += wire((x + 8, 160), (x + 8, 198 + 50 * i), (x + 20, 198 + 50 * i))
    return svg(body, "0 0 960 450"), Want(rows=0)


@style
def not_a_venue_qr_code() -> Drawing:
    random = Random(5)
    body = "".join(
        rect(20 + 10 * i, 20 + 10 * r, 10, 10, fill="#000")
        for r in range(29)
        for i in range(29)
        if random.random() < 0.5
    )
    return svg(rect(0, 0, 330, 330, fill="#fff") + body, "0 0 330 330"), Want(rows=0)


@style
def not_a_venue_flat_with_tiles() -> Drawing:
    """Rooms of a flat with their sizes, doors as arcs, tiles in the bath."""
    rooms = (("Kitchen", 20, 20, 200, 150), ("Bath", 220, 20, 120, 150),
             ("Bedroom 1", 340, 20, 240, 150), ("Living room", 20, 170, 320, 210),
             ("Bedroom 2", 340, 170, 240, 210))  # fmt: skip
    body = ""
    for name, x, y, w, h in rooms:
        body += rect(x, y, w, h, fill="none", stroke="#000", stroke_width=6)
        body += middle(x + w / 2, y + h / 2, name)
        body += middle(x + w / 2, y + h / 2 + 18, f"{w / 50:.1f} x {h / 50:.1f} m")
        body += el("path", d=f"M{x + 30} {y + h}a40 40 0 0 1 40 -40", fill="none", stroke="#000")
    body += "".join(rect(226 + 18 * (k % 6), 110 + 18 * (k // 6), 17, 17) for k in range(18))
    return svg(body, "0 0 600 400"), Want(rows=0)
