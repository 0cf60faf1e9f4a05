"""Statements of webhooks."""

import datetime as dt
import uuid

import msgspec

from server.hooks.models import Endpoint, HookDelivery
from server.kernel.db import Query

_ENDPOINT = """id, url, event_types, description, created_at, failing_since, disabled_at,
               disabled_because"""
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
# Deliberately across tenants: one worker tells everybody's. What an endpoint that is disabled was
# promised waits until it is enabled again.
TAKE = Query(
    "hooks.take",
    """UPDATE webhook_deliveries d
       SET attempts = d.attempts + 1, next_attempt_at = now() + make_interval(
             secs => least($2, 5 * 3 ^ least(d.attempts, 12)))
       FROM webhook_endpoints e
       WHERE e.id = d.endpoint_id AND d.id IN (
         SELECT w.id FROM webhook_deliveries w JOIN webhook_endpoints f ON f.id = w.endpoint_id
         WHERE w.status = 'pending' AND w.next_attempt_at <= now()
           AND f.disabled_at IS NULL AND f.deleted_at IS NULL
         ORDER BY w.next_attempt_at LIMIT $1 FOR UPDATE OF w SKIP LOCKED)
       RETURNING d.id, d.org_id, d.endpoint_id, d.event_id, d.body, d.attempts, e.url,
                 e.generation""",
    DueRow,
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
    f"""UPDATE webhook_deliveries
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
