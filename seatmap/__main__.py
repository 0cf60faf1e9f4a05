"""Command line: look at a drawing, convert it.

    python -m seatmap inspect FILE [--mapping M] [--png OUT]   what is found, uncertain, to be said
    python -m seatmap convert FILE [--mapping M] [--to pretix] [-o OUT]

FILE is a drawing (SVG, also gzipped), a pretix seating plan or a seats.io chart.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

from seatmap import DrawingError, MappingError, Note, SeatMap, formats
from seatmap.formats import pretix
from seatmap.mapping import Mapping, loads
from seatmap.model import ACCESSIBLE, COMPANION, RESTRICTED_VIEW
from seatmap.picture import draw
from seatmap.suggest import suggest
from seatmap.todo import remaining

ROWS_SHOWN = 30


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="seatmap", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    inspect = commands.add_parser("inspect", help="say what is found, uncertain and lost")
    inspect.add_argument("--png", type=Path, help="draw the map that was understood")
    convert = commands.add_parser("convert", help="write the map in another format")
    convert.add_argument("--to", choices=("json", "pretix"), default="json")
    convert.add_argument("--output", "-o", type=Path, help="instead of standard output")
    convert.add_argument("--name", help="of the plan; else that of the file")
    for command in (inspect, convert):
        command.add_argument("file", type=Path)
        command.add_argument("--mapping", type=Path, help="TOML or JSON, see seatmap/mapping.py")
    arguments = parser.parse_args(argv)
    try:
        data = arguments.file.read_bytes()
        mapping = loads(arguments.mapping.read_bytes()) if arguments.mapping else None
        start = time.perf_counter()
        found = formats.read(data, mapping)
        took_s = time.perf_counter() - start
    except (DrawingError, MappingError, OSError) as error:
        print(f"{arguments.file}: {error}", file=sys.stderr)
        return 1
    if arguments.command == "convert":
        name = arguments.name or arguments.file.stem
        written = pretix.write(found, name) if arguments.to == "pretix" else _json(found)
        if arguments.output:
            arguments.output.write_bytes(written)
        else:
            sys.stdout.buffer.write(written)
        return 0
    print(summary(found, took_s))
    print(_draft(data, found, mapping))
    if arguments.png:
        draw(found, arguments.png)
    return 0


def _json(found: SeatMap) -> bytes:
    return msgspec.json.encode(found)


def _draft(data: bytes, found: SeatMap, mapping: Mapping | None) -> str:
    if data.lstrip()[:1] == b"{":
        return ""
    return "\na mapping to begin with:\n\n" + suggest(data, found, mapping)


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
        f"{len(found.rows)} rows, {len(found.tables)} tables; {len(found.areas)} areas",
        "",
    ]
    per_section = Counter(seat.section for seat in found.seats)
    for index, section in [*enumerate(found.sections), (None, None)]:
        if section is not None or per_section[None]:
            name = f"{section.key} ({section.name})" if section else "in no section"
            rows = [r.name or "?" for r in found.rows if r.section == index]
            shown = f"rows {' '.join(rows[:ROWS_SHOWN])}" if rows else ""
            lines.append(f"  section {name}: {per_section[index]} seats {shown}".rstrip())
    for area in found.areas:
        size = "capacity unknown" if area.capacity is None else f"capacity {area.capacity}"
        lines.append(f"  {area.kind} area {area.key} ({area.name}): {size}")
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
    tasks = remaining(found)
    lines += ["", "still to do by hand:", *(f"  - {task}" for task in tasks)] if tasks else []
    return "\n".join(lines)


def _line(note: Note) -> str:
    examples = f" ({'; '.join(note.examples)})" if note.examples else ""
    return f"{note.what}: {note.count}{examples}"


if __name__ == "__main__":
    sys.exit(main())
