"""Files, where no bucket is configured."""

import sqlalchemy as sa

from server.kernel.metadata import GROWING, METADATA, moment, open_to

objects = sa.Table(
    "objects",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    moment("created_at", now=True),
    sa.CheckConstraint("name ~ '^[a-z0-9.-]{1,100}$'", name="name_plain"),
    comment="files by the hash of what is in them; a row never changes",
    info=open_to(shared="named by what is in it, and read by everybody", may=GROWING),
)
