"""Venues, immutable map versions, events and what a place of each zone costs."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import METADATA, moment, one_of, org_id, uuid_key

venues = sa.Table(
    "venues",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("country", sa.CHAR(2), nullable=False),
    moment("created_at", now=True),
    sa.ForeignKeyConstraint(["org_id"], ["organizations.id"]),
)

maps = sa.Table(
    "maps",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("venue_id", pg.UUID, sa.ForeignKey("venues.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("drawing_sha256", sa.LargeBinary, nullable=False),
    sa.Column("geometry", sa.LargeBinary, nullable=False),
    sa.Column("seat_keys", sa.LargeBinary, nullable=False),
    sa.Column("seat_count", sa.Integer, nullable=False),
    moment("created_at", now=True),
    sa.UniqueConstraint("venue_id", "name", "version"),
    comment="geometry and seat_keys: gzipped JSON; a row never changes after it was inserted",
)

events = sa.Table(
    "events",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("venue_id", pg.UUID, sa.ForeignKey("venues.id"), nullable=False),
    sa.Column("map_id", pg.UUID, sa.ForeignKey("maps.id"), nullable=False),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False, server_default=""),
    sa.Column("status", sa.Text, nullable=False, server_default="draft"),
    moment("starts_at"),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("currency", sa.CHAR(3), nullable=False),
    sa.Column("hold_ttl_s", sa.Integer, nullable=False, server_default="600"),
    sa.Column("seats_per_hold_max", sa.Integer, nullable=False, server_default="10"),
    moment("created_at", now=True),
    sa.ForeignKeyConstraint(["org_id"], ["organizations.id"]),
    one_of("status", "draft", "published", "archived"),
    sa.CheckConstraint("hold_ttl_s BETWEEN 5 AND 86400", name="hold_ttl_sane"),
    sa.CheckConstraint("seats_per_hold_max BETWEEN 1 AND 1000", name="seats_per_hold_sane"),
    sa.Index("ix_events_status_starts_at", "status", "starts_at"),
)

ticket_types = sa.Table(
    "ticket_types",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("zone", sa.SmallInteger, nullable=False),
    sa.Column("zone_key", sa.Text, nullable=False),
    sa.Column("zone_name", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("price_minor", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("event_id", "zone"),
    sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
    comment="zone: index into the map's zones, whose key and name are copied here",
)
