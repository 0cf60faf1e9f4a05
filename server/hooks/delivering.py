"""Events on their way to endpoints: promised by the relay, carried out by any worker.

At least once each: who is told twice knows it by `webhook-id`.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

import httpx
import msgspec

from server.hooks import sql
from server.hooks.models import EndpointRefused
from server.hooks.outside import Outside
from server.hooks.service import without_self_tests
from server.hooks.signing import Signer
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.failpoint import failpoint
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Event, Fact

AT_ONCE = 50
ATTEMPTS_MAX = 14
DELAY_MAX_S = 28_800.0
"""5 s, 15 s, 45 s, ... 8 h: more than two days in all."""
DISABLED_AFTER_H = 72
KEPT_DAYS = 30
FAILED_FOR_LONG = "nothing that was sent to it was taken for three days"

_log = logs.get(__name__)


class Fanout:
    """A sink of the relay: promises each event to each endpoint that wants it, once."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def publish(self, events: Sequence[Event]) -> None:
        of_orgs = defaultdict[str, list[Event]](list)
        for event in events:
            of_orgs[event.org_id].append(event)
        async with self._db.tx(across=Across.PLATFORM) as tx:
            wanted = await sql.WANTED.all(tx, list(of_orgs))
            for org_id in {one.org_id for one in wanted}:
                of_orgs[org_id] = await without_self_tests(tx, org_id, of_orgs[org_id])
            promised = [
                (uuid7(), one.org_id, one.id, event.id, event.type,
                 msgspec.json.encode(event).decode())
                for one in wanted
                for event in of_orgs[one.org_id]
                if not one.event_types or event.type in one.event_types
            ]  # fmt: skip
            if promised:
                await sql.PROMISE.run(tx, *map(list, zip(*promised, strict=True)))
        failpoint("hooks.promised")

    async def close(self) -> None:
        """Nothing of its own."""


class Deliveries:
    def __init__(self, db: Database, signer: Signer, outside: Outside) -> None:
        self._db, self._signer, self._outside = db, signer, outside

    async def deliver_some(self) -> int:
        """Tell what is due. Returns how many were tried."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            due = await sql.TAKE.all(tx, AT_ONCE, DELAY_MAX_S)
        await asyncio.gather(*(self._deliver(row) for row in due))
        return len(due)

    async def _deliver(self, row: sql.DueRow) -> None:
        context.act_for(row.org_id)
        body = row.body.encode()
        headers = self._signer.headers(
            row.endpoint_id, row.generation, row.event_id, int(time.time()), body
        )
        status: int | None = None
        try:
            status, said = await self._outside.post(
                row.url, body, {"Content-Type": "application/json", **headers}
            )
            error = None if 200 <= status < 300 else said or f"answered {status}"
        except EndpointRefused as refusal:
            error = refusal.detail
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            error = repr(failure)
        failpoint("hook.told")
        async with self._db.tx() as tx:
            if error is None:
                await sql.DELIVERED.run(tx, row.id, status)
            else:
                await self._fail(tx, row, status, error)

    async def _fail(self, tx: Tx, row: sql.DueRow, status: int | None, error: str) -> None:
        # Text of a stranger: what the database does not take is left out.
        told = error.replace("\0", "")[:500]
        await sql.FAILED.run(tx, row.id, status, told, ATTEMPTS_MAX)
        gone = await sql.DISABLE.first(tx, row.endpoint_id, DISABLED_AFTER_H, FAILED_FOR_LONG)
        if gone is not None:
            _log.warning("webhook endpoint disabled", endpoint_id=str(gone.id))
            data = {"endpoint_id": str(gone.id), "url": gone.url}
            await outbox.append(
                tx, Fact("hooks.endpoint.disabled", row.org_id, f"endpoint:{gone.id}", data)
            )


async def forget(tx: Tx) -> int:
    """Delete some old deliveries. Returns how many."""
    return await sql.FORGET.run(tx, KEPT_DAYS)
