"""Statements of payments."""

from server.kernel.db import Query
from server.payments.models import Payment, Refund, Trouble

_PAYMENT = """id, org_id, order_id, provider, provider_ref, redirect_url, status,
              amount_minor, refunded_minor, currency"""

INSERT = Query(
    "payments.insert",
    f"""INSERT INTO payments (id, org_id, order_id, provider, amount_minor, currency, next_check_at)
        VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) RETURNING {_PAYMENT}""",
    Payment,
)
ATTACH = Query(
    "payments.attach",
    "UPDATE payments SET provider_ref = $2, redirect_url = $3 WHERE id = $1",
)
LOCK = Query("payments.lock", f"SELECT {_PAYMENT} FROM payments WHERE id = $1 FOR UPDATE", Payment)
ORG_OF = Query("payments.org_of", "SELECT org_id FROM payments WHERE id = $1")
OF_ORDER = Query(
    "payments.of_order",
    f"""SELECT {_PAYMENT} FROM payments WHERE order_id = $1
        ORDER BY created_at DESC, id DESC LIMIT 1""",
    Payment,
)
SET_CAPTURED = Query(
    "payments.set_captured",
    """UPDATE payments SET status = 'captured', next_check_at = now() + interval '1 minute'
       WHERE id = $1""",
)
SET_STATUS = Query("payments.set_status", "UPDATE payments SET status = $2 WHERE id = $1")
STOP_CHECKING = Query(
    "payments.stop_checking", "UPDATE payments SET next_check_at = 'infinity' WHERE id = $1"
)
DUE_CHECKS = Query(
    "payments.due_checks",
    f"""UPDATE payments SET checks = checks + 1,
               next_check_at = now() + CASE WHEN created_at > now() - interval '1 hour'
                 THEN interval '10 seconds' ELSE interval '15 minutes' END
        WHERE id IN (SELECT id FROM payments
                     WHERE status IN ('pending', 'failed') AND next_check_at <= now()
                     ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING {_PAYMENT}""",
    Payment,
)
INBOX = Query(
    "payments.inbox",
    """INSERT INTO webhook_inbox (provider, provider_event_id, kind, body)
       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING""",
)
INSERT_REFUND = Query(
    "payments.insert_refund",
    """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (payment_id, reason) DO NOTHING""",
)
# What is owed while refunds are switched off is paid back when they are on again.
DUE_REFUNDS = Query(
    "payments.due_refunds",
    """UPDATE refunds r SET attempts = r.attempts + 1,
              next_attempt_at = now() + make_interval(secs => least(600, 2 ^ least(r.attempts, 10)))
       FROM payments p
       WHERE p.id = r.payment_id AND p.provider_ref IS NOT NULL AND r.id IN (
         SELECT f.id FROM refunds f JOIN payments q ON q.id = f.payment_id
           LEFT JOIN orders o ON o.id = q.order_id
         WHERE f.status = 'pending' AND f.next_attempt_at <= now() AND NOT EXISTS (
           SELECT FROM switches s WHERE s.flag IN ('ticketing', 'refunds')
             AND s.scope = ANY(ARRAY['platform', 'org:' || f.org_id, 'event:' || o.event_id]))
         ORDER BY f.next_attempt_at LIMIT $1 FOR UPDATE OF f SKIP LOCKED)
       RETURNING r.id, r.org_id, r.payment_id, r.amount_minor, r.attempts, p.provider,
                 p.provider_ref""",
    Refund,
)
FINISH_REFUND = Query(
    "payments.finish_refund",
    """UPDATE refunds SET status = 'succeeded', provider_ref = $2
       WHERE id = $1 AND status = 'pending'""",
)
FAIL_REFUND = Query(
    "payments.fail_refund",
    "UPDATE refunds SET status = 'failed' WHERE id = $1 AND status = 'pending'",
)
SET_SETTLED = Query(
    "payments.set_settled",
    "UPDATE payments SET settled_at = now() WHERE id = ANY($1::uuid[])",
)
# Deliberately across tenants: money that nobody answered for is everybody's alarm.
UNSETTLED = Query(
    "payments.unsettled",
    f"""UPDATE payments SET next_check_at = now() + interval '1 minute'
        WHERE id IN (SELECT id FROM payments
                     WHERE status = 'captured' AND settled_at IS NULL AND next_check_at <= now()
                     ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING {_PAYMENT}""",
    Payment,
)
TROUBLE = Query(
    "payments.trouble",
    """SELECT (SELECT count(*) FROM payments WHERE status = 'captured' AND settled_at IS NULL
                 AND created_at < now() - interval '5 minutes')::int AS unsettled,
              (SELECT count(*) FROM refunds WHERE status = 'pending'
                 AND created_at < now() - interval '5 minutes')::int AS refunds_late,
              (SELECT count(*) FROM refunds WHERE status = 'failed')::int AS refunds_failed""",
    Trouble,
)
ADD_REFUNDED = Query(
    "payments.add_refunded",
    f"""UPDATE payments SET refunded_minor = refunded_minor + $2,
               status = CASE WHEN refunded_minor + $2 = amount_minor THEN 'refunded'
                             ELSE 'partially_refunded' END
        WHERE id = $1 RETURNING {_PAYMENT}""",
    Payment,
)
