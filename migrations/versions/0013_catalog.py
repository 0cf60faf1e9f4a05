"""Venues on the globe; events that are drafted, published, sold in a window; several ticket types"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIMES = ("doors_at", "ends_at", "sales_open_at", "sales_close_at", "sells_from")
VENUE_CHECKS = {
    "whole_position": "(latitude IS NULL) = (longitude IS NULL)",
    "latitude_sane": "latitude BETWEEN -90 AND 90",
    "longitude_sane": "longitude BETWEEN -180 AND 180",
    "capacity_positive": "capacity > 0",
}
EVENT_CHECKS = {
    "public_sells": "status = 'draft' OR (map_id IS NOT NULL AND sells_from IS NOT NULL)",
    "sales_window_in_order": "sales_open_at < sales_close_at",
    "ends_after_start": "starts_at < ends_at",
    "doors_before_start": "doors_at <= starts_at",
}
TYPE_COLUMNS = (
    sa.Column("is_default", sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column("description", sa.Text(), server_default="", nullable=False),
    sa.Column("levels", postgresql.JSONB(), server_default="[]", nullable=False),
    sa.Column("visibility", sa.Text(), server_default="public", nullable=False),
    sa.Column("access_code", sa.Text()),
    sa.Column("sales_open_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("sales_close_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("quantity", sa.Integer()),
    sa.Column("per_order_min", sa.SmallInteger()),
    sa.Column("per_order_max", sa.SmallInteger()),
    sa.Column("sort", sa.SmallInteger(), server_default="0", nullable=False),
)
TYPE_CHECKS = {
    "visibility_known": "visibility IN ('public', 'code', 'organizer')",
    "code_opens": "(visibility = 'code') = (access_code IS NOT NULL)",
    "quantity_positive": "quantity > 0",
    "order_limits_sane": "per_order_min BETWEEN 1 AND per_order_max",
    "sales_window_in_order": "sales_open_at < sales_close_at",
    "default_is_plain": "NOT is_default OR (visibility = 'public' AND quantity IS NULL"
    " AND sales_open_at IS NULL AND sales_close_at IS NULL)",
}


def upgrade() -> None:
    op.add_column("venues", sa.Column("address", sa.Text(), server_default="", nullable=False))
    op.add_column("venues", sa.Column("timezone", sa.Text()))
    op.add_column("venues", sa.Column("latitude", sa.Double()))
    op.add_column("venues", sa.Column("longitude", sa.Double()))
    op.add_column("venues", sa.Column("capacity", sa.Integer()))
    for name in ("is_shared", "is_exclusive"):
        op.add_column(
            "venues", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    for name, condition in VENUE_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_venues_{name}"), "venues", condition)
    op.create_index("ix_venues_latitude", "venues", ["latitude"])
    op.create_index("ix_venues_org_id_created_at", "venues", ["org_id", "created_at"])
    op.create_table_comment(
        "venues",
        "latitude, longitude: degrees, WGS 84; capacity: people that may be inside; is_shared: other organizations may have events there; is_exclusive: whose it is hosts them",
    )

    op.add_column("events", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("events", sa.Column("cover", sa.Text()))
    op.add_column("events", sa.Column("external_ref", sa.Text()))
    op.add_column("events", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    for name in TIMES:
        op.add_column("events", sa.Column(name, sa.TIMESTAMP(timezone=True)))
    op.alter_column("events", "map_id", nullable=True)
    # Whatever is there has its places.
    op.execute("UPDATE events SET sells_from = created_at")
    for name, condition in EVENT_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_events_{name}"), "events", condition)
    # With its owner's rights: an address is taken for all organizations.
    op.execute("CREATE VIEW event_addresses AS SELECT id AS event_id, slug FROM events")
    op.create_index("ix_events_org_id_starts_at", "events", ["org_id", "starts_at"])
    op.create_index("ix_events_venue_id", "events", ["venue_id"])
    op.create_index("uq_events_external_ref", "events", ["org_id", "external_ref"], unique=True)
    op.create_table_comment(
        "events",
        "revision: rises with each change by a person; external_ref: the event's id where its identity is kept, which is not here; cover: the image's name among the objects; sells_from: no place was sold before this, null while nothing was made to be sold",
    )

    for column in TYPE_COLUMNS:
        op.add_column("ticket_types", column)
    for name, condition in TYPE_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_ticket_types_{name}"), "ticket_types", condition)
    op.drop_constraint(op.f("uq_ticket_types_event_id_zone"), "ticket_types")
    op.create_index("ix_ticket_types_event_id_zone", "ticket_types", ["event_id", "zone"])
    op.create_index(
        "uq_ticket_types_default",
        "ticket_types",
        ["event_id", "zone"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table_comment(
        "ticket_types",
        "zone: index into the map's zones, whose key and name are copied here; is_default: what a place of the zone is sold as where nobody says otherwise; levels: other prices of sections, areas or single seats; quantity: so many at most, however many places there are",
    )
    op.create_table(
        "former_prices",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("ticket_type_id", sa.UUID(), nullable=False),
        sa.Column("valid_until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("levels", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"],
            ["ticket_types.id"],
            name=op.f("fk_former_prices_ticket_type_id_ticket_types"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_prices")),
        comment="what a ticket type cost until then: who held places before pays that; rows stay",
    )
    op.create_index(
        "ix_former_prices_ticket_type_id", "former_prices", ["ticket_type_id", "valid_until"]
    )
    op.create_table(
        "hold_choices",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.UUID(), nullable=False),
        sa.Column("ticket_type_id", sa.UUID(), nullable=False),
        sa.Column("seat_idx", sa.Integer()),
        sa.Column("pool_id", sa.UUID()),
        sa.CheckConstraint(
            "(seat_idx IS NULL) <> (pool_id IS NULL)", name=op.f("ck_hold_choices_seat_or_pool")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_choices")),
        comment="what a hold's place shall be sold as, or was, where that is not its zone's default",
    )
    op.create_index("ix_hold_choices_ticket_type_id", "hold_choices", ["ticket_type_id"])
    for name, column in (("seat", "seat_idx"), ("pool", "pool_id")):
        op.create_index(
            f"uq_hold_choices_{name}",
            "hold_choices",
            ["hold_id", column],
            unique=True,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.add_column("order_lines", sa.Column("ticket_type_id", sa.UUID()))
    op.add_column(
        "order_lines", sa.Column("ticket_type", sa.Text(), server_default="", nullable=False)
    )
    op.create_table_comment(
        "order_lines", "live: paid for and not refunded; ticket_type: its name when it was sold"
    )

    op.create_table(
        "event_allocations",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("partner_org_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seat_idxs", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("pools", postgresql.JSONB(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("released_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint(
            "partner_org_id <> org_id", name=op.f("ck_event_allocations_for_another")
        ),
        sa.ForeignKeyConstraint(
            ["partner_org_id"],
            ["organizations.id"],
            name=op.f("fk_event_allocations_partner_org_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_allocations")),
        comment="places that are blocked for another organization to sell, until released_at",
    )
    for column in ("event_id", "org_id", "partner_org_id"):
        op.create_index(f"ix_event_allocations_{column}", "event_allocations", [column])

    op.create_table(
        "products",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.Integer()),
        sa.Column("per_order_max", sa.SmallInteger(), nullable=False),
        sa.Column("is_on_sale", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_products_price_not_negative")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_products_stock_not_negative")),
        sa.CheckConstraint("per_order_max > 0", name=op.f("ck_products_per_order_positive")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_products_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        comment="what is sold beside places; a row stays once it is there: orders name it",
    )
    op.create_index("ix_products_event_id", "products", ["event_id"])
    op.create_table(
        "order_items",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("product_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_items_quantity_positive")),
        sa.CheckConstraint(
            "total_minor = unit_price_minor * quantity", name=op.f("ck_order_items_total")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_items_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_order_items_product_id_products")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_items")),
        comment="products that were ordered beside places",
    )
    for column in ("order_id", "product_id"):
        op.create_index(f"ix_order_items_{column}", "order_items", [column])

    op.create_table(
        "objects",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("name ~ '^[a-z0-9.-]{1,100}$'", name=op.f("ck_objects_name_plain")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_objects")),
        comment="files by the hash of what is in them; a row never changes",
    )


def downgrade() -> None:
    op.drop_table("objects")
    op.drop_table("order_items")
    op.drop_table("products")
    op.drop_table("event_allocations")

    op.create_table_comment("order_lines", "live: paid for and not refunded")
    op.drop_column("order_lines", "ticket_type")
    op.drop_column("order_lines", "ticket_type_id")
    op.drop_table("hold_choices")
    op.drop_table("former_prices")
    op.execute("DELETE FROM ticket_types WHERE NOT is_default")
    op.drop_index("uq_ticket_types_default", table_name="ticket_types")
    op.drop_index("ix_ticket_types_event_id_zone", table_name="ticket_types")
    op.create_unique_constraint(
        op.f("uq_ticket_types_event_id_zone"), "ticket_types", ["event_id", "zone"]
    )
    for name in TYPE_CHECKS:
        op.drop_constraint(op.f(f"ck_ticket_types_{name}"), "ticket_types")
    for column in TYPE_COLUMNS:
        op.drop_column("ticket_types", column.name)
    op.create_table_comment(
        "ticket_types",
        "zone: index into the map's zones, whose key and name are copied here",
    )

    op.execute("DROP VIEW event_addresses")
    op.drop_table_comment("events")
    op.drop_index("uq_events_external_ref", table_name="events")
    op.drop_index("ix_events_venue_id", table_name="events")
    op.drop_index("ix_events_org_id_starts_at", table_name="events")
    for name in EVENT_CHECKS:
        op.drop_constraint(op.f(f"ck_events_{name}"), "events")
    op.execute(
        "DELETE FROM ticket_types t USING events e WHERE e.id = t.event_id AND e.map_id IS NULL"
    )
    op.execute("DELETE FROM events WHERE map_id IS NULL")
    op.alter_column("events", "map_id", nullable=False)
    for name in (*TIMES, "revision", "external_ref", "cover", "description"):
        op.drop_column("events", name)

    op.drop_table_comment("venues")
    op.drop_index("ix_venues_org_id_created_at", table_name="venues")
    op.drop_index("ix_venues_latitude", table_name="venues")
    for name in VENUE_CHECKS:
        op.drop_constraint(op.f(f"ck_venues_{name}"), "venues")
    for name in (
        "is_exclusive",
        "is_shared",
        "capacity",
        "longitude",
        "latitude",
        "timezone",
        "address",
    ):
        op.drop_column("venues", name)
