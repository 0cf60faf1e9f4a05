"""What belongs to the page of a ticket, for whoever has its code: /t/{code}/qr.svg, qr.png,
ticket.pdf, ticket.ics, ticket.pkpass, google-wallet.

For doors that check tickets offline: GET /v1/ticket-keys.
"""

import datetime as dt

from starlette.responses import Response

from server.catalog.calendars import calendar_of_ticket
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.identity.realms import Public, language_of
from server.kernel.errors import NotConfigured, NotFound, Overloaded
from server.kernel.http import Call, Operation
from server.tickets import words
from server.tickets.drawing import qr_png, qr_svg
from server.tickets.models import TicketKeys, TicketOver, TicketView
from server.tickets.papers import Brand, Papers
from server.tickets.routes import pdf
from server.tickets.service import Tickets
from server.tickets.wallets import Wallets, off

CACHING = {"Cache-Control": "private, max-age=3600"}
PKPASS = "application/vnd.apple.pkpass"
NEVER_CACHED = {"Cache-Control": "no-store"}


def routes(
    tickets: Tickets, papers: Papers, wallets: Wallets, catalog: Catalog, public_url: str
) -> list[Operation]:
    anybody = Public()

    async def live(call: Call) -> TicketView:
        ticket = await tickets.by_code(call.text("code"))
        if not ticket.is_live:
            raise TicketOver("this ticket was refunded or replaced: there is nothing to show")
        return ticket

    async def get_ticket_qr(call: Call) -> Response:
        picture = qr_svg((await live(call)).scan_token)
        return Response(picture, headers=CACHING, media_type="image/svg+xml")

    async def get_ticket_qr_png(call: Call) -> Response:
        picture = qr_png((await live(call)).scan_token)
        return Response(picture, headers=CACHING, media_type="image/png")

    async def get_ticket_pdf(call: Call) -> Response:
        paper = await papers.tickets([await live(call)], language_of(call.request))
        return pdf(paper, "ticket.pdf")

    async def get_ticket_calendar(call: Call) -> Response:
        ticket = await live(call)
        event = await catalog.event(ticket.event_id)
        language = words.known(language_of(call.request))
        told = "\n".join(filter(None, (ticket.label, words.doors(event, language), event.summary)))
        url = f"{public_url.rstrip('/')}{ticket.url}"
        body = calendar_of_ticket(event, f"ticket-{ticket.id}", url, told)
        headers = NEVER_CACHED | {"Content-Disposition": 'attachment; filename="ticket.ics"'}
        return Response(body, headers=headers, media_type="text/calendar")

    async def get_apple_pass(call: Call) -> Response:
        if wallets.apple is None:
            raise off("Apple")
        ticket = await live(call)
        event, brand = await looks(ticket)
        language = words.known(language_of(call.request))
        made = wallets.apple.make(ticket, event, brand, language)
        return Response(made, headers=NEVER_CACHED, media_type=PKPASS)

    async def save_to_google_wallet(call: Call) -> Response:
        if wallets.google is None:
            raise off("Google")
        ticket = await live(call)
        url = wallets.google.link(ticket, *await looks(ticket), dt.datetime.now(dt.UTC))
        return Response(status_code=303, headers=NEVER_CACHED | {"Location": url})

    async def looks(ticket: TicketView) -> tuple[Event, Brand]:
        event = await catalog.event(ticket.event_id)
        return event, await papers.brand(event.org_id)

    async def list_ticket_keys(call: Call) -> TicketKeys:
        return TicketKeys(tickets.codes.public_keys)

    gone = (NotFound, TicketOver)
    return [
        Operation(
            "GET", "/t/{code}/qr.svg", get_ticket_qr, anybody, "A ticket's QR code",
            media_type="image/svg+xml", errors=gone,
        ),
        Operation(
            "GET", "/t/{code}/qr.png", get_ticket_qr_png, anybody, "A ticket's QR code as pixels",
            media_type="image/png", errors=gone,
        ),
        Operation(
            "GET", "/t/{code}/ticket.pdf", get_ticket_pdf, anybody, "A ticket to print",
            media_type="application/pdf", errors=(*gone, Overloaded),
            description="In the language that the request asks for, where there are words of it.",
        ),
        Operation(
            "GET", "/t/{code}/ticket.ics", get_ticket_calendar, anybody,
            "A ticket's event for a calendar (iCalendar)", media_type="text/calendar", errors=gone,
        ),
        Operation(
            "GET", "/t/{code}/ticket.pkpass", get_apple_pass, anybody, "A ticket for Apple Wallet",
            media_type=PKPASS, errors=(*gone, NotConfigured),
        ),
        Operation(
            "GET", "/t/{code}/google-wallet", save_to_google_wallet, anybody,
            "Save a ticket in Google Wallet", status=303, errors=(*gone, NotConfigured),
        ),
        Operation(
            "GET", "/v1/ticket-keys", list_ticket_keys, anybody,
            "The keys that scan tokens are signed with", returns=TicketKeys,
            description="A door that has them tells a genuine token from a forged one without "
            "asking. Whether somebody came in with it before, only the server knows.",
        ),
    ]  # fmt: skip
