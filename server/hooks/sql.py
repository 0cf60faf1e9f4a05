"""Statements of webhooks."""

import datetime as dt
import uuid

import msgspec

from server.hooks.models import Endpoint, HookBacklog, HookDelivery
from server.kernel.db import Query

_ENDPOINT = """id, url, event_types, description, created_at, failing_since,
               CASE WHEN paused_until > now() THEN paused_until END AS paused_until,
               disabled_at, disabled_because"""
_DELIVERY = """id, event_id, event_type, status, attempts, created_at, next_attempt_at,
               delivered_at, answer_status, error"""


class WantedRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    event_types: list[str]


class DueRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    endpoint_id: uuid.UUID
    event_id: uuid.UUID
    body: str
    attempts: int
    url: str
    generation: int
    turn_at: dt.datetime


class DisabledRow(msgspec.Struct):
    id: uuid.UUID
    url: str
    failing_since: dt.datetime


INSERT = Query(
    "hooks.insert",
    f"""INSERT INTO webhook_endpoints (id, org_id, url, event_types, description, disabled_at,
                                       disabled_because)
        VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN NULL ELSE now() END,
                CASE WHEN $6 THEN NULL ELSE 'by request' END) RETURNING {_ENDPOINT}""",
    Endpoint,
)
UPDATE = Query(
    "hooks.update",
    f"""UPDATE webhook_endpoints
        SET url = $3, event_types = $4, description = $5,
            failing_since = CASE WHEN disabled_at IS NULL AND url = $3 THEN failing_since END,
            paused_until = NULL, turn_at = now(),
            disabled_at = CASE WHEN $6 THEN NULL ELSE coalesce(disabled_at, now()) END,
            disabled_because = CASE WHEN $6 THEN NULL
                                    ELSE coalesce(disabled_because, 'by request') END
        WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL RETURNING {_ENDPOINT}""",
    Endpoint,
)
DELETE = Query(
    "hooks.delete",
    """UPDATE webhook_endpoints SET deleted_at = now()
       WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL RETURNING url""",
)
OF_ORG = Query(
    "hooks.of_org",
    f"""SELECT {_ENDPOINT} FROM webhook_endpoints
        WHERE org_id = $1 AND deleted_at IS NULL ORDER BY id""",
    Endpoint,
)
ONE = Query(
    "hooks.one",
    f"""SELECT {_ENDPOINT} FROM webhook_endpoints
        WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL""",
    Endpoint,
)
GENERATION = Query(
    "hooks.generation",
    """SELECT generation FROM webhook_endpoints
       WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL""",
)
ROTATE = Query(
    "hooks.rotate",
    """UPDATE webhook_endpoints SET generation = generation + 1
       WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL""",
)
COUNT = Query(
    "hooks.count",
    "SELECT count(*)::int FROM webhook_endpoints WHERE org_id = $1 AND deleted_at IS NULL",
)
WANTED = Query(
    "hooks.wanted",
    """SELECT id, org_id, event_types FROM webhook_endpoints
       WHERE org_id = ANY($1::text[]) AND deleted_at IS NULL AND disabled_at IS NULL
       ORDER BY id""",
    WantedRow,
)
OF_SELF_TESTS = Query(
    "hooks.of_self_tests",
    """SELECT id FROM events
       WHERE org_id = $1 AND status = 'self_test' AND id = ANY($2::uuid[])
       UNION ALL
       SELECT map_id FROM events
       WHERE org_id = $1 AND status = 'self_test' AND map_id = ANY($2::uuid[])
       UNION ALL
       SELECT o.id FROM orders o JOIN events e ON e.id = o.event_id
       WHERE o.org_id = $1 AND e.status = 'self_test' AND o.id = ANY($2::uuid[])""",
)
PROMISE = Query(
    "hooks.promise",
    """INSERT INTO webhook_deliveries (id, org_id, endpoint_id, event_id, event_type, body)
       SELECT id, org_id, endpoint_id, event_id, event_type, body
       FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])
            AS w (id, org_id, endpoint_id, event_id, event_type, body)
       ON CONFLICT (endpoint_id, event_id) DO NOTHING""",
)
ONE_TAKES = Query("hooks.one_takes", "SELECT pg_advisory_xact_lock(hashtext('hooks.take'))")
"""Two that take at once would each see the other's turns as nobody's."""
# Deliberately across tenants: one worker tells everybody's. Who was told longest ago comes first,
# one endpoint of each organization; LATERAL, so that a backlog of any length costs a look at its
# head. Where nothing was taken lately one delivery tries whether that is still so. What an endpoint
# that is disabled or paused was promised waits.
TAKE = Query(
    "hooks.take",
    """WITH ready AS (
         SELECT DISTINCT ON (e.org_id) e.id, e.turn_at
         FROM webhook_endpoints e CROSS JOIN LATERAL (
           SELECT FROM webhook_deliveries d
           WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.next_attempt_at <= now()
           LIMIT 1) AS due
         WHERE e.deleted_at IS NULL AND e.disabled_at IS NULL AND e.turn_at <= now()
           AND (e.paused_until IS NULL OR e.paused_until <= now())
           AND e.org_id <> ALL($2::text[])
         ORDER BY e.org_id, e.turn_at),
       turns AS (
         UPDATE webhook_endpoints e SET turn_at = now() + make_interval(secs => $3)
         WHERE e.id IN (SELECT id FROM ready ORDER BY turn_at LIMIT $1)
         RETURNING e.id, e.url, e.generation, e.turn_at, e.failing_since),
       due AS (
         SELECT w.id, t.url, t.generation, t.turn_at
         FROM turns t CROSS JOIN LATERAL (
           SELECT id FROM webhook_deliveries
           WHERE endpoint_id = t.id AND status = 'pending' AND next_attempt_at <= now()
           ORDER BY next_attempt_at
           LIMIT CASE WHEN t.failing_since IS NULL THEN $4::int ELSE 1 END) AS w)
       UPDATE webhook_deliveries d
       SET attempts = d.attempts + 1, next_attempt_at = now() + make_interval(
             secs => least($5, 5 * 3 ^ least(d.attempts, 12)))
       FROM due WHERE d.id = due.id
       RETURNING d.id, d.org_id, d.endpoint_id, d.event_id, d.body, d.attempts, due.url,
                 due.generation, due.turn_at""",
    DueRow,
)
# Not if it was changed meanwhile: it may be another address. Paused as long again as it has failed.
TURN_OVER = Query(
    "hooks.turn_over",
    """UPDATE webhook_endpoints
       SET turn_at = now(), paused_until = CASE WHEN NOT $3 THEN now() + make_interval(
             secs => least($5, greatest($4, extract(epoch FROM now() - failing_since)))) END
       WHERE id = $1 AND turn_at = $2""",
)
DELIVERED = Query(
    "hooks.delivered",
    """WITH done AS (
         UPDATE webhook_deliveries SET status = 'delivered', delivered_at = now(),
                answer_status = $2, error = NULL
         WHERE id = $1 AND status = 'pending' RETURNING endpoint_id)
       UPDATE webhook_endpoints e SET failing_since = NULL FROM done
       WHERE e.id = done.endpoint_id AND e.failing_since IS NOT NULL""",
)
FAILED = Query(
    "hooks.failed",
    """WITH failed AS (
         UPDATE webhook_deliveries SET answer_status = $2, error = $3,
                status = CASE WHEN attempts >= $4 THEN 'dead' ELSE status END
         WHERE id = $1 AND status = 'pending' RETURNING endpoint_id)
       UPDATE webhook_endpoints e SET failing_since = now() FROM failed
       WHERE e.id = failed.endpoint_id AND e.failing_since IS NULL""",
)
DISABLE = Query(
    "hooks.disable",
    """UPDATE webhook_endpoints SET disabled_at = now(), disabled_because = $3
       WHERE id = $1 AND disabled_at IS NULL
         AND failing_since < now() - make_interval(hours => $2)
       RETURNING id, url, failing_since""",
    DisabledRow,
)
DELIVERIES = Query(
    "hooks.deliveries",
    f"""SELECT {_DELIVERY} FROM webhook_deliveries
        WHERE endpoint_id = $1 AND org_id = $2 AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4""",
    HookDelivery,
)
REPLAY = Query(
    "hooks.replay",
    f"""WITH tried AS (
          UPDATE webhook_endpoints SET paused_until = NULL WHERE id = $2 AND org_id = $3)
        UPDATE webhook_deliveries
        SET status = 'pending', attempts = 0, next_attempt_at = now(), delivered_at = NULL
        WHERE id = $1 AND endpoint_id = $2 AND org_id = $3 RETURNING {_DELIVERY}""",
    HookDelivery,
)
FORGET = Query(
    "hooks.forget",
    """DELETE FROM webhook_deliveries WHERE id IN (
         SELECT id FROM webhook_deliveries
         WHERE created_at < now() - make_interval(days => $1) ORDER BY created_at LIMIT 5000)""",
)
BACKLOG = Query(
    "hooks.backlog",
    # Of each endpoint no more is counted than what somebody would look after.
    """SELECT e.org_id, sum(due.count)::int AS due,
              coalesce(max(extract(epoch FROM now() - due.oldest))
                       FILTER (WHERE e.failing_since IS NULL), 0)::float AS late_s
       FROM webhook_endpoints e CROSS JOIN LATERAL (
         SELECT count(*), min(next_attempt_at) AS oldest FROM (
           SELECT next_attempt_at FROM webhook_deliveries d
           WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.next_attempt_at <= now()
           ORDER BY next_attempt_at LIMIT $1) AS first) AS due
       WHERE e.deleted_at IS NULL AND e.disabled_at IS NULL AND due.count > 0
       GROUP BY e.org_id ORDER BY late_s DESC, due DESC LIMIT $2""",
    HookBacklog,
)
