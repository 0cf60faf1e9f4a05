"""Drawings of boats, courts, rings and halls, written before the parser was tried on them."""

from __future__ import annotations

from math import cos, pi, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, around, circle, el, middle, rect, style, text


@style
def ferry_deck() -> Drawing:
    """Recliners in three blocks, ids of deck, row and letter."""
    body = ""
    for r in range(10):
        for i, letter in enumerate("ABCDEFGHJ"):
            x = 100 + 30 * i + 40 * (i // 3)
            name = f"deck5-row{r + 1}-seat{letter}"
            body += rect(x, 60 + 40 * r, 22, 26, id=name, rx=4, fill="#8ac")
    body += middle(260, 30, "BAR")
    return svg(body, "0 0 600 500"), Want(
        seats=90, rows=10, sections=None, landmarks={"bar"}, numbered=True
    )


@style
def court_with_boxes() -> Drawing:
    """A tennis court; boxes of six chairs, each a group with its number."""
    body = el("g", rect(300, 200, 200, 120, fill="#3a7"), id="court")
    for b in range(8):
        x, y = 60 + 90 * b, 60
        chairs = "".join(
            circle(x + 14 * (k % 3), y + 16 * (k // 3), 5, id=f"box{b + 1}_seat{k + 1}")
            for k in range(6)
        )
        body += el("g", chairs, id=f"Box_{b + 1}")
    return svg(body, "0 0 800 500"), Want(
        seats=48, sections=8, rows=None, landmarks={"pitch"}, numbered=True
    )


@style
def hexagon_cabaret() -> Drawing:
    """Tables are hexagons with their number; chairs are circles in the table's group."""
    body = ""
    for t in range(9):
        x, y = 130 + 220 * (t % 3), 130 + 180 * (t // 3)
        points = " ".join(
            f"{x + 30 * cos(pi * k / 3):.1f},{y + 30 * sin(pi * k / 3):.1f}" for k in range(6)
        )
        chairs = "".join(circle(u, v, 9, fill="#ccc") for u, v in around(x, y, 48, 6))
        body += el(
            "g", el("polygon", points=points, fill="#963") + chairs + middle(x, y + 4, t + 1)
        )
    body += rect(200, 600, 400, 60, id="stage", fill="#222")
    return svg(body, "0 0 800 700"), Want(
        seats=54, tables=[str(t + 1) for t in range(9)], rows=None, landmarks={"stage"}
    )


@style
def swimming_stand() -> Drawing:
    """Stands without seats, named by words; a pool."""
    body = rect(200, 200, 400, 200, fill="#9cf") + middle(400, 300, "POOL")
    for k, name in enumerate(("Tribune A", "Tribune B", "Tribune C", "Tribune D")):
        body += rect(100 + 150 * k, 60, 140, 90, fill="#eee", stroke="#333")
        body += middle(170 + 150 * k, 110, name)
    return svg(body, "0 0 800 500"), Want(seats=0, sections=["A", "B", "C", "D"], rows=0, areas=0)


@style
def paths_of_squares_with_letters() -> Drawing:
    """Seats are closed paths of lines in groups per row; letters of rows left of them."""
    body = ""
    for r, letter in enumerate("ABCDEFG"):
        y = 80 + 34 * r
        seats = "".join(
            el("path", d=f"M{120 + 30 * i} {y}h22v22h-22z", fill="#b55") for i in range(16)
        )
        body += el("g", seats) + text(90, y + 16, letter)
    body += el("path", d="M200 20h300v30h-300z", id="Buehne")
    return svg(body, "0 0 800 400"), Want(
        seats=112, rows=list("ABCDEFG"), landmarks={"stage"}, numbered=False
    )


@style
def standing_and_seats_of_a_park() -> Drawing:
    """A lawn, a pit and two blocks of numbered chairs with titles."""
    body = rect(250, 40, 300, 60, fill="#333") + middle(400, 75, "STAGE")
    body += rect(250, 120, 300, 70, fill="#fc9") + middle(400, 160, "PIT (cap. 400)")
    for block, left in (("Left", 60), ("Right", 440)):
        for r in range(6):
            for i in range(10):
                title = f"Block {block}, Row {r + 1}, Seat {i + 1}"
                inside = el("title", title)
                body += el("circle", inside, cx=left + 30 * i, cy=230 + 26 * r, r=9, fill="#69c")
    body += rect(60, 420, 680, 140, fill="#9c6") + middle(400, 490, "LAWN")
    return svg(body, "0 0 800 600"), Want(
        seats=120, rows=12, sections=2, areas=["LAWN", "PIT"], landmarks={"stage"}, numbered=True
    )


@style
def lecture_hall_of_tspans() -> Drawing:
    """A number in a tspan on each seat, rows are groups with an aria-label."""
    body = ""
    for r in range(9):
        inside = ""
        for i in range(14):
            x, y = 80 + 34 * i, 90 + 36 * r
            number = el("text", el("tspan", str(i + 1), x=x + 12, y=y + 17), text_anchor="middle")
            inside += rect(x, y, 24, 24, fill="#dde") + number
        body += el("g", inside, aria_label=f"Row {r + 1}")
    return svg(body, "0 0 640 460"), Want(
        seats=126, rows=[str(r + 1) for r in range(9)], numbered=True
    )


@style
def circus_ring() -> Drawing:
    """Rings around a manege; sectors by data, numbers by data, no rows for the loges."""
    body = circle(400, 400, 100, id="manege", fill="#db8")
    for s in range(8):
        for r in range(5):
            for i in range(9):
                a = 2 * pi * (s + (i + 1) / 11) / 8
                u, v = 400 + (140 + 24 * r) * cos(a), 400 + (140 + 24 * r) * sin(a)
                said = {"data_sector": s + 1, "data_row": r + 1, "data_place": i + 1}
                body += circle(u, v, 4, class_="place", **said)
    return svg(body, "0 0 800 800"), Want(seats=360, rows=40, sections=8, numbered=True)


@style
def not_a_venue_abacus() -> Drawing:
    body = "".join(
        el("line", x1=60, x2=740, y1=60 + 50 * r, y2=60 + 50 * r, stroke="#333")
        + "".join(circle(90 + 22 * i, 60 + 50 * r, 10, fill="#c60") for i in range(3 + r % 4))
        for r in range(8)
    )
    return svg(body, "0 0 800 480"), Want(rows=0)
