"""Tables that no domain owns: saved answers by idempotency key, and the deployment's epoch."""

import sqlalchemy as sa

from server.kernel.metadata import CHANGING, METADATA, moment, open_to, uuid_key

idempotency_keys = sa.Table(
    "idempotency_keys",
    METADATA,
    uuid_key(),
    sa.Column("request_hash", sa.LargeBinary, nullable=False),
    sa.Column("answer", sa.LargeBinary),
    moment("created_at", now=True),
    # Rows lie in the order they came: their age needs no tree.
    sa.Index("ix_idempotency_keys_created_at", "created_at", postgresql_using="brin"),
    comment="id: a digest of caller and key; a hold's first answer is read off the hold itself",
    info=open_to(
        shared="found by a digest of caller and key only; its caller may be of no organization",
        may=(*CHANGING, "DELETE"),
    ),
)

deployment = sa.Table(
    "deployment",
    METADATA,
    sa.Column("only_row", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.CheckConstraint("only_row", name="single"),
    info=open_to(shared="the deployment's own row", may=("SELECT", "UPDATE")),
)
