"""What a hold's places shall be sold as: adult, child, member.

Holding places and choosing their types are two things. The first is the crowd's, decided in batches
that know nothing of types; the second changes no place, so it needs no turn of the event: it locks
the hold, and of the types those of which there are not as many as places. Nobody has to give a type
back: what counts is what holds that are not over have chosen.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from server.catalog import ticket_types
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.prices import NONE_CHOSEN, Chosen
from server.inventory import sql_choices as sql
from server.inventory import verbs
from server.inventory.models import (
    Hold,
    HoldOrdered,
    HoldOver,
    SelectionInvalid,
    TicketTypeRefused,
    TicketTypeSoldOut,
    TypeChoice,
)
from server.kernel.db import Tx
from server.kernel.errors import NotFound
from server.kernel.ids import uuid7


async def of_holds(tx: Tx, hold_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Chosen]:
    """By hold, what was chosen for its places; nothing chosen where missing."""
    found: dict[uuid.UUID, Chosen] = defaultdict(lambda: Chosen({}, {}))
    for row in await sql.OF_HOLDS.all(tx, list(hold_ids)):
        chosen = found[row.hold_id]
        if row.seat_idx is not None:
            chosen.seats[row.seat_idx] = row.ticket_type_id
        elif row.pool_id is not None:
            chosen.pools[row.pool_id] = row.ticket_type_id
    return found


async def of_hold(tx: Tx, hold_id: uuid.UUID, event: Event) -> Chosen:
    """Asks only where the event leaves a choice."""
    if not event.prices.has_choice:
        return NONE_CHOSEN
    return (await of_holds(tx, [hold_id])).get(hold_id, NONE_CHOSEN)


def read(
    wishes: Sequence[TypeChoice],
    access_code: str | None,
    event: Event,
    places: Places,
    *,
    is_organizer: bool = False,
) -> Chosen:
    """The wishes by place, each of which is sold as that; by an organizer as any type, also one
    that is not on sale. Raises TicketTypeRefused, SelectionInvalid."""
    if not wishes:
        return NONE_CHOSEN
    pools = {pool.id: pool for pool in event.pools}
    chosen = Chosen({}, {})
    for wish in wishes:
        of = event.prices.types.get(wish.ticket_type_id)
        if of is None or not (
            is_organizer or of.visibility == "public" or of.opens_to(access_code)
        ):
            detail = "the event offers no such ticket type: read its offers"
            raise TicketTypeRefused(detail, ticket_type_id=wish.ticket_type_id)
        if not (is_organizer or of.is_on_sale):
            detail = f"{of.name} is not on sale now"
            raise TicketTypeRefused(detail, ticket_type_id=of.id)
        unknown = [seat for seat in wish.seats if seat >= places.seat_count]
        if unknown or not pools.keys() >= set(wish.pools):
            raise SelectionInvalid("the event has no such place: read its map", seats=unknown)
        foreign = [seat for seat in wish.seats if places.zones[seat] != of.zone]
        if foreign or any(pools[pool].zone != of.zone for pool in wish.pools):
            detail = f"{of.name} is for places of another zone"
            raise TicketTypeRefused(detail, ticket_type_id=of.id, seats=foreign)
        again = chosen.seats.keys() & set(wish.seats) or chosen.pools.keys() & set(wish.pools)
        if (
            again
            or len(set(wish.seats)) < len(wish.seats)
            or len(set(wish.pools)) < len(wish.pools)
        ):
            raise SelectionInvalid("ticket_types: a place is named twice")
        chosen.seats.update(dict.fromkeys(wish.seats, of.id))
        chosen.pools.update(dict.fromkeys(wish.pools, of.id))
    return chosen


async def choose(
    tx: Tx, hold_id: uuid.UUID, buyer_id: uuid.UUID, chosen: Chosen, event: Event
) -> Hold:
    """From now on this, and nothing else, is chosen for the hold.

    Raises TicketTypeSoldOut, TicketTypeRefused, HoldOver, HoldOrdered, SelectionInvalid, NotFound,
    having changed nothing.
    """
    _, hold = await verbs.locked(tx, hold_id)
    if hold.buyer_id != buyer_id:
        raise NotFound("no such hold")
    if hold.is_over:
        raise HoldOver("this hold has ended: choose again", hold_id=str(hold_id))
    if hold.is_ordered:
        raise HoldOrdered("this hold is being paid for: its tickets cannot change", hold_id=hold_id)
    counts = _count(hold, chosen)
    for type_id, count in counts.items():
        of = event.prices.types[type_id]
        if of.per_order_max is not None and count > of.per_order_max:
            detail = f"at most {of.per_order_max} of {of.name} in one order, not {count}"
            raise TicketTypeRefused(detail, ticket_type_id=type_id)
    await must_be_left(tx, hold_id, counts, event)
    await sql.DROP.run(tx, hold_id)
    await write(tx, hold.org_id, hold_id, chosen)
    await sql.TOUCH.run(tx, hold_id)
    return hold


async def must_be_left(
    tx: Tx, hold_id: uuid.UUID, counts: Counter[uuid.UUID], event: Event
) -> None:
    """Raises TicketTypeSoldOut where fewer of a type are left than the hold wants of it."""
    caps = await ticket_types.lock_caps(tx, counts)
    if not caps:
        return
    used = {row.ticket_type_id: row.quantity for row in await sql.USED.all(tx, list(caps), hold_id)}
    for type_id, quantity in caps.items():
        left = max(0, quantity - used.get(type_id, 0))
        if counts[type_id] > left:
            raise TicketTypeSoldOut(type_id, event.prices.types[type_id].name, left)


async def write(tx: Tx, org_id: str, hold_id: uuid.UUID, chosen: Chosen) -> None:
    rows = [(of, seat, None) for seat, of in chosen.seats.items()]
    rows += [(of, None, pool) for pool, of in chosen.pools.items()]
    if rows:
        columns = map(list, zip(*rows, strict=True))
        await sql.INSERT.run(tx, org_id, hold_id, [uuid7() for _ in rows], *columns)


def _count(hold: Hold, chosen: Chosen) -> Counter[uuid.UUID]:
    """Places per ticket type. Raises SelectionInvalid for places that the hold has not."""
    quantities = {pool.pool_id: pool.quantity for pool in hold.pools}
    strange = sorted(chosen.seats.keys() - set(hold.seat_idxs))
    if strange or not quantities.keys() >= chosen.pools.keys():
        raise SelectionInvalid("ticket_types: the hold has no such place", seats=strange)
    counts = Counter(chosen.seats.values())
    for pool, of in chosen.pools.items():
        counts[of] += quantities[pool]
    return counts


async def drop(
    tx: Tx,
    hold_id: uuid.UUID,
    seat_idxs: Iterable[int | None],
    pool_ids: Iterable[uuid.UUID | None],
) -> None:
    """These places were paid back: others may have their ticket types."""
    await sql.DROP_PLACES.run(
        tx,
        hold_id,
        [seat for seat in seat_idxs if seat is not None],
        [pool for pool in pool_ids if pool is not None],
    )


async def keep_to(tx: Tx, hold: Hold) -> None:
    """The hold has these places from now on: what was chosen for others is forgotten."""
    await sql.DROP_OTHERS.run(tx, hold.id, hold.seat_idxs, [pool.pool_id for pool in hold.pools])


async def move_all(tx: Tx, hold_id: uuid.UUID, pairs: Sequence[tuple[int, int]]) -> None:
    """Seats of an order that is not sold were exchanged: (old, new) each. In two steps, since one's
    new seat may be another's old one."""
    aside = [(seat, -1 - to) for seat, to in pairs]
    for step in (aside, [(-1 - to, to) for _, to in pairs]):
        for seat, to in step:
            await sql.MOVE.run(tx, hold_id, seat, to)


async def move(tx: Tx, hold_id: uuid.UUID, seat_idx: int, to_seat_idx: int) -> None:
    """A sold seat was exchanged: the other is sold as the same."""
    await sql.MOVE.run(tx, hold_id, seat_idx, to_seat_idx)
