"""Rules an event sells by: single seats, limits, tables"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("seats_per_order_max", sa.Integer()))
    op.add_column("events", sa.Column("seats_per_buyer_max", sa.Integer()))
    op.add_column(
        "events", sa.Column("orphan_rule", sa.Text(), nullable=False, server_default="off")
    )
    op.add_column("events", sa.Column("legs", sa.Integer(), nullable=False, server_default="1"))
    op.create_check_constraint(
        op.f("ck_events_orphan_rule_known"), "events", "orphan_rule IN ('off', 'lenient', 'strict')"
    )
    op.create_check_constraint(
        op.f("ck_events_seats_per_order_sane"), "events", "seats_per_order_max BETWEEN 1 AND 10000"
    )
    op.create_check_constraint(
        op.f("ck_events_seats_per_buyer_sane"), "events", "seats_per_buyer_max BETWEEN 1 AND 10000"
    )
    op.create_check_constraint(op.f("ck_events_legs_sane"), "events", "legs BETWEEN 1 AND 64")
    op.add_column(
        "ticket_types", sa.Column("table_mode", sa.Text(), nullable=False, server_default="chairs")
    )
    op.add_column("ticket_types", sa.Column("chairs_min", sa.SmallInteger()))
    op.create_check_constraint(
        op.f("ck_ticket_types_table_mode_known"),
        "ticket_types",
        "table_mode IN ('chairs', 'whole', 'at_least')",
    )
    op.create_check_constraint(
        op.f("ck_ticket_types_at_least_has_chairs"),
        "ticket_types",
        "(table_mode = 'at_least') = (chairs_min IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_ticket_types_chairs_min_positive"), "ticket_types", "chairs_min >= 1"
    )
    op.create_table(
        "table_modes",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("table_idx", sa.SmallInteger(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("chairs_min", sa.SmallInteger()),
        sa.CheckConstraint(
            "mode IN ('chairs', 'whole', 'at_least')", name=op.f("ck_table_modes_mode_known")
        ),
        sa.CheckConstraint(
            "(mode = 'at_least') = (chairs_min IS NOT NULL)",
            name=op.f("ck_table_modes_at_least_has_chairs"),
        ),
        sa.CheckConstraint("chairs_min >= 1", name=op.f("ck_table_modes_chairs_min_positive")),
        sa.CheckConstraint("table_idx >= 0", name=op.f("ck_table_modes_table_idx_not_negative")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_table_modes_event_id")),
        sa.PrimaryKeyConstraint("event_id", "table_idx", name=op.f("pk_table_modes")),
        comment="tables sold otherwise than their ticket type says; "
        "table_idx: position among the map's tables",
    )


def downgrade() -> None:
    op.drop_table("table_modes")
    op.drop_column("ticket_types", "chairs_min")
    op.drop_column("ticket_types", "table_mode")
    for column in ("legs", "orphan_rule", "seats_per_buyer_max", "seats_per_order_max"):
        op.drop_column("events", column)
