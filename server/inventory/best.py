"""Best available: which of the seats that belong together to give.

Pure but for its memory: a `House` is made once per map version and event, `best` looks at the
seats' states of one moment. Seats are given side by side in one row or at one table, nearest to
the focal point first; accessible, companion and restricted places only to who asks for them; and
no single seat is left (`server.inventory.seating` says which is one) where that can be avoided.

A whole house is looked through in microseconds because little of it is: groups of rows come in
the order of what they could give at best, so that the first answers end the search; and a group
whose seats are as they were when it was last looked through is not looked through again.
"""

import math
from array import array
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from operator import sub

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import OrphanRule, TableMode
from server.inventory.models import AVAILABLE
from server.inventory.seating import FOR_DISABLED, Block, Seating

FOCAL_KINDS = ("stage", "pitch", "screen")
GROUP_SEATS = 256
"""A group ends with the row that makes it this long: comparing it costs what one row does."""
PLANS_MAX = 64
ROUNDING = 1e-6

Seats = bytes | bytearray
Box = tuple[int, int, int, int]
"""Least x and y, greatest x and y."""
Window = tuple[float, int]
"""How far it is, and its first seat."""
Stretch = tuple[float, int, int, int]
"""Seats that a wish may have: no window in it is nearer than the first; start, end, table or -1."""


class _Group(msgspec.Struct):
    """Neighbouring blocks as one wish sees them, with what they gave when they were `seen`."""

    nearest: float
    start: int
    end: int
    box: Box
    stretches: list[Stretch]
    seen: Seats = b""
    found: Window | None = None
    lonely: Window | None = None


class House(Seating):
    """A map as the rules see it, and how far each seat is from the stage."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        at = _focal_point(places)
        distances = [
            math.hypot(x - at[0], y - at[1]) for x, y in zip(self.xs, self.ys, strict=True)
        ]
        self._distance_sums = array("d", accumulate(distances, initial=0.0))
        self._x_sums = array("q", accumulate(self.xs, initial=0))
        self._y_sums = array("q", accumulate(self.ys, initial=0))
        self._groups = _grouped(self.blocks)
        self._mixed = [
            any(seat in self.access for seat in range(block.start, block.end))
            or len(set(self.zones[block.start : block.end])) > 1
            for block in self.blocks
        ]
        self._nearest: dict[int, list[float]] = {}
        self._plans: OrderedDict[tuple[int, frozenset[int] | None, int], list[_Group]] = (
            OrderedDict()
        )
        self._modes: Mapping[int, TableMode] = {}

    def best(
        self,
        states: Seats,
        quantity: int,
        *,
        zones: Collection[int] | None = None,
        access: int = 0,
        modes: Mapping[int, TableMode] | None = None,
        rule: OrphanRule = "lenient",
    ) -> list[int] | None:
        """`quantity` seats side by side, or None where there are no such.

        `states`: one byte per seat, 0 where it can be had; `zones`: only of these; `access`: bits
        that the seats may have; `modes`: tables that are not sold chair by chair. Of what leaves
        no single seat the nearest to the focal point, and of two as near the one of lower index;
        what leaves one only where nothing else is left, and never where the rule is `strict`.
        """
        found: Window | None = None
        lonely: Window | None = None
        sums = self._distance_sums

        def distance(start: int) -> float:
            return (sums[start + quantity] - sums[start]) / quantity

        for group in self._plan(quantity, zones, access, modes or {}):
            if found is not None and group.nearest > found[0]:
                break
            now = states[group.start : group.end]
            if now != group.seen:
                group.found, group.lonely = self._look(states, quantity, group.stretches, distance)
                group.seen = now
            here, alone = group.found, group.lonely
            if here is not None and (found is None or here < found):
                found = here
            if alone is not None and (lonely is None or alone < lonely):
                lonely = alone
        chosen = found or (None if rule == "strict" else lonely)
        return None if chosen is None else list(range(chosen[1], chosen[1] + quantity))

    def alternative(
        self,
        states: Seats,
        seats: Sequence[int],
        *,
        modes: Mapping[int, TableMode] | None = None,
        rule: OrphanRule = "lenient",
    ) -> list[int] | None:
        """As many seats side by side as were wanted, as near as can be to where they are.

        All in the zone of the first. Accessible and companion places only where all of `seats`
        are such, and then as many of each kind.
        """
        if not seats:
            return None
        quantity = len(seats)
        bits = [self.access.get(seat, 0) for seat in seats]
        kinds = sorted(bit & FOR_DISABLED for bit in bits)
        access = 4 if all(bit & 4 for bit in bits) else 0
        if all(kinds):
            access |= max(kinds) | min(kinds)  # kinds are 1, 2 or 3
        x, y = sum(self.xs[seat] for seat in seats), sum(self.ys[seat] for seat in seats)
        xs, ys = self._x_sums, self._y_sums

        def distance(start: int) -> float:
            end = start + quantity
            if access & FOR_DISABLED and kinds != sorted(
                self.access.get(seat, 0) & FOR_DISABLED for seat in range(start, end)
            ):
                return math.inf
            return math.hypot(xs[end] - xs[start] - x, ys[end] - ys[start] - y) / quantity

        middle = x / quantity, y / quantity
        plan = self._plan(quantity, [self.zones[seats[0]]], access, modes or {})
        found: Window | None = None
        lonely: Window | None = None
        order = sorted(
            (_apart(group.box, middle), at)
            for at, group in enumerate(plan)
            if states.find(bytes(quantity), group.start, group.end) >= 0
        )
        for nearest, at in order:
            if found is not None and nearest > found[0]:
                break
            stretches = sorted(
                (_apart(self._box(start, end), middle), start, end, table)
                for _, start, end, table in plan[at].stretches
            )
            here, alone = self._look(states, quantity, stretches, distance)
            found, lonely = _nearer(found, here), _nearer(lonely, alone)
        chosen = found or (None if rule == "strict" else lonely)
        return None if chosen is None else list(range(chosen[1], chosen[1] + quantity))

    def _look(
        self,
        states: Seats,
        quantity: int,
        stretches: Iterable[Stretch],
        distance: Callable[[int], float],
    ) -> tuple[Window | None, Window | None]:
        """The nearest free window that leaves no single seat, and the nearest that does."""
        found: Window | None = None
        lonely: Window | None = None
        free, find = bytes(quantity), states.find
        for nearest, first, end, table in stretches:
            if found is not None and nearest > found[0]:
                break
            start = find(free, first, end)
            if start < 0 or (table in self._modes and not self._sells(states, table, quantity)):
                continue
            windows: list[Window] = []
            while start >= 0:
                windows.append((distance(start), start))
                start = find(free, start + 1, end)
            windows.sort()
            for window in windows:
                if window[0] == math.inf or (found is not None and window >= found):
                    break
                if self.singles_left(states, range(window[1], window[1] + quantity)):
                    lonely = _nearer(lonely, window)
                else:
                    found = window
                    break
        return found, lonely

    def _sells(self, states: Seats, table: int, quantity: int) -> bool:
        """Whether so many chairs of the table go together, and what is left can be sold."""
        start, end = self.tables[table]
        mode = self._modes[table]
        if mode.mode == "whole":
            return quantity == end - start
        left = states.count(AVAILABLE, start, end) - quantity
        enough = mode.chairs_min or 0
        return left == 0 or (quantity >= enough and left >= enough)

    def _plan(
        self,
        quantity: int,
        zones: Collection[int] | None,
        access: int,
        modes: Mapping[int, TableMode],
    ) -> list[_Group]:
        """The groups with seats for such a wish, in the order of what each could give at best."""
        if modes is not self._modes:
            if modes != self._modes:
                self._plans.clear()
            self._modes = modes
        key = (quantity, None if zones is None else frozenset(zones), access)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._make_plan(*key)
            while len(self._plans) > PLANS_MAX:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(key)
        return plan

    def _make_plan(self, quantity: int, zones: frozenset[int] | None, access: int) -> list[_Group]:
        nearest = self._nearest.get(quantity)
        if nearest is None:
            nearest = self._nearest[quantity] = self._nearest_of(quantity)
        plan: list[_Group] = []
        for blocks in self._groups:
            stretches = sorted(
                (nearest[at], start, end, self.blocks[at].table)
                for at in blocks
                if nearest[at] < math.inf
                for start, end in self._fitting(at, zones, access)
                if end - start >= quantity
            )
            if stretches:
                start, end = self.blocks[blocks[0]].start, self.blocks[blocks[-1]].end
                plan.append(_Group(stretches[0][0], start, end, self._box(start, end), stretches))
        plan.sort(key=lambda group: group.nearest)
        return plan

    def _nearest_of(self, quantity: int) -> list[float]:
        """By block: how near its nearest window of `quantity` seats is; inf for too few seats."""
        sums = self._distance_sums
        return [
            min(
                map(
                    sub,
                    sums[block.start + quantity : block.end + 1],
                    sums[block.start : block.end + 1 - quantity],
                ),
                default=math.inf,
            )
            / quantity
            for block in self.blocks
        ]

    def _fitting(self, at: int, zones: frozenset[int] | None, access: int) -> list[tuple[int, int]]:
        """First and end of each stretch of a block whose seats are of the zones and for all."""
        block = self.blocks[at]
        if not self._mixed[at]:
            fits = zones is None or self.zones[block.start] in zones
            return [(block.start, block.end)] if fits else []
        stretches: list[tuple[int, int]] = []
        first = block.start
        for seat in range(block.start, block.end + 1):
            if (
                seat == block.end
                or self.access.get(seat, 0) & ~access
                or not (zones is None or self.zones[seat] in zones)
            ):
                if seat > first:
                    stretches.append((first, seat))
                first = seat + 1
        return stretches

    def _box(self, start: int, end: int) -> Box:
        xs, ys = self.xs[start:end], self.ys[start:end]
        return min(xs), min(ys), max(xs), max(ys)


def _nearer(one: Window | None, other: Window | None) -> Window | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _apart(box: Box, point: tuple[float, float]) -> float:
    """How far a point is from all of a box, at least."""
    x = max(box[0] - point[0], 0, point[0] - box[2])
    y = max(box[1] - point[1], 0, point[1] - box[3])
    return math.hypot(x, y) - ROUNDING


def _grouped(blocks: Sequence[Block]) -> list[range]:
    """Blocks that follow one another, by their places in the list."""
    groups: list[range] = []
    first = 0
    for at, block in enumerate(blocks):
        if block.end - blocks[first].start >= GROUP_SEATS:
            groups.append(range(first, at + 1))
            first = at + 1
    if first < len(blocks):
        groups.append(range(first, len(blocks)))
    return groups


def _focal_point(places: Places) -> tuple[float, float]:
    """What the map says it is; else the stage, pitch or screen; else the middle of the drawing."""
    geometry = places.geometry
    if geometry.focal is not None:
        return geometry.focal
    for kind in FOCAL_KINDS:
        for mark in geometry.landmarks:
            if mark.kind == kind:
                return mark.at
    x, y, width, height = geometry.box
    return x + width / 2, y + height / 2
