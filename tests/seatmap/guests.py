"""A last round of whole drawings of our own, written when the rules for the others stood."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text, wedge
from tests.seatmap.trades import said


@style
def terraces_whose_rows_are_paths_with_seats_inside() -> Drawing:
    """Layers by block, rows in them as "R1", the seats of a row with ids "101-1-1"."""
    body = ""
    for s in range(3):
        rows = ""
        for r in range(6):
            seats = "".join(
                rect(40 + 220 * s + 16 * i, 40 + 20 * r, 12, 12, id=f"{101 + s}-{r + 1}-{i + 1}")
                for i in range(12)
            )
            rows += el("g", seats, id=f"{101 + s}_R{r + 1}")
        body += el("g", rows, id=f"Block_{101 + s}")
    return svg(body, "0 0 720 200"), Want(
        seats=216, rows=18, sections=["101", "102", "103"], keys=("101/1/1", "103/6/12")
    )


@style
def titles_of_a_spanish_arena() -> Drawing:
    body = ""
    for s, part in enumerate(("Grada Norte", "Grada Sur")):
        for r in range(5):
            for i in range(14):
                words = el("title", f"{part}, Fila {r + 1}, Asiento {i + 1}")
                body += el("circle", words, cx=60 + 30 * i, cy=50 + 30 * r + 240 * s, r=10)
    return svg(body, "0 0 520 460"), Want(
        seats=140, rows=10, sections=["Grada Norte", "Grada Sur"],
        keys=("grada-norte/1/1", "grada-sur/5/14"),
    )  # fmt: skip


@style
def two_balconies_named_by_words_in_german() -> Drawing:
    body = said(250, 10, 300, 40, "Bühne")
    for part, top in (("Parkett", 80), ("1. Rang", 300)):
        rows = ""
        for r in range(6):
            seats = "".join(
                el("rect", el("title", f"Reihe {r + 1} Platz {i + 1}"), x=120 + 26 * i,
                   y=top + 28 * r, width=20, height=20)
                for i in range(20)
            )  # fmt: skip
            rows += el("g", seats, id=f"{part} Reihe {r + 1}")
        body += rows
    return svg(body, "0 0 800 500"), Want(
        seats=240, rows=12, sections=["Parkett", "1. Rang"], numbered=True, landmarks={"stage"}
    )


@style
def rows_labelled_at_both_ends_in_words() -> Drawing:
    body = ""
    for r in range(8):
        y = 60 + 30 * r
        body += text(20, y + 4, f"Rij {r + 1}", 10) + text(590, y + 4, f"Rij {r + 1}", 10)
        body += "".join(
            circle(80 + 24 * i, y, 9, fill="#6a8") + middle(80 + 24 * i, y + 3, i + 1, 7)
            for i in range(20)
        )
    body += said(200, 320, 240, 50, "Podium")
    return svg(body, "0 0 660 400"), Want(
        seats=160, rows=[str(r + 1) for r in range(8)], numbered=True, landmarks={"stage"},
        keys=("1/1", "8/20"),
    )  # fmt: skip


@style
def cabaret_of_square_tables() -> Drawing:
    """Chairs are rects with a gap to the table; only numbers name the tables; no groups."""
    body = said(300, 10, 200, 50, "SCÈNE")
    for t in range(12):
        x, y = 100 + 180 * (t % 4), 150 + 140 * (t // 4)
        body += rect(x - 24, y - 24, 48, 48, fill="#caa") + middle(x, y + 5, t + 1, 14)
        for u, v in ((0, -38), (0, 38), (-38, 0), (38, 0)):
            body += rect(x + u - 9, y + v - 9, 18, 18, rx=3, fill="#7ac")
    body += said(40, 540, 160, 40, "Bar") + said(600, 540, 160, 40, "Vestiaire")
    return svg(body, "0 0 800 600"), Want(
        seats=48, rows=0, sections=None, tables=[str(t + 1) for t in range(12)],
        landmarks={"stage", "bar", "cloakroom"},
    )  # fmt: skip


@style
def attributes_of_a_portal_in_camel_case() -> Drawing:
    body = ""
    for b, block in enumerate(("A1", "A2")):
        for r in range(6):
            for i in range(1, 13):
                body += circle(
                    30 + 22 * i + 300 * b, 40 + 24 * r, 8, class_="place", data_blockName=block,
                    data_rowNumber=r + 1, data_seatNumber=i, data_priceCategory=f"PK{r // 3 + 1}",
                )  # fmt: skip
    body = body.replace("data-blockName", "data-block-name")
    return svg(body, "0 0 640 220"), Want(
        seats=144, rows=12, sections=["A1", "A2"], zones=["PK1", "PK2"],
        keys=("a1/1/1", "a2/6/12"),
    )  # fmt: skip


@style
def hockey_arena_with_a_ring_of_blocks() -> Drawing:
    """Names as text on the blocks, two tiers, standing ends, boxes with letters; no ids at all."""
    body = rect(280, 320, 240, 160, rx=60, fill="#eef") + middle(400, 405, "ICE RINK", 14)
    names = []
    for tier, r0, r1, count in ((1, 190, 250, 14), (2, 270, 350, 18)):
        for i in range(count):
            a0, a1 = 360 * i / count, 360 * (i + 1) / count - 1.5
            turn, r = radians((a0 + a1) / 2), (r0 + r1) / 2
            names.append(f"{tier}{i + 1:02}")
            body += el("path", d=wedge(400, 400, r0, r1, a0, a1), fill="#cde", stroke="#fff")
            body += middle(400 + r * cos(turn), 404 + r * sin(turn), names[-1], 10)
    for x, name in ((20, "STEHPLATZ A"), (680, "STEHPLATZ B")):
        body += said(x, 20, 100, 60, name, 9)
    return svg(body, "0 0 800 800"), Want(
        rows=0, sections=names, areas=["STEHPLATZ A", "STEHPLATZ B"]
    )


@style
def cinema_of_a_picker_with_buttons() -> Drawing:
    """Every seat a link with words for readers of screens; states as classes."""
    body = ""
    for r, row in enumerate("ABCDEFGH"):
        for i in range(1, 15):
            state = "occupied" if (r * 7 + i) % 4 == 0 else "available"
            shape = rect(40 + 30 * i, 60 + 30 * r, 22, 20, rx=4)
            words = f"Row {row} Seat {i}, {state}"
            body += el("a", shape, class_=f"seat {state}", role="button", aria_label=words)
    return svg(said(120, 10, 300, 24, "SCREEN") + body, "0 0 520 320"), Want(
        seats=112, rows=list("ABCDEFGH"), numbered=True, landmarks={"screen"},
        keys=("A/1", "H/14"),
    )  # fmt: skip


@style
def legend_of_prices_in_a_corner() -> Drawing:
    fills = {"€ 45": "#d00", "€ 30": "#0a0", "€ 20": "#00d"}
    body = said(200, 10, 240, 40, "Escenario")
    for r, row in enumerate("ABCDEFGHI"):
        fill = list(fills.values())[r // 3]
        body += text(40, 94 + 26 * r, row, 11)
        body += "".join(circle(80 + 24 * i, 90 + 26 * r, 9, fill=fill) for i in range(18))
    for k, (name, fill) in enumerate(fills.items()):
        body += rect(540, 90 + 30 * k, 18, 18, fill=fill) + text(566, 104 + 30 * k, name)
    return svg(body, "0 0 680 360"), Want(
        seats=162, rows=list("ABCDEFGHI"), zones=list(fills), landmarks={"stage"}
    )


@style
def hungarian_and_portuguese_rows() -> Drawing:
    body = ""
    for k, (row, seat) in enumerate((("Sor", "Szék"), ("Fila", "Lugar"), ("Řada", "Místo"))):
        for r in range(4):
            seats = "".join(
                el("circle", el("title", f"{row} {r + 1 + 4 * k}, {seat} {i + 1}"), cx=60 + 24 * i,
                   cy=40 + 30 * r + 140 * k, r=9)
                for i in range(14)
            )  # fmt: skip
            body += seats
    return svg(body, "0 0 460 460"), Want(
        seats=168, rows=[str(r + 1) for r in range(12)], sections=0, numbered=True
    )


@style
def not_a_venue_chess_problem() -> Drawing:
    body = "".join(
        rect(40 + 40 * (i % 8), 40 + 40 * (i // 8), 40, 40,
             fill=("#eed", "#764")[(i + i // 8) % 2])
        for i in range(64)
    )  # fmt: skip
    body += "".join(middle(60 + 40 * i, 380, "abcdefgh"[i]) + middle(28, 64 + 40 * i, 8 - i)
                    for i in range(8))  # fmt: skip
    return svg(body, "0 0 400 400"), Want(rows=0)


@style
def not_a_venue_gantt_chart() -> Drawing:
    body = ""
    for r in range(14):
        body += text(10, 46 + 24 * r, f"Task {r + 1}", 10)
        body += rect(90 + 30 * (r * 3 % 11), 34 + 24 * r, 60 + 20 * (r % 4), 16, fill="#69c")
    body += "".join(middle(100 + 40 * k, 22, f"W{k + 1}", 9) for k in range(16))
    return svg(body, "0 0 800 400"), Want(rows=0)


@style
def not_a_venue_metro() -> Drawing:
    body = "".join(
        el("path", d=f"M40 {80 + 90 * k}H760", stroke="#c33", fill="none")
        + "".join(circle(60 + 60 * i, 80 + 90 * k, 7, fill="#fff", stroke="#333")
                  + text(52 + 60 * i, 70 + 90 * k, f"Station {k}{i}", 7) for i in range(12))
        for k in range(5)
    )  # fmt: skip
    return svg(body, "0 0 800 520"), Want(rows=0)


@style
def not_a_venue_kitchen() -> Drawing:
    """The plan of a flat: rooms with words that a house has too."""
    body = rect(20, 20, 760, 560, fill="none", stroke="#333")
    rooms = ("Living room", "Bedroom", "Bath", "Kitchen", "Hall", "Office")
    body += "".join(
        said(40 + 240 * (k % 3), 40 + 270 * (k // 3), 220, 250, room)
        for k, room in enumerate(rooms)
    )
    return svg(body, "0 0 800 600"), Want(rows=0)
