"""An event's orders, for its organizer's people."""

import uuid

from server.catalog.service import Catalog
from server.checkout import sql_orders as sql
from server.checkout.models import OrderView
from server.checkout.order_models import OrderPage, OrderQuery
from server.checkout.service import Checkout
from server.kernel.db import Database
from server.kernel.errors import NotFound


class Orders:
    """Of one organization's events each: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog, checkout: Checkout) -> None:
        self._db, self._catalog, self._checkout = db, catalog, checkout

    async def page(self, org_id: str, event_id: uuid.UUID, wanted: OrderQuery) -> OrderPage:
        """The newest first. Raises NotFound."""
        event = await self._catalog.event(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")
        async with self._db.tx(read_only=True) as tx:
            await tx.plan_anew()
            rows = await sql.PAGE.all(
                tx, event_id, org_id, wanted.next_token, wanted.status, wanted.channel,
                wanted.q.strip().lower() or None, wanted.page_size + 1,
            )  # fmt: skip
        items = rows[: wanted.page_size]
        return OrderPage(items, items[-1].id if len(rows) > wanted.page_size else None)

    async def find(self, org_id: str, order_id: uuid.UUID) -> OrderView:
        """Raises NotFound."""
        order = await self._checkout.find(order_id)
        if order.org_id != org_id:
            raise NotFound("no such order")
        return await self._checkout.view(order)
