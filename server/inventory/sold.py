"""What one transaction can do to places that were sold: put them back on sale, move a seat.

Whoever calls these runs in `Database.exclusive` of the event (see `verbs.alone`) and has locked the
order, whose lines say who sits where and follow in the same transaction. Each bumps the version
once, and does nothing at all where it was done before.
"""

import uuid
from collections.abc import Mapping

from server.inventory import sql, sql_sold
from server.inventory.change import SEAT, Change
from server.inventory.holds import keep_answer
from server.inventory.models import AVAILABLE, SOLD, Hold, SaleLine, SeatsTaken
from server.inventory.verbs import locked
from server.kernel.db import Tx
from server.outbox import service as outbox
from server.outbox.models import Fact


async def release_sold(tx: Tx, hold_id: uuid.UUID, lines: list[SaleLine]) -> int:
    """Put what was sold to these lines back on sale, and off its buyer's limit. `hold_id`: what
    their order was made of. Returns how many places; those of other lines stay sold."""
    row, hold = await locked(tx, hold_id)
    line_ids = [line.order_line_id for line in lines]
    claims = await sql_sold.SOLD_CLAIMS.all(tx, hold_id, line_ids)
    if claims:
        await sql.LOCK_POOLS.all(tx, [claim.pool_id for claim in claims], *row.legs)
    line_of = {line.seat_idx: line.order_line_id for line in lines if line.seat_idx is not None}
    seats = await sql_sold.LOCK_SOLD.all(tx, hold.event_id, row.on_legs(line_of))
    sold = [seat.place for seat in seats if seat.order_line_id == line_of[seat.seat_idx]]
    seat_idxs = sorted({place & SEAT for place in sold})
    released = len(seat_idxs) + sum(claim.quantity for claim in claims)
    if not released:
        return 0
    await keep_answer(tx, row, hold)
    done = Change(tx, hold.event_id)
    version = await done.version()
    freed = await sql_sold.FREE_SOLD.run(tx, hold.event_id, sold, line_ids, version)
    assert freed == len(sold), "locked seats cannot change under this transaction"
    done.mark(sold, AVAILABLE)
    await sql_sold.RELEASE_CLAIMS.run(tx, hold_id, line_ids)
    for claim in claims:
        done.count(claim.pool_id, row.legs, sold=-claim.quantity)
    await sql_sold.SHRINK_HOLD.run(tx, hold_id, released, version)
    pools = [{"pool_id": str(claim.pool_id), "quantity": claim.quantity} for claim in claims]
    told = {"order_line_ids": [str(line_id) for line_id in line_ids], "seat_idxs": seat_idxs}
    await outbox.append(tx, _fact("released", hold, version, told | {"pools": pools}))
    await done.finish()
    return released


async def reassign(
    tx: Tx, hold_id: uuid.UUID, order_line_id: uuid.UUID, seat_idx: int, to_seat_idx: int
) -> bool:
    """Move an order line from its seat to a free one, on every leg that it was sold for.

    Returns False where it has that seat already. Raises SeatsTaken, having changed nothing.
    """
    row, hold = await locked(tx, hold_id)
    if to_seat_idx == seat_idx:
        return False
    old, new = row.on_legs([seat_idx]), row.on_legs([to_seat_idx])
    seats = await sql.LOCK_SEATS.all(tx, hold.event_id, row.on_legs([seat_idx, to_seat_idx]))
    wanted = [seat for seat in seats if seat.seat_idx == to_seat_idx]
    if any(seat.status != AVAILABLE and not seat.over for seat in wanted):
        raise SeatsTaken([to_seat_idx], [])
    done = Change(tx, hold.event_id)
    version = await done.version()
    freed = await sql_sold.FREE_SOLD.run(tx, hold.event_id, old, [order_line_id], version)
    assert freed == len(old), "a live line has its seat on every leg"
    line_ids = [order_line_id for _ in new]
    hold_ids = [hold_id for _ in new]
    sold = await sql.SELL_SEATS.run(tx, hold.event_id, hold_ids, new, line_ids, version)
    assert sold == len(new), "locked seats cannot change under this transaction"
    done.mark(old, AVAILABLE)
    done.mark(new, SOLD)
    told = {"order_line_id": str(order_line_id), "seat_idx": seat_idx, "to_seat_idx": to_seat_idx}
    await outbox.append(tx, _fact("reassigned", hold, version, told))
    await done.finish()
    return True


def _fact(verb: str, hold: Hold, version: int, told: Mapping[str, object]) -> Fact:
    data = {
        "event_id": str(hold.event_id),
        "hold_id": str(hold.id),
        "legs": hold.legs,
        "version": version,
    }
    return Fact(
        type=f"inventory.seat.{verb}",
        org_id=hold.org_id,
        subject=f"hold:{hold.id}",
        data={**data, **told},
    )
