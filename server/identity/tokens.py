"""Session tokens: HS256 JWTs with the realm as audience: none opens another realm's door."""

import datetime as dt
import uuid
from typing import Any, Literal

import jwt

from server.kernel.errors import Unauthenticated

Audience = Literal["buyer", "operator", "sign-in"]

ISSUER = "fullhouse"
LEEWAY_S = 30


class Tokens:
    """Signs and reads tokens. The clock is the caller's: `now` is an argument."""

    def __init__(self, secret: str, expires_in_s: int) -> None:
        self._secret = secret
        self.expires_in_s = expires_in_s

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
        try:
            return uuid.UUID(self.read(audience, token)["sub"])
        except ValueError:
            raise Unauthenticated(f"not a valid {audience} token") from None
