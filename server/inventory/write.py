"""A plan becomes true: one statement, one transaction, one version.

`sql.WRITE` is a compare-and-swap of the whole event. It changes anything only if the event still
has the version that the plan was made on and nobody else is alone on it; each seat is updated under
the condition of its own version and state besides, each pool's count is bounded by a CHECK, and
whatever does not add up undoes all of it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from server.inventory import sql
from server.inventory.decide import Draft, Plan
from server.inventory.mirror import LEG_SHIFT, Mirror
from server.inventory.models import HELD, Hold, InventoryChanged, Recount
from server.inventory.rows import Written
from server.kernel.db import Tx, lock_number
from server.kernel.idempotency import Saved
from server.kernel.ids import uuid7_texts
from server.outbox import service as outbox
from server.outbox.models import Fact, OutboxAppended

CREATED = "inventory.hold.created"
MAX_TTL_S = 86_400


async def write(
    tx: Tx, event_id: uuid.UUID, plan: Plan, arguments: Sequence[Any]
) -> Written | None:
    """Make the plan's drafts holds; `arguments`: of its sheet.

    None, nothing having changed, where the event has moved on.
    """
    written = await sql.WRITE.first(tx, *arguments)
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


class Sheet:
    """The columns of `sql.WRITE`, filled as a plan's drafts are decided, and sent at once."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._count = 0
        self._ttl_min_s = MAX_TTL_S
        self._holds: list[list[str]] = [[] for _ in range(8)]
        self._seats: list[list[str]] = [[] for _ in range(4)]
        self._claims: list[list[str]] = [[] for _ in range(5)]
        self._members: list[dict[str, Any]] = []

    def fill(self, plan: Plan) -> None:
        """With the drafts that are new."""
        drafts = plan.drafts[self._count :]
        if not drafts:
            return
        self._count = len(plan.drafts)
        ids = [_hex(draft.hold_id) for draft in drafts]
        ttls = [draft.ttl_s for draft in drafts]
        self._ttl_min_s = min(self._ttl_min_s, *ttls)
        _put(
            self._holds,
            ids,
            [_hex(draft.wanted.buyer_id) for draft in drafts],
            [f'"{{{",".join(map(str, draft.seats))}}}"' for draft in drafts],
            [draft.legs[0] for draft in drafts],
            [draft.legs[1] for draft in drafts],
            [draft.places for draft in drafts],
            [_key_of(draft) for draft in drafts],
            ttls,
        )
        versions = self._mirror.versions
        seats = [
            (leg << LEG_SHIFT | seat, versions[leg][seat], hold_id, draft.ttl_s)
            for draft, hold_id in zip(drafts, ids, strict=True)
            for leg in range(draft.legs[0], draft.legs[1] + 1)
            for seat in draft.seats
        ]
        _put(self._seats, *zip(*seats, strict=True))
        claims = [
            (_hex(pool.pool_id), pool.quantity, hold_id, draft.ttl_s)
            for draft, hold_id in zip(drafts, ids, strict=True)
            for pool in draft.pools
        ]
        _put(self._claims, uuid7_texts(len(claims)), *zip(*claims, strict=True))
        event_id = self._mirror.event_id
        self._members += outbox.members([_created(event_id, draft) for draft in drafts])

    def arguments(self, org_id: str, plan: Plan, refusals: Sequence[Saved]) -> list[Any]:
        """What `sql.WRITE` takes, in order."""
        rooms: dict[tuple[uuid.UUID, int], int] = {}
        for room, quantity in plan.claims:
            rooms[room.id, room.leg] = rooms.get((room.id, room.leg), 0) + quantity
        counts: list[list[str]] = [[], [], []]
        _put(
            counts, *zip(*[(_hex(of), leg, more) for (of, leg), more in rooms.items()], strict=True)
        )
        return [
            self._mirror.event_id,
            self._mirror.version,
            lock_number(self._mirror.event_id),
            float(self._ttl_min_s),
            org_id,
            *map(_column, (*self._holds, *self._seats, *counts, *self._claims)),
            [refusal.id for refusal in refusals],
            [refusal.request_hash for refusal in refusals],
            [refusal.answer for refusal in refusals],
            CREATED,
            outbox.bundle_of(self._members),
            self._count,
        ]


def _put(columns: list[list[str]], *values: Iterable[Any]) -> None:
    """Another piece of each column, of values that need no quoting."""
    for column, more in zip(columns, values, strict=False):
        column.append(",".join(map(str, more)))


def _column(pieces: list[str]) -> str:
    """The text of an array."""
    return "{" + ",".join(filter(None, pieces)) + "}"


def _hex(one: uuid.UUID) -> str:
    return "%032x" % one.int  # noqa: UP031


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
