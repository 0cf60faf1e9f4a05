"""Drawings of one very large house, each in the manner of another tool, for `maps` to time.

All show the same bowl: two tiers of blocks around a pitch, 100,000 seats in rows that bend with
them. They differ in how a seat is drawn, and in what says which seat it is, if anything does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import cos, degrees, pi, sin
from typing import NamedTuple

BLOCKS, ROWS, SEATS = 50, 25, 40
"""Blocks of a tier, of which there are two; rows of a block, seats of a row."""
SIZE = 2_600
TIERS = (1_000, 1_160)
ROW_DEPTH = 4.5
AISLE = 0.08


class Place(NamedTuple):
    """A seat: where it is, and by how many degrees it is turned."""

    section: int
    row: int
    seat: int
    x: float
    y: float
    turn: float


def bowl() -> Iterator[list[Place]]:
    """The rows, block by block."""
    wide = 2 * pi / BLOCKS
    for tier, inner in enumerate(TIERS):
        for block in range(BLOCKS):
            section = 100 * (tier + 1) + block + 1
            for row in range(ROWS):
                radius = inner + ROW_DEPTH * row
                places = []
                for seat in range(SEATS):
                    at = wide * (block + AISLE / 2 + (1 - AISLE) * (seat + 0.5) / SEATS)
                    x, y = SIZE / 2 + radius * cos(at), SIZE / 2 + radius * sin(at)
                    turn = degrees(at) - 90
                    places.append(Place(section, row + 1, seat + 1, x, y, turn))
                yield places


Manner = Callable[[], Iterable[str]]
MANNERS: dict[str, Manner] = {}


def manner(draw: Manner) -> Manner:
    MANNERS[draw.__name__] = draw
    return draw


def drawing(name: str) -> bytes:
    body = "".join(MANNERS[name]())
    look = "<style>.n{font-size:1.4px;text-anchor:middle}</style>"
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        f'viewBox="0 0 {SIZE} {SIZE}">'
    )
    return f"{head}{look}{body}</svg>".encode()


def places() -> Iterator[Place]:
    for row in bowl():
        yield from row


def number(place: Place) -> str:
    return f'<text x="{place.x:.2f}" y="{place.y + 0.5:.2f}" class="n">{place.seat}</text>'


def dot(place: Place, attrs: str = "") -> str:
    return f'<circle cx="{place.x:.2f}" cy="{place.y:.2f}" r="1.2"{attrs}/>'


@manner
def attributes() -> Iterator[str]:
    for p in places():
        said = f' data-section="{p.section}" data-row="{p.row}" data-seat="{p.seat}"'
        yield dot(p, f' class="seat"{said}')


@manner
def ids() -> Iterator[str]:
    for p in places():
        yield dot(p, f' id="S{p.section}-R{p.row}-{p.seat}" fill="#4a90d9"')


@manner
def unnamed() -> Iterator[str]:
    for p in places():
        yield dot(p)


@manner
def numbered() -> Iterator[str]:
    """Circles without names, their numbers written into them."""
    for p in places():
        yield dot(p, ' fill="#ddd"') + number(p)


@manner
def attributes_and_numbers() -> Iterator[str]:
    for p in places():
        said = f' data-section="{p.section}" data-row="{p.row}" data-seat="{p.seat}"'
        yield dot(p, said) + number(p)


@manner
def groups() -> Iterator[str]:
    """Blocks and rows are groups that say so; each seat is a group with its number."""
    section = None
    for row in bowl():
        if row[0].section != section:
            yield f'{"</g>" if section else ""}<g id="section-{row[0].section}">'
            section = row[0].section
        yield f'<g id="row-{row[0].section}-{row[0].row}" data-row="{row[0].row}">'
        for p in row:
            yield f'<g class="seat" data-seat="{p.seat}">{dot(p)}{number(p)}</g>'
        yield "</g>"
    yield "</g>"


@manner
def turned() -> Iterator[str]:
    """Rects, each turned to the pitch by a transform of its own."""
    for p in places():
        yield (
            f'<rect x="-1.2" y="-1" width="2.4" height="2" rx="0.4" '
            f'transform="translate({p.x:.2f} {p.y:.2f}) rotate({p.turn:.1f})" '
            f'id="{p.section}_{p.row}_{p.seat}" class="st{p.section % 7}"/>'
        )


@manner
def symbols() -> Iterator[str]:
    yield '<defs><symbol id="chair" viewBox="0 0 10 10" width="2.4" height="2.4">'
    yield '<rect width="10" height="10" rx="2"/></symbol></defs>'
    for p in places():
        yield (
            f'<use xlink:href="#chair" x="{p.x - 1.2:.2f}" y="{p.y - 1.2:.2f}" '
            f'id="seat-{p.section}-{p.row}-{p.seat}"/>'
        )


@manner
def paths() -> Iterator[str]:
    """As Illustrator writes circles: four curves; ids with their first digit encoded, CSS."""
    yield "<style>.st0{fill:#E6E6E6;stroke:#000;stroke-width:.2}.st1{fill:#00A0E3}</style>"
    for p in places():
        first, rest = str(p.section)[0], str(p.section)[1:]
        yield (
            f'<path id="_x3{first}_{rest}_{p.row}_{p.seat}" class="st{p.section % 2}" '
            f'd="M{p.x + 1.2:.2f},{p.y:.2f}c0,0.7-0.5,1.2-1.2,1.2s-1.2-0.5-1.2-1.2s0.5-1.2,1.2-1.2'
            f'S{p.x + 1.2:.2f},{p.y - 0.7:.2f},{p.x + 1.2:.2f},{p.y:.2f}z"/>'
        )


@manner
def labelled() -> Iterator[str]:
    """As Inkscape writes them: labels, a style of its own on each, matrices on the groups."""
    for row in bowl():
        yield (
            f'<g inkscape:label="{row[0].section} row {row[0].row}" '
            'transform="matrix(0.5,0,0,0.5,10,10)">'
        )
        for p in row:
            yield (
                f'<ellipse style="fill:#{p.section:06x};fill-opacity:1;stroke:none" '
                f'id="path{p.section}{p.row}{p.seat}" inkscape:label="{p.seat}" '
                f'cx="{2 * p.x - 20:.3f}" cy="{2 * p.y - 20:.3f}" rx="2.4" ry="2.4"/>'
            )
        yield "</g>"


@manner
def titled() -> Iterator[str]:
    for p in places():
        title = f"Section {p.section}, Row {p.row}, Seat {p.seat}"
        yield (
            f'<rect x="{p.x - 1:.2f}" y="{p.y - 1:.2f}" width="2" height="2" fill="#7a7">'
            f"<title>{title}</title></rect>"
        )


@manner
def copies() -> Iterator[str]:
    """As Figma exports them: ids that only count copies, the same fill on each."""
    for i, p in enumerate(places()):
        yield dot(p, f' id="Ellipse {i}" fill="#D9D9D9"')
