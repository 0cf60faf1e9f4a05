"""Waiting rooms, and the turns of who came"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "events",
        sa.Column("has_waiting_room", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "waiting_rooms",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("per_minute", sa.Integer()),
        sa.Column("at_once_max", sa.Integer()),
        sa.Column("pass_ttl_s", sa.Integer(), nullable=False),
        sa.Column("joined", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("served_up_to", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "credited_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "NOT is_on OR num_nonnulls(per_minute, at_once_max) > 0",
            name=op.f("ck_waiting_rooms_on_by_rule"),
        ),
        sa.CheckConstraint(
            "least(per_minute, at_once_max, pass_ttl_s) > 0",
            name=op.f("ck_waiting_rooms_rules_positive"),
        ),
        sa.CheckConstraint(
            "served_up_to BETWEEN 0 AND joined", name=op.f("ck_waiting_rooms_served_who_joined")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_waiting_rooms_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_waiting_rooms")),
        postgresql_with={"fillfactor": "50"},
        comment="joined: the last number given; served_up_to: the last number whose turn has come; credited_at: until when the rate was used; version: of what the channel `queue` tells, contiguous, locked until commit",
    )
    op.create_index(
        "ix_waiting_rooms_busy", "waiting_rooms", ["event_id"], postgresql_where=sa.text("is_on")
    )
    op.create_table(
        "turns",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.UUID(), nullable=False),
        sa.Column("joined_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("pass_ends_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("left_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint("number > 0", name=op.f("ck_turns_number_positive")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["waiting_rooms.event_id"], name=op.f("fk_turns_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_turns")),
        sa.UniqueConstraint("event_id", "buyer_id", name=op.f("uq_turns_event_id_buyer_id")),
        comment="a buyer's latest turn at an event; pass_ends_at: null while they wait; left_at: given up, or used for an order",
    )
    op.create_index(
        "ix_turns_passes",
        "turns",
        ["event_id", "pass_ends_at"],
        postgresql_where=sa.text("left_at IS NULL AND pass_ends_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_table("waiting_rooms")
    op.drop_column("events", "has_waiting_room")
