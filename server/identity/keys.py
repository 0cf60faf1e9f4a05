"""Signing keys of tokens: Ed25519, several valid at once, each known by its `kid`.

A private key is derived from JWT_SECRET and its kid, so the table of keys holds no secret: who
reads or writes the database can neither sign nor slip in a key. A new key is listed for LEAD_S
before it signs, and every process reads the list each FOLLOW_S: no process meets a token whose key
it does not know. A revoked key is unknown to all within FOLLOW_S.
"""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.identity import sql
from server.identity.models import Jwk, Jwks, KeyInUse
from server.identity.sql import KeyRow
from server.kernel import logs
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.tasks import end

FIRST_KID = "1"
"""Of the key that a new database begins with."""
FOLLOW_S = 10.0
LEAD_S = 300
RETIRED_DAYS = 190
"""A key that signs no more is valid until all it signed has ended: guests' cookies last longest."""

_log = logs.get(__name__)


def derive(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose only. Source: RFC 5869 (HKDF with SHA-256)."""
    hkdf = HKDF(hashes.SHA256(), 32, salt=b"fullhouse", info=purpose.encode())
    return hkdf.derive(secret.encode())


class Keyring:
    """The keys as this process knows them; before it has read the list, the first one."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._keys: dict[str, Ed25519PrivateKey] = {}
        self._rows: list[KeyRow] = []
        self.use([KeyRow(FIRST_KID, True)])

    def use(self, rows: Sequence[KeyRow]) -> bool:
        """Take over the list, oldest first. Returns whether it is another one than before."""
        if not rows or list(rows) == self._rows:
            return False
        self._rows = list(rows)
        self._keys = {
            row.kid: self._keys.get(row.kid) or self._derived(row.kid) for row in self._rows
        }
        self.public = {kid: key.public_key() for kid, key in self._keys.items()}
        # Where no key has come of age the oldest signs: all know it.
        self._signing = next((r.kid for r in reversed(self._rows) if r.signs), self._rows[0].kid)
        return True

    def _derived(self, kid: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive(self._secret, f"token key {kid}"))

    @property
    def signing(self) -> tuple[str, Ed25519PrivateKey]:
        return self._signing, self._keys[self._signing]

    def jwks(self) -> Jwks:
        """Every key that verifies, and those that are about to sign. Source: RFC 7517."""
        return Jwks(
            [
                Jwk(kid, _base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw)))
                for kid, key in self.public.items()
            ]
        )


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


async def listed(tx: Tx) -> list[KeyRow]:
    """Every key that is valid now, oldest first; `signs` by the database's clock."""
    return await sql.KEYS.all(tx, RETIRED_DAYS)


async def rotate(tx: Tx) -> str:
    """Begin a new key, which signs in LEAD_S. Returns its kid."""
    kid = secrets.token_hex(8)
    await sql.INSERT_KEY.run(tx, kid, LEAD_S)
    return kid


async def revoke(tx: Tx, kid: str) -> None:
    """No token of this key is valid any more. Raises NotFound, KeyInUse for the only one."""
    await sql.LOCK_KEYS.run(tx)
    kids = [row.kid for row in await listed(tx)]
    if kid not in kids:
        raise NotFound(f"no valid key is called {kid}")
    if kids == [kid]:
        raise KeyInUse("this is the only key: rotate first")
    await sql.REVOKE_KEY.run(tx, kid)


@asynccontextmanager
async def following(db: Database, take: Callable[[Sequence[KeyRow]], None]) -> AsyncIterator[None]:
    """Hand `take` the list now, and whenever it may have changed. Raises DatabaseUnavailable."""

    async def read() -> None:
        async with db.tx(read_only=True) as tx:
            take(await listed(tx))

    async def follow() -> None:
        while True:
            await asyncio.sleep(FOLLOW_S)
            try:
                await read()
            except Exception as error:
                _log.warning("signing keys not read", error=repr(error))

    await read()
    task = asyncio.create_task(follow())
    try:
        yield
    finally:
        await end(task)
