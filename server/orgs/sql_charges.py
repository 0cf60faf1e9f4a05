"""Statements of what fee and taxes were."""

from typing import Any

import msgspec

from server.kernel.db import Query


class ChargesRow(msgspec.Struct):
    """As they are, and `former`: as they were, in order of until when."""

    org: dict[str, Any]
    former: list[Any]


_NOW = """jsonb_build_object(
    'fee_per_ticket_minor', o.fee_per_ticket_minor, 'fee_basis_points', o.fee_basis_points,
    'fee_bearer', coalesce(o.settings ->> 'fee_bearer', 'buyer'),
    'taxes', coalesce(o.settings -> 'taxes', '[]'))"""
# A hold lasts an hour or two: what was settled otherwise before that is of no use.
OF_EVENT = Query(
    "orgs.charges_of_event",
    f"""SELECT {_NOW} AS org,
               coalesce((SELECT jsonb_agg(jsonb_build_object(
                                  'valid_until', f.valid_until, 'charges', f.charges,
                                  'is_of_event', f.event_id IS NOT NULL) ORDER BY f.valid_until)
                         FROM former_charges f
                         WHERE f.org_id = o.id AND coalesce(f.event_id, $2) = $2
                           AND f.valid_until > now() - interval '1 day'), '[]') AS former
        FROM organizations o WHERE o.id = $1""",
    ChargesRow,
)
# By then every process has read the event anew: what a hold was told it costs, it costs.
_UNTIL = "clock_timestamp() + interval '10 s'"
KEEP_OF_ORG = Query(
    "orgs.keep_charges",
    f"""INSERT INTO former_charges (id, org_id, valid_until, charges)
        SELECT gen_random_uuid(), o.id, {_UNTIL}, {_NOW} FROM organizations o
        WHERE o.id = $1 AND EXISTS (SELECT FROM events e
                                    WHERE e.org_id = o.id AND e.sells_from IS NOT NULL)""",
)
KEEP_OF_EVENT = Query(
    "orgs.keep_charges_of_event",
    f"""INSERT INTO former_charges (id, org_id, event_id, valid_until, charges)
        VALUES (gen_random_uuid(), $1, $2, {_UNTIL}, $3)""",
)
