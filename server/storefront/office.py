"""Pages of what is sold without a buyer online: the box office, guests and their door, imports."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.boxoffice.models import (
    GuestAdmission,
    GuestArrival,
    GuestsAllIn,
    GuestsArrived,
    NewGuest,
    NewGuestList,
    SaleRefused,
)
from server.boxoffice.sheets import guests_csv
from server.catalog.models import Event
from server.identity.models import Scanner
from server.identity.realms import is_own_page
from server.inventory.models import SeatsTaken, SelectionInvalid
from server.kernel.errors import BadRequest, DomainError, Forbidden, NotFound
from server.orgs.models import LimitReached
from server.storefront.filling import Filling
from server.storefront.forms import Form, read_form
from server.storefront.portal import Desk, go, key_for, uuid_of
from server.storefront.working import Working

_NAME = "Write a name, of at most 200 characters."
_PLUS_ONES = "Write a number from 0 to 99."
_REFUSALS = (
    BadRequest, NotFound, SeatsTaken, SelectionInvalid, SaleRefused, LimitReached, GuestsArrived,
)  # fmt: skip
_NAME_LENGTH_MAX = 200
_TEXT_LENGTH_MAX = 60
_HEADS_MAX = 100


class OfficePages(Working):
    async def box_office(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/box-office : sells places over the counter."""
        event = await self._event(request)
        desk = await self._desk_of(request, event, "order:manage")
        if event.cancelled_at is not None:
            return self._show(request, desk, "boxoffice_over.html", "events", event=event)
        shelf = {
            "types": _types(event),
            "products": (await self._parts.planning.assortment.offered(event)).items,
        }
        return self._pages.render(
            request, "boxoffice.html", script="src/boxoffice/main.tsx", desk=desk, event=event,
            shelf=shelf,
        )  # fmt: skip

    async def printout(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/box-office/{order_id} : its tickets that
        still open a door, to be printed."""
        event = await self._event(request)
        await self._desk_of(request, event, "order:manage")
        order_id = uuid_of(request.path_params["order_id"], "order")
        order = await self._parts.checkout.find(order_id)
        if order.event_id != event.id:
            raise NotFound("the event has no such order")
        shown = await self._parts.tickets.order_of(order_id, order.buyer_id)
        page = self._pages.render(
            request, "printout.html", script="src/boxoffice/print.ts", event=event, order=shown,
            tickets=[ticket for ticket in shown.tickets if ticket.is_live],
        )  # fmt: skip
        page.headers["Cache-Control"] = "no-store"
        return page

    async def imports(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/import : tickets that were sold elsewhere."""
        event = await self._event(request)
        desk = await self._desk_of(request, event, "order:manage")
        return self._show(
            request, desk, "import.html", "events",
            script=None if event.cancelled_at else "src/boxoffice/import.ts", event=event,
            boot={"eventId": event.id, "orgId": event.org_id, "currency": event.currency,
                  "exponent": event.currency_exponent},
        )  # fmt: skip

    async def guests(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/guests : the event's guest lists. POST : `act` opens
        one, adds a guest to one, or takes one off."""
        event = await self._event(request)
        needs = "order:read" if request.method == "GET" else "order:manage"
        desk = await self._desk_of(request, event, needs)
        filled = Filling({})
        if request.method == "POST":
            form = await read_form(request)
            filled = Filling.of(form)
            try:
                if await self._change_guests(request, desk, event.id, form, filled):
                    return go(request.url.path)
            except _REFUSALS as error:
                filled.blame(error, ("name", "email"))
        hosting = self._parts.planning.office.hosting
        lists = (await hosting.lists(event.org_id, event.id)).items
        guests = (await hosting.of_event(event.org_id, event.id)).items
        is_guest, untouched = bool(filled.get("list")), Filling({})
        return self._show(
            request, desk, "guests.html", "events",
            status=200 if filled else 422, event=event, lists=lists,
            adding=filled if is_guest else untouched, opening=untouched if is_guest else filled,
            guests={of.id: [g for g in guests if g.list_id == of.id] for of in lists},
            pools={str(pool.id): pool.name for pool in event.pools if pool.capacity},
        )  # fmt: skip

    async def _change_guests(
        self, request: Request, desk: Desk, event_id: uuid.UUID, form: Form, filled: Filling
    ) -> bool:
        """False where something is wrong with the form."""
        hosting = self._parts.planning.office.hosting
        key = key_for(form, request, desk.actor.name)
        act = form.get("act")
        if act == "cancel":
            list_id = uuid_of(form.get("list"), "guest list")
            guest_id = uuid_of(form.get("guest"), "guest")
            await hosting.cancel(desk.org_id, list_id, guest_id, key)
            return True
        if not 0 < len(filled.get("name")) <= _NAME_LENGTH_MAX:
            filled.wrong["name"] = _NAME
            return False
        gate = filled.get("gate")[:_TEXT_LENGTH_MAX]
        if act == "open":
            pool_id = uuid_of(form.get("pool"), "standing area")
            wish = NewGuestList(filled.get("name"), pool_id, gate)
            await hosting.open_list(desk.org_id, event_id, wish, key)
            return True
        plus_ones = filled.get("plus_ones") or "0"
        if not (plus_ones.isascii() and plus_ones.isdecimal() and int(plus_ones[:3]) < _HEADS_MAX):
            filled.wrong["plus_ones"] = _PLUS_ONES
            return False
        guest = NewGuest(
            filled.get("name"), int(plus_ones), gate, filled.get("note")[:500],
            filled.get("email")[:254],
        )  # fmt: skip
        await hosting.add(desk.org_id, uuid_of(form.get("list"), "guest list"), guest, key)
        return True

    async def guests_table(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/guests.csv"""
        event = await self._event(request)
        await self._desk_of(request, event, "order:read")
        guests = await self._parts.planning.office.hosting.of_event(event.org_id, event.id)
        sent = {
            "Content-Disposition": f'attachment; filename="guests-{event.slug}.csv"',
            "Cache-Control": "no-store",
        }
        return Response(guests_csv(guests.items), media_type="text/csv", headers=sent)

    async def door(self, request: Request) -> Response:
        """GET /board/{event_id}/guests : who is expected by name, `q`. POST : lets heads in;
        `undo`: scans that let in too many."""
        event = await self._event(request)
        scanner = await self._watcher(request, event)
        if scanner is None:
            raise Forbidden("sign in as a scanner to let guests in")
        gate = request.query_params.get("gate", "Main")[:_TEXT_LENGTH_MAX]
        part = request.query_params.get("q", "")[:_NAME_LENGTH_MAX]
        hosting = self._parts.planning.office.hosting
        admitted, undone, refused, is_undo = None, None, "", False
        if request.method == "POST":
            if not is_own_page(request):
                raise Forbidden("let guests in from this site's own page")
            form = await read_form(request)
            is_undo = bool(form.get("undo"))
            if is_undo:
                undone, refused = await self._undo(form, scanner)
            else:
                admitted, refused = await self._let_in(form, scanner, gate, request)
        found = (await hosting.expected(scanner, part)).items
        return self._plain(
            request, "door_guests.html", event=event, gate=gate, q=part, guests=found,
            admitted=admitted, undone=undone, refused=refused, is_undo=is_undo,
            status=409 if refused else 200,
        )  # fmt: skip

    async def _let_in(
        self, form: Form, scanner: Scanner, gate: str, request: Request
    ) -> tuple[GuestAdmission | None, str]:
        """Who came in of the guest `guest`, or why nobody did."""
        heads = form.get("heads")
        wanted = int(heads) if heads.isascii() and heads.isdecimal() and len(heads) < 4 else 0
        try:
            if not 1 <= wanted <= _HEADS_MAX:
                raise BadRequest("say how many come in, from 1 on")
            admitted = await self._parts.planning.office.hosting.arrive(
                scanner, uuid_of(form.get("guest"), "guest"), GuestArrival(wanted, gate),
                key_for(form, request, scanner.name),
            )  # fmt: skip
        except (BadRequest, NotFound, GuestsAllIn) as error:
            return None, _told(error)
        return admitted, ""


def _told(error: DomainError) -> str:
    return error.detail[:1].upper() + error.detail[1:]


def _types(event: Event) -> list[dict[str, Any]]:
    """Ticket types of any visibility at their prices of now, each zone's default first."""
    prices = event.prices
    return [
        {
            "id": of.id,
            "zone": of.zone,
            "name": of.name,
            "is_default": of.is_default,
            "price_minor": now.price_minor,
            "levels": now.levels,
        }
        for of in sorted(prices.types.values(), key=lambda of: not of.is_default)
        for now in [prices.list_of(of.id)]
    ]
