"""Holds become sales: those of one event that are paid for at the same moment in one transaction.

Whoever calls `sell` runs in `Database.exclusive` of the event (see `verbs.alone`) and has locked
the orders. The version is raised once for all of them.
"""

import uuid
from collections import Counter
from collections.abc import Sequence

import msgspec

from server.inventory import sql, sql_taking
from server.inventory.change import SEAT, Change
from server.inventory.holds import hold_of
from server.inventory.models import AVAILABLE, SOLD, Hold, SaleLine
from server.inventory.rows import HoldRow
from server.kernel.context import Context
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.outbox.models import Fact


class Sale(msgspec.Struct):
    """`lines`: of the order that the hold became. `buyer_max`: how many places of the event its
    buyer may have in all, counted where the hold has ended before; `context`: whose doing it is."""

    hold_id: uuid.UUID
    lines: list[SaleLine]
    buyer_max: int | None = None
    context: Context | None = None


_NOBODY = uuid.UUID(int=0)
"""Has what is sold or blocked: no hold's id."""


class _House:
    """What of the event is free for whom, as the sales before leave it."""

    holder: dict[int, uuid.UUID | None]
    """Place -> whose hold has it; None where it is free, as what a hold had that is over."""
    left: dict[tuple[uuid.UUID, int], int]
    """(pool, leg) -> places."""
    owned: Counter[uuid.UUID]

    def takes(self, row: HoldRow, hold: Hold, sale: Sale) -> bool:
        """Whether the sale can be, and then it is."""
        places = row.on_legs([line.seat_idx for line in sale.lines if line.seat_idx is not None])
        if any(self.holder[place] not in (None, row.id) for place in places):
            return False
        # What the hold was swept of counts anew; what it was not is counted still.
        wanted = {} if row.status == "active" else _wanted(row, sale)
        if any(quantity > self.left[room] for room, quantity in wanted.items()):
            return False
        if hold.is_over and sale.buyer_max is not None:
            if self.owned[row.buyer_id] + hold.places > sale.buyer_max:
                return False
            self.owned[row.buyer_id] += hold.places
        for room, quantity in wanted.items():
            self.left[room] -= quantity
        self.holder.update(dict.fromkeys(places, _NOBODY))
        return True


def _wanted(row: HoldRow, sale: Sale) -> dict[tuple[uuid.UUID, int], int]:
    return {
        (line.pool_id, leg): line.quantity
        for line in sale.lines
        if line.pool_id is not None
        for leg in range(row.leg_first, row.leg_last + 1)
    }


async def sell(tx: Tx, event_id: uuid.UUID, sales: Sequence[Sale]) -> list[bool]:
    """Sell exactly what each hold was for, in this order. No hold may be sold before.

    A hold that has ended is given its places again if every one of them is still free, and its
    buyer has not taken so many others since that there would be more than `buyer_max` in all.
    False, nothing of it having changed, for a sale where that is not so.
    """
    rows = {row.id: row for row in await sql.LOCK_HOLDS.all(tx, [s.hold_id for s in sales])}
    assert len(rows) == len(sales), "holds are never deleted, and each is sold once"
    holds = {row.id: hold_of(row) for row in rows.values()}
    assert all(hold.status != "converted" for hold in holds.values()), "confirmed once"
    house = await _look(tx, event_id, rows, holds, sales)
    sold = [house.takes(rows[s.hold_id], holds[s.hold_id], s) for s in sales]
    done = [sale for sale, is_sold in zip(sales, sold, strict=True) if is_sold]
    if done:
        await _write(tx, event_id, rows, holds, done)
    return sold


async def _look(
    tx: Tx,
    event_id: uuid.UUID,
    rows: dict[uuid.UUID, HoldRow],
    holds: dict[uuid.UUID, Hold],
    sales: Sequence[Sale],
) -> _House:
    """Lock what the sales are of, and see how it is."""
    house = _House()
    pool_ids = {line.pool_id for s in sales for line in s.lines if line.pool_id is not None}
    legs = min(row.leg_first for row in rows.values()), max(row.leg_last for row in rows.values())
    pools = await sql.LOCK_POOLS.all(tx, sorted(pool_ids), *legs) if pool_ids else []
    house.left = {(pool.id, pool.leg): max(0, pool.capacity - pool.used) for pool in pools}
    places = {
        place
        for sale in sales
        for place in rows[sale.hold_id].on_legs(
            [line.seat_idx for line in sale.lines if line.seat_idx is not None]
        )
    }
    seats = await sql.LOCK_SEATS.all(tx, event_id, sorted(places)) if places else []
    house.holder = {
        seat.place: None if seat.status == AVAILABLE or seat.over else seat.hold_id or _NOBODY
        for seat in seats
    }
    late = {
        rows[sale.hold_id].buyer_id
        for sale in sales
        if sale.buyer_max is not None and holds[sale.hold_id].is_over
    }
    owned = await sql.OWNED.all(tx, event_id, sorted(late)) if late else []
    house.owned = Counter({row.buyer_id: row.places for row in owned})
    return house


async def _write(
    tx: Tx,
    event_id: uuid.UUID,
    rows: dict[uuid.UUID, HoldRow],
    holds: dict[uuid.UUID, Hold],
    sales: Sequence[Sale],
) -> None:
    change = Change(tx, event_id)
    version = await change.version()
    sold: list[tuple[int, uuid.UUID, uuid.UUID]] = []
    claims: list[tuple[uuid.UUID, uuid.UUID, int, uuid.UUID, uuid.UUID]] = []
    for sale in sales:
        row = rows[sale.hold_id]
        by_seat = {line.seat_idx: line.order_line_id for line in sale.lines}
        places = row.on_legs([seat for seat in by_seat if seat is not None])
        sold += [(place, by_seat[place & SEAT], row.id) for place in places]
        for line in sale.lines:
            if line.pool_id is not None:
                assert row.pools[line.pool_id] == line.quantity, "an order has what its hold had"
                claims.append((uuid7(), line.pool_id, line.quantity, row.id, line.order_line_id))
                held = -line.quantity if row.status == "active" else 0
                change.count(line.pool_id, row.legs, held=held, sold=line.quantity)
    if sold:
        sold.sort()
        places, line_ids, hold_ids = map(list, zip(*sold, strict=True))
        count = await sql.SELL_SEATS.run(tx, event_id, hold_ids, places, line_ids, version)
        assert count == len(sold), "locked seats cannot change under this transaction"
        change.mark(places, SOLD)
    if claims:
        org_id = rows[sales[0].hold_id].org_id
        columns = map(list, zip(*claims, strict=True))
        await sql_taking.INSERT_CLAIMS.run(tx, org_id, event_id, *columns)
    await sql.END_HOLDS.run(tx, [sale.hold_id for sale in sales], "converted")
    await outbox.append_bundle(tx, [_fact(holds[s.hold_id], s, version) for s in sales])
    await change.finish()


def _fact(hold: Hold, sale: Sale, version: int) -> Fact:
    return Fact(
        type="inventory.seat.sold",
        org_id=hold.org_id,
        subject=f"hold:{hold.id}",
        data={
            "event_id": str(hold.event_id),
            "hold_id": str(hold.id),
            "seat_idxs": sorted(s.seat_idx for s in sale.lines if s.seat_idx is not None),
            "pools": [{"pool_id": str(p.pool_id), "quantity": p.quantity} for p in hold.pools],
            "version": version,
        },
        context=sale.context,
    )
