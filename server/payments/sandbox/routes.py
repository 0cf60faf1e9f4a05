"""HTTP: the merchant's API (bearer key), the payer's page (unguessable id) or form of the
merchant's own (client secret), knobs and health.

Errors of the API: {"error": {"code", "message", ...facts}}. Nothing is answered before the
journal holds everything that the answer may rest on.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import parse_qs

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from . import pages
from .delivery import Deliverer
from .models import GatewayError, MakeRefund, OpenSession, Plan, SavedAnswer, Session
from .service import Gateway, Key

BODY_BYTES_MAX = 65_536
KEY_CHARS_MAX = 255
PAGE_SIZE_MAX = 500
LATE_DEFAULT_S = 10.0
LATE_MAX_S = 86_400.0
AFTER_REDIRECT_S = 1.0
BEFORE_REDIRECT_WAIT_S = 5.0

CommandT = TypeVar("CommandT", OpenSession, MakeRefund)
RowT = TypeVar("RowT")
Handler = Callable[[Request], Awaitable[Response]]


class CutOff(Response):
    """An answer that breaks off after its head: the caller cannot know what took effect."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 504, "headers": headers})


class Http:
    """The routes over one gateway. `secret` is the merchant's API key."""

    def __init__(
        self, gateway: Gateway, deliverer: Deliverer, *, secret: str, merchant: str
    ) -> None:
        self._gateway = gateway
        self._deliverer = deliverer
        self._secret = secret
        self._merchant = merchant
        self._under_way: set[str] = set()

    def routes(self) -> list[Route]:
        api, payer = self._api, self._payer
        return [
            Route("/v1/sessions", api(self._open_session), methods=["POST"]),
            Route("/v1/sessions", api(self._list_sessions)),
            Route("/v1/sessions/{id}", api(self._show_session)),
            Route("/v1/sessions/{id}/cancel", api(self._cancel_session), methods=["POST"]),
            Route("/v1/sessions/{id}/confirm", self._form(self._confirm), methods=["POST"]),
            Route("/v1/refunds", api(self._refund), methods=["POST"]),
            Route("/v1/charges", api(self._list_charges)),
            Route("/pay/{id}", payer(self._show_page)),
            Route("/pay/{id}", payer(self._pay), methods=["POST"]),
            Route("/_knobs", api(self._turn_knobs, always_up=True), methods=["POST"]),
            Route("/health", self._health),
        ]

    # ------------------------------------------------------------ merchant

    async def _open_session(self, request: Request) -> Response:
        command = msgspec.json.decode(await _body(request), type=OpenSession)
        return await self._once(request, command, self._gateway.open_session)

    async def _refund(self, request: Request) -> Response:
        command = msgspec.json.decode(await _body(request), type=MakeRefund)
        return await self._once(request, command, self._gateway.refund)

    async def _show_session(self, request: Request) -> Response:
        session = self._gateway.session(request.path_params["id"])
        return _json(200, self._gateway.view(session))

    async def _cancel_session(self, request: Request) -> Response:
        session = self._gateway.session(request.path_params["id"])
        self._gateway.cancel(session)
        return await self._wrote(_json(200, self._gateway.view(session)))

    async def _list_sessions(self, request: Request) -> Response:
        query = request.query_params
        ledger, sessions = self._gateway.ledger, self._gateway.ledger.sessions
        if reference := query.get("reference"):
            sessions = ledger.sessions_by_reference.get(reference, type(sessions)())
        since, after, size = _window(query)
        rows = _page(lambda: sessions.page(since, after, size + 1))
        return _list([self._gateway.view(session) for session in rows[:size]], len(rows) > size)

    async def _list_charges(self, request: Request) -> Response:
        since, after, size = _window(request.query_params)
        rows = _page(lambda: self._gateway.ledger.charges.page(since, after, size + 1))
        return _list([msgspec.to_builtins(row) for row in rows[:size]], len(rows) > size)

    async def _turn_knobs(self, request: Request) -> Response:
        return _json(200, self._gateway.knobs.turn(await _body(request)))

    async def _once(
        self, request: Request, command: CommandT, verb: Callable[[CommandT, Key], SavedAnswer]
    ) -> Response:
        """One effect and one answer per `Idempotency-Key`; 409 while its first use is under way."""
        name = request.headers.get("idempotency-key", "")
        if not 0 < len(name) <= KEY_CHARS_MAX:
            raise GatewayError(
                400, "idempotency_key_missing", "Send an Idempotency-Key of 1 to 255 characters."
            )
        if name in self._under_way:
            raise GatewayError(
                409, "idempotency_key_in_use", "A request with this key is under way; retry."
            )
        key = Key.of(name, request.url.path, command)
        saved = self._gateway.saved(key)
        if saved is not None:
            return await self._wrote(_saved(saved, replayed=True))
        self._under_way.add(name)
        try:
            return await self._wrote(_saved(verb(command, key), replayed=False))
        finally:
            self._under_way.discard(name)

    async def _wrote(self, response: Response) -> Response:
        """`response`, once its effect is durable, or what the knobs make of it."""
        await self._gateway.journal.durable()
        knobs = self._gateway.knobs
        if knobs.settings.answer_delay_s:
            await asyncio.sleep(knobs.settings.answer_delay_s)
        return CutOff() if knobs.loses_response() else response

    # ------------------------------------------------------------ payer

    async def _show_page(self, request: Request) -> Response:
        session = self._page_of(request)
        match session.status:
            case "open":
                declined = "declined" in request.query_params
                now = self._gateway.clock()
                page = pages.pay_page(session, merchant=self._merchant, now=now, declined=declined)
                return _html(200, page)
            case "complete":
                return _html(200, pages.paid_page(session, merchant=self._merchant))
            case "expired":
                return _html(410, pages.expired_page(session, merchant=self._merchant))

    async def _pay(self, request: Request) -> Response:
        form = parse_qs((await _body(request)).decode("utf-8", "replace"))
        outcome, order = _one(form, "outcome"), _one(form, "webhook_order")
        wanted = _wanted(outcome, order, _one(form, "delay_s"))
        session = self._page_of(request)
        if session.status == "expired":
            return _html(410, pages.expired_page(session, merchant=self._merchant))
        if outcome == "fail":
            event_id = self._gateway.decline(session, wanted)
            target = f"/pay/{session.id}?declined"
        else:
            event_id = self._gateway.capture(session, wanted)
            target = session.return_url
        if order == "before" and event_id is not None and wanted.copies:
            await self._deliverer.attempted(event_id, BEFORE_REDIRECT_WAIT_S)
        response = await self._wrote(RedirectResponse(target, 303, pages.HEADERS))
        return CutOff() if "lose_response" in form else response

    async def _confirm(self, request: Request) -> Response:
        """The form of a shop's own, with `client_secret`, and `outcome` as on our page: what a
        provider's library does with the card. Raises GatewayError 404, 410."""
        form = parse_qs((await _body(request)).decode("utf-8", "replace"))
        wanted = _wanted(_one(form, "outcome"), "", _one(form, "delay_s"))
        session = self._gateway.session(request.path_params["id"])
        secret = (session.client_secret or "").encode()
        if not secret or not hmac.compare_digest(_one(form, "client_secret").encode(), secret):
            raise GatewayError(404, "session_not_found", "There is no such intent.")
        if _one(form, "outcome") == "fail":
            self._gateway.decline(session, wanted)
        else:
            self._gateway.capture(session, wanted)
        return await self._wrote(_json(200, {"id": session.id, "status": session.status}))

    def _page_of(self, request: Request) -> Session:
        """Raises GatewayError 404, also for an intent: it has no page."""
        session = self._gateway.session(request.path_params["id"])
        if session.client_secret is not None:
            raise GatewayError(404, "session_not_found", "There is no such page.")
        return session

    async def _health(self, request: Request) -> Response:
        ledger = self._gateway.ledger
        facts = {
            "status": "ok",
            "sessions": len(ledger.sessions.rows),
            "charges": len(ledger.charges.rows),
            "webhooks_pending": len(ledger.pending),
        }
        return _json(200, facts)

    # ------------------------------------------------------------ guards

    def _form(self, handler: Handler) -> Handler:
        """Called from pages of other sites, by whoever knows a secret."""
        guarded = self._api(handler, needs_key=False)

        async def for_all(request: Request) -> Response:
            response = await guarded(request)
            response.headers["Access-Control-Allow-Origin"] = "*"
            return response

        return for_all

    def _api(self, handler: Handler, *, always_up: bool = False, needs_key: bool = True) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                if not always_up:
                    self._require_up()
                if needs_key:
                    self._require_key(request)
                response = await handler(request)
            except GatewayError as error:
                response = _json(error.status, error.body())
            except msgspec.ValidationError as error:
                response = _json(422, GatewayError(422, "invalid_request", str(error)).body())
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                response = _json(400, GatewayError(400, "malformed_json", str(error)).body())
            await self._gateway.journal.durable()
            return response

        return guarded

    def _payer(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                self._require_up()
                response = await handler(request)
            except GatewayError as error:
                page = pages.problem_page(error.message, merchant=self._merchant)
                response = _html(error.status, page)
            await self._gateway.journal.durable()
            return response

        return guarded

    def _require_up(self) -> None:
        if self._gateway.knobs.is_down():
            raise GatewayError(503, "down", "The provider is down. Nothing happened.")

    def _require_key(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        # Bytes: compare_digest refuses text outside ASCII.
        known = hmac.compare_digest(key.encode(), self._secret.encode())
        if scheme.lower() != "bearer" or not known:
            raise GatewayError(401, "unauthorized", "Send the API key as a bearer token.")


def _wanted(outcome: str, order: str, delay_s: str) -> Plan:
    """How the payer asked the webhook to travel. Raises GatewayError 422."""
    if order not in ("", "any", "before", "after"):
        raise GatewayError(422, "invalid_request", "Unknown webhook_order.")
    not_before_s = AFTER_REDIRECT_S if order == "after" else 0.0
    match outcome:
        case "succeed" | "fail":
            return Plan(1, not_before_s)
        case "twice":
            return Plan(2, not_before_s)
        case "lost":
            return Plan(0, not_before_s)
        case "late":
            return Plan(1, max(not_before_s, _delay_s(delay_s)))
        case _:
            raise GatewayError(422, "invalid_request", "Unknown outcome.")


def _delay_s(text: str) -> float:
    try:
        delay_s = float(text) if text else LATE_DEFAULT_S
    except ValueError:
        delay_s = -1.0
    if not 0 <= delay_s <= LATE_MAX_S:  # also false for nan
        raise GatewayError(422, "invalid_request", "delay_s is 0 to 86400 seconds.")
    return delay_s


def _one(form: dict[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0].strip()


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise GatewayError(413, "too_large", f"At most {BODY_BYTES_MAX} bytes.")
    return bytes(body)


def _window(query: QueryParams) -> tuple[int, str | None, int]:
    """(since, row to follow, page size). Raises GatewayError 422."""
    try:
        since = int(query.get("since", "0"))
        size = int(query.get("page_size", "100"))
    except ValueError as error:
        raise GatewayError(422, "invalid_request", "since and page_size are integers.") from error
    if not 1 <= size <= PAGE_SIZE_MAX:
        raise GatewayError(422, "invalid_request", f"page_size is 1 to {PAGE_SIZE_MAX}.")
    return since, query.get("next_token"), size


def _page(read: Callable[[], list[RowT]]) -> list[RowT]:
    try:
        return read()
    except KeyError as error:
        raise GatewayError(422, "invalid_request", "next_token names no such row.") from error


def _list(items: list[dict[str, object]], more: bool) -> Response:
    return _json(200, {"items": items, "next_token": items[-1]["id"] if more else None})


def _saved(answer: SavedAnswer, *, replayed: bool) -> Response:
    headers = {"Idempotent-Replayed": "true"} if replayed else None
    return Response(bytes(answer.body), answer.status, headers, "application/json")


def _json(status: int, body: object) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def _html(status: int, page: str) -> Response:
    return HTMLResponse(page, status, pages.HEADERS)
