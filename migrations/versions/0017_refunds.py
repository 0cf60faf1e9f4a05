"""Refunds of orders and their policies"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


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
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_refunds_order_id")),
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
    op.add_column("order_lines", sa.Column("refund_id", sa.UUID()))
    op.add_column("order_items", sa.Column("refund_id", sa.UUID()))
    op.create_check_constraint(
        op.f("ck_order_lines_gone_back"), "order_lines", "refund_id IS NULL OR NOT live"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_order_lines_gone_back"), "order_lines")
    op.drop_column("order_items", "refund_id")
    op.drop_column("order_lines", "refund_id")
    op.drop_table("refund_policies")
    op.drop_table("order_refunds")
