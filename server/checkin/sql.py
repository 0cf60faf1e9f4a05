"""Statements of check-in."""

from server.checkin.models import GateCount, OwnAdmission, Scan, ScannerKey
from server.kernel.db import Query

_SCAN = "id, event_id, version, ticket_id, result, label, name, gate, scanned_at"

INSERT = Query(
    "checkin.insert",
    f"""INSERT INTO scans (id, org_id, event_id, version, ticket_id, result, label, name, gate,
                           scanner_key_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {_SCAN}""",
    Scan,
)
SINCE = Query(
    "checkin.since",
    f"""SELECT {_SCAN} FROM scans WHERE event_id = $1 AND version > $2
        ORDER BY version DESC LIMIT $3""",
    Scan,
)
COUNTS = Query(
    "checkin.counts",
    """SELECT gate, result, (count(*) FILTER (WHERE undone_at IS NULL))::int AS count
       FROM scans WHERE event_id = $1 GROUP BY gate, result ORDER BY gate, result""",
    GateCount,
)
LOCK_ADMISSIONS = Query(
    "checkin.lock_admissions",
    """SELECT ticket_id, gate, scanned_at > now() - make_interval(secs => $4) AS is_recent,
              undone_at IS NOT NULL AS is_undone
       FROM scans WHERE id = ANY($1::uuid[]) AND event_id = $2 AND scanner_key_id = $3
         AND result = 'admitted'
       ORDER BY id FOR NO KEY UPDATE""",
    OwnAdmission,
)
UNDO = Query(
    "checkin.undo",
    "UPDATE scans SET undone_at = now() WHERE id = ANY($1::uuid[]) AND undone_at IS NULL",
)
IS_OWN_EVENT = Query(
    "checkin.is_own_event", "SELECT EXISTS (SELECT FROM events WHERE id = $1 AND org_id = $2)"
)
KEYS = Query(
    "checkin.keys",
    """SELECT k.id, k.name, k.created_at, k.revoked_at, s.last_scan_at
       FROM scanner_keys k LEFT JOIN (
         SELECT scanner_key_id, max(scanned_at) AS last_scan_at
         FROM scans WHERE event_id = $1 GROUP BY scanner_key_id) s ON s.scanner_key_id = k.id
       WHERE k.event_id = $1 ORDER BY k.id DESC LIMIT 500""",
    ScannerKey,
)
COUNT_KEYS = Query(
    "checkin.count_keys",
    "SELECT count(*)::int FROM scanner_keys WHERE event_id = $1 AND revoked_at IS NULL",
)
REVOKE_KEY = Query(
    "checkin.revoke_key",
    """UPDATE scanner_keys SET revoked_at = now()
       WHERE id = $1 AND event_id = $2 AND revoked_at IS NULL""",
)
