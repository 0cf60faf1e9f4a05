"""/v1/orders/{order_id}/refund-requests of buyers, /v1/refund-requests of organizers."""

from server.checkout.models import LineNotSold
from server.identity.realms import BuyerRealm
from server.inventory.models import BlockRefused
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm
from server.refunds.models import NotRefundable, OrderDisputed
from server.refunds.request_models import (
    RefundApproval,
    RefundAsk,
    RefundDecline,
    RefundRequest,
    RequestDecided,
    RequestOpen,
    RequestPage,
    RequestQuery,
)
from server.refunds.requests import Requests

_WRITES = (Unauthenticated, NotFound, DatabaseUnavailable, IdempotencyKeyReused)


def routes(
    requests: Requests, buyer: BuyerRealm, reader: OperatorRealm, manager: OperatorRealm
) -> list[Operation]:
    """`reader`, `manager`: of who may see orders, and pay back."""

    async def request_refund(call: Call, body: RefundAsk) -> RefundRequest:
        return await requests.ask(call.actor.id, call.uuid("order_id"), body, call.key)

    async def list_my_refund_requests(call: Call) -> RequestPage:
        return await requests.of_order(call.actor.id, call.uuid("order_id"))

    async def list_refund_requests(call: Call) -> RequestPage:
        return await requests.page(call.actor.org_id, call.query(RequestQuery))

    async def approve_refund(call: Call, body: RefundApproval) -> RefundRequest:
        request_id = call.uuid("request_id")
        return await requests.approve(call.actor.org_id, request_id, body, call.key)

    async def decline_refund(call: Call, body: RefundDecline) -> RefundRequest:
        request_id = call.uuid("request_id")
        return await requests.decline(call.actor.org_id, request_id, body, call.key)

    return [
        Operation(
            "POST", "/v1/orders/{order_id}/refund-requests", request_refund, buyer,
            "Ask for the money of an order, or of some of it",
            body=RefundAsk, returns=RefundRequest, status=201, idempotent=True,
            errors=(*_WRITES, NotRefundable, LineNotSold, RequestOpen),
            description="Nothing goes back until the organizer agrees. One request of an order "
            "waits at a time; after the event's window it takes a `reason`.",
        ),
        Operation(
            "GET", "/v1/orders/{order_id}/refund-requests", list_my_refund_requests, buyer,
            "What was asked of an order, and answered",
            returns=RequestPage, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "GET", "/v1/refund-requests", list_refund_requests, reader,
            "What buyers would like to have paid back",
            query=RequestQuery, returns=RequestPage, errors=(Unauthenticated,),
        ),
        Operation(
            "POST", "/v1/refund-requests/{request_id}/approve", approve_refund, manager,
            "Pay back what was asked for",
            body=RefundApproval, returns=RefundRequest, idempotent=True,
            errors=(
                *_WRITES, Overloaded, RequestDecided, NotRefundable, OrderDisputed, LineNotSold,
                BlockRefused,
            ),
        ),
        Operation(
            "POST", "/v1/refund-requests/{request_id}/decline", decline_refund, manager,
            "Say no, and why", body=RefundDecline, returns=RefundRequest, idempotent=True,
            errors=(*_WRITES, RequestDecided),
        ),
    ]  # fmt: skip
