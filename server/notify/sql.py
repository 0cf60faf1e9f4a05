"""Statements of notify."""

from server.kernel.db import Query
from server.notify.models import Mail, MailTrouble

_MAIL = """id, to_address, template, language, data, attempts,
    coalesce(send_by <= now(), false) AS is_late, created_at"""

INSERT = Query(
    "notify.insert",
    """INSERT INTO mails (id, to_address, template, language, data, send_by)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING""",
)
TAKE = Query(
    "notify.take",
    f"""UPDATE mails SET attempts = attempts + 1,
               next_attempt_at = now() + make_interval(secs => $2)
        WHERE id IN (
          SELECT id FROM mails WHERE status = 'waiting' AND next_attempt_at <= now()
          ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
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
