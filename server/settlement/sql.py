"""Statements of settlements."""

import uuid

import msgspec

from server.kernel.db import Query
from server.settlement.models import Settlement

_SETTLEMENT = """id, org_id, event_id, order_id, kind, currency, gross_minor, fee_minor, tax_minor,
                 net_minor, host_mode, host_org_id, host_minor, promoter_minor, created_at,
                 push_status, push_attempts, pushed_at, push_error"""


class SaleRow(msgspec.Struct):
    """A sale, and what rows of refunds tell of it until now; `kept_minor`: what its order's
    payments have of it still."""

    id: uuid.UUID
    gross_minor: int
    fee_minor: int
    tax_minor: int
    net_minor: int
    promoter_minor: int
    gross_back: int
    fee_back: int
    tax_back: int
    net_back: int
    promoter_back: int
    kept_minor: int


class DecidedRow(msgspec.Struct):
    """A refund as it was decided, and `done_minor` of it, which has gone back."""

    amount_minor: int
    fee_minor: int
    tax_minor: int
    done_minor: int


class NetRow(msgspec.Struct):
    """What of an order is neither fee nor tax."""

    order_id: uuid.UUID
    net_minor: int


# An order that was confirmed once is settled once, whatever became of it since. But for what a
# self-test has ordered, which is nobody's income.
NETS = Query(
    "settlement.nets",
    """SELECT o.id AS order_id, o.total_minor - o.fee_minor - o.tax_minor AS net_minor
       FROM orders o JOIN events e ON e.id = o.event_id
       WHERE o.id = ANY($1::uuid[]) AND e.status <> 'self_test' AND o.confirmed_at IS NOT NULL""",
    NetRow,
)
# What an order costs, and what of that is fee and tax, is as it was ordered for ever.
INSERT_SALES = Query(
    "settlement.insert_sales",
    """INSERT INTO settlements (id, org_id, event_id, order_id, kind, currency, gross_minor,
                                fee_minor, tax_minor, net_minor, host_mode, host_org_id,
                                host_minor, promoter_minor)
       SELECT w.id, o.org_id, o.event_id, o.id, 'sale', o.currency, o.total_minor, o.fee_minor,
              o.tax_minor, o.total_minor - o.fee_minor - o.tax_minor, $3, $4,
              o.total_minor - o.fee_minor - o.tax_minor - w.promoter_minor, w.promoter_minor
       FROM unnest($1::uuid[], $2::uuid[], $5::bigint[]) AS w (id, order_id, promoter_minor)
       JOIN orders o ON o.id = w.order_id
       ON CONFLICT (order_id) WHERE kind = 'sale' DO NOTHING""",
)
# What is more than an order costs is on its way back from when it is answered for, so it is no part
# of a sale, nor its way back a refund of one.
SALE = Query(
    "settlement.sale",
    """SELECT s.id, s.gross_minor, s.fee_minor, s.tax_minor, s.net_minor, s.promoter_minor,
              -b.gross AS gross_back, -b.fee AS fee_back, -b.tax AS tax_back, -b.net AS net_back,
              -b.promoter AS promoter_back,
              (SELECT coalesce(sum(greatest(0, p.amount_minor - p.refunded_minor - coalesce((
                        SELECT sum(r.amount_minor) FROM refunds r
                        WHERE r.payment_id = p.id AND r.status <> 'succeeded'
                          AND r.reason IN ('late', 'excess')), 0))), 0)
               FROM payments p WHERE p.order_id = $1 AND p.settled_at IS NOT NULL)::bigint
                AS kept_minor
       FROM settlements s, LATERAL (
         SELECT coalesce(sum(gross_minor), 0)::bigint AS gross,
                coalesce(sum(fee_minor), 0)::bigint AS fee,
                coalesce(sum(tax_minor), 0)::bigint AS tax,
                coalesce(sum(net_minor), 0)::bigint AS net,
                coalesce(sum(promoter_minor), 0)::bigint AS promoter
         FROM settlements WHERE order_id = $1 AND kind = 'refund') AS b
       WHERE s.order_id = $1 AND s.kind = 'sale'""",
    SaleRow,
)
LOCK = Query(
    "settlement.lock",
    "SELECT 1 FROM settlements WHERE order_id = $1 AND kind = 'sale' FOR NO KEY UPDATE",
)
"""Before what went back is counted, in a statement of its own: a snapshot is older than a wait."""
DECIDED = Query(
    "settlement.decided",
    """SELECT d.amount_minor, d.fee_minor, d.tax_minor,
              (SELECT coalesce(sum(r.amount_minor), 0)
               FROM payments p JOIN refunds r ON r.payment_id = p.id
               WHERE p.order_id = $1 AND r.status = 'succeeded'
                 AND r.reason = 'refund:' || d.id)::bigint AS done_minor
       FROM order_refunds d WHERE d.order_id = $1 AND d.amount_minor > 0""",
    DecidedRow,
)
PAID_BACK = Query(
    "settlement.paid_back",
    """SELECT DISTINCT order_id FROM payments
       WHERE order_id = ANY($1::uuid[]) AND refunded_minor > 0""",
)
"""Those of these orders of which something has gone back."""
INSERT_REFUND = Query(
    "settlement.insert_refund",
    """INSERT INTO settlements (id, org_id, event_id, order_id, kind, currency, gross_minor,
                                fee_minor, tax_minor, net_minor, host_mode, host_org_id,
                                host_minor, promoter_minor)
       SELECT $2, org_id, event_id, order_id, 'refund', currency, -$3::bigint, -$4::bigint,
              -$5::bigint, $4::bigint + $5::bigint - $3::bigint, host_mode, host_org_id,
              $4::bigint + $5::bigint - $3::bigint + $6::bigint, -$6::bigint
       FROM settlements WHERE id = $1""",
)
PAGE = Query(
    "settlement.page",
    f"""SELECT {_SETTLEMENT} FROM settlements
        WHERE org_id = $1 AND ($2::uuid IS NULL OR id > $2)
          AND ($3::uuid IS NULL OR event_id = $3)
          AND ($4::timestamptz IS NULL OR created_at >= $4)
          AND ($5::timestamptz IS NULL OR created_at < $5)
        ORDER BY id LIMIT $6""",
    Settlement,
)
# Deliberately across tenants: one finance system is told of everybody's.
TAKE = Query(
    "settlement.take",
    f"""UPDATE settlements SET push_attempts = push_attempts + 1,
               next_push_at = now() + make_interval(
                 secs => least($3, 5 * 2 ^ least(push_attempts, 12)))
        WHERE id IN (SELECT id FROM settlements
                     WHERE push_status = 'pending' AND next_push_at <= now()
                       AND created_at > now() - make_interval(days => $2)
                       -- Said for the index, which begins with what is too old: no row was to
                       -- be sent before it was made.
                       AND next_push_at > now() - make_interval(days => $2)
                     ORDER BY next_push_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING {_SETTLEMENT}""",
    Settlement,
)
SENT = Query(
    "settlement.sent",
    """UPDATE settlements SET push_status = 'sent', pushed_at = now(), push_error = NULL
       WHERE id = $1 AND push_status = 'pending'""",
)
NOT_SENT = Query(
    "settlement.not_sent",
    """UPDATE settlements SET push_error = $2,
              push_status = CASE WHEN $3 THEN 'failed' ELSE push_status END
       WHERE id = $1 AND push_status = 'pending'""",
)
FAILED = Query(
    "settlement.failed", "SELECT count(*)::int FROM settlements WHERE push_status = 'failed'"
)
