"""Several events of one kind in one row of the outbox"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_EACH_EVENT = ("id", "subject", "correlation_id", "trace_id", "actor", "data")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("bundle", postgresql.JSON(astext_type=sa.Text())))
    op.execute("ALTER TABLE outbox ALTER bundle SET STORAGE EXTERNAL")
    op.add_column(
        "outbox", sa.Column("event_count", sa.Integer(), server_default="1", nullable=False)
    )
    for name in OF_EACH_EVENT:
        op.alter_column("outbox", name, nullable=True)
    op.create_check_constraint(
        op.f("ck_outbox_one_event_or_a_bundle"),
        "outbox",
        "num_nonnulls(id, subject, correlation_id, trace_id, actor, data)"
        " = CASE WHEN bundle IS NULL THEN 6 ELSE 0 END",
    )
    op.execute(
        """CREATE VIEW outbox_events AS
           SELECT o.position, told.nth, coalesce(o.id, told.id) AS id, o.type, o.version,
                  o.occurred_at, coalesce(o.correlation_id, told.correlation_id) AS correlation_id,
                  coalesce(o.trace_id, told.trace_id) AS trace_id,
                  coalesce(o.actor, told.actor) AS actor, o.source, o.org_id,
                  coalesce(o.subject, told.subject) AS subject, coalesce(o.data, told.data) AS data,
                  o.published_at, o.handled_at, o.attempts, o.next_attempt_at, o.parked_at,
                  o.last_error
           FROM outbox o LEFT JOIN LATERAL ROWS FROM (
                  json_to_recordset(o.bundle) AS (id uuid, subject text, correlation_id text,
                                                  trace_id text, actor text, data jsonb)
                ) WITH ORDINALITY AS told (id, subject, correlation_id, trace_id, actor, data, nth)
                ON true"""
    )


def downgrade() -> None:
    op.execute(
        """INSERT INTO outbox (id, type, version, occurred_at, correlation_id, trace_id, actor,
                               source, org_id, subject, data, published_at, handled_at, attempts,
                               next_attempt_at, parked_at, last_error)
           SELECT id, type, version, occurred_at, correlation_id, trace_id, actor, source, org_id,
                  subject, data, published_at, handled_at, attempts, next_attempt_at, parked_at,
                  last_error
           FROM outbox_events WHERE nth IS NOT NULL ORDER BY position, nth"""
    )
    op.execute("DELETE FROM outbox WHERE bundle IS NOT NULL")
    op.execute("DROP VIEW outbox_events")
    op.drop_constraint(op.f("ck_outbox_one_event_or_a_bundle"), "outbox")
    for name in OF_EACH_EVENT:
        op.alter_column("outbox", name, nullable=False)
    op.drop_column("outbox", "event_count")
    op.drop_column("outbox", "bundle")
