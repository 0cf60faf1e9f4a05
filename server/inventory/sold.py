"""What one transaction can do to places that were sold: put them back on sale, move them to others.

Whoever calls these runs in `Database.exclusive` of the event (see `verbs.alone`) and has locked the
order, whose lines say who sits where and follow in the same transaction. Each bumps the version
once, and does nothing at all where it was done before.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence

from server.inventory import sql, sql_sold
from server.inventory.change import SEAT, Change, kept_back
from server.inventory.holds import keep_answer
from server.inventory.models import AVAILABLE, BLOCKED, SOLD, Hold, SaleLine, SeatsTaken
from server.inventory.verbs import locked
from server.kernel.db import Tx
from server.outbox import service as outbox
from server.outbox.models import Fact


async def release_sold(tx: Tx, hold_id: uuid.UUID, lines: list[SaleLine]) -> int:
    """Put what was sold to these lines back on sale, or back into the allocation that it was sold
    from, and off its buyer's limit. `hold_id`: what their order was made of; a line's `quantity`:
    so many of its standing places, not more than it has. Returns how many places; those of other
    lines stay sold."""
    row, hold = await locked(tx, hold_id)
    line_ids = [line.order_line_id for line in lines]
    asked = set(line_ids)
    had = {line.seat_idx for line in lines if line.seat_idx is not None}
    claims = await sql_sold.SOLD_CLAIMS.all(tx, hold_id, line_ids)
    if claims:
        await sql.LOCK_POOLS.all(tx, [claim.pool_id for claim in claims], *row.legs)
    seats = await sql_sold.LOCK_SOLD.all(tx, hold.event_id, row.on_legs(had))
    # A line that went back before may name a seat that another of them has by now.
    sold = [seat.place for seat in seats if seat.order_line_id in asked]
    seat_idxs = sorted({place & SEAT for place in sold})
    quantities = {line.order_line_id: line.quantity for line in lines}
    counts = [min(claim.quantity, quantities[claim.order_line_id]) for claim in claims]
    released = len(seat_idxs) + sum(counts)
    if not released:
        return 0
    await keep_answer(tx, row, hold)
    done = Change(tx, hold.event_id)
    version = await done.version()
    kept = await kept_back(tx, [row])
    off_sale = await _free(done, sold, line_ids, kept.get(hold_id, frozenset()))
    owners = [claim.order_line_id for claim in claims]
    await sql_sold.RELEASE_CLAIMS.run(tx, hold_id, owners, counts)
    given_back = list(zip(claims, counts, strict=True))
    for claim, count in given_back:
        done.count(claim.pool_id, row.legs, sold=-count)
        if kept:
            await done.shut(row.org_id, claim.pool_id, row.legs, count)
    await sql_sold.SHRINK_HOLD.run(tx, hold_id, released, version)
    pools = [{"pool_id": str(claim.pool_id), "quantity": count} for claim, count in given_back]
    told: dict[str, object] = {
        "order_line_ids": [str(line_id) for line_id in line_ids],
        "seat_idxs": seat_idxs,
        "pools": pools,
        "off_sale": off_sale,
    }
    await outbox.append(tx, _fact("released", hold, version, told))
    await done.finish()
    return released


async def reassign(
    tx: Tx, hold_id: uuid.UUID, had: Mapping[uuid.UUID, int], seats: Sequence[int]
) -> dict[uuid.UUID, int]:
    """Move order lines from the seats that they have to the first of `seats` that are free, on
    every leg that they were sold for: all of them or none.

    Where there are as many seats as lines, each is one line's, and one that has it already stays.
    Returns the seat of each line that has moved. Raises SeatsTaken, having changed nothing.
    """
    row, hold = await locked(tx, hold_id)
    stay: set[int] = set()
    if len(seats) == len(had):
        stay = {seat for seat, to in zip(had.values(), seats, strict=True) if seat == to}
    leaving = {line_id: seat for line_id, seat in had.items() if seat not in stay}
    if not leaving:
        return {}
    wanted = [seat for seat in seats if seat not in stay]
    touched = row.on_legs(sorted({*leaving.values(), *wanted}))
    rows = await sql.LOCK_SEATS.all(tx, hold.event_id, touched)
    taken = {seat.seat_idx for seat in rows if seat.status != AVAILABLE and not seat.over}
    free = [seat for seat in wanted if seat not in taken]
    if len(free) < len(leaving):
        raise SeatsTaken(sorted(taken.intersection(wanted)), [])
    moved = dict(zip(leaving, free, strict=False))
    done = Change(tx, hold.event_id)
    version = await done.version()
    kept = (await kept_back(tx, [row])).get(hold_id, frozenset())
    old = row.on_legs(leaving.values())
    off_sale = await _free(done, old, list(leaving), kept)
    new = [(line_id, place) for line_id, to in moved.items() for place in row.on_legs([to])]
    line_ids, places = [line_id for line_id, _ in new], [place for _, place in new]
    hold_ids = [hold_id for _ in new]
    sold = await sql.SELL_SEATS.run(tx, hold.event_id, hold_ids, places, line_ids, version)
    assert sold == len(new), "locked seats cannot change under this transaction"
    done.mark(places, SOLD)
    for line_id, to in moved.items():
        told: dict[str, object] = {
            "order_line_id": str(line_id),
            "seat_idx": leaving[line_id],
            "to_seat_idx": to,
            "off_sale": [seat for seat in off_sale if seat == leaving[line_id]],
        }
        await outbox.append(tx, _fact("reassigned", hold, version, told))
    await done.finish()
    return moved


async def _free(
    done: Change, places: list[int], line_ids: list[uuid.UUID], kept: Collection[int]
) -> list[int]:
    """These sold places are nobody's; the seats in `kept` are off sale, and are returned."""
    status = [BLOCKED if place & SEAT in kept else AVAILABLE for place in places]
    freed = await sql_sold.FREE_SOLD.run(
        done.tx, done.event_id, places, line_ids, await done.version(), status
    )
    assert freed == len(places), "a live line has its seat on every leg, and it is locked"
    for place, now in zip(places, status, strict=True):
        done.mark([place], now)
    return sorted({place & SEAT for place in places if place & SEAT in kept})


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
