"""Events on their way to endpoints: promised by the relay, carried out by any worker.

At least once each: who is told twice knows it by `webhook-id`.
"""

import asyncio
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from server.hooks import sql
from server.hooks.models import EndpointRefused, HookBacklog
from server.hooks.outside import Outside
from server.hooks.service import without_self_tests
from server.hooks.signing import Signer
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.failpoint import failpoint
from server.kernel.ids import uuid7
from server.kernel.tasks import end
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Event, Fact

TURNS = 50
"""At once, of each worker."""
TURNS_OF_ORG = 5
AT_ONCE = 10
"""Deliveries of one turn."""
LEASE_S = 20.0
"""More than a turn takes: when a worker is killed its turns are over after this."""
PAUSE_MIN_S = 5.0
PAUSE_MAX_S = 300.0
ATTEMPTS_MAX = 14
DELAY_MAX_S = 28_800.0
"""5 s, 15 s, 45 s, ... 8 h: more than two days in all."""
DISABLED_AFTER_H = 72
KEPT_DAYS = 30
COUNTED_MAX = 10_000
ORGS_SHOWN = 50
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
    """Endpoints are told in turn, side by side: what one of them does, or does not, is its own.

    A turn is some deliveries of one endpoint, at once, and over when the last has its answer; until
    then the endpoint is told nothing else, by no worker. `ended` is set whenever one is over.
    """

    def __init__(self, db: Database, signer: Signer, outside: Outside) -> None:
        self._db, self._signer, self._outside = db, signer, outside
        self._turns: dict[asyncio.Task[None], str] = {}
        self.ended = asyncio.Event()

    async def deliver_some(self) -> int:
        """Begin the turns of endpoints that have something due, one of each organization. Returns
        how many."""
        of_orgs = Counter(self._turns.values())
        full = [org_id for org_id, turns in of_orgs.items() if turns >= TURNS_OF_ORG]
        async with self._db.tx(across=Across.PLATFORM) as tx:
            await sql.ONE_TAKES.run(tx)
            due = await sql.TAKE.all(
                tx, TURNS - len(self._turns), full, LEASE_S, AT_ONCE, DELAY_MAX_S
            )
        of_endpoints = defaultdict[uuid.UUID, list[sql.DueRow]](list)
        for row in due:
            of_endpoints[row.endpoint_id].append(row)
        for rows in of_endpoints.values():
            turn = asyncio.create_task(self._turn(rows))
            self._turns[turn] = rows[0].org_id
            turn.add_done_callback(self._end)
        return len(of_endpoints)

    async def close(self) -> None:
        """Turns end where they are: their deliveries are tried again."""
        await end(*self._turns)

    def _end(self, turn: asyncio.Task[None]) -> None:
        del self._turns[turn]
        self.ended.set()

    async def _turn(self, rows: Sequence[sql.DueRow]) -> None:
        endpoint_id, until = rows[0].endpoint_id, rows[0].turn_at
        context.act_for(rows[0].org_id)
        told = await asyncio.gather(*map(self._deliver, rows), return_exceptions=True)
        try:
            async with self._db.tx() as tx:
                answered = any(one is not False for one in told)
                await sql.TURN_OVER.run(tx, endpoint_id, until, answered, PAUSE_MIN_S, PAUSE_MAX_S)
            for failure in told:
                if isinstance(failure, BaseException):
                    raise failure
        except Exception as error:
            _log.warning("a turn failed", endpoint_id=str(endpoint_id), error=repr(error))

    async def _deliver(self, row: sql.DueRow) -> bool:
        """Returns whether it answered, whatever it said."""
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
        except Exception as failure:
            # Whatever it is, it is counted: else it would be tried for ever.
            error = repr(failure)
        failpoint("hook.told")
        async with self._db.tx() as tx:
            if error is None:
                await sql.DELIVERED.run(tx, row.id, status)
            else:
                await self._fail(tx, row, status, error)
        return status is not None

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


async def backlog(tx: Tx) -> Sequence[HookBacklog]:
    """The organizations that wait longest, or for most; of each endpoint up to COUNTED_MAX."""
    return await sql.BACKLOG.all(tx, COUNTED_MAX, ORGS_SHOWN)


async def forget(tx: Tx) -> int:
    """Delete some old deliveries. Returns how many."""
    return await sql.FORGET.run(tx, KEPT_DAYS)
