"""A hold says itself which standing places it has, as it does of its seats

Processes of the release before cannot hold places, nor give standing places back, from here on: their
statements fail as a whole, so nothing is lost, until they are replaced.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

FILL = """
UPDATE holds h SET pool_ids = c.pool_ids, pool_quantities = c.quantities
FROM (SELECT hold_id, array_agg(pool_id ORDER BY pool_id) AS pool_ids,
             array_agg(quantity ORDER BY pool_id) AS quantities
      FROM pool_claims WHERE hold_id IS NOT NULL GROUP BY hold_id) c
WHERE h.id = c.hold_id
"""
CLAIMS = (
    "with the active holds, which say themselves what they have, the one scope of pool usage: sales "
    "and blocked places of every seller; leg: of blocked places, what is sold is on the legs of its "
    "hold"
)
CLAIMS_BEFORE = (
    "the one scope of pool usage: holds, sales and blocked places of every seller; leg: of blocked "
    "places, the others are on the legs of their hold"
)
UNFILL = """
INSERT INTO pool_claims (id, org_id, event_id, pool_id, quantity, status, hold_id, held_until)
SELECT gen_random_uuid(), h.org_id, h.event_id, p.pool_id, p.quantity,
       CASE h.status WHEN 'active' THEN 'held' ELSE 'released' END, h.id,
       CASE h.status WHEN 'active' THEN h.expires_at END
FROM holds h, unnest(h.pool_ids, h.pool_quantities) AS p (pool_id, quantity)
WHERE h.status <> 'converted'
"""


def upgrade() -> None:
    for name, of in (("pool_ids", pg.UUID()), ("pool_quantities", sa.Integer())):
        column = sa.Column(name, pg.ARRAY(of), nullable=False, server_default="{}")
        op.add_column("holds", column)
    op.execute(FILL)
    op.create_check_constraint(
        op.f("ck_holds_pools_have_quantities"),
        "holds",
        "cardinality(pool_ids) = cardinality(pool_quantities)",
    )
    op.execute("DELETE FROM pool_claims WHERE status IN ('held', 'released')")
    for name in ("held_has_deadline", "held_for_a_hold", "status_known"):
        op.drop_constraint(op.f(f"ck_pool_claims_{name}"), "pool_claims")
    op.create_check_constraint(
        op.f("ck_pool_claims_status_known"), "pool_claims", "status IN ('sold', 'blocked')"
    )
    op.create_check_constraint(
        op.f("ck_pool_claims_sold_of_a_hold"),
        "pool_claims",
        "(status = 'blocked') = (hold_id IS NULL)",
    )
    op.drop_column("pool_claims", "held_until")
    op.create_table_comment("pool_claims", CLAIMS, existing_comment=CLAIMS_BEFORE)


def downgrade() -> None:
    op.add_column("pool_claims", sa.Column("held_until", sa.TIMESTAMP(timezone=True)))
    for name in ("sold_of_a_hold", "status_known"):
        op.drop_constraint(op.f(f"ck_pool_claims_{name}"), "pool_claims")
    op.execute(UNFILL)
    op.create_check_constraint(
        op.f("ck_pool_claims_status_known"),
        "pool_claims",
        "status IN ('held', 'sold', 'released', 'blocked')",
    )
    op.create_check_constraint(
        op.f("ck_pool_claims_held_for_a_hold"),
        "pool_claims",
        "(status = 'blocked') = (hold_id IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_pool_claims_held_has_deadline"),
        "pool_claims",
        "(status = 'held') = (held_until IS NOT NULL)",
    )
    op.create_table_comment("pool_claims", CLAIMS_BEFORE, existing_comment=CLAIMS)
    op.drop_column("holds", "pool_quantities")
    op.drop_column("holds", "pool_ids")
