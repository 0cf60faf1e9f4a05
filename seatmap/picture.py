"""A picture of a map as it was understood, to be compared with the drawing by eye.

Needs Pillow, which only development installs.
"""

from __future__ import annotations

from pathlib import Path

from seatmap.model import Point, SeatMap

PALETTE = ("#e0a458", "#588b8b", "#c8553d", "#7d6b91", "#8fb8de", "#9dc0bc", "#b9a3d8", "#a5a58d")
UNKNOWN = "#9aa0a6"
PNG_WIDTH_PX = 1800


def draw(found: SeatMap, out: Path) -> None:
    """Writes a PNG. Seats that are in a row are joined by a line."""
    from PIL import Image, ImageDraw

    x, y, w, h = found.view_box
    scale = PNG_WIDTH_PX / w
    image = Image.new("RGB", (PNG_WIDTH_PX, max(1, round(h * scale))), "white")
    pen = ImageDraw.Draw(image)

    def to_px(p: Point) -> Point:
        return (p[0] - x) * scale, (p[1] - y) * scale

    def paint(zone: int | None) -> str:
        return UNKNOWN if zone is None else PALETTE[zone % len(PALETTE)]

    for mark in found.landmarks:
        if mark.outline:
            pen.polygon([to_px(p) for p in mark.outline], fill="#d8dbe0")
        pen.text(to_px(mark.centre), mark.name, fill="#44474d", anchor="mm")
    for section in found.sections:
        if section.outline:
            pen.polygon([to_px(p) for p in section.outline], fill="#f3f1ec", outline="#cfc8ba")
    for area in found.areas:
        pen.polygon([to_px(p) for p in area.outline], fill=paint(area.zone), outline="black")
    for table in found.tables:
        box = (*to_px((table.box[0], table.box[1])),
               *to_px((table.box[0] + table.box[2], table.box[1] + table.box[3])))  # fmt: skip
        pen.ellipse(box, outline="#777777") if table.radius else pen.rectangle(box, outline="#777")
    for seat in found.seats:
        (px, py), r = to_px(seat.centre), max(seat.radius * scale, 0.7)
        pen.ellipse((px - r, py - r, px + r, py + r), fill=paint(seat.zone))
    for row in found.rows:
        path = [to_px(s.centre) for s in found.seats if found.rows[s.row or 0] is row and
                s.row is not None] if len(found.seats) < 10_000 else []  # fmt: skip
        if len(path) > 1:
            pen.line(path, fill="#3b3b3b")
    for item in (*found.sections, *found.areas):
        pen.text(to_px(item.label_at), item.name or "?", fill="black", anchor="mm")
    image.save(out)
