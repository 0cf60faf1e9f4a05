"""Who may call a route. One class per realm; a credential of another realm is no credential.

A browser carries its token in an HttpOnly cookie; a write that rests on a cookie must come from
our own pages (`Sec-Fetch-Site`, else `Origin`), so no foreign page can act for its visitor.
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from server.identity import service
from server.identity.models import Buyer, Scanner
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
        "description": "A buyer's token, from POST /v1/auth/guest; pages carry it in a cookie.",
    },
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An operator's token, from POST /v1/auth/login, with `X-Org`.",
    },
    "api_key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An organization's key, from POST /v1/api-keys: instead of an operator's "
        "token, never beside one. `X-Org` may be left out.",
    },
    "account": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An operator's token, whatever organizations they belong to.",
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
    "scanner": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Scanner-Key",
        "description": "A key for the door of one event.",
    },
}

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


class BuyerRealm:
    scheme, permission = "buyer", None
    errors = (Unauthenticated,)

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def authenticate(self, request: HTTPConnection) -> Buyer:
        token = bearer(request) or cookie(request, BUYER_COOKIE)
        if token is None:
            raise Unauthenticated("send a buyer token: POST /v1/auth/guest gives one")
        buyer = Buyer(self._tokens.subject_uuid("buyer", token))
        context.act_as(buyer.name)
        return buyer


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
