"""Walls between organizations: what is not declared by a table itself is made ready here"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What begins with an at sign is a reason to see rows of many organizations.
    op.create_check_constraint(
        op.f("ck_organizations_id_no_scope"), "organizations", sa.text("id NOT LIKE '@%'")
    )
    op.execute("ALTER VIEW outbox_events SET (security_invoker = true)")


def downgrade() -> None:
    op.execute("ALTER VIEW outbox_events RESET (security_invoker)")
    op.drop_constraint(op.f("ck_organizations_id_no_scope"), "organizations")
