"""What an organizer does to places that nobody has: block, unblock, sell a table otherwise.

Whoever calls these runs in `Database.exclusive` of the event, with nothing held that is over (see
`verbs.alone`). Each is all or nothing, refuses before it writes, bumps the version once, and does
nothing at all where everything is as wished already.
"""

import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence

from server.catalog import service as catalog
from server.catalog.geometry import Places
from server.catalog.models import Event, TableMode, TableRule
from server.inventory import clock, sql, sql_blocks
from server.inventory.change import SEAT, Change
from server.inventory.models import (
    AVAILABLE,
    BLOCKED,
    HELD,
    SOLD,
    BlockRefused,
    InventoryChanged,
    Legs,
    PlacesChanged,
    PoolShortage,
    PoolWish,
    Selection,
    TableHeld,
)
from server.inventory.rows import PoolRow, SeatRow, places_on
from server.kernel.db import Tx
from server.kernel.errors import NotFound
from server.outbox import service as outbox
from server.outbox.models import Fact

Verb = Callable[[Tx, Event, Selection, Legs], Awaitable[PlacesChanged]]


async def block(tx: Tx, event: Event, wish: Selection, legs: Legs) -> PlacesChanged:
    """Take these places off sale, on these legs. Raises BlockRefused, naming what is not free."""
    pools, seats = await _lock(tx, event, wish, legs)
    left = {pool.pool_id: pool.quantity for pool in wish.pools}
    for row in pools:
        left[row.id] = min(left[row.id], max(0, row.capacity - row.used))
    _refuse(seats, wish.pools, left)
    free = [seat.place for seat in seats if seat.status != BLOCKED]
    if not free and not wish.pools:
        return await _unchanged(tx, event, legs)
    done = Change(tx, event.id)
    version = await done.version()
    blocked = await sql_blocks.BLOCK_SEATS.run(tx, event.id, free, version)
    assert blocked == len(free), "locked seats cannot change under this transaction"
    done.mark(free, BLOCKED)
    for pool in wish.pools:
        await done.shut(event.org_id, pool.pool_id, legs, pool.quantity)
    return await _finish(done, event, "blocked", free, wish.pools, legs)


async def unblock(tx: Tx, event: Event, wish: Selection, legs: Legs) -> PlacesChanged:
    """Put these places back on sale. Raises BlockRefused for seats that somebody has, and for
    areas of which fewer places are blocked."""
    _, seats = await _lock(tx, event, wish, legs)
    blocked = await blocked_places(tx, [pool.pool_id for pool in wish.pools], legs)
    _refuse(seats, wish.pools, blocked)
    shut = [seat.place for seat in seats if seat.status == BLOCKED]
    if not shut and not wish.pools:
        return await _unchanged(tx, event, legs)
    done = Change(tx, event.id)
    version = await done.version()
    opened = await sql_blocks.UNBLOCK_SEATS.run(tx, event.id, shut, version)
    assert opened == len(shut), "locked seats cannot change under this transaction"
    done.mark(shut, AVAILABLE)
    await open_places(done, [(pool.pool_id, pool.quantity) for pool in wish.pools], legs)
    return await _finish(done, event, "unblocked", shut, wish.pools, legs)


async def _lock(
    tx: Tx, event: Event, wish: Selection, legs: Legs
) -> tuple[list[PoolRow], list[SeatRow]]:
    pool_ids = sorted(pool.pool_id for pool in wish.pools)
    pools = await sql.LOCK_POOLS.all(tx, pool_ids, *legs) if pool_ids else []
    return pools, await sql.LOCK_SEATS.all(tx, event.id, places_on(legs, wish.seats))


async def blocked_places(tx: Tx, pool_ids: Iterable[uuid.UUID], legs: Legs) -> dict[uuid.UUID, int]:
    """Blocked places per pool, on the leg that has fewest, locked."""
    pool_ids = list(pool_ids)
    rows = await sql_blocks.LOCK_BLOCKED.all(tx, pool_ids, *legs) if pool_ids else []
    by_leg = {(row.pool_id, row.leg): row.quantity for row in rows}
    return {pool: min(by_leg.get((pool, leg), 0) for leg in _each(legs)) for pool in pool_ids}


async def open_places(done: Change, wishes: Iterable[tuple[uuid.UUID, int]], legs: Legs) -> None:
    """So many blocked places of these pools are not blocked any more: the caller says what else
    they are, or they are on sale."""
    on_legs = [(pool, quantity, leg) for pool, quantity in wishes for leg in _each(legs)]
    if not on_legs:
        return
    pools, quantities, each = map(list, zip(*on_legs, strict=True))
    await sql_blocks.UNBLOCK_PLACES.run(done.tx, pools, each, quantities)
    for pool, quantity, leg in on_legs:
        done.count(pool, (leg, leg), blocked=-quantity)


def _refuse(
    seats: Sequence[SeatRow], pools: Sequence[PoolWish], there: dict[uuid.UUID, int]
) -> None:
    """`there`: so many places of each pool there are to take. Raises BlockRefused."""
    taken = {seat.seat_idx for seat in seats if seat.status in (HELD, SOLD) and not seat.over}
    short = [
        PoolShortage(pool.pool_id, pool.quantity, there[pool.pool_id])
        for pool in pools
        if pool.quantity > there[pool.pool_id]
    ]
    if taken or short:
        raise BlockRefused(sorted(taken), short)


def _each(legs: Legs) -> range:
    return range(legs[0], legs[1] + 1)


async def _unchanged(tx: Tx, event: Event, legs: Legs) -> PlacesChanged:
    version = await clock.now(tx, event.id, "inventory")
    assert version is not None, "an event that sells has a clock"
    return PlacesChanged(event.id, version, [], [], legs)


async def _finish(
    done: Change, event: Event, verb: str, places: list[int], pools: list[PoolWish], legs: Legs
) -> PlacesChanged:
    version = await done.version()
    changed = PlacesChanged(event.id, version, _seats_of(places), pools, legs)
    await outbox.append(
        done.tx,
        Fact(
            type=f"inventory.seat.{verb}",
            org_id=event.org_id,
            subject=f"event:{event.id}",
            data={
                "event_id": str(event.id),
                "seat_idxs": changed.seats,
                "legs": legs,
                "pools": [{"pool_id": str(p.pool_id), "quantity": p.quantity} for p in pools],
                "version": version,
            },
        ),
    )
    await done.finish()
    return changed


def _seats_of(places: list[int]) -> list[int]:
    return sorted({place & SEAT for place in places})


async def set_table(
    tx: Tx,
    event: Event,
    places: Places,
    table_idx: int,
    mode: TableRule,
    chairs_min: int | None,
) -> TableMode:
    """From now on the table is sold like this: holds of a later version are decided by it.

    Raises TableHeld while somebody holds a chair of it; NotFound, BadRequest.
    """
    if not 0 <= table_idx < len(event.tables):
        raise NotFound("the event has no such table")
    first, count = places.geometry.tables[table_idx].seats
    chairs = places_on((0, event.legs - 1), range(first, first + count))
    rows = await sql.LOCK_SEATS.all(tx, event.id, chairs)
    held = sorted({row.seat_idx for row in rows if row.status == HELD and not row.over})
    if held:
        raise TableHeld(held)
    name = event.tables[table_idx].name
    before = (await catalog.table_modes(tx, event.id, places)).get(
        table_idx, TableMode(table_idx, name, "chairs")
    )
    if before == TableMode(table_idx, name, mode, chairs_min):
        return before
    after = await catalog.set_table_mode(tx, event, places, table_idx, mode, chairs_min)
    version = (await clock.bump(tx, event.id, "inventory")).version
    await sql_blocks.SET_RULED.run(tx, event.id)
    await sql.NOTE.run(tx, event.id, version, [])
    # No Recount: a mirror of this process falls behind, and so reads the rules again.
    tx.announce(
        InventoryChanged(event_id=event.id, prev=version - 1, version=version, seats=[], pools=[])
    )
    return after
