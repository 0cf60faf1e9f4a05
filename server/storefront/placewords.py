"""Seats as an organizer types them: a line per row or table, `Stalls / B: 1-12, 14`.

A range goes from seat to seat as they stand in the row, so it says the same where numbers skip or
are letters.
"""

import re
from collections.abc import Iterable

from server.catalog.geometry import Places
from server.kernel.errors import BadRequest

_BETWEEN = re.compile(r"\s*[,;]\s*")


def spoken(places: Places, seat_idxs: Iterable[int]) -> str:
    """As `heard` reads them back."""
    wanted, lines = set(seat_idxs), []
    for title, seats in _groups(places).items():
        runs: list[list[int]] = []
        last = -2
        for at, seat in enumerate(seats):
            if seat not in wanted:
                continue
            if at != last + 1:
                runs.append([])
            runs[-1].append(seat)
            last = at
        if runs:
            lines.append(f"{title}: {', '.join(_run(places, run) for run in runs)}")
    return "\n".join(lines)


def heard(places: Places, text: str) -> list[int]:
    """Indexes of these seats, in order. Raises BadRequest, which says which line is wrong."""
    groups = _groups(places)
    found: set[int] = set()
    for line in filter(None, map(str.strip, text.splitlines())):
        title, colon, numbers = line.rpartition(":")
        if not colon:
            raise BadRequest(f"{line!r}: write row and seats like {_first(groups)}")
        by_number: dict[str, int] = {}
        for seat in _group(groups, title.strip()):
            by_number.setdefault(places.number_of(seat), seat)
        order = list(by_number.values())
        for part in filter(None, _BETWEEN.split(numbers.strip())):
            if part in by_number:
                found.add(by_number[part])
                continue
            first, dash, last = (end.strip() for end in part.partition("-"))
            if not dash or first not in by_number or last not in by_number:
                raise BadRequest(f"{title.strip()} has no seat {part}")
            ends = sorted((order.index(by_number[first]), order.index(by_number[last])))
            found.update(order[ends[0] : ends[1] + 1])
    return sorted(found)


def example(places: Places) -> str:
    """How a line of this map may look."""
    return _first(_groups(places))


def _groups(places: Places) -> dict[str, list[int]]:
    """Seats by what their row or table is called; one that grew with the map has several parts."""
    groups: dict[str, list[int]] = {}
    geometry = places.geometry
    for shape in sorted((*geometry.rows, *geometry.tables), key=lambda shape: shape.seats):
        section = None if shape.section is None else geometry.sections[shape.section]
        named = [section.name or section.key] if section else []
        title = " / ".join([*named, shape.name] if shape.name else named) or "Seats"
        first, count = shape.seats
        seats = [s for s in range(first, first + count) if s not in places.removed]
        groups.setdefault(title, []).extend(seats)
    return groups


def _group(groups: dict[str, list[int]], title: str) -> list[int]:
    """By its whole name, or by the row's alone where only one is called so. Raises BadRequest."""
    wanted = title.casefold()
    found = [name for name in groups if name.casefold() == wanted] or [
        name for name in groups if name.rpartition(" / ")[2].casefold() == wanted
    ]
    if not found:
        raise BadRequest(f"no row or table is called {title}: write it like {_first(groups)}")
    if len(found) > 1:
        raise BadRequest(f"several are called {title}: say {found[0]}, or {found[1]}")
    return groups[found[0]]


def _run(places: Places, seats: list[int]) -> str:
    numbers = [places.number_of(seat) for seat in seats]
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"


def _first(groups: dict[str, list[int]]) -> str:
    return f"{next(iter(groups), 'Stalls / B')}: 1-4, 7"
