"""Accounts, passwords and scanner keys."""

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from server.identity import sql
from server.identity.models import Scanner
from server.kernel import ids
from server.kernel.db import Database, Tx
from server.kernel.errors import Overloaded, Unauthenticated
from server.kernel.tenancy import Across

WAITING_MAX = 20
# OWASP's second choice of Argon2id parameters; two threads bound what logins can cost.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_slots = asyncio.Semaphore(WAITING_MAX)
_NOBODY = _hasher.hash("nobody has this password")


async def create_user(tx: Tx, email: str, name: str, password: str) -> uuid.UUID:
    user_id = ids.uuid7()
    hashed = await _in_thread(_hasher.hash, password)
    await sql.INSERT_USER.run(tx, user_id, email.lower(), name, hashed)
    return user_id


async def user_of(db: Database, email: str, password: str) -> uuid.UUID:
    """Raises Unauthenticated, after the same work whether or not the account exists."""
    async with db.tx(read_only=True) as tx:
        user = await sql.USER_BY_EMAIL.first(tx, email.lower())
    right = await _in_thread(_verify, user.password_hash if user else _NOBODY, password)
    if user is None or not right:
        raise Unauthenticated("the e-mail address or the password is wrong")
    return user.id


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


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


async def _in_thread(work, *args):  # type: ignore[no-untyped-def]
    """Raises Overloaded where too many passwords wait to be hashed."""
    if _slots.locked():
        raise Overloaded("too many are signing in at this moment: try again", retry_after_s=2)
    async with _slots:
        return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)
