"""Houses from farther away: one more round of drawings, written when the visitors' rules stood."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text, wedge
from tests.seatmap.trades import said


def turned_square(x: float, y: float, side: float, turn: float) -> str:
    """The points of a square as tools write it that bake turns in."""
    h = side / 2
    c, s = cos(radians(turn)), sin(radians(turn))
    return " ".join(
        f"{x + u * c - v * s:.2f},{y + u * s + v * c:.2f}"
        for u, v in ((-h, -h), (h, -h), (h, h), (-h, h))
    )


@style
def odd_and_even_around_the_middle() -> Drawing:
    """An American theatre: arcs of baked squares, odd numbers left, even right, 101 on between;
    letters at both ends of the rows."""
    body, seats = said(330, 10, 140, 30, "STAGE"), 0
    for r, row in enumerate("ABCDEFGHJK"):
        radius = 220 + 26 * r
        step = 24 / radius * 57.3
        middle_count, wing = 10 + r // 2 * 2, 6
        for i in range(-middle_count // 2 - wing, middle_count // 2 + wing):
            inside = -middle_count // 2 <= i < middle_count // 2
            gap = 0 if inside else (4 if i > 0 else -4)
            turn = 90 - (i + 0.5) * step - gap
            x, y = 400 + radius * cos(radians(turn)), radius * sin(radians(turn)) - 120
            if inside:
                number = 101 + i + middle_count // 2
            elif i < 0:
                number = 2 * (-middle_count // 2 - i) - 1
            else:
                number = 2 * (i - middle_count // 2) + 2
            body += el("polygon", points=turned_square(x, y, 16, turn), fill="#c44")
            body += middle(x, y + 3, number, 7)
            seats += 1
        for end in (-1, 1):
            turn = 90 - end * ((middle_count / 2 + wing + 1.2) * step + 4)
            x, y = 400 + radius * cos(radians(turn)), radius * sin(radians(turn)) - 120
            body += middle(x, y + 4, row, 10)
    return svg(body, "0 0 800 400"), Want(
        seats=seats, rows=list("ABCDEFGHJK"), numbered=True, landmarks={"stage"}
    )


@style
def blocks_turned_as_groups() -> Drawing:
    """An arena: each block a group that is turned, its rows are groups; id "Sec_101"."""
    body = el("ellipse", cx=500, cy=400, rx=180, ry=110, id="court")
    for b in range(8):
        turn = 45 * b
        rows = ""
        for r in range(6):
            seats = "".join(rect(-66 + 12 * i, 230 + 13 * r, 9, 9) for i in range(11))
            rows += el("g", seats, id=f"Sec_{101 + b}_Row_{r + 1}")
        body += el("g", rows, id=f"Sec_{101 + b}", transform=f"translate(500 400) rotate({turn})")
    return svg(body, "0 0 1000 800"), Want(
        seats=528, rows=48, sections=[str(101 + b) for b in range(8)], landmarks={"pitch"}
    )


@style
def stadium_in_millimetres() -> Drawing:
    """A root in mm, groups with matrices, blocks whose labels are tspans of two lines."""
    body, names = el("rect", x=100, y=70, width=97, height=62, id="Pitch"), []
    for k in range(14):
        side, i = divmod(k, 7)
        x, y = 44 + 30 * i, (20, 150)[side]
        name = f"{'NS'[side]}{i + 1}"
        words = el("tspan", name, x=x + 13, y=y + 14) + el("tspan", "lower", x=x + 13, y=y + 20)
        block = el("path", d=f"M{x} {y}h27v30h-27z", fill="#8bc")
        body += el("g", block + el("text", words, font_size="5px", text_anchor="middle"))
        names.append(name)
    whole = el("g", body, transform="matrix(1.2,0,0,1.2,-20,-10)")
    data = svg(whole, "0 0 340 230").replace(b"<svg ", b'<svg width="340mm" height="230mm" ')
    return data, Want(seats=0, rows=0, sections=14, landmarks={"pitch"})


@style
def visio_with_text_in_its_shapes() -> Drawing:
    """Titles that count, a description, the seat's name as the text of its own group."""
    body = el("g", el("title", "Sheet.1") + rect(150, 20, 200, 40, class_="st2")
              + middle(250, 44, "Front of stage"), id="shape1-1")  # fmt: skip
    k = 1
    for r, row in enumerate("ABCDE"):
        for i in range(10):
            k += 1
            inside = el("title", f"Seat.{k}") + el("desc", f"{row}{i + 1}")
            inside += rect(0, 0, 26, 22, class_="st1") + middle(13, 15, f"{row}{i + 1}", 8)
            body += el("g", inside, id=f"shape{k}-{2 * k}",
                       transform=f"translate({60 + 36 * i},{100 + 34 * r})")  # fmt: skip
    look = el("style", ".st1{fill:#fff;stroke:#000}.st2{fill:#ccc}")
    return svg(look + body, "0 0 480 300"), Want(
        seats=50, rows=list("ABCDE"), sections=0, numbered=True, keys=("A/1", "E/10")
    )


@style
def groups_called_a1() -> Drawing:
    """Each seat a group whose id is its name, a box and a back inside; nothing says "seat"."""
    body = ""
    for r, row in enumerate("ABCDEF"):
        for i in range(12):
            inside = rect(0, 0, 20, 20, rx=4, fill="#7bd") + rect(2, 16, 16, 5, fill="#48a")
            body += el(
                "g", inside, id=f"{row}{i + 1}", transform=f"translate({50 + 28 * i},{60 + 30 * r})"
            )
    return svg(body + said(100, 10, 200, 30, "Screen"), "0 0 420 260"), Want(
        seats=72, rows=list("ABCDEF"), sections=0, numbered=True, keys=("A/1", "F/12")
    )


@style
def russian_order_of_words() -> Drawing:
    """ "5 ряд 12 место": the words behind their numbers, in titles; two parts of a house."""
    body = ""
    for part, top in (("Партер", 60), ("Балкон", 260)):
        seats = "".join(
            el("circle", el("title", f"{r + 1} ряд, {i + 1} место"), cx=60 + 26 * i,
               cy=top + 28 * r, r=10)
            for r in range(5)
            for i in range(14)
        )  # fmt: skip
        body += el("g", seats, id=part)
    return svg(body, "0 0 480 420"), Want(
        seats=140, rows=10, sections=["Партер", "Балкон"], numbered=True,
        keys=("партер/5/12", "балкон/1/14"),
    )  # fmt: skip


@style
def columns_closer_than_seats() -> Drawing:
    """Wide armchairs: the rows are nearer to each other than the seats in them; letters at left."""
    body = said(150, 10, 300, 24, "SCREEN")
    for r, row in enumerate("ABCDEFGH"):
        y = 70 + 26 * r
        body += text(20, y + 14, row, 12)
        body += "".join(rect(60 + 44 * i, y, 34, 18, rx=5, fill="#a33") for i in range(11))
    return svg(body, "0 0 600 300"), Want(
        seats=88, rows=list("ABCDEFGH"), numbered=False, landmarks={"screen"}
    )


@style
def boxes_of_an_opera() -> Drawing:
    """A horseshoe of boxes with four chairs each, their names on them; the stalls in rows."""
    body, sections = said(300, 20, 200, 40, "Palcoscenico"), ["Platea"]
    stalls = "".join(
        circle(260 + 28 * i, 120 + 28 * r, 10, fill="#b55") for r in range(8) for i in range(11)
    )
    body += el("g", stalls, id="Platea")
    for k in range(12):
        turn = -10 + 200 * k / 11
        inside = rect(-30, 250, 60, 60, fill="#eee", stroke="#000")
        inside += "".join(circle(u, v, 9, fill="#b55") for u in (-14, 14) for v in (266, 292))
        body += el(
            "g", inside, id=f"Palco {k + 1}", transform=f"translate(400 200) rotate({turn - 90})"
        )
        sections.append(f"Palco {k + 1}")
    return svg(body, "0 0 800 560"), Want(
        seats=136, rows=None, sections=sections, landmarks={"stage"}
    )


@style
def tennis_by_the_names_of_sides() -> Drawing:
    """Stands known by where they are, and nothing but words on shapes."""
    stands = [("North Stand", 200, 40, 400, 80), ("South Stand", 200, 480, 400, 80),
              ("East Stand", 640, 140, 100, 320), ("West Stand", 60, 140, 100, 320)]  # fmt: skip
    body = rect(260, 180, 280, 240, fill="#484") + middle(400, 304, "Centre Court", 16)
    for name, x, y, w, h in stands:
        body += el("path", d=f"M{x} {y}h{w}v{h}h-{w}z", fill="#ccd") + middle(
            x + w / 2, y + h / 2, name
        )
    return svg(body, "0 0 800 600"), Want(
        rows=0, sections=[name for name, *_ in stands], landmarks={"pitch"}
    )


@style
def json_in_an_attribute() -> Drawing:
    """A front end's own: classes of a utility kit, all data in one attribute, aria labels."""
    body = "".join(
        el("path", d=f"M{60 + 30 * i} {80 + 32 * r}h20v14a10 10 0 0 1 -20 0z", role="checkbox",
           class_="fill-emerald-500 hover:fill-emerald-700", tabindex=0,
           aria_label=f"Seat {row}{i + 1}, Parterre, 45 EUR")
        for r, row in enumerate("ABCD")
        for i in range(9)
    )  # fmt: skip
    return svg(body + said(100, 10, 160, 30, "Stage"), "0 0 380 240"), Want(
        seats=36, rows=list("ABCD"), sections=None, numbered=True, landmarks={"stage"}
    )


@style
def ferry_of_bays() -> Drawing:
    """Letters across, rows down, bays as outlines with a big letter; an aisle of steps."""
    body, names = "", []
    for b, bay in enumerate(("Bay A", "Bay B", "Bay C")):
        x0 = 40 + 250 * b
        body += rect(x0 - 14, 50, 220, 300, fill="none", stroke="#999") + text(x0 + 70, 44, bay, 16)
        for r in range(8):
            for i in range(6):
                x, y = x0 + 30 * i + 14 * (i > 2), 70 + 34 * r
                body += rect(x, y, 22, 24, rx=6, fill="#6ad") + middle(
                    x + 11, y + 15, f"{r + 1}{'ABCDEF'[i]}", 7
                )
        names.append(bay)
    return svg(body, "0 0 800 380"), Want(seats=144, rows=24, sections=names, numbered=True)


@style
def ring_of_lettered_wedges_with_ids() -> Drawing:
    """Figma: wedges "Section / A", "Section / B"..., a label frame in each, a hidden copy below."""
    body, names = "", []
    for i in range(12):
        letter = "ABCDEFGHJKLM"[i]
        path = el("path", d=wedge(400, 400, 180, 360, 30 * i, 30 * i + 28), fill="#d9d9d9")
        copy = el("path", d=wedge(400, 400, 180, 360, 30 * i, 30 * i + 28), display="none")
        a = radians(30 * i + 14)
        label = middle(400 + 270 * cos(a), 404 + 270 * sin(a), letter, 18)
        body += el("g", copy + path + el("g", label, id=f"Label_{i}"), id=f"Section {letter}")
        names.append(letter)
    floor = el(
        "g", circle(400, 400, 150, fill="#444") + middle(400, 404, "Floor standing"), id="Floor"
    )
    return svg(body + floor, "0 0 800 800"), Want(rows=0, sections=names, areas=["Floor standing"])
