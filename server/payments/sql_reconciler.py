"""Statements that compare money with what it is for, of all organizations."""

from server.kernel.db import Query
from server.payments.gap_models import Booked, OrderGap

_BOOKED = """p.id, p.org_id, p.order_id, p.provider, p.provider_ref, p.status, p.amount_minor,
    p.refunded_minor, p.currency, p.created_at, coalesce((SELECT sum(r.amount_minor) FROM refunds r
      WHERE r.payment_id = p.id AND r.status = 'pending'), 0)::bigint AS owed_minor,
    p.refunded_minor - coalesce((SELECT sum(r.amount_minor) FROM refunds r
      WHERE r.payment_id = p.id AND r.reason LIKE 'dispute_lost:%'), 0)::bigint AS returned_minor"""
_CAME = "status IN ('captured', 'partially_refunded', 'refunded', 'disputed')"

BOOKED = Query(
    "payments.booked",
    f"SELECT {_BOOKED} FROM payments p WHERE p.provider = $1 AND p.id = ANY($2::uuid[])",
    Booked,
)
# The money may have come long after the page was opened: whoever has both windows looks further.
CAPTURED_SINCE = Query(
    "payments.captured_since",
    f"""SELECT {_BOOKED} FROM payments p
        WHERE p.provider = $1 AND p.created_at >= $2 AND p.created_at < now() - $3::interval
          AND p.{_CAME} AND (p.created_at, p.id) > ($2, $4)
        ORDER BY p.created_at, p.id LIMIT $5""",
    Booked,
)
# Kept for an order may be what it has still, and the fees of what went back without them. Of one
# that several people pay some has come while its time is not over. One with a deposit
# has its places for that, and its tickets once no balance is due, which may be long after.
ORDER_GAPS = Query(
    "payments.order_gaps",
    f"""WITH money AS (
          SELECT p.org_id, p.order_id, sum(p.amount_minor)::bigint AS came_minor,
                 min(p.currency) AS currency, min(p.created_at) AS began_at,
                 sum(p.amount_minor - p.refunded_minor)::bigint AS kept_minor,
                 max(p.settled_at) AS settled_at,
                 bool_and(p.settled_at IS NOT NULL OR p.status <> 'captured') AS is_answered,
                 coalesce(sum((SELECT sum(r.amount_minor) FROM refunds r
                   WHERE r.payment_id = p.id AND r.status = 'pending')), 0)::bigint AS owed_minor
          FROM payments p
          WHERE p.{_CAME} AND p.created_at >= $1 AND p.created_at < now() - $2::interval
          GROUP BY p.org_id, p.order_id),
        looked_at AS (
          SELECT o.id FROM orders o WHERE o.created_at >= $1
          UNION
          SELECT o.id FROM money m JOIN orders o ON o.id = m.order_id
          WHERE o.deposit_minor IS NOT NULL)
        SELECT 'money_unanswered' AS kind, org_id, order_id, kept_minor AS ours_minor,
               0::bigint AS theirs_minor, currency, began_at AS happened_at
        FROM money WHERE NOT is_answered
        UNION ALL
        SELECT 'money_without_places', m.org_id, m.order_id, m.kept_minor - m.owed_minor,
               w.worth_minor, m.currency, m.began_at
        FROM money m LEFT JOIN orders o ON o.id = m.order_id, LATERAL (
          SELECT CASE WHEN o.status = 'confirmed' THEN o.total_minor ELSE (
            SELECT coalesce(sum(b.total_minor), 0) - (
                SELECT coalesce(sum(amount_minor), 0) FROM order_refunds
                WHERE order_id = o.id AND keeps_fees)
            FROM (SELECT total_minor, refund_id, live FROM order_lines WHERE order_id = o.id
                  UNION ALL
                  SELECT total_minor, refund_id, refund_id IS NULL AND o.confirmed_at IS NOT NULL
                  FROM order_items WHERE order_id = o.id) AS b
              LEFT JOIN order_refunds r ON r.id = b.refund_id
            WHERE b.live OR r.keeps_fees)::bigint END AS worth_minor) AS w
        WHERE m.is_answered AND m.kept_minor - m.owed_minor > w.worth_minor
          AND NOT coalesce(o.status = 'pending' AND o.expires_at > now() - $2::interval, false)
        UNION ALL
        SELECT 'places_without_money', o.org_id, o.id, 0::bigint, o.total_minor, o.currency,
               o.created_at
        FROM orders o
        WHERE o.created_at >= $1 AND o.confirmed_at < now() - $2::interval
          AND o.status = 'confirmed' AND o.channel = 'online' AND o.total_minor > 0
          AND NOT EXISTS (SELECT FROM payments p WHERE p.order_id = o.id AND p.{_CAME})
        UNION ALL
        SELECT 'tickets_missing', l.org_id, l.order_id, sum(l.total_minor)::bigint, 0::bigint,
               o.currency, o.created_at
        FROM looked_at JOIN orders o ON o.id = looked_at.id
          JOIN order_lines l ON l.order_id = o.id LEFT JOIN money m ON m.order_id = o.id
        WHERE CASE WHEN o.deposit_minor IS NULL THEN o.confirmed_at ELSE m.settled_at END
              < now() - $2::interval
          AND o.status IN ('confirmed', 'partially_refunded') AND l.live
          AND CASE WHEN o.deposit_minor IS NULL
                   THEN coalesce(m.came_minor, 0) >= o.total_minor
                   ELSE o.balance_due_at IS NULL END
          AND l.quantity > (SELECT count(*) FROM tickets t
                             WHERE t.order_id = o.id AND t.order_line_id = l.id)
        GROUP BY l.org_id, l.order_id, o.currency, o.created_at""",
    OrderGap,
)
