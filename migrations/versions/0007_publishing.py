"""Maps through their versions: drafts, what they are made of, events that move to another version"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CLOCK = (
    "version: contiguous, a counter row, bumped once per transaction and locked until commit; "
    "due_at: no active hold of the event ends before this; "
    "ruled_at_version: the version that last changed how a table is sold"
)


def upgrade() -> None:
    op.create_table(
        "map_sources",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("drawing", sa.LargeBinary(), nullable=False),
        sa.Column("drawing_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.Text()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_sources")),
        comment="what maps are made of: a drawing as it was uploaded and what a person says of it; a row never changes, and goes when no draft and no version is made of it",
    )
    op.create_table(
        "map_lineages",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source_id", sa.UUID()),
        sa.Column("drawing_name", sa.Text(), server_default="", nullable=False),
        sa.Column("edits", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("summary", postgresql.JSONB()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 200", name=op.f("ck_map_lineages_name_length")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_map_lineages_venue_id_venues")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["map_sources.id"], name=op.f("fk_map_lineages_source_id_map_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_lineages")),
        sa.UniqueConstraint("venue_id", "name", name=op.f("uq_map_lineages_venue_id_name")),
        comment="a map through all its versions, and its draft: source and edits; revision: rises with each change of the draft; summary: counts and report of this revision",
    )
    op.create_index("ix_map_lineages_org_id_updated_at", "map_lineages", ["org_id", "updated_at"])
    # Maps that are there were published without a draft: their drawings were not kept.
    op.execute(
        """INSERT INTO map_lineages (id, org_id, venue_id, name, created_at, updated_at)
           SELECT gen_random_uuid(), min(org_id), venue_id, name, min(created_at), max(created_at)
           FROM maps GROUP BY venue_id, name"""
    )
    op.add_column("maps", sa.Column("lineage_id", sa.UUID()))
    op.add_column("maps", sa.Column("source_id", sa.UUID()))
    op.add_column(
        "maps", sa.Column("edits", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.add_column("maps", sa.Column("digest", sa.LargeBinary()))
    op.execute(
        """UPDATE maps m SET lineage_id = l.id, digest = sha256(m.geometry || m.seat_keys)
           FROM map_lineages l WHERE l.venue_id = m.venue_id AND l.name = m.name"""
    )
    op.alter_column("maps", "lineage_id", nullable=False)
    op.alter_column("maps", "digest", nullable=False)
    op.create_foreign_key(
        op.f("fk_maps_lineage_id_map_lineages"), "maps", "map_lineages", ["lineage_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_maps_source_id_map_sources"), "maps", "map_sources", ["source_id"], ["id"]
    )
    op.drop_constraint(op.f("uq_maps_venue_id_name_version"), "maps")
    op.create_unique_constraint(
        op.f("uq_maps_lineage_id_version"), "maps", ["lineage_id", "version"]
    )
    op.drop_column("maps", "venue_id")
    op.drop_column("maps", "name")
    op.drop_column("maps", "drawing_sha256")
    op.create_table_comment(
        "maps",
        "versions of maps; geometry and seat_keys: gzipped JSON; digest: of both, but for the id; seat_count: of the seats that are there; a row never changes after it was inserted",
    )
    op.add_column(
        "event_clock",
        sa.Column("mapped_at_version", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.create_table_comment(
        "event_clock",
        f"{CLOCK}; mapped_at_version: the version that gave the event its map, 0 for its first",
    )


def downgrade() -> None:
    op.create_table_comment("event_clock", CLOCK)
    op.drop_column("event_clock", "mapped_at_version")
    op.add_column("maps", sa.Column("venue_id", sa.UUID()))
    op.add_column("maps", sa.Column("name", sa.Text()))
    op.add_column("maps", sa.Column("drawing_sha256", sa.LargeBinary()))
    op.execute(
        """UPDATE maps m SET venue_id = l.venue_id, name = l.name,
                  drawing_sha256 = coalesce((SELECT s.drawing_sha256 FROM map_sources s
                                             WHERE s.id = m.source_id), m.digest)
           FROM map_lineages l WHERE l.id = m.lineage_id"""
    )
    for column in ("venue_id", "name", "drawing_sha256"):
        op.alter_column("maps", column, nullable=False)
    op.create_foreign_key(op.f("fk_maps_venue_id_venues"), "maps", "venues", ["venue_id"], ["id"])
    op.drop_constraint(op.f("uq_maps_lineage_id_version"), "maps")
    op.create_unique_constraint(
        op.f("uq_maps_venue_id_name_version"), "maps", ["venue_id", "name", "version"]
    )
    for column in ("digest", "edits", "source_id", "lineage_id"):
        op.drop_column("maps", column)
    op.create_table_comment(
        "maps", "geometry and seat_keys: gzipped JSON; a row never changes after it was inserted"
    )
    op.drop_table("map_lineages")
    op.drop_table("map_sources")
