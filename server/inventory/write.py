"""A plan becomes true: one statement, one transaction, one version.

`sql.WRITE` is a compare-and-swap of the whole event. It changes anything only if the event still
has the version that the plan was made on and nobody else is alone on it; each seat is updated under
the condition of its own version and state besides, each pool's count is bounded by a CHECK, and
whatever does not add up undoes all of it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from server.inventory import sql
from server.inventory.decide import Draft, Plan
from server.inventory.mirror import LEG_SHIFT
from server.inventory.models import HELD, Hold, InventoryChanged, Recount
from server.inventory.rows import Written
from server.kernel.db import Tx, lock_number
from server.kernel.idempotency import Saved
from server.kernel.ids import uuid7_texts
from server.outbox import service as outbox
from server.outbox.models import Fact, OutboxAppended

CREATED = "inventory.hold.created"
_PLACE = itemgetter(0)


async def write(
    tx: Tx, event_id: uuid.UUID, org_id: str, plan: Plan, refusals: Sequence[Saved]
) -> Written | None:
    """Make the plan's drafts holds. None, nothing having changed, where the event has moved on."""
    written = await sql.WRITE.first(tx, *_arguments(event_id, org_id, plan, refusals))
    if written is None:
        return None
    plan.mirror.saw(written.now_s, written.due_at)
    tx.announce(
        InventoryChanged(
            event_id=event_id,
            prev=written.version - 1,
            version=written.version,
            seats=_states(plan),
            pools=_pools(plan),
        )
    )
    tx.announce(OutboxAppended())
    return written


async def refuse(
    tx: Tx, event_id: uuid.UUID, plan: Plan, refusals: Sequence[Saved]
) -> Written | None:
    """Keep the refusals of a plan without drafts. None where the event has moved on."""
    written = await sql.REFUSE.first(
        tx,
        event_id,
        plan.mirror.version,
        [refusal.id for refusal in refusals],
        [refusal.request_hash for refusal in refusals],
        [refusal.answer for refusal in refusals],
    )
    if written is not None:
        plan.mirror.saw(written.now_s, written.due_at)
    return written


def _arguments(
    event_id: uuid.UUID, org_id: str, plan: Plan, refusals: Sequence[Saved]
) -> list[Any]:
    """What `sql.WRITE` takes, in order."""
    drafts = plan.drafts
    seats = _seats(plan)
    rooms: dict[tuple[uuid.UUID, int], int] = {}
    for room, quantity in plan.claims:
        rooms[room.id, room.leg] = rooms.get((room.id, room.leg), 0) + quantity
    counts = sorted(rooms.items())
    claims = [(draft, pool) for draft in drafts for pool in draft.pools]
    return [
        event_id,
        plan.mirror.version,
        lock_number(event_id),
        float(min(draft.ttl_s for draft in drafts)),
        org_id,
        _ids([draft.hold_id for draft in drafts]),
        _ids([draft.wanted.buyer_id for draft in drafts]),
        _column([f'"{_column(draft.seats)}"' for draft in drafts]),
        _column([draft.legs[0] for draft in drafts]),
        _column([draft.legs[1] for draft in drafts]),
        _column([draft.places for draft in drafts]),
        _column([_key_of(draft) for draft in drafts]),
        _column([draft.ttl_s for draft in drafts]),
        _column([place for place, _, _ in seats]),
        _column([version for _, version, _ in seats]),
        _ids([draft.hold_id for _, _, draft in seats]),
        _column([draft.ttl_s for _, _, draft in seats]),
        _ids([pool_id for (pool_id, _), _ in counts]),
        _column([leg for (_, leg), _ in counts]),
        _column([quantity for _, quantity in counts]),
        _column(uuid7_texts(len(claims))),
        _ids([pool.pool_id for _, pool in claims]),
        _column([pool.quantity for _, pool in claims]),
        _ids([draft.hold_id for draft, _ in claims]),
        _column([draft.ttl_s for draft, _ in claims]),
        [refusal.id for refusal in refusals],
        [refusal.request_hash for refusal in refusals],
        [refusal.answer for refusal in refusals],
        CREATED,
        outbox.bundle([_created(event_id, draft) for draft in drafts]),
        len(drafts),
    ]


def _column(values: Iterable[Any]) -> str:
    """The text of an array of what needs no quoting."""
    return "{" + ",".join(map(str, values)) + "}"


def _ids(ids: Iterable[uuid.UUID]) -> str:
    return "{" + ",".join(["%032x" % one.int for one in ids]) + "}"  # noqa: UP031


def _seats(plan: Plan) -> list[tuple[int, int, Draft]]:
    """Place, the version it must have, and for whom; in the order of their locks."""
    seats: list[tuple[int, int, Draft]] = []
    for draft in plan.drafts:
        first, last = draft.legs
        for leg in range(first, last + 1):
            versions, base = plan.mirror.versions[leg], leg << LEG_SHIFT
            seats += [(base | seat, versions[seat], draft) for seat in draft.seats]
    seats.sort(key=_PLACE)
    return seats


def _key_of(draft: Draft) -> str:
    """What the hold was asked with, so that the same key can be told from the same request."""
    wanted = draft.wanted
    if wanted.key is None or draft.hold_id != wanted.hold_id:
        return "NULL"
    return wanted.key.request_hash.hex()


def _created(event_id: uuid.UUID, draft: Draft) -> Fact:
    """The hold ends `ttl_s` after the event's `occurred_at`."""
    wanted = draft.wanted
    return Fact(
        type=CREATED,
        org_id=wanted.org_id,
        subject=f"hold:{draft.hold_id}",
        data={
            "hold_id": draft.hold_id,
            "event_id": event_id,
            "buyer_id": wanted.buyer_id,
            "seat_idxs": draft.seats,
            "legs": draft.legs,
            "pools": draft.pools,
            "ttl_s": draft.ttl_s,
        },
        context=wanted.context,
    )


def hold_of(event_id: uuid.UUID, written: Written, draft: Draft) -> Hold:
    """The hold as it was just written."""
    wanted, now = draft.wanted, written.now
    ttl = dt.timedelta(seconds=draft.ttl_s)
    return Hold(
        id=draft.hold_id,
        org_id=wanted.org_id,
        event_id=event_id,
        buyer_id=wanted.buyer_id,
        status="active",
        seat_idxs=draft.seats,
        pools=draft.pools,
        legs=draft.legs,
        places=draft.places,
        created_at=now,
        expires_at=now + ttl,
        extendable_until=now + 2 * ttl,
        version=written.version,
        is_ordered=False,
        server_time=now,
    )


def recount(event_id: uuid.UUID, written: Written, plan: Plan) -> Recount:
    """For the mirror, which has the plan's states and counts already, but not as committed."""
    places = [
        (leg << LEG_SHIFT | seat, HELD)
        for draft in plan.drafts
        for leg in range(draft.legs[0], draft.legs[1] + 1)
        for seat in draft.seats
    ]
    return Recount(event_id, written.version, places, [])


def _states(plan: Plan) -> list[tuple[int, int]]:
    """(seat index, status) for the map: on a trip a seat is free while it is on any leg."""
    legs = plan.mirror.states
    seats = sorted({seat for draft in plan.drafts for seat in draft.seats})
    if len(legs) == 1:
        return [(seat, HELD) for seat in seats]
    return [(seat, min(states[seat] for states in legs)) for seat in seats]


def _pools(plan: Plan) -> list[tuple[int, int]]:
    """(pool index, places left) of the pools that changed, as the map shows them."""
    touched = {pool.pool_id for draft in plan.drafts for pool in draft.pools}
    return [
        (idx, max(0, *(room.left for room in rooms)))
        for idx, (pool_id, rooms) in enumerate(plan.mirror.pools.items())
        if pool_id in touched
    ]
