"""Small drawings of our own for the laws of reading."""

from __future__ import annotations

from collections.abc import Callable

import seatmap
from seatmap import SeatMap


def svg(body: str, view_box: str = "0 0 400 400") -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" '
        f'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape">{body}</svg>'
    ).encode()


def parse(body: str, view_box: str = "0 0 400 400") -> SeatMap:
    return seatmap.parse(svg(body, view_box))


def dots(count: int, y: float, attrs: Callable[[int], str], step: float = 12.0) -> str:
    """A line of circles; `attrs` gives the attributes of the i-th, from 1."""
    return "".join(
        f'<circle cx="{20 + step * i:g}" cy="{y}" r="4" {attrs(i + 1)}/>' for i in range(count)
    )


def box(i: int, attrs: str = "", y: float = 20, fill: str = "#eee") -> str:
    return f'<rect x="{10 + 40 * i}" y="{y}" width="36" height="30" fill="{fill}" {attrs}/>'
