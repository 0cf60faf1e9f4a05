"""Statements of payments."""

from server.kernel.db import Query
from server.payments.models import Payment, Terms, Trouble

PAYMENT = """id, org_id, order_id, provider, provider_ref, redirect_url, status,
             amount_minor, refunded_minor, currency"""

INSERT = Query(
    "payments.insert",
    f"""INSERT INTO payments (id, org_id, order_id, provider, amount_minor, currency, next_check_at,
                              share_id, fee_minor, account)
        VALUES ($1, $2, $3, $4, $5::bigint, $6, now() + make_interval(secs => $7), $8, coalesce((
          SELECT floor(fee_minor::numeric * $5::bigint / total_minor / $9::bigint)::bigint * $9
          FROM orders WHERE id = $3 AND total_minor >= $5::bigint), 0), (
          SELECT account_ref FROM payment_accounts
          WHERE org_id = $2 AND provider = $4 AND charges_enabled)) RETURNING {PAYMENT}""",
    Payment,
)
# Not where it was opened otherwise meanwhile: nobody is shown a second way to pay it.
ATTACH = Query(
    "payments.attach",
    """UPDATE payments SET provider_ref = $2, redirect_url = $3
       WHERE id = $1 AND coalesce(provider_ref, $2) = $2""",
)
TERMS = Query("payments.terms", "SELECT account, fee_minor FROM payments WHERE id = $1", Terms)
SET_CHARGE_REF = Query(
    "payments.set_charge_ref",
    "UPDATE payments SET charge_ref = $2 WHERE id = $1 AND charge_ref IS NULL",
)
OF_CHARGE = Query(
    "payments.of_charge",
    "SELECT id FROM payments WHERE provider = $1 AND $2 IN (charge_ref, provider_ref)",
)
LOCK = Query(
    "payments.lock", f"SELECT {PAYMENT} FROM payments WHERE id = $1 FOR NO KEY UPDATE", Payment
)
ORG_OF = Query("payments.org_of", "SELECT org_id FROM payments WHERE id = $1")
OF_ORDER = Query(
    "payments.of_order",
    f"""SELECT {PAYMENT} FROM payments WHERE order_id = $1 AND share_id IS NULL
        ORDER BY created_at DESC, id DESC LIMIT 1""",
    Payment,
)
# One that could not be opened is too old to be: its page would be closed before it is seen.
OPEN_OF_SHARE = Query(
    "payments.open_of_share",
    f"""SELECT {PAYMENT} FROM payments
        WHERE order_id = $1 AND share_id = $2 AND provider = $3
          AND status IN ('pending', 'authorized', 'failed') AND next_check_at < 'infinity'
          AND (provider_ref IS NOT NULL OR created_at > now() - interval '10 minutes')
        ORDER BY created_at DESC, id DESC LIMIT 1""",
    Payment,
)
ALL_OF_ORDER = Query(
    "payments.all_of_order",
    f"SELECT {PAYMENT} FROM payments WHERE order_id = $1 ORDER BY created_at, id",
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
# One that nobody was ever shown a page of is asked for no more after two days.
DUE_CHECKS = Query(
    "payments.due_checks",
    f"""UPDATE payments SET checks = checks + 1, next_check_at = CASE
                 WHEN created_at > now() - interval '1 hour' THEN now() + interval '10 seconds'
                 WHEN provider_ref IS NULL AND created_at < now() - interval '2 days'
                   THEN 'infinity' ELSE now() + interval '15 minutes' END
        WHERE id IN (SELECT id FROM payments
                     WHERE status IN ('pending', 'authorized', 'failed') AND next_check_at <= now()
                     ORDER BY next_check_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING {PAYMENT}""",
    Payment,
)
SET_SETTLED = Query(
    "payments.set_settled",
    """UPDATE payments SET settled_at = now()
       WHERE id = ANY($1::uuid[]) AND settled_at IS NULL RETURNING id""",
)
# Deliberately across tenants: money that nobody answered for is everybody's alarm.
UNSETTLED = Query(
    "payments.unsettled",
    f"""UPDATE payments SET next_check_at = now() + interval '1 minute'
        WHERE id IN (SELECT id FROM payments
                     WHERE status = 'captured' AND settled_at IS NULL AND next_check_at <= now()
                     ORDER BY next_check_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING {PAYMENT}""",
    Payment,
)
TROUBLE = Query(
    "payments.trouble",
    """SELECT (SELECT count(*) FROM payments WHERE status = 'captured' AND settled_at IS NULL
                 AND created_at < now() - interval '5 minutes')::int AS unsettled,
              (SELECT count(*) FROM refunds WHERE status = 'pending'
                 AND created_at < now() - interval '5 minutes')::int AS refunds_late,
              (SELECT count(*) FROM refunds WHERE status = 'failed')::int AS refunds_failed,
              (SELECT count(*) FROM webhook_inbox WHERE status = 'waiting'
                 AND received_at < now() - interval '5 minutes')::int AS webhooks_late,
              (SELECT count(*) FROM webhook_inbox WHERE status = 'dead')::int AS webhooks_dead""",
    Trouble,
)
