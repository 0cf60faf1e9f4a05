"""Statements of switches."""

from server.kernel.db import Query
from server.orgs.switch_models import Switch

_SWITCH = "scope, flag, is_by_staff, reason, switched_by, switched_at"

OFF = Query(
    "orgs.switched_off",
    """SELECT DISTINCT flag FROM switches
       WHERE scope = ANY(ARRAY['platform', 'org:' || $1::text, 'event:' || $2::text])
       ORDER BY flag""",
)
OF_ORG = Query(
    "orgs.switches",
    f"""SELECT {_SWITCH} FROM switches WHERE scope = 'platform' OR owner_id = $1
        ORDER BY scope, flag, is_by_staff LIMIT 1000""",
    Switch,
)
# Deliberately across tenants: for the platform's staff.
ALL = Query(
    "orgs.all_switches",
    f"SELECT {_SWITCH} FROM switches ORDER BY switched_at DESC, scope, flag LIMIT 1000",
    Switch,
)
TURN_OFF = Query(
    "orgs.turn_off",
    """INSERT INTO switches (scope, flag, is_by_staff, owner_id, reason, switched_by)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (scope, flag, is_by_staff)
       DO UPDATE SET reason = excluded.reason, switched_by = excluded.switched_by,
                     switched_at = now()""",
)
TURN_ON = Query(
    "orgs.turn_on", "DELETE FROM switches WHERE scope = $1 AND flag = $2 AND is_by_staff = $3"
)
