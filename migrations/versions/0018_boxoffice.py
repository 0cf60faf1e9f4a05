"""Places are sold from what was set aside, and without a buyer online"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
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
    op.create_table(
        "manual_sales",
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("sold_by", sa.Text(), nullable=False),
        _moment("created_at", now=True),
        sa.CheckConstraint(
            "method IN ('cash', 'card_terminal', 'invoice', 'elsewhere')",
            name=op.f("ck_manual_sales_method_known"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_manual_sales_event_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_manual_sales_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_manual_sales")),
        comment="orders without a buyer online; method: how it was paid, null where nothing was to be paid; note: why, of a complimentary one; external_ref: the order in the system that it was imported from",
    )
    op.create_index("ix_manual_sales_event_id", "manual_sales", ["event_id", "order_id"])
    op.create_index(
        "uq_manual_sales_external_ref",
        "manual_sales",
        ["event_id", "external_ref"],
        unique=True,
        postgresql_where=sa.text("external_ref IS NOT NULL"),
    )
    op.create_table(
        "guest_lists",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("pool_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), server_default="", nullable=False),
        _moment("created_at", now=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_guest_lists_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_lists")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_guest_lists_event_id_name")),
        comment="pool_id: the standing area whose places its guests take",
    )
    op.create_table(
        "guest_list_entries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("list_id", sa.UUID(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plus_ones", sa.SmallInteger(), nullable=False),
        sa.Column("gate", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        _moment("created_at", now=True),
        _moment("cancelled_at"),
        sa.CheckConstraint(
            "plus_ones >= 0", name=op.f("ck_guest_list_entries_plus_ones_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_guest_list_entries_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["guest_lists.id"], name=op.f("fk_guest_list_entries_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_guest_list_entries_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_list_entries")),
        sa.UniqueConstraint("order_id", name=op.f("uq_guest_list_entries_order_id")),
        comment="a guest and who comes along; who has come in is told by the tickets of the order",
    )
    for column in ("list_id", "event_id"):
        op.create_index(f"ix_guest_list_entries_{column}", "guest_list_entries", [column])


def downgrade() -> None:
    for table in ("guest_list_entries", "guest_lists", "manual_sales"):
        op.drop_table(table)
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


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.TIMESTAMP(timezone=True),
        server_default=sa.text("now()") if now else None,
        nullable=not now,
    )
