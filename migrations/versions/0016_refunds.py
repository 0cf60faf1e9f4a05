"""Refunds of orders and their policies"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ITEMS = "products that were ordered beside places"
LINES = (
    "live: paid for and not refunded; ticket_type: its name when it was sold; "
    "unit_price_minor: all-in, as the map showed it"
)


def upgrade() -> None:
    op.create_table(
        "order_refunds",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("keeps_fees", sa.Boolean(), nullable=False),
        sa.Column("keeps_places", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("completed_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint(
            "cause IN ('organizer', 'request', 'cancellation', 'provider', 'dispute')",
            name=op.f("ck_order_refunds_cause_known"),
        ),
        sa.CheckConstraint(
            "least(amount_minor, fee_minor, tax_minor) >= 0",
            name=op.f("ck_order_refunds_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_refunds_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_refunds")),
        comment="what went back of an order, in the transaction that ended its lines and tickets; its money: refunds with reason refund:<id>; completed_at: all of that has gone back",
    )
    op.create_index("ix_order_refunds_order_id", "order_refunds", ["order_id"])
    op.create_index("ix_order_refunds_event_id", "order_refunds", ["event_id"])
    op.create_table(
        "refund_policies",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("allow_refunds_until", sa.TIMESTAMP(timezone=True)),
        sa.Column("keeps_fees", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_refund_policies_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_refund_policies")),
        comment="an event without a row pays everything back until it begins",
    )
    op.add_column(
        "orders",
        sa.Column("accepts_alternative", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("order_lines", sa.Column("refund_id", sa.UUID()))
    op.add_column("order_items", sa.Column("refund_id", sa.UUID()))
    op.create_table(
        "refund_requests",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("refund_id", sa.UUID()),
        sa.Column("actor", sa.Text()),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint(
            "status IN ('open', 'approved', 'declined')",
            name=op.f("ck_refund_requests_status_known"),
        ),
        sa.CheckConstraint(
            "(status = 'open') = (decided_at IS NULL)",
            name=op.f("ck_refund_requests_decided_has_moment"),
        ),
        sa.CheckConstraint(
            "(status = 'approved') = (refund_id IS NOT NULL)",
            name=op.f("ck_refund_requests_approved_refunds"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_refund_requests_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_refund_requests_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["order_refunds.id"], name=op.f("fk_refund_requests_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_requests")),
        comment="what buyers ask to be paid back; parts: of the order, empty for all; words: to the buyer",
    )
    op.create_index(
        "ix_refund_requests_org_id_status", "refund_requests", ["org_id", "status", "id"]
    )
    op.create_index(
        "uq_refund_requests_open",
        "refund_requests",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.add_column("events", sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True)))
    op.create_table(
        "event_cancellations",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("orders_total", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "next_batch_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True)),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_cancellations_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_cancellations")),
        comment="events that were cancelled, whose orders go back in batches; orders_total: how many there were; next_batch_at: whoever works on it has it until then",
    )
    op.create_index(
        "ix_event_cancellations_due",
        "event_cancellations",
        ["next_batch_at"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table_comment(
        "order_lines",
        f"{LINES}; refund_id: by which it went back",
        existing_comment=LINES,
    )
    op.create_table_comment(
        "order_items", f"{ITEMS}; refund_id: by which they went back", existing_comment=ITEMS
    )
    op.create_check_constraint(
        op.f("ck_order_lines_gone_back"), "order_lines", "refund_id IS NULL OR NOT live"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_order_lines_gone_back"), "order_lines")
    op.create_table_comment("order_lines", LINES)
    op.create_table_comment("order_items", ITEMS)
    op.drop_column("orders", "accepts_alternative")
    op.drop_column("order_items", "refund_id")
    op.drop_column("order_lines", "refund_id")
    op.drop_table("event_cancellations")
    op.drop_column("events", "cancelled_at")
    op.drop_table("refund_policies")
    op.drop_table("refund_requests")
    op.drop_table("order_refunds")
