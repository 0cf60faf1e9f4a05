"""Statements of what buyers ask to be paid back."""

import datetime as dt
import uuid
from typing import Any

import msgspec

from server.kernel.db import Query
from server.refunds.request_models import RequestStatus


class RequestRow(msgspec.Struct):
    id: uuid.UUID
    order_id: uuid.UUID
    event_id: uuid.UUID
    event_name: str
    name: str
    email: str
    status: RequestStatus
    parts: Any
    reason: str
    words: str
    refund_id: uuid.UUID | None
    created_at: dt.datetime
    decided_at: dt.datetime | None


_REQUEST = """SELECT r.id, r.order_id, r.event_id, e.name AS event_name, o.name, o.email, r.status,
                     r.parts, r.reason, r.words, r.refund_id, r.created_at, r.decided_at
              FROM refund_requests r JOIN orders o ON o.id = r.order_id
                JOIN events e ON e.id = r.event_id"""

INSERT = Query(
    "refunds.insert_request",
    """INSERT INTO refund_requests (id, org_id, order_id, event_id, parts, reason)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (order_id) WHERE status = 'open' DO NOTHING""",
)
FIND = Query("refunds.request", f"{_REQUEST} WHERE r.id = $1 AND r.org_id = $2", RequestRow)
LOCK = Query(
    "refunds.lock_request",
    f"{_REQUEST} WHERE r.id = $1 AND r.org_id = $2 FOR NO KEY UPDATE OF r",
    RequestRow,
)
DECIDE = Query(
    "refunds.decide_request",
    """UPDATE refund_requests SET status = $3, words = $4, refund_id = $5, actor = $6,
                                  decided_at = now()
       WHERE id = $1 AND org_id = $2""",
)
OF_ORDER = Query(
    "refunds.requests_of_order",
    f"{_REQUEST} WHERE r.order_id = $1 AND r.org_id = $2 ORDER BY r.id DESC",
    RequestRow,
)
# Ids rise with time; $3: the last of the page before.
WAITING = Query(
    "refunds.requests_waiting",
    f"""{_REQUEST} WHERE r.org_id = $1 AND r.status = 'open'
          AND ($2::uuid IS NULL OR r.event_id = $2) AND ($3::uuid IS NULL OR r.id > $3)
        ORDER BY r.id LIMIT $4""",
    RequestRow,
)
LATEST = Query(
    "refunds.requests_latest",
    f"""{_REQUEST} WHERE r.org_id = $1 AND ($5::text IS NULL OR r.status = $5)
          AND ($2::uuid IS NULL OR r.event_id = $2) AND ($3::uuid IS NULL OR r.id < $3)
        ORDER BY r.id DESC LIMIT $4""",
    RequestRow,
)
