"""Sessions: a short token to show, and a refresh token that works once and brings the next pair.

The refresh tokens of a session are a chain: each leads to the one after it, which is derived from
it. Who presents a token again within GRACE_S, because an answer was lost or two tabs asked at once,
gets the very same successor. Who presents it later has a copy that somebody else used: the session
ends, for the thief and for the owner, who signs in again.
"""

import base64
import datetime as dt
import hashlib
import hmac
import uuid

import msgspec

from server.identity import sql
from server.identity.keys import derive
from server.identity.models import Account, Grant, Realm, SessionView
from server.identity.tokens import Tokens
from server.kernel import ids
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound, Unauthenticated
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact

GRACE_S = 30
DEVICE_LENGTH_MAX = 300
NO_ORG = ""
"""Accounts are of no organization."""


class Client(msgspec.Struct, frozen=True):
    """Where a session is used: the program's User-Agent, and its network address."""

    device: str
    address: str


class Sessions:
    """`lasts_s`: how long after its last refresh a session ends."""

    def __init__(self, db: Database, tokens: Tokens, secret: str, lasts_s: int) -> None:
        self._db, self._tokens, self.lasts_s = db, tokens, lasts_s
        self._chain_key = derive(secret, "refresh tokens")

    async def begin(self, tx: Tx, realm: Realm, user_id: uuid.UUID, client: Client) -> Grant:
        session_id, refresh_token = ids.uuid7(), ids.secret("fhr")
        ends = await sql.INSERT_SESSION.value(
            tx, session_id, user_id, client.device[:DEVICE_LENGTH_MAX], client.address, self.lasts_s
        )
        await sql.INSERT_REFRESH.run(tx, _hash(refresh_token), session_id)
        return self._grant(realm, user_id, session_id, refresh_token, ends)

    async def begin_for(self, realm: Realm, subject: str, client: Client) -> Grant:
        """A session for a user id. Raises Unauthenticated where the realm has no such account."""
        async with self._db.tx(across=Across.PERSON) as tx:
            user = await sql.USER.first(tx, uuid.UUID(subject))
            if user is None or user.realm != realm:
                raise Unauthenticated("this account is gone")
            return await self.begin(tx, realm, user.id, client)

    async def refresh(self, realm: Realm, refresh_token: str, client: Client) -> Grant:
        """The next pair. Raises Unauthenticated; a token that was used before ends its session."""
        digest = _hash(refresh_token)
        async with self._db.tx(across=Across.PERSON) as tx:
            found = await sql.REFRESH.first(tx, digest)
            if found is None or not found.is_open or found.realm != realm:
                raise Unauthenticated(
                    "the refresh token is unknown or its session is over: sign in"
                )
            if found.used_s is None or found.used_s <= GRACE_S:
                successor = self._successor(refresh_token)
                if found.used_s is None:
                    await sql.USE_REFRESH.run(tx, digest)
                    await sql.INSERT_REFRESH.run(tx, _hash(successor), found.session_id)
                device = client.device[:DEVICE_LENGTH_MAX]
                ends = await sql.USE_SESSION.value(
                    tx, found.session_id, device, client.address, self.lasts_s
                )
                return self._grant(realm, found.user_id, found.session_id, successor, ends)
            await self._end_stolen(tx, found)
        raise Unauthenticated(
            "this refresh token was used before, so somebody has a copy: the session is over"
        )

    async def of(self, account: Account) -> list[SessionView]:
        """The open ones, the last used first."""
        async with self._db.tx(read_only=True) as tx:
            return await sql.SESSIONS.all(tx, account.id, account.session_id)

    async def revoke(self, account: Account, session_id: uuid.UUID) -> None:
        """Raises NotFound for a session that is not the account's own, or over."""
        async with self._db.tx(across=Across.PERSON) as tx:
            if not await sql.REVOKE_SESSION.run(tx, session_id, account.id):
                raise NotFound("no such session, or it is over")

    async def revoke_others(self, account: Account) -> None:
        async with self._db.tx(across=Across.PERSON) as tx:
            await sql.REVOKE_SESSIONS.run(tx, account.id, account.session_id)

    async def end(self, realm: Realm, refresh_token: str) -> None:
        """Sign out. Nothing where the token is of no open session."""
        async with self._db.tx(across=Across.PERSON) as tx:
            found = await sql.REFRESH.first(tx, _hash(refresh_token))
            if found is not None and found.realm == realm:
                await sql.REVOKE_SESSION.run(tx, found.session_id, found.user_id)

    async def _end_stolen(self, tx: Tx, found: sql.RefreshRow) -> None:
        await sql.REVOKE_SESSION.run(tx, found.session_id, found.user_id)
        fact = Fact(
            "identity.session.copied",
            NO_ORG,
            f"account:{found.user_id}",
            {"user_id": str(found.user_id), "session_id": str(found.session_id)},
        )
        await outbox.append(tx, fact)

    def _grant(
        self,
        realm: Realm,
        user_id: uuid.UUID,
        session_id: uuid.UUID,
        refresh_token: str,
        session_expires_at: dt.datetime,
    ) -> Grant:
        now = dt.datetime.now(dt.UTC)
        token, expires_at = self._tokens.sign(realm, str(user_id), now, sid=str(session_id))
        return Grant(token, expires_at, refresh_token, session_expires_at, session_id, user_id)

    def _successor(self, refresh_token: str) -> str:
        digest = hmac.digest(self._chain_key, refresh_token.encode(), "sha256")
        return "fhr_" + base64.urlsafe_b64encode(digest[:24]).decode()


async def check(db: Database, account: Account) -> None:
    """Raises Unauthenticated for a session that is revoked or over."""
    async with db.tx(read_only=True) as tx:
        if not await sql.IS_OPEN.value(tx, account.session_id, account.id, account.realm):
            raise Unauthenticated("the session is over: sign in again")


def _hash(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode()).digest()
