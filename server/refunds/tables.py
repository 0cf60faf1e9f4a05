"""Refunds of orders, by which rules, who asked for them, and events that were cancelled."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

order_refunds = sa.Table(
    "order_refunds",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("fee_minor", sa.BigInteger, nullable=False),
    sa.Column("tax_minor", sa.BigInteger, nullable=False),
    sa.Column("keeps_fees", sa.Boolean, nullable=False),
    sa.Column("keeps_places", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    moment("created_at", now=True),
    moment("completed_at", null=True),
    one_of("cause", "organizer", "request", "cancellation", "provider", "dispute", "deposit"),
    sa.CheckConstraint("least(amount_minor, fee_minor, tax_minor) >= 0", name="not_negative"),
    sa.Index("ix_order_refunds_order_id", "order_id"),
    sa.Index("ix_order_refunds_event_id", "event_id"),
    comment="what went back of an order, in the transaction that ended its lines and tickets; its "
    "money: refunds with reason refund:<id>; completed_at: all of that has gone back",
    info=open_to(Across.PLATFORM),
)

refund_requests = sa.Table(
    "refund_requests",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("parts", pg.JSONB, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="open"),
    sa.Column("words", sa.Text, nullable=False, server_default=""),
    sa.Column("refund_id", pg.UUID, sa.ForeignKey("order_refunds.id")),
    sa.Column("actor", sa.Text),
    moment("created_at", now=True),
    moment("decided_at", null=True),
    one_of("status", "open", "approved", "declined"),
    sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided_has_moment"),
    sa.CheckConstraint("(status = 'approved') = (refund_id IS NOT NULL)", name="approved_refunds"),
    sa.Index("ix_refund_requests_org_id_status", "org_id", "status", "id"),
    sa.Index("ix_refund_requests_order_id", "order_id"),
    sa.Index(
        "uq_refund_requests_open",
        "order_id",
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    ),
    comment="what buyers ask to be paid back; parts: of the order, empty for all; words: to the "
    "buyer",
    info=open_to(),
)

refund_policies = sa.Table(
    "refund_policies",
    METADATA,
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), primary_key=True),
    org_id(),
    moment("allow_refunds_until", null=True),
    sa.Column("keeps_fees", sa.Boolean, nullable=False),
    comment="an event without a row pays everything back until it begins",
    info=open_to(),
)

event_cancellations = sa.Table(
    "event_cancellations",
    METADATA,
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), primary_key=True),
    org_id(),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("orders_total", sa.Integer, nullable=False),
    moment("created_at", now=True),
    moment("next_batch_at", now=True),
    moment("finished_at", null=True),
    sa.Index(
        "ix_event_cancellations_due",
        "next_batch_at",
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
    comment="events that were cancelled, whose orders go back in batches; orders_total: how many "
    "there were; next_batch_at: whoever works on it has it until then",
    info=open_to(write=(Across.PLATFORM,)),
)
