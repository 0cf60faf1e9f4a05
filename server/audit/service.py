"""Record in the transaction of the change; read by organization."""

from typing import Any

from server.audit import sql
from server.audit.models import AuditPage, AuditQuery
from server.kernel import context
from server.kernel.db import Database, Tx


async def record(
    tx: Tx, org_id: str | None, action: str, *, subject: str, data: dict[str, Any] | None = None
) -> None:
    """Say that `action` (`noun.verb`) was done to `subject` (`kind:id`), if and only if `tx`
    commits. Who did it, and in which request, is the context's.

    `org_id`: whose log it is; None for what belongs to no organization, as an account does.
    `data`: JSON-able facts, never a secret.
    """
    here = context.current()
    await sql.INSERT.run(
        tx, org_id, here.actor, action, subject, data or {}, here.request_id, here.trace_id
    )


async def entries(db: Database, org_id: str, wanted: AuditQuery) -> AuditPage:
    """A page of an organization's log, newest first."""
    before = int(wanted.next_token) if wanted.next_token else None
    async with db.tx(read_only=True) as tx:
        rows = await sql.PAGE.all(
            tx, org_id, before, wanted.subject, wanted.actor, wanted.since, wanted.until,
            wanted.page_size + 1,
        )  # fmt: skip
    page = rows[: wanted.page_size]
    more = len(rows) > wanted.page_size
    return AuditPage(page, str(page[-1].id) if more else None)
