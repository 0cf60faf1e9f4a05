"""POST and GET /v1/events/{event_id}/holds; GET, PATCH and DELETE /v1/holds/{hold_id}."""

from server.identity.realms import BuyerRealm
from server.inventory.models import (
    HoldChange,
    HoldOrdered,
    HoldOver,
    HoldPage,
    HoldRequest,
    HoldView,
    NotOnSale,
    NotTogether,
    SeatsTaken,
    SelectionInvalid,
    SingleSeatLeft,
    TableRefused,
    TooManyPlaces,
)
from server.inventory.service import Inventory
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation

_CHANGES = (
    Unauthenticated, NotFound, SeatsTaken, SelectionInvalid, TooManyPlaces, SingleSeatLeft,
    TableRefused,
    IdempotencyKeyReused, DatabaseUnavailable,
)  # fmt: skip


def routes(inventory: Inventory, buyer: BuyerRealm) -> list[Operation]:
    async def create_hold(call: Call, body: HoldRequest) -> HoldView:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        hold = await inventory.hold(event_id, call.actor.id, body, call.key)
        logs.bind(hold_id=hold.id)
        return hold

    async def list_holds(call: Call) -> HoldPage:
        return HoldPage(await inventory.holds_of(call.uuid("event_id"), call.actor.id))

    async def get_hold(call: Call) -> HoldView:
        return await inventory.hold_of(call.uuid("hold_id"), call.actor.id)

    async def change_hold(call: Call, body: HoldChange) -> HoldView:
        hold_id = call.uuid("hold_id")
        logs.bind(hold_id=hold_id)
        hold = await inventory.change(hold_id, call.actor.id, body, call.key)
        logs.bind(event_id=hold.event_id)
        return hold

    async def release_hold(call: Call) -> None:
        hold_id = call.uuid("hold_id")
        logs.bind(hold_id=hold_id)
        await inventory.release(hold_id, call.actor.id)

    return [
        Operation(
            "POST", "/v1/events/{event_id}/holds", create_hold, buyer,
            "Hold seats and standing places, all or nothing",
            body=HoldRequest, returns=HoldView, status=201, idempotent=True,
            errors=(*_CHANGES, NotTogether, NotOnSale, Overloaded),
            description="`best` has the server choose seats side by side, nearest to the stage. "
            "A refusal (409) names each seat that is taken and each area too full.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/holds", list_holds, buyer,
            "The buyer's own active holds", returns=HoldPage, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "GET", "/v1/holds/{hold_id}", get_hold, buyer, "One of the buyer's holds",
            returns=HoldView, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "PATCH", "/v1/holds/{hold_id}", change_hold, buyer,
            "Add to, remove from or extend a hold, all or nothing",
            body=HoldChange, returns=HoldView, idempotent=True,
            errors=(*_CHANGES, HoldOver, HoldOrdered),
        ),
        Operation(
            "DELETE", "/v1/holds/{hold_id}", release_hold, buyer, "Release a hold now",
            errors=(Unauthenticated, NotFound, DatabaseUnavailable),
        ),
    ]  # fmt: skip
