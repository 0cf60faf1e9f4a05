"""The ledger of settlements."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across


def _minor(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


settlements = sa.Table(
    "settlements",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("currency", sa.CHAR(3), nullable=False),
    _minor("gross_minor"),
    _minor("fee_minor"),
    _minor("tax_minor"),
    _minor("net_minor"),
    sa.Column("host_mode", sa.Text, nullable=False),
    sa.Column("host_org_id", sa.Text, nullable=False),
    _minor("host_minor"),
    _minor("promoter_minor"),
    moment("created_at", now=True),
    sa.Column("push_status", sa.Text, nullable=False, server_default="pending"),
    sa.Column("push_attempts", sa.Integer, nullable=False, server_default="0"),
    moment("next_push_at", now=True),
    moment("pushed_at", null=True),
    sa.Column("push_error", sa.Text),
    one_of("kind", "sale", "refund"),
    one_of("host_mode", "venue", "self", "promoter"),
    one_of("push_status", "pending", "sent", "failed"),
    sa.CheckConstraint("gross_minor = fee_minor + tax_minor + net_minor", name="parts_are_all"),
    sa.CheckConstraint("net_minor = host_minor + promoter_minor", name="net_is_split"),
    sa.CheckConstraint(
        "CASE kind WHEN 'sale' THEN least(gross_minor, fee_minor, tax_minor, net_minor) >= 0"
        " ELSE greatest(gross_minor, fee_minor, tax_minor) <= 0 END",
        name="sign_of_kind",
    ),
    sa.CheckConstraint("(push_status = 'sent') = (pushed_at IS NOT NULL)", name="sent_has_moment"),
    sa.Index(
        "uq_settlements_sale", "order_id", unique=True, postgresql_where=sa.text("kind = 'sale'")
    ),
    sa.Index("ix_settlements_order_id", "order_id"),
    sa.Index("ix_settlements_org_id_id", "org_id", "id"),
    sa.Index("ix_settlements_event_id_created_at", "event_id", "created_at"),
    sa.Index(
        "ix_settlements_push", "next_push_at", postgresql_where=sa.text("push_status = 'pending'")
    ),
    sa.Index("ix_settlements_failed", "id", postgresql_where=sa.text("push_status = 'failed'")),
    comment="one row per confirmed order, one with negative amounts per refund; gross: what the "
    "buyer paid; fee: the platform's share; net: the host's and the promoter's; push: what became "
    "of it at the finance system",
    info=open_to(write=(Across.PLATFORM,)),
)
