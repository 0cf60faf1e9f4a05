"""Webhook endpoints are told in turn, one that does not answer is paused; mails go by their sender"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

PENDING = sa.text("status = 'pending'")
WAITING = sa.text("status = 'waiting'")
BEFORE = (
    "event_types: empty for all; generation: of its secret, which is derived and stored "
    "nowhere; failing_since: the first failure after the last success"
)
COMMENT = (
    BEFORE + "; turn_at: when its last turn ended, or by when a worker that has its turn must have "
    "ended it; paused_until: it did not answer"
)


def upgrade() -> None:
    now = sa.text("now()")
    op.add_column(
        "webhook_endpoints",
        sa.Column("turn_at", sa.TIMESTAMP(timezone=True), server_default=now, nullable=False),
    )
    op.add_column("webhook_endpoints", sa.Column("paused_until", sa.TIMESTAMP(timezone=True)))
    op.create_table_comment("webhook_endpoints", COMMENT, existing_comment=BEFORE)
    op.drop_index("ix_webhook_deliveries_due", "webhook_deliveries", postgresql_where=PENDING)
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["endpoint_id", "next_attempt_at"],
        postgresql_where=PENDING,
    )
    op.create_index("ix_webhook_deliveries_created_at", "webhook_deliveries", ["created_at"])
    op.drop_index("ix_mails_due", "mails", postgresql_where=WAITING)
    sender = sa.text("coalesce(data->>'org_id', '')")
    op.create_index("ix_mails_due", "mails", [sender, "next_attempt_at"], postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index("ix_mails_due", "mails", postgresql_where=WAITING)
    op.create_index("ix_mails_due", "mails", ["next_attempt_at"], postgresql_where=WAITING)
    op.drop_index("ix_webhook_deliveries_created_at", "webhook_deliveries")
    op.drop_index("ix_webhook_deliveries_due", "webhook_deliveries", postgresql_where=PENDING)
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["next_attempt_at"],
        postgresql_where=PENDING,
    )
    op.create_table_comment("webhook_endpoints", BEFORE, existing_comment=COMMENT)
    op.drop_column("webhook_endpoints", "paused_until")
    op.drop_column("webhook_endpoints", "turn_at")
