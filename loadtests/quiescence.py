"""Waits until everything that was set in motion has come to rest."""

import asyncio
import time
from pathlib import Path

import asyncpg

from loadtests.facts import HEARD, read_accounts

POLL_S = 0.5

_UNDER_WAY = {
    "events to publish": "SELECT sum(event_count) FROM outbox WHERE published_at IS NULL",
    "events to handle": f"""SELECT sum(event_count) FROM outbox
                            WHERE handled_at IS NULL AND parked_at IS NULL
                              AND type IN {HEARD}""",  # noqa: S608 our own constants
    "webhooks to apply": "SELECT count(*) FROM webhook_inbox WHERE status = 'waiting'",
    "refunds to make": "SELECT count(*) FROM refunds WHERE status <> 'succeeded'",
    "orders to expire": """SELECT count(*) FROM orders o JOIN holds h ON h.id = o.hold_id
                           WHERE o.status = 'pending' AND h.status <> 'active'""",
    "holds to expire": """SELECT count(*) FROM holds
                          WHERE status = 'active' AND expires_at <= now()""",
}
_UNSETTLED = "SELECT id::text FROM payments WHERE status IN ('pending', 'failed')"


async def wait(database_url: str, journal: Path, timeout_s: float) -> dict[str, int]:
    """What is still under way, by kind: empty at rest, otherwise after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while True:
        left = await look(database_url, journal)
        if not left or time.monotonic() > deadline:
            return left
        await asyncio.sleep(POLL_S)


async def look(database_url: str, journal: Path) -> dict[str, int]:
    """The journal first: what it has by then, one snapshot of the tables has heard of, with all
    that followed, or not."""
    captured = {account.reference for account in read_accounts(journal)}
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            left = {what: await connection.fetchval(sql) for what, sql in _UNDER_WAY.items()}
            unsettled = {row["id"] for row in await connection.fetch(_UNSETTLED)}
    finally:
        await connection.close()
    left["payments to hear of"] = len(captured & unsettled)
    return {what: count for what, count in left.items() if count}
