"""Tables that no domain owns: saved answers by idempotency key, and the deployment's epoch."""

import sqlalchemy as sa

from server.kernel.metadata import METADATA, moment

idempotency_keys = sa.Table(
    "idempotency_keys",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.LargeBinary, nullable=False),
    sa.Column("answer", sa.LargeBinary),
    moment("created_at", now=True),
    sa.Index("ix_idempotency_keys_created_at", "created_at"),
)

deployment = sa.Table(
    "deployment",
    METADATA,
    sa.Column("only_row", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.CheckConstraint("only_row", name="single"),
)
