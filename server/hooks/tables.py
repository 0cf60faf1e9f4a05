"""Endpoints that want to be told, and what became of telling each."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("event_types", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("generation", sa.Integer, nullable=False, server_default="1"),
    moment("created_at", now=True),
    moment("failing_since", null=True),
    moment("turn_at", now=True),
    moment("paused_until", null=True),
    moment("disabled_at", null=True),
    sa.Column("disabled_because", sa.Text),
    moment("deleted_at", null=True),
    sa.CheckConstraint(
        "(disabled_at IS NULL) = (disabled_because IS NULL)", name="disabled_has_reason"
    ),
    sa.Index(
        "ix_webhook_endpoints_org_id", "org_id", postgresql_where=sa.text("deleted_at IS NULL")
    ),
    comment="event_types: empty for all; generation: of its secret, which is derived and stored "
    "nowhere; failing_since: the first failure after the last success; turn_at: when its last turn "
    "ended, or by when a worker that has its turn must have ended it; paused_until: it did not "
    "answer",
    info=open_to(write=(Across.PLATFORM,)),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("endpoint_id", pg.UUID, sa.ForeignKey("webhook_endpoints.id"), nullable=False),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="pending"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    moment("created_at", now=True),
    moment("next_attempt_at", now=True),
    moment("delivered_at", null=True),
    sa.Column("answer_status", sa.Integer),
    sa.Column("error", sa.Text),
    one_of("status", "pending", "delivered", "dead"),
    sa.CheckConstraint(
        "(status = 'delivered') <= (delivered_at IS NOT NULL)", name="delivered_has_moment"
    ),
    sa.UniqueConstraint("endpoint_id", "event_id"),
    sa.Index("ix_webhook_deliveries_endpoint_id_id", "endpoint_id", "id"),
    sa.Index("ix_webhook_deliveries_created_at", "created_at"),
    sa.Index(
        "ix_webhook_deliveries_due",
        "endpoint_id",
        "next_attempt_at",
        postgresql_where=sa.text("status = 'pending'"),
    ),
    comment="body: the event as it is sent, signed anew each time",
    info=open_to(write=(Across.PLATFORM,), may=("SELECT", "INSERT", "UPDATE", "DELETE")),
)
