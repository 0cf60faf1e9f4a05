"""Names, outlines and marks in new manners; written before the parser was tried on them."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text, wedge
from tests.seatmap.trades import said


@style
def labels_in_html_boxes() -> Drawing:
    """A front end writes the number of each seat into a box of HTML over it."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            x, y = 40 + 32 * i, 60 + 30 * r
            word = el("div", f"{row}{i + 1}", xmlns="http://www.w3.org/1999/xhtml")
            body += rect(x, y, 26, 22, fill="#bdb")
            body += el("foreignObject", word, x=x, y=y, width=26, height=22)
    return svg(body, "0 0 440 250"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12"), landmarks={"stage"}
    )


@style
def wrapped_by_an_old_illustrator() -> Drawing:
    """All is the second choice of a switch whose first is the program's own; constant entities."""
    seats = "".join(
        el("g", "".join(circle(40 + 26 * i, 70 + 26 * r, 9) for i in range(13)), id=f"Row_{row}")
        for r, row in enumerate("ABCDEFG")
    )
    inside = el("g", el("rect", x=120, y=10, width=180, height=30), id="Stage") + seats
    own = '<foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1"/>'
    head = '<!DOCTYPE svg [<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">]>'
    drawing = svg(el("switch", own + el("g", inside, extraneous="self")), "0 0 420 260")
    return head.encode() + drawing, Want(
        seats=91, rows=list("ABCDEFG"), numbered=False, landmarks={"stage"}
    )


@style
def outlines_that_are_not_closed() -> Drawing:
    """Seats and blocks are filled paths and polylines whose last side nobody drew."""
    body = el("polyline", points="120,10 320,10 320,40 120,40", id="stage", fill="#333")
    for r, row in enumerate("ABCDEF"):
        body += text(16, 84 + 28 * r, row)
        for i in range(13):
            body += el("path", d=f"M{40 + 28 * i} {70 + 28 * r}h20v20h-20", fill="#79c")
    return svg(body, "0 0 420 250"), Want(
        seats=78, rows=list("ABCDEF"), numbered=False, landmarks={"stage"}
    )


@style
def stands_that_are_not_closed() -> Drawing:
    """Wedges of a bowl without the last line, a code on each."""
    body, names = said(330, 370, 140, 60, "PITCH"), []
    for k in range(16):
        a = 22.5 * k
        d = wedge(400, 400, 180, 320, a, a + 21).removesuffix("Z")
        body += el("path", d=d, fill="#cde", stroke="#456", id=f"s{k}")
        names.append(f"{'NESW'[k // 4]}{k % 4 + 1}")
        at = wedge(400, 400, 250, 251, a + 10.5, a + 11).split("A")[0][1:].split()
        body += middle(float(at[0]), float(at[1]) + 4, names[-1])
    return svg(body, "0 0 800 800"), Want(rows=0, sections=names, landmarks={"pitch"})


@style
def attributes_in_the_language_of_the_house() -> Drawing:
    """`data-secteur`, `data-rang`, `data-siege`; in the right half the same in Polish."""
    body = said(160, 10, 200, 28, "SCENE")
    for r in range(5):
        for i in range(8):
            body += rect(30 + 28 * i, 60 + 28 * r, 20, 20, data_secteur="Gauche", data_rang=r + 1,
                         data_siege=i + 1)  # fmt: skip
            body += rect(280 + 28 * i, 60 + 28 * r, 20, 20, data_sektor="Prawo",
                         data_rzad=r + 1, data_miejsce=i + 1)  # fmt: skip
    return svg(body, "0 0 520 220"), Want(
        seats=80, rows=10, sections=["Gauche", "Prawo"], numbered=True, landmarks={"stage"}
    )


@style
def parts_and_glued_names() -> Drawing:
    """ "stalls-A12", "circle-C4": the part, then row and number in one."""
    body = said(160, 10, 200, 28, "STAGE")
    for part, top, rows in (("stalls", 60, "ABCDE"), ("circle", 240, "ABC")):
        for r, row in enumerate(rows):
            for i in range(14):
                body += circle(60 + 28 * i, top + 28 * r, 10, id=f"{part}-{row}{i + 1}")
    return svg(body, "0 0 520 340"), Want(
        seats=112, rows=[*"ABCDE", *"ABC"], sections=["stalls", "circle"], numbered=True,
        keys=("stalls/A/1", "circle/C/14"), landmarks={"stage"},
    )  # fmt: skip


@style
def words_behind_the_names() -> Drawing:
    """ "B-7-seat"."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            body += rect(50 + 28 * i, 60 + 28 * r, 20, 20, id=f"{row}-{i + 1}-seat")
    return svg(body, "0 0 440 250"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12"), landmarks={"stage"}
    )


@style
def classes_without_a_sign_between() -> Drawing:
    """ "seat row3 col7"."""
    body = said(120, 10, 200, 28, "SCREEN")
    for r in range(6):
        for i in range(12):
            body += rect(50 + 28 * i, 60 + 28 * r, 20, 20, class_=f"seat row{r + 1} col{i + 1}")
    return svg(body, "0 0 440 250"), Want(
        seats=72, rows=[str(r + 1) for r in range(6)], numbered=True, keys=("1/1", "6/12"),
        landmarks={"screen"},
    )  # fmt: skip


@style
def icons_of_wheelchairs_over_seats() -> Drawing:
    """Four seats have a picture over them, whose group says what it means."""
    icon = circle(0, -5, 2) + el("path", d="M-1 -3v6h5l2 4", fill="none", stroke="#fff")
    body = el("symbol", icon, id="wheelchair-icon", overflow="visible")
    body += said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            x, y = 50 + 28 * i, 60 + 28 * r
            body += rect(x, y, 20, 20, fill="#06a", id=f"{row}-{i + 1}")
            if row == "F" and i < 4:
                body += el("use", href="#wheelchair-icon", x=x + 10, y=y + 10)
    return svg(body, "0 0 440 250"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, accessible=4, landmarks={"stage"}
    )


@style
def views_and_chairs_in_words() -> Drawing:
    """Titles say which seats see less, and which are for people who cannot walk, in French."""
    body = said(120, 10, 200, 28, "SCÈNE")
    for r in range(5):
        for i in range(12):
            more = {0: " (visibilité réduite)", 11: " - PMR"}.get(
                i if r == 4 else i if i == 0 else -1, ""
            )
            title = el("title", f"Rang {r + 1}, siège {i + 1}{more}")
            body += el("circle", title, cx=50 + 28 * i, cy=70 + 28 * r, r=10, fill="#9a6")
    return svg(body, "0 0 440 220"), Want(
        seats=60, rows=[str(r + 1) for r in range(5)], numbered=True, accessible=1,
        keys=("1/1", "5/12"), landmarks={"stage"},
    )  # fmt: skip


@style
def numbers_beside_the_seats() -> Drawing:
    """A small number under each chair, not on it."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDE"):
        y = 70 + 44 * r
        body += text(12, y + 5, row)
        for i in range(12):
            x = 50 + 30 * i
            body += circle(x, y, 11, fill="#d8a") + middle(x, y + 22, i + 1, 8)
    return svg(body, "0 0 440 300"), Want(
        seats=60, rows=list("ABCDE"), numbered=True, keys=("A/1", "E/12"), landmarks={"stage"}
    )


@style
def rows_with_how_many_they_have() -> Drawing:
    """ "Row A (12)" at the left of each row, "12 seats" at the right."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEFG"):
        y = 70 + 26 * r
        count = 12 - r % 3
        body += text(6, y + 4, f"Row {row} ({count})", 9)
        body += "".join(circle(90 + 26 * i, y, 9, fill="#6ba") for i in range(count))
        body += text(406, y + 4, f"{count} seats", 9)
    seats = sum(12 - r % 3 for r in range(7))
    return svg(body, "0 0 460 260"), Want(
        seats=seats, rows=list("ABCDEFG"), numbered=False, landmarks={"stage"}
    )


@style
def sofas_of_two_numbers() -> Drawing:
    """A cinema whose last row is of sofas for two: "11-12" on each, the others have one number."""
    body = said(120, 10, 200, 28, "LEINWAND")
    for r in range(6):
        y = 60 + 30 * r
        body += text(10, y + 14, r + 1)
        for i in range(12):
            body += rect(40 + 30 * i, y, 24, 20, fill="#c66", rx=3)
            body += middle(52 + 30 * i, y + 14, i + 1, 9)
    return svg(body, "0 0 440 260"), Want(
        seats=72, rows=[str(r + 1) for r in range(6)], numbered=True, keys=("1/1", "6/12"),
        landmarks={"screen"},
    )  # fmt: skip


@style
def numbers_from_the_right() -> Drawing:
    """Numbers run from right to left, rows from the back to the front."""
    body = said(120, 260, 200, 28, "STAGE")
    for r in range(7):
        y = 30 + 30 * r
        body += text(10, y + 14, 7 - r) + text(414, y + 14, 7 - r)
        for i in range(12):
            body += rect(40 + 30 * i, y, 24, 20, fill="#7a8") + middle(
                52 + 30 * i, y + 14, 12 - i, 9
            )
    return svg(body, "0 0 440 300"), Want(
        seats=84, rows=[str(r + 1) for r in range(7)], numbered=True, keys=("1/1", "7/12"),
        landmarks={"stage"},
    )  # fmt: skip


@style
def halls_of_two_colours_of_text() -> Drawing:
    """Each seat's number twice, light on dark below dark on light; a label's shadow."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDE"):
        y = 60 + 30 * r
        body += text(11, y + 15, row, fill="#999") + text(10, y + 14, row)
        for i in range(12):
            body += rect(40 + 30 * i, y, 24, 20, fill="#78a")
            body += middle(52.5 + 30 * i, y + 14.5, i + 1, 9) + middle(
                52 + 30 * i, y + 14, i + 1, 9
            )
    return svg(body, "0 0 440 230"), Want(
        seats=60, rows=list("ABCDE"), numbered=True, keys=("A/1", "E/12"), landmarks={"stage"}
    )


@style
def a_watermark_and_a_title_block() -> Drawing:
    """A plan with its frame, the name of the house, a date, a scale and a word across it all."""
    body = rect(4, 4, 592, 392, fill="none", stroke="#000") + rect(380, 330, 210, 60, fill="none")
    for k, words in enumerate(("Town Hall Theatre", "Seating plan rev. 3", "1:100   12/04/2019")):
        body += text(390, 348 + 16 * k, words, 10)
    body += said(180, 20, 220, 30, "STAGE")
    for r, row in enumerate("ABCDEFGH"):
        body += text(20, 84 + 28 * r, row)
        body += "".join(rect(50 + 30 * i, 70 + 28 * r, 20, 20, fill="#bb8") for i in range(17))
    body += el(
        "text", "DRAFT", transform="translate(120 330) rotate(-30)", font_size=90, opacity=".2"
    )
    return svg(body, "0 0 600 400"), Want(
        seats=136, rows=list("ABCDEFGH"), numbered=False, sections=0, landmarks={"stage"}
    )


@style
def a_fan_with_its_letters_at_the_margin() -> Drawing:
    """Rows grow towards the back; their letters stand in one column at each side of the sheet."""
    body, seats = said(220, 10, 200, 28, "STAGE"), 0
    for r, row in enumerate("ABCDEFGHJK"):
        y, count = 70 + 26 * r, 8 + r
        body += text(12, y + 4, row) + text(618, y + 4, row)
        body += "".join(circle(320 + 28 * (i - (count - 1) / 2), y, 10) for i in range(count))
        seats += count
    return svg(body, "0 0 640 340"), Want(
        seats=seats, rows=list("ABCDEFGHJK"), numbered=False, landmarks={"stage"}
    )


@style
def blocks_with_a_large_letter_across() -> Drawing:
    """Four blocks of seats parted by aisles; a large letter lies over the middle of each."""
    body, names = said(250, 10, 300, 36, "STAGE"), ["A", "B", "C", "D"]
    for b, name in enumerate(names):
        x0, y0 = 30 + 400 * (b % 2), 80 + 230 * (b // 2)
        body += "".join(
            rect(x0 + 26 * i, y0 + 26 * r, 18, 18, fill="#c9b") for r in range(7) for i in range(13)
        )
        body += middle(x0 + 165, y0 + 110, name, 90)
    return svg(body, "0 0 800 540"), Want(
        seats=364, rows=28, sections=names, numbered=False, landmarks={"stage"}
    )


@style
def staggered_rows() -> Drawing:
    """Each second row stands half a seat aside and has one more."""
    body, seats = said(140, 10, 200, 28, "STAGE"), 0
    for r, row in enumerate("ABCDEFGHJ"):
        y, count = 70 + 24 * r, 14 + r % 2
        body += text(10, y + 4, row)
        body += "".join(circle(60 + 26 * i - 13 * (r % 2), y, 10) for i in range(count))
        seats += count
    return svg(body, "0 0 460 300"), Want(
        seats=seats, rows=list("ABCDEFGHJ"), numbered=False, landmarks={"stage"}
    )


@style
def short_ids_of_tables_and_chairs() -> Drawing:
    """ "T5S3" for the third chair at table five."""
    body = said(250, 10, 200, 40, "Stage")
    for t in range(9):
        x, y = 130 + 220 * (t % 3), 140 + 150 * (t // 3)
        body += circle(x, y, 32, id=f"T{t + 1}", fill="#fed") + middle(x, y + 4, t + 1)
        for k in range(6):
            a = radians(60 * k)
            body += circle(x + 50 * cos(a), y + 50 * sin(a), 10, id=f"T{t + 1}S{k + 1}")
    return svg(body, "0 0 700 560"), Want(
        seats=54, rows=0, tables=[str(t + 1) for t in range(9)], numbered=True,
        landmarks={"stage"},
    )  # fmt: skip


@style
def numbers_at_the_ends_of_rows_only() -> Drawing:
    """The first and the last number of each row beside its ends, the letter farther out."""
    body = said(140, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEFG"):
        y = 66 + 26 * r
        body += text(8, y + 4, row, 12) + text(34, y + 3, 1, 7) + text(438, y + 3, 14, 7)
        body += text(456, y + 4, row, 12)
        body += "".join(rect(50 + 27 * i, y - 9, 19, 18, fill="#8a7") for i in range(14))
    return svg(body, "0 0 480 260"), Want(seats=98, rows=list("ABCDEFG"), landmarks={"stage"})


@style
def titles_glued_in_russian() -> Drawing:
    body = said(140, 10, 200, 28, "СЦЕНА")
    for r in range(6):
        for i in range(13):
            body += rect(
                50 + 27 * i, 60 + 27 * r, 20, 20, id=f"ряд{r + 1}место{i + 1}", fill="#8a7"
            )
    return svg(body, "0 0 440 260"), Want(
        seats=78, rows=[str(r + 1) for r in range(6)], numbered=True, keys=("1/1", "6/13"),
        landmarks={"stage"},
    )  # fmt: skip


@style
def blocks_of_a_bowl_in_two_texts_with_prices() -> Drawing:
    """On each block its number and below it "from € 35": only the number is its name."""
    body, names = said(330, 370, 140, 60, "ICE"), []
    for k in range(20):
        a = 18 * k
        body += el("path", d=wedge(400, 400, 180, 320, a, a + 17), fill="#cde", stroke="#456")
        x, y = 400 + 250 * cos(radians(a + 8.5)), 400 + 250 * sin(radians(a + 8.5))
        body += middle(x, y, 101 + k, 14) + middle(x, y + 14, f"from € {35 + 5 * (k % 4)}", 8)
        names.append(str(101 + k))
    return svg(body, "0 0 800 800"), Want(rows=0, sections=names)
