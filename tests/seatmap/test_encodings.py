"""A drawing is read in any encoding, and out of what it is wrapped in."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

import seatmap


def hall(row: str, seat: str, stage: str) -> str:
    body = "".join(
        f'<circle id="{row} {r} {seat} {i}" cx="{20 * i}" cy="{40 + 20 * r}" r="8"/>'
        for r in range(1, 4)
        for i in range(1, 9)
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 140">'
    return f'{head}{body}<text x="60" y="20">{stage}</text></svg>'


RUSSIAN = hall(
    "\u0420\u044f\u0434", "\u043c\u0435\u0441\u0442\u043e", "\u0421\u0446\u0435\u043d\u0430"
)
CHINESE = hall("\u6392", "\u5ea7\u4f4d", "\u821e\u53f0")
GERMAN = hall("Reihe", "Platz", "B\u00fchne")


def stated(name: str, text: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>{text}'


@pytest.mark.parametrize(
    "data",
    [
        stated("windows-1251", RUSSIAN).encode("cp1251"),
        RUSSIAN.encode("cp1251"),
        stated("UTF-8", RUSSIAN).encode("cp1251"),
        stated("GBK", CHINESE).encode("gbk"),
        CHINESE.encode("gbk"),
        stated("UTF-8", GERMAN).encode("latin-1"),
        stated("UTF-16", GERMAN).encode(),
        stated("UTF-16", GERMAN).encode("utf-16"),
        stated("UTF-16", GERMAN).encode("utf-16-le"),
        b"data:image/svg+xml;base64," + base64.b64encode(GERMAN.encode()),
        b'<img src="data:image/svg+xml,' + quote(GERMAN).encode() + b'"/>',
        GERMAN.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").encode(),
    ],
)
def test_a_drawing_is_read_in_any_encoding_and_wrapping(data: bytes) -> None:
    found = seatmap.parse(data)
    assert {"1/1", "3/8"} <= {seat.key for seat in found.seats}
    assert [mark.kind for mark in found.landmarks] == ["stage"]


def test_a_guessed_encoding_is_told() -> None:
    notes = seatmap.parse(RUSSIAN.encode("cp1251")).report.lost
    assert [note.examples for note in notes] == [("cp1251",)]
    assert not seatmap.parse(RUSSIAN.encode()).report.lost


def test_a_few_broken_letters_are_no_other_encoding() -> None:
    data = RUSSIAN.encode() + b"<!-- \xff -->"
    assert not [n for n in seatmap.parse(data).report.lost if "encoding" in n.what]
