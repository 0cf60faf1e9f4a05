"""Viewports of their own: nested drawings and symbols. Source: SVG 2, 8.6 and 8.7."""

from __future__ import annotations

from typing import NamedTuple

from seatmap import geometry
from seatmap.geometry import Viewport
from seatmap.path import Corners, Matrix
from seatmap.style import Sheet
from seatmap.xml import Node

Size = tuple[str | None, str | None]
"""The width and height of a viewport, as written."""


class Port(NamedTuple):
    """What a viewport of its own makes of the coordinates inside; `edges`: where it hides what is
    beyond, in the coordinates around it."""

    edges: Corners | None
    matrix: Matrix
    viewport: Viewport


def port_of(node: Node, sheet: Sheet, viewport: Viewport, size: Size, placed: bool) -> Port | None:
    """The viewport of an element inside another; `placed`: at its x, y. None: it has no size."""
    w = geometry.length(size[0], viewport.width, viewport.width)
    h = geometry.length(size[1], viewport.height, viewport.height)
    if w <= 0 or h <= 0:
        return None
    attrs = node.attrs
    x = geometry.length(attrs.get("x"), viewport.width) if placed else 0.0
    y = geometry.length(attrs.get("y"), viewport.height) if placed else 0.0
    hides = sheet.declarations(node).get("overflow") not in ("visible", "auto")
    edges = (x, y, x + w, y + h) if hides else None
    box = geometry.view_box(attrs.get("viewBox"))
    if box is None:
        return Port(edges, (1.0, 0.0, 0.0, 1.0, x, y), Viewport.of(w, h))
    align = attrs.get("preserveAspectRatio", "xMidYMid meet")
    matrix = geometry.viewport_matrix(box, x, y, w, h, align)
    return Port(edges, matrix, Viewport.of(box[2], box[3]))
