"""/v1/events/{event_id}/orders, /v1/org/orders/{order_id}: for organizers."""

from server.catalog.event_routes import READS
from server.checkout.models import OrderView
from server.checkout.order_models import OrderPage, OrderQuery
from server.checkout.orders import Orders
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm


def routes(orders: Orders, reader: OperatorRealm) -> list[Operation]:
    async def list_orders(call: Call) -> OrderPage:
        return await orders.page(call.actor.org_id, call.uuid("event_id"), call.query(OrderQuery))

    async def get_own_order(call: Call) -> OrderView:
        return await orders.find(call.actor.org_id, call.uuid("order_id"))

    return [
        Operation(
            "GET", "/v1/events/{event_id}/orders", list_orders, reader, "Orders of an event",
            returns=OrderPage, query=OrderQuery, errors=READS,
            description="The newest first; `q` finds those of a name or an e-mail address.",
        ),
        Operation(
            "GET", "/v1/org/orders/{order_id}", get_own_order, reader,
            "An order as its organizer sees it", returns=OrderView, errors=READS,
            description="With its lines, taxes, answers and payment.",
        ),
    ]  # fmt: skip
