"""Session tokens: HS256 JWTs with the realm as audience: none opens another realm's door."""

import datetime as dt
import time
import uuid
from typing import Any, Literal

import jwt

from server.kernel.errors import Unauthenticated

Audience = Literal["buyer", "operator", "sign-in"]

ISSUER = "fullhouse"
LEEWAY_S = 30
READ_MAX = 32_768
"""How many tokens a process remembers having read, some 20 MB."""


class Tokens:
    """Signs and reads tokens. The clock is the caller's: `now` is an argument."""

    def __init__(self, secret: str, expires_in_s: int) -> None:
        self._secret = secret
        self.expires_in_s = expires_in_s
        self._subjects: dict[tuple[Audience, str], tuple[uuid.UUID, int]] = {}

    def sign(
        self,
        audience: Audience,
        subject: str,
        now: dt.datetime,
        *,
        expires_in_s: int | None = None,
        **claims: Any,
    ) -> tuple[str, dt.datetime]:
        """The token and when it ends."""
        lifetime = self.expires_in_s if expires_in_s is None else expires_in_s
        expires_at = now + dt.timedelta(seconds=lifetime)
        payload = {"iss": ISSUER, "aud": audience, "sub": subject, "iat": now, "exp": expires_at}
        return jwt.encode(payload | claims, self._secret, "HS256"), expires_at

    def read(self, audience: Audience, token: str) -> dict[str, Any]:
        """The claims. Raises Unauthenticated for whatever is not a valid token of this audience."""
        try:
            return jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                audience=audience,
                issuer=ISSUER,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated(f"the {audience} token has expired: sign in again") from None
        except jwt.InvalidTokenError:
            raise Unauthenticated(f"not a valid {audience} token") from None

    def subject_uuid(self, audience: Audience, token: str) -> uuid.UUID:
        """Whom a token names. Raises Unauthenticated.

        A signature is checked once: what it says stays true until the token ends, for nothing
        takes a token back before.
        """
        known = self._subjects.get((audience, token))
        if known is not None and time.time() - LEEWAY_S < known[1]:
            return known[0]
        claims = self.read(audience, token)
        try:
            subject = uuid.UUID(claims["sub"])
        except ValueError:
            raise Unauthenticated(f"not a valid {audience} token") from None
        if len(self._subjects) >= READ_MAX:
            del self._subjects[next(iter(self._subjects))]
        self._subjects[audience, token] = subject, int(claims["exp"])
        return subject
