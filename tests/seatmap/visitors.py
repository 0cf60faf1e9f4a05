"""Houses as visitors bring them: drawings of other tools and trades, written before the parser was
tried on them."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, around, circle, el, middle, rect, style, text, wedge
from tests.seatmap.trades import said


@style
def libreoffice_draw() -> Drawing:
    """Each object a group of its class with an unseen box, a filled and a stroked path, its text in
    four tspans; units of 0.01 mm."""

    def shape(x: float, y: float, w: float, h: float, words: object, k: int) -> str:
        box = rect(x - 1, y - 1, w + 3, h + 3, class_="BoundingBox", stroke="none", fill="none")
        d = f"M {x + w / 2} {y + h} L {x} {y + h} {x} {y} {x + w} {y} {x + w} {y + h} Z"
        inside = box + el("path", fill="rgb(114,159,207)", stroke="none", d=d)
        inside += el("path", fill="none", stroke="rgb(52,101,164)", d=d)
        run = el("tspan", str(words), fill="rgb(0,0,0)", stroke="none")
        run = el("tspan", run, class_="TextPosition", x=x + w / 2 - 90, y=y + h / 2 + 120)
        run = el("tspan", run, class_="TextParagraph", font_size="318px")
        inside += el("text", run, class_="SVGTextShape")
        group = el("g", inside, id=f"id{k}")
        return el("g", group, class_="com.sun.star.drawing.CustomShape")

    body, k = shape(6000, 800, 9000, 1200, "Oberbühne", 3), 4
    for r, row in enumerate("ABCDEFG"):
        y = 3500 + 1100 * r
        label = el("tspan", row, class_="TextPosition", x=1500, y=y + 550)
        body += el("g", el("text", label, class_="SVGTextShape", font_size="400px"),
                   class_="com.sun.star.drawing.TextShape")  # fmt: skip
        for i in range(12):
            k += 1
            body += shape(3000 + 1200 * i, y, 900, 800, i + 1, k)
    slide = el("g", el("g", body, class_="Page"), class_="Slide", id="container-id1")
    return svg(el("g", slide, class_="SlideGroup"), "0 0 21000 14850"), Want(
        seats=84, rows=list("ABCDEFG"), numbered=True, keys=("A/1", "G/12"), landmarks={"stage"}
    )


@style
def chairs_that_are_uses_of_a_chair() -> Drawing:
    """A classroom: few places, each a use of the symbol "chair"; desks are uses of "worktop"."""
    chair = el("path", d="M2 2h16v12h-16zM4 15h12v3h-12z")
    symbol = el("symbol", chair, id="chair", viewBox="0 0 20 20")
    body = el("defs", symbol + el("g", rect(0, 0, 60, 24), id="worktop"))
    for r in range(4):
        for d in range(3):
            x, y = 60 + 130 * d, 110 + 70 * r
            body += el("use", href="#worktop", x=x, y=y)
            for i in range(2):
                body += el("use", href="#chair", x=x + 6 + 28 * i, y=y + 28, width=20, height=20)
    body += said(120, 20, 200, 20, "BOARD") + said(360, 20, 70, 34, "Teacher")
    return svg(body, "0 0 460 400"), Want(seats=24, rows=None, numbered=False)


@style
def affinity_with_names_of_its_own() -> Drawing:
    """What is no valid id is kept in serif:id; every group has a matrix."""
    body = ""
    for part, top in (("Front Stalls", 120), ("Rear Stalls", 330)):
        rows = ""
        for r, row in enumerate("ABCDE"):
            seats = "".join(
                rect(
                    0,
                    0,
                    60,
                    60,
                    id=f"{row}{i + 1}",
                    transform=f"matrix(0.3,0,0,0.3,{100 + 26 * i},0)",
                )
                for i in range(16)
            )
            rows += el("g", seats, id=f"Row-{row}{r}", transform=f"matrix(1,0,0,1,0,{30 * r})",
                       **{"serif:id": f"Row {row}"})  # fmt: skip
        body += el("g", rows, id=part.replace(" ", "-"), transform=f"matrix(1,0,0,1,0,{top})",
                   **{"serif:id": part})  # fmt: skip
    body += el("g", rect(150, 20, 350, 60), id="Stage")
    whole = body.replace('<g id="Front', '<g xmlns:serif="http://www.serif.com/" id="Front')
    whole = whole.replace('<g id="Rear', '<g xmlns:serif="http://www.serif.com/" id="Rear')
    return svg(whole, "0 0 640 520"), Want(
        seats=160, rows=[*"ABCDE", *"ABCDE"], sections=["Front Stalls", "Rear Stalls"],
        numbered=True, keys=("front-stalls/A/1", "rear-stalls/E/16"), landmarks={"stage"},
    )  # fmt: skip


@style
def links_with_titles() -> Drawing:
    """Old booking pages: each seat a link with xlink:title."""
    body = said(120, 10, 200, 30, "STAGE")
    for r, row in enumerate("ABCDE"):
        for i in range(7):
            shape = el("ellipse", cx=80 + 40 * i, cy=90 + 40 * r, rx=14, ry=12)
            body += el("a", shape, **{"xlink:href": f"book.php?s={r * 7 + i}",
                                      "xlink:title": f"Row {row} Seat {i + 1}"})  # fmt: skip
    body = el("g", body, **{"xmlns:xlink": "http://www.w3.org/1999/xlink"})
    return svg(body, "0 0 440 300"), Want(
        seats=35, rows=list("ABCDE"), numbered=True, keys=("A/1", "E/7"), landmarks={"stage"}
    )


@style
def rows_and_columns() -> Drawing:
    """Code's own names: r1c1, r1c2..., an aisle where columns are missing."""
    body = "".join(
        rect(40 + 30 * c, 60 + 30 * r, 22, 22, id=f"r{r + 1}c{c + 1}", rx=4)
        for r in range(6)
        for c in range(11)
        if c != 5
    )
    return svg(body + said(100, 10, 200, 26, "Screen"), "0 0 420 260"), Want(
        seats=60, rows=[str(r + 1) for r in range(6)], sections=0, numbered=True,
        keys=("1/1", "6/11"), landmarks={"screen"},
    )  # fmt: skip


@style
def arena_lettered_a_to_p() -> Drawing:
    """Sixteen wedges, each with one letter on it."""
    body, names = (
        el("ellipse", cx=400, cy=400, rx=120, ry=120, fill="#fff") + middle(400, 404, "RING"),
        [],
    )
    for i in range(16):
        a0, a1 = 360 * i / 16, 360 * (i + 1) / 16 - 2
        turn = radians((a0 + a1) / 2)
        names.append(chr(65 + i))
        body += el("path", d=wedge(400, 400, 160, 330, a0, a1), fill="#ace")
        body += middle(400 + 245 * cos(turn), 405 + 245 * sin(turn), names[-1], 20)
    body += said(340, 760, 120, 30, "Main entrance")
    return svg(body, "0 0 800 800"), Want(seats=0, rows=0, sections=names, landmarks={"exit"})


@style
def theatre_of_named_parts() -> Drawing:
    """Parts of the house as shapes with their names on them, no seat drawn."""
    parts = [("Orchestra", 250, 150, 300, 150), ("Front Mezzanine", 220, 330, 360, 80),
             ("Rear Mezzanine", 200, 430, 400, 80), ("Balcony", 180, 530, 440, 90),
             ("Box Left", 100, 150, 80, 200), ("Box Right", 620, 150, 80, 200)]  # fmt: skip
    body = el("path", d="M300 40h200l-30 60h-140z", fill="#333") + middle(400, 80, "STAGE", 18)
    for name, x, y, w, h in parts:
        body += el("path", d=f"M{x} {y}h{w}v{h}h-{w}z", fill="#c9a") + middle(
            x + w / 2, y + h / 2, name
        )
    return svg(body, "0 0 800 660"), Want(
        rows=0, sections=[name for name, *_ in parts], landmarks={"stage"}
    )


@style
def bullring_in_words() -> Drawing:
    """Tendidos as wedges with their name in two lines, barreras and gates."""
    body, names = circle(400, 400, 110, fill="#eda") + middle(400, 404, "RUEDO"), []
    for i in range(10):
        a0, a1 = 36 * i, 36 * (i + 1) - 2
        turn = radians((a0 + a1) / 2)
        x, y = 400 + 230 * cos(turn), 400 + 230 * sin(turn)
        body += el("path", d=wedge(400, 400, 140, 320, a0, a1), fill=("#e84", "#48e")[i // 5])
        words = el("tspan", "TENDIDO", x=f"{x:.1f}", dy=0)
        words += el("tspan", str(i + 1), x=f"{x:.1f}", dy=16)
        body += el("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor="middle", font_size=13)
        names.append(str(i + 1))
    body += middle(400, 770, "PUERTA GRANDE", 12)
    return svg(body, "0 0 800 800"), Want(rows=0, sections=10)


@style
def in_the_round() -> Drawing:
    """Four banks around a square stage, each the same group turned by a right angle."""
    bank = "".join(rect(-90 + 24 * i, 110 + 26 * r, 18, 18) for r in range(5) for i in range(8))
    names = ("North", "East", "South", "West")
    body = rect(310, 310, 180, 180, id="stage", fill="#333")
    for k, name in enumerate(names):
        turned = el("g", bank, transform=f"translate(400 400) rotate({90 * k + 180})")
        body += el("g", turned, id=f"Bank {name}")
    return svg(body, "0 0 800 800"), Want(
        seats=160, rows=20, sections=[f"Bank {name}" for name in names], landmarks={"stage"}
    )


@style
def planetarium() -> Drawing:
    """Whole rings of seats around the projector."""
    body = circle(400, 400, 40, fill="#222") + middle(400, 404, "PROJECTOR", 9)
    seats = 0
    for r in range(6):
        count = 24 + 6 * r
        for x, y in around(400, 400, 110 + 40 * r, count):
            body += circle(x, y, 10, fill="#58a")
        seats += count
    return svg(body, "0 0 800 800"), Want(seats=seats, rows=6, numbered=False)


@style
def hebrew_hall() -> Drawing:
    """Row words to the right of the rows, numbers from the right; halls read from right to left."""
    body = said(200, 20, 260, 40, "במה")
    for r in range(7):
        y = 110 + 34 * r
        body += el("text", f"שורה {r + 1}", x=640, y=y + 5, font_size=12, direction="rtl",
                   text_anchor="start")  # fmt: skip
        for i in range(16):
            x = 560 - 30 * i
            body += rect(x - 11, y - 11, 22, 22, rx=4, fill="#8c8") + middle(x, y + 4, i + 1, 10)
    return svg(body, "0 0 720 380"), Want(
        seats=112, rows=[str(r + 1) for r in range(7)], numbered=True, landmarks={"stage"}
    )


@style
def chinese_cinema() -> Drawing:
    """Rows named "1排" at their left ends, numbers on the seats, a couple's sofa row behind."""
    body = said(140, 10, 300, 24, "银幕")
    for r in range(8):
        y = 80 + 32 * r
        body += text(20, y + 16, f"{r + 1}排", 12)
        for i in range(15):
            body += rect(80 + 30 * i, y, 24, 22, rx=5, fill="#f66") + middle(
                92 + 30 * i, y + 15, i + 1, 9
            )
    return svg(body, "0 0 560 360"), Want(
        seats=120, rows=[str(r + 1) for r in range(8)], numbered=True, landmarks={"screen"}
    )


@style
def legend_of_states_with_seats_in_it() -> Drawing:
    """A hall of numbered rows; below it a sample of each state of a seat, with its word."""
    body = said(140, 10, 240, 30, "Escenario")
    for r, row in enumerate("ABCDEF"):
        body += text(24, 84 + 32 * r, row, 13)
        for i in range(12):
            fill = ("#3a3", "#bbb")[(3 * i + r) % 4 == 0]
            body += circle(70 + 32 * i, 80 + 32 * r, 11, fill=fill)
    for k, (word, fill) in enumerate((("Libre", "#3a3"), ("Ocupado", "#bbb"), ("Elegido", "#f90"))):
        body += circle(80 + 120 * k, 310, 11, fill=fill) + text(98 + 120 * k, 315, word, 12)
    return svg(body, "0 0 500 340"), Want(
        seats=72, rows=list("ABCDEF"), zones=None, landmarks={"stage"}
    )


@style
def wheelchairs_as_letters() -> Drawing:
    """Numbers on the seats; the last row has the sign of access instead."""
    body = said(120, 10, 240, 30, "STAGE")
    for r, row in enumerate("ABCDEF"):
        body += text(20, 84 + 34 * r, row, 13)
        for i in range(12):
            x, y = 70 + 32 * i, 80 + 34 * r
            sign = "\u267f" if row == "F" and i in (0, 1, 10, 11) else i + 1
            body += rect(x - 12, y - 12, 24, 24, fill="#9cf") + middle(x, y + 4, sign, 10)
    return svg(body, "0 0 480 300"), Want(
        seats=72, rows=list("ABCDEF"), accessible=4, landmarks={"stage"}
    )


@style
def crescents_open_to_the_stage() -> Drawing:
    """A banquet in cabaret style: six chairs on the far side of each table."""
    body = said(250, 10, 300, 50, "MAIN STAGE")
    for t in range(12):
        x, y = 120 + 180 * (t % 4), 170 + 150 * (t // 4)
        body += circle(x, y, 36, fill="#fff", stroke="#000") + middle(x, y + 5, f"T{t + 1}")
        for k in range(6):
            a = radians(-20 + 44 * k)
            at = f"translate({x + 52 * cos(a):.2f} {y + 52 * sin(a):.2f})"
            turned = f"{at} rotate({-20 + 44 * k})"
            body += rect(-9, -9, 18, 18, fill="#caa", transform=turned)
    return svg(body, "0 0 800 600"), Want(
        seats=72, rows=0, tables=[f"T{t + 1}" for t in range(12)], numbered=False,
        landmarks={"stage"},
    )  # fmt: skip


@style
def wedding_of_long_tables() -> Drawing:
    """Three long tables with twenty chairs along their sides, guests' names beside the chairs."""
    guests = "Anna Ben Cleo Dan Eva Finn Gina Hugo Ida Jan".split()
    body = said(300, 10, 200, 40, "Dance floor")
    for t in range(3):
        x, y = 140 + 240 * t, 100
        body += rect(x, y, 50, 420, fill="#eed") + middle(x + 25, y + 214, f"Table {t + 1}")
        for i in range(10):
            v = y + 12 + 41 * i
            for u, at in ((x - 26, x - 50), (x + 56, x + 92)):
                body += rect(u, v, 20, 20, rx=5, fill="#b98") + middle(at, v + 14, guests[i], 9)
    return svg(body, "0 0 800 560"), Want(
        seats=60, rows=0, tables=["1", "2", "3"], areas=["Dance floor"]
    )


@style
def traced_as_one_path() -> Drawing:
    """A scan traced by potrace: one path of all black blots in tenths of points, upside down."""
    d = ""
    for r in range(12):
        for i in range(24):
            x, y = 600 + 260 * i, 4600 - 300 * r
            w = 90 + (7 * i + 5 * r) % 9  # no two blots are quite alike
            d += f"M{x} {y} c-50 0 -{w} -40 -{w} -90 0 -50 40 -{w} {w} -{w} "
            d += f"50 0 {w} 40 {w} {w} 0 50 -40 90 -{w} 90z "
    stage = "M2000 5400 l3500 0 0 -300 -3500 0z "
    body = el("g", el("path", d=stage + d), transform="translate(0,560) scale(0.1,-0.1)",
              fill="#000000", stroke="none")  # fmt: skip
    return svg(body, "0 0 760 560"), Want(seats=288, rows=12, numbered=False)


@style
def deck_plan_of_a_river_boat() -> Drawing:
    """Two decks as groups; numbers run over both; tables, stairs, a bar, toilets."""
    body, n = "", 0
    for deck, top in (("Upper deck", 40), ("Lower deck", 300)):
        y0, y1 = top + 100, top + 200
        hull = f"M20 {y0}Q60 {top} 160 {top}H760V{y1}H160Q60 {y1} 20 {y0}z"
        inside = el("path", d=hull, fill="#eef", stroke="#336")
        for side in (30, 130):
            for r in range(2):
                for i in range(12):
                    n += 1
                    x, y = 190 + 40 * i, top + side + 24 * r
                    inside += el("path", d=f"M{x} {y}h14q4 0 4 4v8q0 4 -4 4h-14z", fill="#5b9")
                    inside += middle(x + 9, y + 11, n, 8)
        inside += said(690, top + 20, 50, 40, "WC", 9) + said(690, top + 130, 50, 40, "Bar", 9)
        body += el("g", inside, id=deck)
    return svg(body, "0 0 800 540"), Want(
        seats=96, rows=None, sections=["Upper deck", "Lower deck"], numbered=True,
        landmarks={"toilet", "bar"},
    )  # fmt: skip


@style
def cabin_of_two_classes() -> Drawing:
    """Wider seats in front, three and three behind; ids like "12A" on uses of two symbols."""
    body = el("defs", el("symbol", rect(2, 2, 26, 26, rx=6), id="biz", viewBox="0 0 30 30")
              + el("symbol", rect(2, 2, 16, 16, rx=4), id="eco", viewBox="0 0 20 20"))  # fmt: skip
    for r in range(3):
        for i, letter in enumerate("ACDF"):
            body += el("use", href="#biz", id=f"{r + 1}{letter}", x=40 + 38 * i + 24 * (i > 1),
                       y=40 + 44 * r, width=30, height=30)  # fmt: skip
    for r in range(10, 24):
        for i, letter in enumerate("ABCDEF"):
            body += el("use", href="#eco", id=f"{r}{letter}", x=38 + 25 * i + 26 * (i > 2),
                       y=200 + 28 * (r - 10), width=20, height=20)  # fmt: skip
    body += said(40, 600, 60, 24, "Galley", 9) + said(150, 600, 60, 24, "Lavatory", 8)
    return svg(body, "0 0 260 660"), Want(
        seats=96, rows=17, numbered=True, keys=("1/a", "10/f", "23/c")
    )


@style
def festival_of_zones() -> Drawing:
    """A field with pens before two stages, decks, a camp; towers, bars and toilets are not sold."""
    # fmt: off
    zones = [("FRONT PIT", 250, 110, 300, 60), ("GOLDEN CIRCLE", 200, 180, 400, 90),
             ("GENERAL ADMISSION", 120, 290, 560, 200), ("VIP DECK", 20, 110, 140, 120),
             ("ACCESSIBLE PLATFORM", 620, 180, 150, 60), ("CAMPING", 20, 520, 300, 120)]
    # fmt: on
    body = rect(0, 0, 800, 700, fill="#dec") + said(260, 20, 280, 70, "MAIN STAGE", 20)
    for name, x, y, w, h in zones:
        d = f"M{x} {y}L{x + w} {y + 6}L{x + w - 8} {y + h}L{x + 5} {y + h - 4}Z"
        body += el("path", d=d, fill="#9c6", stroke="#333") + middle(x + w / 2, y + h / 2, name, 13)
    for name, x, y in (("FOH", 380, 360), ("BAR", 40, 260), ("BAR", 700, 260), ("WC", 700, 560),
                       ("First aid", 600, 640), ("ENTRANCE", 380, 660)):  # fmt: skip
        body += said(x, y, 60, 30, name, 10)
    return svg(body, "0 0 800 700"), Want(
        rows=0, areas=[name for name, *_ in zones], landmarks={"stage", "bar", "toilet", "exit"}
    )
