"""Pages of those who work on an event: sales, places, maps, the display at doors."""

import hashlib
import secrets
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.admission.models import Many, RoomWish
from server.catalog.models import Event
from server.checkin.models import (
    Admission,
    ScanRequest,
    TicketAlreadyUsed,
    TicketNotValid,
    TicketUnknown,
    TooLateToUndo,
    Undone,
    UndoRequest,
)
from server.checkout import sales
from server.identity.models import Scanner
from server.identity.realms import (
    OPERATOR_COOKIE,
    SCANNER_COOKIE,
    ScannerRealm,
    is_own_page,
)
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.idempotency import Key, key_of
from server.orgs import keys
from server.storefront import regions, words
from server.storefront.filling import Filling, in_minutes
from server.storefront.forms import Form, read_form
from server.storefront.house import Houses
from server.storefront.pages import Pages
from server.storefront.portal import Desk, Portal, uuid_of
from server.storefront.services import Services
from server.storefront.sessions import own_path

_ROOM_UNBOUND = (
    "To switch it on, say how many may come in a minute, or how many may be inside at a time."
)
_PASS_MAX_S = 7_200
_DEFAULT_GATE = "Main"
_GATE_LENGTH_MAX = 60
_TOKEN_LENGTH_MAX = 1_000
_KEY_LENGTH_MAX = 64


class Working(Portal):
    def __init__(self, parts: Services, pages: Pages) -> None:
        super().__init__(parts, pages)
        self._houses = Houses(parts.db, parts.catalog)
        self._scanner = ScannerRealm(parts.db)

    async def sales(self, request: Request) -> Response:
        """GET /organizer/events/{event_id} : held, sold and revenue per section, live."""
        event = await self._event(request)
        desk = await self._desk_of(request, event, "sales:read")
        async with self._parts.db.tx(read_only=True) as tx:
            sold = await sales.read(tx, event.id)
        rows = await self._houses.sales(
            event, {k: v.revenue_minor for k, v in sold.by_section.items()}
        )
        return self._show(
            request,
            desk,
            "sales.html",
            "events",
            script="src/organizer/main.tsx",
            event=event,
            rows=rows,
            totals={
                name: sum(getattr(row, name) for row in rows)
                for name in ("total", "held", "sold", "revenue_minor")
            },
            orders=sold.orders,
            channels=await self._parts.planning.office.selling.by_channel(event.org_id, event.id),
            boot={"eventId": event.id, "orgId": event.org_id},
        )

    async def places(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/places : what is on sale of the house, and how.
        `order`: one that shall have other places."""
        event = await self._event(request)
        desk = await self._desk_of(request, event, "inventory:manage")
        move = None
        if asked := request.query_params.get("order"):
            await self._desk_of(request, event, "order:manage")
            move = await self._move(event, uuid_of(asked, "order"))
        listed = (await keys.of_org(self._parts.db, event.org_id)).items
        return self._pages.render(
            request, "places.html", script="src/places/main.tsx", desk=desk, event=event,
            move=move,
            keys=[{"id": one.id, "name": one.name} for one in listed if one.revoked_at is None],
        )  # fmt: skip

    async def _move(self, event: Event, order_id: uuid.UUID) -> dict[str, Any]:
        """An order's sold seats, for the map. Raises NotFound."""
        order = await self._parts.checkout.find(order_id)
        if order.event_id != event.id:
            raise NotFound("the event has no such order")
        view = await self._parts.checkout.view(order)
        lines = [line for line in view.lines if line.live and line.seat_idx is not None]
        return {
            "order_id": order.id,
            "name": order.name or "this order",
            "lines": [
                {"line_id": line.id, "seat_idx": line.seat_idx, "label": line.label}
                for line in sorted(lines, key=lambda line: line.seat_idx or 0)
            ],
        }

    async def waiting_room(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/waiting-room : how people come in. POST : sets it."""
        event = await self._event(request)
        desk = await self._desk_of(request, event, "event:manage")
        room = await self._parts.admission.room(event.org_id, event.id)
        filled = Filling(
            {name: str(getattr(room, name) or "") for name in ("per_minute", "at_once_max")}
            | {"pass_minutes": in_minutes(room.pass_ttl_s)}
        )
        if request.method == "POST":
            filled = Filling.of(await read_form(request))
            wish = _room_wish(filled, room.pass_ttl_s)
            if wish is not None:
                await self._parts.admission.set_room(event.org_id, event.id, wish, None)
                return RedirectResponse(request.url.path, 303)
        return self._show(
            request, desk, "room.html", "events",
            status=200 if filled else 422, event=event, room=room, filled=filled,
        )  # fmt: skip

    async def maps(self, request: Request) -> Response:
        """GET /organizer/maps : the organization's maps; `org` names it where there are several."""
        desk = await self._desk(request, "event:manage")
        return self._show(
            request, desk, "maps.html", "maps",
            script="src/editor/shelf.tsx",
            boot={"orgId": desk.org_id, "countries": list(regions.countries().items())},
        )  # fmt: skip

    async def map_editor(self, request: Request) -> Response:
        """GET /organizer/maps/{map_id} : from the drawing to a version that events are sold by;
        `then`: where it goes on with that version."""
        desk = await self._desk(request, "event:manage")
        then = own_path(request.query_params.get("then", ""), "")
        return self._pages.render(
            request,
            "editor.html",
            script="src/editor/main.tsx",
            desk=desk,
            boot={"mapId": request.path_params["map_id"], "orgId": desk.org_id, "then": then},
        )

    async def board(self, request: Request) -> Response:
        """GET /board/{event_id} : scans as they come, for a wall; a scanner can also check here."""
        event = await self._event(request)
        scanner = await self._watcher(request, event)
        gate = request.query_params.get("gate", _DEFAULT_GATE)[:_GATE_LENGTH_MAX]
        return self._board_page(request, event, gate, can_scan=scanner is not None)

    async def scan(self, request: Request) -> Response:
        """POST /board/{event_id} : one ticket, checked without scripting; `undo`: a scan instead.

        The form's `key` makes a repeat, by reload or by doubt, show the same answer again.
        """
        if not is_own_page(request):
            raise Forbidden("check tickets from this site's own page")
        form = await read_form(request)
        try:
            return await self._scan(request, form)
        except (DatabaseUnavailable, Overloaded):
            return self._pages.render(
                request,
                "unsure.html",
                status=503,
                fields={name: form.get(name) for name in ("key", "gate", "token")},
            )

    async def _scan(self, request: Request, form: Form) -> Response:
        event = await self._event(request)
        scanner = await self._watcher(request, event)
        if scanner is None:
            raise Forbidden("sign in as a scanner to check tickets")
        gate = form.get("gate").strip()[:_GATE_LENGTH_MAX] or _DEFAULT_GATE
        if form.get("undo"):
            undone, refused = await self._undo(form, scanner)
            return self._board_page(
                request, event, gate, can_scan=True, undone=undone, refused=refused, is_undo=True,
                status=200 if undone else 409,
            )  # fmt: skip
        wish = ScanRequest(form.get("token").strip()[:_TOKEN_LENGTH_MAX], gate)
        if not wish.token:
            return self._board_page(request, event, gate, can_scan=True)
        try:
            admission = await self._parts.checkin.scan(scanner, wish, _key_of(form, scanner))
        except (TicketAlreadyUsed, TicketNotValid, TicketUnknown) as error:
            told = f"{error.facts['label']}: {error.detail}"
            if first := error.facts.get("first_scanned_at"):
                told += f", at {words.local(first, event.timezone):%H:%M:%S}"
            return self._board_page(request, event, gate, can_scan=True, refused=told, status=409)
        return self._board_page(request, event, gate, can_scan=True, admitted=admission)

    async def _undo(self, form: Form, scanner: Scanner) -> tuple[Undone | None, str]:
        """What became of the scans `undo`, or why they stay."""
        try:
            wish = UndoRequest([uuid_of(scan_id, "scan") for scan_id in form.all("undo")])
            return await self._parts.checkin.undo(scanner, wish, _key_of(form, scanner)), ""
        except (TooLateToUndo, NotFound) as error:
            return None, f"{error.detail[:1].upper()}{error.detail[1:]}"

    def _board_page(
        self,
        request: Request,
        event: Event,
        gate: str,
        *,
        can_scan: bool,
        admitted: Admission | None = None,
        undone: Undone | None = None,
        refused: str = "",
        is_undo: bool = False,
        status: int = 200,
    ) -> Response:
        return self._pages.render(
            request,
            "board.html",
            status=status,
            script="src/board/main.tsx",
            event=event,
            gate=gate,
            key=secrets.token_hex(16),
            can_scan=can_scan,
            admitted=admitted,
            undone=undone,
            refused=refused,
            is_undo=is_undo,
            boot={
                "eventId": event.id,
                "orgId": event.org_id,
                "timezone": event.timezone,
                "gate": gate,
                "canScan": can_scan,
            },
        )

    async def _watcher(self, request: Request, event: Event) -> Scanner | None:
        """The scanner of this event, or None for an operator who may only watch.

        Raises Unauthenticated, Forbidden, NotFound.
        """
        if request.cookies.get(SCANNER_COOKIE):
            try:
                scanner = await self._scanner.authenticate(request)
            except Unauthenticated:
                if not request.cookies.get(OPERATOR_COOKIE):
                    raise
            else:
                if scanner.event_id == event.id:
                    return scanner
        await self._desk_of(request, event, "scan:read")
        return None

    async def _desk_of(self, request: Request, event: Event, permission: str) -> Desk:
        """Raises Unauthenticated, Forbidden, and NotFound where the event is of strangers."""
        _, members = await self._members(request)
        if all(member.org_id != event.org_id for member in members):
            raise NotFound("there is no such event")
        return await self._desk(request, permission, event.org_id)

    async def _event(self, request: Request) -> Event:
        event_id = uuid_of(request.path_params["event_id"], "event")
        return await self._parts.catalog.event(event_id)


def _key_of(form: Form, scanner: Scanner) -> Key | None:
    """One key per rendered form and what was scanned with it: a page that the browser's back
    button brings again may scan another ticket."""
    drawn = form.get("key")
    if not drawn:
        return None
    name = hashlib.sha256(form.body).hexdigest()
    return key_of(f"{drawn[:_KEY_LENGTH_MAX]}:{name}", scanner.name, "scan form", form.body)


def _room_wish(filled: Filling, known_ttl_s: int) -> RoomWish | None:
    """`is_on`: "yes" or "no"; limits, empty for none. None where something is wrong."""
    limits = {
        name: filled.maybe(name, Many, "A whole number from 1 to 100,000, or nothing for no limit.")
        for name in ("per_minute", "at_once_max")
    }
    pass_ttl_s = filled.seconds("pass_minutes", _PASS_MAX_S, known_ttl_s)
    is_on = filled.get("is_on") == "yes"
    if filled and is_on and not any(limits.values()):
        filled.problem = _ROOM_UNBOUND
    return RoomWish(is_on, **limits, pass_ttl_s=pass_ttl_s or 0) if filled else None
