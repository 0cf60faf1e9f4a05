"""A plan becomes true: one statement, one transaction, one version.

`sql.WRITE` is a compare-and-swap of the whole event. It changes anything only if the event has, at
the end, the version that the plan was made on, and nobody is alone on it; each seat is updated
under the condition of its own version and state besides, each pool's count is bounded by a CHECK,
and whatever does not add up undoes all of it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import msgspec

from server.inventory import sql
from server.inventory.decide import Draft, Plan
from server.inventory.mirror import LEG_SHIFT, Base, Mirror
from server.inventory.models import HELD, Hold, InventoryChanged, Legs, PoolWish, Recount
from server.inventory.rows import Written
from server.kernel.db import Tx, lock_number
from server.kernel.idempotency import Saved
from server.outbox import service as outbox
from server.outbox.models import Fact, OutboxAppended

CREATED = "inventory.hold.created"
_encode = msgspec.json.Encoder().encode
_OF_SEATS, _OF_POOLS = {4, 5}, {8, 9}
"""Columns of the holds that are left out where none of them has a seat, a standing place."""


async def write(
    tx: Tx, org_id: str, base: Base, plan: Plan, sheet: "Sheet", refusals: Sequence[Saved]
) -> Written | None:
    """Make the plan's drafts holds; `sheet`: filled with them.

    None, nothing having changed, where the event has moved on.
    """
    written = await sql.WRITE.first(tx, *sheet.arguments(org_id, base, plan, refusals))
    if written is None:
        return None
    plan.mirror.saw(written.now_s, written.due_at)
    tx.announce(
        InventoryChanged(
            event_id=plan.mirror.event_id,
            prev=written.version - 1,
            version=written.version,
            seats=sorted(sheet.seats.items()),
            pools=sorted(sheet.pools.items()),
        )
    )
    tx.announce(OutboxAppended())
    return written


async def refuse(tx: Tx, base: Base, plan: Plan, refusals: Sequence[Saved]) -> Written | None:
    """Keep the refusals of a plan without drafts. None where the event has moved on."""
    written = await sql.REFUSE.first(
        tx,
        plan.mirror.event_id,
        base.version,
        plan.mirror.version,
        base.after,
        [refusal.id for refusal in refusals],
        [refusal.request_hash for refusal in refusals],
        [refusal.answer for refusal in refusals],
    )
    if written is not None:
        plan.mirror.saw(written.now_s, written.due_at)
    return written


class Sheet:
    """The columns of `sql.WRITE`, filled as a plan's drafts are decided, and sent at once.

    `fill` runs while the batch before is at the database. What is left for the sending keeps the
    database waiting, so it is no more than joining texts. `seats` and `pools`: what the map shows
    of what changed, by seat and pool index; on a trip a seat is free while it is on any leg.
    """

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._is_trip = len(mirror.states) > 1
        self._count = self._seat_count = self._pool_count = 0
        self.seats: dict[int, int] = {}
        self.pools: dict[int, int] = {}
        self._ttls: set[int] = set()
        self._holds: list[list[str]] = [[] for _ in range(14)]
        self._taken: list[list[str]] = [[] for _ in range(3)]
        self._bundle: list[str] = []

    def fill(self, plan: Plan) -> None:
        """With the drafts that are new."""
        drafts = plan.drafts[self._count :]
        if not drafts:
            return
        hold_ids = _listed([draft.hold_id for draft in drafts])
        seats = [seat for draft in drafts for seat in draft.seats]
        pools = [pool for draft in drafts for pool in draft.pools]
        seat_ends = [*accumulate([len(draft.seats) for draft in drafts], initial=self._seat_count)]
        pool_ends = [*accumulate([len(draft.pools) for draft in drafts], initial=self._pool_count)]
        ttls = [draft.ttl_s for draft in drafts]
        self._holds[0].append(hold_ids)
        _put(
            self._holds[1:],
            [draft.wanted.buyer_id for draft in drafts],
            [_key_of(draft) for draft in drafts],
            seats,
            [end + 1 for end in seat_ends[:-1]],
            seat_ends[1:],
            [pool.pool_id for pool in pools],
            [pool.quantity for pool in pools],
            [end + 1 for end in pool_ends[:-1]],
            pool_ends[1:],
            [draft.places for draft in drafts],
            ttls,
            [draft.legs[0] for draft in drafts] if self._is_trip else (),
            [draft.legs[1] for draft in drafts] if self._is_trip else (),
        )
        versions = self._mirror.versions  # as they will be
        numbered = list(enumerate(drafts, self._count + 1))
        if self._is_trip:
            taken = [
                (leg << LEG_SHIFT | seat, versions[leg][seat] - 1, nth)
                for nth, draft in numbered
                for leg in range(draft.legs[0], draft.legs[1] + 1)
                for seat in draft.seats
            ]
            _put(self._taken, *zip(*taken, strict=True))
        elif seats:
            seen = [versions[0][seat] - 1 for seat in seats]
            _put(self._taken, seats, seen, [nth for nth, draft in numbered for _ in draft.seats])
        event_id, texts = str(self._mirror.event_id), hold_ids[1:-1].split('","')
        facts = [
            _created(event_id, draft, hold_id) for draft, hold_id in zip(drafts, texts, strict=True)
        ]
        self._bundle.append(outbox.members(facts))
        self._count = len(plan.drafts)
        self._seat_count, self._pool_count = seat_ends[-1], pool_ends[-1]
        self._ttls.update(ttls)
        self._tell(seats, {room.id for room, _ in plan.claims})

    def _tell(self, seats: list[int], pool_ids: set[uuid.UUID]) -> None:
        """Now, and not once it is written: by then more may be decided on the mirror."""
        legs = self._mirror.states
        if self._is_trip:
            self.seats.update([(seat, min([states[seat] for states in legs])) for seat in seats])
        else:
            self.seats.update(dict.fromkeys(seats, HELD))
        if pool_ids:
            for idx, (pool_id, rooms) in enumerate(self._mirror.pools.items()):
                if pool_id in pool_ids:
                    self.pools[idx] = max(0, *(room.left for room in rooms))

    def arguments(
        self, org_id: str, base: Base, plan: Plan, refusals: Sequence[Saved]
    ) -> list[Any]:
        """What `sql.WRITE` takes, in order."""
        rooms: dict[tuple[uuid.UUID, int], int] = {}
        for room, quantity in plan.claims:
            rooms[room.id, room.leg] = rooms.get((room.id, room.leg), 0) + quantity
        counts: list[list[str]] = [[], [], []]
        _put(
            counts,
            *zip(*[(of, leg, more) for (of, leg), more in sorted(rooms.items())], strict=True),
        )
        unused: set[int] = set()
        if not self._seat_count:
            unused |= _OF_SEATS
        if not self._pool_count:
            unused |= _OF_POOLS
        holds = [() if nth in unused else pieces for nth, pieces in enumerate(self._holds)]
        return [
            self._mirror.event_id,
            base.version,
            self._mirror.version,
            base.after,
            lock_number(self._mirror.event_id),
            min(self._ttls),
            org_id,
            *map(_column, (*holds, *self._taken, *counts)),
            [refusal.id for refusal in refusals],
            [refusal.request_hash for refusal in refusals],
            [refusal.answer for refusal in refusals],
            CREATED,
            outbox.bundle_of(self._bundle),
            self._count,
        ]


def _put(columns: list[list[str]], *values: Sequence[Any]) -> None:
    """Another piece of each column."""
    for column, more in zip(columns, values, strict=False):
        column.append(_listed(more))


def _listed(values: Sequence[uuid.UUID | bytes | int | None]) -> str:
    """As they stand between the braces of an array's text, where JSON's own way of writing them is
    understood; bytes in base64."""
    return _encode(values)[1:-1].decode()


def _column(pieces: Sequence[str]) -> str:
    """The text of an array."""
    return "{" + ",".join(filter(None, pieces)) + "}"


def _key_of(draft: Draft) -> bytes | None:
    """What the hold was asked with, so that the same key can be told from the same request."""
    wanted = draft.wanted
    if wanted.key is None or draft.hold_id != wanted.hold_id:
        return None
    return wanted.key.request_hash


class _Created(msgspec.Struct, gc=False):
    """The hold ends `ttl_s` after the event's `occurred_at`."""

    hold_id: str
    event_id: str
    buyer_id: uuid.UUID
    seat_idxs: list[int]
    legs: Legs
    pools: list[PoolWish]
    ttl_s: int


def _created(event_id: str, draft: Draft, hold_id: str) -> Fact:
    wanted = draft.wanted
    data = _Created(
        hold_id, event_id, wanted.buyer_id, draft.seats, draft.legs, draft.pools, draft.ttl_s
    )
    return Fact(CREATED, wanted.org_id, f"hold:{hold_id}", data, wanted.context)


Ends = dict[int, tuple[dt.datetime, dt.datetime]]
"""By `ttl_s`: when the holds of one batch end, and until when they may be extended."""


def ends_of(written: Written, drafts: Iterable[Draft]) -> Ends:
    now, ends = written.now, {}
    for ttl_s in {draft.ttl_s for draft in drafts}:
        ttl = dt.timedelta(seconds=ttl_s)
        ends[ttl_s] = now + ttl, now + 2 * ttl
    return ends


def hold_of(event_id: uuid.UUID, written: Written, draft: Draft, ends: Ends) -> Hold:
    """The hold as it was just written."""
    wanted, now = draft.wanted, written.now
    expires_at, extendable_until = ends[draft.ttl_s]
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
        expires_at=expires_at,
        extendable_until=extendable_until,
        version=written.version,
        is_ordered=False,
        server_time=now,
    )


def recount(event_id: uuid.UUID, written: Written) -> Recount:
    """For the mirror, which has all of the plan already, but not as committed."""
    return Recount(event_id, written.version, [], [])
