"""PUT, GET and DELETE /v1/events/{event_id}/turn; for organizers GET and PUT .../waiting-room."""

from server.admission.models import RoomWish, Turn, WaitingRoom, WaitingRoomOff
from server.admission.service import Admission
from server.identity.realms import BuyerRealm
from server.kernel import logs
from server.kernel.errors import (
    BadRequest,
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation, Realm


def routes(
    admission: Admission, buyer: BuyerRealm, reader: Realm, manager: Realm
) -> list[Operation]:
    """`reader`, `manager`: who may see, and who may set, how an event lets people in."""

    async def take_turn(call: Call) -> Turn:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await admission.join(event_id, call.actor.id)

    async def get_turn(call: Call) -> Turn:
        turn = await admission.turn(call.uuid("event_id"), call.actor.id)
        if turn is None:
            raise NotFound("this buyer has no turn at this event: PUT it to stand in line")
        return turn

    async def give_up_turn(call: Call) -> None:
        await admission.leave(call.uuid("event_id"), call.actor.id)

    async def get_waiting_room(call: Call) -> WaitingRoom:
        return await admission.room(call.actor.org_id, call.uuid("event_id"))

    async def set_waiting_room(call: Call, body: RoomWish) -> WaitingRoom:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await admission.set_room(call.actor.org_id, event_id, body, call.key)

    writes = (Unauthenticated, Forbidden, NotFound, Overloaded, DatabaseUnavailable)
    return [
        Operation(
            "PUT", "/v1/events/{event_id}/turn", take_turn, buyer,
            "Stand in line before an event, or see where one stands",
            returns=Turn, errors=(*writes, WaitingRoomOff),
            description="Repeating it changes nothing while the turn is not over; then it is a "
            "new one, at the end. The stream's channel `queue` tells how the line moves.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/turn", get_turn, buyer,
            "The buyer's latest turn at an event", returns=Turn,
            errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "DELETE", "/v1/events/{event_id}/turn", give_up_turn, buyer,
            "Give one's turn, or the pass, up", status=204, errors=writes,
        ),
        Operation(
            "GET", "/v1/events/{event_id}/waiting-room", get_waiting_room, reader,
            "How an event lets people in, and how many came", returns=WaitingRoom,
            errors=(Unauthenticated, Forbidden, NotFound),
        ),
        Operation(
            "PUT", "/v1/events/{event_id}/waiting-room", set_waiting_room, manager,
            "Have people wait before they choose places, or not any more",
            body=RoomWish, returns=WaitingRoom, idempotent=True,
            errors=(*writes, BadRequest, IdempotencyKeyReused),
            description="Holds of who was not let in are refused (`not-admitted`) while it is on.",
        ),
    ]  # fmt: skip
