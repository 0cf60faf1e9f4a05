"""Houses, words and alphabets that the parser had not met; written before it was tried on them."""

from __future__ import annotations

from math import cos, pi, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import (
    Drawing,
    Want,
    around,
    circle,
    el,
    middle,
    rect,
    style,
    text,
    wedge,
)
from tests.seatmap.trades import said

WIDE = {ord("0") + d: 0xFF10 + d for d in range(10)}


@style
def tables_called_by_words() -> Drawing:
    """A wedding: flowers for tables, the bridal table with chairs on one side."""
    body = said(300, 20, 200, 40, "Dance floor")
    names = ["Rose", "Tulip", "Lily of the valley", "Daisy", "Family table", "Sunflower"]
    for t, name in enumerate(names):
        x, y = 150 + 240 * (t % 3), 200 + 190 * (t // 3)
        body += circle(x, y, 42, fill="#fff", stroke="#963")
        body += "".join(circle(u, v, 11, fill="#ddd") for u, v in around(x, y, 62, 8))
        body += middle(x, y + 4, name, 10)
    body += rect(250, 520, 300, 40, fill="#fff", stroke="#963") + middle(400, 545, "Head table")
    body += "".join(circle(270 + 37 * k, 506, 11, fill="#ddd") for k in range(8))
    body += "".join(circle(270 + 37 * k, 574, 11, fill="#ddd") for k in range(8))
    return svg(body, "0 0 800 620"), Want(
        seats=64, rows=0, tables=[*names, "Head table"], areas=["Dance floor"]
    )


@style
def groups_of_tables_by_words() -> Drawing:
    """Figma: "Table Rose" with its chairs in it, "Table d'honneur"."""
    body, names = "", ("Rose", "Tulipe", "Lilas", "Jasmin", "Iris", "Mimosa")
    for t, name in enumerate(names):
        x, y = 130 + 220 * (t % 3), 130 + 180 * (t // 3)
        chairs = "".join(rect(u - 9, v - 9, 18, 18) for u, v in around(x, y, 58, 8))
        body += el("g", circle(x, y, 40) + chairs, id=f"Table {name}")
    return svg(body, "0 0 700 460"), Want(
        seats=48, rows=0, tables=[f"Table {name}" for name in names]
    )


@style
def seats_of_a_letter_and_a_number_apart() -> Drawing:
    """The row's letter stands on the back of the chair, the number on its seat: "C" and "4"."""
    body = said(140, 10, 200, 26, "Stage")
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            x, y = 40 + 34 * i, 60 + 40 * r
            body += rect(x, y, 26, 12, fill="#963") + middle(x + 13, y + 9, row, 8)
            body += rect(x, y + 8, 26, 22, fill="#c96") + middle(x + 13, y + 23, i + 1, 10)
    return svg(body, "0 0 480 310"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12"), landmarks={"stage"}
    )


@style
def horseshoe() -> Drawing:
    """Rows of three legs around a thrust stage, a letter at both ends of each."""
    body = rect(250, 0, 200, 260, fill="#333") + middle(350, 130, "STAGE", 20)
    seats = 0
    for r, row in enumerate("ABCDE"):
        far = 130 + 26 * r
        left, right = 350 - far, 350 + far
        body += middle(left, 40, row) + middle(right, 40, row)
        line = [(left, 64 + 24 * k) for k in range(9)]
        steps = round(pi * far / 24)
        line += [(350 - far * cos(pi * k / steps), 280 + far * sin(pi * k / steps))
                 for k in range(steps + 1)]  # fmt: skip
        line += [(right, 64 + 24 * k) for k in range(9)]
        seats += len(line)
        body += "".join(circle(x, y, 9, fill="#a66") for x, y in line)
    return svg(body, "0 0 700 560"), Want(
        seats=seats, rows=list("ABCDE"), numbered=False, landmarks={"stage"}
    )


@style
def balconies_at_both_sides() -> Drawing:
    """Stalls; left and right a balcony of two columns each, its word turned along it."""
    body = said(260, 10, 280, 34, "STAGE")
    for r, row in enumerate("ABCDEFGHIJ"):
        y = 90 + 28 * r
        body += text(216, y + 5, row) + text(574, y + 5, row)
        body += "".join(circle(244 + 26 * i, y, 10, fill="#69b") for i in range(13))
    for side, xs in (("Balcony Left", (60, 88)), ("Balcony Right", (712, 740))):
        body += "".join(circle(x, 90 + 28 * k, 10, fill="#b96") for x in xs for k in range(10))
        at = 30 if "Left" in side else 772
        body += el("text", side, transform=f"translate({at} 220) rotate(-90)", font_size=14,
                   text_anchor="middle")  # fmt: skip
    return svg(body, "0 0 800 400"), Want(
        seats=170, rows=None, sections=None, numbered=False, landmarks={"stage"}
    )


@style
def doubled_letters_after_z() -> Drawing:
    """Thirty rows: A to Z without I and O, then AA to FF, letters at both ends."""
    names = [*"ABCDEFGHJKLMNPQRSTUVWXYZ"] + [c * 2 for c in "ABCDEF"]
    body = said(160, 6, 220, 24, "STAGE")
    for r, row in enumerate(names):
        y = 50 + 20 * r
        body += middle(20, y + 4, row, 10) + middle(520, y + 4, row, 10)
        body += "".join(rect(48 + 22 * i, y - 7, 14, 14, fill="#77a") for i in range(20))
    return svg(body, "0 0 540 670"), Want(
        seats=600, rows=names, numbered=False, landmarks={"stage"}
    )


@style
def wheelchairs_as_pictures() -> Drawing:
    """The sign of access is a symbol in place of six seats of the last row."""
    wheel = circle(10, 13, 6, fill="none", stroke="#fff") + circle(9, 3, 2)
    wheel = rect(0, 0, 20, 20, fill="#06c") + wheel
    body = el("symbol", wheel, id="wheelchair", viewBox="0 0 20 20")
    for r, row in enumerate("ABCDEFG"):
        y = 60 + 28 * r
        body += text(14, y + 14, row)
        for i in range(14):
            x = 44 + 28 * i
            if row == "G" and i not in range(4, 10):
                body += el("use", href="#wheelchair", x=x, y=y, width=20, height=20)
            else:
                body += rect(x, y, 20, 20, fill="#9ab", id=f"{row}-{i + 1}")
    return svg(body + said(140, 10, 160, 26, "STAGE"), "0 0 460 270"), Want(
        seats=98, rows=list("ABCDEFG"), accessible=8, landmarks={"stage"}
    )


@style
def standing_with_capacities_in_many_spellings() -> Drawing:
    """What each area holds stands with its name, as houses write it."""
    body = said(300, 20, 200, 40, "STAGE")
    names = ("GA 1,200 cap", "Fosse : 800 pl.", "Stehplatz (max. 350 Pers.)", "Pista - aforo 2.500",
             "Standing - 1 500 people", "Pit (600 standing)")  # fmt: skip
    for k, name in enumerate(names):
        body += said(40 + 250 * (k % 3), 100 + 140 * (k // 3), 220, 110, name)
    return svg(body, "0 0 800 400"), Want(
        rows=0, areas=["Fosse", "GA", "Pista", "Pit", "Standing", "Stehplatz"],
        landmarks={"stage"},
    )  # fmt: skip


@style
def greek_theatre() -> Drawing:
    body = said(140, 10, 200, 26, "ΣΚΗΝΗ")
    for r, row in enumerate("ΑΒΓΔΕΖΗ"):
        y = 60 + 28 * r
        body += text(8, y + 14, f"Σειρά {row}", 10)
        for i in range(13):
            body += rect(70 + 28 * i, y, 20, 20, fill="#9ab") + middle(
                80 + 28 * i, y + 14, i + 1, 9
            )
    return svg(body, "0 0 460 270"), Want(
        seats=91,
        rows=list("ΑΒΓΔΕΖΗ"),
        numbered=True,
        keys=("\u0391/1", "\u0397/13"),
        landmarks={"stage"},
    )


@style
def japanese_hall_of_wide_digits() -> Drawing:
    """ "１列" to "９列" at both ends, full-width numbers on the seats, a stage in kanji."""
    body = said(140, 10, 200, 26, "ステージ")
    for r in range(9):
        y = 60 + 28 * r
        body += text(6, y + 14, f"{r + 1}列".translate(WIDE), 11)
        for i in range(12):
            body += rect(50 + 28 * i, y, 22, 20, fill="#dcb")
            body += middle(61 + 28 * i, y + 14, str(i + 1).translate(WIDE), 9)
    return svg(body, "0 0 460 330"), Want(
        seats=108, rows=[str(r + 1) for r in range(9)], numbered=True, keys=("1/1", "9/12"),
        landmarks={"stage"},
    )  # fmt: skip


@style
def kana_rows_and_kanji_floors() -> Drawing:
    """Titles as a Japanese hall prints them: "1階 い列 5番"."""
    body = said(200, 10, 200, 26, "舞台")
    for floor, top, rows in (("1階", 60, "いろはにほ"), ("2階", 260, "いろは")):
        for r, row in enumerate(rows):
            for i in range(15):
                title = el("title", f"{floor} {row}列 {i + 1}番")
                body += el("circle", title, cx=60 + 30 * i, cy=top + 30 * r, r=11, fill="#caa")
    return svg(body, "0 0 560 360"), Want(
        seats=120, rows=8, sections=["1階", "2階"], numbered=True, landmarks={"stage"}
    )


@style
def thai_and_vietnamese_words() -> Drawing:
    """Two halls on one sheet: "แถว A ที่นั่ง 3" and "Hàng B Ghế 4" in titles."""
    body = ""
    for left, row_word, seat_word in ((40, "แถว", "ที่นั่ง"), (420, "Hàng", "Ghế")):
        for r, row in enumerate("ABCDE" if left == 40 else "FGHJK"):
            for i in range(10):
                title = el("title", f"{row_word} {row} {seat_word} {i + 1}")
                body += el("rect", title, x=left + 30 * i, y=60 + 30 * r, width=22, height=22)
    return svg(body + said(300, 10, 160, 26, "Stage"), "0 0 760 240"), Want(
        seats=100, rows=list("ABCDEFGHJK"), numbered=True, keys=("A/1", "K/10"),
        landmarks={"stage"},
    )  # fmt: skip


@style
def korean_ballpark_of_blocks() -> Drawing:
    """Blocks "101블럭" in rings, words for bases; a ground."""
    body, names = el("path", d="M400 560L300 440L400 330L500 440Z", fill="#c96"), []
    body += middle(400, 450, "그라운드")
    for ring, (r0, r1, first) in enumerate(((250, 320, 101), (330, 400, 301))):
        for k in range(12):
            a0 = 20 * k - 30 - 180
            body += el(
                "path", d=wedge(400, 440, r0, r1, a0, a0 + 18.5), fill=("#fc9", "#9cf")[ring]
            )
            a, r = radians(a0 + 9), (r0 + r1) / 2
            name = f"{first + k}블럭"
            body += middle(400 + r * cos(a), 444 + r * sin(a), name, 10)
            names.append(str(first + k))
    return svg(body, "0 0 800 800"), Want(rows=0, sections=names, landmarks={"pitch"})


@style
def floors_side_by_side() -> Drawing:
    """Ground floor, first and second floor beside each other; each begins with A again."""
    body = said(100, 20, 160, 26, "STAGE")
    plan = (("Ground floor", 40, 8, 10), ("1st floor", 340, 5, 9), ("2nd floor", 620, 4, 9))
    for name, left, rows, seats in plan:
        body += middle(left + 13 * seats, 70, name, 16)
        for r in range(rows):
            y = 100 + 28 * r
            body += text(left - 22, y + 14, "ABCDEFGH"[r], 11)
            body += "".join(rect(left + 26 * i, y, 18, 18, fill="#8a8") for i in range(seats))
    return svg(body, "0 0 900 360"), Want(
        seats=161, rows=[*"ABCDEFGH", *"ABCDE", *"ABCD"], numbered=False,
        sections=["1st floor", "2nd floor", "Ground floor"], landmarks={"stage"},
    )  # fmt: skip


@style
def legend_in_a_row_of_its_own() -> Drawing:
    """Prices below the hall: five more circles, each with an amount beside it."""
    body = said(130, 10, 200, 26, "STAGE")
    paints = ("#d44", "#e92", "#4a4", "#36c", "#929")
    for r in range(10):
        y = 60 + 26 * r
        body += text(12, y + 4, r + 1) + text(440, y + 4, r + 1)
        body += "".join(circle(48 + 26 * i, y, 9, fill=paints[r // 2]) for i in range(15))
    for k, price in enumerate(("€ 95", "€ 75", "€ 55", "€ 40", "€ 25")):
        body += circle(48 + 84 * k, 350, 9, fill=paints[k]) + text(62 + 84 * k, 354, price)
    return svg(body, "0 0 460 380"), Want(
        seats=150, rows=[str(r + 1) for r in range(10)], numbered=False, landmarks={"stage"},
        zones=["€ 95", "€ 75", "€ 55", "€ 40", "€ 25"],
    )  # fmt: skip


@style
def tiers_that_count_alike() -> Drawing:
    """Layers "Lower" and "Upper"; in each the blocks are called "1", "2"... by their ids."""
    body = el("rect", x=330, y=360, width=140, height=80, id="Pitch")
    for level, r0, r1, count in (("Lower", 150, 240, 16), ("Upper", 260, 370, 20)):
        ring = ""
        for k in range(count):
            a0, a1 = 360 * k / count, 360 * (k + 1) / count - 1.5
            ring += el("path", d=wedge(400, 400, r0, r1, a0, a1), fill="#cde",
                       id=f"{k + 1}" if level == "Lower" else f"{k + 1}_2")  # fmt: skip
        body += el("g", ring, id=level)
    return svg(body, "0 0 800 800"), Want(rows=0, sections=36, landmarks={"pitch"})


@style
def stands_called_by_numbers_of_a_database() -> Drawing:
    """An editor draws what a program names, "_14948030"; the words of the field are outlines."""
    body = el("title", "City Sports Centre, main hall") + rect(300, 100, 200, 400, fill="#cfd1d3")
    body += el("path", d="M360 280h20v40h-20zM390 280h20v40h-20zM420 280h30v40h-30z", fill="#222")
    for side, x in enumerate((40, 150, 520, 630)):
        for k in range(4):
            body += rect(x, 60 + 120 * k, 100, 110, id=f"_{14948030 + 977 * side + 41 * k}",
                         style="fill:#fff;stroke:#e1e5ea;stroke-width:2px")  # fmt: skip
    return svg(body, "0 0 800 600"), Want(rows=0, sections=16)


@style
def boxes_for_four() -> Drawing:
    """Loges as small shapes, "Loge 3 (4 P.)", around rows of numbered seats."""
    body = said(250, 10, 200, 30, "Bühne")
    for r in range(6):
        y = 80 + 28 * r
        body += text(176, y + 14, f"Reihe {r + 1}", 9)
        for i in range(10):
            body += rect(220 + 26 * i, y, 20, 20, fill="#a9c")
            body += middle(230 + 26 * i, y + 14, i + 1, 9)
    for k in range(10):
        x, y = (30, 60 + 44 * k) if k < 5 else (560, 60 + 44 * (k - 5))
        body += said(x, y, 110, 36, f"Loge {k + 1} (4 P.)")
    return svg(body, "0 0 700 300"), Want(
        seats=60, rows=[str(r + 1) for r in range(6)], numbered=True, areas=None, sections=None,
        keys=("1/1", "6/10"), landmarks={"stage"},
    )  # fmt: skip


@style
def not_a_venue_of_lands() -> Drawing:
    """The departments of a country: twenty shapes with their numbers as ids, no two alike."""
    body = ""
    for k in range(20):
        x, y = 60 + 140 * (k % 5), 60 + 120 * (k // 5)
        points = " ".join(
            f"{x + (50 + 13 * ((k + 3 * j) % 4)) * cos(2 * pi * j / 9):.1f},"
            f"{y + (44 + 9 * ((k * j) % 3)) * sin(2 * pi * j / 9):.1f}"
            for j in range(9)
        )
        body += el("polygon", points=points, id=f"{k + 1:02d}", fill="#ddd", stroke="#fff")
        body += middle(x, y, k + 1)
    return svg(body, "0 0 720 520"), Want(rows=0)
