"""The outbox: what happened, in the order it was written, until everybody has heard of it."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import CHANGING, METADATA, moment, open_to, org_id
from server.kernel.tenancy import Across

outbox = sa.Table(
    "outbox",
    METADATA,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    # Unique by how it is made; an index on it would cost every sale and serve no reader.
    sa.Column("id", pg.UUID),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("version", sa.SmallInteger, nullable=False),
    moment("occurred_at", now=True),
    sa.Column("correlation_id", sa.Text),
    sa.Column("trace_id", sa.Text),
    sa.Column("actor", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    org_id(),
    sa.Column("subject", sa.Text),
    sa.Column("data", pg.JSONB),
    # Several events instead of one: [{id, subject, correlation_id, trace_id, actor, data}]. Stored
    # as it comes, neither parsed nor compressed: that would cost more than what it holds.
    sa.Column("bundle", pg.JSON),
    sa.Column("event_count", sa.Integer, nullable=False, server_default="1"),
    moment("published_at", null=True),
    moment("handled_at", null=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    moment("next_attempt_at", now=True),
    moment("parked_at", null=True),
    sa.Column("last_error", sa.Text),
    sa.CheckConstraint(
        "num_nonnulls(id, subject, correlation_id, trace_id, actor, data)"
        " = CASE WHEN bundle IS NULL THEN 6 ELSE 0 END",
        name="one_event_or_a_bundle",
    ),
    sa.Index("ix_outbox_occurred_at", "occurred_at", postgresql_using="brin"),
    sa.Index("ix_outbox_parked", "position", postgresql_where=sa.text("parked_at IS NOT NULL")),
    sa.Index(
        "ix_outbox_log",
        "org_id",
        "published_at",
        "position",
        postgresql_where=sa.text("published_at IS NOT NULL"),
    ),
    sa.Index("ix_outbox_unpublished", "position", postgresql_where=sa.text("published_at IS NULL")),
    sa.Index(
        "ix_outbox_unhandled",
        "type",
        "position",
        postgresql_where=sa.text("handled_at IS NULL AND parked_at IS NULL"),
    ),
    info=open_to(write=(Across.JOIN, Across.PERSON, Across.PLATFORM), may=(*CHANGING, "DELETE")),
)
