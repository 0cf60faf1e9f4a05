"""Statements of the inbox of webhooks."""

from server.kernel.db import Query
from server.payments.models import Delivery, Stored

_DELIVERY = """id, provider, provider_event_id AS event_id, kind AS type, status, attempts,
               last_error, received_at, next_attempt_at"""

STORE = Query(
    "payments.store_webhook",
    """INSERT INTO webhook_inbox (id, provider, provider_event_id, kind, body)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (provider, provider_event_id) DO NOTHING""",
)
# Whoever takes one has it until its next attempt is due; the payment's lock decides the rest.
TAKE = Query(
    "payments.take_webhooks",
    """UPDATE webhook_inbox
       SET attempts = attempts + 1,
           next_attempt_at = now() + make_interval(secs => least(600, 2 ^ least(attempts + 1, 10)))
       WHERE id IN (SELECT id FROM webhook_inbox
                    WHERE status = 'waiting' AND next_attempt_at <= now()
                    ORDER BY next_attempt_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
       RETURNING id, provider, body, attempts""",
    Stored,
)
DONE = Query(
    "payments.webhook_done",
    """UPDATE webhook_inbox SET status = 'done', last_error = NULL
       WHERE id = $1 AND status = 'waiting'""",
)
NOT_DONE = Query(
    "payments.webhook_not_done",
    """UPDATE webhook_inbox SET last_error = $2, status = CASE WHEN $3 THEN 'dead' ELSE status END
       WHERE id = $1 AND status = 'waiting'""",
)
PAGE = Query(
    "payments.webhooks",
    f"""SELECT {_DELIVERY} FROM webhook_inbox
        WHERE ($1::uuid IS NULL OR id < $1) AND ($2::text IS NULL OR status = $2)
          AND ($3::text IS NULL OR provider = $3)
        ORDER BY id DESC LIMIT $4""",
    Delivery,
)
FIND = Query("payments.webhook", f"SELECT {_DELIVERY} FROM webhook_inbox WHERE id = $1", Delivery)
BODY = Query("payments.webhook_body", "SELECT body FROM webhook_inbox WHERE id = $1")
LOCK = Query(
    "payments.lock_webhook",
    f"SELECT {_DELIVERY} FROM webhook_inbox WHERE id = $1 FOR NO KEY UPDATE",
    Delivery,
)
REPLAY = Query(
    "payments.replay_webhook",
    f"""UPDATE webhook_inbox SET status = 'waiting', attempts = 0, next_attempt_at = now()
        WHERE id = $1 RETURNING {_DELIVERY}""",
    Delivery,
)
FORGET = Query(
    "payments.forget_webhooks",
    """DELETE FROM webhook_inbox WHERE id IN (
         SELECT id FROM webhook_inbox
         WHERE received_at < now() - make_interval(days => $1) AND status = 'done'
         LIMIT 1000)""",
)
