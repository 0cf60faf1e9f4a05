"""An event as one versioned object: legs, pool counters, the journal of changes, keys by digest"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STALE_VERSION = """
CREATE FUNCTION inventory_moved_on() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the event is not what it was decided on' USING ERRCODE = 'serialization_failure';
END $$
"""
# A hold that was asked for with a key is the record of it.
SPENT_KEYS = """
CREATE VIEW spent_keys AS
SELECT id, request_hash FROM idempotency_keys
UNION ALL
SELECT id, request_hash FROM holds WHERE request_hash IS NOT NULL
"""
# A UUID of version 8 from SHA-256 over caller and key, as server.kernel.idempotency makes it.
KEY_ID = """
encode(set_byte(set_byte(digest, 6, get_byte(digest, 6) & 15 | 128),
                8, get_byte(digest, 8) & 63 | 128), 'hex')::uuid
"""


def upgrade() -> None:
    op.execute(STALE_VERSION)
    _journal()
    _holds()
    _pools()
    _keys()
    op.execute(SPENT_KEYS)


def _journal() -> None:
    op.create_table(
        "inventory_changes",
        sa.Column("event_id", pg.UUID(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("places", pg.ARRAY(sa.Integer()), nullable=False),
        sa.Column(
            "changed_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("event_id", "version", name="pk_inventory_changes"),
        comment="which seats a version changed, leg << 20 | seat_idx; kept for minutes, a "
        "shortcut for who is a few versions behind",
    )
    op.create_index(
        "ix_inventory_changes_changed_at",
        "inventory_changes",
        ["changed_at"],
        postgresql_using="brin",
    )
    op.add_column("event_clock", sa.Column("due_at", sa.TIMESTAMP(timezone=True)))
    op.execute(
        """UPDATE event_clock c SET due_at = (SELECT min(expires_at) FROM holds h
           WHERE h.event_id = c.event_id AND h.status = 'active') WHERE stream = 'inventory'"""
    )
    op.create_table_comment(
        "event_clock",
        "version: contiguous, a counter row, bumped once per transaction and locked until commit; "
        "due_at: no active hold of the event ends before this",
    )


def _holds() -> None:
    for name in ("leg_first", "leg_last"):
        op.add_column(
            "holds", sa.Column(name, sa.SmallInteger(), server_default="0", nullable=False)
        )
    op.add_column("holds", sa.Column("request_hash", sa.LargeBinary()))
    op.add_column("holds", sa.Column("places", sa.Integer()))
    op.execute(
        """UPDATE holds h SET places = cardinality(seat_idxs) + coalesce(
             (SELECT sum(quantity) FROM pool_claims c WHERE c.hold_id = h.id), 0)"""
    )
    op.alter_column("holds", "places", nullable=False)
    op.create_check_constraint(
        op.f("ck_holds_legs_in_order"), "holds", "leg_first BETWEEN 0 AND leg_last"
    )
    op.create_check_constraint(op.f("ck_holds_places_not_negative"), "holds", "places >= 0")
    op.drop_index("ix_holds_due", "holds")
    op.drop_index("ix_holds_buyer", "holds")
    op.create_index(
        "ix_holds_due",
        "holds",
        ["event_id", "expires_at"],
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_holds_buyer",
        "holds",
        ["buyer_id"],
        postgresql_using="hash",
        postgresql_where=sa.text("status IN ('active', 'converted')"),
    )
    op.create_table_comment(
        "holds",
        "id: the digest of the Idempotency-Key it was asked for with, if any; version: the "
        "event's version that last changed it; places: what it has of its buyer's limit",
    )


def _pools() -> None:
    for name in ("leg", "held", "sold", "blocked"):
        kind = sa.SmallInteger() if name == "leg" else sa.Integer()
        op.add_column("pools", sa.Column(name, kind, server_default="0", nullable=False))
    op.execute(
        """UPDATE pools p SET held = c.held, sold = c.sold FROM (
             SELECT pool_id, coalesce(sum(quantity) FILTER (WHERE status = 'held'), 0) AS held,
                    coalesce(sum(quantity) FILTER (WHERE status = 'sold'), 0) AS sold
             FROM pool_claims GROUP BY pool_id) c WHERE c.pool_id = p.id"""
    )
    op.drop_constraint(op.f("fk_pool_claims_pool_id"), "pool_claims")
    op.drop_constraint(op.f("fk_pool_claims_hold_id"), "pool_claims")
    op.drop_index("ix_pool_claims_hold_id", "pool_claims")
    op.create_index("ix_pool_claims_hold_id", "pool_claims", ["hold_id"], postgresql_using="hash")
    op.drop_constraint(op.f("pk_pools"), "pools")
    op.create_primary_key(op.f("pk_pools"), "pools", ["id", "leg"])
    op.drop_constraint("uq_pools_event_id_pool_idx", "pools")
    op.create_unique_constraint(
        "uq_pools_event_id_leg_pool_idx", "pools", ["event_id", "leg", "pool_idx"]
    )
    op.drop_constraint(op.f("ck_pools_capacity_not_negative"), "pools")
    op.create_check_constraint(
        op.f("ck_pools_usage_not_negative"), "pools", "least(held, sold, blocked) >= 0"
    )
    op.create_check_constraint(
        op.f("ck_pools_usage_within_capacity"), "pools", "held + sold + blocked <= capacity"
    )
    op.create_table_comment(
        "pools", "a row per leg; held, sold, blocked: sums of the claims of that status"
    )
    op.drop_index("ix_pool_claims_live", "pool_claims")
    op.alter_column("pool_claims", "hold_id", nullable=True)
    op.drop_constraint(op.f("ck_pool_claims_status_known"), "pool_claims")
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
    op.create_table_comment(
        "pool_claims",
        "the one scope of pool usage: holds, sales and blocked places of every seller",
    )


def _keys() -> None:
    op.add_column("idempotency_keys", sa.Column("id", pg.UUID()))
    op.execute(
        f"""UPDATE idempotency_keys k SET id = {KEY_ID}, request_hash = substr(request_hash, 1, 16)
            FROM (SELECT scope, key, substr(sha256(convert_to(scope, 'UTF8') || '\\x00'::bytea
                         || convert_to(key, 'UTF8')), 1, 16) AS digest FROM idempotency_keys) d
            WHERE d.scope = k.scope AND d.key = k.key"""  # noqa: S608 - a constant of this file
    )
    op.drop_constraint("pk_idempotency_keys", "idempotency_keys")
    op.create_primary_key("pk_idempotency_keys", "idempotency_keys", ["id"])
    op.drop_column("idempotency_keys", "scope")
    op.drop_column("idempotency_keys", "key")
    op.drop_index("ix_idempotency_keys_created_at", "idempotency_keys")
    op.create_index(
        "ix_idempotency_keys_created_at",
        "idempotency_keys",
        ["created_at"],
        postgresql_using="brin",
    )
    op.create_table_comment(
        "idempotency_keys",
        "id: a digest of caller and key; a hold's first answer is read off the hold itself",
    )


def downgrade() -> None:
    raise NotImplementedError("keys cannot be read back from their digests")
