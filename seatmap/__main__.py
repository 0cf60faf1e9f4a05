"""Command line: `python -m seatmap inspect FILE [--png OUT]` shows what is found in a drawing."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from seatmap import DrawingError, Note, SeatMap, parse
from seatmap.model import ACCESSIBLE, COMPANION, RESTRICTED_VIEW, Point

PALETTE = ("#e0a458", "#588b8b", "#c8553d", "#7d6b91", "#8fb8de", "#9dc0bc", "#b9a3d8", "#a5a58d")
UNKNOWN = "#9aa0a6"
PNG_WIDTH_PX = 1800


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="seatmap", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    inspect = commands.add_parser("inspect", help="say what is found, uncertain and lost")
    inspect.add_argument("file", type=Path)
    inspect.add_argument("--png", type=Path, help="draw the map that was understood")
    arguments = parser.parse_args(argv)
    start = time.perf_counter()
    try:
        found = parse(arguments.file.read_bytes())
    except (DrawingError, OSError) as error:
        print(f"{arguments.file}: {error}", file=sys.stderr)
        return 1
    print(summary(found, time.perf_counter() - start))
    if arguments.png:
        draw(found, arguments.png)
    return 0


def summary(found: SeatMap, took_s: float) -> str:
    """A page of text: counts, sections with their ranges, what to look at."""
    x, y, w, h = found.view_box
    flags = (("accessible", ACCESSIBLE), ("companion", COMPANION), ("restricted", RESTRICTED_VIEW))
    marked = ", ".join(
        f"{sum(bool(seat.access & bit) for seat in found.seats)} {name}" for name, bit in flags
    )
    lines = [
        f"view box {x:g} {y:g} {w:g} {h:g}, read in {took_s * 1000:.0f} ms",
        f"{len(found.seats)} seats ({marked}) in {len(found.sections)} sections, "
        f"{len(found.rows)} rows, {len(found.tables)} tables; {len(found.areas)} standing areas",
        "",
    ]
    per_section = Counter(seat.section for seat in found.seats)
    for index, section in [*enumerate(found.sections), (None, None)]:
        if section is not None or per_section[None]:
            name = f"{section.key} ({section.name})" if section else "in no section"
            rows = [r.name or "?" for r in found.rows if r.section == index]
            shown = f"rows {' '.join(rows[:30])}" if rows else ""
            lines.append(f"  section {name}: {per_section[index]} seats {shown}".rstrip())
    for area in found.areas:
        size = "capacity unknown" if area.capacity is None else f"capacity {area.capacity}"
        lines.append(f"  standing {area.key} ({area.name}): {size}")
    for zone in found.zones:
        lines.append(f"  zone {zone.key} ({zone.name}) {zone.colour or ''}".rstrip())
    for mark in found.landmarks:
        lines.append(f"  {mark.kind}: {mark.name}")
    if found.labels:
        lines.append(f"  other texts: {', '.join(label.text for label in found.labels[:20])}")
    report = found.report
    for title, notes in (
        ("uncertain", report.uncertain), ("lost", report.lost), ("refused", report.refused)
    ):  # fmt: skip
        lines.extend(f"  {title}: {_line(note)}" for note in notes)
    return "\n".join(lines)


def _line(note: Note) -> str:
    examples = f" ({'; '.join(note.examples)})" if note.examples else ""
    return f"{note.what}: {note.count}{examples}"


def draw(found: SeatMap, out: Path) -> None:
    """Writes what was understood as a picture. Needs Pillow, which only development installs."""
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


if __name__ == "__main__":
    sys.exit(main())
