"""Places that are taken otherwise than by a buyer's hold: held from an allocation, or sold at once.

Both are alone on the event (see `verbs.alone`) and may take what is off sale, which a `Reserve`
names. All or nothing; each bumps the version once.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from server.catalog.models import Event
from server.inventory import blocks, sql, sql_taking
from server.inventory.change import SEAT, Change
from server.inventory.holds import hold_fact
from server.inventory.models import (
    AVAILABLE,
    BLOCKED,
    HELD,
    SOLD,
    Hold,
    Legs,
    PoolShortage,
    SaleLine,
    SeatsTaken,
    Selection,
)
from server.inventory.rows import SeatRow, places_on
from server.inventory.verbs import locked
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.outbox.models import Fact


class Reserve(msgspec.Struct, frozen=True):
    """Places off sale that may be taken all the same: these seats, so many places by pool.

    `is_all`: nothing else may be taken, as from an allocation; otherwise what is on sale comes
    first.
    """

    seats: Collection[int] = frozenset()
    pools: Mapping[uuid.UUID, int] = {}
    is_all: bool = False


NO_RESERVE = Reserve()


class Sale(msgspec.Struct, frozen=True):
    """What one order gets: the hold `hold_id` is made for it, sold as it is made."""

    hold_id: uuid.UUID
    buyer_id: uuid.UUID
    lines: list[SaleLine]

    @property
    def seats(self) -> list[int]:
        return sorted(line.seat_idx for line in self.lines if line.seat_idx is not None)

    @property
    def pools(self) -> list[SaleLine]:
        return [line for line in self.lines if line.pool_id is not None]


class _Picked(msgspec.Struct):
    """Locked places that may be taken; `opened`: places by pool that were off sale."""

    versions: dict[int, int]
    off_sale: set[int]
    opened: dict[uuid.UUID, int]

    @property
    def places(self) -> list[int]:
        return list(self.versions)


async def hold(
    tx: Tx,
    event: Event,
    allocation_id: uuid.UUID,
    buyer_id: uuid.UUID,
    wish: Selection,
    reserve: Reserve,
) -> Hold:
    """Hold places of an allocation for `hold_ttl_s`, on every leg; unsold they go back into it.

    Raises SeatsTaken, having changed nothing.
    """
    legs = (0, event.legs - 1)
    pools = {pool.pool_id: pool.quantity for pool in wish.pools}
    picked = await _pick(tx, event, wish.seats, pools, legs, reserve)
    hold_id = uuid7()
    done = Change(tx, event.id)
    version = await done.version()
    await sql_taking.INSERT_HOLD.run(
        tx, hold_id, event.org_id, event.id, buyer_id, sorted(wish.seats), *legs, wish.size,
        allocation_id, version, event.hold_ttl_s, list(pools), list(pools.values()),
    )  # fmt: skip
    _, made = await locked(tx, hold_id)
    taken = await sql_taking.TAKE_SEATS.run(
        tx, event.id, picked.places, hold_id, made.expires_at, version,
        list(picked.versions.values()),
    )  # fmt: skip
    assert taken == len(picked.versions), "locked seats cannot change under this transaction"
    done.mark(picked.places, HELD)
    await blocks.open_places(done, picked.opened.items(), legs)
    for pool, quantity in pools.items():
        done.count(pool, legs, held=quantity)
    await sql.SET_DUE.run(tx, event.id)
    await outbox.append(tx, hold_fact("created", made, picked.off_sale))
    await done.finish()
    return made


async def sell(
    tx: Tx,
    event: Event,
    sales: Sequence[Sale],
    legs: Legs,
    reserve: Reserve = NO_RESERVE,
    allocation_id: uuid.UUID | None = None,
) -> None:
    """Sell places to orders that follow in `tx`: all of these sales, or none.

    Raises SeatsTaken, having changed nothing.
    """
    line_of = {
        line.seat_idx: line.order_line_id
        for sale in sales
        for line in sale.lines
        if line.seat_idx is not None
    }
    areas = [(sale, line) for sale in sales for line in sale.pools]
    pools: Counter[uuid.UUID] = Counter()
    for _, line in areas:
        assert line.pool_id is not None
        pools[line.pool_id] += line.quantity
    picked = await _pick(tx, event, line_of, pools, legs, reserve)
    done = Change(tx, event.id)
    version = await done.version()
    await sql_taking.INSERT_SOLD.run(
        tx, event.org_id, event.id, *legs, allocation_id, version,
        [sale.hold_id for sale in sales],
        [sale.buyer_id for sale in sales],
        [_array(sale.seats) for sale in sales],
        [sum(line.quantity for line in sale.lines) for sale in sales],
        [_array([line.pool_id for line in sale.pools]) for sale in sales],
        [_array([line.quantity for line in sale.pools]) for sale in sales],
    )  # fmt: skip
    if areas:
        await sql_taking.INSERT_CLAIMS.run(
            tx, event.org_id, event.id,
            [uuid7() for _ in areas],
            [line.pool_id for _, line in areas],
            [line.quantity for _, line in areas],
            [sale.hold_id for sale, _ in areas],
            [line.order_line_id for _, line in areas],
        )  # fmt: skip
    sold = await sql_taking.SELL_SEATS.run(
        tx, event.id, picked.places, version, list(picked.versions.values()),
        [line_of[place & SEAT] for place in picked.places],
    )  # fmt: skip
    assert sold == len(picked.versions), "locked seats cannot change under this transaction"
    done.mark(picked.places, SOLD)
    await blocks.open_places(done, picked.opened.items(), legs)
    for pool, quantity in pools.items():
        done.count(pool, legs, sold=quantity)
    await outbox.append_bundle(
        tx, [_sold(event, sale, legs, picked.off_sale, version) for sale in sales]
    )
    await done.finish()


async def _pick(
    tx: Tx,
    event: Event,
    seats: Collection[int],
    pools: Mapping[uuid.UUID, int],
    legs: Legs,
    reserve: Reserve,
) -> _Picked:
    """Lock these places. Raises SeatsTaken where one may not be taken."""
    free: dict[uuid.UUID, int] = {}
    for row in await sql.LOCK_POOLS.all(tx, sorted(pools), *legs) if pools else []:
        left = max(0, row.capacity - row.used)
        free[row.id] = 0 if reserve.is_all else min(free.get(row.id, left), left)
    rows = await sql.LOCK_SEATS.all(tx, event.id, places_on(legs, seats))
    blocked = await blocks.blocked_places(tx, sorted(reserve.pools.keys() & pools.keys()), legs)
    taken = {row.seat_idx for row in rows if not _may_take(row, reserve)}
    opened, short = {}, []
    for pool, quantity in pools.items():
        there = free[pool] + min(reserve.pools.get(pool, 0), blocked.get(pool, 0))
        if quantity > there:
            short.append(PoolShortage(pool, quantity, there))
        elif quantity > free[pool]:
            opened[pool] = quantity - free[pool]
    if taken or short:
        raise SeatsTaken(sorted(taken), short)
    return _Picked(
        {row.place: row.version for row in rows},
        {row.seat_idx for row in rows if row.status == BLOCKED},
        opened,
    )


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _may_take(seat: SeatRow, reserve: Reserve) -> bool:
    if seat.status == BLOCKED:
        return seat.seat_idx in reserve.seats
    return not reserve.is_all and (seat.status == AVAILABLE or seat.over)


def _sold(event: Event, sale: Sale, legs: Legs, off_sale: Collection[int], version: int) -> Fact:
    return Fact(
        type="inventory.seat.sold",
        org_id=event.org_id,
        subject=f"hold:{sale.hold_id}",
        data={
            "event_id": str(event.id),
            "hold_id": str(sale.hold_id),
            "seat_idxs": sale.seats,
            "pools": [
                {"pool_id": str(line.pool_id), "quantity": line.quantity} for line in sale.pools
            ],
            "legs": legs,
            "off_sale": [seat for seat in sale.seats if seat in off_sale],
            "version": version,
        },
    )
