"""Tenants, who belongs to them, and what each role may do."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import GROWING, METADATA, moment, one_of, open_to
from server.kernel.tenancy import Across

organizations = sa.Table(
    "organizations",
    METADATA,
    # Text: a partner's company id is taken over verbatim.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("approval", sa.Text, nullable=False, server_default="pending"),
    moment("created_at", now=True),
    one_of("approval", "pending", "approved", "rejected", "suspended"),
    sa.CheckConstraint("length(id) BETWEEN 1 AND 64", name="id_length"),
    sa.CheckConstraint("id NOT LIKE '@%'", name="id_no_scope"),
    info=open_to(Across.STOREFRONT, Across.CREDENTIAL, may=GROWING),
)

members = sa.Table(
    "organization_members",
    METADATA,
    sa.Column("org_id", sa.Text, sa.ForeignKey("organizations.id"), primary_key=True),
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    moment("created_at", now=True),
    one_of("role", "owner", "admin", "staff", "scanner", "finance"),
    info=open_to(Across.CREDENTIAL, may=GROWING),
)

role_permissions = sa.Table(
    "role_permissions",
    METADATA,
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("permission", sa.Text, primary_key=True),
    info=open_to(shared="what roles mean is the same for everybody", may=("SELECT",)),
)
