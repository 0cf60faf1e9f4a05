"""The audit log; what organizations are, who and what acts for them, what is switched off"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MATRIX = {
    "owner": ("org:read", "org:manage", "member:manage", "key:manage", "audit:read"),
    "admin": ("org:read", "org:manage", "member:manage", "key:manage", "audit:read"),
    "staff": ("org:read",),
    "finance": ("org:read",),
    "scanner": ("org:read",),
}
# The owner of a table may do everything to it, but not past a trigger.
REFUSE_CHANGES = """
CREATE FUNCTION audit_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""

CHECKS = {
    "billing_known": "billing IN ('trial', 'active', 'past_due', 'canceled')",
    "fee_not_negative": "fee_per_ticket_minor >= 0",
    "fee_share_sane": "fee_basis_points BETWEEN 0 AND 10000",
    "one_kind_of_fee": "fee_per_ticket_minor = 0 OR fee_basis_points = 0",
}


def upgrade() -> None:
    permissions = sa.table("role_permissions", sa.column("role"), sa.column("permission"))
    op.bulk_insert(
        permissions,
        [
            {"role": role, "permission": permission}
            for role, allowed in MATRIX.items()
            for permission in allowed
        ],
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("org_id", sa.Text()),
        sa.Column(
            "occurred_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        comment="who changed what; append-only: a trigger refuses UPDATE, DELETE and TRUNCATE; org_id: null for what belongs to no organization",
    )
    for columns in (["org_id", "id"], ["org_id", "subject", "id"], ["org_id", "actor", "id"]):
        op.create_index(f"ix_audit_log_{'_'.join(columns)}", "audit_log", columns)
    op.execute(REFUSE_CHANGES)
    op.execute(
        """CREATE TRIGGER audit_log_is_append_only
           BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
           FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuses()"""
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text())),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("last_used_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True)),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_api_keys_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
        comment="permissions: null for all that an owner may",
    )
    op.create_index("ix_api_keys_org_id_id", "api_keys", ["org_id", "id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary()),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'staff', 'scanner', 'finance')",
            name=op.f("ck_invitations_role_known"),
        ),
        sa.CheckConstraint(
            "accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitations_ends_once")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitations_email_lower")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_invitations_org_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
        comment="token_hash: of the token in the mail's link",
    )
    op.create_index("ix_invitations_org_id_id", "invitations", ["org_id", "id"])
    op.create_index(
        "uq_invitations_waiting",
        "invitations",
        ["org_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )
    op.create_table(
        "org_domains",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("verified_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint("domain = lower(domain)", name=op.f("ck_org_domains_domain_lower")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_org_domains_org_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "domain", name=op.f("pk_org_domains")),
        comment="token: what the domain's owner publishes in its DNS",
    )
    op.create_index(
        "uq_org_domains_verified",
        "org_domains",
        ["domain"],
        unique=True,
        postgresql_where=sa.text("verified_at IS NOT NULL"),
    )
    op.create_table(
        "org_logos",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_org_logos_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_logos")),
        sa.UniqueConstraint("org_id", name=op.f("uq_org_logos_org_id")),
        comment="id: new with each upload, so that its address may be cached for ever",
    )
    op.create_table(
        "platform_staff",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('support', 'superadmin')", name=op.f("ck_platform_staff_role_known")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_platform_staff_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_platform_staff")),
        comment="users who work for the platform itself",
    )
    op.create_table(
        "switches",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("is_by_staff", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("switched_by", sa.Text(), nullable=False),
        sa.Column(
            "switched_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(scope = 'platform') = (owner_id IS NULL)",
            name=op.f("ck_switches_owner_unless_platform"),
        ),
        sa.CheckConstraint(
            "flag IN ('ticketing', 'checkout', 'refunds', 'scanning', 'payouts')",
            name=op.f("ck_switches_flag_known"),
        ),
        sa.CheckConstraint(
            "scope <> 'platform' OR is_by_staff", name=op.f("ck_switches_platform_is_of_staff")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organizations.id"], name=op.f("fk_switches_owner_id")
        ),
        sa.PrimaryKeyConstraint("scope", "flag", "is_by_staff", name=op.f("pk_switches")),
        comment="what is switched off: a row is off, no row is on; scope: platform, org:<id> or event:<id>; owner_id: the organization; staff and organization each have a switch of their own",
    )
    op.create_index("ix_organization_members_user_id", "organization_members", ["user_id"])
    op.add_column(
        "organizations", sa.Column("approval_note", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "organizations", sa.Column("billing", sa.Text(), server_default="trial", nullable=False)
    )
    op.add_column("organizations", sa.Column("partner", sa.Text()))
    op.add_column(
        "organizations",
        sa.Column("fee_per_ticket_minor", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "organizations",
        sa.Column("fee_basis_points", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "organizations",
        sa.Column("settings", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.add_column(
        "organizations",
        sa.Column("branding", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.create_table_comment(
        "organizations",
        "approval: whether it may sell; billing: of its plan; partner: who brought it, by name in PARTNER_KEYS; settings, branding: documents, what is not in them is as by default",
    )
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_organizations_{name}"), "organizations", condition)


def downgrade() -> None:
    op.drop_table_comment("organizations")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_organizations_{name}"), "organizations")
    for column in (
        "branding", "settings", "fee_basis_points", "fee_per_ticket_minor", "partner", "billing",
        "approval_note",
    ):  # fmt: skip
        op.drop_column("organizations", column)
    op.drop_index("ix_organization_members_user_id", "organization_members")
    for table in (
        "switches", "platform_staff", "org_logos", "org_domains", "invitations", "api_keys",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_table("audit_log")
    op.execute("DROP FUNCTION audit_log_refuses()")
    added = sorted({permission for allowed in MATRIX.values() for permission in allowed})
    op.execute(
        sa.text("DELETE FROM role_permissions WHERE permission = ANY(:added)").bindparams(
            added=added
        )
    )
