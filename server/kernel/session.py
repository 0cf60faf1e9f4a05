"""What a connection is to us: how it is set, whom it works as, and whose rows it shows."""

from typing import Any, Literal

import asyncpg
import msgspec

from server.kernel.tenancy import ROLE, SCOPE

Isolation = Literal["read committed", "serializable"]

# A process that hangs in a transaction, or whose host is gone, must not keep its locks for long.
SETTINGS = {
    "application_name": "fullhouse",
    "role": ROLE,
    # For single statements that say nothing else; what begins a transaction says it itself.
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "2s",
    # A plan made while a table was small is kept while it grows, and a sale begins with small
    # tables: what has an index is to be found by it.
    "enable_seqscan": "off",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


class Session(asyncpg.Connection):  # type: ignore[misc, type-arg]
    """A connection that knows how single statements, which nobody begins a transaction for, are
    isolated, and what it shows to them."""

    isolation: Isolation = "read committed"
    scope = ""

    async def isolate(self, isolation: Isolation) -> None:
        if self.isolation != isolation:
            await self.execute(f"SET default_transaction_isolation = '{isolation}'")
            self.isolation = isolation

    async def show(self, scope: str) -> None:
        if self.scope != scope:
            await self.execute(f"SET {scoped(scope)}")
            self.scope = scope


async def set_codecs(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )


async def keep_session(connection: Any) -> None:
    """Nothing to reset: who takes a session lock gives it back, and nobody sets or listens."""


def scoped(scope: str) -> str:
    """What SET takes to show these rows; an id may hold a quote."""
    quoted = scope.replace("'", "''")
    return f"{SCOPE} = '{quoted}'"
