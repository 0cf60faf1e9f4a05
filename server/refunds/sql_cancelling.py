"""Statements of events that were cancelled."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query
from server.refunds.models import Cancellation

# Left: orders with something bought, and nobody who disputes a payment of theirs. For EXISTS the
# lines of all organizations would be hashed, once per batch.
_LEFT = """o.status IN ('confirmed', 'partially_refunded')
           AND coalesce(
             (SELECT true FROM order_lines l WHERE l.order_id = o.id AND l.live LIMIT 1),
             (SELECT true FROM order_items i
              WHERE i.order_id = o.id AND i.refund_id IS NULL LIMIT 1), false)"""
_DISPUTED = """EXISTS (SELECT FROM payments p
                       WHERE p.order_id = o.id AND p.status = 'disputed')"""


class DueRow(msgspec.Struct):
    event_id: uuid.UUID
    org_id: str
    note: str
    next_batch_at: dt.datetime


INSERT = Query(
    "refunds.insert_cancellation",
    f"""INSERT INTO event_cancellations (event_id, org_id, note, actor, orders_total)
        SELECT $1, $2, $3, $4, count(*) FROM orders o WHERE o.event_id = $1 AND {_LEFT}""",
)
# $2: seconds that whoever takes it has it alone; work that is done twice changes nothing.
DUE = Query(
    "refunds.due_cancellations",
    """UPDATE event_cancellations SET next_batch_at = now() + make_interval(secs => $2)
       WHERE event_id IN (
         SELECT event_id FROM event_cancellations
         WHERE finished_at IS NULL AND next_batch_at <= now()
         ORDER BY next_batch_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
       RETURNING event_id, org_id, note, next_batch_at""",
    DueRow,
)
BATCH = Query(
    "refunds.cancellation_batch",
    f"""SELECT o.id FROM orders o WHERE o.event_id = $1 AND {_LEFT} AND NOT {_DISPUTED}
        ORDER BY o.id LIMIT $2""",
)
GO_ON = Query(
    "refunds.go_on_cancelling",
    "UPDATE event_cancellations SET next_batch_at = now() WHERE event_id = $1",
)
FINISH = Query(
    "refunds.finish_cancellation",
    "UPDATE event_cancellations SET finished_at = now() WHERE event_id = $1",
)
AGAIN = Query(
    "refunds.cancel_again",
    """UPDATE event_cancellations SET finished_at = NULL, next_batch_at = now()
       WHERE event_id = $1""",
)
PROGRESS = Query(
    "refunds.cancellation",
    f"""SELECT c.event_id, c.note, c.created_at AS cancelled_at, c.finished_at, c.orders_total,
               (SELECT count(*) FROM orders o WHERE o.event_id = $1 AND {_LEFT}
                  AND NOT {_DISPUTED})::int AS orders_left,
               (SELECT count(*) FROM orders o WHERE o.event_id = $1 AND {_LEFT}
                  AND {_DISPUTED})::int AS orders_disputed,
               m.refunds, m.owed_minor, m.refunded_minor, m.refunds_failed, e.currency
        FROM event_cancellations c JOIN events e ON e.id = c.event_id, LATERAL (
          SELECT count(*)::int AS refunds,
                 coalesce(sum(r.amount_minor) FILTER (WHERE r.completed_at IS NULL), 0)::bigint
                   AS owed_minor,
                 coalesce(sum(r.amount_minor) FILTER (WHERE r.completed_at IS NOT NULL), 0)::bigint
                   AS refunded_minor,
                 (count(*) FILTER (WHERE r.completed_at IS NULL AND EXISTS (
                   SELECT FROM payments p JOIN refunds f ON f.payment_id = p.id
                   WHERE p.order_id = r.order_id AND f.reason = 'refund:' || r.id
                     AND f.status = 'failed')))::int AS refunds_failed
          FROM order_refunds r WHERE r.event_id = $1 AND r.cause = 'cancellation') AS m
        WHERE c.event_id = $1 AND c.org_id = $2""",
    Cancellation,
)
