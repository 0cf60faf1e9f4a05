"""GET /v1/orders/{order_id}, .../tickets.pdf, .../receipt.pdf; /v1/me/tickets, /v1/tickets/{id}.

A ticket goes to somebody else: PUT, DELETE /v1/tickets/{ticket_id}/transfer; POST
/v1/transfers/acceptances. For organizers: POST /v1/orders/{order_id}/lines/{line_id}/seat,
/v1/tickets/{ticket_id}/reissues.
"""

from starlette.responses import Response

from server.checkout.models import LineNotSold, MovedLines, MoveWish, OrderLine, SeatWish
from server.identity.realms import BuyerRealm, language_of
from server.inventory.models import SeatsTaken, SelectionInvalid
from server.kernel.errors import (
    BadRequest,
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm
from server.tickets.models import (
    NewTransfer,
    OrderWithTickets,
    Reissue,
    TicketAcceptance,
    TicketOver,
    TicketPage,
    TicketQuery,
    TicketView,
    Transfer,
    TransferOver,
    TransferRefused,
)
from server.tickets.papers import Papers
from server.tickets.receipts import Receipts
from server.tickets.service import Tickets
from server.tickets.transfers import Transfers

_WRITES = (Unauthenticated, IdempotencyKeyReused, DatabaseUnavailable)
_MOVES = (
    Unauthenticated, NotFound, SeatsTaken, SelectionInvalid, LineNotSold, IdempotencyKeyReused,
    Overloaded, DatabaseUnavailable,
)  # fmt: skip


def routes(
    tickets: Tickets,
    transfers: Transfers,
    papers: Papers,
    receipts: Receipts,
    buyer: BuyerRealm,
    operator: OperatorRealm,
) -> list[Operation]:
    return [
        *_reading(tickets, papers, receipts, buyer),
        *_changing_hands(tickets, transfers, buyer),
        *_managing(tickets, transfers, operator),
    ]


def _reading(
    tickets: Tickets, papers: Papers, receipts: Receipts, buyer: BuyerRealm
) -> list[Operation]:
    async def get_order(call: Call) -> OrderWithTickets:
        return await tickets.order_of(call.uuid("order_id"), call.actor.id)

    async def get_order_pdf(call: Call) -> Response:
        order = await tickets.order_of(call.uuid("order_id"), call.actor.id)
        paper = await papers.tickets(order.tickets, language_of(call.request))
        return pdf(paper, "tickets.pdf")

    async def get_receipt(call: Call) -> Response:
        order = await tickets.order_of(call.uuid("order_id"), call.actor.id)
        language = language_of(call.request)
        return pdf(await receipts.receipt(order.id, call.actor.id, language), "receipt.pdf")

    async def list_my_tickets(call: Call) -> TicketPage:
        return await tickets.of_buyer(call.actor.id, call.query(TicketQuery))

    async def get_ticket(call: Call) -> TicketView:
        return tickets.view(await tickets.of_buyer_one(call.uuid("ticket_id"), call.actor.id))

    return [
        Operation(
            "GET", "/v1/orders/{order_id}", get_order, buyer, "An order and its tickets",
            returns=OrderWithTickets, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "GET", "/v1/orders/{order_id}/tickets.pdf", get_order_pdf, buyer,
            "An order's tickets to print", media_type="application/pdf",
            errors=(Unauthenticated, NotFound, TicketOver, Overloaded),
            description="A page for each of the buyer's tickets that are valid or used.",
        ),
        Operation(
            "GET", "/v1/orders/{order_id}/receipt.pdf", get_receipt, buyer, "An order's receipt",
            media_type="application/pdf", errors=(Unauthenticated, NotFound, Overloaded),
            description="With its tax lines and who sells, once it is paid.",
        ),
        Operation(
            "GET", "/v1/me/tickets", list_my_tickets, buyer, "The buyer's tickets, newest first",
            returns=TicketPage, query=TicketQuery, errors=(Unauthenticated, BadRequest),
        ),
        Operation(
            "GET", "/v1/tickets/{ticket_id}", get_ticket, buyer, "One of the buyer's tickets",
            returns=TicketView, errors=(Unauthenticated, NotFound),
        ),
    ]  # fmt: skip


def _changing_hands(tickets: Tickets, transfers: Transfers, buyer: BuyerRealm) -> list[Operation]:
    async def offer_ticket(call: Call, body: NewTransfer) -> Transfer:
        ticket = await tickets.of_buyer_one(call.uuid("ticket_id"), call.actor.id)
        return await transfers.offer(ticket, body.to_address, language_of(call.request), call.key)

    async def keep_ticket(call: Call) -> None:
        ticket = await tickets.of_buyer_one(call.uuid("ticket_id"), call.actor.id)
        await transfers.cancel(ticket, call.key)

    async def accept_ticket(call: Call, body: TicketAcceptance) -> TicketView:
        return await transfers.accept(call.actor.id, body, call.key)

    return [
        Operation(
            "PUT", "/v1/tickets/{ticket_id}/transfer", offer_ticket, buyer,
            "Offer a ticket to somebody else", body=NewTransfer, returns=Transfer, idempotent=True,
            errors=(*_WRITES, NotFound, TicketOver, TransferRefused),
            description="They get a link by mail. Until they take the ticket it is as good as it "
            "was, and a new offer ends this one.",
        ),
        Operation(
            "DELETE", "/v1/tickets/{ticket_id}/transfer", keep_ticket, buyer,
            "Take the offer of a ticket back", idempotent=True,
            errors=(*_WRITES, NotFound, TransferOver),
        ),
        Operation(
            "POST", "/v1/transfers/acceptances", accept_ticket, buyer,
            "Take a ticket that is offered", body=TicketAcceptance, returns=TicketView, status=201,
            idempotent=True, errors=(*_WRITES, NotFound, TicketOver, TransferOver),
            description="The buyer gets a new ticket, with a code of its own; at that moment the "
            "old one is void.",
        ),
    ]  # fmt: skip


def _managing(tickets: Tickets, transfers: Transfers, operator: OperatorRealm) -> list[Operation]:
    async def reassign_seat(call: Call, body: SeatWish) -> OrderLine:
        wish = MoveWish([call.uuid("line_id")], [body.seat_idx])
        return (await move_places(call, wish)).items[0]

    async def move_places(call: Call, body: MoveWish) -> MovedLines:
        return await tickets.reassign(call.actor.org_id, call.uuid("order_id"), body, call.key)

    async def reissue_ticket(call: Call, body: Reissue) -> TicketView:
        return await transfers.reissue(call.actor.org_id, call.uuid("ticket_id"), body, call.key)

    return [
        Operation(
            "POST", "/v1/orders/{order_id}/lines/{line_id}/seat", reassign_seat, operator,
            "Move what was sold to another seat",
            body=SeatWish, returns=OrderLine, idempotent=True, errors=_MOVES,
            description="The line and its ticket get a free seat at the price that was paid; their "
            "old one is on sale again, and the holder is written to.",
        ),
        Operation(
            "POST", "/v1/orders/{order_id}/moves", move_places, operator,
            "Move what was sold to other seats, or to another table",
            body=MoveWish, returns=MovedLines, idempotent=True, errors=_MOVES,
            description="All of the lines or none, at the price that was paid: a seat for each, or "
            "the first free chairs of a table. Of an order for a whole table name all its lines.",
        ),
        Operation(
            "POST", "/v1/tickets/{ticket_id}/reissues", reissue_ticket, operator,
            "Issue a ticket again", body=Reissue, returns=TicketView, status=201, idempotent=True,
            errors=(*_WRITES, NotFound, TicketOver),
            description="For a holder who has lost it, or whose code others know: the old code and "
            "token are void at that moment, and the new ones go to the holder's address.",
        ),
    ]  # fmt: skip


def pdf(paper: bytes, name: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}"'}
    return Response(paper, headers=headers, media_type="application/pdf")
