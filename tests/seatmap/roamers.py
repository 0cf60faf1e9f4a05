"""What libraries and design tools write around seats: names of their own, groups in groups, copies;
written before the parser was tried on them."""

from __future__ import annotations

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text
from tests.seatmap.trades import said


@style
def canvas_library_of_moved_groups() -> Drawing:
    """Each seat a group at its place, in it a group with the disc and one with the words, both
    around 0, 0; a matrix on each."""
    body = ""
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            look = "stroke: none; fill: rgb(120,160,200); opacity: 1;"
            disc = el("g", circle(0, 0, 11, style=look), transform="matrix(1 0 0 1 0 0)")
            word = el("tspan", f"{row}{i + 1}", x=-8, y=3)
            word = el("text", word, font_size=9, xml__space="preserve")
            seat = disc + el("g", word, transform="matrix(1 0 0 1 0 0)", style="")
            body += el("g", seat, transform=f"matrix(1 0 0 1 {50 + 30 * i} {80 + 30 * r})")
    stage = el("g", rect(-100, -15, 200, 30, style="fill: rgb(60,60,60);"))
    body += el("g", stage + el("g", el("text", el("tspan", "STAGE", x=-20, y=4))),
               transform="matrix(1 0 0 1 220 30)")  # fmt: skip
    return svg(body.replace("xml--space", "xml:space"), "0 0 440 270"), Want(
        seats=72, rows=list("ABCDEF"), numbered=True, keys=("A/1", "F/12"), landmarks={"stage"}
    )


@style
def ids_of_a_drawing_library() -> Drawing:
    """ "SvgjsG1007" and "SvgjsRect1023": what was made in which order."""
    n, rows = 1000, ""
    for r in range(7):
        seats = ""
        for i in range(13):
            n += 1
            seats += rect(40 + 28 * i, 60 + 28 * r, 20, 20, id=f"SvgjsRect{n}", fill="#9b7")
        n += 1
        rows += el("g", seats, id=f"SvgjsG{n}")
    body = el("g", rows, id="SvgjsG1000") + el("defs", "", id="SvgjsDefs1001")
    return svg(body + said(120, 10, 180, 28, "STAGE"), "0 0 440 270"), Want(
        seats=91, rows=7, sections=0, numbered=False, landmarks={"stage"}
    )


@style
def copies_of_a_copy() -> Drawing:
    """A design tool's names: "Oval-Copy-12" in "Group-Copy-3", all in "Isolation_Mode"."""
    rows = ""
    for r in range(7):
        seats = "".join(
            el("circle", id=f"Oval-Copy-{13 * r + i}" if r + i else "Oval", cx=50 + 28 * i,
               cy=70 + 28 * r, r=10)
            for i in range(13)
        )  # fmt: skip
        rows += el("g", seats, id=f"Group-Copy-{r}" if r else "Group")
    body = el("g", rows, id="Isolation_Mode", fill="#9b7")
    return svg(body + said(120, 10, 180, 28, "STAGE"), "0 0 440 270"), Want(
        seats=91, rows=7, sections=0, numbered=False, landmarks={"stage"}
    )


@style
def layers_of_furniture() -> Drawing:
    """A plan's layers: "SEATING", "A-FURN-CHAIR", "Walls"; none is a part of the house."""
    rows = "".join(
        rect(50 + 28 * i, 60 + 28 * r, 20, 20, fill="#fff", stroke="#00f")
        for r in range(6)
        for i in range(13)
    )
    more = "".join(
        rect(50 + 28 * i, 250 + 28 * r, 20, 20, fill="#fff", stroke="#00f")
        for r in range(3)
        for i in range(13)
    )
    walls = rect(10, 4, 430, 340, fill="none", stroke="#000", stroke_width=4)
    body = el("g", walls, id="Walls") + el("g", rows, id="SEATING")
    body += el("g", more, id="A-FURN-CHAIR") + el("g", said(120, 12, 180, 28, "STAGE"), id="TEXT")
    return svg(body, "0 0 450 350"), Want(
        seats=117, rows=9, sections=0, numbered=False, landmarks={"stage"}
    )


@style
def prices_on_each_seat() -> Drawing:
    """On each seat its name and below it, small, what it costs."""
    body = said(120, 10, 180, 28, "SCREEN")
    for r, row in enumerate("ABCDE"):
        for i in range(12):
            x, y = 30 + 34 * i, 60 + 34 * r
            body += rect(x, y, 28, 28, fill="#cce") + middle(x + 14, y + 13, f"{row}{i + 1}", 9)
            body += middle(x + 14, y + 24, f"{12 if r < 3 else 9}€", 7)
    return svg(body, "0 0 450 250"), Want(
        seats=60, rows=list("ABCDE"), numbered=True, keys=("A/1", "E/12"), landmarks={"screen"}
    )


@style
def components_with_their_count() -> Drawing:
    """A prototyping tool: each seat an instance "Seat - 12" of a component, rows "Row - 3"."""
    body, n = "", 0
    for r, row in enumerate("ABCDEF"):
        seats = ""
        for i in range(12):
            n += 1
            shape = el("rect", id="Rectangle_1", data_name="Rectangle 1", width=20, height=20, rx=4)
            seats += el("g", shape, id=f"Component_1_{n}", data_name=f"Component 1 \u2013 {n}",
                        transform=f"translate({50 + 28 * i} {60 + 28 * r})")  # fmt: skip
        label = el("text", el("tspan", row, x=0, y=0), transform=f"translate(20 {75 + 28 * r})")
        body += el("g", seats + label, id=f"Group_{r + 4}", data_name=f"Group {r + 4}")
    return svg(body + said(120, 10, 180, 28, "Stage"), "0 0 440 250"), Want(
        seats=72, rows=list("ABCDEF"), sections=0, numbered=False, landmarks={"stage"}
    )


@style
def a_copied_layer_that_was_renamed() -> Drawing:
    """A copied layer that was renamed: its rows and seats are "A_2" and "A1_2" now."""
    body = said(220, 10, 180, 28, "STAGE")
    for part, left in (("Stalls", 30), ("Balcony", 330)):
        rows = ""
        for r, row in enumerate("ABCDE"):
            seats = "".join(
                rect(left + 26 * i, 60 + 26 * r, 18, 18, id=f"{row}{i + 1}{'_2' * (left > 30)}")
                for i in range(10)
            )
            rows += el("g", seats, id=f"{row}{'_2' * (left > 30)}")
        body += el("g", rows, id=part)
    return svg(body, "0 0 620 210"), Want(
        seats=100, rows=[*"ABCDE", *"ABCDE"], sections=["Stalls", "Balcony"], numbered=True,
        keys=("stalls/A/1", "balcony/E/10"), landmarks={"stage"},
    )  # fmt: skip


@style
def graphics_of_statistics() -> Drawing:
    """A plotting program drew the hall: points with styles, texts with a length, a clip."""
    body = '<clipPath id="c"><rect x="5" y="5" width="420" height="240"/></clipPath>'
    body += rect(0, 0, 430, 250, style="stroke: none; fill: #FFFFFF;")
    inside = ""
    for r, row in enumerate("ABCDEFG"):
        y = 60 + 26 * r
        for i in range(13):
            inside += el("circle", cx=f"{60 + 26.4 * i:.2f}", cy=f"{y:.2f}", r="8.53",
                         style="stroke-width: 0.71; stroke: #333333; fill: #619CFF;")  # fmt: skip
        inside += el("text", row, x="20.00", y=f"{y + 4:.2f}", textLength="8.00px",
                     lengthAdjust="spacingAndGlyphs", style="font-size: 11.00px;")  # fmt: skip
    inside += el("text", "Stage", x="190", y="25", style="font-size: 13.2px;", textLength="36px")
    body += el("g", inside, clip_path="url(#c)")
    return svg(body, "0 0 430 250"), Want(
        seats=91, rows=list("ABCDEFG"), numbered=False, landmarks={"stage"}
    )


@style
def states_by_several_shapes() -> Drawing:
    """A free seat is a disc, a taken one has a cross of two strokes, a chosen one a tick."""
    body = said(120, 10, 180, 28, "STAGE")
    for r, row in enumerate("ABCDEF"):
        y = 70 + 28 * r
        body += text(14, y + 5, row)
        for i in range(13):
            x = 50 + 28 * i
            body += circle(x, y, 10, fill="#8c8" if (r + i) % 3 else "#c88", stroke="#444")
            if (r + i) % 3 == 0:
                body += el("path", d=f"M{x - 5} {y - 5}l10 10", stroke="#fff")
                body += el("path", d=f"M{x + 5} {y - 5}l-10 10", stroke="#fff")
            elif (r * i) % 7 == 1:
                body += el("polyline", points=f"{x - 5},{y} {x - 1},{y + 4} {x + 5},{y - 4}",
                           fill="none", stroke="#fff")  # fmt: skip
    return svg(body, "0 0 440 250"), Want(
        seats=78, rows=list("ABCDEF"), numbered=False, landmarks={"stage"}
    )


@style
def not_a_venue_cards_of_figures() -> Drawing:
    """Cards with figures, bars, a ring, dots of a sparkline, a table of numbers."""
    body = text(20, 30, "Sales overview", 18)
    for k, name in enumerate(("Revenue", "Orders", "Visitors", "Refunds")):
        body += rect(20 + 150 * k, 50, 140, 70, fill="#fff", stroke="#ddd", rx=8)
        body += text(32 + 150 * k, 74, name, 11) + text(32 + 150 * k, 104, f"{1240 * (k + 1)}", 18)
    for k in range(24):
        body += rect(30 + 12 * k, 300 - (7 * k * k) % 90, 8, (7 * k * k) % 90 + 4, fill="#59f")
        body += circle(344 + 11 * k, 240 - (5 * k * k) % 60, 3, fill="#59f")
    for r in range(6):
        for c in range(5):
            body += text(30 + 120 * c, 350 + 20 * r, (r + 2) * (c + 7), 10)
    return svg(body, "0 0 640 480"), Want(rows=0)


@style
def not_a_venue_dice_and_dominoes() -> Drawing:
    """Pips in squares: equal dots in small lines, many times."""
    body = ""
    for k in range(12):
        x, y = 30 + 110 * (k % 4), 30 + 110 * (k // 4)
        body += rect(x, y, 90, 90, fill="#fff", stroke="#333", rx=12)
        spots = ((0.5, 0.5), (0.2, 0.2), (0.8, 0.8), (0.2, 0.8), (0.8, 0.2), (0.2, 0.5), (0.8, 0.5))
        body += "".join(circle(x + 90 * u, y + 90 * v, 7) for u, v in spots[: 1 + k % 6])
    return svg(body, "0 0 470 360"), Want(rows=0)
