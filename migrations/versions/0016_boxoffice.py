"""Places are sold from what was set aside, and without a buyer online"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

HOLDS = (
    "id: the digest of the Idempotency-Key it was asked for with, if any; version: the event's "
    "version that last changed it; places: what it has of its buyer's limit"
)
HOLDS_NOW = f"{HOLDS}; allocation_id: whose places it took, and gives back to"
ALLOCATIONS = "places that are blocked for another organization to sell, until released_at"
ALLOCATIONS_NOW = (
    "places that are blocked for one seller, until released_at, which comes by itself at "
    "release_at; sold by a partner, by one API key, or by the organization's people"
)


def upgrade() -> None:
    op.add_column("holds", sa.Column("allocation_id", sa.UUID()))
    op.create_index(
        "ix_holds_allocation_id",
        "holds",
        ["allocation_id"],
        postgresql_where=sa.text("allocation_id IS NOT NULL"),
    )
    op.alter_column("event_allocations", "partner_org_id", nullable=True)
    op.add_column("event_allocations", sa.Column("api_key_id", sa.UUID()))
    op.add_column("event_allocations", sa.Column("release_at", sa.TIMESTAMP(timezone=True)))
    op.create_foreign_key(
        op.f("fk_event_allocations_api_key_id"),
        "event_allocations",
        "api_keys",
        ["api_key_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_event_allocations_one_seller"),
        "event_allocations",
        "partner_org_id IS NULL OR api_key_id IS NULL",
    )
    op.create_index(
        "ix_event_allocations_release_at",
        "event_allocations",
        ["release_at"],
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table_comment("holds", HOLDS_NOW, existing_comment=HOLDS)
    op.create_table_comment("event_allocations", ALLOCATIONS_NOW, existing_comment=ALLOCATIONS)


def downgrade() -> None:
    op.create_table_comment("event_allocations", ALLOCATIONS, existing_comment=ALLOCATIONS_NOW)
    op.create_table_comment("holds", HOLDS, existing_comment=HOLDS_NOW)
    op.drop_index("ix_event_allocations_release_at", "event_allocations")
    op.drop_constraint(op.f("ck_event_allocations_one_seller"), "event_allocations")
    op.drop_column("event_allocations", "release_at")
    op.drop_column("event_allocations", "api_key_id")
    op.execute("DELETE FROM event_allocations WHERE partner_org_id IS NULL")
    op.alter_column("event_allocations", "partner_org_id", nullable=False)
    op.drop_index("ix_holds_allocation_id", "holds")
    op.drop_column("holds", "allocation_id")
