"""Accounts of points, and their ledger, which is only ever added to."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import GROWING, METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

point_accounts = sa.Table(
    "point_accounts",
    METADATA,
    uuid_key(),
    org_id(),
    # Of an account that is signed in to: a guest has no row there.
    sa.Column("user_id", pg.UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("balance", sa.BigInteger, nullable=False, server_default="0"),
    moment("created_at", now=True),
    sa.UniqueConstraint("org_id", "user_id"),
    sa.CheckConstraint("balance >= 0", name="balance_not_negative"),
    sa.Index("ix_point_accounts_user_id", "user_id"),
    comment="a buyer's points with an organization; balance: the sum of the ledger, which the "
    "trigger point_balance proves",
    info=open_to(Across.BUYER, write=(Across.PLATFORM,)),
)

order_points = sa.Table(
    "order_points",
    METADATA,
    sa.Column("order_id", pg.UUID, sa.ForeignKey("orders.id"), primary_key=True),
    org_id(),
    sa.Column("account_id", pg.UUID, sa.ForeignKey("point_accounts.id"), nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Column("used_minor", sa.BigInteger, nullable=False),
    sa.Column("earned", sa.BigInteger, nullable=False),
    sa.Column("per_minor", sa.BigInteger, nullable=False),
    moment("created_at", now=True),
    sa.CheckConstraint("used >= 0 AND used_minor >= 0", name="used_not_negative"),
    sa.CheckConstraint("(used = 0) = (used_minor = 0)", name="used_is_worth"),
    sa.CheckConstraint("earned >= 0 AND per_minor > 0", name="rate_sane"),
    sa.Index("ix_order_points_account_id", "account_id"),
    comment="what an order pays with points, and by which rule it earns some: as it was ordered",
    info=open_to(Across.PLATFORM, may=(*GROWING, "DELETE")),
)

point_ledger = sa.Table(
    "point_ledger",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("account_id", pg.UUID, sa.ForeignKey("point_accounts.id"), nullable=False),
    sa.Column("order_id", pg.UUID, sa.ForeignKey("order_points.order_id")),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("points", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    moment("created_at", now=True),
    one_of("kind", "used", "given_back", "earned", "taken_back", "adjusted"),
    sa.CheckConstraint(
        "points <> 0 AND CASE kind WHEN 'adjusted' THEN true"
        " WHEN 'used' THEN points < 0 WHEN 'taken_back' THEN points < 0 ELSE points > 0 END",
        name="sign_of_kind",
    ),
    sa.CheckConstraint("(kind = 'adjusted') = (order_id IS NULL)", name="of_an_order"),
    sa.Index("ix_point_ledger_account_id", "account_id", "id"),
    sa.Index("ix_point_ledger_order_id", "order_id"),
    comment="every change of a balance; note: why somebody adjusted it",
    info=open_to(Across.BUYER, write=(Across.PLATFORM,), may=GROWING),
)
