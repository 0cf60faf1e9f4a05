"""A deposit whose rest does not come: its places go back on sale, and what came goes back."""

import uuid

from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout import deposits, returns
from server.inventory import verbs as inventory
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.failpoint import failpoint
from server.kernel.tenancy import Across
from server.payments import refunding
from server.refunds.deciding import Terms, decide

AT_ONCE = 20
NOT_PAID = "The rest was not paid in time: what was paid is paid back."

_log = logs.get(__name__)


async def end_due(db: Database, catalog: Catalog) -> int:
    """End the orders whose rest is overdue. Returns how many were ended."""
    async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
        due = await deposits.over(tx, AT_ONCE)
    ended = 0
    for row in due:
        context.act_for(row.org_id)
        try:
            await _end_one(db, await catalog.event(row.event_id), row.id)
        except Exception as error:
            # One order in trouble must not keep the others' places from sale.
            _log.exception("deposit not ended", order_id=str(row.id), error=repr(error))
        else:
            ended += 1
    return ended


async def _end_one(db: Database, event: Event, order_id: uuid.UUID) -> None:
    async def work(tx: Tx) -> None:
        order = (await returns.bought(tx, order_id)).order
        came_minor = (await refunding.balance(tx, order_id)).kept_minor
        if order.balance_due_at is None or came_minor >= order.total_minor:
            return  # It came at this moment, or somebody has paid the order back.
        await decide(tx, event, order_id, {}, Terms("deposit", NOT_PAID))
        await returns.note(tx, order, NOT_PAID)

    await inventory.alone(db, event.id, work)
    failpoint("balance.ended")
