"""Statements of allocations, each of one organization's event."""

import datetime as dt
import uuid
from typing import Any

import msgspec

from server.kernel.db import Query


class AllocationRow(msgspec.Struct):
    id: uuid.UUID
    event_id: uuid.UUID
    partner_org_id: str
    name: str
    seat_idxs: list[int]
    pools: list[Any]
    created_at: dt.datetime


_ALLOCATION = "id, event_id, partner_org_id, name, seat_idxs, pools, created_at"

OF_EVENT = Query(
    "inventory.allocations_of_event",
    f"""SELECT {_ALLOCATION} FROM event_allocations
        WHERE event_id = $1 AND org_id = $2 AND released_at IS NULL ORDER BY created_at, id""",
    AllocationRow,
)
EVENT = Query(
    "inventory.event_of_allocation",
    "SELECT event_id FROM event_allocations WHERE id = $1 AND org_id = $2",
)
LOCK = Query(
    "inventory.lock_allocation",
    f"""SELECT {_ALLOCATION} FROM event_allocations
        WHERE id = $1 AND org_id = $2 AND released_at IS NULL FOR UPDATE""",
    AllocationRow,
)
INSERT = Query(
    "inventory.insert_allocation",
    """INSERT INTO event_allocations (id, org_id, event_id, partner_org_id, name, seat_idxs, pools)
       VALUES ($1, $2, $3, $4, $5, $6, $7)""",
)
RELEASE = Query(
    "inventory.release_allocation",
    "UPDATE event_allocations SET released_at = now() WHERE id = $1 AND org_id = $2",
)
# Deliberately across tenants: an organization says whom it trusts with its places.
ORGANIZATION = Query(
    "inventory.partner_exists",
    "SELECT EXISTS (SELECT FROM organizations WHERE id = $1 AND approval = 'approved')",
)
NOW = Query("inventory.now", "SELECT now()")
