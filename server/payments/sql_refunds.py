"""Statements of refunds."""

from server.kernel.db import Query
from server.payments.models import Balance, Payment, Refund, Refundable, RefundShare
from server.payments.sql import PAYMENT

INSERT = Query(
    "payments.insert_refund",
    """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (payment_id, reason) DO NOTHING""",
)
# What the provider has paid back already, without being asked by us.
INSERT_DONE = Query(
    "payments.insert_refund_done",
    """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason, status)
       VALUES ($1, $2, $3, $4, $5, 'succeeded')""",
)
OWED = Query(
    "payments.owed_refunds",
    """SELECT coalesce(sum(CASE status WHEN 'pending' THEN amount_minor ELSE -amount_minor END),
                       0)::bigint
       FROM refunds
       WHERE payment_id = $1 AND (status = 'pending' OR reason LIKE 'dispute_lost:%')""",
)
"""What is on its way back, less what disputes took: see `states.step`."""
# What is owed while refunds are switched off is paid back when they are on again; what is owed of
# a payment that its payer disputes, once that is decided.
DUE = Query(
    "payments.due_refunds",
    """UPDATE refunds r SET attempts = r.attempts + 1,
              next_attempt_at = now() + make_interval(secs => least(600, 2 ^ least(r.attempts, 10)))
       FROM payments p
       WHERE p.id = r.payment_id AND p.provider_ref IS NOT NULL AND r.id IN (
         SELECT f.id FROM refunds f JOIN payments q ON q.id = f.payment_id
           LEFT JOIN orders o ON o.id = q.order_id
         WHERE f.status = 'pending' AND f.next_attempt_at <= now() AND q.status <> 'disputed'
           AND NOT EXISTS (
           SELECT FROM switches s WHERE s.flag IN ('ticketing', 'refunds')
             AND s.scope = ANY(ARRAY['platform', 'org:' || f.org_id, 'event:' || o.event_id]))
         ORDER BY f.next_attempt_at LIMIT $1 FOR NO KEY UPDATE OF f SKIP LOCKED)
       RETURNING r.id, r.org_id, p.order_id, r.payment_id, r.amount_minor, r.attempts, p.provider,
                 p.provider_ref""",
    Refund,
)
FINISH = Query(
    "payments.finish_refund",
    """UPDATE refunds SET status = 'succeeded', provider_ref = $2
       WHERE id = $1 AND status = 'pending'""",
)
FAIL = Query(
    "payments.fail_refund",
    "UPDATE refunds SET status = 'failed' WHERE id = $1 AND status = 'pending'",
)
# Under another id, for to the provider the old one is refused.
AGAIN = Query(
    "payments.refund_again",
    """UPDATE refunds SET id = gen_random_uuid(), status = 'pending', attempts = 0,
                          next_attempt_at = now()
       WHERE status = 'failed' AND reason = $2
         AND payment_id IN (SELECT id FROM payments WHERE order_id = $1)""",
)
# A refund that was under way does not end a dispute; $3: that this is what the dispute took. Of
# both a provider may take more than came in.
ADD_REFUNDED = Query(
    "payments.add_refunded",
    f"""UPDATE payments SET refunded_minor = least(amount_minor, refunded_minor + $2),
               status = CASE WHEN refunded_minor + $2 >= amount_minor THEN 'refunded'
                             WHEN status = 'disputed' AND NOT $3 THEN 'disputed'
                             ELSE 'partially_refunded' END
        WHERE id = $1 RETURNING {PAYMENT}""",
    Payment,
)
# What was asked back is spent, also where the provider refused: it is owed still. What is asked of
# a payment that its payer disputes waits until that is decided. One that nobody has answered for is
# not the order's yet.
REFUNDABLE = Query(
    "payments.refundable",
    """SELECT p.id, p.org_id, p.amount_minor - p.refunded_minor - (
             SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM refunds r
             WHERE r.payment_id = p.id AND r.status <> 'succeeded') AS room_minor
       FROM payments p
       WHERE p.order_id = $1 AND p.settled_at IS NOT NULL
         AND p.status IN ('captured', 'partially_refunded', 'disputed')
       ORDER BY p.created_at DESC, p.id DESC FOR NO KEY UPDATE OF p""",
    Refundable,
)
OF_REASON = Query(
    "payments.refunds_of_reason",
    """SELECT p.id AS payment_id, p.provider, r.amount_minor, r.status
       FROM payments p JOIN refunds r ON r.payment_id = p.id
       WHERE p.order_id = $1 AND r.reason = $2 ORDER BY p.created_at DESC, p.id DESC""",
    RefundShare,
)
BALANCE = Query(
    "payments.balance",
    """SELECT coalesce(sum(p.amount_minor - p.refunded_minor), 0)::bigint AS kept_minor,
              coalesce(sum((SELECT sum(r.amount_minor) FROM refunds r
                            WHERE r.payment_id = p.id AND r.status <> 'succeeded')), 0)::bigint
                AS owed_minor,
              (count(*) FILTER (WHERE p.status = 'disputed'))::int AS disputed
       FROM payments p
       WHERE p.order_id = $1
         AND p.status IN ('captured', 'partially_refunded', 'refunded', 'disputed')""",
    Balance,
)
