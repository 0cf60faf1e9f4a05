"""Venues with their place on the globe; events that are drafted, published and sold in a window"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
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


def upgrade() -> None:
    op.add_column("venues", sa.Column("address", sa.Text(), server_default="", nullable=False))
    op.add_column("venues", sa.Column("timezone", sa.Text()))
    op.add_column("venues", sa.Column("latitude", sa.Double()))
    op.add_column("venues", sa.Column("longitude", sa.Double()))
    op.add_column("venues", sa.Column("capacity", sa.Integer()))
    for name, condition in VENUE_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_venues_{name}"), "venues", condition)
    op.create_index("ix_venues_latitude", "venues", ["latitude"])
    op.create_index("ix_venues_org_id_created_at", "venues", ["org_id", "created_at"])
    op.create_table_comment(
        "venues", "latitude, longitude: degrees, WGS 84; capacity: people that may be inside"
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
    op.create_index("ix_events_org_id_starts_at", "events", ["org_id", "starts_at"])
    op.create_index("ix_events_venue_id", "events", ["venue_id"])
    op.create_index("uq_events_external_ref", "events", ["org_id", "external_ref"], unique=True)
    op.create_table_comment(
        "events",
        "revision: rises with each change by a person; external_ref: the event's id where its identity is kept, which is not here; cover: the image's name among the objects; sells_from: no place was sold before this, null while nothing was made to be sold",
    )

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
    for name in ("capacity", "longitude", "latitude", "timezone", "address"):
        op.drop_column("venues", name)
