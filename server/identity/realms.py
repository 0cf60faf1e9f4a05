"""Who may call a route. One class per realm; a credential of another realm is no credential.

A browser carries its token in an HttpOnly cookie; a write that rests on a cookie must come from
our own pages (`Sec-Fetch-Site`, else `Origin`), so no foreign page can act for its visitor.
"""

import re
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from server.identity import service, sessions
from server.identity.models import Account, Buyer, Realm, Scanner
from server.identity.sessions import Client
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import Forbidden, Unauthenticated
from server.kernel.http import header

BUYER_COOKIE, OPERATOR_COOKIE, SCANNER_COOKIE = "fh_buyer", "fh_operator", "fh_scanner"

SCHEMES = {
    "buyer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A buyer's token: a guest's, from POST /v1/auth/guest, or an account's, "
        "from POST /v1/buyers/login. Pages carry it in a cookie.",
    },
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An operator's token, from POST /v1/auth/login, with `X-Org`. It lasts "
        "minutes: POST /v1/auth/refresh brings the next.",
    },
    "api_key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An organization's key, from POST /v1/api-keys: instead of an operator's "
        "token, never beside one. `X-Org` may be left out.",
    },
    "staff": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An operator's token, of somebody of the platform's staff.",
    },
    "partner": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Partner-Key",
        "description": "A partner's master key, agreed with the platform.",
    },
    "service": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Internal-API-Key",
        "description": "A key of a service of the same house, with `X-Org`.",
    },
    "operator-account": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An operator's token, of whatever organization: for their own account.",
    },
    "buyer-account": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The token of a buyer's account; a guest has none.",
    },
    "scanner": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Scanner-Key",
        "description": "A key for the door of one event.",
    },
}

_LANGUAGE = re.compile(r"\s*([A-Za-z]{2})\b")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer(request: HTTPConnection) -> str | None:
    scheme, _, token = (header(request.scope, b"authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


def cookie(request: HTTPConnection, name: str) -> str | None:
    """The cookie's value. Raises Forbidden where a foreign page sent it along with a write."""
    value = request.cookies.get(name)
    if value and request.scope.get("method", "GET") not in _SAFE and not is_own_page(request):
        raise Forbidden("a request that signs in by cookie must come from this site's own pages")
    return value or None


def is_own_page(request: HTTPConnection) -> bool:
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


class Public:
    """Anybody."""

    scheme = permission = None
    errors = ()

    async def authenticate(self, request: HTTPConnection) -> None:
        context.act_as("public")


_REMEMBERED = "fullhouse.account"
_COOKIES: dict[Realm, str] = {"operator": OPERATOR_COOKIE, "buyer": BUYER_COOKIE}
_WANTED: dict[Realm, str] = {
    "operator": "send an operator token: POST /v1/auth/login gives one",
    "buyer": "send the token of a buyer's account: POST /v1/buyers/login gives one",
}


class AccountRealm:
    """Who is signed in to an account; its session is looked up each time.

    A token is short-lived and a connection need not be: whom the token of a connection named, it
    goes on naming after it has ended, as long as its session lasts.
    """

    permission = None
    errors = (Unauthenticated, Forbidden)

    def __init__(self, db: Database, tokens: Tokens, realm: Realm) -> None:
        self._db, self._tokens = db, tokens
        self._realm: Realm = realm
        self.scheme = f"{realm}-account"

    async def authenticate(self, request: HTTPConnection) -> Account:
        known: dict[Realm, Account] = request.scope.setdefault(_REMEMBERED, {})
        account = known.get(self._realm)
        if account is None:
            token = bearer(request) or cookie(request, _COOKIES[self._realm])
            if token is None:
                raise Unauthenticated(_WANTED[self._realm])
            named = self._tokens.named(self._realm, token)
            if named.session_id is None:
                raise Unauthenticated(_WANTED[self._realm])
            account = Account(self._realm, named.subject, named.session_id)
        await sessions.check(self._db, account)
        known[self._realm] = account
        context.act_as(account.name)
        return account


def client_of(request: HTTPConnection) -> Client:
    address = request.client.host if request.client else "local"
    return Client(request.headers.get("user-agent", ""), address)


def language_of(request: HTTPConnection) -> str:
    """The first language that the request asks for, two letters. Source: RFC 9110, 12.5.4."""
    wanted = _LANGUAGE.match(request.headers.get("accept-language", ""))
    return wanted.group(1).lower() if wanted else "en"


class BuyerRealm:
    scheme, permission = "buyer", None
    errors = (Unauthenticated,)

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def authenticate(self, request: HTTPConnection) -> Buyer:
        token = bearer(request) or cookie(request, BUYER_COOKIE)
        if token is None:
            raise Unauthenticated("send a buyer token: POST /v1/auth/guest gives one")
        named = self._tokens.named("buyer", token)
        context.act_as(named.name)
        return Buyer(named.subject)


class ScannerRealm:
    scheme, permission = "scanner", None
    errors = (Unauthenticated,)

    def __init__(self, db: Database) -> None:
        self._db = db

    async def authenticate(self, request: HTTPConnection) -> Scanner:
        key = request.headers.get("x-scanner-key") or cookie(request, SCANNER_COOKIE)
        if key is None:
            raise Unauthenticated("send a scanner key in X-Scanner-Key")
        scanner = await service.scanner_of(self._db, key)
        context.act_as(scanner.name, scanner.org_id)
        return scanner
