"""Tickets that replace tickets, transfers; words of mails, and the language of an order"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LIVE = sa.text("status IN ('valid', 'used')")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("ticket_type", sa.Text(), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("holder_address", sa.Text()))
    op.add_column("tickets", sa.Column("replaces", postgresql.UUID()))
    op.create_foreign_key(op.f("fk_tickets_replaces"), "tickets", "tickets", ["replaces"], ["id"])
    op.create_unique_constraint(op.f("uq_tickets_replaces"), "tickets", ["replaces"])
    op.drop_constraint(op.f("uq_tickets_order_line_id_ordinal"), "tickets", type_="unique")
    op.create_index(
        "uq_tickets_issued",
        "tickets",
        ["order_line_id", "ordinal"],
        unique=True,
        postgresql_where=sa.text("replaces IS NULL"),
    )
    op.create_index(
        "uq_tickets_live",
        "tickets",
        ["order_line_id", "ordinal"],
        unique=True,
        postgresql_where=LIVE,
    )
    op.drop_index(op.f("ix_tickets_buyer_id"), table_name="tickets")
    op.create_index("ix_tickets_buyer_id_issued_at", "tickets", ["buyer_id", "issued_at"])
    op.create_table_comment(
        "tickets",
        "ticket_type: its name when it was sold; holder_address: null for the order's; "
        "replaces: the ticket that this one was issued instead of, which is void",
    )
    op.create_table(
        "ticket_transfers",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", postgresql.UUID(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint(
            "accepted_at IS NULL OR cancelled_at IS NULL",
            name=op.f("ck_ticket_transfers_ends_once"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_transfers_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_transfers")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_ticket_transfers_token_hash")),
        comment="tickets offered to somebody; token_hash: of the token in the mail's link",
    )
    op.create_index(
        "uq_ticket_transfers_open",
        "ticket_transfers",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND cancelled_at IS NULL"),
    )
    op.add_column("orders", sa.Column("language", sa.Text(), server_default="en", nullable=False))
    op.create_table(
        "mail_texts",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_mail_texts_org_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "kind", "language", name=op.f("pk_mail_texts")),
        comment="an organization's own words for mails about its orders",
    )


def downgrade() -> None:
    op.drop_table("mail_texts")
    op.drop_column("orders", "language")
    op.drop_table("ticket_transfers")
    op.drop_index("ix_tickets_buyer_id_issued_at", table_name="tickets")
    op.create_index(op.f("ix_tickets_buyer_id"), "tickets", ["buyer_id"])
    for name in ("uq_tickets_live", "uq_tickets_issued"):
        op.drop_index(name, table_name="tickets")
    op.drop_constraint(op.f("uq_tickets_replaces"), "tickets", type_="unique")
    op.drop_constraint(op.f("fk_tickets_replaces"), "tickets", type_="foreignkey")
    # Of places that were issued again only the newest ticket stays.
    op.execute("DELETE FROM tickets WHERE id IN (SELECT replaces FROM tickets)")
    for name in ("replaces", "holder_address", "ticket_type"):
        op.drop_column("tickets", name)
    op.create_unique_constraint(
        op.f("uq_tickets_order_line_id_ordinal"), "tickets", ["order_line_id", "ordinal"]
    )
    op.create_table_comment("tickets", None)
