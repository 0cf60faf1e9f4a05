"""Gaps between money and what it is for, while they are open"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = (
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
)


def _moment(name: str, *, now: bool = True) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.TIMESTAMP(timezone=True), server_default=default, nullable=False)


def upgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_table(
        "money_gaps",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payment_id", postgresql.UUID(), nullable=True),
        sa.Column("order_id", postgresql.UUID(), nullable=True),
        sa.Column("ours_minor", sa.BigInteger(), nullable=False),
        sa.Column("theirs_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        _moment("happened_at", now=False),
        _moment("found_at"),
        _moment("seen_at"),
        sa.CheckConstraint(f"kind IN ({listed})", name=op.f("ck_money_gaps_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_gaps")),
        sa.UniqueConstraint(
            "kind",
            "provider",
            "about",
            "reference",
            name=op.f("uq_money_gaps_kind_provider_about_reference"),
        ),
        comment="org_id: empty where nobody knows whose it is; provider: books where our own books "
        "contradict themselves; about: the payment, or else the order",
    )
    op.create_table(
        "money_comparisons",
        sa.Column("source", sa.Text(), nullable=False),
        _moment("compared_at"),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_money_comparisons")),
        comment="when what a provider's list says, or our own books, was last compared to its end",
    )


def downgrade() -> None:
    op.drop_table("money_comparisons")
    op.drop_table("money_gaps")
