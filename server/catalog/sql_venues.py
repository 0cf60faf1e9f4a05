"""Statements of venues, each of one organization's."""

import uuid
from typing import Any

import msgspec

from server.catalog.venue_models import VenueView
from server.kernel.db import Query

_VENUE = """id, name, address, city, country, timezone, latitude, longitude, capacity,
            is_shared, is_exclusive, promoter_share_ppm, created_at"""


class SharedRow(msgspec.Struct):
    id: uuid.UUID
    organization_id: str
    organization: str
    name: str
    address: str
    city: str
    country: str
    timezone: str | None
    capacity: int | None
    is_exclusive: bool
    promoter_share_ppm: int
    maps: list[Any]


class UseRow(msgspec.Struct):
    """What there is of a venue."""

    maps: int
    events: int


INSERT = Query(
    "catalog.create_venue",
    f"""INSERT INTO venues (id, org_id, name, address, city, country, timezone, latitude, longitude,
                            capacity, is_shared, is_exclusive, promoter_share_ppm)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING {_VENUE}""",
    VenueView,
)
UPDATE = Query(
    "catalog.update_venue",
    f"""UPDATE venues SET name = $3, address = $4, city = $5, country = $6, timezone = $7,
                          latitude = $8, longitude = $9, capacity = $10,
                          is_shared = $11, is_exclusive = $12, promoter_share_ppm = $13
        WHERE id = $1 AND org_id = $2 RETURNING {_VENUE}""",
    VenueView,
)
DELETE = Query("catalog.delete_venue", "DELETE FROM venues WHERE id = $1 AND org_id = $2")
FIND = Query(
    "catalog.find_venue", f"SELECT {_VENUE} FROM venues WHERE id = $1 AND org_id = $2", VenueView
)
LOCK = Query(
    "catalog.lock_venue",
    f"SELECT {_VENUE} FROM venues WHERE id = $1 AND org_id = $2 FOR UPDATE",
    VenueView,
)
USE = Query(
    "catalog.use_of_venue",
    """SELECT (SELECT count(*) FROM map_lineages WHERE venue_id = $1 AND org_id = $2)::int AS maps,
              (SELECT count(*) FROM events WHERE venue_id = $1)::int AS events""",
    UseRow,
)
PAGE = Query(
    "catalog.venues",
    f"""SELECT {_VENUE} FROM venues
        WHERE org_id = $1 AND (created_at, id) < ($2, $3)
          AND NOT EXISTS (SELECT FROM events e
                          WHERE e.venue_id = venues.id AND e.status = 'self_test')
          AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0)
          AND ($5::text IS NULL OR lower(city) = lower($5))
          AND ($6::text IS NULL OR country = $6)
        ORDER BY created_at DESC, id DESC LIMIT $7""",
    VenueView,
)
# Deliberately across tenants: its owner says that others may have events there. One that is asked
# for by its id is told to who has an event there also after it was shared.
SHARED = Query(
    "catalog.shared_venues",
    """SELECT v.id, v.org_id AS organization_id, o.name AS organization, v.name, v.address, v.city,
              v.country, v.timezone, v.capacity, v.is_exclusive, v.promoter_share_ppm,
              coalesce((
                SELECT jsonb_agg(jsonb_build_object(
                         'id', l.id, 'name', l.name, 'latest', jsonb_build_object(
                           'id', m.id, 'version', m.version, 'seats', m.seat_count))
                       ORDER BY l.name)
                FROM map_lineages l CROSS JOIN LATERAL (
                  SELECT id, version, seat_count FROM maps
                  WHERE lineage_id = l.id ORDER BY version DESC LIMIT 1) m
                WHERE l.venue_id = v.id), '[]') AS maps
       FROM venues v JOIN organizations o ON o.id = v.org_id
       WHERE v.org_id <> $1 AND ($2::uuid IS NULL OR v.id = $2)
         AND ((v.is_shared AND o.approval = 'approved')
              OR ($2 IS NOT NULL AND EXISTS (
                    SELECT FROM events e WHERE e.venue_id = v.id AND e.org_id = $1)))
         AND (v.name, v.id) > ($3::text, $4::uuid)
         AND ($5::text IS NULL OR strpos(lower(v.name), lower($5)) > 0)
         AND ($6::text IS NULL OR lower(v.city) = lower($6))
         AND ($7::text IS NULL OR v.country = $7)
       ORDER BY v.name, v.id LIMIT $8""",
    SharedRow,
)
