"""Drawings whose manner is in how they are painted, moved and reused; written before the parser was
tried on them."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text
from tests.seatmap.trades import said


@style
def colours_and_hiding_by_variables() -> Drawing:
    """A theme in custom properties: paints of prices, a layer that one of them hides."""
    look = (
        ":root{--best:#d4af37;--good:#5b8def;--line:none;--old:none;--size:14px}"
        ".p1{fill:var(--best)}.p2{fill:var( --good , red)}.old{display:var(--old)}"
        ".gone{fill:var(--nowhere, none)}.sign{font-size:var(--size)}"
    )
    body = el("style", look) + said(120, 10, 220, 30, "STAGE")
    for r, row in enumerate("ABCDEF"):
        y = 80 + 30 * r
        body += text(20, y + 5, row, 12, class_="sign")
        body += "".join(
            circle(60 + 28 * i, y, 10, class_="p1" if r < 2 else "p2") for i in range(12)
        )
    body += el("g", "".join(circle(60 + 28 * i, 270, 10) for i in range(12)), class_="old")
    for k, name in enumerate(("Premium 90", "Standard 60")):
        body += rect(60 + 160 * k, 310, 16, 16, class_=f"p{k + 1}")
        body += text(84 + 160 * k, 323, name, 12)
    return svg(body, "0 0 420 350"), Want(
        seats=72, rows=list("ABCDEF"), zones=["Premium 90", "Standard 60"], numbered=False,
        landmarks={"stage"},
    )  # fmt: skip


@style
def moved_by_style_sheets() -> Drawing:
    """Each bank of seats is put by CSS: translate with percentages, rotate, origin, scale."""
    look = (
        "#left{transform:translate(-25%, 20px) rotate(20deg);transform-origin:200px 150px}"
        "#right{translate:200px 20px;rotate:-20deg;transform-origin:200px 150px}"
        "#middle{transform:translate3d(0,120px,0) scale(1)}"
    )
    bank = "".join(
        rect(110 + 22 * i, 100 + 24 * r, 16, 16, id=f"{{0}}-{r + 1}-{i + 1}", fill="#67a")
        for r in range(5)
        for i in range(8)
    )
    body = el("style", look) + said(240, 10, 200, 30, "STAGE")
    for name in ("left", "middle", "right"):
        body += el("g", bank.replace("{0}", name), id=name)
    return svg(body, "0 0 800 500"), Want(
        seats=120, rows=15, sections=["left", "middle", "right"], numbered=True,
        landmarks={"stage"},
    )  # fmt: skip


@style
def millimetres_and_points() -> Drawing:
    """No viewBox: everything is in mm, texts in pt, as reports write it."""
    body = ""
    for r, row in enumerate("ABCDEFG"):
        body += f'<text x="10mm" y="{41.2 + 8 * r}mm" font-size="9pt">{row}</text>'
        for i in range(14):
            body += f'<circle cx="{20 + 8 * i}mm" cy="{40 + 8 * r}mm" r="3mm" fill="#9bc"/>'
            body += (
                f'<text x="{20 + 8 * i}mm" y="{41 + 8 * r}mm" font-size="6pt" '
                f'text-anchor="middle">{i + 1}</text>'
            )
    body += '<rect x="45mm" y="10mm" width="60mm" height="15mm" fill="#444"/>'
    body += '<text x="75mm" y="19mm" font-size="12pt" text-anchor="middle">Bühne</text>'
    data = f'<svg xmlns="http://www.w3.org/2000/svg" width="150mm" height="110mm">{body}</svg>'
    return data.encode(), Want(
        seats=98, rows=list("ABCDEFG"), numbered=True, keys=("A/1", "G/14"), landmarks={"stage"}
    )


@style
def pictures_for_seats() -> Drawing:
    """A booking page: each seat is the same small picture, its words beside it; no shape at all."""
    body = el("image", href="img/hall.png", x=0, y=0, width=520, height=330)
    body += said(130, 10, 220, 30, "SCREEN")
    for r, row in enumerate("ABCDEF"):
        for i in range(14):
            state = "taken" if (3 * r + i) % 5 == 0 else "free"
            body += el("image", el("title", f"Row {row}, seat {i + 1}"), width=22, height=22,
                       x=50 + 28 * i, y=70 + 34 * r, href=f"img/seat-{state}.png")  # fmt: skip
    return svg(body, "0 0 520 330"), Want(
        seats=84, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/14"), landmarks={"screen"}
    )


@style
def pictures_in_lines() -> Drawing:
    """The same without words: letters at the left end."""
    body = said(130, 10, 220, 30, "SCREEN")
    for r, row in enumerate("ABCDEF"):
        body += text(20, 86 + 34 * r, row)
        for i in range(14):
            state = "taken" if (3 * r + i) % 5 == 0 else "free"
            body += el("image", x=50 + 28 * i, y=70 + 34 * r, width=22, height=22,
                       href=f"img/seat-{state}.png")  # fmt: skip
    return svg(body, "0 0 520 330"), Want(
        seats=84, rows=list("ABCDEF"), numbered=False, landmarks={"screen"}
    )


@style
def symbols_by_the_address_of_the_page() -> Drawing:
    """Uses refer to a symbol by the page's whole address, as pages with a base must."""
    chair = rect(10, 30, 80, 60) + rect(0, 10, 100, 30)
    body = el("symbol", chair, id="armchair", viewBox="0 0 100 100")
    for r in range(6):
        row = ""
        for i in range(12):
            row += el("use", x=40 + 26 * i, y=60 + 30 * r, width=20, height=20,
                      href="https://a.example/7#armchair", id=f"seat_{r + 1}_{i + 1}")  # fmt: skip
        body += el("g", row, class_="line")
    return svg(body + said(100, 10, 180, 30, "Scène"), "0 0 400 260"), Want(
        seats=72, rows=6, numbered=True, keys=("1/1", "6/12"), landmarks={"stage"}
    )


@style
def words_in_three_languages() -> Drawing:
    """A switch over each text: the reader's language decides what is seen."""

    def spoken(x: float, y: float, de: str, fr: str, en: str) -> str:
        said = el("text", de, systemLanguage="de", x=x, y=y) + el(
            "text", fr, systemLanguage="fr,it", x=x, y=y
        )
        return el("switch", said + el("text", en, x=x, y=y))

    body = rect(140, 10, 180, 34, fill="#333") + spoken(190, 32, "Bühne", "Scène", "Stage")
    for r in range(6):
        y = 80 + 28 * r
        body += spoken(10, y + 4, f"Reihe {r + 1}", f"Rang {r + 1}", f"Row {r + 1}")
        body += "".join(rect(80 + 24 * i, y - 9, 18, 18, fill="#c88") for i in range(13))
    return svg(body, "0 0 420 260"), Want(
        seats=78, rows=[str(r + 1) for r in range(6)], numbered=False, landmarks={"stage"}
    )


@style
def each_seat_seen_through_a_round_hole() -> Drawing:
    """Squares that a clip of their own boxes rounds, a second copy as the shadow."""
    body = '<clipPath id="round" clipPathUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".5"/>'
    body += "</clipPath>" + said(140, 10, 160, 28, "PODIUM")
    for r, row in enumerate("KLMNOP"):
        y = 60 + 28 * r
        body += text(14, y + 15, row)
        for i in range(13):
            x = 46 + 26 * i
            body += rect(x, y, 20, 20, fill="#000", fill_opacity="0.2", clip_path="url(#round)")
            body += rect(x, y, 20, 20, fill="#39c", clip_path="url(#round)")
    return svg(body, "0 0 420 240"), Want(
        seats=78, rows=list("KLMNOP"), numbered=False, landmarks={"stage"}
    )


@style
def names_of_blocks_along_arcs() -> Drawing:
    """A bowl: each block's name runs on a path that is not drawn."""
    body, names = said(330, 360, 140, 80, "PITCH"), []
    for k in range(12):
        a0, a1 = 30 * k + 1, 30 * k + 29
        at = [(400 + r * cos(radians(a)), 400 + r * sin(radians(a)))
              for r, a in ((180, a0), (180, a1), (300, a1), (300, a0))]  # fmt: skip
        body += el("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in at), fill="#dde")
        ends = [(400 + 240 * cos(radians(a)), 400 + 240 * sin(radians(a))) for a in (a0, a1)]
        (x0, y0), (x1, y1) = ends
        body += el("defs", el("path", id=f"arc{k}",
                   d=f"M{x0:.1f} {y0:.1f}A240 240 0 0 1 {x1:.1f} {y1:.1f}"))  # fmt: skip
        words = el("textPath", f"Block {101 + k}", href=f"#arc{k}", startOffset="50%")
        body += el("text", words, text_anchor="middle", font_size=14)
        names.append(str(101 + k))
    return svg(body, "0 0 800 800"), Want(rows=0, sections=names, landmarks={"pitch"})


@style
def chairs_of_four_boxes() -> Drawing:
    """A program draws each chair as a moved group of its seat, footrest and two arms; no names."""
    body = ""
    for r in range(7):
        for i in range(10):
            chair = rect(10, 80, 80, 10) + rect(20, 40, 60, 40) + rect(10, 40, 10, 40)
            chair += rect(80, 40, 10, 40)
            body += el("g", chair, transform=f"translate({100 * i}, {110 * r})", fill="#a0522d")
    data = f'<svg width="1000" height="800" xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    return data.encode(), Want(seats=70, rows=7, numbered=False)


@style
def armchairs_of_many_parts_and_a_steering_wheel() -> Drawing:
    """A coach from above: a chair of four rounded boxes used many times, numbers, a wheel."""
    chair = "".join(rect(*box, rx=5) for box in ((1, 4, 45, 40), (15, 2, 25, 7), (15, 39, 25, 7),
                                                 (36, 1, 12, 46)))  # fmt: skip
    body = el("defs", el("g", chair, id="fauteuil"))
    body += rect(20, 20, 860, 250, fill="#f3f7f8", stroke="#999")
    body += circle(70, 80, 26, fill="none", stroke="#333", stroke_width=5)
    body += circle(70, 80, 7, fill="#333")
    number = 0
    for c in range(12):
        for y in (30, 84, 160, 214):
            if c == 6 and y > 150:
                continue
            number += 1
            x = 140 + 60 * c
            body += el("use", href="#fauteuil", x=x, y=y)
            body += middle(x + 20, y + 29, number, 14)
    body += middle(525, 230, "WC", 14)
    return svg(body, "0 0 900 290"), Want(seats=46, rows=None, numbered=True, landmarks={"toilet"})


@style
def numbers_as_outlines_beside_letters() -> Drawing:
    """Each seat's number is a path of small strokes; only the rows' letters are text."""
    body = said(150, 10, 180, 30, "STAGE")
    for r, row in enumerate("ABCDEFG"):
        y = 80 + 30 * r
        body += text(14, y + 5, row) + text(456, y + 5, row)
        for i in range(13):
            x = 50 + 30 * i
            body += circle(x, y, 11, fill="#bcd")
            d = f"M{x - 2} {y - 4}h3v8h-2v-6h-1z"
            if i % 3:
                d += f"M{x + 2} {y - 4}h3v8h-3v-{i % 3}h2v-2h-2z"
            body += el("path", d=d, fill="#222")
    return svg(body, "0 0 480 300"), Want(
        seats=91, rows=list("ABCDEFG"), numbered=False, landmarks={"stage"}
    )


@style
def planks_of_a_stage() -> Drawing:
    """The stage is sixty equal boards; the hall has fewer chairs than the stage has boards."""
    body = ""
    for k in range(60):
        body += rect(60 + 20 * (k % 20), 20 + 20 * (k // 20), 18, 18, fill="#b97")
    body = el("g", body, id="stage-floor") + middle(260, 55, "STAGE", 18)
    for r, row in enumerate("ABCD"):
        body += text(20, 120 + 30 * r, row)
        body += "".join(
            rect(60 + 34 * i, 106 + 30 * r, 20, 20, fill="#48a", rx=4) for i in range(12)
        )
    return svg(body, "0 0 520 250"), Want(
        seats=48, rows=list("ABCD"), numbered=False, landmarks={"stage"}
    )


@style
def a_scale_and_signs_as_large_as_seats() -> Drawing:
    """A bar of metres in black and white, boxes for toilets and exits of the size of a seat."""
    body = said(150, 10, 180, 26, "Bühne")
    for r in range(8):
        y = 60 + 26 * r
        body += text(14, y + 14, r + 1)
        body += "".join(rect(50 + 28 * i, y, 20, 20, fill="#9ac") for i in range(13))
    for k, word in enumerate(("WC", "WC", "EXIT", "BAR")):
        body += rect(50 + 90 * k, 290, 20, 20, fill="#fc6") + middle(60 + 90 * k, 303, word, 7)
    for k in range(5):
        body += rect(50 + 20 * k, 330, 20, 5, fill="#000" if k % 2 else "#fff", stroke="#000")
        body += middle(50 + 20 * k, 346, 5 * k, 7)
    return svg(body, "0 0 440 360"), Want(
        seats=104, rows=[str(r + 1) for r in range(8)], numbered=False,
        landmarks={"stage", "toilet", "exit", "bar"},
    )  # fmt: skip


@style
def columns_in_attributes() -> Drawing:
    """A picker's own words: `data-row` and `data-col`, state in the class."""
    body = ""
    for r in range(6):
        for i in range(11):
            body += rect(40 + 30 * i, 60 + 30 * r, 24, 24, class_="seat free", data_row=r + 1,
                         data_col=i + 1)  # fmt: skip
    return svg(body + said(120, 10, 150, 26, "SCREEN"), "0 0 400 260"), Want(
        seats=66, rows=[str(r + 1) for r in range(6)], numbered=True, keys=("1/1", "6/11"),
        landmarks={"screen"},
    )  # fmt: skip


@style
def states_behind_the_names() -> Drawing:
    """Ids end with what the seat was when the page was saved: "B_7_sold"."""
    body = ""
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            state = ("free", "sold", "hold")[(r + 2 * i) % 3]
            body += circle(40 + 26 * i, 60 + 26 * r, 9, id=f"seat_{row}_{i + 1}_{state}")
    return svg(body, "0 0 400 230"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12")
    )


@style
def titles_with_prices() -> Drawing:
    """What a pointer shows: the name, the price, whether it is free."""
    body = ""
    for r, row in enumerate("ABCDE"):
        for i in range(12):
            state = "sold" if (r + i) % 4 == 0 else "available"
            title = el("title", f"{row}{i + 1} - 45,00 € - {state}")
            body += el("circle", title, cx=40 + 26 * i, cy=60 + 26 * r, r=9, fill="#6a9")
    return svg(body + said(100, 10, 150, 26, "ESCENARIO"), "0 0 400 200"), Want(
        seats=60, rows=list("ABCDE"), numbered=True, keys=("A/1", "E/12"), landmarks={"stage"}
    )


@style
def names_in_plain_attributes() -> Drawing:
    """Attributes that are no SVG: `name`, `title`, as image maps and old pages have them."""
    body = ""
    for r, row in enumerate("ABCDE"):
        for i in range(12):
            body += rect(40 + 26 * i, 60 + 26 * r, 18, 18, name=f"{row}{i + 1}", fill="#6a9",
                         title=f"Sitz {row}{i + 1}")  # fmt: skip
    return svg(body + said(100, 10, 150, 26, "Leinwand"), "0 0 400 200"), Want(
        seats=60, rows=list("ABCDE"), numbered=True, keys=("A/1", "E/12"), landmarks={"screen"}
    )


@style
def classes_of_row_and_number() -> Drawing:
    """Ids without meaning; "seat row-C num-7" in the class."""
    body = ""
    for r, row in enumerate("ABCDE"):
        for i in range(12):
            k = 7919 * (12 * r + i) % 99991
            body += rect(40 + 26 * i, 60 + 26 * r, 18, 18, id=f"x{k:x}",
                         class_=f"seat row-{row} num-{i + 1} free")  # fmt: skip
    return svg(body + said(100, 10, 150, 26, "Stage"), "0 0 400 200"), Want(
        seats=60, rows=list("ABCDE"), numbered=True, keys=("A/1", "E/12"), landmarks={"stage"}
    )
