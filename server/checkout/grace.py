"""Nobody loses places while they type a card's number, or while a friend still pays.

An order that waits for its money has its hold extended, as its buyer might do it, when it is about
to end: again and again until the hold may last no longer (`Hold.extendable_until`). What is paid
for sooner, as nearly everything is, costs nothing of that.
"""

import datetime as dt
import uuid
from collections import defaultdict

from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout import sql, sql_shares
from server.inventory import verbs as inventory
from server.inventory.models import HoldChange
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import DomainError
from server.kernel.failpoint import failpoint
from server.kernel.tenancy import Across

BEFORE = dt.timedelta(seconds=10)
"""So long before its end a hold is extended."""
AT_ONCE = 100

_log = logs.get(__name__)


async def keep_due(db: Database, catalog: Catalog) -> int:
    """Extend what ends soon and is being paid for. Returns how many orders were looked at."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        due = await sql_shares.ENDING.all(tx, BEFORE, AT_ONCE)
    of_events: dict[tuple[str, uuid.UUID], list[uuid.UUID]] = defaultdict(list)
    for row in due:
        of_events[row.org_id, row.event_id].append(row.id)
    for (org_id, event_id), order_ids in of_events.items():
        context.act_for(org_id)
        try:
            await _keep(db, await catalog.event(event_id), order_ids)
        except Exception as error:
            # One event in trouble must not keep the others' buyers from their places.
            _log.exception("holds not extended", event_id=str(event_id), error=repr(error))
    return len(due)


async def _keep(db: Database, event: Event, order_ids: list[uuid.UUID]) -> None:
    async def work(tx: Tx) -> None:
        for order in await sql.LOCK_ORDERS.all(tx, order_ids):
            if order.status != "pending":
                continue
            try:
                hold = await inventory.change(tx, order.hold_id, HoldChange(extend=True), event)
            except DomainError:
                continue  # It ended, or was released, at this moment.
            await sql.REOPEN.first(tx, order.id, hold.expires_at)

    await inventory.alone(db, event.id, work)
    failpoint("hold.kept")
