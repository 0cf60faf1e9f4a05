"""The boxes beyond which nothing is seen: of viewports, clip paths and masks."""

from __future__ import annotations

from seatmap.model import Box
from seatmap.path import Corners, Matrix

Clip = Corners | None
"""The box in which anything is seen, in root units; None where all is."""


def image(m: Matrix, box: Corners) -> Corners:
    """The box around a box that is moved."""
    a, b, c, d, e, f = m
    x0, y0, x1, y1 = box
    if b == c == 0.0 and a > 0 and d > 0:
        return a * x0 + e, d * y0 + f, a * x1 + e, d * y1 + f
    xs, ys = (a * x0, a * x1), (c * y0, c * y1)
    us, vs = (b * x0, b * x1), (d * y0, d * y1)
    return (
        min(xs) + min(ys) + e,
        min(us) + min(vs) + f,
        max(xs) + max(ys) + e,
        max(us) + max(vs) + f,
    )


def within(clip: Clip, box: Corners) -> Corners:
    """What is seen only in this box."""
    if clip is None:
        return box
    (a, b, c, d), (x0, y0, x1, y1) = clip, box
    return max(a, x0), max(b, y0), min(c, x1), min(d, y1)


def overlap(box: Box, clip: Corners) -> bool:
    """Whether any of a box is seen."""
    x, y, w, h = box
    return x <= clip[2] and clip[0] <= x + w and y <= clip[3] and clip[1] <= y + h
