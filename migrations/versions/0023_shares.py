"""Drafts end with their holds; an order may be paid in shares"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PAYMENTS = "account: the organization's with the provider, which gets amount_minor less fee_minor"
PAYMENTS_NOW = f"{PAYMENTS}; share_id: which share of its order it pays, null for all of it"


def upgrade() -> None:
    op.drop_index("ix_orders_due", "orders")
    op.create_index(
        "ix_orders_due",
        "orders",
        ["expires_at"],
        postgresql_where=sa.text("status IN ('draft', 'pending')"),
    )
    op.add_column("payments", sa.Column("share_id", postgresql.UUID()))
    op.create_table_comment("payments", PAYMENTS_NOW, existing_comment=PAYMENTS)
    op.create_table(
        "order_shares",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("order_id", postgresql.UUID(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column(
            "line_ids", postgresql.ARRAY(postgresql.UUID()), server_default="{}", nullable=False
        ),
        sa.Column(
            "quantities", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_order_shares_amount_positive")),
        sa.CheckConstraint(
            "cardinality(line_ids) = cardinality(quantities)",
            name=op.f("ck_order_shares_places_counted"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_shares_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_shares")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_shares_order_id_position")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_order_shares_token_hash")),
        comment="what of an order several people pay: together its total; name, email: of who "
        "pays; line_ids, quantities: for which places, none where it is divided evenly; "
        "token_hash: of the token in its link",
    )


def downgrade() -> None:
    op.drop_table("order_shares")
    op.create_table_comment("payments", PAYMENTS, existing_comment=PAYMENTS_NOW)
    op.drop_column("payments", "share_id")
    op.execute("UPDATE orders SET status = 'cancelled' WHERE status = 'draft'")
    op.drop_index("ix_orders_due", "orders")
    op.create_index(
        "ix_orders_due", "orders", ["expires_at"], postgresql_where=sa.text("status = 'pending'")
    )
