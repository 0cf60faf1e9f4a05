"""Passwords: what one must be like, and its hash."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from server.identity.models import PasswordRefused
from server.kernel.errors import Overloaded

LENGTH_MIN, LENGTH_MAX = 12, 256
DIFFERENT_MIN = 5
WAITING_MAX = 20

Result = TypeVar("Result")

# OWASP's second choice of Argon2id parameters; two threads bound what logins can cost.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_slots = asyncio.Semaphore(WAITING_MAX)
NOBODY = _hasher.hash("nobody has this password")
"""Is verified where there is no account, so that the answer takes as long."""


def check(password: str, email: str) -> None:
    """Raises PasswordRefused for a password that can be guessed. Source: NIST SP 800-63B, 3.1.1."""
    if len(password) < LENGTH_MIN:
        raise PasswordRefused(
            f"the password needs at least {LENGTH_MIN} characters: several words make a good one"
        )
    if len(password) > LENGTH_MAX:
        raise PasswordRefused(f"the password may have at most {LENGTH_MAX} characters")
    if len(set(password)) < DIFFERENT_MIN:
        raise PasswordRefused(
            f"the password needs at least {DIFFERENT_MIN} different characters: others try "
            "repetitions first"
        )
    if password.casefold() in (email, email.partition("@")[0]):
        raise PasswordRefused("the password must not be the e-mail address")


async def hash_of(password: str, email: str) -> str:
    """Of a password that is being chosen. Raises PasswordRefused, Overloaded."""
    check(password, email)
    return await hashed(password)


async def hashed(password: str) -> str:
    """Raises Overloaded where too many passwords wait to be hashed."""
    return await _in_thread(lambda: _hasher.hash(password))


async def is_right(password_hash: str, password: str) -> bool:
    """Raises Overloaded."""

    def verify() -> bool:
        try:
            return _hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False

    return await _in_thread(verify)


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than we use now."""
    return _hasher.check_needs_rehash(password_hash)


async def _in_thread(work: Callable[[], Result]) -> Result:
    if _slots.locked():
        raise Overloaded("too many are signing in at this moment: try again", retry_after_s=2)
    async with _slots:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
