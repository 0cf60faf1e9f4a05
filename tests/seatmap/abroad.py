"""More whole drawings of our own: houses in other languages and conventions."""

from __future__ import annotations

from math import cos, radians, sin

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

WITHOUT_I_AND_O = "ABCDEFGHJKLMNP"


@style
def rows_that_say_their_section() -> Drawing:
    """Ids that begin with a digit get an underscore; the name stands beside it."""
    body = ""
    for s in range(4):
        for r in range(5):
            seats = "".join(
                circle(60 + 180 * s + 14 * i, 60 + 16 * r, 5, class_="cls-2") for i in range(11)
            )
            name = f"{101 + s} row {r + 1}"
            body += el("g", seats, id="_" + name.replace(" ", "_"), data_name=name)
    return svg(body, "0 0 800 300"), Want(seats=220, rows=20, sections=["101", "102", "103", "104"])


@style
def layers_of_sections_and_rows_in_one() -> Drawing:
    body = ""
    for s in (101, 102, 201):
        for r, row in enumerate(WITHOUT_I_AND_O):
            y = 40 + 22 * r + (0 if s < 200 else 330)
            seats = "".join(
                el("g", rect(40 + 300 * (s == 102) + 20 * i, y, 15, 15), inkscape__label="x")
                .replace("inkscape--label", "inkscape:label").replace('"x"', f'"Seat {i + 1}"')
                for i in range(12)
            )  # fmt: skip
            body += f'<g inkscape:groupmode="layer" inkscape:label="Section {s} Row {row}">'
            body += f"{seats}</g>"
    return svg(body, "0 0 700 700"), Want(
        seats=504, rows=list(WITHOUT_I_AND_O * 3), sections=["101", "102", "201"],
        keys=("101/A/1", "201/P/12"), numbered=True,
    )  # fmt: skip


@style
def variants_of_a_component() -> Drawing:
    """A design tool writes properties into ids, clips each frame and draws with uses."""
    defs = '<defs><clipPath id="clip0_1_2"><rect width="800" height="400" fill="white"/></clipPath>'
    defs += '<path id="seat" d="M2 0h14a2 2 0 0 1 2 2v14h-18v-14a2 2 0 0 1 2 -2z"/></defs>'
    body = rect(0, 0, 800, 400, fill="#F5F5F5")
    for r, row in enumerate("ABCDEF"):
        for i in range(1, 21):
            look = el("use", href="#seat", fill="#7B61FF")
            at = f"translate({60 + 30 * i} {80 + 40 * r})"
            body += el("g", look, id=f"Row={row}, Seat={i}", transform=at)
    mask = '<mask id="m" maskUnits="userSpaceOnUse" x="0" y="0" width="800" height="400">'
    mask += rect(0, 0, 800, 400, fill="white") + "</mask>"
    body = (
        f'<g id="Seating plan" clip-path="url(#clip0_1_2)">{mask}<g mask="url(#m)">{body}</g></g>'
    )
    return svg(body + defs, "0 0 800 400"), Want(
        seats=120, rows=list("ABCDEF"), keys=("A/1", "F/20")
    )


@style
def german_arena() -> Drawing:
    body = ""
    for b, block in enumerate("ABC"):
        for r in range(6):
            for i in range(12):
                x, y = 40 + 250 * b + 18 * i, 120 + 20 * r
                words = el("title", f"Block {block}, Reihe {r + 1}, Platz {i + 1}")
                body += el("circle", words, cx=x, cy=y, r=7)
    body += said(40, 300, 300, 90, "Stehplatz Süd") + said(400, 300, 300, 90, "Innenraum (Steh)")
    body += said(280, 20, 240, 60, "Bühne") + said(720, 420, 70, 40, "Ausgang")
    return svg(body, "0 0 800 480"), Want(
        seats=216, rows=18, sections=list("ABC"), areas=["Stehplatz Süd", "Innenraum (Steh)"],
        landmarks={"stage", "exit"}, keys=("a/1/1", "c/6/12"),
    )  # fmt: skip


@style
def german_ball() -> Drawing:
    """Long tables with chairs on both sides, in groups; a floor to dance on."""
    body = said(300, 20, 200, 60, "Bühne") + said(300, 250, 200, 120, "Tanzfläche")
    for t in range(8):
        x, y = (60, 560)[t % 2], 110 + 110 * (t // 2)
        inside = rect(x, y, 160, 36, fill="#a98")
        for k in range(6):
            inside += rect(x + 6 + 26 * k, y - 20, 16, 14) + rect(x + 6 + 26 * k, y + 42, 16, 14)
        body += el("g", inside + middle(x + 80, y + 22, t + 1), id=f"Tisch_{t + 1}")
    return svg(body, "0 0 800 600"), Want(
        seats=96, rows=0, sections=None, tables=[str(t + 1) for t in range(8)],
        areas=["Tanzfläche"], landmarks={"stage"},
    )  # fmt: skip


@style
def french_theatre_odd_and_even() -> Drawing:
    """Odd numbers to the left of the aisle and even ones to the right, counted from it."""
    body = said(300, 10, 200, 40, "SCÈNE")
    for r, row in enumerate("ABCDEFGH"):
        seats = ""
        for k in range(10):
            for x, n in ((380 - 24 * k, 2 * k + 1), (420 + 24 * k, 2 * k + 2)):
                seats += el("g", circle(x, 100 + 26 * r, 9) + middle(x, 104 + 26 * r, n, 8))
        body += el("g", seats, id=f"Rang_{row}")
    body = el("g", body, id="Orchestre") + said(100, 330, 600, 120, "FOSSE")
    return svg(body, "0 0 800 480"), Want(
        seats=160, rows=list("ABCDEFGH"), sections=["Orchestre"], areas=["FOSSE"],
        numbered=True, landmarks={"stage"}, keys=("orchestre/A/1", "orchestre/H/20"),
    )  # fmt: skip


@style
def spanish_hall_with_tables() -> Drawing:
    body = said(300, 10, 200, 50, "ESCENARIO") + said(250, 80, 300, 110, "PISTA")
    for r in range(5):
        seats = "".join(
            el("rect", el("title", f"Asiento {i + 1}"), x=100 + 30 * i, y=420 + 30 * r, width=22,
               height=22) for i in range(20)
        )  # fmt: skip
        body += el("g", seats, id=f"Fila_{r + 1}")
    for m in range(6):
        x, y = 80 + 125 * m, 300
        chairs = "".join(circle(u, v, 8) for u, v in around(x, y, 38, 8))
        body += el("g", circle(x, y, 24) + chairs + middle(x, y + 4, m + 1), id=f"Mesa_{m + 1}")
    return svg(body, "0 0 800 600"), Want(
        seats=148, rows=[str(r + 1) for r in range(5)], sections=None,
        tables=[str(m + 1) for m in range(6)], areas=["PISTA"], landmarks={"stage"},
        keys=("1/1", "5/20"),
    )  # fmt: skip


@style
def dutch_labels_for_readers_of_screens() -> Drawing:
    body = ""
    for v, vak in enumerate((101, 102)):
        for r in range(6):
            for i in range(10):
                x, y = 60 + 320 * v + 26 * i, 60 + 28 * r
                words = f"Vak {vak}, Rij {r + 1}, Stoel {i + 1}"
                body += rect(x, y, 20, 20, role="button", aria_label=words)
    return svg(body, "0 0 700 300"), Want(
        seats=120, rows=12, sections=["101", "102"], keys=("101/1/1", "102/6/10")
    )


@style
def polish_titles() -> Drawing:
    body = ""
    for s, part in enumerate("AB"):
        for r in range(6):
            for i in range(12):
                words = el("title", f"Sektor {part} Rząd {r + 1} Miejsce {i + 1}")
                body += el("circle", words, cx=60 + 340 * s + 24 * i, cy=60 + 28 * r, r=9)
    body += said(60, 260, 620, 90, "Miejsca stojące")
    return svg(body, "0 0 740 400"), Want(
        seats=144, rows=12, sections=["A", "B"], areas=["Miejsca stojące"],
        keys=("a/1/1", "b/6/12"),
    )  # fmt: skip


@style
def czech_layers() -> Drawing:
    body = said(200, 10, 300, 50, "Jeviště")
    for part, top in (("Přízemí", 90), ("Balkón", 330)):
        rows = ""
        for r in range(6):
            seats = "".join(
                el("circle", el("title", f"Sedadlo {i + 1}"), cx=80 + 28 * i, cy=top + 30 * r, r=10)
                for i in range(20)
            )
            rows += f'<g inkscape:label="Řada {r + 1}">{seats}</g>'
        body += f'<g inkscape:label="{part}" inkscape:groupmode="layer">{rows}</g>'
    return svg(body, "0 0 740 560"), Want(
        seats=240, rows=12, sections=["Přízemí", "Balkón"], landmarks={"stage"},
        numbered=True,
    )  # fmt: skip


@style
def italian_opera_with_boxes() -> Drawing:
    """Boxes in a horseshoe, each a group of chairs; the stalls have rows."""
    body = said(300, 540, 200, 50, "PALCOSCENICO")
    for r in range(8):
        seats = "".join(
            el("circle", el("title", f"Posto {i + 1}"), cx=260 + 20 * i, cy=260 + 26 * r, r=7)
            for i in range(15)
        )
        body += el("g", seats, id=f"Platea_Fila_{r + 1}")
    for k in range(12):
        turn = radians(180 + 180 * (k + 0.5) / 12)
        x, y = 400 + 290 * cos(turn), 380 + 300 * sin(turn)
        chairs = "".join(circle(x - 14 + 28 * (c % 2), y - 10 + 20 * (c // 2), 7) for c in range(4))
        inside = rect(round(x - 28, 1), round(y - 24, 1), 56, 48, fill="#fee") + chairs
        body += el("g", inside, id=f"Palco_{k + 1}")
    return svg(body, "0 0 800 600"), Want(
        seats=168, rows=None, sections=13, landmarks={"stage"}, keys=("platea/1/1", "platea/8/15")
    )


@style
def bleachers_with_their_capacity() -> Drawing:
    places = {
        "GA 500": (60, 60, 300, 100),
        "GA 250": (420, 60, 300, 100),
        "BLEACHERS A (CAP. 300)": (60, 420, 300, 80),
        "BLEACHERS B (CAP. 200)": (420, 420, 300, 80),
    }
    body = said(200, 220, 400, 140, "FIELD")
    body += "".join(said(*box, name) for name, box in places.items())
    return svg(body, "0 0 800 560"), Want(
        rows=0,
        sections=None,
        areas=["GA 500", "GA 250", "BLEACHERS A", "BLEACHERS B"],
        landmarks={"pitch"},
    )


@style
def wings_turned_to_the_stage() -> Drawing:
    """Row letters at the outer ends, numbers from the aisle on each seat, a legend in a corner."""
    body = said(300, 560, 200, 50, "STAGE")
    fills = ("#e76f51", "#f4a261", "#2a9d8f")
    for part, turn, x in (("Left", 25, 190), ("Centre", 0, 400), ("Right", -25, 640)):
        inside = ""
        for r, row in enumerate(WITHOUT_I_AND_O[:10]):
            y = 28 * r
            inside += "".join(
                rect(22 * i, y, 17, 17, fill=fills[r // 4]) + middle(22 * i + 8.5, y + 12, i + 1, 7)
                for i in range(9)
            )
            inside += text(-20, y + 12, row, 10)
        at = f"translate({x} {(250, 180, 160)[(turn > 0) - (turn < 0) + 1]}) rotate({turn})"
        body += el("g", inside, id=part, transform=at)
    for k, name in enumerate(("Category 1", "Category 2", "Category 3")):
        body += rect(20, 20 + 24 * k, 16, 16, fill=fills[k]) + text(44, 33 + 24 * k, name)
    return svg(body, "0 0 1000 640"), Want(
        seats=270, rows=list(WITHOUT_I_AND_O[:10] * 3), sections=["Left", "Centre", "Right"],
        zones=["Category 1", "Category 2", "Category 3"], numbered=True, landmarks={"stage"},
    )  # fmt: skip


@style
def attributes_of_a_box_office() -> Drawing:
    body = ""
    for part in ("Stalls", "Circle"):
        for r, row in enumerate("ABCDE"):
            for i in range(1, 16):
                y = 40 + 24 * r + (0 if part == "Stalls" else 160)
                body += rect(
                    40 + 24 * i, y, 18, 18, class_="seat-icon", data_area_name=part,
                    data_row_name=row, data_seat_name=i, data_price_band="B1" if r < 2 else "B2",
                    data_seat_id=70000 + 100 * r + i,
                )  # fmt: skip
    return svg(body, "0 0 460 320"), Want(
        seats=150, rows=list("ABCDEABCDE"), sections=["Stalls", "Circle"],
        zones=["B1", "B2"], keys=("stalls/A/1", "circle/E/15"),
    )  # fmt: skip


@style
def one_attribute_with_the_whole_name() -> Drawing:
    body = ""
    for s in (11, 12):
        for r, row in enumerate("ABCD"):
            for i in range(1, 13):
                x, y = 20 + 22 * i + 300 * (s - 11), 40 + 24 * r
                body += circle(x, y, 8, data_seat_id=f"{s}-{row}-{i}", class_="available")
    return svg(body, "0 0 620 200"), Want(
        seats=96, rows=list("ABCDABCD"), sections=["11", "12"], keys=("11/A/1", "12/D/12")
    )


@style
def bowl_with_suites() -> Drawing:
    """Sections as paths with a code on each, suites in a ring between the decks."""
    body, names, suites = said(300, 340, 200, 120, "COURT"), [], []
    for level, r0, r1, count in ((1, 150, 220, 16), (2, 270, 360, 20)):
        for i in range(count):
            a0, a1 = 360 * i / count, 360 * (i + 1) / count - 1
            turn, r = radians((a0 + a1) / 2), (r0 + r1) / 2
            name = f"{level}{i + 1:02}"
            names.append(name)
            body += el("path", d=wedge(400, 400, r0, r1, a0, a1), fill="#9bd")
            body += middle(400 + r * cos(turn), 404 + r * sin(turn), name, 11)
    for i in range(24):
        a0, a1 = 15 * i, 15 * i + 14
        turn = radians((a0 + a1) / 2)
        suites.append(f"Suite {i + 1}")
        body += el("path", d=wedge(400, 400, 230, 260, a0, a1), fill="#dba")
        body += middle(400 + 245 * cos(turn), 402 + 245 * sin(turn), suites[-1], 6)
    return svg(body, "0 0 800 800"), Want(rows=0, sections=names, areas=suites, landmarks={"pitch"})


@style
def russian_hall() -> Drawing:
    body = said(250, 10, 300, 50, "СЦЕНА")
    for part, top in (("Партер", 90), ("Балкон", 330)):
        rows = ""
        for r in range(6):
            seats = "".join(
                el("rect", el("title", f"Ряд {r + 1}, Место {i + 1}"), x=100 + 28 * i,
                   y=top + 30 * r, width=20, height=20)
                for i in range(20)
            )  # fmt: skip
            rows += el("g", seats)
        body += el("g", rows, id=part)
    body += said(100, 530, 600, 60, "Танцпол")
    return svg(body, "0 0 800 620"), Want(
        seats=240, rows=12, sections=["Партер", "Балкон"], areas=["Танцпол"], landmarks={"stage"}
    )


@style
def turkish_and_nordic_words() -> Drawing:
    body = ""
    said = (("S\u0131ra", "Koltuk"), ("Rad", "Plats"), ("Rivi", "Paikka"))
    for k, (row, seat) in enumerate(said):
        for r in range(4):
            seats = "".join(
                el("circle", el("title", f"{seat} {i + 1}"), cx=60 + 24 * i,
                   cy=40 + 30 * r + 140 * k, r=9)
                for i in range(14)
            )  # fmt: skip
            body += el("g", seats, id=f"{row} {r + 1 + 4 * k}")
    return svg(body, "0 0 460 460"), Want(
        seats=168, rows=[str(r + 1) for r in range(12)], sections=None, numbered=True
    )
