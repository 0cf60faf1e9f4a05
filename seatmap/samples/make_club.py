"""Draws `club.svg`: sixteen tables with chairs, a standing floor, a gallery, a stage and a bar.

Tables are groups with a title; a chair is one symbol-like shape reused with `<use>` and placed by
nested transforms; the gallery is a nested viewport; prices and capacities are data attributes.

    python -m seatmap.samples.make_club
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

OUT = Path(__file__).with_name("club.svg")

ZONES = {
    "floor": ("Dance floor", "#f3d9a4"),
    "gallery": ("Gallery", "#d8e2b8"),
    "front": ("Front tables", "#d9796a"),
    "rear": ("Rear tables", "#6fa3b8"),
    "side": ("Side tables", "#a78bb5"),
}


@dataclass(frozen=True)
class Spot:
    """A table: `chairs` are (turn in degrees, dx, dy) of each chair around its centre."""

    number: int
    zone: str
    x: float
    y: float
    turn: float
    chairs: tuple[tuple[float, float, float], ...]
    round_radius: float | None


def round_table(number: int, zone: str, x: float, y: float, count: int) -> Spot:
    radius = 25.0 if count == 6 else 30.0
    chairs = tuple((360 / count * i, 0.0, -(radius + 13)) for i in range(count))
    return Spot(number, zone, x, y, 0, chairs, radius)


def long_table(number: int, zone: str, x: float, y: float, turn: float) -> Spot:
    chairs = tuple((side, dx, -31.0) for side in (0.0, 180.0) for dx in (-17.0, 17.0))
    return Spot(number, zone, x, y, turn, chairs, None)


def groups() -> dict[str, list[Spot]]:
    """The tables by section."""
    front = [round_table(i + 1, "front", 240 + 130 * i, 483, 6) for i in range(5)]
    rear = [round_table(i + 6, "rear", 238 + 131 * i, 616, 8) for i in range(5)]
    left = [long_table(i + 11, "side", 216, 202 + 81 * i, 78) for i in range(3)]
    right = [long_table(i + 14, "side", 784, 202 + 81 * i, -78) for i in range(3)]
    return {"Parterre": front, "Lounge": rear, "Left side": left, "Right side": right}


CARPETS = {
    "Parterre": "M184 418H816A14 14 0 0 1 830 432V522A14 14 0 0 1 816 536H184A14 14 0 0 1 170 522"
    "V432A14 14 0 0 1 184 418Z",
    "Lounge": "M184 546H816A14 14 0 0 1 830 560V664A14 14 0 0 1 816 678H184A14 14 0 0 1 170 664"
    "V560A14 14 0 0 1 184 546Z",
    "Left side": "M180 136H252A10 10 0 0 1 262 146V400A10 10 0 0 1 252 410H180A10 10 0 0 1 170 400"
    "V146A10 10 0 0 1 180 136Z",
    "Right side": "M748 136H820A10 10 0 0 1 830 146V400A10 10 0 0 1 820 410H748A10 10 0 0 1 738 400"
    "V146A10 10 0 0 1 748 136Z",
}


CAPTIONS = {
    "Parterre": "translate(500 431)",
    "Lounge": "translate(500 559)",
    "Left side": "translate(216 151)",
    "Right side": "translate(784 151)",
}


def chair(table: Spot, number: int, turn: float, dx: float, dy: float) -> str:
    mark = ' class="wheelchair"' if (table.number, number) in ((1, 5), (5, 3)) else ""
    around = f"rotate({turn:g})" if turn else ""
    return (
        f'<use xlink:href="#chair" id="table-{table.number}-seat-{number}" '
        f'transform="{around}translate({dx:g} {dy:g})"{mark}/>'
    )


def table(spot: Spot) -> str:
    turn = f" rotate({spot.turn:g})" if spot.turn else ""
    chairs = "".join(chair(spot, i, *c) for i, c in enumerate(spot.chairs, 1))
    if spot.round_radius:
        top = f'<circle class="top" r="{spot.round_radius:g}"/>'
    else:
        top = '<rect class="top" x="-35" y="-18" width="70" height="36" rx="6"/>'
    upright = f' transform="rotate({-spot.turn:g})"' if spot.turn else ""
    return (
        f'<g id="table-{spot.number}" class="table {spot.zone}" data-zone="{spot.zone}" '
        f'transform="translate({spot.x:g} {spot.y:g}){turn}"><title>Table {spot.number}</title>'
        f'{top}{chairs}<text class="number" y="5"{upright}>{spot.number}</text></g>'
    )


def section(name: str, spots: list[Spot]) -> str:
    key = name.lower().replace(" ", "-")
    tables = "\n".join(map(table, spots))
    return (
        f'<g id="{key}" class="section" data-section="{key}" data-section-name="{name}">'
        f'<path class="carpet" d="{CARPETS[name]}"/>'
        f'<text class="caption" transform="{CAPTIONS[name]}">{name.upper()}</text>\n'
        f"{tables}\n</g>"
    )


def legend() -> str:
    lines = ['<g class="legend" id="legend">']
    for i, (key, (name, _)) in enumerate(ZONES.items()):
        lines.append(
            f'<g data-zone="{key}" class="{key}" transform="translate({186 + i * 134} 712)">'
            f'<rect width="14" height="14" rx="4"/><text class="key" x="21" y="12">{name}</text>'
            "</g>"
        )
    return "\n".join([*lines, "</g>"])


def style() -> str:
    zones = "".join(f".{key}{{fill:{colour}}}" for key, (_, colour) in ZONES.items())
    return (
        "text{font:600 13px 'Helvetica Neue',Arial,sans-serif;fill:#2e3138;text-anchor:middle}"
        f"{zones}.room{{fill:#fbfaf8;stroke:#c9c4bb;stroke-width:4}}.carpet{{fill:#f1eee8}}"
        ".top{fill:#fff;stroke:#c9c4bb;stroke-width:1.5}.wheelchair{stroke:#1f5fbf;stroke-width:3}"
        ".stage{fill:#2e3138}.stage text{fill:#fff;font-size:20px;letter-spacing:5px}"
        ".bar{fill:#8c6d4f}.bar text{fill:#fff;font-size:16px;letter-spacing:3px}"
        ".standing text{font-size:17px}.key{font-weight:400;text-anchor:start}"
        ".caption{font-size:10px;letter-spacing:2px;fill:#97907f}"
        ".quiet{font-weight:400;font-size:12px;fill:#7b7f88}"
    )


def draw() -> str:
    """The whole drawing as SVG text."""
    sections = "\n".join(section(name, spots) for name, spots in groups().items())
    return f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="500mm" height="372mm" viewBox="0 0 1000 744">
<title>Blue Lantern Club</title>
<style>{style()}</style>
<defs><rect id="chair" x="-9" y="-8" width="18" height="16" rx="6"/></defs>
<rect class="room" x="22" y="22" width="956" height="676" rx="18"/>
<g class="stage" id="stage"><path d="M320 40H680V118C600 158 400 158 320 118Z"/>
<text x="500" y="95">STAGE</text></g>
<g class="standing floor" id="dance-floor" data-type="standing" data-zone="floor"
 data-capacity="400"><title>Dance floor</title>
<path d="M290 168C380 192 620 192 710 168V384A14 14 0 0 1 696 398H304A14 14 0 0 1 290 384Z"/>
<text x="500" y="300">DANCE FLOOR</text></g>
{sections}
<svg x="40" y="150" width="100" height="290" viewBox="0 0 200 580">
<g class="standing gallery" id="gallery" data-type="standing" data-zone="gallery"
 data-capacity="80"><title>Gallery</title>
<path d="M0 24A24 24 0 0 1 24 0H150Q200 290 150 580H24A24 24 0 0 1 0 556Z"/>
<text transform="translate(84 290) rotate(-90)" y="10" style="font-size:32px">GALLERY</text></g>
</svg>
<g id="bar" class="bar"><path d="M880 170H942A10 10 0 0 1 952 180V410A10 10 0 0 1 942 420H880
Q862 420 862 402V188Q862 170 880 170Z"/>
<text transform="translate(907 295) rotate(90)" y="6">BAR</text></g>
<g id="exit-west" class="exit"><title>Exit</title><rect x="22" y="560" width="8" height="70"
 fill="#5b9a68"/><text class="quiet" x="52" y="600">Exit</text></g>
<g id="entrance" class="exit"><title>Entrance</title><rect x="970" y="560" width="8" height="70"
 fill="#5b9a68"/><text class="quiet" x="934" y="600">Entrance</text></g>
{legend()}
</svg>
"""


def facts() -> dict[str, int]:
    """What the drawing holds, counted by the code that draws it."""
    spots = [spot for spots in groups().values() for spot in spots]
    return {
        "sections": len(groups()),
        "rows": 0,
        "seats": sum(len(spot.chairs) for spot in spots),
        "tables": len(spots),
        "areas": 2,
        "capacity": 480,
        "zones": len(ZONES),
        "accessible": 2,
        "companion": 0,
        "restricted_view": 0,
    }


if __name__ == "__main__":
    OUT.write_text(draw(), encoding="utf-8")
    print(OUT.name, OUT.stat().st_size, "bytes", facts())
