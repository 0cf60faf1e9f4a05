"""Names of one form are read once: a drawing has many names of few forms ("S101-R12-7").

What words, separators and the lengths of numbers decide does not depend on the digits. So a form is
read on a stand-in whose numbers can be told apart, and what was read says which number goes where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

FORMS_KEPT = 4096
_SAME_DIGITS = str.maketrans("123456789", "000000000")
_NUMBER = re.compile("[0-9]+")
NUMBERS_MAX = 9
"""In what is read together: each is marked by a digit of its own."""

Piece = str | int | tuple[str]
"""What never changes, or the index of a number, or a format of numbers."""


def form(name: str) -> str:
    """The name with all digits alike."""
    return name.translate(_SAME_DIGITS)


def numbers(names: Iterable[str]) -> list[str]:
    """The numbers in the names, in order."""
    return _NUMBER.findall("/".join(names))


def marked(names: Iterable[str]) -> list[str] | None:
    """The names with numbers that can be told apart; None where there are too many for that."""
    count = 0

    def mark(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return str(count % 10) * len(match[0])

    found = [_NUMBER.sub(mark, name) for name in names]
    return found if count <= NUMBERS_MAX else None


def piece(value: str, marks: list[str]) -> Piece | None:
    """What of a marked name a value is; None where it cuts numbers."""
    held = _NUMBER.findall(value)
    if not held:
        return value
    if not set(held) <= set(marks):
        return None
    if held == [value]:
        return marks.index(value)
    plain = value.replace("{", "{{").replace("}", "}}")
    return (_NUMBER.sub(lambda match: f"{{{marks.index(match[0])}}}", plain),)


def filled(piece: Piece, found: list[str]) -> str:
    """The piece of a name with these numbers."""
    if isinstance(piece, str):
        return piece
    return found[piece] if isinstance(piece, int) else piece[0].format(*found)


def by_form(read: Callable[[str], dict[str, str]]) -> Callable[[str], dict[str, str]]:
    """`read`, done once for all names of a form."""

    @lru_cache(maxsize=FORMS_KEPT)
    def pieces(form: str) -> tuple[tuple[str, Piece], ...] | None:
        stand_in = marked([form])
        if stand_in is None:
            return None
        marks = numbers(stand_in)
        found = [(field, piece(value, marks)) for field, value in read(stand_in[0]).items()]
        known = tuple((field, part) for field, part in found if part is not None)
        return known if len(known) == len(found) else None

    def fields(name: str) -> dict[str, str]:
        known = pieces(form(name))
        if known is None:
            return read(name)
        if not known:
            return {}
        found = numbers([name])
        return {field: filled(part, found) for field, part in known}

    return fields
