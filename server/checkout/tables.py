"""Orders and their lines: what was promised, to whom, for how much."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import (
    CHANGING,
    GROWING,
    METADATA,
    moment,
    one_of,
    open_to,
    org_id,
    uuid_key,
)
from server.kernel.tenancy import Across

CHANNELS = ("online", "box_office", "complimentary", "guest_list", "import")


def _parts_of_total() -> tuple[sa.Column[int] | sa.CheckConstraint, ...]:
    """What is in a `total_minor`: the host's share is the rest of it."""
    return (
        sa.Column("fee_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tax_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("discount_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint(
            "fee_minor >= 0 AND tax_minor >= 0 AND discount_minor >= 0", name="parts_not_negative"
        ),
        sa.CheckConstraint("fee_minor + tax_minor <= total_minor", name="parts_in_total"),
    )


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
    *_parts_of_total(),
    sa.Column("paid_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("channel", sa.Text, nullable=False, server_default="online"),
    sa.Column("answers", pg.JSONB, nullable=False, server_default="[]"),
    sa.Column("language", sa.Text, nullable=False, server_default="en"),
    sa.Column("note", sa.Text),
    sa.Column("accepts_alternative", sa.Boolean, nullable=False, server_default=sa.false()),
    moment("created_at", now=True),
    moment("expires_at"),
    moment("confirmed_at", null=True),
    sa.Column("deposit_minor", sa.BigInteger),
    moment("balance_due_at", null=True),
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
    one_of("channel", *CHANNELS),
    sa.CheckConstraint("total_minor >= 0", name="total_not_negative"),
    sa.CheckConstraint("paid_minor >= 0", name="paid_not_negative"),
    sa.CheckConstraint(
        "deposit_minor > 0 AND deposit_minor < total_minor", name="deposit_in_total"
    ),
    sa.CheckConstraint(
        "balance_due_at IS NULL OR deposit_minor IS NOT NULL", name="balance_of_deposit"
    ),
    sa.Index("ix_orders_buyer_id_created_at", "buyer_id", "created_at"),
    sa.Index(
        "ix_orders_due", "expires_at", postgresql_where=sa.text("status IN ('draft', 'pending')")
    ),
    sa.Index("ix_orders_event_id_id", "event_id", "id"),
    sa.Index("ix_orders_created_at", "created_at", postgresql_using="brin"),
    sa.Index(
        "ix_orders_balance_due_at",
        "balance_due_at",
        postgresql_where=sa.text("balance_due_at IS NOT NULL"),
    ),
    comment="total_minor: what the buyer pays in all, the sum of its lines and items, which the "
    "trigger order_sums proves; fee, tax: in it, discount: taken off it; paid_minor: captured less "
    "refunded; answers: to the event's questions, with their words; deposit_minor: what confirms "
    "it, where the rest may come later; balance_due_at: until when, null once nothing is open",
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
    *_parts_of_total(),
    sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    sa.CheckConstraint("total_minor = unit_price_minor * quantity - discount_minor", name="total"),
    sa.Index("ix_order_items_order_id", "order_id"),
    sa.Index("ix_order_items_product_id", "product_id"),
    comment="products that were ordered beside places; refund_id: by which they went back",
    info=open_to(Across.BUYER, Across.FEED, Across.PLATFORM, may=(*CHANGING, "DELETE")),
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
    *_parts_of_total(),
    sa.CheckConstraint("(seat_idx IS NULL) <> (pool_id IS NULL)", name="seat_or_pool"),
    sa.CheckConstraint("quantity > 0 AND (pool_id IS NOT NULL OR quantity = 1)", name="quantity"),
    sa.CheckConstraint("total_minor = unit_price_minor * quantity - discount_minor", name="total"),
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
    comment="live: paid for and not refunded; ticket_type: its name when it was sold; "
    "unit_price_minor: all-in, as the map showed it; refund_id: by which it went back",
    info=open_to(Across.FEED, Across.PLATFORM, may=(*CHANGING, "DELETE")),
)

order_shares = sa.Table(
    "order_shares",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("position", sa.SmallInteger, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("line_ids", pg.ARRAY(pg.UUID), nullable=False, server_default="{}"),
    sa.Column("quantities", pg.ARRAY(sa.Integer), nullable=False, server_default="{}"),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    moment("created_at", now=True),
    sa.UniqueConstraint("order_id", "position"),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    sa.CheckConstraint("cardinality(line_ids) = cardinality(quantities)", name="places_counted"),
    comment="what of an order several people pay: together its total; name, email: of who pays; "
    "line_ids, quantities: for which places, none where it is divided evenly; token_hash: of the "
    "token in its link",
    info=open_to(Across.BEARER),
)

order_taxes = sa.Table(
    "order_taxes",
    METADATA,
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), primary_key=True),
    sa.Column("position", sa.SmallInteger, primary_key=True),
    org_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("rate_ppm", sa.Integer, nullable=False),
    sa.Column("is_inclusive", sa.Boolean, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.CheckConstraint("rate_ppm BETWEEN 0 AND 1000000", name="rate_sane"),
    sa.CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    comment="tax lines of an order: what of its total is which tax; rate_ppm: 50000 is 5 %",
    info=open_to(may=(*GROWING, "DELETE")),
)

discounts = sa.Table(
    "discounts",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("basis_points", sa.Integer),
    sa.Column("amount_minor", sa.BigInteger),
    sa.Column("ticket_type_ids", pg.ARRAY(pg.UUID), nullable=False, server_default="{}"),
    moment("valid_from", null=True),
    moment("valid_until", null=True),
    sa.Column("uses_max", sa.Integer),
    sa.Column("uses_per_buyer_max", sa.Integer),
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    moment("created_at", now=True),
    sa.UniqueConstraint("event_id", "code"),
    sa.CheckConstraint("code = upper(code)", name="code_upper"),
    sa.CheckConstraint("(basis_points IS NULL) <> (amount_minor IS NULL)", name="percent_or_fixed"),
    sa.CheckConstraint("basis_points BETWEEN 1 AND 10000", name="share_sane"),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    sa.CheckConstraint("valid_from < valid_until", name="window_in_order"),
    sa.CheckConstraint("uses_max > 0 AND uses_per_buyer_max > 0", name="uses_positive"),
    comment="a row stays once it is there: orders name it; ticket_type_ids: empty for all",
    info=open_to(),
)

discount_redemptions = sa.Table(
    "discount_redemptions",
    METADATA,
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), primary_key=True),
    org_id(),
    sa.Column("discount_id", pg.UUID, sa.ForeignKey("discounts.id"), nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    moment("created_at", now=True),
    sa.CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    sa.Index("ix_discount_redemptions_discount_id", "discount_id"),
    comment="which order used a code; it counts while its order may be paid, or is",
    info=open_to(may=(*GROWING, "DELETE")),
)
