"""Statements of the outbox."""

import datetime as dt

import msgspec

from server.kernel.db import Query
from server.outbox.models import ParkedEvent


class OutboxRow(msgspec.Struct):
    """`bundle`: JSON text of a list of `Member`, of one for a row that tells one event."""

    position: int
    attempts: int
    type: str
    version: int
    occurred_at: dt.datetime
    source: str
    org_id: str
    bundle: str


class LogRow(msgspec.Struct):
    """A published row, and when it was, microseconds since 1970."""

    position: int
    micros: int
    type: str
    version: int
    occurred_at: dt.datetime
    source: str
    org_id: str
    bundle: str


class Backlog(msgspec.Struct):
    unpublished: int
    parked: int


_MEMBERS = """coalesce(bundle, json_build_array(json_build_object(
                'id', id, 'subject', subject, 'correlation_id', correlation_id,
                'trace_id', trace_id, 'actor', actor, 'data', data)))::text"""


def _up_to(limit: str, rows: str) -> str:
    """The first of `rows` by position: as many as it takes to have `limit` events."""
    return f"""SELECT position, attempts, type, version, occurred_at, source, org_id,
                      {_MEMBERS} AS bundle
               FROM (SELECT *, sum(event_count) OVER (ORDER BY position) - event_count AS before
                     FROM ({rows} ORDER BY position LIMIT {limit}) AS first) AS counted
               WHERE before < {limit} ORDER BY position"""


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
INSERT_BUNDLE = """INSERT INTO outbox (type, version, source, org_id, bundle, event_count)
    SELECT {type}::text, 1, 'fullhouse', {org}::text, {bundle}::text::json, {count}::int
    WHERE {count}::int > 0"""
APPEND_BUNDLE = Query(
    "outbox.append_bundle",
    INSERT_BUNDLE.format(type="$1", org="$2", bundle="$3", count="$4"),
)
UNPUBLISHED = Query(
    "outbox.unpublished",
    _up_to("$1", "SELECT * FROM outbox WHERE published_at IS NULL"),
    OutboxRow,
)
MARK_PUBLISHED = Query(
    "outbox.mark_published",
    """UPDATE outbox SET published_at = (SELECT clock_timestamp())
       WHERE position = ANY($1::bigint[]) AND published_at IS NULL""",
)
ONE_MARKS = Query(
    "outbox.one_marks", "SELECT pg_advisory_xact_lock(hashtext('outbox.mark_published'))"
)
"""Until its transaction ends: so the order of `published_at` is the order of commits, and who reads
on from the last that it saw misses none. One alone publishes, but may be so slow that it leads no
more when it marks."""
LOG = Query(
    "outbox.log",
    f"""SELECT position, (extract(epoch FROM published_at) * 1000000)::bigint AS micros, type,
               version, occurred_at, source, org_id, {_MEMBERS} AS bundle
        FROM outbox
        WHERE org_id = $1 AND published_at IS NOT NULL
          AND (published_at, position) > (to_timestamp($2::bigint / 1000000)
            + ($2::bigint % 1000000) * interval '1 microsecond', $3::bigint)
        ORDER BY published_at, position LIMIT $4""",
    LogRow,
)
UNHANDLED = Query(
    "outbox.unhandled",
    # What is told of one subject waits for what was told of it before; a row waits as a whole.
    """WITH RECURSIVE told AS MATERIALIZED (
         SELECT position, subject, next_attempt_at FROM outbox_events
         WHERE handled_at IS NULL AND parked_at IS NULL AND type = ANY($2::text[])),
       waiting AS (
         SELECT position, subject FROM told WHERE next_attempt_at > now()
         UNION
         SELECT beside.position, beside.subject FROM waiting
           JOIN told later ON later.subject = waiting.subject AND later.position > waiting.position
           JOIN told beside ON beside.position = later.position)
       """
    + _up_to(
        "$1",
        """SELECT * FROM outbox
           WHERE handled_at IS NULL AND parked_at IS NULL AND type = ANY($2::text[])
             AND position NOT IN (SELECT position FROM waiting)""",
    ),
    OutboxRow,
)
SKIP = Query(
    "outbox.skip",
    """UPDATE outbox SET handled_at = now() WHERE position IN (
         SELECT position FROM outbox
         WHERE handled_at IS NULL AND parked_at IS NULL AND type <> ALL($1::text[])
           AND occurred_at < now() - make_interval(secs => $2)
         ORDER BY position LIMIT 5000)""",
)
ONE_CLAIMS = Query("outbox.one_claims", "SELECT pg_advisory_xact_lock(hashtext('outbox.claim'))")
"""Two that claim at once would each see the other's rows as nobody's."""
LEASE = Query(
    "outbox.lease",
    """UPDATE outbox SET next_attempt_at = clock_timestamp() + make_interval(secs => $2)
       WHERE position = ANY($1::bigint[]) AND handled_at IS NULL AND parked_at IS NULL""",
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
       WHERE position = $1 AND handled_at IS NULL AND parked_at IS NULL""",
)
PARKED = Query(
    "outbox.parked",
    """SELECT position, type, subject, org_id, event_count AS events, occurred_at, parked_at,
              attempts, coalesce(last_error, '') AS error
       FROM outbox WHERE parked_at IS NOT NULL AND position > $1 ORDER BY position LIMIT $2""",
    ParkedEvent,
)
UNPARK = Query(
    "outbox.unpark",
    """UPDATE outbox SET parked_at = NULL, attempts = 0, next_attempt_at = now()
       WHERE position = $1 AND parked_at IS NOT NULL
       RETURNING position, type, subject, org_id, event_count AS events, occurred_at,
                 now() AS parked_at, attempts, coalesce(last_error, '') AS error""",
    ParkedEvent,
)
FORGET = Query(
    "outbox.forget",
    """DELETE FROM outbox WHERE position IN (
         SELECT position FROM outbox
         WHERE published_at IS NOT NULL AND handled_at IS NOT NULL
           AND occurred_at < now() - make_interval(days => $1)
         LIMIT 5000)""",
)
BACKLOG = Query(
    "outbox.backlog",
    """SELECT (SELECT coalesce(sum(event_count), 0) FROM outbox
               WHERE published_at IS NULL)::int AS unpublished,
              (SELECT coalesce(sum(event_count), 0) FROM outbox
               WHERE parked_at IS NOT NULL)::int AS parked""",
    Backlog,
)
