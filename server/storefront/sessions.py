"""Sessions of browsers: tokens in HttpOnly cookies, one cookie per realm."""

import datetime as dt
import re
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from server.identity.models import Buyer
from server.identity.realms import BUYER_COOKIE, OPERATOR_COOKIE, SCANNER_COOKIE
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.errors import Unauthenticated
from server.kernel.ids import uuid7

SignInRealm = Literal["operator", "buyer", "scanner"]
GUEST_S = 180 * 86_400
"""A guest's tickets are found again by this cookie: half a year, renewed when half is over."""

_COOKIES: dict[SignInRealm, str] = {
    "operator": OPERATOR_COOKIE,
    "buyer": BUYER_COOKIE,
    "scanner": SCANNER_COOKIE,
}
_OWN_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", re.ASCII)
"""Printable ASCII but the backslash, and no second slash at the beginning."""


class Sessions:
    """`is_secure`: we are called by https, so cookies must never travel without it."""

    def __init__(self, tokens: Tokens, *, is_secure: bool) -> None:
        self._tokens, self._is_secure = tokens, is_secure

    def guest(self, request: Request) -> tuple[Buyer, bool]:
        """The visitor as a buyer, a new guest where need be; and whether they were known."""
        token = request.cookies.get(BUYER_COOKIE)
        if token:
            try:
                buyer = Buyer(self._tokens.subject_uuid("buyer", token))
            except Unauthenticated:
                pass
            else:
                context.act_as(buyer.name)
                return buyer, True
        return Buyer(uuid7()), False

    def keep_guest(self, request: Request, response: Response, buyer: Buyer) -> None:
        """Give the visitor their cookie, or a fresh one where it has grown old."""
        token = request.cookies.get(BUYER_COOKIE)
        now = dt.datetime.now(dt.UTC)
        if token:
            try:
                ends = self._tokens.read("buyer", token)["exp"]
            except Unauthenticated:
                pass
            else:
                if ends - now.timestamp() > GUEST_S / 2:
                    return
        signed, _ = self._tokens.sign("buyer", str(buyer.id), now, expires_in_s=GUEST_S)
        self._set(response, "buyer", signed, GUEST_S)

    def sign_in_operator(self, response: Response, user_id: str) -> None:
        now = dt.datetime.now(dt.UTC)
        signed, _ = self._tokens.sign("operator", user_id, now)
        self._set(response, "operator", signed, self._tokens.expires_in_s)

    def open_link(self, response: Response, token: str) -> None:
        """Sign in as a sign-in link says. Raises Unauthenticated.

        Its token names a `realm`; its subject is a user id, a buyer id, or for the scanner realm
        the scanner key itself.
        """
        claims: dict[str, Any] = self._tokens.read("sign-in", token)
        realm, subject = claims.get("realm"), claims["sub"]
        now = dt.datetime.now(dt.UTC)
        if realm == "operator":
            self.sign_in_operator(response, subject)
        elif realm == "buyer":
            signed, _ = self._tokens.sign("buyer", subject, now, expires_in_s=GUEST_S)
            self._set(response, "buyer", signed, GUEST_S)
        elif realm == "scanner":
            self._set(response, "scanner", subject, self._tokens.expires_in_s)
        else:
            raise Unauthenticated("not a valid sign-in link")

    def sign_out(self, response: Response) -> None:
        """End what a person works as. Their tickets, the buyer's session, stay theirs."""
        realms: tuple[SignInRealm, ...] = ("operator", "scanner")
        for realm in realms:
            response.delete_cookie(
                _COOKIES[realm], path="/", secure=self._is_secure, httponly=True, samesite="lax"
            )

    def _set(self, response: Response, realm: SignInRealm, value: str, max_age_s: int) -> None:
        response.set_cookie(
            _COOKIES[realm],
            value,
            max_age=max_age_s,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )


def own_path(wanted: str, default: str) -> str:
    """A path of this site, or `default`: a link must not send people elsewhere.

    Browsers read `//` and `/\\` as the beginning of a host, and leave out tabs and line ends
    before they look. Source: WHATWG URL, 4.4.
    """
    return wanted if _OWN_PATH.fullmatch(wanted) else default
