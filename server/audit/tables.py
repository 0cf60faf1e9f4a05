"""The audit log. A trigger refuses whatever is not an INSERT (migration 0009)."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import GROWING, METADATA, moment, open_to
from server.kernel.tenancy import Across

audit_log = sa.Table(
    "audit_log",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("org_id", sa.Text),
    moment("occurred_at", now=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("data", pg.JSONB, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("trace_id", sa.Text, nullable=False),
    sa.Index("ix_audit_log_org_id_id", "org_id", "id"),
    sa.Index("ix_audit_log_org_id_subject_id", "org_id", "subject", "id"),
    sa.Index("ix_audit_log_org_id_actor_id", "org_id", "actor", "id"),
    comment="who changed what; append-only: a trigger refuses UPDATE, DELETE and TRUNCATE; "
    "org_id: null for what belongs to no organization",
    info=open_to(write=(Across.JOIN, Across.PLATFORM), may=GROWING),
)
