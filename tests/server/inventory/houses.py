"""Small houses of any shape, and the selling rules once more: slow, and plain enough to believe."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unittest.mock import patch

from hypothesis import strategies as st

from server.catalog.geometry import (
    Geometry,
    LandmarkShape,
    Places,
    RowShape,
    SeatColumns,
    TableShape,
    ZoneShape,
)
from server.catalog.models import TableMode
from server.inventory import best
from server.inventory.best import House

PITCH = 10
ZONES = 3


@dataclass(frozen=True)
class Spec:
    """A group of seats: (zone, access bits, whether an aisle comes before) each."""

    seats: list[tuple[int, int, bool]]
    is_table: bool


specs = st.lists(
    st.builds(
        Spec,
        st.lists(
            st.tuples(
                st.integers(0, ZONES - 1),
                st.sampled_from([0] * 8 + [1, 2, 4, 4, 4, 5]),
                st.sampled_from([False] * 5 + [True]),
            ),
            min_size=1,
            max_size=9,
        ),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


class Drawn:
    """A house of these specs, and what it is made of: groups of seats that belong together."""

    def __init__(self, wanted: Sequence[Spec]) -> None:
        xs: list[int] = []
        ys: list[int] = []
        self.zones: list[int] = []
        self.access: dict[int, int] = {}
        self.rows: list[list[int]] = []
        self.tables: list[list[int]] = []
        shapes: list[tuple[int, int, bool]] = []
        for at, spec in enumerate(wanted):
            start, x = len(xs), 0
            groups: list[list[int]] = [[]]
            for zone, bits, aisle in spec.seats:
                seat = len(xs)
                # One wide step among usual ones is an aisle; the row's first seat has none.
                is_aisle = aisle and not spec.is_table and len(spec.seats) >= 6 and seat > start
                x += PITCH * (4 if is_aisle else 1)
                xs.append(x)
                ys.append((at + 1) * 3 * PITCH)
                self.zones.append(zone)
                if bits:
                    self.access[seat] = bits
                groups[-1].append(seat)
            shapes.append((start, len(spec.seats), spec.is_table))
            if spec.is_table:
                self.tables.append(groups[0])
            else:
                self.rows += _split(groups[0], xs)
        self.count = len(xs)
        self.places = Places(
            Geometry(
                id="",
                scale=1,
                box=(0, 0, 100, 100),
                zones=[ZoneShape(f"z{zone}", "") for zone in range(ZONES)],
                sections=[],
                rows=[RowShape(None, "", (s, n), [1, 1]) for s, n, table in shapes if not table],
                tables=[
                    TableShape(f"t{s}", f"{s}", None, (0, 0), 1, None, (s, n), [1, 1])
                    for s, n, table in shapes
                    if table
                ],
                areas=[],
                landmarks=[LandmarkShape("Stage", "stage", None, (37, -20))],
                labels=[],
                seats=SeatColumns(
                    n=len(xs),
                    x=_deltas(xs),
                    y=_deltas(ys),
                    r=[(len(xs), 4)],
                    zone=[(1, zone) for zone in self.zones],
                    access=list(self.access.items()),
                ),
            )
        )
        self.xs, self.ys = xs, ys
        with patch.object(best, "GROUP_SEATS", 4):  # so that a small house has many groups
            self.house = House(self.places)

    def bits(self, seat: int) -> int:
        return self.access.get(seat, 0)

    def singles(self, states: Sequence[int], seats: Collection[int]) -> list[int]:
        """Free seats alone after, that were not alone before."""
        before = self._alone({s for s in range(self.count) if states[s] == 0})
        after = self._alone({s for s in range(self.count) if states[s] == 0} - set(seats))
        return sorted(after - before)

    def _alone(self, free: set[int]) -> set[int]:
        alone: set[int] = set()
        ordinary = {seat for seat in free if not self.bits(seat) & 3}
        for row in self.rows:
            for seat in row:
                if seat in ordinary and not {seat - 1, seat + 1} & ordinary & set(row):
                    alone.add(seat)
        for table in self.tables:
            left = ordinary & set(table)
            if len(left) == 1:
                alone |= left
        return alone

    def windows(
        self,
        states: Sequence[int],
        quantity: int,
        zones: Collection[int] | None,
        access: int,
        modes: Mapping[int, TableMode],
    ) -> list[list[int]]:
        """Every choice of neighbours that fits the wish, in seat order."""
        found: list[list[int]] = []
        for at, group in [*enumerate(self.tables), *((-1, row) for row in self.rows)]:
            for first in range(len(group) - quantity + 1):
                window = group[first : first + quantity]
                if all(
                    states[seat] == 0
                    and (zones is None or self.zones[seat] in zones)
                    and not self.bits(seat) & ~access
                    for seat in window
                ) and (at not in modes or self._sells(states, group, quantity, modes[at])):
                    found.append(window)
        return sorted(found)

    def _sells(
        self, states: Sequence[int], table: list[int], quantity: int, mode: TableMode
    ) -> bool:
        if mode.mode == "whole":
            return quantity == len(table)
        left = sum(states[seat] == 0 for seat in table) - quantity
        enough = mode.chairs_min or 0
        return left == 0 or (quantity >= enough and left >= enough)

    def distance(self, window: list[int]) -> float:
        """Of its seats from the stage, on average."""
        return sum(math.hypot(self.xs[s] - 37, self.ys[s] + 20) for s in window) / len(window)


def _split(row: list[int], xs: list[int]) -> list[list[int]]:
    groups = [[row[0]]]
    steps = [xs[b] - xs[a] for a, b in pairwise(row)]
    usual = sorted(steps)[len(steps) // 2] if steps else 0
    for seat, step in zip(row[1:], steps, strict=True):
        if step > 1.75 * usual:
            groups.append([])
        groups[-1].append(seat)
    return groups


def _deltas(values: list[int]) -> list[int]:
    return [now - before for before, now in zip([0, *values], values, strict=False)]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Drawn, bytearray]:
    """A house and its seats' states, more of them free than not."""
    drawn = Drawn(draw(specs))
    states = bytearray(
        draw(
            st.lists(
                st.sampled_from([0, 0, 0, 1, 2, 3]), min_size=drawn.count, max_size=drawn.count
            )
        )
    )
    return drawn, states


@st.composite
def modes_of(draw: st.DrawFn, drawn: Drawn) -> dict[int, TableMode]:
    modes: dict[int, TableMode] = {}
    for at, table in enumerate(drawn.tables):
        match draw(st.sampled_from(["chairs", "whole", "at_least"])):
            case "whole":
                modes[at] = TableMode(at, f"{at}", "whole")
            case "at_least":
                modes[at] = TableMode(at, f"{at}", "at_least", draw(st.integers(1, len(table))))
    return modes
