"""Events whose reactions failed for good: what operators see, and do about it."""

from server.audit import service as audit
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Key, settled
from server.kernel.tenancy import Across
from server.outbox import sql
from server.outbox.models import OutboxAppended, ParkedEvent, ParkedPage, ParkedQuery


async def page(db: Database, wanted: ParkedQuery) -> ParkedPage:
    """Of the whole platform."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        rows = await sql.PARKED.all(tx, int(wanted.next_token or 0), wanted.page_size + 1)
    items = rows[: wanted.page_size]
    more = len(rows) > wanted.page_size
    return ParkedPage(items, str(items[-1].position) if more else None)


async def replay(db: Database, position: int, key: Key | None) -> ParkedEvent:
    """Have it tried again, as often as if it were new. Raises NotFound where none is parked."""

    async def act(tx: Tx) -> ParkedEvent:
        event = await sql.UNPARK.first(tx, position)
        if event is None:
            raise NotFound("no event is parked there: it may be on its way again")
        data = {"type": event.type, "subject": event.subject, "error": event.error}
        await audit.record(
            tx, event.org_id or None, "event.replayed", subject=f"outbox:{position}", data=data
        )
        tx.announce(OutboxAppended())
        return event

    return await settled(db, key, ParkedEvent, act, Across.PLATFORM)
