"""Large organizations side by side: what is read by time or by event has its index; a name's words
are split in one way, whether they are kept or looked for"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# Rows come in the order of their time, so that a summary of each range of pages finds them: a few
# kilobytes, and next to nothing for who writes.
_BY_TIME = {
    "orders": "created_at",
    "tickets": "issued_at",
    "payments": "created_at",
    "outbox": "occurred_at",
}

# PostgreSQL's parser takes 20.10.2027, 3/4, -12 and AC/DC for one word each, and what is looked for
# for several.
_SPLIT = """
CREATE FUNCTION words_of(said text) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT left(word, 100)), '{}')
  FROM regexp_split_to_table(lower(said), '[^[:alnum:]]+') AS word WHERE word <> ''
$$"""
_TEXT = "concat_ws(' ', e.name, e.summary, v.name, v.city, o.name)"
_INDEX = """
CREATE OR REPLACE FUNCTION index_events(which uuid[]) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM event_words w
  WHERE w.event_id = ANY(which)
    AND NOT EXISTS (SELECT FROM events e WHERE e.id = w.event_id AND e.status = 'published');
  INSERT INTO event_words (event_id, words)
  SELECT e.id, %s
  FROM events e JOIN venues v ON v.id = e.venue_id JOIN organizations o ON o.id = e.org_id
  WHERE e.id = ANY(which) AND e.status = 'published'
  ON CONFLICT (event_id) DO UPDATE SET words = excluded.words;
$$"""
_AGAIN = "SELECT index_events(ARRAY(SELECT id FROM events WHERE status = 'published'))"


def upgrade() -> None:
    for table, column in _BY_TIME.items():
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="brin")
    op.create_index("ix_orders_event_id_id", "orders", ["event_id", "id"])
    op.drop_index("ix_orders_event_id_status", "orders")
    op.create_index("ix_events_status_starts_at_id", "events", ["status", "starts_at", "id"])
    op.drop_index("ix_events_status_starts_at", "events")
    op.create_index("ix_refund_requests_order_id", "refund_requests", ["order_id"])
    op.create_index("ix_scanner_keys_event_id", "scanner_keys", ["event_id"])
    op.create_index(
        "ix_account_requests_email",
        "account_requests",
        ["email"],
        postgresql_where=sa.text("used_at IS NULL"),
    )
    op.execute(_SPLIT)
    op.execute(_INDEX % f"array_to_tsvector(words_of({_TEXT}))")
    op.execute(_AGAIN)


def downgrade() -> None:
    op.execute(_INDEX % f"to_tsvector('simple', {_TEXT})")
    op.execute(_AGAIN)
    op.execute("DROP FUNCTION words_of")
    op.drop_index("ix_account_requests_email", "account_requests")
    op.drop_index("ix_scanner_keys_event_id", "scanner_keys")
    op.drop_index("ix_refund_requests_order_id", "refund_requests")
    op.create_index("ix_events_status_starts_at", "events", ["status", "starts_at"])
    op.drop_index("ix_events_status_starts_at_id", "events")
    op.create_index("ix_orders_event_id_status", "orders", ["event_id", "status"])
    op.drop_index("ix_orders_event_id_id", "orders")
    for table, column in _BY_TIME.items():
        op.drop_index(f"ix_{table}_{column}", table)
