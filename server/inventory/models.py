"""Selections, holds, what inventory announces, and why it refuses."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

import msgspec

from server.catalog.models import OrphanRule, TableMode, TableRule
from server.kernel.context import Context
from server.kernel.errors import DomainError
from server.kernel.idempotency import Key

AVAILABLE, HELD, SOLD, BLOCKED = range(4)
STATUS_NAMES = ("available", "held", "sold", "blocked")

SeatIdx = Annotated[int, msgspec.Meta(ge=0, lt=1_000_000)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Leg = Annotated[int, msgspec.Meta(ge=0, lt=64)]
Legs = tuple[Leg, Leg]
"""First and last leg of a trip, both included; (0, 0) at an event in one place."""
HoldStatus = Literal["active", "converted", "expired", "released"]


class PoolWish(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    pool_id: uuid.UUID
    quantity: Quantity


class BestWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seats side by side, chosen by the server. `zone`: its key, None for any; `price_max_minor`:
    what a seat may cost; `access`: the bits that the seats may have (1 accessible, 2 companion,
    4 restricted view)."""

    quantity: Annotated[int, msgspec.Meta(ge=1, le=100)]
    zone: str | None = None
    price_max_minor: Annotated[int, msgspec.Meta(ge=0)] | None = None
    access: Annotated[int, msgspec.Meta(ge=0, le=7)] = 0


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seats by index, and places of standing areas."""

    seats: Annotated[list[SeatIdx], msgspec.Meta(max_length=1_000)] = []
    pools: Annotated[list[PoolWish], msgspec.Meta(max_length=100)] = []

    @property
    def size(self) -> int:
        size = len(self.seats)
        return size + sum([pool.quantity for pool in self.pools]) if self.pools else size


class TypeChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """These seats, and all places of these areas, as this ticket type."""

    ticket_type_id: uuid.UUID
    seats: Annotated[list[SeatIdx], msgspec.Meta(max_length=1_000)] = []
    pools: Annotated[list[uuid.UUID], msgspec.Meta(max_length=100)] = []


Choices = Annotated[list[TypeChoice], msgspec.Meta(max_length=100)]
AccessCode = Annotated[str, msgspec.Meta(max_length=60)]


class ChoiceWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a hold's places shall be sold as; those that are not named, as their zones' defaults.
    `access_code`: opens the ticket types that have it."""

    ticket_types: Choices
    access_code: AccessCode | None = None


class HoldRequest(Selection, frozen=True, forbid_unknown_fields=True):
    """Places by name, or the best seats available, or both.

    `legs`: of a trip, every place is held on all of them; the whole trip where left out.
    `alternative`: if seats named here are taken, hold the nearest equal ones for a short time.
    `ticket_types`: of places named here, where they are not sold as their zones' defaults;
    `access_code`: opens those that have it.
    """

    best: BestWish | None = None
    legs: Legs | None = None
    alternative: bool = False
    ticket_types: Choices = []
    access_code: AccessCode | None = None


class HoldChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add, remove and extend in one all-or-nothing act; removing pool places removes `quantity`."""

    add: Selection = Selection()
    remove: Selection = Selection()
    extend: bool = False


class BlockRequest(Selection, frozen=True, forbid_unknown_fields=True):
    """Seats, and so many places of standing areas, to take off sale or to put back on it.

    `legs`: of a trip, on all of them; the whole trip where left out.
    """

    legs: Legs | None = None


class PlacesChanged(msgspec.Struct):
    """What was blocked or unblocked, by the event's version `version`: seats that were so already
    are left out."""

    event_id: uuid.UUID
    version: int
    seats: list[int]
    pools: list[PoolWish]
    legs: Legs


class BlockedPlaces(msgspec.Struct):
    """What is blocked, on every leg, at the event's version `version`."""

    event_id: uuid.UUID
    version: int
    seats: list[int]
    pools: list[PoolWish]


class TableWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a table shall be sold. `chairs_min`: for `at_least`, and only for that."""

    mode: TableRule
    chairs_min: Annotated[int, msgspec.Meta(ge=1, le=1_000)] | None = None


class Rules(msgspec.Struct, frozen=True, gc=False):
    """What an event allows for good, beyond that a place is free; how its tables are sold can
    change, and is read with their seats."""

    seats_per_buyer_max: int | None = None
    orphan_rule: OrphanRule = "off"


NO_RULES = Rules()


class HoldWanted(msgspec.Struct, frozen=True, gc=False):
    """A request in the combiner, with whose it is. `ttl_s`: how long the hold lasts, seconds;
    `hold_id`: the key's, where there is one, so that one key can make one hold only;
    `best_zones`: where the best seats may be, None for anywhere."""

    hold_id: uuid.UUID
    org_id: str
    buyer_id: uuid.UUID
    ttl_s: int
    selection: Selection
    context: Context
    key: Key | None = None
    best: BestWish | None = None
    best_zones: frozenset[int] | None = None
    legs: Legs = (0, 0)
    alternative: bool = False
    rules: Rules = NO_RULES


class Hold(msgspec.Struct, gc=False):
    """A hold as the database has it. `version`: the event's version that made it what it holds;
    `places`: how many it counts against its buyer's limit."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    buyer_id: uuid.UUID
    status: HoldStatus
    seat_idxs: list[int]
    pools: list[PoolWish]
    legs: Legs
    places: int
    created_at: dt.datetime
    expires_at: dt.datetime
    extendable_until: dt.datetime
    version: int
    is_ordered: bool
    server_time: dt.datetime

    @property
    def is_over(self) -> bool:
        return self.status != "active" or self.expires_at <= self.server_time


class HeldSeat(msgspec.Struct, gc=False):
    idx: int
    label: str
    section: str | None
    row: str | None
    number: str
    price_minor: int
    ticket_type_id: uuid.UUID
    ticket_type: str


class HeldPool(msgspec.Struct, gc=False):
    pool_id: uuid.UUID
    name: str
    quantity: int
    price_minor: int
    ticket_type_id: uuid.UUID
    ticket_type: str


class HoldView(msgspec.Struct, gc=False):
    """A hold as its buyer sees it. `price_minor` is per place; count down from `server_time`."""

    id: uuid.UUID
    event_id: uuid.UUID
    status: HoldStatus
    seats: list[HeldSeat]
    pools: list[HeldPool]
    legs: Legs
    total_minor: int
    currency: str
    created_at: dt.datetime
    expires_at: dt.datetime
    extendable_until: dt.datetime
    server_time: dt.datetime
    version: int


class HoldPage(msgspec.Struct):
    items: list[HoldView]
    next_token: str | None = None


class PoolShortage(msgspec.Struct, frozen=True):
    pool_id: uuid.UUID
    requested: int
    available: int


class SaleLine(msgspec.Struct, frozen=True):
    """One order line on its way to being sold: a seat, or `quantity` places of a pool."""

    order_line_id: uuid.UUID
    seat_idx: int | None
    pool_id: uuid.UUID | None
    quantity: int


class MapChanged(msgspec.Struct, frozen=True):
    """Announced after the commit that moved an event to another version of its map."""

    event_id: uuid.UUID
    version: int


class InventoryChanged(msgspec.Struct, frozen=True):
    """Announced after each commit: what version `version` changed against `prev`.

    `seats`: (seat index, status); `pools`: (pool index, places left).
    """

    event_id: uuid.UUID
    prev: int
    version: int
    seats: list[tuple[int, int]]
    pools: list[tuple[int, int]]


class Recount(msgspec.Struct, frozen=True):
    """Announced within the process after each commit: what a mirror of the event must change.

    `places`: (leg << 20 | seat index, status), each one seat version later;
    `pools`: (pool, leg, used).
    """

    event_id: uuid.UUID
    version: int
    places: list[tuple[int, int]]
    pools: list[tuple[uuid.UUID, int, int]]


class SeatsTaken(DomainError):
    """Somebody else has one of the seats, or a standing area has too few places left.

    `alternative`: equal seats nearby, held for the buyer for a short time; None where nobody asked
    for them or there are none.
    """

    def __init__(
        self, seats: list[int], pools: list[PoolShortage], alternative: Any = None
    ) -> None:
        parts = []
        if seats:
            parts.append(f"{len(seats)} of the seats {'is' if len(seats) == 1 else 'are'} taken")
        if pools:
            parts.append("a standing area has too few places left")
        super().__init__(
            f"{' and '.join(parts)}: nothing was held, choose others", seats=seats, pools=pools
        )
        self.seats, self.pools, self.alternative = seats, pools, alternative


class NotTogether(DomainError):
    """Nowhere are as many seats free side by side."""

    def __init__(self, quantity: int) -> None:
        super().__init__(
            f"no {quantity} seats side by side are free any more: take fewer, or choose singly",
            quantity=quantity,
        )
        self.quantity = quantity


class SelectionInvalid(DomainError):
    """The selection names a place that the event does not have, or names one twice."""


class TooManyPlaces(DomainError):
    """More places than one hold, or one buyer, may have at this event."""


class HoldOrdered(DomainError):
    """The hold went to checkout: its places are what is being paid for."""


class HoldOver(DomainError):
    """The hold has ended: its places may be somebody else's by now."""


class MapMoved(DomainError):
    """The event moved to another version of its map at this moment."""


class MigrationRefused(DomainError):
    """The event cannot move to this version of the map: places that people have are in the way, or
    it is not a newer version of the event's own map."""


class NotOnSale(DomainError):
    """The event is not being sold."""


class NotAdmitted(DomainError):
    """The event lets buyers in by turns, and this one has no pass, or it has ended."""


class TicketTypeRefused(DomainError):
    """The ticket type is not offered to this buyer, for this place, now, or to so few or many."""


class TicketTypeSoldOut(DomainError):
    """Fewer of the ticket type are left than were wanted."""

    def __init__(self, ticket_type_id: uuid.UUID, name: str, available: int) -> None:
        super().__init__(
            f"of {name} only {available} are left: nothing was changed, choose another type",
            ticket_type_id=ticket_type_id, available=available,
        )  # fmt: skip


class SingleSeatLeft(DomainError):
    """The choice would leave a single seat that hardly anybody takes."""

    def __init__(self, seats: list[int]) -> None:
        super().__init__(
            "this would leave a single seat: choose one seat further along, or that one too",
            seats=seats,
        )
        self.seats = seats


class BlockRefused(DomainError):
    """Places that somebody has are not blocked, and only blocked ones are unblocked."""

    def __init__(self, seats: list[int], pools: list[PoolShortage]) -> None:
        parts = []
        if seats:
            parts.append(f"{len(seats)} of the seats {'is' if len(seats) == 1 else 'are'} taken")
        if pools:
            parts.append("a standing area has fewer such places")
        super().__init__(
            f"{' and '.join(parts)}: nothing was changed, leave these out", seats=seats, pools=pools
        )
        self.seats, self.pools = seats, pools


class TableHeld(DomainError):
    """Somebody holds chairs of the table, by the rule it is sold by now."""

    def __init__(self, seats: list[int]) -> None:
        super().__init__(
            "chairs of this table are being held: come back when they are sold or free", seats=seats
        )
        self.seats = seats


class TableRefused(DomainError):
    """The table is not sold in so few chairs."""

    def __init__(self, tables: list[TableMode]) -> None:
        parts = [
            f"table {table.name} is sold whole"
            if table.mode == "whole"
            else f"table {table.name} is sold from {table.chairs_min} chairs on"
            for table in tables
        ]
        super().__init__(f"{', '.join(parts)}: choose more of its chairs, or none", tables=tables)
        self.tables = tables
