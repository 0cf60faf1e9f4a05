"""What the box office knows of its orders beyond what every order has."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import GROWING, METADATA, moment, one_of, open_to, org_id, uuid_key

manual_sales = sa.Table(
    "manual_sales",
    METADATA,
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), primary_key=True),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("method", sa.Text),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("external_ref", sa.Text),
    sa.Column("sold_by", sa.Text, nullable=False),
    moment("created_at", now=True),
    one_of("method", "cash", "card_terminal", "invoice", "elsewhere"),
    sa.Index("ix_manual_sales_event_id", "event_id", "order_id"),
    sa.Index(
        "uq_manual_sales_external_ref",
        "event_id",
        "external_ref",
        unique=True,
        postgresql_where=sa.text("external_ref IS NOT NULL"),
    ),
    comment="orders without a buyer online; method: how it was paid, null where nothing was to be "
    "paid; note: why, of a complimentary one; external_ref: the order in the system that it was "
    "imported from",
    info=open_to(may=GROWING),
)

guest_lists = sa.Table(
    "guest_lists",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("pool_id", pg.UUID, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("gate", sa.Text, nullable=False, server_default=""),
    moment("created_at", now=True),
    sa.UniqueConstraint("event_id", "name"),
    comment="pool_id: the standing area whose places its guests take",
    info=open_to(may=GROWING),
)

guest_list_entries = sa.Table(
    "guest_list_entries",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("list_id", pg.UUID, sa.ForeignKey("guest_lists.id"), nullable=False),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plus_ones", sa.SmallInteger, nullable=False),
    sa.Column("gate", sa.Text, nullable=False, server_default=""),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    moment("created_at", now=True),
    moment("cancelled_at", null=True),
    sa.CheckConstraint("plus_ones >= 0", name="plus_ones_not_negative"),
    sa.Index("ix_guest_list_entries_list_id", "list_id"),
    sa.Index("ix_guest_list_entries_event_id", "event_id"),
    comment="a guest and who comes along; who has come in is told by the tickets of the order",
    info=open_to(),
)
