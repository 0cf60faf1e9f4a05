"""Failed refunds are counted without reading all of them"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FAILED = sa.text("status = 'failed'")


def upgrade() -> None:
    op.create_index("ix_refunds_failed", "refunds", ["created_at"], postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index("ix_refunds_failed", "refunds", postgresql_where=FAILED)
