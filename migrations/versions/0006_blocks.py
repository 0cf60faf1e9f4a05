"""Blocked places, order lines and tickets on legs, the version of an event's table rules"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MANAGERS = ("owner", "admin", "staff")
LIVE = {
    "order_lines": "live AND seat_idx IS NOT NULL",
    "tickets": "status IN ('valid', 'used') AND seat_idx IS NOT NULL",
}


def upgrade() -> None:
    permissions = sa.table("role_permissions", sa.column("role"), sa.column("permission"))
    op.bulk_insert(
        permissions, [{"role": role, "permission": "inventory:manage"} for role in MANAGERS]
    )
    op.add_column(
        "event_clock",
        sa.Column("ruled_at_version", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.create_table_comment(
        "event_clock",
        "version: contiguous, a counter row, bumped once per transaction and locked until commit; "
        "due_at: no active hold of the event ends before this; "
        "ruled_at_version: the version that last changed how a table is sold",
    )
    op.add_column("pool_claims", sa.Column("leg", sa.SmallInteger()))
    op.create_check_constraint(
        op.f("ck_pool_claims_blocked_on_a_leg"),
        "pool_claims",
        "(status = 'blocked') = (leg IS NOT NULL)",
    )
    op.create_index(
        "uq_pool_claims_blocked",
        "pool_claims",
        ["pool_id", "leg"],
        unique=True,
        postgresql_where=sa.text("status = 'blocked'"),
    )
    op.create_table_comment(
        "pool_claims",
        "the one scope of pool usage: holds, sales and blocked places of every seller; "
        "leg: of blocked places, the others are on the legs of their hold",
    )
    for table, live in LIVE.items():
        op.drop_index(f"uq_{table}_live_seat", table)
        op.alter_column(table, "leg", new_column_name="leg_first")
        op.add_column(
            table, sa.Column("leg_last", sa.SmallInteger(), server_default="0", nullable=False)
        )
        op.create_check_constraint(
            op.f(f"ck_{table}_legs_in_order"), table, "leg_first BETWEEN 0 AND leg_last"
        )
        _create_wall(table, "leg_first", live)


def _create_wall(table: str, leg: str, live: str) -> None:
    op.create_index(
        f"uq_{table}_live_seat",
        table,
        ["event_id", leg, "seat_idx"],
        unique=True,
        postgresql_where=sa.text(live),
    )


def downgrade() -> None:
    for table, live in LIVE.items():
        op.drop_index(f"uq_{table}_live_seat", table)
        op.drop_constraint(op.f(f"ck_{table}_legs_in_order"), table)
        op.drop_column(table, "leg_last")
        op.alter_column(table, "leg_first", new_column_name="leg")
        _create_wall(table, "leg", live)
    op.drop_index("uq_pool_claims_blocked", "pool_claims")
    op.drop_constraint(op.f("ck_pool_claims_blocked_on_a_leg"), "pool_claims")
    op.drop_column("pool_claims", "leg")
    op.drop_column("event_clock", "ruled_at_version")
    op.execute("DELETE FROM role_permissions WHERE permission = 'inventory:manage'")
