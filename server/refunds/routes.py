"""/v1/orders/{order_id}/refunds; /v1/events/{event_id}/refund-policy and /cancellation."""

from server.catalog.event_models import EventMoved, EventRefused
from server.catalog.event_routes import EventRevision
from server.checkout.models import LineNotSold
from server.inventory.models import BlockRefused
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm
from server.refunds.cancelling import Cancellations
from server.refunds.models import (
    Cancellation,
    CancellationWish,
    NotRefundable,
    OrderDisputed,
    Policy,
    PolicyWish,
    RefundList,
    RefundView,
    RefundWindowOver,
    RefundWish,
)
from server.refunds.service import Refunds

_ALONE = (Overloaded, DatabaseUnavailable, IdempotencyKeyReused)


def cancelling_routes(
    cancellations: Cancellations, reader: OperatorRealm, manager: OperatorRealm
) -> list[Operation]:
    """`reader`, `manager`: of who may see orders, and pay back."""

    async def cancel_event(call: Call, body: CancellationWish) -> Cancellation:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        revision = call.query(EventRevision).revision
        return await cancellations.cancel(call.actor.org_id, event_id, revision, body, call.key)

    async def get_cancellation(call: Call) -> Cancellation:
        return await cancellations.progress(call.actor.org_id, call.uuid("event_id"))

    return [
        Operation(
            "POST", "/v1/events/{event_id}/cancellation", cancel_event, manager,
            "Cancel an event and pay back all its orders",
            query=EventRevision, body=CancellationWish, returns=Cancellation, status=201,
            idempotent=True,
            errors=(Unauthenticated, NotFound, EventMoved, EventRefused, *_ALONE),
            description="Nothing is sold from this moment on, not even what is held. Orders go "
            "back in batches, whole and with fees: `GET` says how far that is. For good.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/cancellation", get_cancellation, reader,
            "How far a cancelled event's refunds are", returns=Cancellation,
            errors=(Unauthenticated, NotFound),
        ),
    ]  # fmt: skip


def routes(
    refunds: Refunds,
    reader: OperatorRealm,
    manager: OperatorRealm,
    viewer: OperatorRealm,
    publisher: OperatorRealm,
) -> list[Operation]:
    """`reader`, `manager`: of who may see orders, and pay back; `viewer`, `publisher`: of who may
    see events, and manage them."""

    async def refund_order(call: Call, body: RefundWish) -> RefundView:
        return await refunds.refund(call.actor.org_id, call.uuid("order_id"), body, call.key)

    async def retry_refund(call: Call) -> RefundView:
        order_id, refund_id = call.uuid("order_id"), call.uuid("refund_id")
        return await refunds.retry(call.actor.org_id, order_id, refund_id, call.key)

    async def list_refunds(call: Call) -> RefundList:
        return await refunds.of_order(call.actor.org_id, call.uuid("order_id"))

    async def get_policy(call: Call) -> Policy:
        return await refunds.policy(call.actor.org_id, call.uuid("event_id"))

    async def set_policy(call: Call, body: PolicyWish) -> Policy:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await refunds.set_policy(call.actor.org_id, event_id, body, call.key)

    return [
        Operation(
            "POST", "/v1/orders/{order_id}/refunds", refund_order, manager,
            "Pay back an order, or some of it",
            body=RefundWish, returns=RefundView, status=201, idempotent=True,
            errors=(
                Unauthenticated, NotFound, NotRefundable, OrderDisputed, RefundWindowOver,
                LineNotSold, BlockRefused, *_ALONE,
            ),
            description="The tickets of what goes back open no door from now on, and its places "
            "are on sale again. The money follows, from the latest payments first: `status` says "
            "whether it has gone back. Without `parts`, all that did not go back yet.",
        ),
        Operation(
            "GET", "/v1/orders/{order_id}/refunds", list_refunds, reader,
            "What was paid back of an order", returns=RefundList,
            errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "POST", "/v1/orders/{order_id}/refunds/{refund_id}/retry", retry_refund, manager,
            "Ask the provider once more for what it refused",
            returns=RefundView, idempotent=True,
            errors=(Unauthenticated, NotFound, DatabaseUnavailable, IdempotencyKeyReused),
        ),
        Operation(
            "GET", "/v1/events/{event_id}/refund-policy", get_policy, viewer,
            "Until when, and what of the price, an event pays back", returns=Policy,
            errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "PUT", "/v1/events/{event_id}/refund-policy", set_policy, publisher,
            "Say until when, and what of the price, an event pays back",
            body=PolicyWish, returns=Policy, idempotent=True,
            errors=(Unauthenticated, NotFound, DatabaseUnavailable, IdempotencyKeyReused),
        ),
    ]  # fmt: skip
