"""Whole drawings of our own in the styles of tools and trades, with what a person reads in them.

Each was written from what such files look like before the parser was tried on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, pi, radians, sin

from tests.seatmap.drawings import svg

LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class Want:
    """What is there: counts, names in any order (None: not judged), some keys of seats."""

    seats: int = 0
    rows: int | list[str] | None = None
    sections: int | list[str] | None = 0
    tables: int | list[str] = 0
    areas: int | list[str] | None = 0
    zones: list[str] | None = None
    landmarks: set[str] = field(default_factory=set)
    keys: tuple[str, ...] = ()
    accessible: int = 0
    numbered: bool | None = None


Drawing = tuple[bytes, Want]
STYLES: dict[str, Callable[[], Drawing]] = {}


def style(make: Callable[[], Drawing]) -> Callable[[], Drawing]:
    assert make.__name__ not in STYLES, "another drawing has this name"
    STYLES[make.__name__] = make
    return make


def el(tag: str, inside: str = "", /, **attrs: object) -> str:
    """An element; "_" in names is "-", a trailing "_" is dropped."""
    said = "".join(f' {k.rstrip("_").replace("_", "-")}="{v}"' for k, v in attrs.items())
    return f"<{tag}{said}>{inside}</{tag}>"


def rect(x: float, y: float, w: float, h: float, **attrs: object) -> str:
    return el("rect", x=f"{x:g}", y=f"{y:g}", width=w, height=h, **attrs)


def circle(x: float, y: float, r: float, **attrs: object) -> str:
    return el("circle", cx=f"{x:.2f}", cy=f"{y:.2f}", r=r, **attrs)


def text(x: float, y: float, words: object, size: float = 12, **attrs: object) -> str:
    return el("text", str(words), x=f"{x:g}", y=f"{y:g}", font_size=size, **attrs)


def middle(x: float, y: float, words: object, size: float = 12) -> str:
    return text(x, y, words, size, text_anchor="middle")


def boxes(count: int, y: float, **attrs: object) -> str:
    return "".join(rect(60 + 30 * i, y, 22, 22, **attrs) for i in range(count))


def around(x: float, y: float, r: float, count: int) -> list[tuple[float, float]]:
    return [
        (x + r * cos(2 * pi * k / count), y + r * sin(2 * pi * k / count)) for k in range(count)
    ]


def wedge(x: float, y: float, r0: float, r1: float, a0: float, a1: float) -> str:
    def at(r: float, a: float) -> str:
        return f"{x + r * cos(radians(a)):.2f} {y + r * sin(radians(a)):.2f}"

    return f"M{at(r0, a0)}A{r0} {r0} 0 0 1 {at(r0, a1)}L{at(r1, a1)}A{r1} {r1} 0 0 0 {at(r1, a0)}Z"


@style
def illustrator_theatre() -> Drawing:
    """Rows are groups with labels at both ends; ids are made unique with a suffix."""
    body = '<style>.cls-1{fill:#f4d35e}.cls-3{font-size:9px}</style><g id="Stage">'
    body += '<path d="M250,20h300v40Z"/><text transform="translate(380 45)"><tspan>S</tspan>'
    body += '<tspan x="7" y="0">TAGE</tspan></text></g>'
    for part, top, rows, suffix in (("Stalls", 100, "ABCDEF", ""), ("Circle", 330, "ABC", "-2")):
        inside = ""
        for r, row in enumerate(rows):
            y = top + 22 * r
            seats = "".join(circle(200 + 20 * i, y, 7, class_="cls-1") for i in range(20))
            ends = "".join(
                el("text", el("tspan", row), class_="cls-3", transform=f"translate({x} {y + 3})")
                for x in (180, 602)
            )
            inside += el("g", seats + ends, id=f"Row_{row}{suffix}", data_name=f"Row {row}")
        body += el("g", inside, id=part)
    return svg(body, "0 0 800 600"), Want(
        seats=180, rows=list("ABCDEFABC"), sections=["Stalls", "Circle"], landmarks={"stage"}
    )


@style
def inkscape_layers_and_clones() -> Drawing:
    body, k = "", 0
    for part, left in (("Parkett links", 60), ("Parkett rechts", 430)):
        rows = ""
        for r in range(8):
            seats = ""
            for i in range(12):
                k += 1
                x, y = left + 26 * i, 90 + 26 * r
                number = el("tspan", str(i + 1), x=x + 10, y=y + 14)
                number = el(
                    "text", number, id=f"text{k}", style="font-size:10px;text-anchor:middle"
                )
                seats += el("g", rect(x, y, 20, 20, id=f"rect{1000 + k}") + number, id=f"g{k}")
            rows += f'<g inkscape:groupmode="layer" inkscape:label="Reihe {r + 1}">{seats}</g>'
        body += f'<g inkscape:label="{part}" transform="translate(0,-10)">{rows}</g>'
    clones = "".join(
        el("use", href="#rect1001", transform=f"translate({26 * i + 100},{300 + 26 * r})")
        for r in range(3)
        for i in range(15)
    )
    body += f'<g inkscape:groupmode="layer" inkscape:label="Balkon">{clones}</g>'
    return svg(body, "0 0 800 600"), Want(
        seats=237,
        rows=19,
        sections=["Parkett links", "Parkett rechts", "Balkon"],
        keys=("parkett-links/1/1", "parkett-rechts/8/12"),
    )


@style
def figma_bowl() -> Drawing:
    body, names = "", []
    for level, r0, r1, count in ((1, 220, 290, 20), (2, 300, 380, 24)):
        for i in range(count):
            name = f"{level}{i + 1:02}"
            path = wedge(400, 400, r0, r1, 360 * i / count, 360 * (i + 1) / count - 1)
            turn, far = 2 * pi * (i + 0.5) / count, (r0 + r1) / 2
            at = {"x": 395 + far * cos(turn), "y": 400 + far * sin(turn)}
            label = el("text", el("tspan", name, **at), id=name, font_size=9)
            body += el("g", el("path", id=f"Vector_{i}", d=path) + label, id=f"Section {name}")
            names.append(name)
    floor = rect(300, 300, 200, 200, id="Rectangle 99") + middle(400, 404, "GA Floor")
    return svg(body + el("g", floor, id="GA Floor"), "0 0 800 800"), Want(
        sections=names, areas=["GA Floor"]
    )


@style
def sketch_cinema() -> Drawing:
    """Letters at the left end only, two aisles, two wheelchair places in groups of that name."""
    body = '<path d="M40,0L560,0L540,12L60,12Z" id="Path-2"/>' + text(280, 26, "SCREEN", 10)
    n = 0
    for r, row in enumerate("ABCDEFGH"):
        y = 60 + 34 * r
        body += el("text", el("tspan", row, x=0, y=y + 12), id=row, font_size=12)
        for i in (i for i in range(18) if i not in (4, 13)):
            n += 1
            seat = rect(30 + 30 * i, y, 20, 20, id=f"Rectangle-Copy-{n}", fill="#D8D8D8")
            body += el("g", seat, id="wheelchair") if row == "H" and i < 2 else seat
    body = el("g", el("g", body, transform="translate(20, 20)"), id="Page-1")
    return svg(body, "0 0 640 380"), Want(
        seats=128, rows=list("ABCDEFGH"), sections=None, accessible=2, landmarks={"screen"}
    )


@style
def handwritten_data_attributes() -> Drawing:
    body = ""
    for part, left, top in (("Orchestra Left", 40, 100), ("Mezzanine", 200, 360)):
        for r, row in enumerate("ABCDE"):
            for i in range(14):
                body += rect(
                    left + 24 * i, top + 24 * r, 18, 18, class_="available", data_row=row,
                    data_seatid=f"{left}{r}{i}", data_section=part, data_number=i + 1,
                    data_price_level="Gold" if r < 2 else "Silver",
                )  # fmt: skip
    return svg(body, "0 0 800 600"), Want(
        seats=140,
        rows=10,
        sections=["Orchestra Left", "Mezzanine"],
        zones=["Gold", "Silver"],
        keys=("orchestra-left/A/1", "mezzanine/E/14"),
    )


@style
def attributes_of_a_seat_picker() -> Drawing:
    body = "".join(
        circle(
            60 + 30 * i, 80 + 30 * r, 10, class_="js-seat free", data_seat_row=row,
            data_seat_num=i + 1, data_block_name="Block 1",
        )
        for r, row in enumerate("ABCD")
        for i in range(12)
    )  # fmt: skip
    return svg(body, "0 0 480 240"), Want(
        seats=48, rows=list("ABCD"), sections=["Block 1"], keys=("block-1/A/1",)
    )


@style
def titles_in_sentences() -> Drawing:
    chair = (
        '<symbol id="c" viewBox="0 0 24 24"><path d="M4 10h16v8h-16z"/><path d="M6 3h12v7h-12z"/>'
    )
    body = chair + "</symbol>"
    for part, left in (("Parterre links", 30), ("Parterre rechts", 420)):
        for r in range(6):
            for i in range(12):
                title = el("title", f"{part}, Reihe {r + 1}, Platz {i + 1}")
                x, y = left + 28 * i, 60 + 30 * r
                body += el("use", title, href="#c", x=x, y=y, width=24, height=24)
    return svg(body, "0 0 800 300"), Want(
        seats=144,
        rows=12,
        sections=["Parterre links", "Parterre rechts"],
        keys=("parterre-links/1/1", "parterre-rechts/6/12"),
    )


@style
def accessible_labels() -> Drawing:
    body = "".join(
        el("g", circle(60 + 28 * i, 60 + 30 * r, 10), role="button",
           aria_label=f"Section 101, Row {row}, Seat {i + 1}, $45.00, available")
        for r, row in enumerate("ABCDEF")
        for i in range(12)
    )  # fmt: skip
    return svg(body, "0 0 440 260"), Want(
        seats=72, rows=list("ABCDEF"), sections=["101"], keys=("101/A/1",)
    )


@style
def autocad_layers() -> Drawing:
    """Upside down, closed by their last point, all words in layers of their own."""
    seats = words = ""
    for r in range(10):
        y = 120 + 36 * r
        for i in range(20):
            x = 100 + 30 * i
            seats += el("path", d=f"M{x},{y}L{x + 20},{y}L{x + 20},{y + 18}L{x},{y + 18}L{x},{y}")
            turn = f"matrix(1 0 0 -1 {x + 6} {y + 6})"
            words += el("text", str(i + 1), transform=turn, font_size=8)
        words += el("text", LETTERS[9 - r], transform=f"matrix(1 0 0 -1 76 {y + 5})", font_size=10)
    words += el("text", "STAGE", transform="matrix(1 0 0 -1 380 540)", font_size=14)
    inside = el("g", seats, id="A-SEAT") + el("g", words, id="A-SEAT-NUMB")
    body = el("g", inside, transform="matrix(1 0 0 -1 0 600)", fill="none", stroke="#000")
    return svg(body, "0 0 800 600"), Want(
        seats=200, rows=list(LETTERS), sections=None, numbered=True, landmarks={"stage"}
    )


@style
def labelled_objects() -> Drawing:
    """Rows, tables, booths and general admission by class and data-label."""
    body = ""
    for r, row in enumerate("ABCDEF"):
        seats = "".join(
            el("g", circle(100 + 24 * i, 80 + 24 * r, 9), class_="seat", data_label=i + 1)
            for i in range(16)
        )
        body += el("g", seats, class_="row", data_label=row)
    for t in range(4):
        x, y = 120 + 110 * t, 320
        inside = circle(x, y, 22) + text(x, y, f"T{t + 1}")
        for k, (u, v) in enumerate(around(x, y, 34, 8)):
            inside += el("g", circle(u, v, 9), class_="seat chair", data_label=k + 1)
        body += el("g", inside, class_="table", data_label=f"T{t + 1}")
    area = el("path", d="M560 60h200v300h-200z")
    body += el("g", area, class_="generalAdmission", data_label="GA1", data_capacity=500)
    for k in range(3):
        box = rect(560 + 70 * k, 400, 60, 50)
        body += el("g", box, class_="booth", data_label=f"B{k + 1}")
    return svg(body, "0 0 800 600"), Want(
        seats=128,
        rows=list("ABCDEF"),
        sections=None,
        tables=["T1", "T2", "T3", "T4"],
        areas=["GA1", "B1", "B2", "B3"],
        numbered=True,
    )


@style
def blocks_and_seats_in_two_layers() -> Drawing:
    """Seats state only their block's id; the block, elsewhere, its name; one is for standing."""
    blocks = seats = ""
    for k in range(6):
        name, own = f"10{k + 1}", f"s_{k + 40}"
        path = f"M{20 + 125 * k} 200h115v150h-115z"
        blocks += el("path", data_section_id=own, data_section_name=name, d=path, class_="block")
        for r in range(5):
            line = "".join(
                circle(32 + 125 * k + 10 * i, 215 + 25 * r, 4, class_="seat", data_seat_name=i + 1)
                for i in range(10)
            )
            row = el("g", line, data_row_id=f"r_{k}{r}", data_row_name=LETTERS[r])
            seats += el("g", row, class_="section", data_section_id=own)
    blocks += el("path", class_="block is-ga", data_section_id="s_60", data_section_name="GENADM",
                 d="M300 60h200v100h-200z")  # fmt: skip
    return svg(blocks + seats, "0 0 800 600"), Want(
        seats=300,
        rows=30,
        sections=[f"10{k}" for k in range(1, 7)],
        areas=["GENADM"],
        numbered=True,
    )


@style
def stadium_of_titles() -> Drawing:
    body = el("g", rect(300, 220, 200, 130), id="Spielfeld")
    for k in range(12):
        title = el("title", f"Block {k + 1}")
        body += el("path", title, d=f"M{60 + 55 * k} 400h50v60h-50z", fill="#69c")
    for d, name in (
        ("M60 100h680v80h-680z", "Stehplatz Südkurve"),
        ("M60 200h80v80h-80z", "Gästeblock Stehplätze"),
    ):
        body += el("path", el("title", name), d=d)
    return svg(body, "0 0 800 600"), Want(
        sections=[str(k + 1) for k in range(12)],
        areas=["Stehplatz Südkurve", "Gästeblock Stehplätze"],
        landmarks={"pitch"},
    )


@style
def corel_stands() -> Drawing:
    body, names = el("g", rect(300, 220, 200, 130), id="Cancha"), []
    for side, y in (("Norte", 60), ("Sur", 440)):
        for k in range(5):
            x = 200 + 80 * k
            points = f"{x},{y} {x + 74},{y} {x + 74},{y + 70} {x},{y + 70}"
            digit = el("path", id=k + 1, d=f"M{x + 30} {y + 20}h4v20h-4z")
            block = el("polygon", points=points) + digit
            body += el("g", block, id=f"Grada_x0020_{side}_x0020_{k + 1}", class_=f"fil{k}")
            names.append(f"Grada {side} {k + 1}")
    for side, x in (("Oriente", 560), ("Poniente", 120)):
        points = f"{x},200 {x + 60},200 {x + 60},380 {x},380"
        body += el("polygon", id=f"Palco_x0020_{side}", points=points)
        names.append(f"Palco {side}")
    return svg(body, "0 0 800 600"), Want(sections=names, landmarks={"pitch"})
