"""Gaps as the reconciler last saw them: what is told of them, what to do, and who closed them.

They stand in the database, so that they are told the same by every process and after each of them
has died. One is gone when a comparison that must have met it did not. One that no comparison can
lose, because what happened will stay so, is closed by the platform's staff, who say why; it is open
again when a comparison finds other amounts.
"""

import datetime as dt
import uuid
from collections.abc import Mapping

import msgspec

from server import audit
from server.kernel import context
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Key, settled
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.payments import sql_gaps
from server.payments.gap_models import (
    BOOKS,
    Comparison,
    Dismissal,
    Gap,
    GapDismissal,
    GapKind,
    GapMoved,
    KeptGap,
    MoneyGap,
    MoneyGapQuery,
    MoneyGaps,
)

WATCHED_DAYS = 30
"""So long after it happened a comparison looks again at what was closed."""
ADVICE: Mapping[GapKind, str] = {
    "charge_of_nobody": "Find out at the provider who paid. What is of no order of ours is given "
    "back there; after a restored backup restore what came since.",
    "charged_twice": "Give the second charge back at the provider.",
    "capture_missed": "It could not be put right by itself: the worker's log says why.",
    "capture_unknown": "Look the payment up at the provider, also in another account or mode. "
    "Where it was never taken, end the order.",
    "amount_differs": "Compare both at the provider, and give back what is too much there.",
    "refund_missed": "It could not be put right by itself: the worker's log says why.",
    "refund_unknown": "Look for the refund at the provider, and pay back there what it lacks.",
    "money_unanswered": "See whether a worker runs, and whether payment.captured is parked: "
    "/staff/events.",
    "money_without_places": "Pay it back, or sell its places at the box office: the order says why "
    "it ended. Of an order that is sold pay back what is more than the other amount.",
    "places_without_money": "Ask the buyer to pay, or end the order.",
    "tickets_missing": "See whether order.confirmed or order.paid is parked: /staff/events.",
}


async def keep(db: Database, gap: Gap) -> Gap:
    """Seen now, for the first time or again. Returns it, and whether it was closed as it is."""
    async with db.tx(across=Across.PLATFORM) as tx:
        is_dismissed = await sql_gaps.KEEP.value(
            tx, uuid7(), gap.org_id or "", gap.kind, gap.provider or BOOKS,
            str(gap.payment_id or gap.order_id or ""), gap.reference, gap.payment_id, gap.order_id,
            gap.ours_minor, gap.theirs_minor, gap.currency, gap.happened_at,
        )  # fmt: skip
    return msgspec.structs.replace(gap, is_dismissed=is_dismissed)


async def now(db: Database) -> dt.datetime:
    """By the database's clock, which also says when a gap was seen."""
    async with db.tx(read_only=True) as tx:
        return await sql_gaps.NOW.value(tx)


async def compared(db: Database, source: str, since: dt.datetime, begun: dt.datetime) -> None:
    """All that happened since then at `source` was looked at: a gap that was not seen is gone."""
    async with db.tx(across=Across.PLATFORM) as tx:
        await sql_gaps.GONE.run(tx, source, since, begun)
        await sql_gaps.COMPARED.run(tx, source)


async def oldest(db: Database) -> dt.datetime | None:
    """When that happened which is open for longest, or was closed and is watched: whoever looks
    back so far meets all."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        return await sql_gaps.OLDEST.value(tx, WATCHED_DAYS)


async def counts(tx: Tx) -> dict[str, int]:
    """How many are open, of each kind that there is. `tx` sees all organizations."""
    open_ = {row.kind: row.count for row in await sql_gaps.COUNTS.all(tx)}
    return {kind: open_.get(kind, 0) for kind in ADVICE}


async def comparisons(tx: Tx) -> list[Comparison]:
    return await sql_gaps.COMPARISONS.all(tx)


async def page(db: Database, wanted: MoneyGapQuery) -> MoneyGaps:
    """For the platform's staff."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        rows = await sql_gaps.PAGE.all(
            tx, wanted.next_token, wanted.page_size + 1, wanted.status == "dismissed"
        )
        looked = await comparisons(tx)
    items = [_told(row) for row in rows[: wanted.page_size]]
    return MoneyGaps(items, looked, items[-1].id if len(rows) > wanted.page_size else None)


async def dismiss(db: Database, gap_id: uuid.UUID, wish: GapDismissal, key: Key | None) -> MoneyGap:
    """Nobody is told of it while it stays as it is. Raises NotFound, GapMoved."""

    async def act(tx: Tx) -> MoneyGap:
        gap = await _lock(tx, gap_id)
        if (gap.ours_minor, gap.theirs_minor) != (wish.ours_minor, wish.theirs_minor):
            raise GapMoved(
                "the gap has other amounts by now: look into it again",
                ours_minor=gap.ours_minor, theirs_minor=gap.theirs_minor,
            )  # fmt: skip
        reason = wish.reason.strip()
        closed = await sql_gaps.DISMISS.first(tx, gap_id, reason, context.current().actor)
        return await _recorded(tx, closed, "money_gap.dismissed", reason)

    return await settled(db, key, MoneyGap, act, Across.PLATFORM)


async def reopen(db: Database, gap_id: uuid.UUID, key: Key | None) -> MoneyGap:
    """What was closed is open again. Raises NotFound."""

    async def act(tx: Tx) -> MoneyGap:
        gap = await _lock(tx, gap_id)
        if gap.dismissal is None:
            return _told(gap)
        opened = await sql_gaps.REOPEN.first(tx, gap_id)
        return await _recorded(tx, opened, "money_gap.reopened", "")

    return await settled(db, key, MoneyGap, act, Across.PLATFORM)


async def _lock(tx: Tx, gap_id: uuid.UUID) -> KeptGap:
    gap = await sql_gaps.LOCK.first(tx, gap_id)
    if gap is None:
        raise NotFound("no such gap: a comparison may have found it gone")
    return gap


async def _recorded(tx: Tx, gap: KeptGap | None, action: str, reason: str) -> MoneyGap:
    assert gap is not None, "it is locked"
    told = msgspec.to_builtins(gap)
    facts = (
        "kind", "provider", "reference", "payment_id", "order_id", "ours_minor", "theirs_minor",
        "currency",
    )  # fmt: skip
    data = {name: told[name] for name in facts} | ({"reason": reason} if reason else {})
    await audit.record(tx, gap.org_id, action, subject=f"money_gap:{gap.id}", data=data)
    return _told(gap)


def _told(gap: KeptGap) -> MoneyGap:
    dismissal = msgspec.convert(gap.dismissal, Dismissal | None)
    facts = msgspec.structs.asdict(gap) | {"dismissal": dismissal}
    return MoneyGap(**facts, advice=ADVICE[gap.kind])
