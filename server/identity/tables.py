"""Operators' accounts and scanner keys. Buyers are guests: their token is all there is of them."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import GROWING, METADATA, moment, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

users = sa.Table(
    "users",
    METADATA,
    uuid_key(),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    moment("created_at", now=True),
    sa.CheckConstraint("email = lower(email)", name="email_lower"),
    info=open_to(shared="of a person, who may belong to many organizations", may=GROWING),
)

scanner_keys = sa.Table(
    "scanner_keys",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
    moment("created_at", now=True),
    moment("revoked_at", null=True),
    info=open_to(Across.CREDENTIAL),
)
