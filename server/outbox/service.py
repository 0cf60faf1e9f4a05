"""Append in the transaction of the change; read and acknowledge from the worker."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from server.kernel import context
from server.kernel.db import NUL_REFUSED, Database, Tx
from server.kernel.errors import BadRequest
from server.kernel.ids import uuid7, uuid7_texts
from server.kernel.tenancy import Across
from server.outbox import sql
from server.outbox.models import Event, Fact, Member, OutboxAppended, Pending

ATTEMPTS_MAX = 12
SKIP_AFTER_S = 900.0
LEASE_S = 5.0
KEPT_DAYS = 30
SOURCE = "fullhouse"

INSERT_BUNDLE = sql.INSERT_BUNDLE
"""For a statement that changes much at once: `INSERT_BUNDLE.format(type="$1", org="$2",
bundle="$3", count="$4")` as one of its data-modifying CTEs inserts what `bundle_of` made of `count`
facts. Nothing where `count` is 0, or where a condition that is added (`... AND EXISTS (...)`) does
not hold. After it, `tx.announce(OutboxAppended())`."""

_members = msgspec.json.Decoder(list[Member])
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


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


class _Member(msgspec.Struct, gc=False):
    """`Member`, as it is written."""

    id: str
    subject: str
    correlation_id: str
    trace_id: str
    actor: str
    data: dict[str, Any] | msgspec.Struct


def members(facts: Sequence[Fact]) -> str:
    """Facts of one type and organization, each with an id of its own, as JSON text for
    `bundle_of`: for who collects facts of one row bit by bit.

    Raises BadRequest for text with U+0000, as `append` does.
    """
    assert len({(fact.type, fact.org_id) for fact in facts}) <= 1, "one type, one organization"
    here = context.current()
    listed: list[_Member] = []
    for fact, event_id in zip(facts, uuid7_texts(len(facts)), strict=True):
        by = fact.context or here
        listed.append(
            _Member(event_id, fact.subject, by.request_id, by.trace_id, by.actor, fact.data)
        )
    text = msgspec.json.encode(listed).decode()[1:-1]
    if "\\u0000" in text and _NUL.search(text):
        raise BadRequest(NUL_REFUSED)
    return text


def bundle_of(pieces: Sequence[str]) -> str:
    """Of one or several `members`, the JSON text of one row."""
    return f"[{','.join(pieces)}]"


async def append_bundle(tx: Tx, facts: Sequence[Fact]) -> None:
    """As `append`, for facts of one type and organization: one row instead of one for each."""
    if len(facts) < 2:
        await append(tx, *facts)
        return
    first = facts[0]
    await sql.APPEND_BUNDLE.run(
        tx, first.type, first.org_id, bundle_of([members(facts)]), len(facts)
    )
    tx.announce(OutboxAppended())


async def unpublished(db: Database, limit: int) -> list[Pending]:
    """The oldest rows that have `limit` events together; the last of them may go beyond it."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        return [_pending(row) for row in await sql.UNPUBLISHED.all(tx, limit)]


async def claim(db: Database, heard: list[str], limit: int) -> list[Pending]:
    """Events of the types in `heard` whose reactions are due, oldest first, bounded as above.

    They are the caller's for LEASE_S, and so is what comes after them for the same subjects: who
    works longer renews the lease, who dies loses it.
    """
    async with db.tx(across=Across.PLATFORM) as tx:
        await sql.ONE_CLAIMS.run(tx)
        found = [_pending(row) for row in await sql.UNHANDLED.all(tx, limit, heard)]
        if found:
            await sql.LEASE.run(tx, [pending.position for pending in found], LEASE_S)
    return found


async def lease(db: Database, positions: list[int], seconds: float) -> None:
    """Keep what was claimed for so long from now on; 0 gives it back."""
    async with db.tx(across=Across.PLATFORM) as tx:
        await sql.LEASE.run(tx, positions, seconds)


async def skip(tx: Tx, heard: list[str]) -> int:
    """Mark some events of types that nobody reacts to; `heard`: the types somebody does react to.

    Not at once: while a release rolls out, an older worker does not know yet what the newer one
    reacts to. Returns how many rows.
    """
    return await sql.SKIP.run(tx, heard, SKIP_AFTER_S)


async def forget(tx: Tx) -> int:
    """Delete some of what everybody has heard of long ago. Returns how many."""
    return await sql.FORGET.run(tx, KEPT_DAYS)


async def log(tx: Tx, org_id: str, after: str | None, limit: int) -> tuple[list[Event], str | None]:
    """An organization's published events behind the cursor `after`, those of up to `limit` rows in
    the order of their publication, and the cursor behind them."""
    micros, _, position = (after or "0-0").partition("-")
    rows = await sql.LOG.all(tx, org_id, int(micros), int(position), limit)
    events = [event for row in rows for event in _events(row)]
    return events, f"{rows[-1].micros}-{rows[-1].position}" if rows else after


async def mark_published(db: Database, positions: list[int]) -> None:
    async with db.tx(across=Across.PLATFORM) as tx:
        await sql.ONE_MARKS.run(tx)
        await sql.MARK_PUBLISHED.run(tx, positions)


async def mark_handled(db: Database, positions: list[int]) -> None:
    async with db.tx(across=Across.PLATFORM) as tx:
        await sql.MARK_HANDLED.run(tx, positions)


async def postpone(db: Database, pending: Pending, error: str) -> None:
    """Try again later, with exponential backoff; parked for an operator after ATTEMPTS_MAX."""
    delay_s = min(0.5 * 2**pending.attempts, 300.0)
    async with db.tx(across=Across.PLATFORM) as tx:
        await sql.POSTPONE.run(tx, pending.position, error[:2000], delay_s, ATTEMPTS_MAX)


async def backlog(tx: Tx) -> sql.Backlog:
    """Events not published yet, and events whose reactions failed for good."""
    found = await sql.BACKLOG.first(tx)
    assert found is not None
    return found


def _pending(row: sql.OutboxRow) -> Pending:
    return Pending(row.position, row.attempts, _events(row))


def _events(row: sql.OutboxRow | sql.LogRow) -> list[Event]:
    return [
        Event(
            id=told.id, type=row.type, version=row.version, occurred_at=row.occurred_at,
            correlation_id=told.correlation_id, trace_id=told.trace_id, actor=told.actor,
            source=row.source, org_id=row.org_id, subject=told.subject, data=told.data,
        )
        for told in _members.decode(row.bundle)
    ]  # fmt: skip
