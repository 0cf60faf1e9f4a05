"""/v1/events/{event_id}/discounts, /v1/discounts/{discount_id}: codes that make tickets cheaper."""

from server.catalog.event_routes import READS, WRITES
from server.checkout.discount_models import (
    CodeTaken,
    Discount,
    DiscountChange,
    Discounts,
    DiscountWish,
)
from server.checkout.discounts import Discounting
from server.kernel.errors import BadRequest
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm


def routes(
    discounting: Discounting, viewer: OperatorRealm, publisher: OperatorRealm
) -> list[Operation]:
    async def list_discounts(call: Call) -> Discounts:
        return await discounting.of_event(call.actor.org_id, call.uuid("event_id"))

    async def create_discount(call: Call, body: DiscountWish) -> Discount:
        return await discounting.create(call.actor.org_id, call.uuid("event_id"), body, call.key)

    async def get_discount(call: Call) -> Discount:
        return await discounting.find(call.actor.org_id, call.uuid("discount_id"))

    async def change_discount(call: Call, body: DiscountChange) -> Discount:
        return await discounting.change(call.actor.org_id, call.uuid("discount_id"), body, call.key)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/discounts", list_discounts, viewer,
            "Discounts of an event", returns=Discounts, errors=READS,
            description="The newest 500, with how many orders have each.",
        ),
        Operation(
            "POST", "/v1/events/{event_id}/discounts", create_discount, publisher,
            "Make a discount", body=DiscountWish, returns=Discount, status=201, idempotent=True,
            errors=(*WRITES, BadRequest, CodeTaken),
        ),
        Operation(
            "GET", "/v1/discounts/{discount_id}", get_discount, viewer, "A discount",
            returns=Discount, errors=READS,
        ),
        Operation(
            "PATCH", "/v1/discounts/{discount_id}", change_discount, publisher,
            "Change a discount", body=DiscountChange, returns=Discount, idempotent=True,
            errors=(*WRITES, BadRequest),
            description="Or end it: `is_active` false. Orders keep what they were made with.",
        ),
    ]  # fmt: skip
