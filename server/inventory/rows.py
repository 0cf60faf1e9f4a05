"""What the statements of inventory return."""

import datetime as dt
import uuid
from collections.abc import Iterable

import msgspec


class SeatRow(msgspec.Struct):
    leg: int
    seat_idx: int
    status: int
    version: int
    hold_id: uuid.UUID | None
    over: bool

    @property
    def place(self) -> int:
        return self.leg << 20 | self.seat_idx


class PoolRow(msgspec.Struct):
    """`used`: what nobody else can have now."""

    id: uuid.UUID
    leg: int
    pool_idx: int
    capacity: int
    used: int


class CountRow(msgspec.Struct):
    id: uuid.UUID
    leg: int
    used: int


class BumpRow(msgspec.Struct):
    version: int
    last_leg: int


class MirrorClockRow(msgspec.Struct):
    """`noted`: how many of the versions since the one asked about are in the journal;
    `ruled_at_version`: which last changed how a table is sold; `mapped_at_version`: which gave
    the event its map."""

    version: int
    ruled_at_version: int
    mapped_at_version: int
    due_at: float | None
    now: float
    noted: int


class ReadClockRow(msgspec.Struct):
    version: int
    mapped_at_version: int
    last_leg: int
    noted: int


class ExtentRow(msgspec.Struct):
    legs: int
    seats: int


class VersionedRow(msgspec.Struct):
    leg: int
    seat_idx: int
    status: int
    version: int


class OwnedRow(msgspec.Struct):
    buyer_id: uuid.UUID
    places: int


class HoldRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    buyer_id: uuid.UUID
    status: str
    seat_idxs: list[int]
    pool_ids: list[uuid.UUID]
    pool_quantities: list[int]
    leg_first: int
    leg_last: int
    places: int
    request_hash: bytes | None
    created_at: dt.datetime
    expires_at: dt.datetime
    extendable_until: dt.datetime
    version: int
    is_ordered: bool
    allocation_id: uuid.UUID | None
    server_time: dt.datetime

    @property
    def legs(self) -> tuple[int, int]:
        return self.leg_first, self.leg_last

    @property
    def pools(self) -> dict[uuid.UUID, int]:
        """Places by standing area."""
        return dict(zip(self.pool_ids, self.pool_quantities, strict=True))

    def on_legs(self, seat_idxs: Iterable[int]) -> list[int]:
        """Places of these seats on every leg of the hold, in lock order."""
        return places_on(self.legs, seat_idxs)


def places_on(legs: tuple[int, int], seat_idxs: Iterable[int]) -> list[int]:
    """Places of these seats from the first of `legs` to the last, in lock order."""
    seats = sorted(seat_idxs)
    return [leg << 20 | seat for leg in range(legs[0], legs[1] + 1) for seat in seats]


class BlockedRow(msgspec.Struct):
    pool_id: uuid.UUID
    leg: int
    quantity: int


class LinePlaceRow(msgspec.Struct):
    """A seat on a leg, and the order line that it is sold to, if any."""

    leg: int
    seat_idx: int
    order_line_id: uuid.UUID | None

    @property
    def place(self) -> int:
        return self.leg << 20 | self.seat_idx


class LineClaimRow(msgspec.Struct):
    """Places of a pool that are sold to an order line."""

    pool_id: uuid.UUID
    order_line_id: uuid.UUID
    quantity: int


class TakenRow(msgspec.Struct):
    """A place that is not available."""

    leg: int
    seat_idx: int
    status: int


class PoolUsageRow(msgspec.Struct):
    """Of a pool, on its fullest leg."""

    pool_idx: int
    used: int
    held: int


class AroundRow(msgspec.Struct):
    """A seat's state, the least free of the legs asked for."""

    seat_idx: int
    status: int


class StateRow(msgspec.Struct):
    seat_idx: int
    status: int
    changed_at_version: int


class PoolStateRow(msgspec.Struct):
    pool_idx: int
    available: int
    changed_at_version: int


class DueRow(msgspec.Struct):
    event_id: uuid.UUID
    due_in_s: float


class TallyRow(msgspec.Struct):
    """Places held and sold in one range of seats, or in one pool."""

    idx: int
    held: int
    sold: int


class PlaceCountRow(msgspec.Struct):
    """Places by what they are."""

    available: int
    held: int
    sold: int
    blocked: int


class ClockRow(msgspec.Struct):
    event_id: uuid.UUID
    stream: str
    version: int


class Written(msgspec.Struct):
    """`now`: the transaction's time, which is when the holds began."""

    version: int
    now: dt.datetime
    now_s: float
    due_at: float | None
