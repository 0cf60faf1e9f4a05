"""Statements of refunds."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query
from server.refunds.models import Cause, Policy


class RefundRow(msgspec.Struct):
    id: uuid.UUID
    order_id: uuid.UUID
    cause: Cause
    amount_minor: int
    fee_minor: int
    tax_minor: int
    currency: str
    keeps_fees: bool
    keeps_places: bool
    note: str
    actor: str
    created_at: dt.datetime
    completed_at: dt.datetime | None


_REFUND = """r.id, r.order_id, r.cause, r.amount_minor, r.fee_minor, r.tax_minor, o.currency,
             r.keeps_fees, r.keeps_places, r.note, r.actor, r.created_at, r.completed_at"""

INSERT = Query(
    "refunds.insert",
    """INSERT INTO order_refunds (id, org_id, order_id, event_id, cause, amount_minor, fee_minor,
                                  tax_minor, keeps_fees, keeps_places, note, actor, completed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
               CASE WHEN $6::bigint = 0 THEN now() END)""",
)
OF_ORDER = Query(
    "refunds.of_order",
    f"""SELECT {_REFUND} FROM order_refunds r JOIN orders o ON o.id = r.order_id
        WHERE r.order_id = $1 AND r.org_id = $2 ORDER BY r.created_at DESC, r.id DESC""",
    RefundRow,
)
FIND = Query(
    "refunds.find",
    f"""SELECT {_REFUND} FROM order_refunds r JOIN orders o ON o.id = r.order_id
        WHERE r.id = $1 AND r.org_id = $2""",
    RefundRow,
)
COMPLETE = Query(
    "refunds.complete",
    f"""UPDATE order_refunds r SET completed_at = now() FROM orders o
        WHERE r.order_id = $1 AND r.org_id = $2 AND o.id = r.order_id AND r.completed_at IS NULL
          AND r.amount_minor = (
            SELECT coalesce(sum(f.amount_minor), 0)
            FROM payments p JOIN refunds f ON f.payment_id = p.id
            WHERE p.order_id = $1 AND f.status = 'succeeded' AND f.reason = 'refund:' || r.id)
        RETURNING {_REFUND}""",
    RefundRow,
)
"""Those whose money has all gone back, and that nobody said so of."""
IS_LOST = Query(
    "refunds.is_lost",
    """SELECT EXISTS (SELECT FROM payments p JOIN refunds f ON f.payment_id = p.id
                      WHERE p.order_id = $1 AND f.reason LIKE 'dispute_lost:%')""",
)
"""Whether money of the order went back because a dispute of its payer was lost."""
POLICY = Query(
    "refunds.policy",
    """SELECT e.id AS event_id, p.allow_refunds_until, coalesce(p.keeps_fees, false) AS keeps_fees,
              coalesce(p.allow_refunds_until, e.starts_at) AS open_until,
              now() <= coalesce(p.allow_refunds_until, e.starts_at) AS is_open
       FROM events e LEFT JOIN refund_policies p ON p.event_id = e.id
       WHERE e.id = $1 AND e.org_id = $2""",
    Policy,
)
SET_POLICY = Query(
    "refunds.set_policy",
    """INSERT INTO refund_policies (event_id, org_id, allow_refunds_until, keeps_fees)
       VALUES ($1, $2, $3, $4)
       ON CONFLICT (event_id) DO UPDATE SET allow_refunds_until = excluded.allow_refunds_until,
                                            keeps_fees = excluded.keeps_fees""",
)
