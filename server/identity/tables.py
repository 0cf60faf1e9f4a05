"""Accounts of operators and buyers, their sessions and second factors, signing keys, scanner keys.

A guest who buys has no row here: their token is all there is of them.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import CHANGING, METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

REALMS = ("operator", "buyer")
_GOING = (*CHANGING, "DELETE")

users = sa.Table(
    "users",
    METADATA,
    uuid_key(),
    sa.Column("realm", sa.Text, nullable=False, server_default="operator"),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False, server_default="en"),
    moment("created_at", now=True),
    sa.UniqueConstraint("realm", "email"),
    one_of("realm", *REALMS),
    sa.CheckConstraint("email = lower(email)", name="email_lower"),
    info=open_to(shared="of a person, who may belong to many organizations"),
    comment="an address is here once its owner has proved to read its mail; "
    "realms are apart: one address may have an account in each",
)

account_requests = sa.Table(
    "account_requests",
    METADATA,
    uuid_key(),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("realm", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("password_hash", sa.Text),
    sa.Column("guest_id", pg.UUID),
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id", ondelete="CASCADE")),
    moment("created_at", now=True),
    moment("expires_at"),
    moment("used_at", null=True),
    one_of("purpose", "register", "reset", "email", "email-undo"),
    one_of("realm", *REALMS),
    sa.CheckConstraint(
        "num_nonnulls(name, password_hash) = CASE purpose WHEN 'register' THEN 2 ELSE 0 END",
        name="only_a_register_has_a_password",
    ),
    sa.CheckConstraint(
        "(user_id IS NOT NULL) = (purpose IN ('email', 'email-undo'))",
        name="a_change_of_address_has_a_user",
    ),
    sa.Index("ix_account_requests_expires_at", "expires_at"),
    sa.Index("ix_account_requests_email", "email", postgresql_where=sa.text("used_at IS NULL")),
    sa.Index(
        "ix_account_requests_user_id", "user_id", postgresql_where=sa.text("user_id IS NOT NULL")
    ),
    comment="what a link in a mail is for; the link is signed and not stored; "
    "email: whose mail it is in, so of email-undo the address that the account had",
    info=open_to(shared="of a person, who may belong to many organizations", may=_GOING),
)

sessions = sa.Table(
    "sessions",
    METADATA,
    uuid_key(),
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    moment("created_at", now=True),
    moment("last_used_at", now=True),
    moment("expires_at"),
    moment("revoked_at", null=True),
    sa.Index("ix_sessions_user_id", "user_id"),
    sa.Index("ix_sessions_expires_at", "expires_at"),
    info=open_to(shared="of a person, who may belong to many organizations", may=_GOING),
)

refresh_tokens = sa.Table(
    "refresh_tokens",
    METADATA,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column(
        "session_id", pg.UUID, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False
    ),
    moment("used_at", null=True),
    # A chain without forks: of a session's tokens one is to be used.
    sa.Index(
        "uq_refresh_tokens_unused",
        "session_id",
        unique=True,
        postgresql_where=sa.text("used_at IS NULL"),
    ),
    sa.Index("ix_refresh_tokens_session_id", "session_id"),
    info=open_to(shared="of a person, who may belong to many organizations"),
)

second_factors = sa.Table(
    "second_factors",
    METADATA,
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("last_counter", sa.BigInteger, nullable=False, server_default="0"),
    moment("created_at", now=True),
    moment("confirmed_at", null=True),
    comment="secret: AES-GCM under a key derived from JWT_SECRET; "
    "last_counter: the time step of the newest code that was taken, none is taken twice",
    info=open_to(shared="of a person, who may belong to many organizations", may=_GOING),
)

recovery_codes = sa.Table(
    "recovery_codes",
    METADATA,
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    moment("used_at", null=True),
    info=open_to(shared="of a person, who may belong to many organizations", may=_GOING),
)

attempts = sa.Table(
    "attempts",
    METADATA,
    sa.Column("key", sa.LargeBinary, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    moment("counted_at"),
    moment("free_at"),
    sa.Index("ix_attempts_counted_at", "counted_at"),
    comment="how often somebody tried of late, and when they may again; keys are digests",
    info=open_to(shared="digests of who tried, before anybody is known", may=_GOING),
)

signing_keys = sa.Table(
    "signing_keys",
    METADATA,
    sa.Column("kid", sa.Text, primary_key=True),
    moment("created_at", now=True),
    moment("signs_from"),
    moment("revoked_at", null=True),
    comment="which keys are valid; the keys themselves are derived from JWT_SECRET",
    info=open_to(shared="the keys of the whole deployment"),
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
    sa.Index("ix_scanner_keys_event_id", "event_id"),
    info=open_to(Across.CREDENTIAL),
)
