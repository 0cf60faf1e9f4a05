"""Draws `arena.svg`: a football stadium in concert layout, 50,000 seats and six standing pens.

One user unit is 10 cm and the origin is the centre spot. The bowl is an oval of four circular
arcs that meet with a common tangent, so that every row of every block is a true arc and all
blocks of one kind are rotated copies: a block is drawn once and reused with `<use>`.

    python -m seatmap.samples.make_arena
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, pi, sin
from pathlib import Path

OUT = Path(__file__).with_name("arena.svg")

SEAT_PITCH = 5.0
AISLE_HALF = 3.5
SEAT_MARGIN = 4.6
END_RADIUS, END_X = 340.0, 380.0
SIDE_Y = 672.2
SIDE_RADIUS = END_RADIUS + hypot(END_X, SIDE_Y)
END_SPAN = 2 * atan2(SIDE_Y, END_X)
SIDE_SPAN = pi - END_SPAN
ACCESS_PITCH = 9.0


@dataclass(frozen=True)
class Tier:
    """A ring of blocks. `offset` is its distance from the inner edge of the bowl."""

    name: str
    hundred: int
    offset: float
    rows: int
    depth: float
    side_blocks: int
    end_blocks: int
    closed_deg: float


TIERS = (
    Tier("lower", 100, 0.0, 27, 7.4, 11, 7, 47.0),
    Tier("club", 200, 240.0, 11, 8.0, 11, 7, 36.0),
    Tier("upper", 300, 372.0, 29, 7.2, 13, 9, 27.0),
)

ZONES = {
    "golden": ("Golden Circle standing", "#e8b33a"),
    "floor": ("Floor standing", "#f2d79b"),
    "club": ("Club seats", "#b9a3d8"),
    "cat-1": ("Category 1", "#8fb8de"),
    "cat-2": ("Category 2", "#a5d3c3"),
    "cat-3": ("Category 3", "#f0b7a4"),
}

PENS = (
    # key, name, zone, capacity, outline
    ("pen-a", "Golden Circle North", "golden", 1800, "M-392-310H-120V-46H-392Z"),
    ("pen-b", "Golden Circle South", "golden", 1800, "M-392 46H-120V310H-392Z"),
    ("pen-c", "Floor North", "floor", 2600, "M-92-310H210V-66H-92Z"),
    ("pen-d", "Floor South", "floor", 2600, "M-92 66H210V310H-92Z"),
    ("pen-e", "Rear Floor North", "floor", 3200, "M238-310H400A220 220 0 0 1 620-90V-14H238Z"),
    ("pen-f", "Rear Floor South", "floor", 3200, "M238 14H620V90A220 220 0 0 1 400 310H238Z"),
)


@dataclass(frozen=True)
class Block:
    """One section: `turn` is the direction its middle faces outwards, radians from east."""

    name: str
    kind: str
    tier: Tier
    zone: str
    turn: float
    centre: tuple[float, float]
    radius: float
    span: float
    accessible: bool
    restricted: bool


def num(value: float) -> str:
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def polar(radius: float, angle: float) -> tuple[float, float]:
    """A point at `angle` clockwise from straight up."""
    return radius * sin(angle), -radius * cos(angle)


def blocks() -> list[Block]:
    """All blocks, clockwise from the stage, tier by tier; the closed ones are left out."""
    arcs = (
        (pi, (-END_X, 0.0), END_RADIUS, END_SPAN, "end"),
        (1.5 * pi, (0.0, SIDE_Y), SIDE_RADIUS, SIDE_SPAN, "side"),
        (0.0, (END_X, 0.0), END_RADIUS, END_SPAN, "end"),
        (0.5 * pi, (0.0, -SIDE_Y), SIDE_RADIUS, SIDE_SPAN, "side"),
    )
    found: list[Block] = []
    for tier in TIERS:
        spots = []
        for middle, centre, radius, span, arc in arcs:
            count = tier.side_blocks if arc == "side" else tier.end_blocks
            for i in range(count):
                turn = middle + span * ((i + 0.5) / count - 0.5)
                from_stage = abs((turn - pi + pi) % (2 * pi) - pi)
                order = (turn - pi) % (2 * pi)
                spots.append((order, turn, centre, radius, span / count, arc, i, from_stage))
        spots = sorted(s for s in spots if degrees(s[-1]) > tier.closed_deg)
        for number, (_, turn, centre, radius, span, arc, i, from_stage) in enumerate(spots, 1):
            accessible = tier.name == "lower" and arc == "side" and i % 2 == 1
            found.append(
                Block(
                    name=str(tier.hundred + number),
                    kind=f"{tier.name}-{arc}" + ("-access" if accessible else ""),
                    tier=tier,
                    zone=zone_of(tier, arc, degrees(from_stage)),
                    turn=turn,
                    centre=centre,
                    radius=radius + tier.offset,
                    span=span,
                    accessible=accessible,
                    restricted=tier.name == "upper" and degrees(from_stage) < 45,
                )
            )
    return found


def zone_of(tier: Tier, arc: str, from_stage_deg: float) -> str:
    if tier.name == "club":
        return "club"
    if tier.name == "lower":
        return "cat-1" if arc == "side" else "cat-2"
    return "cat-2" if arc == "side" and from_stage_deg < 115 else "cat-3"


def row_seats(block: Block, row: int) -> list[tuple[float, str]]:
    """(angle, access) of each seat of a row, left to right as seen from the pitch."""
    radius = block.radius + 5.5 + row * block.tier.depth
    room = radius * block.span - 2 * (AISLE_HALF + SEAT_MARGIN)
    last_of_accessible = block.accessible and row == block.tier.rows - 1
    pitch = ACCESS_PITCH if last_of_accessible else SEAT_PITCH
    count = int(room / pitch) + 1
    if last_of_accessible:
        count -= count % 2
    return [
        (
            (i - (count - 1) / 2) * pitch / radius,
            ("wheelchair" if i % 2 == 0 else "companion") if last_of_accessible else "",
        )
        for i in range(count)
    ]


def block_seats(block: Block) -> int:
    return sum(len(row_seats(block, row)) for row in range(block.tier.rows))


def outline(block: Block, half_gap: float = AISLE_HALF) -> str:
    inner, outer = block.radius, block.radius + block.tier.rows * block.tier.depth + 3.5
    near, far = block.span / 2 - half_gap / inner, block.span / 2 - half_gap / outer
    (ax, ay), (bx, by) = polar(inner, -near), polar(outer, -far)
    return (
        f"M{num(ax)} {num(ay)}L{num(bx)} {num(by)}A{num(outer)} {num(outer)} 0 0 1 {num(-bx)} "
        f"{num(by)}L{num(-ax)} {num(ay)}A{num(inner)} {num(inner)} 0 0 0 {num(ax)} {num(ay)}Z"
    )


def block_symbol(block: Block) -> str:
    """The outline and the seats of a kind of block, its arc's centre at the origin, facing up."""
    lines = [f'<g id="{block.kind}">', f'<path class="outline" d="{outline(block)}"/>']
    for row in range(block.tier.rows):
        radius = block.radius + 5.5 + row * block.tier.depth
        lines.append(f'<g data-row="{row + 1}">')
        for number, (angle, access) in enumerate(row_seats(block, row), 1):
            x, y = polar(radius, angle)
            mark = f' class="{access}"' if access else ""
            lines.append(f'<use href="#s" x="{num(x)}" y="{num(y)}" data-seat="{number}"{mark}/>')
        lines.append("</g>")
    lines.append("</g>")
    return "\n".join(lines)


def section(block: Block) -> str:
    cx, cy = block.centre
    turn = degrees(block.turn) + 90
    middle = block.radius + block.tier.rows * block.tier.depth / 2
    x, y = cx + middle * cos(block.turn), cy + middle * sin(block.turn)
    view = ' data-access="restricted-view"' if block.restricted else ""
    return (
        f'<g id="section-{block.name}" class="section {block.zone}" data-section="{block.name}" '
        f'data-zone="{block.zone}"{view}>'
        f'<use href="#{block.kind}" transform="translate({num(cx)} {num(cy)}) '
        f'rotate({turn % 360:.3f})"/>'
        f'<text x="{num(x)}" y="{num(y + 11)}">{block.name}</text></g>'
    )


def oval(offset: float) -> str:
    """The four-arc oval at a distance from the inner edge of the bowl, as path data."""
    end, side = END_RADIUS + offset, SIDE_RADIUS + offset
    x, y = END_X + end * cos(END_SPAN / 2), end * sin(END_SPAN / 2)
    return (
        f"M{num(-x)} {num(-y)}A{num(side)} {num(side)} 0 0 1 {num(x)} {num(-y)}"
        f"A{num(end)} {num(end)} 0 0 1 {num(x)} {num(y)}"
        f"A{num(side)} {num(side)} 0 0 1 {num(-x)} {num(y)}"
        f"A{num(end)} {num(end)} 0 0 1 {num(-x)} {num(-y)}Z"
    )


def style() -> str:
    zones = "".join(f".{key}{{fill:{colour}}}" for key, (_, colour) in ZONES.items())
    return (
        "text{font-family:Helvetica,Arial,sans-serif;font-weight:700;text-anchor:middle;"
        "fill:#2b2f38;font-size:32px;paint-order:stroke;stroke:#fff;stroke-width:9px;"
        "stroke-linejoin:round}"
        ".small{font-size:26px;font-weight:400;stroke:none}.pen text{font-size:30px;stroke:none}"
        ".stage text{fill:#fff;stroke:none;font-size:38px;letter-spacing:4px}"
        ".bowl{fill:#e9ebef}.grass{fill:#f7f8fa}.stage path{fill:#2b2f38}"
        ".outline{fill-opacity:.34;stroke:#fff;stroke-width:1}"
        ".wheelchair{fill:#1f5fbf}.companion{fill:#7fa8e0}" + zones
    )


def pen(key: str, name: str, zone: str, capacity: int, path: str, at: tuple[int, int]) -> str:
    words = name.split()
    text = "".join(
        f'<tspan x="{at[0]}" y="{at[1] + 10 + 34 * (i - (len(words) - 1) / 2):g}">{word}</tspan>'
        for i, word in enumerate(words)
    )
    return (
        f'<g id="{key}" class="pen {zone}" data-type="standing" data-name="{name}" '
        f'data-zone="{zone}" data-capacity="{capacity}"><path d="{path}"/><text>{text}</text></g>'
    )


PEN_LABELS = ((-256, -178), (-256, 178), (59, -188), (59, 188), (410, -162), (410, 162))


def legend() -> str:
    lines = ['<g id="legend" class="legend" transform="translate(-1290 1075)">']
    for i, (key, (name, _)) in enumerate(ZONES.items()):
        lines.append(
            f'<g data-zone="{key}" transform="translate({i * 436})"><rect class="{key}" width="34" '
            f'height="34" rx="6"/><text class="small" x="48" y="26" text-anchor="start" '
            f'style="text-anchor:start">{name}</text></g>'
        )
    return "\n".join([*lines, "</g>"])


def draw() -> str:
    """The whole drawing as SVG text."""
    sections = blocks()
    kinds = {block.kind: block for block in sections}
    depth = TIERS[-1].offset + TIERS[-1].rows * TIERS[-1].depth
    gates = zip("ABCD", ((-760, -960), (760, -960), (760, 985), (-760, 985)), strict=True)
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1400 -1100 2800 2250">',
            "<title>Northgate Stadium, concert layout</title>",
            f"<style>{style()}</style>",
            "<defs>",
            '<circle id="s" r="1.9"/>',
            *(block_symbol(block) for block in kinds.values()),
            "</defs>",
            f'<path class="bowl" d="{oval(depth + 26)}"/>',
            f'<path class="grass" d="{oval(-9)}"/>',
            *(section(block) for block in sections),
            '<g id="stage" class="stage"><path d="M-690-230H-420V-26H-190V26H-420V230H-690Z"/>'
            '<text x="-545" y="13">STAGE</text></g>',
            *(pen(*p, at) for p, at in zip(PENS, PEN_LABELS, strict=True)),
            '<g id="mixing-desk" data-type="landmark"><title>Mixing desk</title>'
            '<rect x="-60" y="-42" width="150" height="84" rx="10" fill="#c9ced8"/>'
            '<text class="small" x="15" y="9">MIX</text></g>',
            *(f'<text class="small" x="{x}" y="{y}">Gate {g}</text>' for g, (x, y) in gates),
            legend(),
            "</svg>",
            "",
        ]
    )


def facts() -> dict[str, int]:
    """What the drawing holds, counted by the code that draws it."""
    sections = blocks()
    seats = [s for b in sections for row in range(b.tier.rows) for s in row_seats(b, row)]
    return {
        "sections": len(sections),
        "rows": sum(block.tier.rows for block in sections),
        "seats": len(seats),
        "tables": 0,
        "areas": len(PENS),
        "capacity": sum(p[3] for p in PENS),
        "zones": len(ZONES),
        "accessible": sum(access == "wheelchair" for _, access in seats),
        "companion": sum(access == "companion" for _, access in seats),
        "restricted_view": sum(block_seats(b) for b in sections if b.restricted),
    }


if __name__ == "__main__":
    OUT.write_text(draw(), encoding="utf-8")
    print(OUT.name, OUT.stat().st_size, "bytes", facts())
