"""Draws `theatre.svg`: stalls and a balcony in curved rows, six boxes, places for wheelchairs.

The rows are arcs around one point far behind the stage. Stalls seats carry structured ids
(`stalls_A_12`), the balcony is a named layer of named rows with numbers as titles, and the price
of a seat is its colour, explained by a legend.

    python -m seatmap.samples.make_theatre
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, degrees, radians, sin
from pathlib import Path

OUT = Path(__file__).with_name("theatre.svg")

FOCUS_X, FOCUS_Y = 600.0, -700.0
SEAT_PITCH = 20.0
ROW_PITCH = 25.0
AISLE = 34.0
ROW_NAMES = "ABCDEFGHJKLMNP"
BALCONY_ROWS = ("AA", "BB", "CC", "DD", "EE", "FF")

COLOURS = {
    "premium": ("Premium", "#c8553d"),
    "stalls": ("Stalls", "#e0a458"),
    "balcony": ("Balcony front", "#588b8b"),
    "upper": ("Balcony rear", "#9dc0bc"),
    "box": ("Boxes", "#7d6b91"),
}


@dataclass(frozen=True)
class Place:
    """A seat on an arc: `angle` in radians clockwise from straight down the middle aisle."""

    section: str
    row: str
    number: int
    radius: float
    angle: float
    price: str
    access: str = ""

    @property
    def at(self) -> tuple[float, float]:
        return (
            FOCUS_X + self.radius * sin(self.angle),
            FOCUS_Y + self.radius * cos(self.angle),
        )


def num(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def arc_angles(radius: float, half_width: float, aisle_angles: tuple[float, ...]) -> list[float]:
    """Angles of the seats of a row, left to right, with aisles at the given angles."""
    limit = asin(half_width / radius)
    edges = [-limit, *(a for a in aisle_angles if abs(a) < limit), limit]
    angles: list[float] = []
    for i, (start, end) in enumerate(pairwise(edges)):
        left = start + (AISLE / 2 / radius if i else 0)
        right = end - (AISLE / 2 / radius if i < len(edges) - 2 else 0)
        pitch = SEAT_PITCH / radius
        count = int((right - left) / pitch + 1e-6)
        if i == 0:
            first = right - count * pitch
        elif i == len(edges) - 2:
            first = left
        else:
            first = (left + right - count * pitch) / 2
        angles.extend(first + (k + 0.5) * pitch for k in range(count))
    return angles


def stalls() -> list[Place]:
    aisles = (radians(-8), radians(8))
    places = []
    for i, name in enumerate(ROW_NAMES):
        radius = 960 + i * ROW_PITCH
        angles = arc_angles(radius, 322 + i * 9, aisles)
        for number, angle in enumerate(angles, 1):
            central = i < 8 and abs(angle) < aisles[1]
            places.append(
                Place("Stalls", name, number, radius, angle, "premium" if central else "stalls")
            )
    return places


def wheelchair_row() -> list[Place]:
    """Row W behind the stalls: wheelchair places, each with a companion's seat at its side."""
    radius = 960 + len(ROW_NAMES) * ROW_PITCH + 9
    offsets = [side * (60 + 27 * k) for side in (-1, 1) for k in range(6)]
    return [
        Place(
            *("Stalls", "W", number, radius, x / radius, "stalls"),
            access="wheelchair" if number % 2 else "companion",
        )
        for number, x in enumerate(sorted(offsets), 1)
    ]


def balcony() -> list[Place]:
    aisles = tuple(radians(a) for a in (-14.5, -5, 5, 14.5))
    places = []
    for i, name in enumerate(BALCONY_ROWS):
        radius = 1440 + i * ROW_PITCH
        angles = arc_angles(radius, 476 + i * 8, aisles)
        for number, angle in enumerate(angles, 1):
            side = number <= 3 or number > len(angles) - 3
            places.append(
                Place(
                    *("Balcony", name, number, radius, angle, "balcony" if i < 3 else "upper"),
                    access="restricted" if side and i < 4 else "",
                )
            )
    return places


BOXES = tuple(
    (name, x, 205.0 + 104 * step, turn)
    for step, names in enumerate((("1", "2"), ("3", "4"), ("5", "6")))
    for name, x, turn in ((names[0], 142.0 - 30 * step, -1), (names[1], 1058.0 + 30 * step, 1))
)
BOX_CHAIRS = ((-26, -16), (-26, 16), (0, -26), (0, 0), (0, 26))


def box(name: str, x: float, y: float, turn: int) -> str:
    """A box with a curved front towards the stage's middle and five chairs."""
    chairs = "".join(
        f'<circle id="box-{name}-seat-{i}" class="seat box" cx="{dx}" cy="{dy}" r="8"/>'
        for i, (dx, dy) in enumerate(BOX_CHAIRS, 1)
    )
    return (
        f'<g id="box-{name}" class="loge" transform="translate({num(x)} {num(y)})'
        f'{" scale(-1 1)" if turn < 0 else ""} rotate(12)"><title>Box {name}</title>'
        f'<path class="shell" d="M20-42V42H-26C-52 42-52-42-26-42Z"/>{chairs}</g>'
    )


def stalls_seat(place: Place) -> str:
    x, y = place.at
    tail = "><title>Wheelchair place</title></rect>" if place.access == "wheelchair" else "/>"
    classes = f"seat {place.price} {place.access}".strip()
    return (
        f'<rect id="stalls_{place.row}_{place.number}" class="{classes}" '
        f'x="{num(x - 7.5)}" y="{num(y - 7.5)}" width="15" height="15" rx="4.5" '
        f'transform="rotate({num(-degrees(place.angle))} {num(x)} {num(y)})"{tail}'
    )


def balcony_seat(index: int, place: Place) -> str:
    x, y = place.at
    restricted = ' restricted" data-access="restricted-view' if place.access else ""
    return (
        f'<circle id="circle{4100 + index * 3}" class="seat {place.price}{restricted}" '
        f'cx="{num(x)}" cy="{num(y)}" r="8"><title>{place.number}</title></circle>'
    )


def row_labels(places: list[Place]) -> str:
    first, last = places[0], places[-1]
    texts = []
    for place, step in ((first, -1), (last, 1)):
        angle = place.angle + step * 24 / place.radius
        x, y = FOCUS_X + place.radius * sin(angle), FOCUS_Y + place.radius * cos(angle)
        texts.append(f'<text class="row" x="{num(x)}" y="{num(y + 4)}">{place.row}</text>')
    return "".join(texts)


def rows_of(places: list[Place]) -> list[list[Place]]:
    names = list(dict.fromkeys(place.row for place in places))
    return [[place for place in places if place.row == name] for name in names]


def floor(inner: float, outer: float, half_inner: float, half_outer: float) -> str:
    """The outline of a seating level, as an arc band with straight sides."""
    (a, b) = (asin(half_inner / inner), asin(half_outer / outer))
    ax, ay = inner * sin(a), FOCUS_Y + inner * cos(a)
    bx, by = outer * sin(b), FOCUS_Y + outer * cos(b)
    return (
        f"M{num(600 - ax)} {num(ay)}A{num(inner)} {num(inner)} 0 0 0 {num(600 + ax)} {num(ay)}"
        f"L{num(600 + bx)} {num(by)}A{num(outer)} {num(outer)} 0 0 1 {num(600 - bx)} {num(by)}Z"
    )


def legend() -> str:
    lines = ['<g id="legend">']
    for i, (key, (name, _)) in enumerate(COLOURS.items()):
        x = 176 + i * 180
        lines.append(
            f'<rect class="{key}" x="{x}" y="938" width="18" height="18" rx="5"/>'
            f'<text class="key" x="{x + 28}" y="952">{name}</text>'
        )
    return "\n".join([*lines, "</g>"])


def style() -> str:
    fills = "\n".join(f".{key} {{ fill: {colour}; }}" for key, (_, colour) in COLOURS.items())
    return f"""
text {{ font-family: Georgia, 'Times New Roman', serif; fill: #3a3a42; text-anchor: middle; }}
.row {{ font-size: 12px; fill: #8a8a94; }}
.level {{ font-size: 19px; letter-spacing: 3px; }}
.key {{ font-size: 15px; text-anchor: start; }}
.floor, .shell {{ fill: #f4f1ec; stroke: #ddd6cb; stroke-width: 1.5; }}
.stage {{ fill: #2f2d38; }}
.stage-name {{ font-size: 26px; letter-spacing: 8px; fill: #fff; }}
{fills}
.wheelchair {{ stroke: #1f5fbf; stroke-width: 3; }}
.companion {{ stroke: #1f5fbf; stroke-width: 1.5; stroke-dasharray: 3 2; }}
.restricted {{ fill-opacity: 0.55; }}
"""


def draw() -> str:
    """The whole drawing as SVG text."""
    ground = [*stalls(), *wheelchair_row()]
    upper = balcony()
    stalls_rows = "\n".join(
        f'<g id="row-{row[0].row}">{"".join(map(stalls_seat, row))}{row_labels(row)}</g>'
        for row in rows_of(ground)
    )
    index = {place: i for i, place in enumerate(upper)}
    balcony_rows = "\n".join(
        f'<g inkscape:label="Row {row[0].row}">'
        f"{''.join(balcony_seat(index[p], p) for p in row)}{row_labels(row)}</g>"
        for row in rows_of(upper)
    )
    boxes = "\n".join(box(*b) for b in BOXES)
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg xmlns="http://www.w3.org/2000/svg"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 1200 990">
<title>Linden Theatre</title>
<style>{style()}</style>
<g inkscape:groupmode="layer" inkscape:label="Stage">
<path id="stage" class="stage" d="M300 34H900V128Q600 232 300 128Z"/>
<text class="stage-name" x="600" y="114">STAGE</text>
</g>
<g inkscape:groupmode="layer" inkscape:label="Stalls" id="stalls">
<path id="stalls-floor" class="floor" d="{floor(914, 1340, 344, 486)}"/>
<text class="level" x="600" y="241">STALLS</text>
{stalls_rows}
</g>
<g inkscape:groupmode="layer" inkscape:label="Balcony" id="layer3">
<path id="path77" class="floor" d="{floor(1394, 1590, 512, 556)}"/>
<text class="level" x="600" y="722">BALCONY</text>
{balcony_rows}
</g>
<g inkscape:groupmode="layer" inkscape:label="Boxes" id="layer4">
{boxes}
</g>
<g id="exits"><text class="row" x="64" y="590">EXIT</text>
<text class="row" x="1136" y="590">EXIT</text></g>
{legend()}
</svg>
"""


def facts() -> dict[str, int]:
    """What the drawing holds, counted by the code that draws it."""
    arcs = [*stalls(), *wheelchair_row(), *balcony()]
    return {
        "sections": 2 + len(BOXES),
        "rows": len(ROW_NAMES) + 1 + len(BALCONY_ROWS),
        "seats": len(arcs) + len(BOXES) * len(BOX_CHAIRS),
        "tables": 0,
        "areas": 0,
        "capacity": 0,
        "zones": len(COLOURS),
        "accessible": sum(p.access == "wheelchair" for p in arcs),
        "companion": sum(p.access == "companion" for p in arcs),
        "restricted_view": sum(p.access == "restricted" for p in arcs),
    }


if __name__ == "__main__":
    OUT.write_text(draw(), encoding="utf-8")
    print(OUT.name, OUT.stat().st_size, "bytes", facts())
