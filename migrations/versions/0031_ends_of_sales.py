"""An event is over, and its sale has ended, also where nobody says when"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OVER_AT = (
    "coalesce(ends_at, "
    "(starts_at AT TIME ZONE 'UTC'::text + '06:00:00'::interval) AT TIME ZONE 'UTC'::text)"
)
COLUMNS = {"over_at": OVER_AT, "sales_end_at": f"coalesce(sales_close_at, {OVER_AT})"}
BEFORE = (
    "revision: rises with each change by a person; external_ref: the event's id where its "
    "identity is kept, which is not here; cover: the image's name among the objects; "
    "sells_from: no place was sold before this, null while nothing was made to be sold; "
    "terms: a document, what is not in it is as the organization has settled it; "
    "status self_test: sold by a self-test alone, and never in a list"
)
COMMENT = BEFORE.replace(
    "terms:",
    "over_at: when it ends, six hours after it begins where nobody says; sales_end_at: when buyers "
    "can buy no more, its end where nobody says; terms:",
)


def upgrade() -> None:
    for name, sql in COLUMNS.items():
        column = sa.Column(name, sa.DateTime(timezone=True), sa.Computed(sql), nullable=False)
        op.add_column("events", column)
    op.create_table_comment("events", COMMENT, existing_comment=BEFORE)


def downgrade() -> None:
    op.create_table_comment("events", BEFORE, existing_comment=COMMENT)
    for name in COLUMNS:
        op.drop_column("events", name)
