"""Orders whose places are sold for a part of their money, the rest due by a date"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BEFORE = (
    "total_minor: what the buyer pays in all, the sum of its lines and items, which the "
    "trigger order_sums proves; fee, tax: in it, discount: taken off it; paid_minor: captured less "
    "refunded; answers: to the event's questions, with their words"
)
COMMENT = (
    BEFORE + "; deposit_minor: what confirms it, where the rest may come later; balance_due_at: "
    "until when, null once nothing is open"
)
CHECKS = {
    "deposit_in_total": "deposit_minor > 0 AND deposit_minor < total_minor",
    "balance_of_deposit": "balance_due_at IS NULL OR deposit_minor IS NOT NULL",
}
CAUSES = ("organizer", "request", "cancellation", "provider", "dispute")


def _causes(*causes: str) -> None:
    name = op.f("ck_order_refunds_cause_known")
    op.drop_constraint(name, "order_refunds")
    listed = ", ".join(f"'{cause}'" for cause in causes)
    op.create_check_constraint(name, "order_refunds", f"cause IN ({listed})")


def upgrade() -> None:
    op.add_column("orders", sa.Column("deposit_minor", sa.BigInteger()))
    op.add_column("orders", sa.Column("balance_due_at", sa.DateTime(timezone=True)))
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_orders_{name}"), "orders", check)
    op.create_index(
        "ix_orders_balance_due_at",
        "orders",
        ["balance_due_at"],
        postgresql_where=sa.text("balance_due_at IS NOT NULL"),
    )
    op.create_table_comment("orders", COMMENT, existing_comment=BEFORE)
    _causes(*CAUSES, "deposit")


def downgrade() -> None:
    _causes(*CAUSES)
    op.create_table_comment("orders", BEFORE, existing_comment=COMMENT)
    op.drop_column("orders", "balance_due_at")
    op.drop_column("orders", "deposit_minor")
