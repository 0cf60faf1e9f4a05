"""Words that published events are found by, kept by the database wherever they change"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# With their owner's rights: a venue's name is in the words of other organizations' events.
_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"
_INDEX = """
CREATE FUNCTION index_events(which uuid[]) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM event_words w
  WHERE w.event_id = ANY(which)
    AND NOT EXISTS (SELECT FROM events e WHERE e.id = w.event_id AND e.status = 'published');
  INSERT INTO event_words (event_id, words)
  SELECT e.id, to_tsvector('simple', concat_ws(' ', e.name, e.summary, v.name, v.city, o.name))
  FROM events e JOIN venues v ON v.id = e.venue_id JOIN organizations o ON o.id = e.org_id
  WHERE e.id = ANY(which) AND e.status = 'published'
  ON CONFLICT (event_id) DO UPDATE SET words = excluded.words;
$$"""
_KEPT = (
    ("events", "INSERT OR UPDATE OF name, summary, status, venue_id", "ARRAY[NEW.id]"),
    ("venues", "UPDATE OF name, city", "ARRAY(SELECT id FROM events WHERE venue_id = NEW.id)"),
    ("organizations", "UPDATE OF name", "ARRAY(SELECT id FROM events WHERE org_id = NEW.id)"),
)
"""Table, what happens to it, and which events have other words then."""


def upgrade() -> None:
    op.create_table(
        "event_words",
        sa.Column("event_id", postgresql.UUID(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_words_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_words")),
        comment="of published events, for searching; triggers keep them",
    )
    op.create_index("ix_event_words_words", "event_words", ["words"], postgresql_using="gin")
    op.execute(_INDEX)
    op.execute("REVOKE EXECUTE ON FUNCTION index_events FROM PUBLIC")
    for table, happens, which in _KEPT:
        op.execute(
            f"""CREATE FUNCTION keep_words_of_{table}() RETURNS trigger
                LANGUAGE plpgsql {_AS_OWNER} AS $$
                BEGIN PERFORM index_events({which}); RETURN NULL; END $$"""
        )
        op.execute(
            f"""CREATE TRIGGER {table}_keep_words AFTER {happens} ON {table}
                FOR EACH ROW EXECUTE FUNCTION keep_words_of_{table}()"""
        )
    op.execute("SELECT index_events(ARRAY(SELECT id FROM events WHERE status = 'published'))")


def downgrade() -> None:
    for table, *_ in _KEPT:
        op.execute(f"DROP TRIGGER {table}_keep_words ON {table}")
        op.execute(f"DROP FUNCTION keep_words_of_{table}")
    op.execute("DROP FUNCTION index_events")
    op.drop_table("event_words")
