"""Houses in manners that were met in the wild: pages, components and templates with a drawing in
them, attributes of booking systems, tables, blocks whose numbers are drawn."""

from __future__ import annotations

from math import cos, radians, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import Drawing, Want, circle, el, middle, rect, style, text, wedge
from tests.seatmap.trades import said

_OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600">'


@style
def restaurant_in_a_page() -> Drawing:
    """A template of a page whose style sheet, elsewhere, paints tables and chairs; windows."""
    body, seats = "", 0
    for t in range(8):
        x, y = 90 + 180 * (t % 4), 140 + 220 * (t // 4)
        chairs = ((-46, 0), (46, 0), (0, -46), (0, 46))[: 2 + t % 3]
        seats += len(chairs)
        body += el(
            "g",
            f'<rect id="Rectangle 4_{t}" width="60" height="60" '
            f'transform="matrix(-1 0 0 1 {x + 30} {y - 30})"/>'
            + "".join(circle(x + u, y + v, 11, id=f"Ellipse {4 + t}") for u, v in chairs),
            id=f"table{t + 1}", data_number=t + 1, class_="table",
        )  # fmt: skip
    windows = "".join(rect(60 + 140 * i, 2, 90, 6, id=f"window{i + 1}") for i in range(5))
    drawing = f'<svg class="rest" viewBox="0 0 800 500" fill="none">{windows}{body}</svg>'
    icon = '<svg viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    page = f"@extends('main')\n<br><form action=\"{{{{route('x')}}}}\">{icon}{drawing}</form>"
    return page.encode(), Want(
        seats=seats, rows=0, sections=0, tables=[str(t + 1) for t in range(8)], numbered=False
    )


@style
def component_of_lettered_and_numbered_wedges() -> Drawing:
    """A component: boxes "A" to "R", blocks "1" to "40", the club's "CB1"...; no text at all."""
    names, body = [], ""
    for count, r, called in ((18, 150, None), (40, 240, ""), (10, 100, "CB")):
        for i in range(count):
            name = chr(65 + i) if called is None else f"{called}{i + 1}"
            names.append(name)
            a, b = i * 360 / count, (i + 0.94 - 0.04 * (i % 4)) * 360 / count
            d = wedge(300, 300, r, r + 30 + i % 3, a, b)
            body += f'<path onClick={{this.go.bind(this)}} id="{name}" className="st0" d="{d}"/>\n'
    code = f"export default () => (\n<Zoom w={{7}}><svg viewBox='0 0 600 600'>{body}</svg></Zoom>);"
    return code.encode(), Want(sections=names)


@style
def concert_ground_in_a_component() -> Drawing:
    """Numbers in braces, names in camel case; what a place costs is what it is called."""
    places = [("GOLD", 60, 150), ("SILVER", 420, 150), ("PLATINUM LEFT", 60, 330)]
    places += [("PLATINUM RIGHT", 420, 330), ("Lounge L1", 60, 470), ("VVIP", 420, 470)]
    body = "".join(
        f"<path className={{of({i})}} d='M{x} {y}h320v110h-320z' onClick={{() => go('{i}', 9)}}/>"
        f"<text textAnchor='middle' fontSize={{24}} x={{{x + 160}}} y={{{y + 60}}}>{name}</text>"
        for i, (name, x, y) in enumerate(places)
    )
    stage = "<rect {...stage} x={200} y={10} width={400} height={'80'}/>"
    stage += "<text textAnchor='middle' x={400} y={55}>STAGE</text>"
    code = f"function Ground() {{ return (<div>{_OPEN}{stage}{body}</svg></div>); }}"
    return code.encode(), Want(
        sections=0, areas=sorted(name for name, *_ in places), landmarks={"stage"}
    )


@style
def string_of_a_program() -> Drawing:
    """A constant of a program, its quotes escaped."""
    seats = "".join(rect(40 + 30 * i, y, 22, 22, id=f"{row}-{i + 1}") for row, y in
                    (("A", 40), ("B", 80), ("C", 120)) for i in range(9))  # fmt: skip
    plan = (_OPEN + seats + "</svg>").replace('"', '\\"').replace("><", ">\\n<")
    return f'{{"hall": 7, "plan": "{plan}", "seats": 27}}'.encode(), Want(
        seats=27, rows=list("ABC"), sections=0, keys=("A/1", "C/9"), numbered=True
    )


@style
def bowl_of_outlined_numbers() -> Drawing:
    """Each block a group called by its number; its shape and its drawn number are "101_2"..."""
    digits = "M0 0V17H-2V3H-7V1L-2 -1ZM5 17V15L11 9C12 8 12 7 13 6ZM26 17C25 17 24 16 23 15Z"
    body = '<path id="outer-ring" d="M590 300A290 290 0 1 1 10 300A290 290 0 1 1 590 300Z"/>'
    for i in range(20):
        a, number = 18 * i, 101 + i
        x, y = 300 + 225 * cos(radians(a + 9)), 300 + 225 * sin(radians(a + 9))
        block = el("path", id=f"{number}_2", d=wedge(300, 300, 180, 270, a + 1, a + 17 - i % 2))
        drawn = el("path", id=f"{number}_3", d=digits, transform=f"translate({x:.1f} {y:.1f})")
        body += el("g", block + drawn, id=number)
    floor = circle(300, 300, 150, id="standing", fill="#eee")
    return svg(el("g", body + floor, id="seat-map"), "0 0 600 600"), Want(
        sections=[str(101 + i) for i in range(20)], areas=["standing"]
    )


@style
def words_that_flow_in_boxes() -> Drawing:
    """A small hall of an old drawing program: words of SVG 1.2, which no browser shows."""
    body = ""
    for r, row in enumerate("PQRS"):
        for i in range(9):
            x, y = 90 + 26 * i, 180 + 60 * r
            body += rect(x, y, 23, 23, id=f"rect2985-{row}{i}", fill="#0f0")
            box = el("flowRegion", rect(x + 4, y + 5, 90, 100, id=f"rect3-{row}{i}"))
            words = el("flowPara", f"{row}{i + 1}") + el("flowPara")
            body += el("flowRoot", box + words, font_size="9px")
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm">'
    return (head + body + "</svg>").encode(), Want(
        seats=36, rows=list("PQRS"), sections=0, keys=("P/1", "S/9"), numbered=True
    )


@style
def club_of_sofas() -> Drawing:
    """Each box a group: its table and the sofas at two of its sides."""
    sofa = "m0,0h48v12c0,3-2,5-5,5h-38c-3,0-5-2-5-5v-12z"
    body = el("polyline", id="stage", points="560 0 560 90 300 90 300 0", fill="none", stroke="#0")
    names: list[str] = []
    for i in range(7):
        x, y, small = 40 + 130 * (i % 6), 200 + 200 * (i // 6), i % 2
        moves = [f"translate({x} {y - 24})", f"translate({x - 24} {y + 50}) rotate(-90)"]
        moves += [] if small else [f"translate({x + 50} {y - 24})"]
        top = rect(x + 4, y + 4, 44 if small else 80, 44)
        parts = top + "".join(el("path", d=sofa, transform=move) for move in moves)
        names.append(f"{'smallbox' if small else 'box'}{i + 1}")
        body += el("g", parts, id=names[-1], class_="seating")
    return svg(el("g", body, fill="none", stroke="#000"), "0 0 860 600"), Want(
        seats=18, rows=0, sections=0, tables=names, landmarks={"stage"}, numbered=False
    )


@style
def tables_and_the_stools_of_a_bar() -> Drawing:
    """The bar's stools are as large as chairs; their names begin with "bar"."""
    body = el("g", rect(420, 60, 360, 60, fill="#888"), id="Bar")
    for t in range(5):
        x, y = 60 + 150 * t, 300
        chairs = [(x + 10, y - 50), (x + 10, y + 70), (x + 70, y - 50), (x + 70, y + 70)]
        inner = el("g", rect(x, y, 110, 60, fill="#bbb"))
        inner += "".join(el("g", rect(u, v, 40, 40, fill="#eee")) for u, v in chairs)
        body += el("g", inner, id=f"table{t + 1}", class_="spot")
    for i in range(5):
        body += el("g", rect(430 + 70 * i, 140, 40, 40, fill="#eee"), id=f"barSpot{i + 1}")
    return svg(body, "0 0 860 460"), Want(
        seats=25, rows=None, sections=0, tables=[str(t + 1) for t in range(5)], landmarks={"bar"}
    )


@style
def reading_room() -> Drawing:
    """Seats "seat2.5" in a group "table2seats" beside the shape "table2"."""
    body = rect(10, 10, 580, 280, id="room") + rect(20, 240, 90, 40, id="entrance")
    for t, x in ((1, 150), (2, 400)):
        body += rect(x, 100, 100, 80, id=f"table{t}", fill="#eee")
        at = [(30, -40), (105, 5), (105, 45), (30, 85), (-45, 45), (-45, 5)]
        seats = [rect(x + u, 100 + v, 40, 32, id=f"seat{t}.{k + 1}") for k, (u, v) in enumerate(at)]
        body += el("g", "".join(seats), id=f"table{t}seats", fill="#fff")
    return svg(body, "0 0 600 300"), Want(
        seats=12, rows=0, sections=0, tables=["1", "2"], numbered=True, landmarks={"exit"}
    )


@style
def tooltips_with_breaks() -> Drawing:
    """Opaque ids; what a seat is called stands in what a page shows beside the pointer."""
    body = ""
    for s, (part, top) in enumerate((("Anfiteatro", 60), ("Galeria", 260))):
        seats = ""
        for r, row in enumerate("ABCDE"):
            for i in range(12):
                note = " - Cadeirante" if (row, i) == ("E", 0) else ""
                tip = f"Setor 3{note}(br){part}(br){row}-{2 * i + 1}"
                d = f"M{60 + 20 * i} {top + 24 * r}h12v12h-12z"
                seats += el("path", d=d, data_seat_id=9000 + 500 * s + 40 * r + i,
                            data_seat_type="seat", data_tooltip=tip)  # fmt: skip
        group = el("g", seats, id=f"{part}_Assentos", data_seatgroup=part)
        body += el("g", group, id=part)
    return svg(body, "0 0 400 420"), Want(
        seats=120, rows=list("ABCDE") * 2, sections=["Anfiteatro", "Galeria"], accessible=2,
        keys=("anfiteatro/A/1", "galeria/E/23"), numbered=True,
    )  # fmt: skip


@style
def locations_and_types_of_seats() -> Drawing:
    """Floor, block, row and seat in one attribute; a price in another."""
    body = ""
    for s, (part, x) in enumerate((("1F-RL", 60), ("1F-VIP", 260))):
        kind = ("STANDARD", "VIP")[s]
        for r in range(5):
            body += "".join(
                circle(x + 22 * i, 80 + 22 * r, 7, data_seat_type=kind,
                       data_seat_location=f"{part}-{r + 1}-{i + 1}")
                for i in range(7)
            )  # fmt: skip
    return svg(body, "0 0 460 220"), Want(
        seats=70, rows=10, sections=["1F-RL", "1F-VIP"], zones=["STANDARD", "VIP"], numbered=True,
        keys=("1f-rl/1/1", "1f-vip/5/7"),
    )  # fmt: skip


@style
def words_and_values_glued() -> Drawing:
    """Ids as a booking tool asks for them: "orchestra-rowA-seat1"."""
    body = "".join(
        circle(80 + 40 * i, y, 12, id=f"{part}-row{row}-seat{i + 1}", class_=kind)
        for part, kind, rows in (("orchestra", "vip", (("A", 90), ("B", 130), ("C", 170))),
                                 ("balcony", "standard", (("A", 290), ("B", 330))))
        for row, y in rows
        for i in range(9)
    )  # fmt: skip
    return svg(said(120, 10, 240, 34, "STAGE") + body, "0 0 500 400"), Want(
        seats=45, rows=list("ABCAB"), sections=["balcony", "orchestra"], numbered=True,
        keys=("orchestra/A/1", "balcony/B/9"), landmarks={"stage"},
    )  # fmt: skip


@style
def sectors_rows_and_seats_by_letters() -> Drawing:
    """ "seat-a101-r3-s12", and the same in attributes without "data-"."""
    body = "".join(
        circle(x + 20 * i, 60 + 22 * r, 8, id=f"seat-{part}-r{r + 1}-s{i + 1}",
               place_name=part.upper(), row=r + 1, place=i + 1)
        for part, x in (("a101", 60), ("a102", 420)) for r in range(7) for i in range(14)
    )  # fmt: skip
    return svg(body, "0 0 760 260"), Want(
        seats=196, rows=14, sections=["a101", "a102"], keys=("a101/1/1", "a102/7/14"), numbered=True
    )


@style
def blocks_and_seats_in_ids() -> Drawing:
    """Goods, show, block and seat, between colons: no row is said, the block's lines are its."""
    body = "".join(
        circle(x + 20 * (k % 13), 60 + 22 * (k // 13), 8, fill="#17b3ff",
               id=f"seat_block_25001234:001:{block}:{k + 1}", class_="js-seat")
        for block, x in (("213", 60), ("214", 400)) for k in range(91)
    )  # fmt: skip
    return svg(body, "0 0 720 260"), Want(
        seats=182, rows=14, sections=["213", "214"], numbered=True
    )


@style
def identities_that_words_explain() -> Drawing:
    """A key of four parts; in words, for readers of screens, it is section, row and seat."""
    body = ""
    for level, part, top in (("U", "16U", 60), ("L", "16L", 330)):
        d = f"M30 {top - 30}h400v230h-400z"
        body += el("path", d=d, fill="#eee", data_level_section=f"{level}:{part}",
                   aria_label=f"Section {part}, 81% available")  # fmt: skip
        body += "".join(
            circle(60 + 22 * i, top + 24 * r, 8, data_seat_key=f"{level}:{part}:{r + 19}:{i + 1}",
                   aria_label=f"Section {part}, Row {r + 19}, Seat {i + 1}, $25.00, available")
            for r in range(8) for i in range(15)
        )  # fmt: skip
    return svg(body, "0 0 460 600"), Want(
        seats=240, rows=16, sections=["16L", "16U"], keys=("16u/19/1", "16l/26/15"), numbered=True
    )


@style
def blocks_written_in_capitals() -> Drawing:
    """Ids in small letters, the same in capitals on the blocks; gates, first aid, food around."""
    names = ("e2", "s2", "s1", "w2", "w1", "n1", "n2", "e1")
    blocks = labels = ""
    for i, name in enumerate(names):
        a = radians(45 * i + 22)
        blocks += el("path", id=f"section-{name}", d=wedge(400, 400, 240, 350, 45 * i, 45 * i + 41))
        labels += middle(400 + 295 * cos(a), 400 + 295 * sin(a), name.upper())
    body = el("g", blocks, id="sections") + el("g", labels, id="section-labels")
    body += el("g", rect(320, 270, 160, 260, fill="#151"), id="pitch")
    for name, x, y in (("north", 400, 30), ("south", 400, 770)):
        gate = circle(x, y, 20) + middle(x, y, name[0].upper()) + middle(x, y + 30, f"GATE {name}")
        body += el("g", gate, id=f"gate-{name}")
    for i, (x, y) in enumerate(((510, 225), (290, 575), (580, 260), (220, 540))):
        body += el("g", circle(x, y, 8) + middle(x, y, "F", 8), id=f"food-{i}", class_="amenity")
    return svg(body, "0 0 800 800"), Want(
        sections=[name.upper() for name in names], landmarks={"pitch", "exit"}
    )


@style
def round_tables_of_twelve() -> Drawing:
    """Discs with a number and how many sit there; rooms of the house, none of them for sale."""
    body = said(640, 140, 60, 160, "STAGE")
    for i, room in enumerate(("Elevator Lobby", "Pantry / Prep", "Storage", "Gym")):
        body += said(10, 20 + 90 * i, 90, 80, room, 9)
    for t in range(12):
        x, y = 180 + 110 * (t % 4), 110 + 110 * (t // 4)
        body += circle(x, y, 34, fill="#dca") + middle(x, y - 2, t + 1, 14)
        body += middle(x, y + 14, "12 pax", 9)
    return svg(body, "0 0 720 440"), Want(
        sections=0, rows=0, tables=[str(t + 1) for t in range(12)], landmarks={"stage"}
    )


@style
def grids_that_a_tool_repeats() -> Drawing:
    """ "<Repeat Grid>" is what a tool calls what has no name, in the language of its user."""
    body, k = "", 0
    for r in range(8):
        cells = ""
        for i in range(12):
            k += 1
            cell = rect(66 + 18 * i + 9 * (r % 2), 60 + 20 * r, 15, 12, fill="#fbe")
            named = f'<g id="_格點重複_-{k}" data-name="&lt;格點重複&gt;">{cell}</g>'
            cells += named if r % 2 else cell
        body += el("g", cells)
    layer = el("g", el("g", body, id="_05_seats-2", data_name="05_seats"), id="_05_seats")
    stage = el("g", rect(60, 10, 240, 30, fill="#fde"), id="_02_stage", data_name="02_stage")
    return svg(stage + layer + text(20, 300, "1F"), "0 0 360 320"), Want(
        seats=96, rows=8, sections=None, landmarks={"stage"}, numbered=False
    )


@style
def sectors_before_rows_and_seats() -> Drawing:
    """ "SEC-VIP-R1-S5": words that are cut to a letter or three."""
    body = "".join(
        circle(x + 24 * i, 60 + 26 * r, 9, id=f"SEC-{part}-R{r + 1}-S{i + 1}", class_="seat")
        for part, x in (("A", 60), ("VIP", 420)) for r in range(6) for i in range(12)
    )  # fmt: skip
    return svg(body, "0 0 760 240"), Want(
        seats=144, rows=12, sections=["A", "VIP"], keys=("a/1/1", "vip/6/12"), numbered=True
    )


@style
def keys_without_a_prefix() -> Drawing:
    """An opera: chairs of two subpaths along arcs, each with its row and number in `seat-key`."""
    chair = "M0,4h20v20h-20zM-1,0h22v3h-22z"
    body = el("path", d="M400 560h400l-60 60h-280z", fill="#bbb", id="_2982701319152")
    for r in range(6):
        for i in range(16 + 2 * r):
            a = radians(60 + 60 * i / (15 + 2 * r))
            x, y = 600 + (300 + 40 * r) * cos(a), 100 + (300 + 40 * r) * sin(a)
            move = f"translate({x:.1f} {y - 200:.1f}) rotate({60 * i / (15 + 2 * r) - 30:.1f})"
            body += f'<path transform="{move}" d="{chair}" fill="#999" seat-key="{r + 1}-{i + 1}"/>'
    return svg(body, "0 0 1200 640"), Want(
        seats=126, rows=6, sections=0, keys=("1/1", "6/26"), numbered=True
    )


@style
def categories_before_a_stage() -> Drawing:
    """Blocks that only say their price category, a standing area, a platform."""
    body = said(250, 10, 300, 50, "STAGE", 20)
    places = (("CAT 1", 100, 80, 600), ("CAT 2", 100, 180, 290), ("CAT 3", 410, 180, 290),
              ("Standing", 100, 290, 600), ("Wheelchair Platform", 100, 400, 200))  # fmt: skip
    for name, x, y, w in places:
        body += rect(x, y, w, 90, fill="#def") + middle(x + w / 2, y + 45, name, 16)
    return svg(body, "0 0 800 520"), Want(
        sections=0, areas=[name for name, *_ in places], landmarks={"stage"}
    )


@style
def uses_in_a_component() -> Drawing:
    """Chairs of a component's symbol in groups, described for readers of screens."""
    groups = ""
    for row, part in enumerate(("left", "right")):
        uses = "".join(
            f'<use xlinkHref="#chair" className="hall-seat seat-light" x={{{40 + 40 * i}}} '
            f'y={{{100 + 60 * row}}} aria-description="row: {row + 1} seat: {i + 1} - Available"/>'
            for i in range(9)
        )
        groups += el("g", uses, id=f"part-{part}")
    shape = '<defs><rect id="chair" width="30" height="30" rx="8"/></defs>'
    return f"const Hall = () => (<>{_OPEN}{shape}{groups}</svg></>);".encode(), Want(
        seats=18, rows=["1", "2"], sections=None, numbered=True
    )


@style
def zones_that_ask_to_be_chosen() -> Drawing:
    """Groups with a role and a label for readers of screens; what is written is the name."""
    body = said(200, 10, 240, 50, "STAGE", 18)
    for i, name in enumerate(("VIP", "STANDARD", "GA")):
        shape = el("path", d=f"M{120 - 30 * i} {90 + 110 * i}h{400 + 60 * i}v90h-{400 + 60 * i}z")
        words = middle(320, 140 + 110 * i, name, 20)
        body += el("g", shape + words, data_zone_name=name, role="button",
                   aria_label=f"Select {name} ticket zone")  # fmt: skip
    return svg(body, "0 0 640 440"), Want(
        sections=0, areas=["GA", "STANDARD", "VIP"], landmarks={"stage"}
    )
