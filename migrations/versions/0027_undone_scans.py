"""An admission by mistake can be undone"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TABLE = "scans"
_KNOWN = "ck_scans_result_known"
_UNDONE = "ck_scans_who_came_in_is_undone"
_ONCE = "uq_scans_admitted_ticket"
_COMMENT = "undone_at: of an admission that was a mistake; the undo is a row of its own"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("undone_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.drop_constraint(op.f(_KNOWN), _TABLE)
    op.create_check_constraint(
        op.f(_KNOWN), _TABLE, "result IN ('admitted', 'duplicate', 'refused', 'undone')"
    )
    op.create_check_constraint(op.f(_UNDONE), _TABLE, "undone_at IS NULL OR result = 'admitted'")
    _admit_once("result = 'admitted' AND undone_at IS NULL")
    op.create_table_comment(_TABLE, _COMMENT)


def downgrade() -> None:
    """What was undone had not happened."""
    op.execute("DELETE FROM scans WHERE result = 'undone' OR undone_at IS NOT NULL")
    op.drop_table_comment(_TABLE, existing_comment=_COMMENT)
    _admit_once("result = 'admitted'")
    op.drop_constraint(op.f(_UNDONE), _TABLE)
    op.drop_constraint(op.f(_KNOWN), _TABLE)
    op.create_check_constraint(
        op.f(_KNOWN), _TABLE, "result IN ('admitted', 'duplicate', 'refused')"
    )
    op.drop_column(_TABLE, "undone_at")


def _admit_once(where: str) -> None:
    op.drop_index(_ONCE, table_name=_TABLE)
    op.create_index(_ONCE, _TABLE, ["ticket_id"], unique=True, postgresql_where=sa.text(where))
