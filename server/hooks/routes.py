"""/v1/webhook-endpoints and /v1/events-log."""

from server.hooks.models import (
    Endpoint,
    EndpointRefused,
    Endpoints,
    EndpointSecret,
    EndpointWish,
    EventLogPage,
    EventLogQuery,
    HookDeliveries,
    HookDelivery,
    HookDeliveryQuery,
)
from server.hooks.service import Hooks
from server.kernel.errors import NotFound
from server.kernel.http import Call, Operation
from server.orgs.models import LimitReached
from server.orgs.org_routes import READS, WRITES
from server.orgs.realm import OperatorRealm

_AT = "/v1/webhook-endpoints/{endpoint_id}"


def routes(hooks: Hooks, manager: OperatorRealm, reader: OperatorRealm) -> list[Operation]:
    """`manager`: of who may register endpoints, `reader`: of who may read the log."""

    async def add_webhook_endpoint(call: Call, body: EndpointWish) -> Endpoint:
        return await hooks.add(call.actor.org_id, body, call.key)

    async def list_webhook_endpoints(call: Call) -> Endpoints:
        return await hooks.of_org(call.actor.org_id)

    async def change_webhook_endpoint(call: Call, body: EndpointWish) -> Endpoint:
        return await hooks.change(call.actor.org_id, call.uuid("endpoint_id"), body, call.key)

    async def delete_webhook_endpoint(call: Call) -> None:
        await hooks.delete(call.actor.org_id, call.uuid("endpoint_id"), call.key)

    async def get_webhook_secret(call: Call) -> EndpointSecret:
        return await hooks.secret(call.actor.org_id, call.uuid("endpoint_id"))

    async def rotate_webhook_secret(call: Call) -> EndpointSecret:
        return await hooks.rotate(call.actor.org_id, call.uuid("endpoint_id"), call.key)

    async def list_webhook_deliveries(call: Call) -> HookDeliveries:
        wanted = call.query(HookDeliveryQuery)
        return await hooks.deliveries(call.actor.org_id, call.uuid("endpoint_id"), wanted)

    async def replay_webhook_delivery(call: Call) -> HookDelivery:
        ids = call.uuid("endpoint_id"), call.uuid("delivery_id")
        return await hooks.replay(call.actor.org_id, *ids, call.key)

    async def read_event_log(call: Call) -> EventLogPage:
        return await hooks.log(call.actor.org_id, call.query(EventLogQuery))

    return [
        Operation(
            "POST", "/v1/webhook-endpoints", add_webhook_endpoint, manager,
            "Have an address told of events", body=EndpointWish, returns=Endpoint, status=201,
            idempotent=True, errors=(*WRITES, EndpointRefused, LimitReached),
            description="Each event is POSTed as JSON, signed as Standard Webhooks have it, at "
            "least once and in no promised order: `webhook-id` is the event's id. Anything but 2xx "
            "within 10 seconds is tried again for more than two days. Who does not answer at all "
            "is asked again at `paused_until`, and told the rest once it answers.",
        ),
        Operation(
            "GET", "/v1/webhook-endpoints", list_webhook_endpoints, manager,
            "Addresses that are told of events", returns=Endpoints, errors=READS,
        ),
        Operation(
            "PUT", _AT, change_webhook_endpoint, manager, "Change an endpoint, or enable it again",
            body=EndpointWish, returns=Endpoint, idempotent=True,
            errors=(*WRITES, NotFound, EndpointRefused),
            description="What waited while it was disabled or paused is delivered then.",
        ),
        Operation(
            "DELETE", _AT, delete_webhook_endpoint, manager, "Tell it nothing any more",
            idempotent=True, errors=(*WRITES, NotFound),
        ),
        Operation(
            "GET", f"{_AT}/secret", get_webhook_secret, manager, "What verifies the signatures",
            returns=EndpointSecret, errors=(*READS, NotFound),
        ),
        Operation(
            "POST", f"{_AT}/secret", rotate_webhook_secret, manager, "A new secret",
            returns=EndpointSecret, idempotent=True, errors=(*WRITES, NotFound),
            description="It signs from the next attempt on.",
        ),
        Operation(
            "GET", f"{_AT}/deliveries", list_webhook_deliveries, manager,
            "What became of telling it", returns=HookDeliveries, query=HookDeliveryQuery,
            errors=(*READS, NotFound),
        ),
        Operation(
            "POST", f"{_AT}/deliveries/{{delivery_id}}/replay", replay_webhook_delivery, manager,
            "Deliver an event again", returns=HookDelivery, idempotent=True,
            errors=(*WRITES, NotFound), description="It ends a pause of the endpoint.",
        ),
        Operation(
            "GET", "/v1/events-log", read_event_log, reader, "Events from a cursor on",
            returns=EventLogPage, query=EventLogQuery, errors=READS,
            description="The organization's events of the last 30 days in the order of their "
            "publication. Who remembers `after` misses none, however long it was away.",
        ),
    ]  # fmt: skip
