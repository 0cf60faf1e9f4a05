"""Waiting rooms, and the turns of who came."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import CHANGING, METADATA, moment, open_to, org_id
from server.kernel.tenancy import Across

waiting_rooms = sa.Table(
    "waiting_rooms",
    METADATA,
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), primary_key=True),
    org_id(),
    sa.Column("is_on", sa.Boolean, nullable=False),
    sa.Column("per_minute", sa.Integer),
    sa.Column("at_once_max", sa.Integer),
    sa.Column("pass_ttl_s", sa.Integer, nullable=False),
    sa.Column("joined", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("served_up_to", sa.BigInteger, nullable=False, server_default="0"),
    moment("credited_at", now=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
    sa.CheckConstraint("NOT is_on OR num_nonnulls(per_minute, at_once_max) > 0", name="on_by_rule"),
    sa.CheckConstraint("least(per_minute, at_once_max, pass_ttl_s) > 0", name="rules_positive"),
    sa.CheckConstraint("served_up_to BETWEEN 0 AND joined", name="served_who_joined"),
    sa.Index("ix_waiting_rooms_busy", "event_id", postgresql_where=sa.text("is_on")),
    postgresql_with={"fillfactor": "50"},
    comment="joined: the last number given; served_up_to: the last number whose turn has come; "
    "credited_at: until when the rate was used; version: of what the channel `queue` tells, "
    "contiguous, locked until commit",
    info=open_to(Across.FEED, write=(Across.PLATFORM,)),
)

turns = sa.Table(
    "turns",
    METADATA,
    sa.Column("event_id", pg.UUID, sa.ForeignKey("waiting_rooms.event_id"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True),
    org_id(),
    sa.Column("buyer_id", pg.UUID, nullable=False),
    moment("joined_at"),
    moment("pass_ends_at", null=True),
    moment("left_at", null=True),
    sa.UniqueConstraint("event_id", "buyer_id"),
    sa.CheckConstraint("number > 0", name="number_positive"),
    sa.Index(
        # Nobody who waits is in it, so nobody's turn is looked for there.
        "ix_turns_passes",
        "event_id",
        "pass_ends_at",
        postgresql_where=sa.text("left_at IS NULL AND pass_ends_at IS NOT NULL"),
    ),
    comment="a buyer's latest turn at an event; pass_ends_at: null while they wait; "
    "left_at: given up, or used for an order",
    info=open_to(write=(Across.PLATFORM,), may=(*CHANGING, "DELETE")),
)
