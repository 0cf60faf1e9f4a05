"""GET /v1/orders/{order_id}, /v1/me/tickets, /t/{code}/qr.svg."""

from starlette.responses import Response

from server.identity.realms import BuyerRealm, Public
from server.kernel.errors import NotFound, Unauthenticated
from server.kernel.http import Call, Operation
from server.tickets.models import OrderWithTickets, TicketPage
from server.tickets.service import Tickets, qr_svg


def routes(tickets: Tickets, buyer: BuyerRealm) -> list[Operation]:
    async def get_order(call: Call) -> OrderWithTickets:
        return await tickets.order_of(call.uuid("order_id"), call.actor.id)

    async def list_my_tickets(call: Call) -> TicketPage:
        return TicketPage(await tickets.of_buyer(call.actor.id))

    async def get_ticket_qr(call: Call) -> Response:
        ticket = await tickets.by_code(call.text("code"))
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(qr_svg(ticket.scan_token), headers=headers, media_type="image/svg+xml")

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
    ]  # fmt: skip
