"""Drawings made hostile: small changes that real tools, bad luck and bad people make to a file."""

from __future__ import annotations

import re
from random import Random

NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
NUMBERS = (
    b"0",
    b"-1",
    b"1e9",
    b"-1e9",
    b"1e308",
    b"1e-308",
    b"NaN",
    b"inf",
    b"",
    b"1e",
    b"99999999999",
    b"0.0000001",
    b"5%",
    b"5mm",
    b"--3",
    b"1e400",
)
PIECES = (
    b"<g>",
    b"</g>",
    b"<g transform='scale(0)'>",
    b"<g transform='scale(1e9)'>",
    b"<svg>",
    b"</svg>",
    b"<svg viewBox='0 0 0 0'>",
    b"<use href='#a'/>",
    b"<g id='a'>",
    b"<symbol id='a'>",
    b"</symbol>",
    b"<path d='M0 0",
    b"'/>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"&lt;",
    b"&x;",
    b"\x00",
    b"\xff",
    b" transform='matrix(1 0 0 0 0 0)'",
    b" transform='rotate(1e9 5 5)'",
    b" class='seat'",
    b" data-row='A'",
    b" data-section='S'",
    b" data-seat='1'",
    b" id='table-1-seat-1'",
    b" style='display:none'",
    b" style='fill:url(#a)'",
    b"<text>12</text>",
    b"<title>5</title>",
    b"<style>.seat{display:none}</style>",
    b"<polygon points='0,0 1,1'/>",
    b"<circle r='5'/>",
    b"A0 0 0 1 1 5 5",
    b"C1 1",
    b"Z",
    b"m",
    b"<clipPath id='a'>",
    b"</clipPath>",
    b"<a>",
    b"\xc3\x28",
)


def mutated(data: bytes, other: bytes, random: Random) -> bytes:
    """`data` after one to eight changes; some take a part of `other`."""
    for _ in range(random.randint(1, 8)):
        data = random.choice(_CHANGES)(data, other, random) or b"<svg/>"
    return data


def _span(data: bytes, random: Random, most: int) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.randint(1, most))


def _delete(data: bytes, _: bytes, random: Random) -> bytes:
    a, b = _span(data, random, 400)
    return data[:a] + data[b:]


def _repeat(data: bytes, _: bytes, random: Random) -> bytes:
    a, b = _span(data, random, 300)
    return data[:b] + data[a:b] * random.randint(1, 30) + data[b:]


def _truncate(data: bytes, _: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _flip(data: bytes, _: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _insert(data: bytes, _: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(PIECES) + data[at:]


def _renumber(data: bytes, _: bytes, random: Random) -> bytes:
    places = [match.span() for match in NUMBER.finditer(data[:200_000])]
    if not places:
        return data
    a, b = random.choice(places)
    return data[:a] + random.choice(NUMBERS) + data[b:]


def _renumber_all(data: bytes, _: bytes, random: Random) -> bytes:
    """One number wherever it stands: all radii, all widths."""
    numbers = NUMBER.findall(data[:50_000])
    if not numbers:
        return data
    return data.replace(b'"' + random.choice(numbers) + b'"', b'"' + random.choice(NUMBERS) + b'"')


def _splice(data: bytes, other: bytes, random: Random) -> bytes:
    a, b = _span(other, random, 2_000)
    at = random.randrange(len(data) + 1)
    return data[:at] + other[a:b] + data[at:]


def _rename(data: bytes, _: bytes, random: Random) -> bytes:
    names = [b"circle", b"rect", b"path", b"g", b"text", b"use", b"svg", b"symbol", b"line"]
    old, new = random.choice(names), random.choice(names)
    return data.replace(b"<" + old, b"<" + new)


_CHANGES = (
    _delete,
    _repeat,
    _truncate,
    _flip,
    _insert,
    _insert,
    _renumber,
    _renumber_all,
    _splice,
    _rename,
)
