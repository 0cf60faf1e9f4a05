"""Where a hold is written: one transaction decides a batch of requests in arrival order.

All or nothing per request: every seat free and every pool with room, or a refusal that names what
was taken. Of two requests of one batch for one seat the earlier wins if it wins at all.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from server.inventory import sql
from server.inventory.change import Change
from server.inventory.mirror import Mirrors
from server.inventory.models import (
    HELD,
    Hold,
    HoldWanted,
    NotTogether,
    PoolShortage,
    PoolWish,
    SeatsTaken,
)
from server.kernel import idempotency
from server.kernel.context import Context
from server.kernel.db import Tx
from server.kernel.errors import DomainError
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.outbox.models import Fact

Decision = Hold | DomainError


class Refused(msgspec.Struct, tag=True):
    """A refusal as it is saved under its idempotency key."""

    seats: list[int]
    pools: list[PoolShortage]


class Apart(msgspec.Struct, tag=True):
    """A refusal of the best seats together, as it is saved."""

    quantity: int


class Granted(msgspec.Struct, tag=True):
    hold: Hold


_Saved = Refused | Apart | Granted


async def decide(
    tx: Tx, event_id: uuid.UUID, batch: Sequence[HoldWanted], mirrors: Mirrors
) -> list[Decision]:
    """One decision per request, in order. Every refusal leaves no trace but its saved answer."""
    answers: dict[int, Decision] = {}
    fresh, twins = await _claim(tx, batch, answers)
    named, apart = await mirrors.name_best(tx, event_id, [batch[at] for at in fresh])
    winners, losers = await _choose(tx, event_id, named)
    losers |= apart
    held = {hold.id: hold for hold in await _write(tx, event_id, winners)}
    for at in fresh:
        hold_id = batch[at].hold_id
        answers[at] = held.get(hold_id) or losers[hold_id]
    await idempotency.save(
        tx,
        [(key, _encode(answers[at])) for at in fresh if (key := batch[at].key) is not None],
    )
    for at, first in twins.items():
        answers[at] = answers[first]
    return [answers[at] for at in range(len(batch))]


async def _claim(
    tx: Tx, batch: Sequence[HoldWanted], answers: dict[int, Decision]
) -> tuple[list[int], dict[int, int]]:
    """Fill in what earlier requests with the same keys were answered.

    Returns the positions still to decide, and the later twins within this batch of earlier ones.
    """
    first_of: dict[tuple[str, str], int] = {}
    fresh: list[int] = []
    twins: dict[int, int] = {}
    keys = [wanted.key for wanted in batch if wanted.key is not None]
    saved = await idempotency.claim(tx, keys)
    for at, wanted in enumerate(batch):
        key = wanted.key
        if key is None:
            fresh.append(at)
            continue
        before = saved.get(key.name)
        if before is not None:
            same = before.request_hash == key.request_hash
            assert before.answer is not None
            answers[at] = _decode(before.answer) if same else idempotency.reused(key)
        elif key.name in first_of:
            first = first_of[key.name]
            first_key = batch[first].key
            if first_key is not None and first_key.request_hash == key.request_hash:
                twins[at] = first
            else:
                answers[at] = idempotency.reused(key)
        else:
            first_of[key.name] = at
            fresh.append(at)
    return fresh, twins


async def _choose(
    tx: Tx, event_id: uuid.UUID, batch: list[HoldWanted]
) -> tuple[list[tuple[HoldWanted, dict[int, int]]], dict[uuid.UUID, DomainError]]:
    """Winners, each with the version its seats must still have; and the losers' refusals."""
    pool_ids = sorted({pool.pool_id for wanted in batch for pool in wanted.selection.pools})
    seat_idxs = sorted({seat for wanted in batch for seat in wanted.selection.seats})
    pools = await sql.LOCK_POOLS.all(tx, event_id, pool_ids) if pool_ids else []
    seats = await sql.LOCK_SEATS.all(tx, event_id, seat_idxs) if seat_idxs else []
    room = {pool.id: pool.capacity - pool.used for pool in pools}
    free = {seat.seat_idx: seat.version for seat in seats if seat.status == 0 or seat.over}
    winners: list[tuple[HoldWanted, dict[int, int]]] = []
    losers: dict[uuid.UUID, DomainError] = {}
    for wanted in batch:
        taken = [seat for seat in wanted.selection.seats if seat not in free]
        short = [
            PoolShortage(pool.pool_id, pool.quantity, max(0, room.get(pool.pool_id, 0)))
            for pool in wanted.selection.pools
            if pool.quantity > room.get(pool.pool_id, 0)
        ]
        if taken or short:
            losers[wanted.hold_id] = SeatsTaken(sorted(taken), short)
            continue
        winners.append((wanted, {seat: free.pop(seat) for seat in wanted.selection.seats}))
        for pool in wanted.selection.pools:
            room[pool.pool_id] -= pool.quantity
    return winners, losers


async def _write(
    tx: Tx, event_id: uuid.UUID, winners: list[tuple[HoldWanted, dict[int, int]]]
) -> list[Hold]:
    if not winners:
        return []
    change = Change(tx, event_id)
    version = await change.version()
    seats = sorted(
        (seat, seat_version, wanted.hold_id, float(wanted.ttl_s))
        for wanted, versions in winners
        for seat, seat_version in versions.items()
    )
    if seats:
        idxs, versions, hold_ids, ttls = map(list, zip(*seats, strict=True))
        held = await sql.HOLD_SEATS.run(tx, event_id, idxs, versions, hold_ids, version, ttls)
        assert held == len(seats), "locked seats cannot change under this transaction"
        change.mark(idxs, HELD)
    rows = await sql.INSERT_HOLDS.all(
        tx,
        event_id,
        [wanted.hold_id for wanted, _ in winners],
        [wanted.org_id for wanted, _ in winners],
        [wanted.buyer_id for wanted, _ in winners],
        [",".join(map(str, sorted(wanted.selection.seats))) for wanted, _ in winners],
        [float(wanted.ttl_s) for wanted, _ in winners],
        version,
    )
    claims = [(w.hold_id, pool) for w, _ in winners for pool in w.selection.pools]
    await insert_claims(tx, claims)
    change.touch(pool.pool_id for _, pool in claims)
    pools = {wanted.hold_id: list(wanted.selection.pools) for wanted, _ in winners}
    contexts = {wanted.hold_id: wanted.context for wanted, _ in winners}
    await outbox.append(
        tx, *(hold_fact("created", row, pools[row.id], contexts[row.id]) for row in rows)
    )
    await change.finish()
    return [hold_of(row, pools[row.id]) for row in rows]


async def insert_claims(tx: Tx, claims: list[tuple[uuid.UUID, PoolWish]]) -> None:
    if claims:
        await sql.INSERT_CLAIMS.run(
            tx,
            [uuid7() for _ in claims],
            [hold_id for hold_id, _ in claims],
            [pool.pool_id for _, pool in claims],
            [pool.quantity for _, pool in claims],
        )


def hold_of(row: sql.HoldRow, pools: list[PoolWish]) -> Hold:
    return Hold(pools=pools, **msgspec.structs.asdict(row))


async def with_pools(tx: Tx, rows: list[sql.HoldRow]) -> list[Hold]:
    """Holds with what they claim of standing areas (had claimed, once they are over)."""
    pools: dict[uuid.UUID, list[PoolWish]] = defaultdict(list)
    if rows:
        for claim in await sql.CLAIMS_OF_HOLDS.all(tx, [row.id for row in rows]):
            pools[claim.hold_id].append(PoolWish(claim.pool_id, claim.quantity))
    return [hold_of(row, pools[row.id]) for row in rows]


def hold_fact(
    verb: str, hold: Any, pools: Sequence[PoolWish], context: Context | None = None
) -> Fact:
    """`inventory.hold.VERB`, with what the hold covers."""
    return Fact(
        type=f"inventory.hold.{verb}",
        org_id=hold.org_id,
        subject=f"hold:{hold.id}",
        data={
            "hold_id": str(hold.id),
            "event_id": str(hold.event_id),
            "buyer_id": str(hold.buyer_id),
            "seat_idxs": hold.seat_idxs,
            "pools": [{"pool_id": str(p.pool_id), "quantity": p.quantity} for p in pools],
            "expires_at": hold.expires_at.isoformat(),
        },
        context=context,
    )


def _encode(decision: Decision) -> bytes:
    if isinstance(decision, SeatsTaken):
        return msgspec.json.encode(Refused(decision.seats, decision.pools))
    if isinstance(decision, NotTogether):
        return msgspec.json.encode(Apart(decision.quantity))
    assert isinstance(decision, Hold)
    return msgspec.json.encode(Granted(decision))


def _decode(answer: bytes) -> Decision:
    saved = msgspec.json.decode(answer, type=_Saved)
    if isinstance(saved, Granted):
        return saved.hold
    if isinstance(saved, Apart):
        return NotTogether(saved.quantity)
    return SeatsTaken(saved.seats, saved.pools)
