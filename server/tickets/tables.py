"""Tickets. The page code is stored as a hash only; the scan token is a signature and not stored."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

tickets = sa.Table(
    "tickets",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("order_line_id", pg.UUID, sa.ForeignKey("order_lines.id"), nullable=False),
    sa.Column("ordinal", sa.SmallInteger, nullable=False),
    sa.Column("buyer_id", pg.UUID, nullable=False),
    sa.Column("leg_first", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("leg_last", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("seat_idx", sa.Integer),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("ticket_type", sa.Text, nullable=False, server_default=""),
    sa.Column("holder_name", sa.Text, nullable=False),
    sa.Column("holder_address", sa.Text),
    sa.Column("replaces", pg.UUID, sa.ForeignKey("tickets.id"), unique=True),
    sa.Column("status", sa.Text, nullable=False, server_default="valid"),
    sa.Column("code_hash", sa.LargeBinary, nullable=False, unique=True),
    moment("issued_at", now=True),
    moment("used_at", null=True),
    one_of("status", "valid", "used", "void", "refunded"),
    sa.CheckConstraint("(status = 'used') <= (used_at IS NOT NULL)", name="used_has_moment"),
    sa.CheckConstraint("leg_first BETWEEN 0 AND leg_last", name="legs_in_order"),
    # A place is issued once; every later ticket of it replaces one, which that happens to once.
    sa.Index(
        "uq_tickets_issued",
        "order_line_id",
        "ordinal",
        unique=True,
        postgresql_where=sa.text("replaces IS NULL"),
    ),
    sa.Index(
        "uq_tickets_live",
        "order_line_id",
        "ordinal",
        unique=True,
        postgresql_where=sa.text("status IN ('valid', 'used')"),
    ),
    sa.Index("ix_tickets_order_id", "order_id"),
    sa.Index("ix_tickets_issued_at", "issued_at", postgresql_using="brin"),
    sa.Index("ix_tickets_buyer_id_issued_at", "buyer_id", "issued_at"),
    sa.Index(
        "uq_tickets_live_seat",
        "event_id",
        "leg_first",
        "seat_idx",
        unique=True,
        postgresql_where=sa.text("status IN ('valid', 'used') AND seat_idx IS NOT NULL"),
    ),
    comment="ticket_type: its name when it was sold; holder_address: null for the order's; "
    "replaces: the ticket that this one was issued instead of, which is void",
    info=open_to(Across.BUYER, Across.BEARER, Across.FEED, Across.PLATFORM, write=(Across.PERSON,)),
)

ticket_transfers = sa.Table(
    "ticket_transfers",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("ticket_id", pg.UUID, sa.ForeignKey("tickets.id"), nullable=False),
    sa.Column("to_address", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    moment("created_at", now=True),
    moment("expires_at"),
    moment("accepted_at", null=True),
    moment("cancelled_at", null=True),
    sa.CheckConstraint("accepted_at IS NULL OR cancelled_at IS NULL", name="ends_once"),
    # One offer at a time: a newer one ends it.
    sa.Index(
        "uq_ticket_transfers_open",
        "ticket_id",
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND cancelled_at IS NULL"),
    ),
    comment="tickets offered to somebody; token_hash: of the token in the mail's link",
    info=open_to(Across.BEARER),
)
