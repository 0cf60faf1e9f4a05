"""Orders and their lines: what was promised, to whom, for how much."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import GROWING, METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

orders = sa.Table(
    "orders",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("hold_id", pg.UUID, sa.ForeignKey("holds.id"), nullable=False, unique=True),
    sa.Column("buyer_id", pg.UUID, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("currency", sa.CHAR(3), nullable=False),
    sa.Column("total_minor", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text),
    moment("created_at", now=True),
    moment("expires_at"),
    moment("confirmed_at", null=True),
    one_of(
        "status",
        "draft",
        "pending",
        "confirmed",
        "partially_refunded",
        "refunded",
        "cancelled",
        "expired",
    ),
    sa.CheckConstraint("total_minor >= 0", name="total_not_negative"),
    sa.Index("ix_orders_buyer_id_created_at", "buyer_id", "created_at"),
    sa.Index("ix_orders_due", "expires_at", postgresql_where=sa.text("status = 'pending'")),
    sa.Index("ix_orders_event_id_status", "event_id", "status"),
    info=open_to(Across.BUYER, Across.FEED, write=(Across.PERSON, Across.PLATFORM)),
)

order_items = sa.Table(
    "order_items",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("product_id", pg.UUID, sa.ForeignKey("products.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("unit_price_minor", sa.BigInteger, nullable=False),
    sa.Column("total_minor", sa.BigInteger, nullable=False),
    sa.Column("refund_id", pg.UUID),
    sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    sa.CheckConstraint("total_minor = unit_price_minor * quantity", name="total"),
    sa.Index("ix_order_items_order_id", "order_id"),
    sa.Index("ix_order_items_product_id", "product_id"),
    comment="products that were ordered beside places; refund_id: by which they went back",
    info=open_to(Across.BUYER, Across.FEED),
)

order_lines = sa.Table(
    "order_lines",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("leg_first", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("leg_last", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("seat_idx", sa.Integer),
    sa.Column("pool_id", pg.UUID),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("unit_price_minor", sa.BigInteger, nullable=False),
    sa.Column("total_minor", sa.BigInteger, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("refund_id", pg.UUID),
    sa.Column("ticket_type_id", pg.UUID),
    sa.Column("ticket_type", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("(seat_idx IS NULL) <> (pool_id IS NULL)", name="seat_or_pool"),
    sa.CheckConstraint("quantity > 0 AND (pool_id IS NOT NULL OR quantity = 1)", name="quantity"),
    sa.CheckConstraint("total_minor = unit_price_minor * quantity", name="total"),
    sa.CheckConstraint("leg_first BETWEEN 0 AND leg_last", name="legs_in_order"),
    sa.CheckConstraint("refund_id IS NULL OR NOT live", name="gone_back"),
    sa.Index("ix_order_lines_order_id", "order_id"),
    # The second wall behind the seat's own rows, one a leg, which have one line each: no seat
    # stands on two live lines that begin on the same leg.
    sa.Index(
        "uq_order_lines_live_seat",
        "event_id",
        "leg_first",
        "seat_idx",
        unique=True,
        postgresql_where=sa.text("live AND seat_idx IS NOT NULL"),
    ),
    comment="live: paid for and not refunded; ticket_type: its name when it was sold",
    info=open_to(Across.FEED),
)
