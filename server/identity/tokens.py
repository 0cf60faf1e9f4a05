"""Tokens: JWTs signed with Ed25519, the realm as audience: none opens another realm's door.

A token's header names its key, and nothing else in it counts: the algorithm is that of our keys,
whatever the header says. Source: RFC 8725.
"""

import datetime as dt
import time
import uuid
from collections.abc import Sequence
from typing import Any, Literal

import jwt
import msgspec

from server.identity.keys import Keyring
from server.identity.sql import KeyRow
from server.kernel.errors import Unauthenticated

Audience = Literal[
    "buyer", "operator", "sign-in", "register", "reset", "email", "email-undo", "mfa"
]  # fmt: skip

ISSUER = "fullhouse"
ALGORITHM = "EdDSA"
LEEWAY_S = 30
GUEST_S = 43_200
"""How long a guest's token of the API is valid."""
READ_MAX = 32_768
"""How many tokens a process remembers having read, some 20 MB."""


class Named(msgspec.Struct, frozen=True):
    """Whom a token names; `name`: as logs and events have them. `session_id`: None for who has no
    session, a guest. `ends`: Unix s."""

    name: str
    subject: uuid.UUID
    session_id: uuid.UUID | None
    ends: int


class Tokens:
    """Signs and reads tokens. The clock is the caller's: `now` is an argument."""

    def __init__(self, secret: str, expires_in_s: int) -> None:
        self.keys = Keyring(secret)
        self.expires_in_s = expires_in_s
        self._named: dict[tuple[Audience, str], Named] = {}

    def use(self, keys: Sequence[KeyRow]) -> None:
        """Take over the list of valid keys, as `server.identity.keys.following` reads it."""
        if self.keys.use(keys):
            self._named.clear()

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
        kid, key = self.keys.signing
        return jwt.encode(payload | claims, key, ALGORITHM, {"kid": kid}), expires_at

    def read(self, audience: Audience, token: str) -> dict[str, Any]:
        """The claims. Raises Unauthenticated for whatever is not a valid token of this audience."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = self.keys.public.get(kid) if isinstance(kid, str) else None
            if key is None:
                raise Unauthenticated(f"not a valid {audience} token: its key is unknown")
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=ISSUER,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated(f"the {audience} token has expired: sign in again") from None
        except jwt.InvalidTokenError:
            raise Unauthenticated(f"not a valid {audience} token") from None

    def named(self, audience: Audience, token: str) -> Named:
        """Whom a token names. Raises Unauthenticated.

        A signature is checked once: what it says stays true until the token ends or its key is
        revoked. Whether its session lasts is not in it, and who must know asks the database.
        """
        known = self._named.get((audience, token))
        if known is not None and time.time() - LEEWAY_S < known.ends:
            return known
        claims = self.read(audience, token)
        try:
            sid, subject = claims.get("sid"), uuid.UUID(claims["sub"])
            named = Named(
                f"{audience}:{subject}",
                subject,
                None if sid is None else uuid.UUID(sid),
                int(claims["exp"]),
            )
        except (ValueError, AttributeError, TypeError):
            raise Unauthenticated(f"not a valid {audience} token") from None
        if len(self._named) >= READ_MAX:
            del self._named[next(iter(self._named))]
        self._named[audience, token] = named
        return named
