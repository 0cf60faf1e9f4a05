"""Payment attempts, refunds, and the inbox of what providers told us."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

payments = sa.Table(
    "payments",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("order_id", pg.UUID, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("provider_ref", sa.Text),
    sa.Column("redirect_url", sa.Text),
    sa.Column("status", sa.Text, nullable=False, server_default="pending"),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("refunded_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("currency", sa.CHAR(3), nullable=False),
    moment("created_at", now=True),
    moment("next_check_at", now=True),
    sa.Column("checks", sa.Integer, nullable=False, server_default="0"),
    moment("settled_at", null=True),
    sa.Column("charge_ref", sa.Text),
    sa.Column("account", sa.Text),
    sa.Column("fee_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("share_id", pg.UUID),
    sa.UniqueConstraint("provider", "provider_ref"),
    sa.UniqueConstraint("provider", "charge_ref"),
    one_of(
        "status",
        "pending",
        "authorized",
        "captured",
        "failed",
        "partially_refunded",
        "refunded",
        "disputed",
    ),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    sa.CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="refund_bounded"),
    sa.CheckConstraint("fee_minor BETWEEN 0 AND amount_minor", name="fee_bounded"),
    sa.Index("ix_payments_order_id", "order_id"),
    sa.Index("ix_payments_created_at", "created_at", postgresql_using="brin"),
    sa.Index(
        "ix_payments_open",
        "next_check_at",
        postgresql_where=sa.text("status IN ('pending', 'authorized', 'failed')"),
    ),
    sa.Index(
        "ix_payments_unsettled",
        "next_check_at",
        postgresql_where=sa.text("status = 'captured' AND settled_at IS NULL"),
    ),
    info=open_to(Across.PROVIDER, write=(Across.PLATFORM,)),
    comment="account: the organization's with the provider, which gets amount_minor less "
    "fee_minor; share_id: which share of its order it pays, null for all of it",
)

payment_accounts = sa.Table(
    "payment_accounts",
    METADATA,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("is_offered", sa.Boolean, nullable=False, server_default="true"),
    sa.Column("account_ref", sa.Text),
    sa.Column("charges_enabled", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("payouts_enabled", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("details_submitted", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("disabled_reason", sa.Text),
    moment("as_of", null=True),
    sa.UniqueConstraint("provider", "account_ref"),
    info=open_to(Across.PROVIDER),
    comment="as_of: when the provider last said how the account stands",
)

refunds = sa.Table(
    "refunds",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("payment_id", pg.UUID, sa.ForeignKey("payments.id"), nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="pending"),
    sa.Column("provider_ref", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    moment("next_attempt_at", now=True),
    moment("created_at", now=True),
    one_of("status", "pending", "succeeded", "failed"),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    sa.UniqueConstraint("payment_id", "reason"),
    sa.Index(
        "ix_refunds_pending", "next_attempt_at", postgresql_where=sa.text("status = 'pending'")
    ),
    sa.Index("ix_refunds_failed", "created_at", postgresql_where=sa.text("status = 'failed'")),
    info=open_to(write=(Across.PLATFORM,)),
)

money_gaps = sa.Table(
    "money_gaps",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("payment_id", pg.UUID),
    sa.Column("order_id", pg.UUID),
    sa.Column("ours_minor", sa.BigInteger, nullable=False),
    sa.Column("theirs_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.CHAR(3), nullable=False),
    moment("happened_at"),
    moment("found_at", now=True),
    moment("seen_at", now=True),
    sa.Column("dismissal", pg.JSONB),
    one_of(
        "kind",
        "charge_of_nobody",
        "charged_twice",
        "capture_missed",
        "capture_unknown",
        "amount_differs",
        "refund_missed",
        "refund_unknown",
        "money_unanswered",
        "money_without_places",
        "places_without_money",
        "tickets_missing",
    ),
    sa.UniqueConstraint("kind", "provider", "about", "reference"),
    info=open_to(write=(Across.PLATFORM,), may=("SELECT", "INSERT", "UPDATE", "DELETE")),
    comment="org_id: empty where nobody knows whose it is; provider: books where our own books "
    "contradict themselves; about: the payment, or else the order; dismissal: by whom of the staff "
    "it was closed, when and why, null while it is open",
)

money_comparisons = sa.Table(
    "money_comparisons",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    moment("compared_at", now=True),
    info=open_to(
        may=("SELECT", "INSERT", "UPDATE"), shared="the worker compares for all organizations"
    ),
    comment="when what a provider's list says, or our own books, was last compared to its end",
)

webhook_inbox = sa.Table(
    "webhook_inbox",
    METADATA,
    uuid_key(),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("provider_event_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_error", sa.Text),
    moment("next_attempt_at", now=True),
    moment("received_at", now=True),
    one_of("status", "waiting", "done", "dead"),
    sa.UniqueConstraint("provider", "provider_event_id"),
    sa.Index(
        "ix_webhook_inbox_waiting",
        "next_attempt_at",
        postgresql_where=sa.text("status = 'waiting'"),
    ),
    sa.Index("ix_webhook_inbox_dead", "id", postgresql_where=sa.text("status = 'dead'")),
    sa.Index("ix_webhook_inbox_received_at", "received_at"),
    info=open_to(
        may=("SELECT", "INSERT", "UPDATE", "DELETE"),
        shared="what a provider sent, kept before it is known whose it is",
    ),
    comment="body: as it came, its signature verified",
)
