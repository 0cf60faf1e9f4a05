"""The compact wire of WebSockets, `fullhouse.v1.bin`: one binary message per frame.

    snapshot   1 | epoch | version | body
    delta      2 | epoch | prev | version - prev | body
    heartbeat  3 | unix ms | flags | version if flags & 1 | checksum if flags & 2
                 flags & 4: degraded
    resync     4
    bye        5 | retry ms

Numbers are unsigned LEB128 varints. The body is the model's own (`model.Packed`); where a model
packs nothing it is the JSON of the other wires.
"""

from __future__ import annotations

from collections.abc import Iterable

SNAPSHOT, DELTA, HEARTBEAT, RESYNC, BYE = range(1, 6)

_HAS_VERSION, _HAS_CHECKSUM, _DEGRADED = 1, 2, 4
_VARINT_BITS_MAX = 63


def varints(numbers: Iterable[int]) -> bytes:
    """Non-negative integers, seven bits a byte, the lowest first."""
    out = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            out.append(rest & 0x7F | 0x80)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where it ends. Raises ValueError, IndexError."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
        if shift > _VARINT_BITS_MAX:
            raise ValueError("varint too long")


def read_varints(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    """As `read_varint`, `count` times."""
    numbers: list[int] = []
    for _ in range(count):
        number, at = read_varint(data, at)
        numbers.append(number)
    return numbers, at


def snapshot(epoch: int, version: int, body: bytes) -> bytes:
    return varints((SNAPSHOT, epoch, version)) + body


def delta(epoch: int, prev: int, version: int, body: bytes) -> bytes:
    return varints((DELTA, epoch, prev, version - prev)) + body


def heartbeat(now_ms: int, version: int | None, checksum: int | None, degraded: bool) -> bytes:
    flags = _DEGRADED if degraded else 0
    known: list[int] = []
    for flag, number in ((_HAS_VERSION, version), (_HAS_CHECKSUM, checksum)):
        if number is not None:
            flags |= flag
            known.append(number)
    return varints((HEARTBEAT, now_ms, flags, *known))


def bye(retry_ms: int) -> bytes:
    return varints((BYE, retry_ms))


def read_heartbeat(data: bytes) -> dict[str, int | bool]:
    """What the JSON of the same heartbeat says. Raises ValueError, IndexError."""
    (now_ms, flags), at = read_varints(data, 1, 2)
    read: dict[str, int | bool] = {"t": now_ms}
    for flag, name in ((_HAS_VERSION, "v"), (_HAS_CHECKSUM, "c")):
        if flags & flag:
            read[name], at = read_varint(data, at)
    if flags & _DEGRADED:
        read["degraded"] = True
    return read
