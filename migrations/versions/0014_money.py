"""What is in a total: fee, taxes, discounts; codes that reduce it; who pays by which terms"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MANAGERS = ("owner", "admin", "staff")
PARTS = ("fee_minor", "tax_minor", "discount_minor")
ORDER_CHECKS = {
    "channel_known": "channel IN ('online', 'box_office', 'complimentary', 'guest_list', 'import')",
    "paid_not_negative": "paid_minor >= 0",
}
PARTS_CHECKS = {
    "parts_not_negative": "fee_minor >= 0 AND tax_minor >= 0 AND discount_minor >= 0",
    "parts_in_total": "fee_minor + tax_minor <= total_minor",
}
# Lines come after their order, so what they add up to is known when the transaction ends.
ORDER_SUMS = """
CREATE FUNCTION order_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  told bigint[] := ARRAY[NEW.total_minor, NEW.fee_minor, NEW.tax_minor, NEW.discount_minor];
  found bigint[];
  taxed bigint;
BEGIN
  SELECT ARRAY[coalesce(sum(p.total_minor), 0), coalesce(sum(p.fee_minor), 0),
               coalesce(sum(p.tax_minor), 0), coalesce(sum(p.discount_minor), 0)]
    INTO found
    FROM (SELECT total_minor, fee_minor, tax_minor, discount_minor FROM order_lines
          WHERE order_id = NEW.id
          UNION ALL
          SELECT total_minor, fee_minor, tax_minor, discount_minor FROM order_items
          WHERE order_id = NEW.id) AS p;
  SELECT coalesce(sum(amount_minor), 0) INTO taxed FROM order_taxes WHERE order_id = NEW.id;
  IF told <> found OR taxed <> NEW.tax_minor THEN
    RAISE EXCEPTION 'order %: % is not the sum of its lines and items %, taxes %',
      NEW.id, told, found, taxed USING ERRCODE = 'check_violation', CONSTRAINT = 'order_sums';
  END IF;
  RETURN NULL;
END $$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER order_sums
AFTER INSERT OR UPDATE OF total_minor, fee_minor, tax_minor, discount_minor ON orders
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_sums()
"""
# As `server.orgs.charges.Charges.all_in`, for who looks for the cheapest of all events.
ALL_IN = """
CREATE FUNCTION all_in_minor(
  price_minor bigint, per_ticket_minor bigint, basis_points int, bearer text, taxes jsonb
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN price_minor = 0 THEN 0 ELSE
    div(2 * (price_minor * 1000000 + fee * within) * every + within * 1000000,
        2 * within * 1000000)::bigint END
  FROM (SELECT 1000000 + coalesce(sum((t ->> 'rate_ppm')::numeric), 0) AS every,
               1000000 + coalesce(sum((t ->> 'rate_ppm')::numeric)
                                  FILTER (WHERE (t ->> 'is_included')::bool), 0) AS within
        FROM jsonb_array_elements(taxes) AS t) AS rates,
    LATERAL (SELECT CASE WHEN bearer <> 'buyer' THEN 0
                         WHEN per_ticket_minor > 0 THEN per_ticket_minor
                         ELSE div(2 * price_minor * 1000000 * basis_points + within * 10000,
                                  2 * within * 10000) END AS fee) AS fees
$$
"""
# Hundredths of a percent cannot say 9.975 %.
FINER_RATES = """
UPDATE organizations o SET settings = jsonb_set(o.settings, '{taxes}', (
  SELECT jsonb_agg(t - 'basis_points'
                   || jsonb_build_object('rate_ppm', (t ->> 'basis_points')::int * 100) ORDER BY n)
  FROM jsonb_array_elements(o.settings -> 'taxes') WITH ORDINALITY AS w (t, n)))
WHERE jsonb_array_length(o.settings -> 'taxes') > 0
"""
ROUGHER_RATES = """
UPDATE organizations o SET settings = jsonb_set(o.settings, '{taxes}', (
  SELECT jsonb_agg(t - 'rate_ppm'
                   || jsonb_build_object('basis_points', (t ->> 'rate_ppm')::int / 100) ORDER BY n)
  FROM jsonb_array_elements(o.settings -> 'taxes') WITH ORDINALITY AS w (t, n)))
WHERE jsonb_array_length(o.settings -> 'taxes') > 0
"""
PAID = """
UPDATE orders o SET paid_minor = p.paid
FROM (SELECT order_id, sum(amount_minor - refunded_minor) AS paid FROM payments
      WHERE status IN ('captured', 'partially_refunded', 'refunded', 'disputed')
      GROUP BY order_id) AS p
WHERE p.order_id = o.id
"""


def upgrade() -> None:
    permissions = sa.table("role_permissions", sa.column("role"), sa.column("permission"))
    op.bulk_insert(permissions, [{"role": r, "permission": "order:manage"} for r in MANAGERS])
    op.execute(FINER_RATES)

    for table in ("orders", "order_lines", "order_items"):
        for name in PARTS:
            op.add_column(
                table, sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            )
        for name, condition in PARTS_CHECKS.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    for table in ("order_lines", "order_items"):
        op.drop_constraint(op.f(f"ck_{table}_total"), table)
        op.create_check_constraint(
            op.f(f"ck_{table}_total"),
            table,
            "total_minor = unit_price_minor * quantity - discount_minor",
        )
    op.create_table(
        "former_charges",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("valid_until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("charges", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_charges")),
        comment="the organization's fee and taxes until then, or what its event said of them: who held places before pays by that; rows stay",
    )
    op.create_index(
        "ix_former_charges_org_id", "former_charges", ["org_id", "valid_until"], unique=False
    )
    op.create_table(
        "discounts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column(
            "ticket_type_ids", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False
        ),
        sa.Column("valid_from", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("valid_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("uses_max", sa.Integer(), nullable=True),
        sa.Column("uses_per_buyer_max", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(basis_points IS NULL) <> (amount_minor IS NULL)",
            name=op.f("ck_discounts_percent_or_fixed"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_discounts_amount_positive")),
        sa.CheckConstraint(
            "basis_points BETWEEN 1 AND 10000", name=op.f("ck_discounts_share_sane")
        ),
        sa.CheckConstraint("code = upper(code)", name=op.f("ck_discounts_code_upper")),
        sa.CheckConstraint(
            "uses_max > 0 AND uses_per_buyer_max > 0", name=op.f("ck_discounts_uses_positive")
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_discounts_window_in_order")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_discounts_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discounts")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_discounts_event_id_code")),
        comment="a row stays once it is there: orders name it; ticket_type_ids: empty for all",
    )
    op.create_table(
        "discount_redemptions",
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("discount_id", sa.UUID(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "amount_minor >= 0", name=op.f("ck_discount_redemptions_amount_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["discount_id"], ["discounts.id"], name=op.f("fk_discount_redemptions_discount_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_discount_redemptions_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_discount_redemptions")),
        comment="which order used a code; it counts while its order may be paid, or is",
    )
    op.create_index(
        "ix_discount_redemptions_discount_id", "discount_redemptions", ["discount_id"], unique=False
    )
    op.create_table(
        "order_taxes",
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("is_inclusive", sa.Boolean(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_order_taxes_amount_not_negative")),
        sa.CheckConstraint("rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_order_taxes_rate_sane")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_taxes_order_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_taxes")),
        comment="tax lines of an order: what of its total is which tax; rate_ppm: 50000 is 5 %",
    )
    op.add_column(
        "events", sa.Column("terms", postgresql.JSONB(), server_default="{}", nullable=False)
    )
    op.create_table_comment(
        "events",
        "revision: rises with each change by a person; external_ref: the event's id where its identity is kept, which is not here; cover: the image's name among the objects; sells_from: no place was sold before this, null while nothing was made to be sold; terms: a document, what is not in it is as the organization has settled it",
    )
    op.create_table_comment(
        "order_lines",
        "live: paid for and not refunded; ticket_type: its name when it was sold; unit_price_minor: all-in, as the map showed it",
    )
    op.add_column(
        "orders", sa.Column("paid_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "orders", sa.Column("channel", sa.Text(), server_default="online", nullable=False)
    )
    op.add_column(
        "orders", sa.Column("answers", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.create_table_comment(
        "orders",
        "total_minor: what the buyer pays in all, the sum of its lines and items, which the trigger order_sums proves; fee, tax: in it, discount: taken off it; paid_minor: captured less refunded; answers: to the event's questions, with their words",
    )
    for name, condition in ORDER_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_orders_{name}"), "orders", condition)
    op.execute(ALL_IN)
    op.execute(PAID)
    op.execute(ORDER_SUMS)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER order_sums ON orders")
    op.execute("DROP FUNCTION order_sums")
    op.execute("DROP FUNCTION all_in_minor")
    for name in ORDER_CHECKS:
        op.drop_constraint(op.f(f"ck_orders_{name}"), "orders")
    for table in ("order_lines", "order_items"):
        op.drop_constraint(op.f(f"ck_{table}_total"), table)
        # Not of what was sold with a discount.
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_total"
            " CHECK (total_minor = unit_price_minor * quantity) NOT VALID"
        )
    for table in ("orders", "order_lines", "order_items"):
        for name in PARTS_CHECKS:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        for name in PARTS:
            op.drop_column(table, name)
    op.drop_table_comment(
        "orders",
    )
    op.drop_column("orders", "answers")
    op.drop_column("orders", "channel")
    op.drop_column("orders", "paid_minor")
    op.create_table_comment(
        "order_lines",
        "live: paid for and not refunded; ticket_type: its name when it was sold",
    )
    op.create_table_comment(
        "events",
        "revision: rises with each change by a person; external_ref: the event's id where its identity is kept, which is not here; cover: the image's name among the objects; sells_from: no place was sold before this, null while nothing was made to be sold",
    )
    op.drop_column("events", "terms")
    op.drop_table("order_taxes")
    op.drop_index("ix_discount_redemptions_discount_id", table_name="discount_redemptions")
    op.drop_table("discount_redemptions")
    op.drop_table("discounts")
    op.drop_index("ix_former_charges_org_id", table_name="former_charges")
    op.drop_table("former_charges")
    op.execute(ROUGHER_RATES)
    op.execute("DELETE FROM role_permissions WHERE permission = 'order:manage'")
