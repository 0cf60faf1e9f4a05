"""Whether a ticket type's own price is that of any place, which lists of events ask"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COMMENT = (
    "zone: index into the map's zones, whose key and name are copied here; is_default: "
    "what a place of the zone is sold as where nobody says otherwise; levels: other prices of "
    "sections, areas or single seats; base_applies: whether a place is left for price_minor "
    "itself; quantity: so many at most, however many places there are"
)
BEFORE = COMMENT.replace("base_applies: whether a place is left for price_minor itself; ", "")


def upgrade() -> None:
    op.add_column(
        "ticket_types",
        sa.Column("base_applies", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.create_table_comment("ticket_types", COMMENT, existing_comment=BEFORE)


def downgrade() -> None:
    op.create_table_comment("ticket_types", BEFORE, existing_comment=COMMENT)
    op.drop_column("ticket_types", "base_applies")
