"""What a connection is to us: how it is set, whom it works as, and whose rows it shows."""

from typing import Any

import asyncpg
import msgspec

from server.kernel.tenancy import ROLE, SCOPE

# A process that hangs in a transaction, or whose host is gone, must not keep its locks for long.
SETTINGS = {
    "application_name": "fullhouse",
    "role": ROLE,
    # For single statements; what begins a transaction says how it is isolated.
    "default_transaction_isolation": "serializable",
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
    """A connection that knows what it shows to single statements, which have no transaction."""

    scope = ""

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
