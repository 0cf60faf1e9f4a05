"""How long places are kept for who has begun to pay"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("payment_ttl_s", sa.Integer(), server_default="600", nullable=False)
    op.add_column("events", column)
    op.create_check_constraint(
        op.f("ck_events_payment_ttl_sane"), "events", "payment_ttl_s BETWEEN 5 AND 86400"
    )


def downgrade() -> None:
    op.drop_column("events", "payment_ttl_s")
