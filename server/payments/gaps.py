"""Gaps that are open, as the reconciler last saw them: what is told of them, and what to do.

They stand in the database, so that they are told the same by every process and after each of them
has died. One is gone when a comparison that must have met it did not.
"""

import datetime as dt
from collections.abc import Mapping

import msgspec

from server.kernel.db import Database, Tx
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.payments import sql_gaps
from server.payments.gap_models import Comparison, Gap, GapKind, MoneyGap, MoneyGapQuery, MoneyGaps

BOOKS = "books"
"""What our own books are compared with is themselves; the other sources are providers."""
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
    "it ended.",
    "places_without_money": "Ask the buyer to pay, or end the order.",
    "tickets_missing": "See whether order.confirmed or order.paid is parked: /staff/events.",
}


async def keep(db: Database, gap: Gap) -> None:
    """Seen now, for the first time or again."""
    async with db.tx(across=Across.PLATFORM) as tx:
        await sql_gaps.KEEP.run(
            tx, uuid7(), gap.org_id or "", gap.kind, gap.provider or BOOKS,
            str(gap.payment_id or gap.order_id or ""), gap.reference, gap.payment_id, gap.order_id,
            gap.ours_minor, gap.theirs_minor, gap.currency, gap.happened_at,
        )  # fmt: skip


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
    """When that happened which is open for longest: whoever looks back so far meets all."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        return await sql_gaps.OLDEST.value(tx)


async def counts(tx: Tx) -> dict[str, int]:
    """How many are open, of each kind that there is. `tx` sees all organizations."""
    open_ = {row.kind: row.count for row in await sql_gaps.COUNTS.all(tx)}
    return {kind: open_.get(kind, 0) for kind in ADVICE}


async def comparisons(tx: Tx) -> list[Comparison]:
    return await sql_gaps.COMPARISONS.all(tx)


async def page(db: Database, wanted: MoneyGapQuery) -> MoneyGaps:
    """For the platform's staff."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        rows = await sql_gaps.PAGE.all(tx, wanted.next_token, wanted.page_size + 1, BOOKS)
        looked = await comparisons(tx)
    items = [
        MoneyGap(**msgspec.structs.asdict(row), advice=ADVICE[row.kind])
        for row in rows[: wanted.page_size]
    ]
    return MoneyGaps(items, looked, items[-1].id if len(rows) > wanted.page_size else None)
