"""Two batches of holds of one event may be on their way at once"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LOCK = """
CREATE FUNCTION inventory_lock(hold uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT hashtextextended(hold::text, 0) $$
"""
# The last thing that a batch does. What stands behind a lock that is waited for is read by
# statements of their own, so that in READ COMMITTED they see what was committed meanwhile.
STAND = """
CREATE FUNCTION inventory_stand(
  event uuid, base bigint, after uuid, is_whole boolean, made uuid[], refused uuid[],
  places int[], ttl_s int, OUT due_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  stands boolean := false;
BEGIN
  IF is_whole THEN
    IF after IS NOT NULL THEN
      PERFORM pg_advisory_xact_lock_shared(inventory_lock(after));
    END IF;
    SELECT c.version = base, c.due_at INTO stands, due_at FROM event_clock c
    WHERE c.event_id = event AND c.stream = 'inventory' FOR NO KEY UPDATE;
    stands := stands AND (after IS NULL OR EXISTS (SELECT FROM holds WHERE id = after))
      AND NOT EXISTS (SELECT FROM idempotency_keys WHERE id = ANY(made))
      AND NOT EXISTS (SELECT FROM holds WHERE id = ANY(refused));
  END IF;
  IF NOT stands THEN
    RAISE EXCEPTION 'the event is not what it was decided on'
      USING ERRCODE = 'serialization_failure';
  END IF;
  IF places IS NOT NULL THEN
    UPDATE event_clock c
    SET version = base + 1, due_at = least(c.due_at, now() + ttl_s * interval '1 second')
    WHERE c.event_id = event AND c.stream = 'inventory'
    RETURNING c.due_at INTO due_at;
    INSERT INTO inventory_changes (event_id, version, places) VALUES (event, base + 1, places);
  END IF;
END $$
"""
MOVED_ON = """
CREATE FUNCTION inventory_moved_on() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the event is not what it was decided on' USING ERRCODE = 'serialization_failure';
END $$
"""


def upgrade() -> None:
    op.execute(LOCK)
    op.execute(STAND)
    op.execute("DROP FUNCTION inventory_moved_on()")


def downgrade() -> None:
    op.execute(MOVED_ON)
    op.execute(
        "DROP FUNCTION inventory_stand(uuid, bigint, uuid, boolean, uuid[], uuid[], int[], int)"
    )
    op.execute("DROP FUNCTION inventory_lock(uuid)")
