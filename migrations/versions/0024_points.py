"""Loyalty points: accounts, their ledger, and what orders use and earn; what of the net is a promoter's"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# A balance and its entries change in any order, so what they add up to is known when the
# transaction ends.
BALANCE = """
CREATE FUNCTION point_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_account uuid := CASE TG_TABLE_NAME WHEN 'point_accounts' THEN NEW.id
                     ELSE (to_jsonb(NEW) ->> 'account_id')::uuid END;
  told bigint;
  found bigint;
BEGIN
  SELECT balance INTO told FROM point_accounts WHERE id = of_account;
  SELECT coalesce(sum(points), 0) INTO found FROM point_ledger WHERE account_id = of_account;
  IF told <> found THEN
    RAISE EXCEPTION 'account %: % points are not the sum of its ledger, %', of_account, told, found
      USING ERRCODE = 'check_violation', CONSTRAINT = 'point_balance';
  END IF;
  RETURN NULL;
END $$
"""
REFUSES = """
CREATE FUNCTION point_ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger of points is only added to' USING ERRCODE = 'check_violation';
END $$
"""
TRIGGERS = (
    """CREATE CONSTRAINT TRIGGER point_balance AFTER INSERT OR UPDATE OF balance ON point_accounts
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION point_balance()""",
    """CREATE CONSTRAINT TRIGGER point_balance AFTER INSERT ON point_ledger
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION point_balance()""",
    """CREATE TRIGGER point_ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON point_ledger
       FOR EACH STATEMENT EXECUTE FUNCTION point_ledger_refuses()""",
)


VENUES = "latitude, longitude: degrees, WGS 84; capacity: people that may be inside; is_shared: other organizations may have events there; is_exclusive: whose it is hosts them"


def _now() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "point_accounts",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("user_id", postgresql.UUID(), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        _now(),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_point_accounts_balance_not_negative")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_point_accounts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_accounts")),
        sa.UniqueConstraint("org_id", "user_id", name=op.f("uq_point_accounts_org_id_user_id")),
        comment="a buyer's points with an organization; balance: the sum of the ledger, which the trigger point_balance proves",
    )
    op.create_index("ix_point_accounts_user_id", "point_accounts", ["user_id"])
    op.create_table(
        "order_points",
        sa.Column("order_id", postgresql.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("account_id", postgresql.UUID(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("used_minor", sa.BigInteger(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.Column("per_minor", sa.BigInteger(), nullable=False),
        _now(),
        sa.CheckConstraint(
            "used >= 0 AND used_minor >= 0", name=op.f("ck_order_points_used_not_negative")
        ),
        sa.CheckConstraint(
            "(used = 0) = (used_minor = 0)", name=op.f("ck_order_points_used_is_worth")
        ),
        sa.CheckConstraint("earned >= 0 AND per_minor > 0", name=op.f("ck_order_points_rate_sane")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["point_accounts.id"], name=op.f("fk_order_points_account_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_points_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_points")),
        comment="what an order pays with points, and by which rule it earns some: as it was ordered",
    )
    op.create_index("ix_order_points_account_id", "order_points", ["account_id"])
    op.create_table(
        "point_ledger",
        sa.Column("id", postgresql.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("account_id", postgresql.UUID(), nullable=False),
        sa.Column("order_id", postgresql.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        _now(),
        sa.CheckConstraint(
            "kind IN ('used', 'given_back', 'earned', 'taken_back', 'adjusted')",
            name=op.f("ck_point_ledger_kind_known"),
        ),
        sa.CheckConstraint(
            "points <> 0 AND CASE kind WHEN 'adjusted' THEN true"
            " WHEN 'used' THEN points < 0 WHEN 'taken_back' THEN points < 0 ELSE points > 0 END",
            name=op.f("ck_point_ledger_sign_of_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'adjusted') = (order_id IS NULL)", name=op.f("ck_point_ledger_of_an_order")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["point_accounts.id"], name=op.f("fk_point_ledger_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order_points.order_id"], name=op.f("fk_point_ledger_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_ledger")),
        comment="every change of a balance; note: why somebody adjusted it",
    )
    op.create_index("ix_point_ledger_account_id", "point_ledger", ["account_id", "id"])
    op.create_index("ix_point_ledger_order_id", "point_ledger", ["order_id"])
    for statement in (BALANCE, REFUSES, *TRIGGERS):
        op.execute(statement)
    op.add_column(
        "venues",
        sa.Column("promoter_share_ppm", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_venues_promoter_share_sane"),
        "venues",
        "promoter_share_ppm BETWEEN 0 AND 1000000",
    )
    op.create_table_comment(
        "venues",
        f"{VENUES}; promoter_share_ppm: of what is left of the sales of such an event, what is its promoter's",
        existing_comment=VENUES,
    )


def downgrade() -> None:
    op.create_table_comment("venues", VENUES)
    op.drop_constraint(op.f("ck_venues_promoter_share_sane"), "venues")
    op.drop_column("venues", "promoter_share_ppm")
    for table in ("point_ledger", "order_points", "point_accounts"):
        op.drop_table(table)
    op.execute("DROP FUNCTION point_balance")
    op.execute("DROP FUNCTION point_ledger_refuses")
