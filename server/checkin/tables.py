"""Every scan at a door, admitted or not, in the order of the scans clock."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

scans = sa.Table(
    "scans",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("ticket_id", pg.UUID),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("gate", sa.Text, nullable=False),
    sa.Column("scanner_key_id", pg.UUID, nullable=False),
    moment("scanned_at", now=True),
    moment("undone_at", null=True),
    one_of("result", "admitted", "duplicate", "refused", "undone"),
    sa.CheckConstraint("undone_at IS NULL OR result = 'admitted'", name="who_came_in_is_undone"),
    sa.UniqueConstraint("event_id", "version"),
    # A ticket is admitted once, whatever two doors do at the same time; and again after an undo.
    sa.Index(
        "uq_scans_admitted_ticket",
        "ticket_id",
        unique=True,
        postgresql_where=sa.text("result = 'admitted' AND undone_at IS NULL"),
    ),
    info=open_to(Across.FEED),
    comment="undone_at: of an admission that was a mistake; the undo is a row of its own",
)
