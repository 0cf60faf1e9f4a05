"""Webhooks wait in an inbox; organizations have accounts with payment providers"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OPEN = "status IN ('pending', 'failed')"
OPEN_NOW = "status IN ('pending', 'authorized', 'failed')"


def upgrade() -> None:
    _number_webhooks()
    op.drop_index("ix_payments_open", table_name="payments")
    op.create_index(
        "ix_payments_open", "payments", ["next_check_at"], postgresql_where=sa.text(OPEN_NOW)
    )
    op.add_column("payments", sa.Column("charge_ref", sa.Text(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_payments_provider_charge_ref"), "payments", ["provider", "charge_ref"]
    )
    op.add_column("payments", sa.Column("account", sa.Text(), nullable=True))
    op.add_column(
        "payments", sa.Column("fee_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_payments_fee_bounded"), "payments", "fee_minor BETWEEN 0 AND amount_minor"
    )
    op.create_table_comment(
        "payments",
        "account: the organization's with the provider, which gets amount_minor less fee_minor",
    )
    op.create_table(
        "payment_accounts",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("account_ref", sa.Text(), nullable=True),
        sa.Column("charges_enabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("payouts_enabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("details_submitted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("as_of", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "provider", name=op.f("pk_payment_accounts")),
        sa.UniqueConstraint(
            "provider", "account_ref", name=op.f("uq_payment_accounts_provider_account_ref")
        ),
        comment="as_of: when the provider last said how the account stands",
    )


def _number_webhooks() -> None:
    """What is there has been applied."""
    op.drop_constraint(op.f("pk_webhook_inbox"), "webhook_inbox")
    op.add_column(
        "webhook_inbox",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.alter_column("webhook_inbox", "id", server_default=None)
    op.create_primary_key(op.f("pk_webhook_inbox"), "webhook_inbox", ["id"])
    op.create_unique_constraint(
        op.f("uq_webhook_inbox_provider_provider_event_id"),
        "webhook_inbox",
        ["provider", "provider_event_id"],
    )
    op.add_column(
        "webhook_inbox",
        sa.Column("status", sa.Text(), server_default="done", nullable=False),
    )
    op.alter_column("webhook_inbox", "status", server_default="waiting")
    op.add_column(
        "webhook_inbox", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("webhook_inbox", sa.Column("last_error", sa.Text(), nullable=True))
    op.add_column(
        "webhook_inbox",
        sa.Column(
            "next_attempt_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.create_check_constraint(
        op.f("ck_webhook_inbox_status_known"),
        "webhook_inbox",
        "status IN ('waiting', 'done', 'dead')",
    )
    op.create_index(
        "ix_webhook_inbox_waiting",
        "webhook_inbox",
        ["next_attempt_at"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_webhook_inbox_dead",
        "webhook_inbox",
        ["id"],
        postgresql_where=sa.text("status = 'dead'"),
    )
    op.create_index("ix_webhook_inbox_received_at", "webhook_inbox", ["received_at"])
    op.create_table_comment("webhook_inbox", "body: as it came, its signature verified")


def downgrade() -> None:
    op.drop_table("payment_accounts")
    op.drop_table_comment("payments")
    op.drop_constraint(op.f("ck_payments_fee_bounded"), "payments")
    op.drop_column("payments", "fee_minor")
    op.drop_column("payments", "account")
    op.drop_constraint(op.f("uq_payments_provider_charge_ref"), "payments")
    op.drop_column("payments", "charge_ref")
    op.drop_index("ix_payments_open", table_name="payments")
    op.create_index(
        "ix_payments_open", "payments", ["next_check_at"], postgresql_where=sa.text(OPEN)
    )
    op.drop_table_comment("webhook_inbox")
    op.drop_index("ix_webhook_inbox_received_at", table_name="webhook_inbox")
    op.drop_index("ix_webhook_inbox_dead", table_name="webhook_inbox")
    op.drop_index("ix_webhook_inbox_waiting", table_name="webhook_inbox")
    op.drop_constraint(op.f("ck_webhook_inbox_status_known"), "webhook_inbox")
    op.execute("DELETE FROM webhook_inbox WHERE status <> 'done'")
    for column in ("next_attempt_at", "last_error", "attempts", "status"):
        op.drop_column("webhook_inbox", column)
    op.drop_constraint(op.f("uq_webhook_inbox_provider_provider_event_id"), "webhook_inbox")
    op.drop_constraint(op.f("pk_webhook_inbox"), "webhook_inbox")
    op.drop_column("webhook_inbox", "id")
    op.create_primary_key(
        op.f("pk_webhook_inbox"), "webhook_inbox", ["provider", "provider_event_id"]
    )
