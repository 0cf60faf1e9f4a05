"""Where a hold is written: one transaction for a batch of requests, decided in arrival order.

A batch is first written at once, on what this process knows of the event: one round trip to the
database. Where that is not how the event is any more, or a key was answered before, the batch takes
its turn: alone on the event it reads what changed, answers what was answered, and decides again.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from server.inventory import sql, write
from server.inventory.decide import Draft, Plan
from server.inventory.mirror import Base, Mirror
from server.inventory.models import (
    Hold,
    HoldWanted,
    NotTogether,
    PoolShortage,
    PoolWish,
    SeatsTaken,
    SingleSeatLeft,
    TableRefused,
    TooManyPlaces,
)
from server.inventory.rows import HoldRow, Written
from server.kernel import idempotency
from server.kernel.db import MovedOn, Tx
from server.kernel.errors import DomainError, retold
from server.kernel.idempotency import Saved
from server.outbox.models import Fact

Decision = Hold | DomainError
Answers = Callable[[], list[Decision]]
"""What a batch comes to, per request in order: made when there is nothing more urgent."""


class Refused(msgspec.Struct, tag=True):
    """A refusal as it is saved under its idempotency key; `offer`: the alternative's hold."""

    seats: list[int]
    pools: list[PoolShortage]
    offer: uuid.UUID | None = None


class Otherwise(msgspec.Struct, tag=True):
    """Any other refusal: which, in what words, with what facts."""

    kind: str
    detail: str
    facts: dict[str, Any]


class Granted(msgspec.Struct, tag=True):
    """A hold as it was made, saved once it is changed: until then its row says it."""

    hold: Hold


_Answer = Refused | Otherwise | Granted
_REFUSALS: dict[str, type[DomainError]] = {
    kind.__name__: kind for kind in (NotTogether, SingleSeatLeft, TableRefused, TooManyPlaces)
}


class Batch:
    """Requests of one event, no key twice, on their way to one transaction. `Database.exclusive`
    runs it: `at_once`, and where that did nothing `in_turn` until it is done. `is_unsure`: it may
    have been written before."""

    def __init__(self, mirror: Mirror, requests: Iterable[HoldWanted] = ()) -> None:
        self._mirror = mirror
        self.requests = list(requests)
        self.is_unsure = False
        self._plan: Plan | None = None
        self._sheet = write.Sheet(mirror)

    def look_ahead(self) -> None:
        """Decide as if what is being written now succeeds. Undone where it does not."""
        if self._can_be_at_once:
            self._decide_all()

    async def at_once(self, tx: Tx) -> Answers | None:
        """None where it has to take its turn. Nothing is changed then.

        It may be sent while the batch before it is still on its way. Not so standing places: who
        counts them does it in SERIALIZABLE, on a snapshot that has the batch before.
        """
        mirror = self._mirror
        if not self._can_be_at_once:
            return None
        plan, sheet = self._decide_all()
        base = mirror.next_base
        if plan.claims and base.after is not None:
            return None
        if plan.drafts:
            mirror.sends(base.version + 1, plan.drafts[0].hold_id)
        await tx.isolate("serializable" if plan.claims else "read committed")
        written = await self._write(tx, base, plan, sheet, self.requests)
        if written is None:
            return None
        if self._plan is plan:  # still: else the mirror was forgotten meanwhile
            mirror.ahead.remove(self)
            mirror.reached(written.version)
        return partial(self._decisions, plan, written)

    async def in_turn(self, tx: Tx) -> Answers | None:
        """Alone on the event. None where holds have to be swept first; raises MovedOn to be run
        again."""
        mirror = self._mirror
        mirror.settle()
        self.undo()
        await mirror.sync(tx)
        if mirror.is_due:
            return None
        answered = await self._answered(tx)
        fresh = [at for at in range(len(self.requests)) if at not in answered]
        if fresh:
            requests = [self.requests[at] for at in fresh]
            plan = self._plan = Plan(mirror, await self._owned(tx, requests))
            plan.decide(requests)
            sheet = write.Sheet(mirror)
            sheet.fill(plan)
            written = await self._write(tx, mirror.next_base, plan, sheet, requests)
            if written is None:
                raise MovedOn
            if plan.drafts:
                tx.announce(write.recount(mirror.event_id, written))
            answered.update(zip(fresh, self._decisions(plan, written), strict=True))
        return lambda: [answered[at] for at in range(len(self.requests))]

    @property
    def _can_be_at_once(self) -> bool:
        """Whether memory is enough to decide on: it does not know what buyers have in all."""
        mirror = self._mirror
        undecided = islice(self.requests, len(self._plan.verdicts) if self._plan else 0, None)
        return (
            mirror.version >= 0
            and mirror.knows_rules
            and not mirror.is_due
            and all(wanted.rules.seats_per_buyer_max is None for wanted in undecided)
        )

    def _decide_all(self) -> tuple[Plan, write.Sheet]:
        if self._plan is None:
            self._plan = Plan(self._mirror)
            self._sheet = write.Sheet(self._mirror)
            self._mirror.ahead.append(self)
        self._plan.decide(self.requests[len(self._plan.verdicts) :])
        self._sheet.fill(self._plan)
        return self._plan, self._sheet

    def undo(self) -> None:
        """What was decided is not on the mirror any more."""
        plan, self._plan = self._plan, None
        if plan is not None:
            plan.undo()

    async def _owned(self, tx: Tx, requests: Sequence[HoldWanted]) -> dict[uuid.UUID, int]:
        limited = {w.buyer_id for w in requests if w.rules.seats_per_buyer_max is not None}
        if not limited:
            return {}
        owned = await sql.OWNED.all(tx, self._mirror.event_id, list(limited))
        return {row.buyer_id: row.places for row in owned}

    async def _write(
        self, tx: Tx, base: Base, plan: Plan, sheet: write.Sheet, requests: Sequence[HoldWanted]
    ) -> Written | None:
        """None where the event is not what the mirror says."""
        refusals = [
            Saved(wanted.hold_id, wanted.key.request_hash, _encode(verdict, plan.offers.get(at)))
            for at, (wanted, verdict) in enumerate(zip(requests, plan.verdicts, strict=True))
            if wanted.key is not None and isinstance(verdict, DomainError)
        ]
        if not plan.drafts:
            return await write.refuse(tx, base, plan, refusals)
        return await write.write(tx, requests[0].org_id, base, plan, sheet, refusals)

    def _decisions(self, plan: Plan, written: Written) -> list[Decision]:
        event_id, ends = self._mirror.event_id, write.ends_of(written, plan.drafts)
        for at, offer in plan.offers.items():
            refusal = plan.verdicts[at]
            assert isinstance(refusal, SeatsTaken)
            refusal.alternative = write.hold_of(event_id, written, offer, ends)
        return [
            write.hold_of(event_id, written, verdict, ends)
            if isinstance(verdict, Draft)
            else verdict
            for verdict in plan.verdicts
        ]

    async def _answered(self, tx: Tx) -> dict[int, Decision]:
        """By position, what these requests were answered before."""
        asked = {
            at: (wanted.hold_id, wanted.key.request_hash if wanted.key else None)
            for at, wanted in enumerate(self.requests)
            if wanted.key is not None or self.is_unsure
        }
        if not asked:
            return {}
        ids = [hold_id for hold_id, _ in asked.values()]
        saved = await idempotency.find(tx, ids)
        # A key that another request used has an answer of another kind.
        answers = {
            hold_id: _decode(saved[hold_id].answer)
            for hold_id, asked_hash in asked.values()
            if hold_id in saved and asked_hash in (None, saved[hold_id].request_hash)
        }
        offers = [a.offer for a in answers.values() if isinstance(a, Refused) and a.offer]
        made = {
            hold.id: (row.request_hash, hold) for row, hold in await _holds(tx, [*ids, *offers])
        }
        elsewhere = await idempotency.spent(
            tx, [i for i in ids if i not in saved and i not in made]
        )
        answered: dict[int, Decision] = {}
        for at, (hold_id, asked_hash) in asked.items():
            if hold_id in answers:
                answered[at] = _decision(answers[hold_id], made)
            elif hold_id in made and asked_hash in (None, made[hold_id][0]):
                answered[at] = _as_made(made[hold_id][1])
            elif hold_id in saved or hold_id in made or hold_id in elsewhere:
                key = self.requests[at].key
                assert key is not None, "without a key nobody else has this id"
                answered[at] = idempotency.reused(key)
        return answered


async def _holds(tx: Tx, hold_ids: list[uuid.UUID]) -> list[tuple[HoldRow, Hold]]:
    return [(row, hold_of(row)) for row in await sql.HOLDS_BY_ID.all(tx, hold_ids)]


def _as_made(hold: Hold) -> Hold:
    """The first answer again: a hold that was changed since has it saved under its key."""
    return msgspec.structs.replace(
        hold, status="active", is_ordered=False, server_time=hold.created_at
    )


def hold_of(row: HoldRow) -> Hold:
    return Hold(
        id=row.id,
        org_id=row.org_id,
        event_id=row.event_id,
        buyer_id=row.buyer_id,
        status=row.status,  # type: ignore[arg-type]
        seat_idxs=row.seat_idxs,
        pools=[PoolWish(pool_id, quantity) for pool_id, quantity in row.pools.items()],
        legs=(row.leg_first, row.leg_last),
        places=row.places,
        created_at=row.created_at,
        expires_at=row.expires_at,
        extendable_until=row.extendable_until,
        version=row.version,
        is_ordered=row.is_ordered,
        server_time=row.server_time,
    )


async def keep_answer(tx: Tx, row: HoldRow, hold: Hold) -> None:
    """Before a hold is changed for the first time: save what its key was answered."""
    if row.request_hash is not None:
        answer = msgspec.json.encode(Granted(_as_made(hold)))
        await idempotency.record(tx, [Saved(row.id, row.request_hash, answer)])


def hold_fact(verb: str, hold: Hold, kept: Collection[int] = ()) -> Fact:
    """`inventory.hold.VERB`, with what the hold covers. `kept`: seats of an allocation, which were
    off sale before it and are again after it."""
    return Fact(
        type=f"inventory.hold.{verb}",
        org_id=hold.org_id,
        subject=f"hold:{hold.id}",
        data={
            "hold_id": str(hold.id),
            "event_id": str(hold.event_id),
            "buyer_id": str(hold.buyer_id),
            "seat_idxs": hold.seat_idxs,
            "legs": hold.legs,
            "pools": [{"pool_id": str(p.pool_id), "quantity": p.quantity} for p in hold.pools],
            "expires_at": hold.expires_at.isoformat(),
            "off_sale": [seat for seat in hold.seat_idxs if seat in kept],
        },
    )


def _encode(refusal: DomainError, offer: Draft | None) -> bytes:
    if isinstance(refusal, SeatsTaken):
        offer_id = None if offer is None else offer.hold_id
        return msgspec.json.encode(Refused(refusal.seats, refusal.pools, offer_id))
    return msgspec.json.encode(Otherwise(type(refusal).__name__, refusal.detail, refusal.facts))


def _decode(answer: bytes | None) -> _Answer:
    assert answer is not None, "a key and its answer are committed together"
    return msgspec.json.decode(answer, type=_Answer)


def _decision(answer: _Answer, made: dict[uuid.UUID, tuple[bytes | None, Hold]]) -> Decision:
    if isinstance(answer, Granted):
        return answer.hold
    if isinstance(answer, Refused):
        offer = made[answer.offer][1] if answer.offer else None
        return SeatsTaken(answer.seats, answer.pools, offer)
    return retold(_REFUSALS[answer.kind], answer.detail, answer.facts)
