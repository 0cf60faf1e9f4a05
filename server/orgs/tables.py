"""Tenants, who belongs to them, and what each role may do."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import (
    CHANGING,
    GROWING,
    METADATA,
    moment,
    one_of,
    open_to,
    org_id,
    uuid_key,
)
from server.kernel.tenancy import Across

ROLES = ("owner", "admin", "staff", "scanner", "finance")

organizations = sa.Table(
    "organizations",
    METADATA,
    # Text: a partner's company id is taken over verbatim.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("approval", sa.Text, nullable=False, server_default="pending"),
    moment("created_at", now=True),
    sa.Column("approval_note", sa.Text, nullable=False, server_default=""),
    sa.Column("billing", sa.Text, nullable=False, server_default="trial"),
    sa.Column("partner", sa.Text),
    sa.Column("fee_per_ticket_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("fee_basis_points", sa.Integer, nullable=False, server_default="0"),
    sa.Column("settings", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("branding", pg.JSONB, nullable=False, server_default="{}"),
    one_of("approval", "pending", "approved", "rejected", "suspended"),
    one_of("billing", "trial", "active", "past_due", "canceled"),
    sa.CheckConstraint("length(id) BETWEEN 1 AND 64", name="id_length"),
    sa.CheckConstraint("id NOT LIKE '@%'", name="id_no_scope"),
    sa.CheckConstraint("fee_per_ticket_minor >= 0", name="fee_not_negative"),
    sa.CheckConstraint("fee_basis_points BETWEEN 0 AND 10000", name="fee_share_sane"),
    sa.CheckConstraint("fee_per_ticket_minor = 0 OR fee_basis_points = 0", name="one_kind_of_fee"),
    comment="approval: whether it may sell; billing: of its plan; partner: who brought it, by name "
    "in PARTNER_KEYS; settings, branding: documents, what is not in them is as by default",
    info=open_to(
        Across.STOREFRONT,
        Across.CREDENTIAL,
        Across.PARTIES,
        Across.BUYER,
        write=(Across.JOIN, Across.PLATFORM),
    ),
)

members = sa.Table(
    "organization_members",
    METADATA,
    sa.Column("org_id", sa.Text, sa.ForeignKey("organizations.id"), primary_key=True),
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    moment("created_at", now=True),
    one_of("role", *ROLES),
    sa.Index("ix_organization_members_user_id", "user_id"),
    info=open_to(
        Across.CREDENTIAL, write=(Across.JOIN, Across.PLATFORM), may=(*CHANGING, "DELETE")
    ),
)

role_permissions = sa.Table(
    "role_permissions",
    METADATA,
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("permission", sa.Text, primary_key=True),
    info=open_to(shared="what roles mean is the same for everybody", may=("SELECT",)),
)

api_keys = sa.Table(
    "api_keys",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("permissions", pg.ARRAY(sa.Text)),
    sa.Column("created_by", sa.Text, nullable=False),
    moment("created_at", now=True),
    moment("expires_at", null=True),
    moment("last_used_at", null=True),
    moment("revoked_at", null=True),
    sa.ForeignKeyConstraint(["org_id"], ["organizations.id"]),
    sa.Index("ix_api_keys_org_id_id", "org_id", "id"),
    comment="permissions: null for all that an owner may",
    info=open_to(Across.CREDENTIAL, write=(Across.PLATFORM,)),
)

platform_staff = sa.Table(
    "platform_staff",
    METADATA,
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    moment("created_at", now=True),
    one_of("role", "support", "superadmin"),
    comment="users who work for the platform itself",
    info=open_to(shared="the platform's own people", may=(*CHANGING, "DELETE")),
)

invitations = sa.Table(
    "invitations",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("token_hash", sa.LargeBinary, unique=True),
    sa.Column("invited_by", sa.Text, nullable=False),
    moment("created_at", now=True),
    moment("expires_at"),
    moment("accepted_at", null=True),
    moment("revoked_at", null=True),
    sa.ForeignKeyConstraint(["org_id"], ["organizations.id"]),
    one_of("role", *ROLES),
    sa.CheckConstraint("email = lower(email)", name="email_lower"),
    sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="ends_once"),
    sa.Index("ix_invitations_org_id_id", "org_id", "id"),
    # One that waits, per person: a second invitation is the first one, sent again.
    sa.Index(
        "uq_invitations_waiting",
        "org_id",
        "email",
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    ),
    comment="token_hash: of the token in the mail's link",
    info=open_to(write=(Across.JOIN, Across.PLATFORM)),
)

switches = sa.Table(
    "switches",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("flag", sa.Text, primary_key=True),
    sa.Column("is_by_staff", sa.Boolean, primary_key=True),
    sa.Column("owner_id", sa.Text, sa.ForeignKey("organizations.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("switched_by", sa.Text, nullable=False),
    moment("switched_at", now=True),
    one_of("flag", "ticketing", "checkout", "refunds", "scanning", "payouts"),
    sa.CheckConstraint("(scope = 'platform') = (owner_id IS NULL)", name="owner_unless_platform"),
    sa.CheckConstraint("scope <> 'platform' OR is_by_staff", name="platform_is_of_staff"),
    comment="what is switched off: a row is off, no row is on; scope: platform, org:<id> or "
    "event:<id>; owner_id: the organization; staff and organization each have a switch of "
    "their own",
    info=open_to(
        shared="what is off, and why, is told to everybody whom it stops",
        may=(*CHANGING, "DELETE"),
    ),
)

former_charges = sa.Table(
    "former_charges",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID),
    moment("valid_until"),
    sa.Column("charges", pg.JSONB, nullable=False),
    sa.Index("ix_former_charges_org_id", "org_id", "valid_until"),
    comment="the organization's fee and taxes until then, or what its event said of them: who held "
    "places before pays by that; rows stay",
    info=open_to(Across.STOREFRONT, write=(Across.PLATFORM,), may=GROWING),
)

org_domains = sa.Table(
    "org_domains",
    METADATA,
    sa.Column("org_id", sa.Text, sa.ForeignKey("organizations.id"), primary_key=True),
    sa.Column("domain", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, nullable=False),
    moment("created_at", now=True),
    moment("verified_at", null=True),
    sa.CheckConstraint("domain = lower(domain)", name="domain_lower"),
    # Anybody may claim one; it is of the first who proved it.
    sa.Index(
        "uq_org_domains_verified",
        "domain",
        unique=True,
        postgresql_where=sa.text("verified_at IS NOT NULL"),
    ),
    comment="token: what the domain's owner publishes in its DNS",
    info=open_to(
        public="whose a domain is, everybody sees who opens it, and it is refused to all others",
        may=(*CHANGING, "DELETE"),
    ),
)

org_logos = sa.Table(
    "org_logos",
    METADATA,
    uuid_key(),
    sa.Column("org_id", sa.Text, sa.ForeignKey("organizations.id"), nullable=False, unique=True),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    moment("created_at", now=True),
    comment="id: new with each upload, so that its address may be cached for ever",
    info=open_to(Across.STOREFRONT, may=(*CHANGING, "DELETE")),
)
