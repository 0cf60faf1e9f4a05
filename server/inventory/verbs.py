"""What one transaction can do to existing holds: change, release, expire.

Whoever calls these runs in `Database.exclusive` of the event; each bumps the version once.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

import msgspec

from server.catalog import service as catalog
from server.catalog.geometry import Geometry
from server.catalog.models import Event, pool_id
from server.inventory import migrate, sql
from server.inventory.best import House
from server.inventory.change import Change, kept_back
from server.inventory.decide import against_rules
from server.inventory.holds import hold_fact, hold_of, keep_answer
from server.inventory.models import (
    AVAILABLE,
    HELD,
    Hold,
    HoldChange,
    HoldOrdered,
    HoldOver,
    PoolShortage,
    SeatsTaken,
    SelectionInvalid,
    TooManyPlaces,
)
from server.inventory.rows import DueRow, HoldRow
from server.kernel.db import Database, Result, Tx, Work
from server.outbox import service as outbox

SWEEP_MAX = 500
NOTES_KEPT_MINUTES = 10


class _Step(msgspec.Struct):
    """From what a hold has to what it shall have; `have` and `want` are places per pool."""

    kept: list[int]
    added: list[int]
    dropped: list[int]
    have: dict[uuid.UUID, int]
    want: dict[uuid.UUID, int]

    @property
    def seats(self) -> list[int]:
        return sorted([*self.kept, *self.added])

    @property
    def size(self) -> int:
        return len(self.kept) + len(self.added) + sum(self.want.values())

    @property
    def pools(self) -> list[uuid.UUID]:
        """The pools of which it has more or less."""
        return [pool for pool in self.have | self.want if self.more(pool)]

    def more(self, pool: uuid.UUID) -> int:
        return self.want.get(pool, 0) - self.have.get(pool, 0)


class _Due:
    """Says that something has ended which the tables still show as held."""


_DUE = _Due()


def too_many_of_event(limit: int) -> TooManyPlaces:
    return TooManyPlaces(f"one buyer may have at most {limit} places of this event", limit=limit)


def too_many(event: Event, size: int) -> TooManyPlaces:
    limit = event.seats_per_hold_max
    return TooManyPlaces(f"at most {limit} places at once, not {size}", limit=limit)


async def find(tx: Tx, hold_id: uuid.UUID) -> Hold | None:
    row = await sql.HOLD_BY_ID.first(tx, hold_id)
    return hold_of(row) if row else None


async def locked(tx: Tx, hold_id: uuid.UUID) -> tuple[HoldRow, Hold]:
    """A hold that nobody changes until `tx` ends, as its row and with its pools."""
    row = await sql.LOCK_HOLD.first(tx, hold_id)
    assert row is not None, "holds are never deleted"
    return row, hold_of(row)


async def alone(db: Database, event_id: uuid.UUID, work: Work[Result]) -> Result:
    """`db.exclusive`, and what has ended by the database's clock is free by then, whether or not
    the sweeper came by."""

    async def swept(tx: Tx) -> Result | _Due:
        return _DUE if await sql.IS_DUE.value(tx, event_id) else await work(tx)

    while isinstance(done := await db.exclusive(event_id, swept), _Due):
        await sweep(db, event_id)
    return done


async def change(
    tx: Tx, hold_id: uuid.UUID, wish: HoldChange, event: Event, house: House | None = None
) -> Hold:
    """`house`: the map, where the event's rules need to know who sits beside whom.

    Raises HoldOver, HoldOrdered, TooManyPlaces, SelectionInvalid, SeatsTaken, TableRefused,
    SingleSeatLeft; nothing changes then.
    """
    before, hold = await locked(tx, hold_id)
    if hold.is_over:
        raise HoldOver("this hold has ended: choose again", hold_id=str(hold_id))
    step = _step(hold, wish)
    if hold.is_ordered and (step.added or step.dropped or step.pools):
        raise HoldOrdered(
            "this hold is being paid for: pay, or release it and choose again",
            hold_id=str(hold_id),
        )
    if step.size > event.seats_per_hold_max:
        raise too_many(event, step.size)
    if not step.size:
        raise SelectionInvalid("nothing would be left: release the hold instead")
    await _check_limit(tx, before, step, event)
    versions = await _lock_for(tx, before, step)
    if house is not None and (step.added or step.dropped):
        await _check_neighbours(tx, before, step, event, house)
    await keep_answer(tx, before, hold)
    expires_at, bound = hold.expires_at, hold.extendable_until
    if wish.extend:
        ttl = dt.timedelta(seconds=event.hold_ttl_s)
        if not hold.is_ordered:
            # An alternative is held for a minute: who takes it may keep it as long as any other.
            bound = max(bound, hold.created_at + 2 * ttl)
        expires_at = min(max(expires_at, hold.server_time + ttl), bound)
    done = Change(tx, event.id)
    version = await done.version()
    row = await sql.UPDATE_HOLD.first(
        tx, hold_id, step.seats, expires_at, bound, version, step.size, list(step.want),
        list(step.want.values()),
    )  # fmt: skip
    assert row is not None
    await _write_seats(tx, done, row, step, versions)
    for pool in step.pools:
        done.count(pool, row.legs, held=step.more(pool))
    if expires_at != hold.expires_at:
        kept = row.on_legs(step.kept)
        await sql.EXTEND_SEATS.run(tx, event.id, kept, hold_id, expires_at, version)
        done.mark(kept, HELD)
    changed = hold_of(row)
    await outbox.append(tx, hold_fact("changed", changed))
    await done.finish()
    return changed


def _step(hold: Hold, wish: HoldChange) -> _Step:
    before = set(hold.seat_idxs)
    after = before - set(wish.remove.seats) | set(wish.add.seats)
    have = {pool.pool_id: pool.quantity for pool in hold.pools}
    want = dict(have)
    for pool in wish.remove.pools:
        want[pool.pool_id] = max(0, want.get(pool.pool_id, 0) - pool.quantity)
    for pool in wish.add.pools:
        want[pool.pool_id] = want.get(pool.pool_id, 0) + pool.quantity
    return _Step(
        kept=sorted(before & after),
        added=sorted(after - before),
        dropped=sorted(before - after),
        have=have,
        want={pool: quantity for pool, quantity in want.items() if quantity},
    )


async def _left(tx: Tx, row: HoldRow, pool_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Places left in these pools on the hold's fullest leg; the pools are locked."""
    left: dict[uuid.UUID, int] = {}
    for pool in await sql.LOCK_POOLS.all(tx, sorted(pool_ids), *row.legs):
        left[pool.id] = min(left.get(pool.id, pool.capacity), max(0, pool.capacity - pool.used))
    return left


async def _lock_for(tx: Tx, hold: HoldRow, step: _Step) -> dict[int, int]:
    """Lock what changes. The places' versions; raises SeatsTaken where one is not free."""
    left = await _left(tx, hold, step.pools)
    touched = hold.on_legs([*step.added, *step.dropped])
    seats = await sql.LOCK_SEATS.all(tx, hold.event_id, touched)
    added = set(step.added)
    taken = {s.seat_idx for s in seats if s.seat_idx in added and s.status != 0 and not s.over}
    short = [
        PoolShortage(pool, step.more(pool), places)
        for pool, places in left.items()
        if step.more(pool) > places
    ]
    if taken or short:
        raise SeatsTaken(sorted(taken), short)
    return {seat.place: seat.version for seat in seats}


async def _check_limit(tx: Tx, hold: HoldRow, step: _Step, event: Event) -> None:
    """Raises TooManyPlaces where the buyer would have more of the event than one may."""
    limit = event.seats_per_buyer_max
    if limit is not None and step.size > hold.places:
        owned = await sql.OWNED.all(tx, event.id, [hold.buyer_id])
        if sum(row.places for row in owned) - hold.places + step.size > limit:
            raise too_many_of_event(limit)


async def _check_neighbours(tx: Tx, hold: HoldRow, step: _Step, event: Event, house: House) -> None:
    """Raises TableRefused or SingleSeatLeft where the event sells no such hold."""
    states = bytearray(len(house.zones))
    around = house.around([*step.seats, *step.dropped])
    for row in await sql.AROUND.all(tx, event.id, around, *hold.legs):
        states[row.seat_idx] = row.status
    for seat in (*step.kept, *step.dropped):
        states[seat] = AVAILABLE  # the rule is for the whole hold, as if it had nothing yet
    tables = await catalog.table_modes(tx, event.id, house.places) if event.tables else {}
    refusal = against_rules(house, states, step.seats, event.orphan_rule, tables)
    if refusal is not None:
        raise refusal


async def _write_seats(
    tx: Tx, done: Change, row: HoldRow, step: _Step, versions: dict[int, int]
) -> None:
    version = await done.version()
    dropped, added = row.on_legs(step.dropped), row.on_legs(step.added)
    available = [AVAILABLE for _ in dropped]
    done.mark(
        await sql.FREE_SEATS.values(tx, row.event_id, dropped, [row.id], version, available),
        AVAILABLE,
    )
    held = await sql.HOLD_SEATS.run(
        tx, row.event_id, added, row.id, row.expires_at, version,
        [versions[place] for place in added],
    )  # fmt: skip
    assert held == len(added), "locked seats cannot change under this transaction"
    done.mark(added, HELD)


async def release(tx: Tx, hold_id: uuid.UUID) -> None:
    """Does nothing where the hold is over already."""
    row, _ = await locked(tx, hold_id)
    if row.status == "active":
        await _end(tx, [row], "released")


async def _end(tx: Tx, rows: list[HoldRow], status: str) -> None:
    pool_ids = sorted({pool_id for row in rows for pool_id in row.pool_ids})
    if pool_ids:
        first, last = min(row.leg_first for row in rows), max(row.leg_last for row in rows)
        await sql.LOCK_POOLS.all(tx, pool_ids, first, last)
    done = Change(tx, rows[0].event_id)
    kept = await kept_back(tx, rows)
    await done.free(rows, kept)
    await sql.END_HOLDS.run(tx, [row.id for row in rows], status)
    facts = [hold_fact(status, hold_of(row), kept.get(row.id, ())) for row in rows]
    await outbox.append(tx, *facts)
    await done.finish()


async def order(tx: Tx, hold_id: uuid.UUID, event: Event) -> Hold:
    """The hold's places are an order's from now on: extended or released, but not changed.

    Changes no place, so it needs no lane; the hold stays locked until `tx` ends. Raises
    TooManyPlaces, having changed nothing.
    """
    _, hold = await locked(tx, hold_id)
    if not hold.is_ordered and not hold.is_over:
        limit = event.seats_per_order_max
        if limit is not None and hold.places > limit:
            detail = f"at most {limit} places in one order, not {hold.places}: remove some"
            raise TooManyPlaces(detail, limit=limit)
        await sql.ORDER_HOLD.run(tx, hold_id)
    return hold


async def pay(tx: Tx, hold: Hold, event: Event) -> None:
    """An order's payment begins: from now on its places are kept for `payment_ttl_s` at most, or
    as long as they are held already. `tx` has the hold locked."""
    await sql.PAY_HOLD.run(tx, hold.id, event.payment_ttl_s)


async def sweep(db: Database, event_id: uuid.UUID) -> int:
    """Expire what is due, one bounded batch. Returns how many holds ended."""

    async def work(tx: Tx) -> int:
        due = await sql.LOCK_DUE.all(tx, event_id, SWEEP_MAX)
        if due:
            await _end(tx, due, "expired")
        await sql.SET_DUE.run(tx, event_id)
        return len(due)

    return await db.exclusive(event_id, work)


async def release_all(db: Database, event_id: uuid.UUID) -> int:
    """End what is held of an event, one bounded batch. Returns how many holds ended."""

    async def work(tx: Tx) -> int:
        held = await sql.LOCK_HELD.all(tx, event_id, SWEEP_MAX)
        if held:
            await _end(tx, held, "released")
        return len(held)

    return await db.exclusive(event_id, work)


async def due_events(db: Database) -> list[DueRow]:
    """Events with holds that end soon, and in how many seconds the first does; soonest first."""
    async with db.tx(read_only=True) as tx:
        return await sql.DUE_EVENTS.all(tx)


async def forget(tx: Tx) -> int:
    """Delete some of the journal that nobody needs any more. Returns how many versions."""
    return await sql.FORGET_NOTES.run(tx, NOTES_KEPT_MINUTES)


async def open_event(
    tx: Tx, org_id: str, event_id: uuid.UUID, geometry: Geometry, legs: int = 1
) -> None:
    """Create what an event sells, from its map: every place available, on each leg of a trip."""
    await sql.INSERT_CLOCKS.run(tx, event_id)
    zones = [zone for count, zone in geometry.seats.zone for _ in range(count)]
    await sql.INSERT_SEATS.run(tx, org_id, event_id, zones, legs)
    areas = geometry.areas
    await sql.INSERT_POOLS.run(
        tx, org_id, event_id,
        [pool_id(event_id, idx) for idx in range(len(areas))],
        [area.zone for area in areas],
        [area.name or area.key for area in areas],
        [area.capacity for area in areas],
        legs,
    )  # fmt: skip
    removed = [seat for start, n in geometry.seats.removed for seat in range(start, start + n)]
    if removed:
        await migrate.close(tx, event_id, removed, legs)
    # A planner that has not seen the new rows scans the table for each hold: fifty times slower.
    await sql.ANALYZE.run(tx)


async def claim(tx: Tx, guest_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """A guest's holds are an account's from now on. Whose a hold is does not change what is sold,
    so this is no version of the event; its limit per buyer counts them with the account's own."""
    await sql.CLAIM.run(tx, guest_id, account_id)
