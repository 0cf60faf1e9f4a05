"""Cells: numbered integers that remember when each last changed.

The usual inside of a model: absolute values, a merged delta since any version without
keeping any history, and a checksum that costs O(1) per change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MASK = 0xFFFFFFFF


def fmix32(key: int) -> int:
    """Murmur3's 32-bit finalizer. Source: MurmurHash3.cpp, public domain."""
    h = key & _MASK
    h ^= h >> 16
    h = h * 0x85EBCA6B & _MASK
    h ^= h >> 13
    h = h * 0xC2B2AE35 & _MASK
    return h ^ h >> 16


_weights: list[int] = []


def weights(count: int) -> list[int]:
    """What the cells count in a checksum, at least `count` of them: `fmix32(key + 1)`. One table
    for all channels, as long as the longest of them."""
    if len(_weights) < count:
        _weights.extend(fmix32(key + 1) for key in range(len(_weights), count))
    return _weights


class Cells:
    """`values[key]` for keys 0..n-1.

    `versions[key]` is the version that last changed the key, 0 = never; when given, deltas
    can be told since any version, otherwise only since the version at which it was built.
    """

    __slots__ = ("_changed", "_floor", "_sum", "values", "version")

    def __init__(
        self, values: Iterable[int], version: int, versions: Sequence[int] | None = None
    ) -> None:
        self.values = list(values)
        self.version = version
        self._floor = version if versions is None else 0
        # key -> version of its last change, in the order of those changes
        self._changed: dict[int, int] = {}
        if versions is not None:
            if len(versions) != len(self.values):
                raise ValueError("versions and values differ in length")
            changed = [(v, key) for key, v in enumerate(versions) if v]
            self._changed = {key: v for v, key in sorted(changed)}
        weight = weights(len(self.values))
        self._sum = sum(value * weight[key] for key, value in enumerate(self.values) if value)

    def apply(self, changes: Iterable[tuple[int, int]], version: int) -> None:
        """Set (key, value) pairs as of `version`. Raises IndexError on an unknown key."""
        values, changed, weight = self.values, self._changed, _weights
        for key, value in changes:
            if key < 0:
                raise IndexError(key)
            old = values[key]
            if value != old:
                values[key] = value
                self._sum += (value - old) * weight[key]
            changed.pop(key, None)  # to the end of the order
            changed[key] = version
        self.version = version

    def since(self, version: int) -> list[tuple[int, int]] | None:
        """(key, value) of all cells changed after `version`, by key; None when not known."""
        if version < self._floor:
            return None
        keys: list[int] = []
        for key in reversed(self._changed):
            if self._changed[key] <= version:
                break
            keys.append(key)
        keys.sort()
        return [(key, self.values[key]) for key in keys]

    def checksum(self) -> int:
        """sum(value * fmix32(key + 1)) mod 2^32."""
        return self._sum & _MASK
