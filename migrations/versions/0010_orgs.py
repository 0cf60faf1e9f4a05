"""The audit log"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MATRIX = {
    "owner": ("org:read", "org:manage", "member:manage", "key:manage", "audit:read"),
    "admin": ("org:read", "org:manage", "member:manage", "key:manage", "audit:read"),
    "staff": ("org:read",),
    "finance": ("org:read",),
    "scanner": ("org:read",),
}
# The owner of a table may do everything to it, but not past a trigger.
REFUSE_CHANGES = """
CREATE FUNCTION audit_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    permissions = sa.table("role_permissions", sa.column("role"), sa.column("permission"))
    op.bulk_insert(
        permissions,
        [
            {"role": role, "permission": permission}
            for role, allowed in MATRIX.items()
            for permission in allowed
        ],
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("org_id", sa.Text()),
        sa.Column(
            "occurred_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        comment="who changed what; append-only: a trigger refuses UPDATE, DELETE and TRUNCATE; org_id: null for what belongs to no organization",
    )
    for columns in (["org_id", "id"], ["org_id", "subject", "id"], ["org_id", "actor", "id"]):
        op.create_index(f"ix_audit_log_{'_'.join(columns)}", "audit_log", columns)
    op.execute(REFUSE_CHANGES)
    op.execute(
        """CREATE TRIGGER audit_log_is_append_only
           BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
           FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuses()"""
    )


def downgrade() -> None:
    op.drop_table("audit_log")
    op.execute("DROP FUNCTION audit_log_refuses()")
    added = sorted({permission for allowed in MATRIX.values() for permission in allowed})
    op.execute(
        sa.text("DELETE FROM role_permissions WHERE permission = ANY(:added)").bindparams(
            added=added
        )
    )
