"""Statements of notify."""

from server.kernel.db import Query
from server.notify.models import Mail, MailText, MailTrouble, MailWords

_MAIL = """id, to_address, template, language, data, attempts,
    coalesce(send_by <= now(), false) AS is_late, created_at"""
SENDER = "coalesce(data->>'org_id', '')"
"""The organization for which it is sent, or the platform; as the index has it."""

INSERT = Query(
    "notify.insert",
    """INSERT INTO mails (id, to_address, template, language, data, send_by)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING""",
)


def _to_holders(template: str, cause: str, which: str) -> str:
    """A mail to each address that has good tickets of an order; who bought at a box office may have
    none. Its id says what it is for: the `cause`, and the order's tickets at that address."""
    return f"""INSERT INTO mails (id, to_address, template, language, data, send_by)
        SELECT md5(concat_ws(' ', {cause}, due.id, due.other))::uuid,
               coalesce(due.other, due.email), '{template}', due.language,
               jsonb_build_object('order_id', due.id, 'org_id', due.org_id), due.starts_at
        FROM (SELECT DISTINCT o.id, o.org_id, o.email, o.language, e.starts_at,
                     nullif(t.holder_address, lower(o.email)) AS other
              FROM events e JOIN orders o ON o.event_id = e.id JOIN tickets t ON t.order_id = o.id
              WHERE e.starts_at > now() AND t.status = 'valid'
                AND coalesce(t.holder_address, o.email) <> '' AND {which}) AS due"""


REMIND = Query(
    "notify.remind",
    # Whose ticket was issued within the last day has just had a mail.
    _to_holders(
        "reminder",
        "'reminder'",
        """e.status = 'published' AND e.starts_at <= now() + make_interval(hours => $1)
           AND t.issued_at < e.starts_at - make_interval(hours => $1)""",
    )
    + """
        WHERE NOT EXISTS (
          SELECT FROM mails m
          WHERE m.id = md5(concat_ws(' ', 'reminder', due.id, due.other))::uuid)
        LIMIT $2 ON CONFLICT DO NOTHING""",
)
RESCHEDULE = Query(
    "notify.reschedule",
    _to_holders(
        "rescheduled",
        "$2::uuid",
        """e.id = $1 AND e.cancelled_at IS NULL
           AND coalesce(t.holder_address, o.email) NOT LIKE '%.invalid'""",
    )
    + " ON CONFLICT DO NOTHING",
)
# Not to who bought within these days: the mail at the order said it.
REMIND_REST = Query(
    "notify.remind_rest",
    """INSERT INTO mails (id, to_address, template, language, data, send_by)
        SELECT md5(concat_ws(' ', 'rest-due', o.id))::uuid, o.email, 'rest-due', o.language,
               jsonb_build_object('order_id', o.id, 'org_id', o.org_id), o.balance_due_at
        FROM orders o
        WHERE o.balance_due_at > now() AND o.balance_due_at <= now() + make_interval(days => $1)
          AND o.status IN ('confirmed', 'partially_refunded')
          AND o.confirmed_at < o.balance_due_at - make_interval(days => $1)
          AND NOT EXISTS (SELECT FROM mails m
                          WHERE m.id = md5(concat_ws(' ', 'rest-due', o.id))::uuid)
        LIMIT $2 ON CONFLICT DO NOTHING""",
)
ONE_TAKES = Query("notify.one_takes", "SELECT pg_advisory_xact_lock(hashtext('notify.take'))")
"""Two that take at once would each see the other's mail as nobody's."""
# The senders that have mails waiting, by leaps through the index; one of them by lot, and its
# first: however many mails one has, another's turn comes.
TAKE = Query(
    "notify.take",
    f"""WITH RECURSIVE senders AS (
          (SELECT {SENDER} AS sender FROM mails WHERE status = 'waiting' ORDER BY 1 LIMIT 1)
          UNION ALL
          SELECT (SELECT {SENDER} FROM mails
                  WHERE status = 'waiting' AND {SENDER} > senders.sender ORDER BY 1 LIMIT 1)
          FROM senders WHERE sender IS NOT NULL),
        first AS (
          SELECT due.id FROM senders CROSS JOIN LATERAL (
            SELECT id FROM mails
            WHERE status = 'waiting' AND {SENDER} = senders.sender AND next_attempt_at <= now()
            ORDER BY next_attempt_at LIMIT 1) AS due
          ORDER BY random() LIMIT 1)
        UPDATE mails SET attempts = attempts + 1,
               next_attempt_at = now() + make_interval(secs => $1)
        WHERE id IN (SELECT id FROM first)
        RETURNING {_MAIL}""",
    Mail,
)
SENT = Query(
    "notify.sent",
    """UPDATE mails SET status = 'sent', sent_at = now(), last_error = NULL
       WHERE id = $1 AND status = 'waiting'""",
)
LATER = Query(
    "notify.later",
    """UPDATE mails SET last_error = $2, next_attempt_at = now() + make_interval(secs => $3)
       WHERE id = $1 AND status = 'waiting'""",
)
DEAD = Query(
    "notify.dead",
    "UPDATE mails SET status = 'dead', last_error = $2 WHERE id = $1 AND status = 'waiting'",
)
RECENT = Query(
    "notify.recent", f"SELECT {_MAIL} FROM mails ORDER BY created_at DESC LIMIT $1", Mail
)
TROUBLE = Query(
    "notify.trouble",
    """SELECT (SELECT count(*) FROM mails
               WHERE status = 'waiting'
                 AND created_at < now() - interval '10 minutes')::int AS late,
              (SELECT count(*) FROM mails WHERE status = 'dead')::int AS dead""",
    MailTrouble,
)
FORGET = Query(
    "notify.forget",
    """DELETE FROM mails WHERE id IN (
         SELECT id FROM mails
         WHERE created_at < now() - make_interval(days => $1) AND status <> 'waiting'
         LIMIT 1000)""",
)
TEXT = Query(
    "notify.text",
    "SELECT subject, intro FROM mail_texts WHERE org_id = $1 AND kind = $2 AND language = $3",
    MailWords,
)
TEXTS = Query(
    "notify.texts",
    """SELECT kind, language, subject, intro, true AS is_own FROM mail_texts WHERE org_id = $1""",
    MailText,
)
SET_TEXT = Query(
    "notify.set_text",
    """INSERT INTO mail_texts (org_id, kind, language, subject, intro) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (org_id, kind, language)
       DO UPDATE SET subject = excluded.subject, intro = excluded.intro""",
)
FORGET_TEXT = Query(
    "notify.forget_text",
    "DELETE FROM mail_texts WHERE org_id = $1 AND kind = $2 AND language = $3",
)
