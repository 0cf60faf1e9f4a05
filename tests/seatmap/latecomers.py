"""A last round of houses, to see what the rules that all the others asked for are worth."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, around, circle, el, middle, rect, style, text, wedge
from tests.seatmap.trades import said


@style
def two_floors_that_both_begin_with_a() -> Drawing:
    """Stalls and balcony one above the other, letters at the rows, only a heading over each."""
    body = said(200, 10, 240, 34, "STAGE")
    for part, top, rows in (("STALLS", 100, "ABCDEFGH"), ("BALCONY", 420, "ABCDE")):
        body += middle(320, top - 24, part, 18)
        for r, row in enumerate(rows):
            y = top + 30 * r
            body += text(30, y + 5, row, 13) + text(600, y + 5, row, 13)
            body += "".join(circle(70 + 26 * i, y, 10, fill="#7a9") for i in range(20))
    return svg(body, "0 0 640 600"), Want(
        seats=260, rows=[*"ABCDEFGH", *"ABCDE"], sections=["STALLS", "BALCONY"], numbered=False,
        landmarks={"stage"},
    )  # fmt: skip


@style
def inkscape_of_default_labels() -> Drawing:
    """Seats as arcs of paths, each labelled "#path12"; rows are groups with labels of people."""
    body, k = "", 100
    for r in range(6):
        seats = ""
        for i in range(13):
            k += 1
            x, y = 30 + 12 * i, 40 + 14 * r
            d = f"m {x},{y} a 4,4 0 0 1 -4,4 4,4 0 0 1 -4,-4 4,4 0 0 1 4,-4 4,4 0 0 1 4,4 z"
            seats += f'<path id="path{k}" inkscape:label="#path{k}" d="{d}"/>'
        body += f'<g inkscape:label="Row {r + 1}" id="g{r}" inkscape:groupmode="layer">{seats}</g>'
    stage = '<rect inkscape:label="Stage" id="rect7" x="60" y="8" width="80" height="16"/>'
    return svg(body + stage, "0 0 210 140"), Want(
        seats=78, rows=[str(r + 1) for r in range(6)], sections=0, numbered=False,
        landmarks={"stage"},
    )  # fmt: skip


@style
def tables_of_flat_ids() -> Drawing:
    """No groups: tops "T1", chairs "T1-S1"... in document order."""
    body = said(260, 20, 200, 40, "Dance floor")
    for t in range(9):
        x, y = 130 + 220 * (t % 3), 160 + 160 * (t // 3)
        body += circle(x, y, 34, id=f"T{t + 1}", fill="#fed")
        for k, (u, v) in enumerate(around(x, y, 52, 8)):
            body += circle(u, v, 10, id=f"T{t + 1}-S{k + 1}", fill="#bcd")
    return svg(body, "0 0 720 600"), Want(
        seats=72, rows=0, sections=0, tables=[f"T{t + 1}" for t in range(9)],
        areas=["Dance floor"], numbered=True,
    )  # fmt: skip


@style
def rows_and_seats_of_short_ids() -> Drawing:
    """Illustrator: groups "A", "B"... with "A-1", "A-2"... in them; a hidden layer below."""
    rows = ""
    for r, row in enumerate("ABCDEFGHJ"):
        seats = "".join(
            rect(60 + 24 * i, 80 + 26 * r, 18, 18, id=f"{row}-{i + 1}", class_="st0")
            for i in range(18 - r % 2)
        )
        rows += el("g", seats, id=row)
    look = el("style", ".st0{fill:#e6b}.st1{display:none}")
    hidden = el("g", rect(0, 0, 500, 300), id="Layer_2", class_="st1")
    stage = el("g", rect(160, 20, 180, 30), id="STAGE")
    body = look + hidden + el("g", rows, id="SEATS") + stage
    return svg(body, "0 0 520 340"), Want(
        seats=158, rows=list("ABCDEFGHJ"), sections=0, numbered=True, keys=("A/1", "J/18"),
        landmarks={"stage"},
    )  # fmt: skip


@style
def crosses_on_what_is_sold() -> Drawing:
    """Numbered seats; two lines cross out those that are sold."""
    body = said(120, 10, 220, 26, "Leinwand")
    for r in range(7):
        y = 70 + 30 * r
        body += text(14, y + 15, f"Reihe {r + 1}", 10)
        for i in range(12):
            x = 80 + 28 * i
            body += rect(x, y, 22, 22, fill="#fff", stroke="#333") + middle(
                x + 11, y + 15, i + 1, 9
            )
            if (5 * i + 3 * r) % 4 == 0:
                body += el("path", d=f"M{x} {y}l22 22M{x + 22} {y}l-22 22", stroke="#c00")
    return svg(body, "0 0 440 300"), Want(
        seats=84, rows=[str(r + 1) for r in range(7)], numbered=True, keys=("1/1", "7/12"),
        landmarks={"screen"},
    )  # fmt: skip


@style
def prices_by_the_shape_of_the_seat() -> Drawing:
    """Discs are dear, squares cheap, each row of one kind; letters left, an aisle."""
    body = said(140, 10, 240, 30, "SCENA")
    for r, row in enumerate("ABCDEFGH"):
        y = 80 + 28 * r
        body += text(20, y + 4, row, 12)
        for i in (i for i in range(17) if i != 8):
            x = 60 + 26 * i
            body += (
                circle(x, y, 10, fill="#fc6") if r < 3 else rect(x - 9, y - 9, 18, 18, fill="#6cf")
            )
    return svg(body, "0 0 520 320"), Want(
        seats=128, rows=list("ABCDEFGH"), numbered=False, landmarks={"stage"}
    )


@style
def bowl_by_words_in_ids() -> Drawing:
    """An arena's vector file: wedges called "LWR-101", "UPR-301", suites "STE-12"; no texts."""
    body, names = el("rect", x=330, y=350, width=140, height=100, id="EVENT-FLOOR"), []
    for level, r0, r1, count, first in (("LWR", 150, 230, 16, 101), ("STE", 236, 256, 20, 1),
                                        ("UPR", 262, 360, 20, 301)):  # fmt: skip
        wedges = ""
        for i in range(count):
            name = f"{level}-{first + i}"
            a0, a1 = 360 * i / count, 360 * (i + 1) / count - 1.5
            wedges += el("path", d=wedge(400, 400, r0, r1, a0, a1), id=name, fill="#cdf")
            names.append(name)
        body += el("g", wedges, id=f"{level}_LEVEL")
    return svg(body, "0 0 800 800"), Want(rows=0, sections=names, areas=None)


@style
def amphitheatre_with_turned_labels() -> Drawing:
    """Curved rows as uses that are turned; the row's number stands turned at its left end."""
    body = el("defs", rect(-8, -8, 16, 16, rx=3, id="s")) + circle(
        400, 60, 60, id="orchestra-stage"
    )
    seats = 0
    for r in range(9):
        radius, count = 150 + 28 * r, 16 + 2 * r
        step = 24 / radius * 57.3
        for i in range(count):
            turn = (i - (count - 1) / 2) * step
            a = radians(90 - turn)
            x, y = 400 + radius * cos(a), 60 + radius * sin(a)
            body += el(
                "use", href="#s", transform=f"translate({x:.2f} {y:.2f}) rotate({-turn:.2f})"
            )
        seats += count
        turn = -(count + 1.4) / 2 * step
        a = radians(90 - turn)
        x, y = 400 + radius * cos(a), 60 + radius * sin(a)
        at = f"translate({x:.1f} {y:.1f}) rotate({-turn:.1f})"
        body += el("text", str(r + 1), transform=at, font_size=11, text_anchor="middle")
    return svg(body, "0 0 800 500"), Want(
        seats=seats, rows=[str(r + 1) for r in range(9)], numbered=False, landmarks={"stage"}
    )


@style
def blocks_by_big_words_over_the_seats() -> Drawing:
    """Four blocks of seats parted by aisles, each with its name in large letters above it."""
    body, names = said(250, 10, 300, 40, "SCÈNE"), []
    for b, name in enumerate(("Carré Or", "Première", "Deuxième", "Balcon")):
        x0, y0 = 50 + 380 * (b % 2), 110 + 220 * (b // 2)
        body += middle(x0 + 160, y0 - 22, name, 20)
        body += "".join(
            rect(x0 + 24 * i, y0 + 26 * r, 18, 18, fill="#a8c") for r in range(6) for i in range(14)
        )
        names.append(name)
    return svg(body, "0 0 800 520"), Want(
        seats=336, rows=24, sections=names, numbered=False, landmarks={"stage"}
    )


@style
def race_course_of_boxes_and_lawns() -> Drawing:
    """Stands as long shapes, boxes numbered in them, lawns for picnics, a paddock, a track."""
    body = el(
        "ellipse", cx=500, cy=180, rx=460, ry=130, fill="none", stroke="#963", stroke_width=20
    )
    body += middle(500, 184, "RACE TRACK", 16)
    for k, name in enumerate(("Grandstand A", "Grandstand B", "Grandstand C")):
        body += said(120 + 260 * k, 340, 240, 60, name, 16)
    body += said(120, 420, 360, 70, "Picnic Lawn (cap. 800)") + said(
        520, 420, 240, 70, "VIP Terrace"
    )
    body += said(790, 420, 120, 70, "Paddock") + said(40, 420, 60, 30, "WC")
    return svg(body, "0 0 1000 520"), Want(
        rows=0, sections=[f"Grandstand {k}" for k in "ABC"], areas=["Picnic Lawn", "VIP Terrace"],
        landmarks={"toilet"},
    )  # fmt: skip
