"""What the machine may ask of the engine, and what it was answered."""

import uuid
from collections.abc import Collection, Iterable

import msgspec
from hypothesis import strategies as st

from server.catalog.geometry import GONE
from server.inventory.models import HoldRequest, HoldView, SaleLine
from server.kernel.errors import DomainError
from tests.server.inventory.engine import PLACES_MAX, SEATS
from tests.server.inventory.model import Hold

LEGS_MAX = 3

instances = st.sampled_from([0, 1])
any_seat = st.integers(0, SEATS + 3)
seat_sets = st.sets(any_seat, max_size=4)
pool_wishes = st.dictionaries(st.sampled_from([0, 1]), st.integers(1, 3), max_size=2)
leg_pairs = st.tuples(st.integers(0, LEGS_MAX - 1), st.integers(0, LEGS_MAX - 1))
wishes = st.tuples(seat_sets, pool_wishes, leg_pairs).filter(
    lambda wanted: 0 < len(wanted[0]) + sum(wanted[1].values()) <= PLACES_MAX
)
nths = st.integers(0, 999)


class Asked:
    """A request with its key, and what it was answered the first time. `lines`: what was sold of
    it; `returned`: those of them that went back."""

    def __init__(self, buyer_id: uuid.UUID, name: str, request: HoldRequest) -> None:
        self.buyer_id, self.name, self.request = buyer_id, name, request
        self.answer: HoldView | DomainError | None = None
        self.hold: Hold | None = None
        self.hold_id = uuid.UUID(int=0)
        self.lines: list[SaleLine] = []
        self.returned: set[uuid.UUID] = set()


class Given:
    """What was taken otherwise than by asking for a hold: from an allocation, or sold at once."""

    def __init__(self, hold_id: uuid.UUID, hold: Hold, lines: Iterable[SaleLine] = ()) -> None:
        self.hold_id, self.hold, self.lines = hold_id, hold, list(lines)
        self.returned: set[uuid.UUID] = set()


def same_but_for_the_end(view: HoldView, first: HoldView, gone: Collection[int]) -> None:
    """`time_passes` moves the end of a hold behind the product's back. Seats that the map does not
    have any more, `gone`, may have lost their names."""
    view.expires_at = first.expires_at
    for now, then in zip(view.seats, first.seats, strict=True):
        if now.idx in gone and now.label == GONE.label:
            now.label, now.section, now.row, now.number = (
                then.label, then.section, then.row, then.number,
            )  # fmt: skip
    assert msgspec.structs.asdict(view) == msgspec.structs.asdict(first)
