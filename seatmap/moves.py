"""What moves an element: its transform, or what style sheets say. Source: CSS Transforms 1, 2."""

from __future__ import annotations

import re
from collections.abc import Callable

from seatmap import geometry
from seatmap.geometry import TRANSFORM_CHARS_MAX
from seatmap.model import Box
from seatmap.path import Corners, Matrix
from seatmap.style import MOVES
from seatmap.xml import Node

_TRANSLATE = re.compile(r"translate(3d|[xyXY]?)\s*\(([^()]*)\)")


def matrix(
    node: Node,
    declared: dict[str, str],
    view: tuple[float, float],
    local_box: Callable[[], Corners | None],
) -> Matrix | None:
    """How an element is moved; None: not at all. Percentages are of the drawing's `view`, width
    and height, or of the element's own box, where style sheets say so."""
    attribute = node.attrs.get("transform")
    own_box = declared.get("transform-box", "view-box") in ("fill-box", "stroke-box")
    origin = declared.get("transform-origin")
    if origin is None and not own_box and declared.keys().isdisjoint(MOVES):
        return geometry.transform(attribute) if attribute else None
    reference: Box = (0.0, 0.0, *view)
    if own_box and node.tag in geometry.SHAPE_TAGS:
        x0, y0, x1, y1 = local_box() or (0.0, 0.0, 0.0, 0.0)
        reference = (x0, y0, x1 - x0, y1 - y0)
    text = _listed(declared, attribute, reference[2], reference[3])
    if text in ("", "none"):
        return None
    found = geometry.transform(text)
    if origin is None and not own_box:
        return found
    default = "50% 50%" if own_box else "0 0"
    return geometry.around(found, geometry.transform_origin(origin or default, reference))


def _listed(declared: dict[str, str], attribute: str | None, width: float, height: float) -> str:
    """The transform list, percentages those of a box of this size; the attribute counts where
    style sheets say no transform."""
    found = []
    for name in MOVES:
        value = declared.get(name)
        if name == "transform":
            found.append(attribute or "" if value is None else value)
        elif value is not None and value != "none":
            found.append(f"{name}({','.join(value.split())})")
    text = " ".join(found).strip()
    return _in_pixels(text, width, height) if "%" in text else text


def _in_pixels(text: str, width: float, height: float) -> str:
    def moved(match: re.Match[str]) -> str:
        sides = (height,) if match[1].lower() == "y" else (width, height)
        parts = [
            f"{geometry.length(part, side):.12g}" if "%" in part else part
            for part, side in zip(match[2].split(","), sides, strict=False)
        ]
        return f"translate{match[1]}({','.join(parts)})"

    return _TRANSLATE.sub(moved, text[:TRANSFORM_CHARS_MAX])
