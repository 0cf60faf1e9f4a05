"""Statements of maps: their drafts and versions. Who changes one locks its lineage first."""

import datetime as dt
import uuid
from typing import Any

import msgspec

from server.kernel.db import Query


class LineRow(msgspec.Struct):
    """A map as lists tell it, with its newest version, if it has one."""

    id: uuid.UUID
    name: str
    revision: int
    updated_at: dt.datetime
    venue_id: uuid.UUID
    venue_name: str
    venue_city: str
    venue_country: str
    version_id: uuid.UUID | None
    version: int | None
    version_at: dt.datetime | None
    version_digest: bytes | None
    version_seats: int | None


class LineageRow(LineRow):
    """A map with its draft, and what its newest version was made of."""

    org_id: str
    source_id: uuid.UUID | None
    drawing_name: str
    edits: Any
    summary: Any
    created_at: dt.datetime
    drawing_bytes: int | None
    drawing_sha256: bytes | None
    mapping: str | None
    version_source_id: uuid.UUID | None
    version_edits: Any


class SourceRow(msgspec.Struct):
    drawing: bytes
    mapping: str | None


class VersionRow(msgspec.Struct):
    id: uuid.UUID
    lineage_id: uuid.UUID
    version: int
    created_at: dt.datetime
    digest: bytes
    seat_count: int


class StoredRow(msgspec.Struct):
    """`geometry`, `seat_keys`: gzipped JSON."""

    geometry: bytes
    seat_keys: bytes


class EventOnMapRow(msgspec.Struct):
    id: uuid.UUID
    name: str
    slug: str
    starts_at: dt.datetime
    status: str
    version_id: uuid.UUID
    version: int


_LINE = """l.id, l.name, l.revision, l.updated_at, v.id AS venue_id, v.name AS venue_name,
           v.city AS venue_city, v.country AS venue_country, m.id AS version_id, m.version,
           m.created_at AS version_at, m.digest AS version_digest, m.seat_count AS version_seats"""
_LINEAGES = """map_lineages l JOIN venues v ON v.id = l.venue_id
               LEFT JOIN LATERAL (SELECT * FROM maps WHERE lineage_id = l.id
                                  ORDER BY version DESC LIMIT 1) m ON true"""
_VERSION = "SELECT id, lineage_id, version, created_at, digest, seat_count FROM maps"

LINEAGE = Query(
    "catalog.lineage",
    f"""SELECT {_LINE}, l.org_id, l.source_id, l.drawing_name, l.edits, l.summary, l.created_at,
               octet_length(s.drawing) AS drawing_bytes, s.drawing_sha256, s.mapping,
               m.source_id AS version_source_id, m.edits AS version_edits
        FROM {_LINEAGES} LEFT JOIN map_sources s ON s.id = l.source_id
        WHERE l.id = $1 AND l.org_id = $2""",
    LineageRow,
)
LINES = Query(
    "catalog.lines",
    f"""SELECT {_LINE} FROM {_LINEAGES} WHERE l.org_id = $1 AND (l.updated_at, l.id) < ($2, $3)
          AND NOT EXISTS (SELECT FROM events e
                          WHERE e.venue_id = l.venue_id AND e.status = 'self_test')
        ORDER BY l.updated_at DESC, l.id DESC LIMIT $4""",
    LineRow,
)
LOCK_LINEAGE = Query(
    "catalog.lock_lineage",
    "SELECT revision FROM map_lineages WHERE id = $1 AND org_id = $2 FOR NO KEY UPDATE",
)
INSERT_LINEAGE = Query(
    "catalog.insert_lineage",
    """INSERT INTO map_lineages (id, org_id, venue_id, name) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING""",
)
REVISE = Query(
    "catalog.revise",
    """UPDATE map_lineages
       SET revision = revision + 1, source_id = $2, drawing_name = $3, edits = $4, summary = $5,
           updated_at = clock_timestamp()
       WHERE id = $1""",
)
SUM_UP = Query(
    "catalog.sum_up", "UPDATE map_lineages SET summary = $3 WHERE id = $1 AND revision = $2"
)
DELETE_LINEAGE = Query("catalog.delete_lineage", "DELETE FROM map_lineages WHERE id = $1")

SOURCE = Query(
    "catalog.source", "SELECT drawing, mapping FROM map_sources WHERE id = $1", SourceRow
)
INSERT_SOURCE = Query(
    "catalog.insert_source",
    """INSERT INTO map_sources (id, org_id, drawing, drawing_sha256, mapping)
       VALUES ($1, $2, $3, $4, $5)""",
)
DROP_SOURCE = Query(
    "catalog.drop_source",
    """DELETE FROM map_sources s WHERE s.id = $1
         AND NOT EXISTS (SELECT FROM map_lineages WHERE source_id = s.id)
         AND NOT EXISTS (SELECT FROM maps WHERE source_id = s.id)""",
)

VERSION = Query("catalog.version", f"{_VERSION} WHERE id = $1 AND org_id = $2", VersionRow)
VERSIONS = Query(
    "catalog.versions",
    f"{_VERSION} WHERE lineage_id = $1 AND org_id = $2 ORDER BY version DESC",
    VersionRow,
)
STORED = Query("catalog.stored", "SELECT geometry, seat_keys FROM maps WHERE id = $1", StoredRow)
INSERT_MAP = Query(
    "catalog.insert_map",
    """INSERT INTO maps (id, org_id, lineage_id, version, source_id, edits, digest, geometry,
                         seat_keys, seat_count)
       SELECT $1, $2, $3,
              coalesce((SELECT max(version) FROM maps WHERE lineage_id = $3), 0) + 1,
              $4, $5, $6, $7, $8, $9
       RETURNING id, lineage_id, version, created_at, digest, seat_count""",
    VersionRow,
)
EVENTS_ON_MAP = Query(
    "catalog.events_on_map",
    """SELECT e.id, e.name, e.slug, e.starts_at, e.status, m.id AS version_id, m.version
       FROM events e JOIN maps m ON m.id = e.map_id
       WHERE m.lineage_id = $1 AND e.org_id = $2 ORDER BY e.starts_at, e.id""",
    EventOnMapRow,
)
VENUE = Query("catalog.venue", "SELECT id FROM venues WHERE id = $1 AND org_id = $2")
