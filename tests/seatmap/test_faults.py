"""What is no drawing, or a broken one, is told in words that say what to do."""

from __future__ import annotations

import pytest

import seatmap
from seatmap import DrawingError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"'
SEAT = '<circle class="seat" cx="5" cy="50" r="2"/>'


def test_what_is_no_drawing_is_refused_in_words_that_say_what_it_is_and_what_to_do() -> None:
    for data, says in (
        (b"%PDF-1.7 ...", "this is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "this is a PNG picture"),
        (b"row;seat\nA;1", "line 1, column 1: there is no element"),
        (b"<html><p>gone</p></html>", "there is no <svg> element"),
    ):
        with pytest.raises(DrawingError) as refused:
            seatmap.parse(data)
        assert says in str(refused.value)
        assert "save the plan as SVG" in str(refused.value)


def test_where_a_drawing_is_broken_is_told_in_words() -> None:
    broken = (SVG + f">\n<g>{SEAT * 12}</g>\n<rect width=4 /></svg>").encode()
    [note] = seatmap.parse(broken).report.lost
    [told] = note.examples
    assert told.startswith("line 3, ")
    assert told.endswith("an attribute's value is not in quotes")
