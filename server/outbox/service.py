"""Append in the transaction of the change; read and acknowledge from the worker."""

import msgspec

from server.kernel import context
from server.kernel.db import Database, Tx
from server.kernel.ids import uuid7
from server.outbox import sql
from server.outbox.models import Event, Fact, OutboxAppended, Pending

ATTEMPTS_MAX = 12
SKIP_AFTER_S = 900.0
KEPT_DAYS = 30
SOURCE = "fullhouse"


async def append(tx: Tx, *facts: Fact) -> None:
    """Write events that are true if and only if `tx` commits."""
    if not facts:
        return
    here = context.current()
    contexts = [fact.context or here for fact in facts]
    await sql.APPEND.run(
        tx,
        [uuid7() for _ in facts],
        [fact.type for fact in facts],
        [fact.org_id for fact in facts],
        [fact.subject for fact in facts],
        [fact.data for fact in facts],
        [caused.request_id for caused in contexts],
        [caused.trace_id for caused in contexts],
        [caused.actor for caused in contexts],
        SOURCE,
    )
    tx.announce(OutboxAppended())


async def unpublished(db: Database, limit: int) -> list[Pending]:
    async with db.tx(read_only=True) as tx:
        return [_pending(row) for row in await sql.UNPUBLISHED.all(tx, limit)]


async def unhandled(db: Database, heard: list[str], limit: int) -> list[Pending]:
    """Events of the types in `heard` whose reactions are due, oldest first."""
    async with db.tx(read_only=True) as tx:
        return [_pending(row) for row in await sql.UNHANDLED.all(tx, limit, heard)]


async def skip(db: Database, heard: list[str], limit: int) -> int:
    """Mark events of types that nobody reacts to. `heard`: the types somebody does react to.

    Not at once: while a release rolls out, the older worker may lead, and does not know yet what
    the newer one reacts to.
    """
    async with db.tx() as tx:
        return await sql.SKIP.run(tx, heard, limit, SKIP_AFTER_S)


async def forget(tx: Tx) -> int:
    """Delete some of what everybody has heard of long ago. Returns how many."""
    return await sql.FORGET.run(tx, KEPT_DAYS)


async def mark_published(db: Database, positions: list[int]) -> None:
    async with db.tx() as tx:
        await sql.MARK_PUBLISHED.run(tx, positions)


async def mark_handled(db: Database, positions: list[int]) -> None:
    async with db.tx() as tx:
        await sql.MARK_HANDLED.run(tx, positions)


async def postpone(db: Database, pending: Pending, error: str) -> None:
    """Try again later, with exponential backoff; parked for an operator after ATTEMPTS_MAX."""
    delay_s = min(0.5 * 2**pending.attempts, 300.0)
    async with db.tx() as tx:
        await sql.POSTPONE.run(tx, pending.position, error[:2000], delay_s, ATTEMPTS_MAX)


async def backlog(tx: Tx) -> sql.Backlog:
    """Events not published yet, and events whose reactions failed for good."""
    found = await sql.BACKLOG.first(tx)
    assert found is not None
    return found


def _pending(row: sql.OutboxRow) -> Pending:
    fields = msgspec.structs.asdict(row)
    position, attempts = fields.pop("position"), fields.pop("attempts")
    return Pending(position=position, attempts=attempts, event=Event(**fields))
