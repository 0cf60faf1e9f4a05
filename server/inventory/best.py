"""Best available: the one rule of which seats belong together, and which of them to give.

Pure: a `House` is made once per map version, `best` looks at the seats' states of one moment. Seats
are given side by side in one row or at one table, nearest to the focal point first; accessible,
companion and restricted places only to who asks for them; and no single seat is left over between
the group and what is taken, where that can be avoided.
"""

import math
from collections.abc import Sequence

import msgspec

from server.catalog.geometry import Places
from server.inventory.models import AVAILABLE

GAP_RATIO_MAX = 1.75
"""Neighbours are no further apart than this times the usual distance in their row."""
FOCAL_KINDS = ("stage", "pitch", "screen")


class Block(msgspec.Struct, frozen=True, gc=False):
    """Seats `start`..`start + count - 1` stand side by side. `nearest`: the smallest distance."""

    start: int
    count: int
    nearest: float


class House:
    """A map as the rule sees it: blocks of neighbours, and how far each seat is from the stage."""

    def __init__(self, places: Places) -> None:
        geometry = places.geometry
        xs, ys = _sums(geometry.seats.x), _sums(geometry.seats.y)
        at = _focal_point(places)
        self.distances = [math.hypot(x - at[0], y - at[1]) for x, y in zip(xs, ys, strict=True)]
        self.zones = places.zones
        self.zone_of_key = {zone.key: idx for idx, zone in enumerate(geometry.zones)}
        self.access = places.access
        self.blocks: list[Block] = []
        for group in (*geometry.rows, *geometry.tables):
            start, count = group.seats
            for first, size in _neighbours(xs, ys, start, count):
                nearest = min(self.distances[first : first + size])
                self.blocks.append(Block(first, size, nearest))
        self.blocks.sort(key=lambda block: block.nearest)

    def best(
        self,
        states: Sequence[int],
        quantity: int,
        *,
        zone: int | None = None,
        access: int = 0,
    ) -> list[int] | None:
        """`quantity` seats side by side, or None where no row has as many.

        `states`: by seat index; `access`: bits that the seats may have. Among windows that leave
        no single seat the nearest to the focal point wins; one that does is taken only where
        there is no other.
        """
        found: list[int] | None = None
        lonely: list[int] | None = None
        found_at = lonely_at = math.inf
        for block in self.blocks:
            if block.nearest >= found_at:
                break
            for window, is_lonely in self._windows(block, states, quantity, zone, access):
                middle = sum(self.distances[seat] for seat in window) / quantity
                if is_lonely and middle < lonely_at:
                    lonely, lonely_at = window, middle
                elif not is_lonely and middle < found_at:
                    found, found_at = window, middle
        return found or lonely

    def _windows(
        self,
        block: Block,
        states: Sequence[int],
        quantity: int,
        zone: int | None,
        access: int,
    ) -> list[tuple[list[int], bool]]:
        """Every run of `quantity` seats that can be given, and whether it leaves a single one."""
        windows: list[tuple[list[int], bool]] = []
        for first, end in self._runs(block, states, zone, access):
            for start in range(first, end - quantity + 1):
                before, after = start - first, end - start - quantity
                window = list(range(start, start + quantity))
                windows.append((window, 1 in (before, after)))
        return windows

    def _runs(
        self, block: Block, states: Sequence[int], zone: int | None, access: int
    ) -> list[tuple[int, int]]:
        """First and end of each stretch of seats that may be given now."""
        runs: list[tuple[int, int]] = []
        first = block.start
        stop = block.start + block.count
        for seat in range(block.start, stop + 1):
            fits = (
                seat < stop
                and states[seat] == AVAILABLE
                and zone in (None, self.zones[seat])
                and not self.access.get(seat, 0) & ~access
            )
            if not fits:
                if seat > first:
                    runs.append((first, seat))
                first = seat + 1
        return runs


def _focal_point(places: Places) -> tuple[float, float]:
    """The stage, pitch or screen; the middle of the drawing where none is named."""
    geometry = places.geometry
    for kind in FOCAL_KINDS:
        for mark in geometry.landmarks:
            if mark.kind == kind:
                return mark.at
    x, y, width, height = geometry.box
    return x + width / 2, y + height / 2


def _neighbours(
    xs: Sequence[int], ys: Sequence[int], start: int, count: int
) -> list[tuple[int, int]]:
    """Split a row at its aisles: (first, count) of each stretch without a wide gap."""
    if count < 2:
        return [(start, count)] if count else []
    gaps = [
        math.hypot(xs[seat + 1] - xs[seat], ys[seat + 1] - ys[seat])
        for seat in range(start, start + count - 1)
    ]
    usual = sorted(gaps)[len(gaps) // 2]
    stretches: list[tuple[int, int]] = []
    first = start
    for seat, gap in enumerate(gaps, start):
        if gap > usual * GAP_RATIO_MAX:
            stretches.append((first, seat + 1 - first))
            first = seat + 1
    stretches.append((first, start + count - first))
    return stretches


def _sums(deltas: Sequence[int]) -> list[int]:
    total = 0
    sums: list[int] = []
    for delta in deltas:
        total += delta
        sums.append(total)
    return sums
