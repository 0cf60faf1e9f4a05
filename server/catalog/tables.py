"""Venues, maps with their drafts and immutable versions, events, what a place of each zone costs,
how tables are sold."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import (
    CHANGING,
    GROWING,
    METADATA,
    moment,
    one_of,
    open_to,
    org_id,
    uuid_key,
)
from server.kernel.tenancy import Across

TABLE_MODES = ("chairs", "whole", "at_least")
# By way of UTC, where six hours are the same in every session; as PostgreSQL writes it, so that a
# migration which is made anew finds nothing to change.
OVER_AT = (
    "coalesce(ends_at, "
    "(starts_at AT TIME ZONE 'UTC'::text + '06:00:00'::interval) AT TIME ZONE 'UTC'::text)"
)


def _chairs_min_of(mode: str) -> tuple[sa.CheckConstraint, ...]:
    """`chairs_min` belongs to the mode `at_least`, and to no other."""
    return (
        sa.CheckConstraint(
            f"({mode} = 'at_least') = (chairs_min IS NOT NULL)", name="at_least_has_chairs"
        ),
        sa.CheckConstraint("chairs_min >= 1", name="chairs_min_positive"),
    )


venues = sa.Table(
    "venues",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("country", sa.CHAR(2), nullable=False),
    sa.Column("timezone", sa.Text),
    sa.Column("latitude", sa.Double),
    sa.Column("longitude", sa.Double),
    sa.Column("capacity", sa.Integer),
    sa.Column("is_shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_exclusive", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("promoter_share_ppm", sa.Integer, nullable=False, server_default="0"),
    moment("created_at", now=True),
    sa.ForeignKeyConstraint(["org_id"], ["organizations.id"]),
    sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_position"),
    sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_sane"),
    sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_sane"),
    sa.CheckConstraint("capacity > 0", name="capacity_positive"),
    sa.CheckConstraint("promoter_share_ppm BETWEEN 0 AND 1000000", name="promoter_share_sane"),
    sa.Index("ix_venues_org_id_created_at", "org_id", "created_at"),
    sa.Index("ix_venues_latitude", "latitude"),
    comment="latitude, longitude: degrees, WGS 84; capacity: people that may be inside; "
    "is_shared: other organizations may have events there; is_exclusive: whose it is hosts them; "
    "promoter_share_ppm: of what is left of the sales of such an event, what is its promoter's",
    info=open_to(public="where things take place is on every poster", may=(*CHANGING, "DELETE")),
)

map_sources = sa.Table(
    "map_sources",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("drawing", sa.LargeBinary, nullable=False),
    sa.Column("drawing_sha256", sa.LargeBinary, nullable=False),
    sa.Column("mapping", sa.Text),
    moment("created_at", now=True),
    comment="what maps are made of: a drawing as it was uploaded and what a person says of it; "
    "a row never changes, and goes when no draft and no version is made of it",
    info=open_to(may=(*GROWING, "DELETE")),
)

map_lineages = sa.Table(
    "map_lineages",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("venue_id", pg.UUID, sa.ForeignKey("venues.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("source_id", pg.UUID, sa.ForeignKey("map_sources.id")),
    sa.Column("drawing_name", sa.Text, nullable=False, server_default=""),
    sa.Column("edits", pg.JSONB, nullable=False, server_default="[]"),
    sa.Column("summary", pg.JSONB),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    sa.UniqueConstraint("venue_id", "name"),
    sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_length"),
    sa.Index("ix_map_lineages_org_id_updated_at", "org_id", "updated_at"),
    comment="a map through all its versions, and its draft: source and edits; revision: rises with "
    "each change of the draft; summary: counts and report of this revision",
    info=open_to(Across.PARTIES, may=(*CHANGING, "DELETE")),
)

maps = sa.Table(
    "maps",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("lineage_id", pg.UUID, sa.ForeignKey("map_lineages.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("source_id", pg.UUID, sa.ForeignKey("map_sources.id")),
    sa.Column("edits", pg.JSONB, nullable=False, server_default="[]"),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("geometry", sa.LargeBinary, nullable=False),
    sa.Column("seat_keys", sa.LargeBinary, nullable=False),
    sa.Column("seat_count", sa.Integer, nullable=False),
    moment("created_at", now=True),
    sa.UniqueConstraint("lineage_id", "version"),
    comment="versions of maps; geometry and seat_keys: gzipped JSON; digest: of both, but for the "
    "id; seat_count: of the seats that are there; a row never changes after it was inserted",
    info=open_to(Across.STOREFRONT, Across.PARTIES, may=GROWING),
)

events = sa.Table(
    "events",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("venue_id", pg.UUID, sa.ForeignKey("venues.id"), nullable=False),
    sa.Column("map_id", pg.UUID, sa.ForeignKey("maps.id")),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False, server_default=""),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("cover", sa.Text),
    sa.Column("external_ref", sa.Text),
    sa.Column("status", sa.Text, nullable=False, server_default="draft"),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    moment("starts_at"),
    moment("doors_at", null=True),
    moment("ends_at", null=True),
    moment("sales_open_at", null=True),
    moment("sales_close_at", null=True),
    moment("cancelled_at", null=True),
    moment("sells_from", null=True),
    sa.Column("over_at", sa.DateTime(timezone=True), sa.Computed(OVER_AT), nullable=False),
    sa.Column(
        "sales_end_at",
        sa.DateTime(timezone=True),
        sa.Computed(f"coalesce(sales_close_at, {OVER_AT})"),
        nullable=False,
    ),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("currency", sa.CHAR(3), nullable=False),
    sa.Column("hold_ttl_s", sa.Integer, nullable=False, server_default="600"),
    sa.Column("payment_ttl_s", sa.Integer, nullable=False, server_default="600"),
    sa.Column("seats_per_hold_max", sa.Integer, nullable=False, server_default="10"),
    sa.Column("seats_per_order_max", sa.Integer),
    sa.Column("seats_per_buyer_max", sa.Integer),
    sa.Column("orphan_rule", sa.Text, nullable=False, server_default="off"),
    sa.Column("legs", sa.Integer, nullable=False, server_default="1"),
    sa.Column("has_waiting_room", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("terms", pg.JSONB, nullable=False, server_default="{}"),
    moment("created_at", now=True),
    sa.ForeignKeyConstraint(["org_id"], ["organizations.id"]),
    one_of("status", "draft", "published", "archived", "self_test"),
    sa.CheckConstraint(
        "status = 'draft' OR (map_id IS NOT NULL AND sells_from IS NOT NULL)", name="public_sells"
    ),
    sa.CheckConstraint("sales_open_at < sales_close_at", name="sales_window_in_order"),
    sa.CheckConstraint("starts_at < ends_at", name="ends_after_start"),
    sa.CheckConstraint("doors_at <= starts_at", name="doors_before_start"),
    sa.CheckConstraint("hold_ttl_s BETWEEN 5 AND 86400", name="hold_ttl_sane"),
    sa.CheckConstraint("payment_ttl_s BETWEEN 5 AND 86400", name="payment_ttl_sane"),
    sa.CheckConstraint("seats_per_hold_max BETWEEN 1 AND 1000", name="seats_per_hold_sane"),
    sa.CheckConstraint("seats_per_order_max BETWEEN 1 AND 10000", name="seats_per_order_sane"),
    sa.CheckConstraint("seats_per_buyer_max BETWEEN 1 AND 10000", name="seats_per_buyer_sane"),
    one_of("orphan_rule", "off", "lenient", "strict"),
    sa.CheckConstraint("legs BETWEEN 1 AND 64", name="legs_sane"),
    sa.Index("ix_events_status_starts_at_id", "status", "starts_at", "id"),
    sa.Index("ix_events_org_id_starts_at", "org_id", "starts_at"),
    sa.Index("ix_events_venue_id", "venue_id"),
    sa.Index("uq_events_external_ref", "org_id", "external_ref", unique=True),
    comment="revision: rises with each change by a person; external_ref: the event's id where its "
    "identity is kept, which is not here; cover: the image's name among the objects; "
    "sells_from: no place was sold before this, null while nothing was made to be sold; "
    "over_at: when it ends, six hours after it begins where nobody says; sales_end_at: when buyers "
    "can buy no more, its end where nobody says; "
    "terms: a document, what is not in it is as the organization has settled it; "
    "status self_test: sold by a self-test alone, and never in a list",
    info=open_to(Across.STOREFRONT, Across.FEED, Across.PARTIES, Across.PLATFORM),
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
    sa.Column("table_mode", sa.Text, nullable=False, server_default="chairs"),
    sa.Column("chairs_min", sa.SmallInteger),
    sa.Column("is_default", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("levels", pg.JSONB, nullable=False, server_default="[]"),
    sa.Column("base_applies", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("visibility", sa.Text, nullable=False, server_default="public"),
    sa.Column("access_code", sa.Text),
    moment("sales_open_at", null=True),
    moment("sales_close_at", null=True),
    sa.Column("quantity", sa.Integer),
    sa.Column("per_order_min", sa.SmallInteger),
    sa.Column("per_order_max", sa.SmallInteger),
    sa.Column("sort", sa.SmallInteger, nullable=False, server_default="0"),
    sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
    one_of("visibility", "public", "code", "organizer"),
    sa.CheckConstraint("(visibility = 'code') = (access_code IS NOT NULL)", name="code_opens"),
    sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    sa.CheckConstraint("per_order_min BETWEEN 1 AND per_order_max", name="order_limits_sane"),
    sa.CheckConstraint("sales_open_at < sales_close_at", name="sales_window_in_order"),
    sa.CheckConstraint(
        "NOT is_default OR (visibility = 'public' AND quantity IS NULL"
        " AND sales_open_at IS NULL AND sales_close_at IS NULL)",
        name="default_is_plain",
    ),
    one_of("table_mode", *TABLE_MODES),
    *_chairs_min_of("table_mode"),
    sa.Index(
        "uq_ticket_types_default",
        "event_id",
        "zone",
        unique=True,
        postgresql_where=sa.text("is_default"),
    ),
    sa.Index("ix_ticket_types_event_id_zone", "event_id", "zone"),
    comment="zone: index into the map's zones, whose key and name are copied here; is_default: "
    "what a place of the zone is sold as where nobody says otherwise; levels: other prices of "
    "sections, areas or single seats; base_applies: whether a place is left for price_minor "
    "itself; quantity: so many at most, however many places there are",
    info=open_to(Across.STOREFRONT, may=(*CHANGING, "DELETE")),
)

former_prices = sa.Table(
    "former_prices",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column(
        "ticket_type_id",
        pg.UUID,
        sa.ForeignKey("ticket_types.id", ondelete="CASCADE"),
        nullable=False,
    ),
    moment("valid_until"),
    sa.Column("price_minor", sa.BigInteger, nullable=False),
    sa.Column("levels", pg.JSONB, nullable=False),
    sa.Index("ix_former_prices_ticket_type_id", "ticket_type_id", "valid_until"),
    comment="what a ticket type cost until then: who held places before pays that; rows stay",
    info=open_to(Across.STOREFRONT, may=GROWING),
)

table_modes = sa.Table(
    "table_modes",
    METADATA,
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), primary_key=True),
    sa.Column("table_idx", sa.SmallInteger, primary_key=True),
    org_id(),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("chairs_min", sa.SmallInteger),
    one_of("mode", *TABLE_MODES),
    *_chairs_min_of("mode"),
    sa.CheckConstraint("table_idx >= 0", name="table_idx_not_negative"),
    comment="tables sold otherwise than their ticket type says; "
    "table_idx: position among the map's tables",
    info=open_to(Across.STOREFRONT),
)

products = sa.Table(
    "products",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("price_minor", sa.BigInteger, nullable=False),
    sa.Column("stock", sa.Integer),
    sa.Column("per_order_max", sa.SmallInteger, nullable=False),
    sa.Column("is_on_sale", sa.Boolean, nullable=False),
    sa.Column("sort", sa.SmallInteger, nullable=False, server_default="0"),
    sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
    sa.CheckConstraint("stock >= 0", name="stock_not_negative"),
    sa.CheckConstraint("per_order_max > 0", name="per_order_positive"),
    sa.Index("ix_products_event_id", "event_id"),
    comment="what is sold beside places; a row stays once it is there: orders name it",
    info=open_to(Across.STOREFRONT),
)

event_words = sa.Table(
    "event_words",
    METADATA,
    sa.Column(
        "event_id", pg.UUID, sa.ForeignKey("events.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("words", pg.TSVECTOR, nullable=False),
    sa.Index("ix_event_words_words", "words", postgresql_using="gin"),
    comment="of published events, for searching; triggers keep them",
    # Behind a wall the index would be of no use: PostgreSQL asks the policy before it asks `@@`.
    info=open_to(shared="what is published is for everybody to find", may=("SELECT",)),
)
