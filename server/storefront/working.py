"""Pages of those who work on an event: sign-in, live sales, the display at the doors."""

import uuid

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.catalog.models import Event
from server.checkout import sales
from server.identity import service as identity
from server.identity.models import Operator, Scanner
from server.identity.realms import OPERATOR_COOKIE, SCANNER_COOKIE, ScannerRealm, is_own_page
from server.kernel.errors import DomainError, Forbidden, NotFound, Unauthenticated
from server.orgs.realm import OperatorRealm
from server.storefront.house import Houses
from server.storefront.pages import Pages
from server.storefront.services import ScanForm, Services
from server.storefront.sessions import Sessions, own_path

_DEFAULT_GATE = "Main"
_GATE_LENGTH_MAX = 60
_TOKEN_LENGTH_MAX = 1_000


class Working:
    def __init__(self, parts: Services, pages: Pages, sessions: Sessions) -> None:
        self._parts, self._pages, self._sessions = parts, pages, sessions
        self._houses = Houses(parts.db, parts.catalog)
        self._sales = OperatorRealm(parts.db, parts.tokens, "sales:read")
        self._scans = OperatorRealm(parts.db, parts.tokens, "scan:read")
        self._scanner = ScannerRealm(parts.db)

    async def sign_in(self, request: Request) -> Response:
        """GET /sign-in : opens a sign-in link (`token`, `next`), or asks for a password."""
        token = request.query_params.get("token")
        if token is None:
            return self._sign_in_page(request, next=request.query_params.get("next", ""))
        response = RedirectResponse(own_path(request.query_params.get("next"), "/"), 303)
        try:
            self._sessions.open_link(response, token)
        except Unauthenticated:
            return self._sign_in_page(
                request, "This link does not work any more. Sign in with your password.", status=401
            )
        response.headers["Cache-Control"] = "no-store"
        return response

    async def sign_in_by_password(self, request: Request) -> Response:
        """POST /sign-in : an operator's e-mail address and password."""
        if not is_own_page(request):
            raise Forbidden("sign in from this site's own page")
        form = await request.form()
        email, password = str(form.get("email", "")), str(form.get("password", ""))
        wanted = str(form.get("next", ""))
        try:
            user_id = await identity.user_of(self._parts.db, email, password)
        except Unauthenticated:
            told = "The e-mail address or the password is wrong."
            return self._sign_in_page(request, told, next=wanted, email=email, status=401)
        response = RedirectResponse(own_path(wanted, "/organizer"), 303)
        self._sessions.sign_in_operator(response, str(user_id))
        return response

    def _sign_in_page(
        self,
        request: Request,
        problem: str = "",
        *,
        next: str = "",
        email: str = "",
        status: int = 200,
    ) -> Response:
        return self._pages.render(
            request, "signin.html", status=status, problem=problem, next=next, email=email
        )

    async def organizer(self, request: Request) -> Response:
        """GET /organizer : the organization's events."""
        operator: Operator = await self._sales.authenticate(request)
        events = await self._parts.catalog.events_of_org(operator.org_id)
        return self._pages.render(request, "organizer.html", events=events)

    async def sales(self, request: Request) -> Response:
        """GET /organizer/events/{event_id} : held, sold and revenue per section, live."""
        operator: Operator = await self._sales.authenticate(request)
        event = await self._event(request, operator.org_id)
        async with self._parts.db.tx(read_only=True) as tx:
            sold = await sales.read(tx, event.id)
        rows = await self._houses.sales(
            event, {k: v.revenue_minor for k, v in sold.by_section.items()}
        )
        return self._pages.render(
            request,
            "sales.html",
            script="src/organizer/main.tsx",
            event=event,
            rows=rows,
            totals={
                name: sum(getattr(row, name) for row in rows)
                for name in ("total", "held", "sold", "revenue_minor")
            },
            orders=sold.orders,
            boot={"eventId": event.id},
        )

    async def board(self, request: Request) -> Response:
        """GET /board/{event_id} : scans as they come, for a wall; a scanner can also check here."""
        event = await self._parts.catalog.event(_uuid(request))
        scanner = await self._watcher(request, event)
        gate = request.query_params.get("gate", _DEFAULT_GATE)
        return self._board_page(request, event, gate, can_scan=scanner is not None)

    async def scan(self, request: Request) -> Response:
        """POST /board/{event_id} : one ticket, checked without scripting."""
        event = await self._parts.catalog.event(_uuid(request))
        scanner = await self._watcher(request, event)
        if scanner is None:
            raise Forbidden("sign in as a scanner to check tickets")
        form = await request.form()
        gate = str(form.get("gate", ""))[:_GATE_LENGTH_MAX] or _DEFAULT_GATE
        wish = ScanForm(str(form.get("token", "")).strip()[:_TOKEN_LENGTH_MAX], gate)
        try:
            admitted = await self._parts.doors.scan(scanner, wish, None)
        except DomainError as error:
            told = f"{error.facts.get('label', '')}: {error.detail}".lstrip(": ")
            return self._board_page(request, event, gate, can_scan=True, refused=told, status=409)
        return self._board_page(request, event, gate, can_scan=True, admitted=admitted.label)

    def _board_page(
        self,
        request: Request,
        event: Event,
        gate: str,
        *,
        can_scan: bool,
        admitted: str = "",
        refused: str = "",
        status: int = 200,
    ) -> Response:
        return self._pages.render(
            request,
            "board.html",
            status=status,
            script="src/board/main.tsx",
            event=event,
            gate=gate,
            can_scan=can_scan,
            admitted=admitted,
            refused=refused,
            boot={
                "eventId": event.id,
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
        operator: Operator = await self._scans.authenticate(request)
        if operator.org_id != event.org_id:
            raise NotFound("there is no such event")
        return None

    async def _event(self, request: Request, org_id: str) -> Event:
        event = await self._parts.catalog.event(_uuid(request))
        if event.org_id != org_id:
            raise NotFound("there is no such event")
        return event


def _uuid(request: Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.path_params["event_id"])
    except ValueError:
        raise NotFound("there is no such event") from None
