"""Statements of who hosts an event and who works on it. Deliberately across tenants: two of them
meet at an event; neither sees the other's drafts."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query


class PartiesRow(msgspec.Struct):
    event_org_id: str
    event_org: str
    venue_org_id: str
    venue_org: str
    is_exclusive: bool
    promoter_share_ppm: int


class CollaborationRow(msgspec.Struct):
    event_id: uuid.UUID
    name: str
    slug: str
    status: str
    starts_at: dt.datetime
    role: str
    partner_id: str
    partner: str
    allocation_id: uuid.UUID | None


PARTIES = Query(
    "catalog.parties",
    """SELECT e.org_id AS event_org_id, eo.name AS event_org, v.org_id AS venue_org_id,
              vo.name AS venue_org, v.is_exclusive, v.promoter_share_ppm
       FROM events e JOIN venues v ON v.id = e.venue_id
       JOIN organizations eo ON eo.id = e.org_id JOIN organizations vo ON vo.id = v.org_id
       WHERE e.id = $1 AND e.status <> 'draft'""",
    PartiesRow,
)
COLLABORATIONS = Query(
    "catalog.collaborations",
    """WITH found AS (
         SELECT e.id, 'venue' AS role, e.org_id AS partner_id, NULL::uuid AS allocation_id
         FROM events e JOIN venues v ON v.id = e.venue_id
         WHERE v.org_id = $1 AND e.org_id <> $1 AND e.status <> 'draft'
         UNION ALL
         SELECT e.id, 'promoter', v.org_id, NULL
         FROM events e JOIN venues v ON v.id = e.venue_id
         WHERE e.org_id = $1 AND v.org_id <> $1
         UNION ALL
         SELECT e.id, 'seller', e.org_id, a.id
         FROM event_allocations a JOIN events e ON e.id = a.event_id
         WHERE a.partner_org_id = $1 AND a.released_at IS NULL AND e.status <> 'draft'
         UNION ALL
         SELECT e.id, 'promoter', a.partner_org_id, a.id
         FROM event_allocations a JOIN events e ON e.id = a.event_id
         WHERE a.org_id = $1 AND a.released_at IS NULL)
       SELECT e.id AS event_id, e.name, e.slug, e.status, e.starts_at, f.role, f.partner_id,
              o.name AS partner, f.allocation_id
       FROM found f JOIN events e ON e.id = f.id JOIN organizations o ON o.id = f.partner_id
       ORDER BY e.starts_at DESC, e.id, f.role, f.allocation_id LIMIT 500""",
    CollaborationRow,
)
