"""An event is cancelled: its sale ends at once, and all its orders go back, batch by batch.

The cancellation is a row; a batch is some orders in one transaction, each decided as any refund is.
What a batch has done it never finds again, so the worker may die at any point, and several may work
at once.
"""

import uuid

from server.catalog.service import Catalog
from server.checkout import loyalty
from server.inventory import openings
from server.inventory import verbs as inventory
from server.inventory.service import once
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.tenancy import Across
from server.refunds import sql_cancelling as sql
from server.refunds.deciding import Terms, decide
from server.refunds.models import Cancellation, CancellationWish
from server.refunds.sql_cancelling import DueRow

AT_ONCE = 4
ORDERS_AT_ONCE = 25
"""So many keep the event's lane for a moment only."""
LEASE_S = 5.0

_log = logs.get(__name__)


class Cancellations:
    """Of an organization's own events: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog

    async def cancel(
        self,
        org_id: str,
        event_id: uuid.UUID,
        revision: int,
        wish: CancellationWish,
        key: Key | None,
    ) -> Cancellation:
        """Nothing is sold from now on, and everything goes back. For good. Raises EventRefused,
        EventMoved, NotFound."""
        if (await self._catalog.org_of(event_id)) != org_id:
            raise NotFound("no such event")

        async def work(tx: Tx) -> Cancellation:
            await openings.cancel(tx, org_id, event_id, revision)
            await sql.INSERT.run(tx, event_id, org_id, wish.note.strip(), context.current().actor)
            return await _progress(tx, org_id, event_id)

        cancelled = await once(self._db, event_id, key, Cancellation, work)
        self._catalog.forget(event_id)
        failpoint("event.cancelled")
        return cancelled

    async def progress(self, org_id: str, event_id: uuid.UUID) -> Cancellation:
        """How far it is. Raises NotFound, also for an event that was not cancelled."""
        async with self._db.tx(read_only=True) as tx:
            return await _progress(tx, org_id, event_id)

    async def go_on(self) -> int:
        """Work on cancelled events for a moment. Returns how many there were to work on."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            due = await sql.DUE.all(tx, AT_ONCE, LEASE_S)
        for row in due:
            context.act_for(row.org_id)
            try:
                await self._batch(row)
            except Exception as error:
                # One event in trouble must not keep the others' buyers from their money.
                _log.exception("cancelling", event_id=str(row.event_id), error=repr(error))
        return len(due)

    async def _batch(self, row: DueRow) -> None:
        event = await self._catalog.event(row.event_id)
        terms = Terms("cancellation", f"The event was cancelled. {row.note}".strip())
        released = await inventory.release_all(self._db, event.id)

        async def work(tx: Tx) -> int:
            order_ids = await sql.BATCH.values(tx, event.id, ORDERS_AT_ONCE)
            await loyalty.lock(tx, order_ids)
            for order_id in order_ids:
                await decide(tx, event, order_id, {}, terms)
            if released or order_ids:
                await sql.GO_ON.run(tx, event.id)
            else:
                await sql.FINISH.run(tx, event.id)
            return len(order_ids)

        await inventory.alone(self._db, event.id, work)
        failpoint("cancellation.batch")


async def _progress(tx: Tx, org_id: str, event_id: uuid.UUID) -> Cancellation:
    found = await sql.PROGRESS.first(tx, event_id, org_id)
    if found is None:
        raise NotFound("no such event was cancelled")
    return found
