"""Events that a self-test sells to itself, and that are in no list"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_SAID = """revision: rises with each change by a person; external_ref: the event''s id where its identity is kept, which is not here; cover: the image''s name among the objects; sells_from: no place was sold before this, null while nothing was made to be sold; terms: a document, what is not in it is as the organization has settled it"""


def upgrade() -> None:
    op.drop_constraint(op.f("ck_events_status_known"), "events")
    op.create_check_constraint(
        op.f("ck_events_status_known"),
        "events",
        "status IN ('draft', 'published', 'archived', 'self_test')",
    )
    op.execute(
        f"COMMENT ON TABLE events IS '{_SAID}; status self_test: sold by a self-test alone, and never in a list'"
    )


def downgrade() -> None:
    op.execute("UPDATE events SET status = 'archived' WHERE status = 'self_test'")
    op.drop_constraint(op.f("ck_events_status_known"), "events")
    op.create_check_constraint(
        op.f("ck_events_status_known"), "events", "status IN ('draft', 'published', 'archived')"
    )
    op.execute(f"COMMENT ON TABLE events IS '{_SAID}'")
