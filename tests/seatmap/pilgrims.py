"""Drawings as converters, page builders and old booking pages leave them; written before the parser
was tried on them."""

from __future__ import annotations

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text, wedge
from tests.seatmap.trades import said

GLYPHS = "STAGEBCDFHIJ"


def disc(x: float, y: float, r: float, **attrs: object) -> str:
    """A disc of four curves, as converters write circles."""
    k = 0.5523 * r
    curves = ((-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0), (r, k, k, r, 0, r),
              (-k, r, -r, k, -r, 0))  # fmt: skip
    d = f"M {x - r:.3f} {y:.3f}"
    for a, b, c, e, f, g in curves:
        d += f" C {x + a:.3f} {y + b:.3f} {x + c:.3f} {y + e:.3f} {x + f:.3f} {y + g:.3f}"
    return el("path", d=f"{d} Z", **attrs)


@style
def converted_from_pdf_with_letters_as_symbols() -> Drawing:
    """Each letter is a use of a symbol of its outline, each seat a path in upside-down points."""
    body = ""
    for k in range(len(GLYPHS)):
        d = f"M 1 0 L 6 0 L 6 -{4 + k % 5} L {1 + k % 4} -{5 + k % 3} Z"
        body += el("symbol", el("path", d=d, style="stroke:none;"), overflow="visible",
                   id=f"glyph0-{k + 1}")  # fmt: skip
    body = el("defs", el("g", body))
    words = "".join(el("use", href=f"#glyph0-{GLYPHS.index(c) + 1}", x=200 + 9 * i, y=46)
                    for i, c in enumerate("STAGE"))  # fmt: skip
    body += rect(150, 20, 150, 40, style="fill:rgb(80%,80%,80%);") + el("g", words)
    look = "fill-rule:nonzero;fill:rgb(36%,61%,84%);fill-opacity:1;stroke-width:0.5;"
    for r in range(8):
        for i in range(14):
            body += disc(
                45 + 26 * i, 320 - 26 * r, 9, style=look, transform="matrix(1,0,0,-1,0,420)"
            )
        for x in (16, 424):
            body += el("g", el("use", href=f"#glyph0-{r + 1}", x=x, y=104 + 26 * r))
    return svg(body, "0 0 450 330"), Want(seats=112, rows=8, numbered=False)


@style
def slides_of_twins() -> Drawing:
    """A slide program draws each shape twice, filled and stroked, and each letter as a path."""
    body = '<clipPath id="p.0"><path d="m0 0l720 0l0 405l-720 0z"/></clipPath>'
    inside = el("path", d="m0 0l720 0l0 405l-720 0z", fill="#ffffff", fill_rule="evenodd")
    inside += el("path", d="m200 20l320 0l0 40l-320 0z", fill="#434343", fill_rule="evenodd")
    inside += el("path", d="m330 48l8 0l0 -16l-8 0zm14 0l12 0l-6 -16z", fill="#fff")
    for r in range(7):
        for i in range(16):
            d = f"m{60 + 38 * i} {90 + 42 * r}l28 0l0 28l-28 0z"
            inside += el("path", d=d, fill="#cfe2f3", fill_rule="evenodd")
            inside += el("path", d=d, stroke="#3d85c6", fill="none", stroke_width=1)
            x, y = 70 + 38 * i, 110 + 42 * r
            inside += el(
                "path", d=f"m{x} {y}l0 -{7 + i % 3}l{2 + i % 4} 0l0 {7 + i % 3}z", fill="#000"
            )
    body += el("g", inside, clip_path="url(#p.0)")
    return svg(body, "0 0 720 405"), Want(seats=112, rows=7, numbered=False)


@style
def every_shape_in_a_clip_of_its_own() -> Drawing:
    """A page builder: each seat a path in a group that is moved and scaled, in two clips."""
    body = ""
    for k in range(90):
        x, y = 40 + 30 * (k % 15), 90 + 32 * (k // 15)
        clip = rect(0, 0, 20, 20)
        body += el("defs", el("clipPath", clip, id=f"c{k}"))
        seat = el("path", d="M 0 0 L 20 0 L 20 20 L 0 20 Z", fill="#8c52ff")
        seat = el("g", seat, clip_path=f"url(#c{k})")
        body += el("g", seat, transform=f"matrix(1.05, 0, 0, 1.05, {x}, {y})")
    for r, row in enumerate("ABCDEF"):
        word = el(
            "g", el("path", d="M 1 0 L 7 0 L 4 -9 Z"), transform=f"translate(14, {105 + 32 * r})"
        )
        body += el("g", el("g", word), fill="#000000", fill_opacity=1)
        body += text(510, 104 + 32 * r, row)
    return svg(body + said(150, 20, 200, 36, "STAGE"), "0 0 540 300"), Want(
        seats=90, rows=list("ABCDEF"), numbered=False, landmarks={"stage"}
    )


@style
def plan_of_numbers_alone() -> Drawing:
    """No shape at a seat: its number is printed where it stands, the row's letter at both ends."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEFGH"):
        y = 76 + 26 * r
        body += middle(20, y, row, 12) + middle(440, y, row, 12)
        body += "".join(middle(56 + 24 * i, y, i + 1, 11) for i in range(16))
    return svg(body, "0 0 460 300"), Want(
        seats=128, rows=list("ABCDEFGH"), numbered=True, keys=("A/1", "H/16"), landmarks={"stage"}
    )


@style
def links_to_each_section() -> Drawing:
    """An old page: where a link goes says which block it is; nothing else does."""
    body, names = said(330, 370, 140, 60, "FIELD"), []
    for k in range(18):
        block = el("path", d=wedge(400, 400, 170, 300, 20 * k + 1, 20 * k + 19), fill="#cdd")
        body += el("a", block, href=f"/tickets/event/77?section={101 + k}&amp;step=2")
        names.append(str(101 + k))
    return svg(body, "0 0 800 800"), Want(rows=0, sections=names, landmarks={"pitch"})


@style
def names_in_what_a_click_does() -> Drawing:
    """ "pickSeat('C', 7)" is all that says which seat it is."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            body += rect(50 + 28 * i, 60 + 28 * r, 20, 20, fill="#7bb",
                         onclick=f"pickSeat('{row}{i + 1}', this)")  # fmt: skip
    return svg(body, "0 0 440 250"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12"), landmarks={"stage"}
    )


@style
def hotspots_over_a_picture() -> Drawing:
    """The house is a photograph; over it unseen shapes with names, shown when the pointer comes."""
    body, names = el("image", href="bowl.jpg", width=800, height=800), []
    look = el("style", ".spot{opacity:0;fill:#ff0}.spot:hover{opacity:.4}")
    for k in range(20):
        a0 = 18 * k
        body += el("path", d=wedge(400, 400, 190, 330, a0, a0 + 17), class_="spot",
                   id=f"block_{201 + k}")  # fmt: skip
        names.append(str(201 + k))
    return svg(look + body, "0 0 800 800"), Want(rows=0, sections=names)


@style
def letters_in_the_aisle_only() -> Drawing:
    """Two halves; the row's letter stands once, between them."""
    body = said(160, 10, 200, 28, "SCREEN")
    for r, row in enumerate("ABCDEFGHJK"):
        y = 60 + 24 * r
        body += middle(262, y + 13, row, 11)
        for i in range(9):
            body += rect(20 + 24 * i, y, 17, 17, fill="#a88")
            body += rect(296 + 24 * i, y, 17, 17, fill="#a88")
    return svg(body, "0 0 520 320"), Want(
        seats=180, rows=list("ABCDEFGHJK"), numbered=False, landmarks={"screen"}
    )


@style
def restaurant_of_boxes() -> Drawing:
    """Tables are rects and discs of three sizes with "T1"... and how many they seat; no chairs."""
    body = said(20, 20, 120, 60, "Kitchen") + said(20, 420, 120, 30, "Entrance")
    body += said(660, 20, 120, 200, "Bar")
    for k in range(14):
        x, y = 180 + 120 * (k % 4), 40 + 110 * (k // 4)
        if k % 3 == 0:
            body += circle(x + 30, y + 30, 28, fill="#fff", stroke="#963")
        else:
            body += rect(x, y + 8, 60 + 24 * (k % 2), 44, fill="#fff", stroke="#963")
        body += middle(x + 30, y + 28, f"Table {k + 1}", 10) + middle(x + 30, y + 42, "4 seats", 7)
    return svg(body, "0 0 800 480"), Want(
        rows=0, tables=[str(k + 1) for k in range(14)], areas=None, landmarks={"bar", "exit"}
    )


@style
def spanish_and_polish_short_ids() -> Drawing:
    """ "F3B12" for fila 3, butaca 12."""
    body = said(120, 10, 200, 28, "Escenario")
    for r in range(7):
        for i in range(13):
            body += circle(50 + 27 * i, 70 + 27 * r, 10, id=f"F{r + 1}B{i + 1}", fill="#c9a")
    return svg(body, "0 0 440 270"), Want(
        seats=91, rows=[str(r + 1) for r in range(7)], numbered=True, keys=("1/1", "7/13"),
        landmarks={"stage"},
    )  # fmt: skip


@style
def chinese_stadium_seats() -> Drawing:
    """ "101区3排12座" in titles; blocks of seats without outlines."""
    body = said(300, 200, 200, 60, "球场")
    for b, (x, y) in enumerate(((40, 40), (420, 40), (40, 300), (420, 300))):
        for r in range(5):
            for i in range(12):
                title = el("title", f"{101 + b}区{r + 1}排{i + 1}座")
                body += el("rect", title, x=x + 26 * i, y=y + 26 * r, width=20, height=20)
    return svg(body, "0 0 800 460"), Want(
        seats=240, rows=20, sections=["101", "102", "103", "104"], numbered=True,
        landmarks={"pitch"},
    )  # fmt: skip


@style
def names_of_two_words_on_the_seats() -> Drawing:
    """ "A 7" is written on each seat."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            x, y = 40 + 32 * i, 60 + 30 * r
            body += rect(x, y, 26, 22, fill="#bdb") + middle(x + 13, y + 14, f"{row} {i + 1}", 8)
    return svg(body, "0 0 440 250"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12"), landmarks={"stage"}
    )


@style
def a_letter_above_a_number_on_each_seat() -> Drawing:
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            x, y = 40 + 32 * i, 60 + 34 * r
            body += rect(x, y, 26, 26, fill="#bdb") + middle(x + 13, y + 10, row, 8)
            body += middle(x + 13, y + 21, i + 1, 9)
    return svg(body, "0 0 440 280"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12"), landmarks={"stage"}
    )


@style
def accents_in_two_characters() -> Drawing:
    """Names as some systems store them: "u" and its dots apart."""
    body = rect(120, 10, 200, 30, id="Bu\u0308hne", fill="#333")
    for part, left in (("Su\u0308d", 30), ("O\u0308stlich", 260)):
        rows = ""
        for r in range(6):
            seats = "".join(
                rect(left + 26 * i, 60 + 28 * r, 20, 20, id=f"Platz {i + 1}") for i in range(7)
            )
            rows += el("g", seats, id=f"Reihe {r + 1}")
        body += el("g", rows, id=f"Tribu\u0308ne {part}")
    return svg(body, "0 0 460 250"), Want(
        seats=84, rows=12, sections=None, numbered=True, landmarks={"stage"}
    )


@style
def sheet_of_cells() -> Drawing:
    """A spreadsheet: a grid of thin cells; the seats are the filled ones, with "A1" in them."""
    body, n = "", 0
    for r in range(14):
        for i in range(16):
            body += rect(20 + 30 * i, 20 + 22 * r, 30, 22, fill="#fff", stroke="#d4d4d4")
    body += rect(140, 20, 240, 22, fill="#ddd") + middle(260, 35, "STAGE", 11)
    for r, row in enumerate("ABCDEFGH"):
        for i in (c for c in range(14) if c != 6):
            n += 1
            x, y = 50 + 30 * i, 86 + 22 * r
            body += rect(x, y, 30, 22, fill="#a9d08e", stroke="#000")
            body += middle(x + 15, y + 15, f"{row}{i + 1 - (i > 6)}", 9)
    return svg(body, "0 0 520 340"), Want(
        seats=n, rows=list("ABCDEFGH"), numbered=True, keys=("A/1", "H/13"), landmarks={"stage"}
    )


@style
def chairs_of_single_lines() -> Drawing:
    """A plan of lines: each chair is a group of four lines and the arc of its back."""
    body = el("path", d="M100 20h240v40h-240z", fill="none", stroke="#000") + middle(
        220, 46, "STAGE"
    )
    for r in range(6):
        for i in range(12):
            x, y = 40 + 32 * i, 90 + 36 * r
            ends = ((0, 0, 20, 0), (20, 0, 20, 20), (20, 20, 0, 20), (0, 20, 0, 0))
            chair = "".join(el("line", x1=a, y1=b, x2=c, y2=d) for a, b, c, d in ends)
            chair += el("path", d="M0 22a14 8 0 0 0 20 0")
            body += el("g", chair, transform=f"translate({x} {y})", fill="none", stroke="#000")
    return svg(body, "0 0 440 320"), Want(seats=72, rows=6, numbered=False, landmarks={"stage"})


@style
def signs_of_access_in_a_legend() -> Drawing:
    """Beside the hall what a square with each sign means."""
    body = said(120, 10, 200, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        body += text(14, 74 + 28 * r, row)
        for i in range(12):
            x, y = 40 + 28 * i, 60 + 28 * r
            body += rect(x, y, 20, 20, fill="#9cd")
            if row == "F" and i in (0, 1, 10, 11):
                body += middle(x + 10, y + 14, "♿" if i in (0, 11) else "C", 11)
    for k, (sign, words) in enumerate((("♿", "Wheelchair space"), ("C", "Companion seat"))):
        body += rect(40 + 170 * k, 250, 20, 20, fill="#9cd") + middle(50 + 170 * k, 264, sign, 11)
        body += text(66 + 170 * k, 264, words, 11)
    return svg(body, "0 0 400 290"), Want(
        seats=72, rows=list("ABCDEF"), accessible=2, landmarks={"stage"}
    )


@style
def columns_that_are_rows() -> Drawing:
    """Stands left and right of a court: rows run downwards, their numbers stand on top."""
    body = rect(220, 60, 160, 260, fill="#7a5") + middle(300, 190, "COURT")
    for left in (20, 400):
        for r in range(6):
            x = left + 30 * r
            body += middle(x + 9, 48, f"Row {r + 1 if left == 400 else 6 - r}", 7)
            body += "".join(rect(x, 60 + 22 * k, 18, 16, fill="#e96") for k in range(12))
    return svg(body, "0 0 600 340"), Want(seats=144, rows=12, numbered=False, landmarks={"pitch"})
