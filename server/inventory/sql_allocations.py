"""Statements of allocations, each of one organization's event."""

import datetime as dt
import uuid
from typing import Any

import msgspec

from server.kernel.db import Query


class AllocationRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    partner_org_id: str | None
    api_key_id: uuid.UUID | None
    name: str
    seat_idxs: list[int]
    pools: list[Any]
    release_at: dt.datetime | None
    created_at: dt.datetime


class DueAllocationRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str


class UsedRow(msgspec.Struct):
    """Places of a pool that were sold from an allocation, or are held from it."""

    allocation_id: uuid.UUID
    pool_id: uuid.UUID
    quantity: int


_ALLOCATION = """id, org_id, event_id, partner_org_id, api_key_id, name, seat_idxs, pools,
                 release_at, created_at"""

OF_EVENT = Query(
    "inventory.allocations_of_event",
    f"""SELECT {_ALLOCATION} FROM event_allocations
        WHERE event_id = $1 AND org_id = $2 AND released_at IS NULL ORDER BY created_at, id""",
    AllocationRow,
)
STANDING = Query(
    "inventory.standing_allocations",
    f"""SELECT {_ALLOCATION} FROM event_allocations
        WHERE id = ANY($1::uuid[]) AND released_at IS NULL""",
    AllocationRow,
)
EVENT = Query(
    "inventory.event_of_allocation",
    "SELECT event_id FROM event_allocations WHERE id = $1 AND org_id = $2",
)
LOCK = Query(
    "inventory.lock_allocation",
    f"""SELECT {_ALLOCATION} FROM event_allocations
        WHERE id = $1 AND org_id = $2 AND released_at IS NULL FOR NO KEY UPDATE""",
    AllocationRow,
)
# Deliberately across tenants: a partner sells from what the event's organization set aside.
OF_SELLER = Query(
    "inventory.allocation_of_seller",
    f"""SELECT {_ALLOCATION} FROM event_allocations
        WHERE id = $1 AND $2 IN (org_id, partner_org_id) AND released_at IS NULL""",
    AllocationRow,
)
IS_BOUND = Query(
    "inventory.is_bound_to_allocation",
    """SELECT EXISTS (SELECT FROM event_allocations
                      WHERE id = $1 AND org_id = $2 AND api_key_id = $3)""",
)
HAS_HOLD = Query(
    "inventory.allocation_has_hold",
    "SELECT EXISTS (SELECT FROM holds WHERE id = $1 AND allocation_id = $2)",
)
INSERT = Query(
    "inventory.insert_allocation",
    """INSERT INTO event_allocations (id, org_id, event_id, partner_org_id, api_key_id, name,
                                      seat_idxs, pools, release_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
)
RELEASE = Query(
    "inventory.release_allocation",
    "UPDATE event_allocations SET released_at = now() WHERE id = $1 AND org_id = $2",
)
# Deliberately across tenants: time passes for every organization.
DUE = Query(
    "inventory.due_allocations",
    """SELECT id, org_id FROM event_allocations
       WHERE released_at IS NULL AND release_at <= now() ORDER BY release_at LIMIT 100""",
    DueAllocationRow,
)
USED = Query(
    "inventory.used_of_allocations",
    """SELECT h.allocation_id, u.pool_id, sum(u.quantity)::int AS quantity
       FROM holds h CROSS JOIN LATERAL (
         SELECT c.pool_id, c.quantity FROM pool_claims c WHERE c.hold_id = h.id
         UNION ALL
         SELECT p.pool_id, p.quantity
         FROM unnest(h.pool_ids, h.pool_quantities) AS p (pool_id, quantity)
         WHERE h.status = 'active') AS u
       WHERE h.allocation_id = ANY($1::uuid[])
       GROUP BY h.allocation_id, u.pool_id""",
    UsedRow,
)
BLOCKED_OF = Query(
    "inventory.blocked_of",
    """SELECT seat_idx FROM seats WHERE event_id = $1 AND seat_idx = ANY($2::int[])
       GROUP BY seat_idx HAVING min(status) = 3 ORDER BY seat_idx""",
)
"""Those of these seats that are off sale on every leg: no status is above that one."""
# Deliberately across tenants: an organization says whom it trusts with its places.
ORGANIZATION = Query(
    "inventory.partner_exists",
    "SELECT EXISTS (SELECT FROM organizations WHERE id = $1 AND approval = 'approved')",
)
IS_LIVE_KEY = Query(
    "inventory.is_live_key",
    "SELECT EXISTS (SELECT FROM api_keys WHERE id = $1 AND org_id = $2 AND revoked_at IS NULL)",
)
NOW = Query("inventory.now", "SELECT now()")
