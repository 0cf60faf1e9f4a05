"""Every scan at a door, admitted or not, in the order of the scans clock."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import GROWING, METADATA, moment, one_of, open_to, org_id, uuid_key
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
    one_of("result", "admitted", "duplicate", "refused"),
    sa.UniqueConstraint("event_id", "version"),
    # A ticket is admitted once, whatever two doors do at the same time.
    sa.Index(
        "uq_scans_admitted_ticket",
        "ticket_id",
        unique=True,
        postgresql_where=sa.text("result = 'admitted'"),
    ),
    info=open_to(Across.FEED, may=GROWING),
)
