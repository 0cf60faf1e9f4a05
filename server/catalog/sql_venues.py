"""Statements of venues, each of one organization's."""

import msgspec

from server.catalog.venue_models import VenueView
from server.kernel.db import Query

_VENUE = """id, name, address, city, country, timezone, latitude, longitude, capacity,
            is_shared, is_exclusive, created_at"""


class UseRow(msgspec.Struct):
    """What there is of a venue."""

    maps: int
    events: int


INSERT = Query(
    "catalog.create_venue",
    f"""INSERT INTO venues (id, org_id, name, address, city, country, timezone, latitude, longitude,
                            capacity, is_shared, is_exclusive)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {_VENUE}""",
    VenueView,
)
UPDATE = Query(
    "catalog.update_venue",
    f"""UPDATE venues SET name = $3, address = $4, city = $5, country = $6, timezone = $7,
                          latitude = $8, longitude = $9, capacity = $10,
                          is_shared = $11, is_exclusive = $12
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
          AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0)
          AND ($5::text IS NULL OR lower(city) = lower($5))
          AND ($6::text IS NULL OR country = $6)
        ORDER BY created_at DESC, id DESC LIMIT $7""",
    VenueView,
)
