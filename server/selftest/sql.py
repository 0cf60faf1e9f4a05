"""Statements of self-tests."""

import uuid

import msgspec

from server.kernel.db import Query


class LeftRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    revision: int


HOUSE = Query(
    "selftest.house",
    "SELECT map_id FROM events WHERE org_id = $1 AND status = 'self_test' LIMIT 1",
)
VENUE = Query(
    "selftest.venue",
    """SELECT l.venue_id FROM maps m JOIN map_lineages l ON l.id = m.lineage_id
       WHERE m.id = $1 AND m.org_id = $2""",
)
# A webhook names its payment somewhere in a body of its provider's own shape.
WEBHOOK_CAME = Query(
    "selftest.webhook_came",
    """SELECT EXISTS (SELECT FROM webhook_inbox
                      WHERE received_at > now() - interval '5 minutes' AND provider = $1
                        AND position(convert_to($2, 'UTF8') IN body) > 0)""",
)
# Deliberately across tenants: what a process left that died.
LEFT = Query(
    "selftest.left",
    """SELECT id, org_id, revision FROM events
       WHERE status = 'self_test' AND cancelled_at IS NULL
         AND created_at < now() - make_interval(secs => $1)
       ORDER BY created_at LIMIT 100""",
    LeftRow,
)
