"""Statements of the outbox."""

import datetime as dt
import uuid
from typing import Any

import msgspec

from server.kernel.db import Query


class OutboxRow(msgspec.Struct):
    position: int
    attempts: int
    id: uuid.UUID
    type: str
    version: int
    occurred_at: dt.datetime
    correlation_id: str
    trace_id: str
    actor: str
    source: str
    org_id: str
    subject: str
    data: dict[str, Any]


class Backlog(msgspec.Struct):
    unpublished: int
    parked: int


_COLUMNS = """position, attempts, id, type, version, occurred_at, correlation_id, trace_id,
              actor, source, org_id, subject, data"""

APPEND = Query(
    "outbox.append",
    """INSERT INTO outbox (id, type, version, correlation_id, trace_id, actor, source,
                           org_id, subject, data)
       SELECT id, type, 1, correlation_id, trace_id, actor, $9, org_id, subject, data
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[],
                   $6::text[], $7::text[], $8::text[])
            WITH ORDINALITY
            AS fact (id, type, org_id, subject, data, correlation_id, trace_id, actor, nth)
       ORDER BY nth""",
)
UNPUBLISHED = Query(
    "outbox.unpublished",
    f"SELECT {_COLUMNS} FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT $1",
    OutboxRow,
)
MARK_PUBLISHED = Query(
    "outbox.mark_published",
    "UPDATE outbox SET published_at = now() WHERE position = ANY($1::bigint[])",
)
UNHANDLED = Query(
    "outbox.unhandled",
    f"""SELECT {_COLUMNS} FROM outbox o
        WHERE handled_at IS NULL AND parked_at IS NULL AND next_attempt_at <= now()
          AND type = ANY($2::text[])
          AND NOT EXISTS (
            SELECT FROM outbox postponed
            WHERE postponed.subject = o.subject AND postponed.position < o.position
              AND postponed.handled_at IS NULL AND postponed.parked_at IS NULL
              AND postponed.next_attempt_at > now())
        ORDER BY position LIMIT $1""",
    OutboxRow,
)
SKIP = Query(
    "outbox.skip",
    """UPDATE outbox SET handled_at = now() WHERE position IN (
         SELECT position FROM outbox
         WHERE handled_at IS NULL AND parked_at IS NULL AND type <> ALL($1::text[])
           AND occurred_at < now() - make_interval(secs => $3)
         ORDER BY position LIMIT $2)""",
)
MARK_HANDLED = Query(
    "outbox.mark_handled",
    "UPDATE outbox SET handled_at = now() WHERE position = ANY($1::bigint[])",
)
POSTPONE = Query(
    "outbox.postpone",
    """UPDATE outbox SET attempts = attempts + 1, last_error = $2,
              next_attempt_at = now() + make_interval(secs => $3),
              parked_at = CASE WHEN attempts + 1 >= $4 THEN now() END
       WHERE position = $1""",
)
FORGET = Query(
    "outbox.forget",
    """DELETE FROM outbox WHERE position IN (
         SELECT position FROM outbox
         WHERE published_at IS NOT NULL AND handled_at IS NOT NULL
           AND occurred_at < now() - make_interval(days => $1)
         ORDER BY position LIMIT 5000)""",
)
BACKLOG = Query(
    "outbox.backlog",
    """SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL)::int AS unpublished,
              (SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL)::int AS parked""",
    Backlog,
)
