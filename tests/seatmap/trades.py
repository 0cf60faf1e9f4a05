"""More whole drawings of our own: what trades draw, and pictures that only look like a venue."""

from __future__ import annotations

from math import cos, pi, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import (
    LETTERS,
    Drawing,
    Want,
    around,
    boxes,
    circle,
    el,
    middle,
    rect,
    style,
    text,
)


def said(x: float, y: float, w: float, h: float, words: str, size: float = 11) -> str:
    """A box with words on it."""
    return el("g", rect(x, y, w, h) + middle(x + w / 2, y + h / 2 + 4, words, size))


@style
def club() -> Drawing:
    body = rect(20, 20, 760, 560, fill="#111") + said(300, 30, 200, 60, "DJ / STAGE")
    body += said(250, 130, 300, 160, "DANCE FLOOR") + said(30, 500, 200, 50, "MAIN BAR")
    for k in range(8):
        x, y = 120 + 80 * k, 380
        chairs = "".join(
            rect(-7, -7, 14, 14, transform=f"translate({x} {y}) rotate({60 * j}) translate(0 -30)")
            for j in range(6)
        )
        body += el("g", circle(x, y, 18) + chairs + middle(x, y + 4, f"T{k + 1}"), id=f"T{k + 1}")
    for k in range(4):
        body += said(40 + 640 * (k % 2), 90 + 70 * (k // 2), 80, 50, f"VIP {k + 1}")
    return svg(body, "0 0 800 600"), Want(
        seats=48,
        rows=0,
        sections=None,
        tables=[f"T{k + 1}" for k in range(8)],
        areas=["DANCE FLOOR", "VIP 1", "VIP 2", "VIP 3", "VIP 4"],
        landmarks={"stage", "bar"},
    )


@style
def church_of_pews() -> Drawing:
    body = el("g", el("path", d="M300 20h200v80h-200z") + middle(400, 60, "Altar"), id="chancel")
    for side, x in (("left", 80), ("right", 420)):
        pews = "".join(
            rect(x, 140 + 34 * k, 300, 18, id=f"pew-{side[0]}{k + 1}") for k in range(12)
        )
        body += el("g", pews, id=f"nave-{side}")
    return svg(body, "0 0 800 600"), Want(rows=0, sections=None, areas=24, landmarks={"stage"})


@style
def coach() -> Drawing:
    body = said(20, 25, 50, 50, "WC")
    for n in range(56):
        x, y = 90 + 46 * (n // 4), (25, 60, 120, 155)[n % 4]
        shape = el("path", d=f"M{x} {y}h26a4 4 0 0 1 4 4v16a4 4 0 0 1 -4 4h-26z")
        shape += el("path", d=f"M{x + 24} {y - 2}h5v28h-5z") + middle(x + 12, y + 16, n + 1, 10)
        body += el("g", shape, class_="wagon-seat", id=f"seat_{n + 1}")
    return svg(body, "0 0 800 200"), Want(
        seats=56, sections=None, numbered=True, landmarks={"toilet"}
    )


@style
def bus_of_rows_and_letters() -> Drawing:
    body = ""
    for c in range(12):
        for k, letter in enumerate("ABCD"):
            x, y = 500 - 40 * c, (25, 60, 115, 150)[k]
            name = middle(x + 14, y + 18, f"{c + 1}{letter}", 10)
            body += el("g", rect(x, y, 28, 28, rx=5) + name, class_="bus-seat")
    return svg(body, "0 0 640 200"), Want(
        seats=48, rows=[str(i + 1) for i in range(12)], keys=("1/a", "12/d")
    )


@style
def american_trade_fair() -> Drawing:
    body, names = text(500, 40, "ENTRANCE"), []
    for k in range(192):
        x, y = 60 + 120 * (k // 24) + 42 * (k % 2), 60 + 48 * (k % 24 // 2)
        name = f"{(k // 24 + 1) * 100 + k % 24}"
        size = middle(x + 20, y + 32, "10x10", 6)
        body += el("g", rect(x, y, 40, 40) + middle(x + 20, y + 16, name, 10) + size)
        names.append(name)
    return svg(body, "0 0 1000 700"), Want(sections=None, areas=names, landmarks={"exit"})


@style
def fair_by_attributes() -> Drawing:
    body, names = "", []
    for k in range(24):
        name, x, y = f"{LETTERS[k // 8]}{k % 8 + 1:02}", 60 + 80 * (k % 8), 60 + 120 * (k // 8)
        words = middle(x + 35, y + 40, name) + middle(x + 35, y + 55, "Acme GmbH", 7)
        body += el("g", rect(x, y, 70, 80) + words, class_="stand", data_stand=name)
        names.append(name)
    return svg(body, "0 0 800 600"), Want(sections=None, areas=names)


@style
def amphitheatre() -> Drawing:
    body, n = "", 0
    for r in range(10):
        radius, count = 120 + 30 * r, 20 + 4 * r
        for i in range(count):
            turn = pi + pi * (i + 0.5) / count
            body += circle(400 + radius * cos(turn), 560 + radius * sin(turn), 6)
        body += text(400 - radius - 16, 575, r + 1, 9)
        n += count
    return svg(body, "0 0 800 600"), Want(
        seats=n, rows=[str(r + 1) for r in range(10)], sections=None
    )


@style
def cinema_of_compact_ids() -> Drawing:
    body = ""
    for r, row in enumerate("ABCDEFG"):
        for i in range(1, 17):
            kind = " seat--wheelchair" if row == "G" and i < 3 else ""
            x = 40 + 32 * i + (20 if i > 8 else 0)
            body += rect(x, 50 + 32 * r, 24, 24, id=f"{row}{i}", class_=f"seat{kind}")
    return svg(body, "0 0 640 300"), Want(
        seats=112, rows=list("ABCDEFG"), keys=("A/1", "G/16"), accessible=2
    )


@style
def glued_ids() -> Drawing:
    body = "".join(
        rect(40 + 30 * i, 50 + 30 * r, 22, 22, id=f"seat{row}{i}", class_="free")
        for r, row in enumerate("ABCDE")
        for i in range(1, 11)
    )
    return svg(el("g", body, id="seats"), "0 0 420 240"), Want(
        seats=50, rows=list("ABCDE"), keys=("A/1", "E/10")
    )


@style
def colours_and_a_loose_legend() -> Drawing:
    """The swatches are as large and round as the seats."""
    colours = {"Preferente": "#d62828", "General": "#2a9d8f"}
    body = ""
    for r in range(8):
        body += text(60, 84 + 26 * r, f"Fila {r + 1}", 10)
        fill = list(colours.values())[r // 4]
        body += "".join(circle(120 + 22 * i, 80 + 26 * r, 8, fill=fill) for i in range(20))
    for k, (name, fill) in enumerate(colours.items()):
        body += circle(150 + 160 * k, 420, 8, fill=fill) + text(166 + 160 * k, 424, name)
    return svg(body, "0 0 800 600"), Want(
        seats=160, rows=[str(r + 1) for r in range(8)], zones=list(colours)
    )


@style
def numbers_at_the_heads() -> Drawing:
    body = "".join(middle(70 + 30 * i, 50, i + 1, 10) for i in range(20))
    for r, row in enumerate(LETTERS):
        body += text(30, 76 + 34 * r, row) + boxes(20, 60 + 34 * r, fill="#ddd")
    return svg(body, "0 0 700 420"), Want(
        seats=200, rows=list(LETTERS), numbered=True, keys=("A/1", "J/20")
    )


@style
def gala_of_round_tables() -> Drawing:
    body = said(300, 20, 200, 50, "PODIUM")
    for t in range(15):
        x, y = 120 + 140 * (t % 5), 180 + 140 * (t // 5)
        body += circle(x, y, 32) + middle(x, y + 5, t + 1, 16)
        body += "".join(circle(u, v, 8) for u, v in around(x, y, 46, 10))
    return svg(body, "0 0 800 600"), Want(
        seats=150, rows=0, tables=[str(t + 1) for t in range(15)], landmarks={"stage"}
    )


@style
def festival_ground() -> Drawing:
    places = {
        "GOLDEN CIRCLE": (250, 80, 300, 60),
        "FRONT STANDING": (200, 150, 400, 120),
        "GENERAL ADMISSION": (150, 280, 500, 160),
        "VIP TERRACE": (660, 150, 120, 120),
    }
    body = el("path", id="ground", d="M0 0h800v600h-800z")
    body += "".join(said(*box, name) for name, box in places.items())
    body += said(300, 10, 200, 60, "MAIN STAGE") + said(40, 500, 100, 40, "TOILETS")
    return svg(body, "0 0 800 600"), Want(
        rows=0, sections=None, areas=list(places), landmarks={"stage", "toilet"}
    )


@style
def floor_blocks_under_their_seats() -> Drawing:
    body, names = said(250, 10, 300, 50, "STAGE"), ["FLOOR A", "FLOOR B", "FLOOR C", "FLOOR D"]
    for k, name in enumerate(names):
        x, y = 80 + 340 * (k % 2), 90 + 220 * (k // 2)
        body += rect(x - 20, y - 10, 320, 190, fill=f"#fd{k}") + middle(x + 140, y + 4, name)
        for i in range(112):
            body += circle(x + 10 + 20 * (i % 14), y + 22 + 20 * (i // 14), 7)
    return svg(body, "0 0 800 600"), Want(seats=448, rows=32, sections=names, landmarks={"stage"})


@style
def stage_of_a_diagram_tool() -> Drawing:
    """Words in foreign objects with a stand-in, and a warning that nobody sees."""

    def label(x: float, y: float, words: str) -> str:
        return f"<g><switch><foreignObject/>{middle(x, y, words)}</switch></g>"

    body = ""
    for t in range(6):
        x, y = 120 + 200 * (t % 3), 120 + 200 * (t // 3)
        body += el("ellipse", cx=x, cy=y, rx=40, ry=40) + label(x, y + 4, f"Table {t + 1}")
        body += "".join(rect(u - 9, v - 9, 18, 18, rx=3) for u, v in around(x, y, 58, 6))
    body += rect(100, 420, 500, 60) + label(350, 455, "Bar")
    body += "<switch><g/><text>Text is not SVG - cannot display</text></switch>"
    return svg(body, "0 0 700 500"), Want(
        seats=36, rows=0, tables=[str(t + 1) for t in range(6)], landmarks={"bar"}
    )


@style
def doubled_circles_on_an_artboard() -> Drawing:
    """Each seat is a fill and a border in a group that only a tool named."""
    body, n = rect(0, 0, 800, 500, fill="#fff"), 0
    for r, row in enumerate("ABCDEF"):
        body += el("text", row, id=row, transform=f"translate(60 {96 + 40 * r})", font_size=14)
        for i in range(14):
            n += 1
            pair = circle(11, 11, 11, stroke="none") + circle(11, 11, 10.5, fill="none")
            at = f"translate({90 + 40 * i} {80 + 40 * r})"
            body += el("g", pair, id=f"Ellipse_{n}", data_name=f"Ellipse {n}", transform=at)
    body = el("g", body, id="Web_1920_1", data_name="Web 1920 - 1")
    return svg(body, "0 0 800 500"), Want(seats=84, rows=list("ABCDEF"))


@style
def not_a_venue_flow_chart() -> Drawing:
    body = "".join(
        said(40 + 120 * (i % 6), 40 + 90 * (i // 6), 90, 50, f"Step {i + 1}") for i in range(30)
    )
    return svg(body, "0 0 800 600"), Want(rows=0)


@style
def not_a_venue_calendar() -> Drawing:
    body = "".join(
        said(40 + 60 * (i % 7), 60 + 60 * (i // 7), 54, 54, str(i + 1)) for i in range(31)
    )
    return svg(body, "0 0 520 400"), Want(rows=0)


@style
def not_a_venue_flat() -> Drawing:
    rooms = ("Living room", "Kitchen", "Bedroom 1", "Bedroom 2", "Bath", "WC", "Terrace", "Garden")
    body = "".join(
        said(40 + 180 * (i % 4), 60 + 200 * (i // 4), 170, 190, room)
        for i, room in enumerate(rooms)
    )
    return svg(body, "0 0 800 600"), Want(rows=0, landmarks={"toilet", "other"})


@style
def cabin_of_letters_and_rows() -> Drawing:
    """Letters at the heads of the columns, the rows' numbers in the aisle."""
    left = (80, 110, 140, 190, 220, 250)
    body = "".join(middle(x + 10, 60, "ABCDEF"[k]) for k, x in enumerate(left))
    for r in range(20):
        body += "".join(rect(x, 80 + 36 * r, 20, 22, rx=4) for x in left)
        body += middle(175, 96 + 36 * r, r + 1, 10)
    return svg(body, "0 0 340 840"), Want(
        seats=120, rows=[str(r + 1) for r in range(20)], numbered=True, keys=("1/a", "20/f")
    )


@style
def component_states() -> Drawing:
    """Copies of a component: what their ids count are copies."""
    body = ""
    for r, row in enumerate("ABCDEF"):
        seats = ""
        for i in range(12):
            x, y, n = 60 + 32 * i, 60 + 32 * r, 12 * r + i
            box = rect(x, y, 24, 22, id=f"Rectangle {n}")
            box += el("path", id=f"Vector {n}", d=f"M{x + 2} {y + 24}h20v3h-20z")
            seats += el("g", box, id=f"Seat/{'Taken' if n % 5 else 'Available'}_{n}")
        body += el("g", seats, id=f"Row {row}")
    return svg(body, "0 0 500 300"), Want(seats=72, rows=list("ABCDEF"), numbered=False)


@style
def letters_in_discs() -> Drawing:
    """Discs at the ends of the rows are as large as the seats."""
    body = ""
    for r, row in enumerate("ABCDEFGH"):
        for x in (60, 560):
            body += circle(x, 80 + 30 * r, 10) + middle(x, 84 + 30 * r, row, 11)
        body += "".join(rect(96 + 25 * i, 70 + 30 * r, 20, 20, fill="#c66") for i in range(18))
    return svg(body, "0 0 800 600"), Want(seats=144, rows=list("ABCDEFGH"))


@style
def labels_in_two_texts() -> Drawing:
    body = "".join(
        el("g", el("path", d=f"M{40 + 90 * k} 60h80v90h-80z") + middle(80 + 90 * k, 95, "Block")
           + middle(80 + 90 * k, 115, k + 1), id=f"g{k}")
        for k in range(8)
    )  # fmt: skip
    return svg(body, "0 0 800 600"), Want(rows=0, sections=[str(k + 1) for k in range(8)])


@style
def price_classes_and_mangled_ids() -> Drawing:
    body = "".join(
        circle(
            60 + 24 * i, 60 + 26 * r, 9, id=f"{row}_x5F_{i + 1}", class_=f"seat cat-{1 + r // 2}"
        )
        for r, row in enumerate("ABCDEF")
        for i in range(12)
    )
    return svg(body, "0 0 400 260"), Want(
        seats=72, rows=list("ABCDEF"), zones=["cat-1", "cat-2", "cat-3"], keys=("A/1", "F/12")
    )


@style
def not_a_venue_icons() -> Drawing:
    icon = circle(0, 0, 20, fill="none", stroke="#333") + el("path", d="M-8 -8h16v16h-16z")
    body = "".join(
        el(
            "g",
            icon,
            id=f"icon-{i}",
            transform=f"translate({40 + 60 * (i % 12)} {40 + i // 12 * 90})",
        )
        for i in range(60)
    )
    return svg(body, "0 0 800 600"), Want(rows=0)
