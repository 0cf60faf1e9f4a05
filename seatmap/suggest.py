"""A draft mapping for a drawing: what was found as rules, and what only a person can add."""

from __future__ import annotations

import json
from collections import Counter

from seatmap import flatten, xml
from seatmap.draft import Draft
from seatmap.infer import infer
from seatmap.mapping import Mapping
from seatmap.model import SeatMap
from seatmap.scene import Shape
from seatmap.told import Told

SELECTORS_MAX = 4
COLOURS_MAX = 12
SAMPLES_MAX = 8


def suggest(data: bytes, found: SeatMap, mapping: Mapping | None = None) -> str:
    """TOML to begin with. `found` is what `parse` made of the same bytes and mapping.

    Lines that need a person's knowledge are comments.
    """
    document = xml.read(data)
    scene = flatten.flatten(document)
    told = Told(mapping, document, scene) if mapping is not None else None
    draft = infer(told.scene(scene) if told else scene, told)
    lines: list[str] = []
    if draft.seats:
        lines += _seats(draft)
    lines += _numbering(found)
    lines += _zones(draft)
    lines += _capacities(found)
    lines += _expected(found)
    return "\n".join(lines)


def _seats(draft: Draft) -> list[str]:
    shapes = [seat.shape for seat in draft.seats]
    said = Counter(_selector(shape) for shape in shapes)
    chosen = [selector for selector, _ in said.most_common(SELECTORS_MAX)]
    sides = [shape.sides[1] for shape in shapes]
    least, most = 0.95 * min(sides), 1.05 * max(sides)
    ids = [shape.node.attrs["id"] for shape in shapes if "id" in shape.node.attrs][:3]
    lines = ["[seats]", f"select = {_text(', '.join(chosen))}"]
    lines.append(f"side = [{least:.3g}, {most:.3g}]")
    if ids:
        lines.append(f'# read = "id~(?P<row>..)(?P<seat>..)"  # ids: {", ".join(ids)}')
    return [*lines, ""]


def _selector(shape: Shape) -> str:
    attrs = shape.node.attrs
    classes = attrs.get("class", "").split()
    if classes and classes[0].replace("-", "").replace("_", "").isalnum():
        return f"{shape.node.tag}.{classes[0]}"
    if "fill" in attrs:
        return f"{shape.node.tag}[fill='{attrs['fill']}']"
    return shape.node.tag


def _numbering(found: SeatMap) -> list[str]:
    rows = any(row.name is None for row in found.rows)
    seats = any(seat.name is None and seat.row is not None for seat in found.seats)
    lines = []
    if rows:
        lines += ['# rows_from = "top"', '# rows_start = "A"']
    if seats:
        lines += ['# seats_from = "left"', "# seats_start = 1"]
    return ["[[numbering]]", *lines, ""] if lines else []


def _zones(draft: Draft) -> list[str]:
    """The colours of the seats, or of sections where there are no seats."""
    shapes = [seat.shape for seat in draft.seats if seat.zone is None]
    if not draft.seats:
        shapes = [s.shape for s in draft.sections if s.shape is not None and s.zone is None]
    said = Counter(shape.style.fill for shape in shapes)
    colours = [colour for colour, _ in said.most_common(COLOURS_MAX) if colour.startswith("#")]
    if len(colours) < 2:
        return []
    lines = [f'# "{colour}" = "..."  # {said[colour]}' for colour in colours]
    return ["[zones]", *lines, ""]


def _capacities(found: SeatMap) -> list[str]:
    unknown = [a.key for a in found.areas if a.capacity is None and a.kind == "standing"]
    lines = [f"# {_text(key)} = 0" for key in unknown[:SAMPLES_MAX]]
    return ["[capacities]", *lines, ""] if lines else []


def _expected(found: SeatMap) -> list[str]:
    counts = {
        kind: len(getattr(found, kind))
        for kind in ("seats", "rows", "sections", "tables", "areas", "zones")
    }
    return ["[expected]", *(f"{kind} = {count}" for kind, count in counts.items() if count)]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
