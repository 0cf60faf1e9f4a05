"""Against guessing: whoever fails waits longer each time, and nobody is locked out for good.

Attempts are counted before they are decided, in PostgreSQL, so that a hundred at once are a
hundred. Each counts for three keys: the account from this address, which allows least; the address;
and the account from everywhere, which allows most and waits a minute at most: a stranger can slow
its owner down, and not lock them out.
"""

import hashlib
import ipaddress
from collections.abc import Sequence

import msgspec

from server.identity import sql
from server.identity.models import TooManyAttempts
from server.kernel.db import Database, Tx

FORGOTTEN_S = 3_600
"""Without an attempt for so long, a key begins anew."""


class Allowance(msgspec.Struct, frozen=True):
    """`free` attempts without waiting; then 1 s, 2 s, 4 s ... up to `delay_max_s`."""

    free: int
    delay_max_s: int


PAIR = Allowance(5, 900)
ADDRESS = Allowance(40, 900)
ACCOUNT = Allowance(60, 60)
CODE = Allowance(5, 900)
MAILS_TO = Allowance(4, 900)
MAILS_FROM = Allowance(20, 900)

Keys = Sequence[tuple[Allowance, bytes]]


def password_keys(realm: str, email: str, address: str) -> Keys:
    network = _network(address)
    return (
        (PAIR, _key("pair", realm, email, network)),
        (ADDRESS, _key("address", network)),
        (ACCOUNT, _key("account", realm, email)),
    )


def code_keys(user_id: str) -> Keys:
    """Of a second factor: six digits are soon guessed, from wherever."""
    return ((CODE, _key("code", user_id)),)


def mail_keys(realm: str, email: str, address: str) -> Keys:
    """Of asking for mails: nobody's mailbox is to be filled."""
    return (
        (MAILS_TO, _key("mails to", realm, email)),
        (MAILS_FROM, _key("mails from", _network(address))),
    )


async def attempt(db: Database, keys: Keys) -> None:
    """Count one attempt. Raises TooManyAttempts, and then counts none."""
    async with db.tx() as tx:
        for allowance, key in keys:
            counted = await sql.COUNT_ATTEMPT.value(
                tx, key, allowance.free, allowance.delay_max_s, FORGOTTEN_S
            )
            if counted is None:
                wait_s = float(await sql.ATTEMPT_WAIT.value(tx, key) or 1)
                raise TooManyAttempts(
                    f"too many attempts: try again in {_spoken(wait_s)}",
                    retry_after_s=round(max(wait_s, 1), 1),
                )


async def succeeded(tx: Tx, keys: Keys) -> None:
    """The attempt was none to guess: forget the first key's, and take back one of the others."""
    (_, first), *others = keys
    await sql.FORGET_ATTEMPTS.run(tx, [first])
    await sql.TAKE_BACK_ATTEMPT.run(tx, [key for _, key in others])


def _key(*parts: str) -> bytes:
    """A digest: the table need not know who tried."""
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _network(address: str) -> str:
    """An IPv6 host has a whole /64 to come from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"
