"""Statements of check-in."""

from server.checkin.models import GateCount, Scan
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
    """SELECT gate, result, count(*)::int AS count FROM scans WHERE event_id = $1
       GROUP BY gate, result ORDER BY gate, result""",
    GateCount,
)
