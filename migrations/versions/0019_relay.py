"""What each order is worth to whom; workers that share the outbox; webhooks of organizations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("failing_since", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (disabled_because IS NULL)",
            name=op.f("ck_webhook_endpoints_disabled_has_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        comment="event_types: empty for all; generation: of its secret, which is derived and stored nowhere; failing_since: the first failure after the last success",
    )
    op.create_index(
        "ix_webhook_endpoints_org_id",
        "webhook_endpoints",
        ["org_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "next_attempt_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("delivered_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answer_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'delivered') <= (delivered_at IS NOT NULL)",
            name=op.f("ck_webhook_deliveries_delivered_has_moment"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'delivered', 'dead')",
            name=op.f("ck_webhook_deliveries_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "endpoint_id", "event_id", name=op.f("uq_webhook_deliveries_endpoint_id_event_id")
        ),
        comment="body: the event as it is sent, signed anew each time",
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint_id_id",
        "webhook_deliveries",
        ["endpoint_id", "id"],
        unique=False,
    )
    op.create_table(
        "settlements",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("host_mode", sa.Text(), nullable=False),
        sa.Column("host_org_id", sa.Text(), nullable=False),
        sa.Column("host_minor", sa.BigInteger(), nullable=False),
        sa.Column("promoter_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("push_status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("push_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "next_push_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("pushed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("push_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(push_status = 'sent') = (pushed_at IS NOT NULL)",
            name=op.f("ck_settlements_sent_has_moment"),
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'sale' THEN least(gross_minor, fee_minor, tax_minor, net_minor) >= 0 ELSE greatest(gross_minor, fee_minor, tax_minor) <= 0 END",
            name=op.f("ck_settlements_sign_of_kind"),
        ),
        sa.CheckConstraint(
            "host_mode IN ('venue', 'self', 'promoter')",
            name=op.f("ck_settlements_host_mode_known"),
        ),
        sa.CheckConstraint("kind IN ('sale', 'refund')", name=op.f("ck_settlements_kind_known")),
        sa.CheckConstraint(
            "push_status IN ('pending', 'sent', 'failed')",
            name=op.f("ck_settlements_push_status_known"),
        ),
        sa.CheckConstraint(
            "gross_minor = fee_minor + tax_minor + net_minor",
            name=op.f("ck_settlements_parts_are_all"),
        ),
        sa.CheckConstraint(
            "net_minor = host_minor + promoter_minor", name=op.f("ck_settlements_net_is_split")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_settlements_event_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_settlements_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        comment="one row per confirmed order, one with negative amounts per refund; gross: what the buyer paid; fee: the platform's share; net: the host's and the promoter's; push: what became of it at the finance system",
    )
    op.create_index(
        "ix_settlements_event_id_created_at",
        "settlements",
        ["event_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_settlements_failed",
        "settlements",
        ["id"],
        unique=False,
        postgresql_where=sa.text("push_status = 'failed'"),
    )
    op.create_index("ix_settlements_order_id", "settlements", ["order_id"], unique=False)
    op.create_index("ix_settlements_org_id_id", "settlements", ["org_id", "id"], unique=False)
    op.create_index(
        "ix_settlements_push",
        "settlements",
        ["next_push_at"],
        unique=False,
        postgresql_where=sa.text("push_status = 'pending'"),
    )
    op.create_index(
        "uq_settlements_sale",
        "settlements",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'sale'"),
    )
    op.create_index(
        "ix_outbox_log",
        "outbox",
        ["org_id", "published_at", "position"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_outbox_log", table_name="outbox", postgresql_where=sa.text("published_at IS NOT NULL")
    )
    op.drop_index(
        "uq_settlements_sale", table_name="settlements", postgresql_where=sa.text("kind = 'sale'")
    )
    op.drop_index(
        "ix_settlements_push",
        table_name="settlements",
        postgresql_where=sa.text("push_status = 'pending'"),
    )
    op.drop_index("ix_settlements_org_id_id", table_name="settlements")
    op.drop_index("ix_settlements_order_id", table_name="settlements")
    op.drop_index(
        "ix_settlements_failed",
        table_name="settlements",
        postgresql_where=sa.text("push_status = 'failed'"),
    )
    op.drop_index("ix_settlements_event_id_created_at", table_name="settlements")
    op.drop_table("settlements")
    op.drop_index("ix_webhook_deliveries_endpoint_id_id", table_name="webhook_deliveries")
    op.drop_index(
        "ix_webhook_deliveries_due",
        table_name="webhook_deliveries",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_table("webhook_deliveries")
    op.drop_index(
        "ix_webhook_endpoints_org_id",
        table_name="webhook_endpoints",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_table("webhook_endpoints")
