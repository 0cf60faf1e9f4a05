"""Seatmap turns a venue drawing (SVG) into a bookable map.

`parse(data, mapping=None)` takes the bytes of a drawing and returns a `SeatMap`: zones, sections,
rows, tables, seats, areas, labels and landmarks with names, geometry, and for each value where it
came from. A `mapping` says what reading alone cannot know. It is a pure function: no files, no
network, no clock; the same bytes give the same map with the same keys. It never invents a value:
what a drawing does not say is None.

A drawing goes through one module after the other; each only knows those before it:

    xml       bytes -> element tree, within bounds; nothing external is ever followed
              (`encodings`; `templates`: drawings in pages, components, strings)
    style     CSS (`selectors`), presentation attributes, inheritance -> what is painted, and how
    path      path data -> curves; `measure`: their boxes, areas, polylines
    geometry  transforms, viewports, use and symbol -> exact outlines
    flatten   the tree -> the shapes and texts that are really drawn (`scene`, `ports`, `moves`,
              `lines`, `clips`; `marks`: dashes, markers and letters that are pictures of seats)
    mapping   what a person says of it; `told`: that, applied; `finish`: numbers, names, counts
    reader    ids, data attributes, labels, titles, `classes` -> facts (`names`, `kinds`, `words`);
              names of one form are read once (`forms`, `said`)
    crowds    very large drawings must look like seats, or are refused while they are unfolded
    context   what the groups around a shape say: section, row, table, zone, purpose
    shapes    coincident shapes merged, alike shapes grouped
    units     the seats; `unnamed`: those that nothing names (`tables`: rings, `rows`: lines,
              `printed`: numbers and chairs of lines)
    compact   seats named in one word; `ends`: rows by their labels; `heads`: numbers of columns;
              `called`: what is written on tables and seats; `strays` at the ends of rows
    places    areas, landmarks, labels; sections by `blocks`, `enclosures`, `codes` (`dividers`:
              lines among them); `spoken`: areas that a text names; `zones`
    infer     all of these, in order (`house`, `draft`)
    build     order, keys, cross references -> `model`; `trust`: how sure each field is
    pipeline  all of it, one after the other

`formats` reads and writes the maps of other systems. `python -m seatmap inspect FILE` shows what
is found in a file (`picture`), what is left to do (`todo`) and drafts a mapping (`suggest`). See
docs/seatmap.md.
"""

from seatmap.mapping import Mapping, MappingError
from seatmap.model import (
    ACCESSIBLE,
    COMPANION,
    RESTRICTED_VIEW,
    Area,
    Box,
    DrawingError,
    Label,
    Landmark,
    Note,
    Point,
    Points,
    Report,
    Row,
    Seat,
    SeatMap,
    Section,
    Table,
    Zone,
)
from seatmap.pipeline import parse
from seatmap.xml import BYTES_MAX

__all__ = [
    "ACCESSIBLE",
    "BYTES_MAX",
    "COMPANION",
    "RESTRICTED_VIEW",
    "Area",
    "Box",
    "DrawingError",
    "Label",
    "Landmark",
    "Mapping",
    "MappingError",
    "Note",
    "Point",
    "Points",
    "Report",
    "Row",
    "Seat",
    "SeatMap",
    "Section",
    "Table",
    "Zone",
    "parse",
]
