"""GET /v1/orders/{order_id}, /v1/me/tickets, /t/{code}/qr.svg.

For organizers: POST /v1/orders/{order_id}/lines/{line_id}/seat.
"""

from starlette.responses import Response

from server.checkout.models import LineNotSold, OrderLine, SeatWish
from server.identity.realms import BuyerRealm, Public
from server.inventory.models import SeatsTaken, SelectionInvalid
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm
from server.tickets.models import OrderWithTickets, TicketPage
from server.tickets.service import Tickets, qr_svg


def routes(tickets: Tickets, buyer: BuyerRealm, operator: OperatorRealm) -> list[Operation]:
    async def get_order(call: Call) -> OrderWithTickets:
        return await tickets.order_of(call.uuid("order_id"), call.actor.id)

    async def list_my_tickets(call: Call) -> TicketPage:
        return TicketPage(await tickets.of_buyer(call.actor.id))

    async def get_ticket_qr(call: Call) -> Response:
        ticket = await tickets.by_code(call.text("code"))
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(qr_svg(ticket.scan_token), headers=headers, media_type="image/svg+xml")

    async def reassign_seat(call: Call, body: SeatWish) -> OrderLine:
        order_id, line_id = call.uuid("order_id"), call.uuid("line_id")
        return await tickets.reassign(call.actor.org_id, order_id, line_id, body.seat_idx, call.key)

    return [
        Operation(
            "GET", "/v1/orders/{order_id}", get_order, buyer, "An order and its tickets",
            returns=OrderWithTickets, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "GET", "/v1/me/tickets", list_my_tickets, buyer, "The buyer's tickets, newest first",
            returns=TicketPage, errors=(Unauthenticated,),
        ),
        Operation(
            "GET", "/t/{code}/qr.svg", get_ticket_qr, Public(), "A ticket's QR code",
            media_type="image/svg+xml", errors=(NotFound,),
        ),
        Operation(
            "POST", "/v1/orders/{order_id}/lines/{line_id}/seat", reassign_seat, operator,
            "Move what was sold to another seat",
            body=SeatWish, returns=OrderLine, idempotent=True,
            errors=(
                Unauthenticated, NotFound, SeatsTaken, SelectionInvalid, LineNotSold,
                IdempotencyKeyReused, Overloaded, DatabaseUnavailable,
            ),
            description="The line and its ticket get a free seat at the price that was paid; their "
            "old one is on sale again.",
        ),
    ]  # fmt: skip
