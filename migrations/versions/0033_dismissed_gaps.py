"""A gap that a person has looked into is closed until its facts change"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BEFORE = (
    "org_id: empty where nobody knows whose it is; provider: books where our own books "
    "contradict themselves; about: the payment, or else the order"
)
COMMENT = (
    BEFORE + "; dismissal: by whom of the staff it was closed, when and why, null while it is open"
)


def upgrade() -> None:
    op.add_column("money_gaps", sa.Column("dismissal", postgresql.JSONB()))
    op.create_table_comment("money_gaps", COMMENT, existing_comment=BEFORE)


def downgrade() -> None:
    op.create_table_comment("money_gaps", BEFORE, existing_comment=COMMENT)
    op.drop_column("money_gaps", "dismissal")
