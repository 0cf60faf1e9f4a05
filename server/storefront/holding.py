"""Pages of who holds a ticket: the ticket itself, giving it to somebody else, taking it."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.identity.realms import language_of
from server.storefront.filling import Filling, sentence
from server.storefront.forms import read_form
from server.storefront.pages import Pages
from server.storefront.services import Services
from server.storefront.sessions import Sessions
from server.tickets.models import (
    Ticket,
    TicketAcceptance,
    TicketOver,
    TicketQuery,
    TransferOver,
    TransferRefused,
)

_NAME = "Say who holds the ticket, in at most 200 characters."


class Holding:
    def __init__(self, parts: Services, pages: Pages, sessions: Sessions) -> None:
        self._parts, self._pages, self._sessions = parts, pages, sessions

    async def ticket(self, request: Request) -> Response:
        """GET /t/{code} : one ticket, for whoever has its code."""
        ticket = await self._parts.tickets.of_code(request.path_params["code"])
        return await self._ticket_page(request, ticket, Filling({}))

    async def offer(self, request: Request) -> Response:
        """POST /t/{code}/transfer : offers the ticket, `to_address`; or `keep`, takes it back."""
        ticket = await self._parts.tickets.of_code(request.path_params["code"])
        form = await read_form(request)
        filled = Filling.of(form)
        try:
            if form.get("keep"):
                await self._parts.transfers.cancel(ticket, None)
            else:
                language, address = language_of(request), filled.get("to_address")
                await self._parts.transfers.offer(ticket, address, language, None)
        except (TransferRefused, TransferOver, TicketOver) as error:
            filled.wrong["to_address"] = sentence(error.detail)
            ticket = await self._parts.tickets.of_code(request.path_params["code"])
            return await self._ticket_page(request, ticket, filled)
        return RedirectResponse(f"/t/{request.path_params['code']}", 303)

    async def _ticket_page(self, request: Request, ticket: Ticket, filled: Filling) -> Response:
        shown = self._parts.tickets.view(ticket)
        return self._pages.render(
            request,
            "ticket.html",
            status=200 if filled else 422,
            ticket=shown,
            event=await self._parts.catalog.event(ticket.event_id),
            offer=await self._parts.transfers.open_of(ticket.id),
            filled=filled,
            wallets=self._parts.wallets.links(shown),
        )

    async def offered(self, request: Request) -> Response:
        """GET /transfer : the ticket that the mail's link, `token`, offers."""
        token = request.query_params.get("token", "")
        return await self._offer_page(request, token, Filling({}))

    async def accept(self, request: Request) -> Response:
        """POST /transfer : takes it, under a `name`; it is this browser's from now on."""
        form = await read_form(request)
        filled, token = Filling.of(form), form.get("token")
        wish = filled.take("name", TicketAcceptance.__annotations__["name"], _NAME)
        if wish is None:
            return await self._offer_page(request, token, filled)
        buyer, _ = self._sessions.guest(request)
        accepted = msgspec.convert({"token": token[:200], "name": wish}, TicketAcceptance)
        ticket = await self._parts.transfers.accept(buyer.id, accepted, None)
        response = RedirectResponse(ticket.url, 303)
        self._sessions.keep_guest(request, response, buyer)
        return response

    async def _offer_page(self, request: Request, token: str, filled: Filling) -> Response:
        ticket = await self._parts.transfers.offered(token)
        return self._pages.render(
            request,
            "transfer.html",
            status=200 if filled else 422,
            ticket=ticket,
            event=await self._parts.catalog.event(ticket.event_id),
            token=token,
            filled=filled,
        )

    async def tickets(self, request: Request) -> Response:
        """GET /me/tickets : everything that this browser's guest has, a page at a time."""
        buyer, has_session = self._sessions.guest(request)
        wish = TicketQuery(next_token=request.query_params.get("after"))
        page = await self._parts.tickets.of_buyer(buyer.id, wish) if has_session else None
        coming: list[dict[str, Any]] = []
        past: list[dict[str, Any]] = []
        for ticket in page.items if page else ():
            event = await self._parts.catalog.event(ticket.event_id)
            is_past = event.over_at <= event.prices.now
            (past if is_past else coming).append({"ticket": ticket, "event": event})
        after = page.next_token if page else None
        return self._pages.render(request, "tickets.html", coming=coming, past=past, after=after)
