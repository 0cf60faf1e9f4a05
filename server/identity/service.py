"""Accounts that others make, scanner keys, and what is to be forgotten."""

import uuid

from server.identity import passwords, sql
from server.identity.models import AccountExists, AccountRequest, Realm, Scanner, User
from server.identity.sessions import NO_ORG
from server.kernel import ids
from server.kernel.db import Database, Tx
from server.kernel.errors import Unauthenticated
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact


async def create_user(tx: Tx, email: str, name: str, password: str) -> uuid.UUID:
    """An operator whose address is known to be theirs.

    Raises AccountExists, PasswordRefused, Overloaded.
    """
    return await insert_user(tx, email, name, await passwords.hash_of(password, email.lower()))


async def insert_user(tx: Tx, email: str, name: str, hashed: str) -> uuid.UUID:
    """As `create_user`, with the hash of a password. Raises AccountExists."""
    user_id = ids.uuid7()
    await sql.LOCK_ADDRESS.run(tx, "operator", email.lower())
    if not await sql.INSERT_USER.run(tx, user_id, "operator", email.lower(), name, hashed, "en"):
        raise AccountExists("this address has an account already")
    return user_id


async def tell_registered(tx: Tx, realm: Realm, user_id: uuid.UUID) -> None:
    """Somebody has opened an account of their own."""
    await tell(tx, "identity.account.registered", user_id, realm=realm)


async def tell(tx: Tx, event: str, user_id: uuid.UUID, **facts: str | bool) -> None:
    """An event of an account; ids and no addresses: others read the log."""
    data = {"user_id": str(user_id), **facts}
    await outbox.append(tx, Fact(event, NO_ORG, f"account:{user_id}", data))


async def request_of(db: Database, request_id: uuid.UUID) -> AccountRequest | None:
    """What a link in a mail is for."""
    async with db.tx(read_only=True) as tx:
        return await sql.REQUEST.first(tx, request_id)


async def user_of(db: Database, user_id: uuid.UUID) -> User | None:
    async with db.tx(read_only=True) as tx:
        return await sql.USER.first(tx, user_id)


async def lock_user(tx: Tx, user_id: uuid.UUID) -> None:
    """Until `tx` ends nobody else does what takes this."""
    await sql.LOCK_USER.first(tx, user_id)


async def user_with(db: Database, realm: Realm, email: str) -> User | None:
    async with db.tx(read_only=True) as tx:
        return await sql.USER_BY_EMAIL.first(tx, realm, email)


async def create_scanner_key(
    tx: Tx, org_id: str, event_id: uuid.UUID, name: str, key_id: uuid.UUID | None = None
) -> str:
    """The key itself, which is shown once: only its hash is stored."""
    key = ids.secret("fhs")
    await sql.INSERT_SCANNER_KEY.run(
        tx, key_id or ids.uuid7(), org_id, event_id, name, ids.digest(key)
    )
    return key


async def scanner_of(db: Database, key: str) -> Scanner:
    """Raises Unauthenticated for an unknown or revoked key."""
    async with db.tx(read_only=True, across=Across.CREDENTIAL) as tx:
        row = await sql.SCANNER_KEY.first(tx, ids.digest(key))
    if row is None:
        raise Unauthenticated("the scanner key is unknown or revoked")
    return Scanner(key_id=row.id, org_id=row.org_id, event_id=row.event_id)


async def forget(tx: Tx) -> int:
    """Delete some of what is over: attempts, requests, sessions. Returns how many rows."""
    gone = await sql.FORGET_OLD_ATTEMPTS.run(tx)
    gone += await sql.FORGET_REQUESTS.run(tx)
    return gone + await sql.FORGET_SESSIONS.run(tx)
