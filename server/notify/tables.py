"""Mails: what is promised to a mailbox, until it is sent or given up."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import (
    CHANGING,
    METADATA,
    moment,
    one_of,
    open_to,
    org_id,
    uuid_key,
)

mails = sa.Table(
    "mails",
    METADATA,
    uuid_key(),
    sa.Column("to_address", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("data", pg.JSONB, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    moment("next_attempt_at", now=True),
    moment("send_by", null=True),
    moment("created_at", now=True),
    moment("sent_at", null=True),
    sa.Column("last_error", sa.Text),
    one_of("status", "waiting", "sent", "dead"),
    sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_when_sent"),
    sa.Index(
        "ix_mails_due",
        sa.text("coalesce(data->>'org_id', '')"),
        "next_attempt_at",
        postgresql_where=sa.text("status = 'waiting'"),
    ),
    sa.Index("ix_mails_dead", "id", postgresql_where=sa.text("status = 'dead'")),
    sa.Index("ix_mails_created_at", "created_at"),
    comment="id: of the event that caused it, so that one event causes one mail; "
    "data: what the template says, never a secret; send_by: of no use to anybody later",
    info=open_to(shared="to a person, whoever wrote it", may=(*CHANGING, "DELETE")),
)

mail_texts = sa.Table(
    "mail_texts",
    METADATA,
    org_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("intro", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("org_id", "kind", "language"),
    sa.ForeignKeyConstraint(["org_id"], ["organizations.id"]),
    comment="an organization's own words for mails about its orders",
    info=open_to(may=(*CHANGING, "DELETE")),
)
