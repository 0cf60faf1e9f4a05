"""Where everything is measured: a durable PostgreSQL of its own, a Valkey, and the events."""

import asyncio
import datetime as dt
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from loadtests.bench.figures import Laws
from loadtests.bench.house import ORG_ID, Event, create_event
from server.embedded import ChildError, EmbeddedPostgres, EmbeddedValkey
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.db import Database
from server.kernel.ids import uuid7
from server.orgs import service as orgs

ROOT = Path(__file__).resolve().parents[2]
HOUSE_ROWS = 500
BIG = 1_000_000
"""Capacity of a standing area that does not run out within a measurement."""
CONNECTIONS_MAX = 400
AS_DEPLOYED = (
    "shared_buffers=512MB",
    "min_wal_size=4GB",
    "max_wal_size=8GB",
    "checkpoint_timeout=15min",
)
"""PostgreSQL's settings of docker-compose.yml: no checkpoint falls into a sale, since after one
every page is written whole when it first changes, and files of the log are used again."""
_SEGMENT_MB = 16
JWT_LIFETIME_S = 86_400

_COUNT = """
    SELECT (SELECT count(*) FROM seats WHERE event_id = $1 AND status = 1) AS held_seats,
           count(*) AS holds, count(DISTINCT id) FILTER (WHERE id = ANY($2::uuid[])) AS known,
           coalesce(sum(cardinality(seat_idxs)), 0)::bigint AS places,
           (SELECT count(DISTINCT seat) FROM holds, unnest(seat_idxs) AS seat
            WHERE event_id = $1 AND status = 'active') AS distinct_places
    FROM holds WHERE event_id = $1 AND status = 'active'"""
_COUNT_POOL = """
    SELECT p.capacity, coalesce(sum(h.places), 0)::bigint AS places,
           count(*) FILTER (WHERE h.id = ANY($2::uuid[])) AS known
    FROM pools p LEFT JOIN holds h ON h.event_id = p.event_id AND h.pool_ids = ARRAY[p.id]
                                      AND h.status = 'active'
    WHERE p.id = $1 GROUP BY p.capacity"""
_WRITTEN = """
    WITH written (kind, content) AS (
      SELECT 'seats', to_jsonb(s) FROM seats s WHERE event_id = $1 AND status = 1 UNION ALL
      SELECT 'holds', to_jsonb(h) FROM holds h WHERE event_id = $1 AND created_at >= $2 UNION ALL
      SELECT 'outbox', to_jsonb(o) FROM outbox o WHERE occurred_at >= $2 UNION ALL
      SELECT 'idempotency_keys', to_jsonb(k) FROM idempotency_keys k WHERE created_at >= $2)
    SELECT kind, string_agg((SELECT string_agg(name, ' ' ORDER BY name)
                             FROM jsonb_object_keys(jsonb_strip_nulls(content)) AS name), ' | ')
                 AS columns
    FROM written GROUP BY kind"""
# A checkpoint then keeps these files of the log for later use.
_NEXT_SEGMENTS = """
    SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal() FROM generate_series(1, $1)"""
# As one bulk release would do it: a version of the event, stamped on every row that changed.
_RELEASE_ALL = """
    WITH clock AS (
      UPDATE event_clock SET version = version + 1
      WHERE event_id = $1 AND stream = 'inventory' RETURNING version),
    freed AS (
      UPDATE seats s SET status = 0, version = s.version + 1, hold_id = NULL, held_until = NULL,
             changed_at_version = clock.version
      FROM clock WHERE s.event_id = $1 AND s.status = 1),
    emptied AS (
      UPDATE pools p SET held = 0, changed_at_version = clock.version
      FROM clock WHERE p.event_id = $1 AND p.held > 0)
    UPDATE holds h SET status = 'released', version = clock.version
    FROM clock WHERE h.event_id = $1 AND h.status = 'active'"""


class _Postgres(EmbeddedPostgres):
    """Durable; every naive buyer has a connection of its own, so there must be enough."""

    def _settings(self) -> Iterator[str]:
        yield from super()._settings()
        yield "-c"
        yield f"max_connections={CONNECTIONS_MAX}"
        for setting in AS_DEPLOYED:
            yield "-c"
            yield setting


class Stage:
    """`house`: 50,000 seats, for the engine; `twin`: the same house, for pgbench, which does not
    keep the event's version; `floor`: standing areas; `twin_floor`: one that does not run out, for
    the peers. Made by `open_stage`."""

    house: Event
    twin: Event
    floor: Event
    twin_floor: Event

    def __init__(self, folder: Path, postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> None:
        self.folder = folder
        self.postgres, self.valkey = postgres, valkey
        secret = secrets.token_hex(32)
        self.environ = os.environ | {
            "ENV": "dev",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "JWT_SECRET": secret,
            "TICKET_KEY": secrets.token_hex(32),
            "RATE_LIMITS": "1000",  # counted, as for everybody, and reached by nobody
        }
        self.tokens = Tokens(secret, JWT_LIFETIME_S)
        self.laws = Laws()
        self.sql: Any = None

    async def prepare(self, floors: int, log_mb: int) -> None:
        """Tables and events. `floors`: standing areas that do not run out, besides two; `log_mb`:
        so much of PostgreSQL's log has its files already, as where it has run for a while. Who
        needs a new one waits until the disk has 16 MB of zeros, and everybody waits with it."""
        await asyncio.to_thread(self._migrate)
        self.sql = await asyncpg.connect(self.postgres.url)
        db = await Database.open(self.postgres.url, connections_max=1)
        context.act_for(ORG_ID)
        async with db.tx() as tx:
            await orgs.create_org(tx, ORG_ID, ORG_ID, "Bench", approved=True)
            self.house = await create_event(tx, "house", HOUSE_ROWS, [])
            self.twin = await create_event(tx, "twin", HOUSE_ROWS, [])
            self.floor = await create_event(tx, "floor", 1, [BIG, 500, *[BIG] * floors])
            self.twin_floor = await create_event(tx, "twin-floor", 1, [BIG])
        await db.close()
        await self.sql.execute("VACUUM ANALYZE")
        await self.sql.fetch(_NEXT_SEGMENTS, log_mb // _SEGMENT_MB)
        await self.sql.execute("CHECKPOINT")

    def _migrate(self) -> None:
        argv = [sys.executable, "-m", "server", "migrate"]
        done = subprocess.run(
            argv, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ChildError(f"migration failed:\n{done.stderr[-2000:]}")

    async def judge(self, event: Event, acknowledged: int, hold_ids: list[uuid.UUID]) -> int:
        """Compare what callers were told with the tables. `hold_ids`: the acknowledged holds, as
        far as their ids are known; every one is of one seat. Returns how many seats are held."""
        row = await self.sql.fetchrow(_COUNT, event.id, hold_ids)
        self.laws.double_holds += row["places"] - row["distinct_places"]
        self.laws.double_holds += abs(row["places"] - row["held_seats"])
        self.laws.holds_lost += max(0, acknowledged - row["holds"])
        self.laws.holds_lost += len(hold_ids) - row["known"]
        return row["held_seats"]

    async def judge_pool(self, pool_id: uuid.UUID, hold_ids: list[uuid.UUID]) -> None:
        """Each of the acknowledged holds has one place of the pool, and nobody else has any."""
        row = await self.sql.fetchrow(_COUNT_POOL, pool_id, hold_ids)
        self.laws.double_holds += max(0, row["places"] - max(row["capacity"], len(hold_ids)))
        self.laws.holds_lost += len(hold_ids) - row["known"]

    async def rows_of_a_hold(self, event: Event, hold: Awaitable[None]) -> dict[str, str]:
        """Which columns of which tables `hold` fills, as far as a peer must do the same: neither
        the event's version nor its journal. The event has no other hold."""
        before = await self.sql.fetchval("SELECT clock_timestamp()")
        await hold
        rows = await self.sql.fetch(_WRITTEN, event.id, before)
        await self.give_back(event)
        return {row["kind"]: row["columns"] for row in rows}

    async def give_back(self, event: Event) -> None:
        """Every place is available again. What the release of all at once leaves behind is cleared
        away: no sale begins with it, and it would weigh on whoever is measured last."""
        await self.sql.execute(_RELEASE_ALL.replace("$1", f"'{event.id}'"))
        await self.sql.execute("VACUUM seats, holds")

    def buyer_token(self) -> str:
        return self.tokens.sign("buyer", str(uuid7()), dt.datetime.now(dt.UTC))[0]


def _new_folder() -> Path:
    """On the project's own disk: a temporary folder may be memory, where fsync is free."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=cache))
    folder.chmod(0o755)
    return folder


@asynccontextmanager
async def open_stage(floors: int, log_mb: int) -> AsyncIterator[Stage]:
    """Everything on it goes when it closes; see `Stage.prepare`. Raises ChildError where a server
    does not start."""
    folder = _new_folder()
    postgres = _Postgres(folder / "postgres")
    try:
        postgres.start()
        with EmbeddedValkey(folder / "valkey") as valkey:
            stage = Stage(folder, postgres, valkey)
            await stage.prepare(floors, log_mb)
            yield stage
            await stage.sql.close()
    finally:
        postgres.remove()
        shutil.rmtree(folder, ignore_errors=True)
