"""The bodies of the seats channel in the binary subprotocol, and what they are made of.

    snapshot   n | form | form 0: two bits a seat, seat i at bits 2(i mod 4) of byte i div 4
                          form 1: count | (gap | length | state) ..., runs that are not available
                 | pools | places left ... | 16 bytes: the map's id
    delta      count | gap << 2 | state ... | count | (pool | places left) ...

Numbers are LEB128 varints (`realtime.binary`); a gap is the distance from the end of what stands
before it.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from realtime.binary import read_varint, read_varints, varints

Run = tuple[int, int, int]
"""start, count, state"""

_TWO_BITS, _RUNS = 0, 1
_FOUR_SEATS = [[byte >> at & 3 for at in (0, 2, 4, 6)] for byte in range(256)]
_SEATS_MAX = 1 << 24


def snapshot(states: list[int], pools: list[int], map_id: uuid.UUID) -> bytes:
    runs = runs_of(states)
    numbers = [len(states), _RUNS, len(runs)]
    end = 0
    for start, count, state in runs:
        numbers += (start - end, count, state)
        end = start + count
    body = varints(numbers)
    if len(body) > len(states) // 4:
        body = varints((len(states), _TWO_BITS)) + two_bits(states)
    return body + varints((len(pools), *pools)) + map_id.bytes


def delta(changed: Sequence[tuple[int, int]], seats: int) -> bytes:
    """`changed`: (cell, value) by cell, of which the first `seats` are seats, the others pools."""
    of_seats = [entry for entry in changed if entry[0] < seats]
    numbers = [len(of_seats)]
    end = 0
    for idx, state in of_seats:
        numbers.append(idx - end << 2 | state)
        end = idx
    numbers.append(len(changed) - len(of_seats))
    for cell, left in changed[len(of_seats) :]:
        numbers += (cell - seats, left)
    return varints(numbers)


class Bodies:
    """`realtime.client.Unpack`: reads them back."""

    def snapshot(self, body: bytes) -> dict[str, Any]:
        (seats, form), at = read_varints(body, 0, 2)
        if seats > _SEATS_MAX:
            raise ValueError("too many seats")
        if form == _TWO_BITS:
            states, at = _read_two_bits(body, at, seats)
        else:
            states, at = _read_runs(body, at, seats)
        count, at = read_varint(body, at)
        pools, at = read_varints(body, at, count)
        if len(body) != at + 16:
            raise ValueError("the map's id is missing")
        map_id = str(uuid.UUID(bytes=bytes(body[at:])))
        return {"n": seats, "m": map_id, "s": runs_of(states), "g": pools}

    def delta(self, body: bytes) -> dict[str, Any]:
        count, at = read_varint(body, 0)
        numbers, at = read_varints(body, at, count)
        changed: list[tuple[int, int]] = []
        idx = 0
        for number in numbers:
            idx += number >> 2
            changed.append((idx, number & 3))
        count, at = read_varint(body, at)
        pools, at = read_varints(body, at, 2 * count)
        return {"s": changed, "g": list(zip(pools[::2], pools[1::2], strict=True))}


def _read_two_bits(body: bytes, at: int, seats: int) -> tuple[list[int], int]:
    end = at + -(-seats // 4)
    if end > len(body):
        raise ValueError("seats missing")
    four = (_FOUR_SEATS[byte] for byte in body[at:end])
    return [state for states in four for state in states][:seats], end


def _read_runs(body: bytes, at: int, seats: int) -> tuple[list[int], int]:
    states = [0] * seats
    count, at = read_varint(body, at)
    end = 0
    for _ in range(count):
        (gap, length, state), at = read_varints(body, at, 3)
        start, end = end + gap, end + gap + length
        if end > seats:
            raise ValueError("no such seat")
        states[start:end] = [state] * length
    return states, at


def two_bits(states: list[int]) -> bytes:
    """Four seats a byte, the first in the lowest bits."""
    padded = states + [0] * (-len(states) % 4)
    first, second, third, fourth = (padded[at::4] for at in range(4))
    return bytes(
        a | b << 2 | c << 4 | d << 6
        for a, b, c, d in zip(first, second, third, fourth, strict=True)
    )


def runs_of(states: list[int]) -> list[Run]:
    """The runs of seats that are not available."""
    runs: list[Run] = []
    for idx, status in enumerate(states):
        if not status:
            continue
        if runs and runs[-1][2] == status and runs[-1][0] + runs[-1][1] == idx:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1, status)
        else:
            runs.append((idx, 1, status))
    return runs
