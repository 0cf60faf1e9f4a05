"""The deployment's first epoch, and the role matrix"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MATRIX = {
    "owner": ("event:read", "event:manage", "sales:read", "order:read", "scan:read", "scan:write"),
    "admin": ("event:read", "event:manage", "sales:read", "order:read", "scan:read", "scan:write"),
    "staff": ("event:read", "sales:read", "order:read", "scan:read", "scan:write"),
    "finance": ("event:read", "sales:read", "order:read"),
    "scanner": ("event:read", "scan:read", "scan:write"),
}


def upgrade() -> None:
    op.execute("INSERT INTO deployment (epoch) VALUES (1 + floor(random() * 2000000000)::bigint)")
    permissions = sa.table("role_permissions", sa.column("role"), sa.column("permission"))
    op.bulk_insert(
        permissions,
        [
            {"role": role, "permission": permission}
            for role, allowed in MATRIX.items()
            for permission in allowed
        ],
    )


def downgrade() -> None:
    op.execute("DELETE FROM role_permissions")
    op.execute("DELETE FROM deployment")
