"""Sessions of browsers: tokens in HttpOnly cookies, for each realm a token and what renews it.

The token in a cookie lives for minutes. `Keeper` renews it on whatever request comes next, so no
page and no script of ours need know.
"""

import datetime as dt
import re
from collections.abc import Awaitable
from typing import Any, Literal

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.identity.models import Buyer, Grant, Realm
from server.identity.realms import BUYER_COOKIE, OPERATOR_COOKIE, SCANNER_COOKIE, client_of
from server.identity.sessions import Sessions as AccountSessions
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import Unauthenticated
from server.kernel.http import NAMED_HEADERS, header
from server.kernel.ids import uuid7

SignInRealm = Literal["operator", "buyer", "scanner"]
GUEST_S = 180 * 86_400
"""A guest's tickets are found again by this cookie: half a year, renewed when half is over."""
SCANNER_S = 43_200

_COOKIES: dict[SignInRealm, str] = {
    "operator": OPERATOR_COOKIE,
    "buyer": BUYER_COOKIE,
    "scanner": SCANNER_COOKIE,
}
REFRESH_COOKIES: dict[Realm, str] = {
    "operator": "fh_operator_refresh",
    "buyer": "fh_buyer_refresh",
}
_OWN_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", re.ASCII)
"""Printable ASCII but the backslash, and no second slash at the beginning."""


class Sessions:
    """`is_secure`: we are called by https, so cookies must never travel without it."""

    def __init__(
        self, db: Database, tokens: Tokens, accounts: AccountSessions, *, is_secure: bool
    ) -> None:
        self._db, self.tokens, self.accounts = db, tokens, accounts
        self._is_secure = is_secure

    def guest(self, request: Request) -> tuple[Buyer, bool]:
        """The visitor as a buyer, a new guest where need be; and whether they were known."""
        token = request.cookies.get(BUYER_COOKIE)
        if token:
            try:
                named = self.tokens.named("buyer", token)
            except Unauthenticated:
                pass
            else:
                context.act_as(named.name)
                return Buyer(named.subject), True
        return Buyer(uuid7()), False

    def keep_guest(self, request: Request, response: Response, buyer: Buyer) -> None:
        """Give the visitor their cookie, or a fresh one where it has grown old.

        The token of an account stays as it is: it must end with its session.
        """
        token = request.cookies.get(BUYER_COOKIE)
        now = dt.datetime.now(dt.UTC)
        if token:
            try:
                named = self.tokens.named("buyer", token)
            except Unauthenticated:
                pass
            else:
                if named.session_id or named.ends - now.timestamp() > GUEST_S / 2:
                    return
        signed, _ = self.tokens.sign("buyer", str(buyer.id), now, expires_in_s=GUEST_S)
        self._set(response, BUYER_COOKIE, signed, GUEST_S)

    def guest_token(self, request: HTTPConnection) -> str | None:
        """The token of a visitor who is a guest, for an account to take over from."""
        token = request.cookies.get(BUYER_COOKIE)
        try:
            return token if token and not self.tokens.named("buyer", token).session_id else None
        except Unauthenticated:
            return None

    def keep(self, response: Response, realm: Realm, grant: Grant) -> None:
        """Sign this browser in."""
        self._set(response, _COOKIES[realm], grant.token, self.accounts.lasts_s)
        self._set(response, REFRESH_COOKIES[realm], grant.refresh_token, self.accounts.lasts_s)

    async def open_link(self, request: Request, response: Response, token: str) -> None:
        """Sign in as a sign-in link says. Raises Unauthenticated.

        Its token names a `realm`; its subject is a user id, a buyer id, or for the scanner realm
        the scanner key itself.
        """
        claims: dict[str, Any] = self.tokens.read("sign-in", token)
        realm, subject = claims.get("realm"), claims["sub"]
        now = dt.datetime.now(dt.UTC)
        if realm == "operator":
            grant = await self.accounts.begin_for("operator", subject, client_of(request))
            self.keep(response, "operator", grant)
        elif realm == "buyer":
            signed, _ = self.tokens.sign("buyer", subject, now, expires_in_s=GUEST_S)
            self._set(response, BUYER_COOKIE, signed, GUEST_S)
        elif realm == "scanner":
            self._set(response, SCANNER_COOKIE, subject, SCANNER_S)
        else:
            raise Unauthenticated("not a valid sign-in link")

    async def sign_out(self, request: Request, response: Response, realm: Realm) -> None:
        """End what this browser does in a realm; a scanner's too, who works as an operator does.

        A guest's tickets stay theirs: only an account signs out of the buyer's realm.
        """
        refresh_token = request.cookies.get(REFRESH_COOKIES[realm])
        if refresh_token:
            await self.accounts.end(realm, refresh_token)
        gone = [REFRESH_COOKIES[realm]]
        if realm == "operator":
            gone += [OPERATOR_COOKIE, SCANNER_COOKIE]
        elif refresh_token:
            gone.append(BUYER_COOKIE)
        for name in gone:
            self._delete(response, name)

    async def renew(self, request: HTTPConnection, response: Response) -> dict[str, str]:
        """Renew what has ended; the cookies that changed, an empty value for one that is gone."""
        changed: dict[str, str] = {}
        for realm, name in REFRESH_COOKIES.items():
            refresh_token = request.cookies.get(name)
            if not refresh_token or self._is_valid(realm, request.cookies.get(_COOKIES[realm])):
                continue
            try:
                grant = await self.accounts.refresh(realm, refresh_token, client_of(request))
            except Unauthenticated:
                for ended in (name, _COOKIES[realm]):
                    self._delete(response, ended)
                    changed[ended] = ""
            else:
                self.keep(response, realm, grant)
                changed |= {_COOKIES[realm]: grant.token, name: grant.refresh_token}
        return changed

    def _is_valid(self, realm: Realm, token: str | None) -> bool:
        try:
            return token is not None and self.tokens.named(realm, token).session_id is not None
        except Unauthenticated:
            return False

    def _set(self, response: Response, name: str, value: str, max_age_s: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(
            name, path="/", secure=self._is_secure, httponly=True, samesite="lax"
        )


class Keeper:
    """ASGI: a browser whose token has ended, and whose session has not, gets the next one.

    What comes after it reads the new cookies as if the browser had sent them. Requests without a
    refresh cookie pass at the cost of one look.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app, self._sessions = app, sessions

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        sent = header(scope, b"cookie")
        passes = sent is None or "_refresh=" not in sent
        return (self._app if passes else self._renewed)(scope, receive, send)

    async def _renewed(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = Response()
        request = HTTPConnection(scope)
        changed = await self._sessions.renew(request, response)
        if not changed:
            await self._app(scope, receive, send)
            return
        cookies = [name for name in response.raw_headers if name[0] == b"set-cookie"]
        kept = request.cookies | changed
        line = "; ".join(f"{name}={value}" for name, value in kept.items() if value)
        headers = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        scope = {**scope, "headers": [*headers, (b"cookie", line.encode("latin-1"))]}
        del scope[NAMED_HEADERS]

        async def answer(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                own = [*message.get("headers", ())]
                message["headers"] = [*own, *_not_set(cookies, own)]
            await send(message)

        await self._app(scope, receive, answer)


def _not_set(
    cookies: list[tuple[bytes, bytes]], own: list[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """Those that the answer does not set itself: signing in or out has the last word."""
    named = {value.partition(b"=")[0] for name, value in own if name == b"set-cookie"}
    return [pair for pair in cookies if pair[1].partition(b"=")[0] not in named]


def own_path(wanted: str, default: str) -> str:
    """A path of this site, or `default`: a link must not send people elsewhere.

    Browsers read `//` and `/\\` as the beginning of a host, and leave out tabs and line ends
    before they look. Source: WHATWG URL, 4.4.
    """
    return wanted if _OWN_PATH.fullmatch(wanted) else default
