"""All-in prices of large amounts, which are more than a bigint on the way"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# As `server.orgs.charges.Charges.all_in`; `million`: numeric, or bigint as it was.
ALL_IN = """
CREATE OR REPLACE FUNCTION all_in_minor(
  price_minor bigint, per_ticket_minor bigint, basis_points int, bearer text, taxes jsonb
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN price_minor = 0 THEN 0 ELSE
    div(2 * (price_minor * {million} + fee * within) * every + within * 1000000,
        2 * within * 1000000)::bigint END
  FROM (SELECT 1000000 + coalesce(sum((t ->> 'rate_ppm')::numeric), 0) AS every,
               1000000 + coalesce(sum((t ->> 'rate_ppm')::numeric)
                                  FILTER (WHERE (t ->> 'is_included')::bool), 0) AS within
        FROM jsonb_array_elements(taxes) AS t) AS rates,
    LATERAL (SELECT CASE WHEN bearer <> 'buyer' THEN 0
                         WHEN per_ticket_minor > 0 THEN per_ticket_minor
                         ELSE div(2 * (price_minor * {million}) * basis_points + within * 10000,
                                  2 * within * 10000) END AS fee) AS fees
$$
"""


def upgrade() -> None:
    op.execute(ALL_IN.format(million="1000000::numeric"))


def downgrade() -> None:
    op.execute(ALL_IN.format(million="1000000"))
