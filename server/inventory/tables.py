"""What can be sold: a row per seat and leg, standing pools, holds, and the event's version.

No index on a column that a hold changes (`status`, `version`, `hold_id`, `held_until`), and half
of every page left free: updates stay on their page and touch no index (HOT).
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.kernel.metadata import CHANGING, METADATA, moment, one_of, open_to, org_id, uuid_key
from server.kernel.tenancy import Across

event_clock = sa.Table(
    "event_clock",
    METADATA,
    sa.Column("event_id", pg.UUID, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    moment("due_at", null=True),
    sa.Column("ruled_at_version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("mapped_at_version", sa.BigInteger, nullable=False, server_default="0"),
    one_of("stream", "inventory", "scans"),
    postgresql_with={"fillfactor": "50"},
    comment="version: contiguous, a counter row, bumped once per transaction and locked until "
    "commit; due_at: no active hold of the event ends before this; "
    "ruled_at_version: the version that last changed how a table is sold; "
    "mapped_at_version: the version that gave the event its map, 0 for its first",
    info=open_to(shared="counts the versions of an event and tells nothing else of it"),
)

inventory_changes = sa.Table(
    "inventory_changes",
    METADATA,
    sa.Column("event_id", pg.UUID, primary_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True),
    sa.Column("places", pg.ARRAY(sa.Integer), nullable=False),
    moment("changed_at", now=True),
    sa.Index("ix_inventory_changes_changed_at", "changed_at", postgresql_using="brin"),
    comment="which seats a version changed, leg << 20 | seat_idx; kept for minutes, a shortcut "
    "for who is a few versions behind",
    info=open_to(
        shared="numbers of places that the map shows to everybody",
        may=("SELECT", "INSERT", "DELETE"),
    ),
)

seats = sa.Table(
    "seats",
    METADATA,
    sa.Column("event_id", pg.UUID, primary_key=True),
    sa.Column("leg", sa.SmallInteger, primary_key=True, server_default="0"),
    sa.Column("seat_idx", sa.Integer, primary_key=True),
    org_id(),
    sa.Column("zone", sa.SmallInteger, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("hold_id", pg.UUID),
    moment("held_until", null=True),
    sa.Column("order_line_id", pg.UUID),
    sa.Column("changed_at_version", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint("status BETWEEN 0 AND 3", name="status_known"),
    sa.CheckConstraint(
        "(status = 1) = (hold_id IS NOT NULL AND held_until IS NOT NULL)", name="held_has_hold"
    ),
    sa.CheckConstraint("(status = 2) = (order_line_id IS NOT NULL)", name="sold_has_line"),
    postgresql_with={"fillfactor": "50"},
    comment="status: 0 available, 1 held, 2 sold, 3 blocked",
    info=open_to(public="the map shows it to everybody", may=(*CHANGING, "MAINTAIN")),
)

pools = sa.Table(
    "pools",
    METADATA,
    uuid_key(),
    sa.Column("leg", sa.SmallInteger, primary_key=True, server_default="0"),
    org_id(),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("pool_idx", sa.SmallInteger, nullable=False),
    sa.Column("zone", sa.SmallInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("held", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sold", sa.Integer, nullable=False, server_default="0"),
    sa.Column("blocked", sa.Integer, nullable=False, server_default="0"),
    sa.Column("changed_at_version", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("event_id", "leg", "pool_idx"),
    sa.CheckConstraint("least(held, sold, blocked) >= 0", name="usage_not_negative"),
    sa.CheckConstraint("held + sold + blocked <= capacity", name="usage_within_capacity"),
    postgresql_with={"fillfactor": "50"},
    comment="a row per leg; held, sold, blocked: sums of the claims of that status",
    info=open_to(public="the map shows it to everybody"),
)

holds = sa.Table(
    "holds",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("buyer_id", pg.UUID, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("seat_idxs", pg.ARRAY(sa.Integer), nullable=False),
    sa.Column("pool_ids", pg.ARRAY(pg.UUID), nullable=False, server_default="{}"),
    sa.Column("pool_quantities", pg.ARRAY(sa.Integer), nullable=False, server_default="{}"),
    sa.Column("leg_first", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("leg_last", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("places", sa.Integer, nullable=False),
    sa.Column("request_hash", sa.LargeBinary),
    moment("created_at", now=True),
    moment("expires_at"),
    moment("extendable_until"),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("is_ordered", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("allocation_id", pg.UUID),
    one_of("status", "active", "converted", "expired", "released"),
    sa.CheckConstraint("expires_at <= extendable_until", name="extension_bounded"),
    sa.CheckConstraint("leg_first BETWEEN 0 AND leg_last", name="legs_in_order"),
    sa.CheckConstraint("places >= 0", name="places_not_negative"),
    sa.CheckConstraint(
        "cardinality(pool_ids) = cardinality(pool_quantities)", name="pools_have_quantities"
    ),
    sa.Index(
        "ix_holds_due", "event_id", "expires_at", postgresql_where=sa.text("status = 'active'")
    ),
    sa.Index(
        # Buyers' ids come in no order: a tree would be half as dear again as the row.
        "ix_holds_buyer",
        "buyer_id",
        postgresql_using="hash",
        postgresql_where=sa.text("status IN ('active', 'converted')"),
    ),
    sa.Index(
        "ix_holds_allocation_id",
        "allocation_id",
        postgresql_where=sa.text("allocation_id IS NOT NULL"),
    ),
    comment="id: the digest of the Idempotency-Key it was asked for with, if any; version: the "
    "event's version that last changed it; places: what it has of its buyer's limit; "
    "allocation_id: whose places it took, and gives back to",
    info=open_to(Across.BUYER, Across.PLATFORM, write=(Across.PERSON,)),
)

hold_choices = sa.Table(
    "hold_choices",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("hold_id", pg.UUID, nullable=False),
    sa.Column("ticket_type_id", pg.UUID, nullable=False),
    sa.Column("seat_idx", sa.Integer),
    sa.Column("pool_id", pg.UUID),
    sa.CheckConstraint("(seat_idx IS NULL) <> (pool_id IS NULL)", name="seat_or_pool"),
    sa.Index(
        "uq_hold_choices_seat",
        "hold_id",
        "seat_idx",
        unique=True,
        postgresql_where=sa.text("seat_idx IS NOT NULL"),
    ),
    sa.Index(
        "uq_hold_choices_pool",
        "hold_id",
        "pool_id",
        unique=True,
        postgresql_where=sa.text("pool_id IS NOT NULL"),
    ),
    sa.Index("ix_hold_choices_ticket_type_id", "ticket_type_id"),
    comment="what a hold's place shall be sold as, or was, where that is not its zone's default",
    info=open_to(Across.BUYER, may=(*CHANGING, "DELETE")),
)

event_allocations = sa.Table(
    "event_allocations",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("partner_org_id", sa.Text, sa.ForeignKey("organizations.id")),
    sa.Column("api_key_id", pg.UUID, sa.ForeignKey("api_keys.id")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("seat_idxs", pg.ARRAY(sa.Integer), nullable=False),
    sa.Column("pools", pg.JSONB, nullable=False),
    moment("release_at", null=True),
    moment("created_at", now=True),
    moment("released_at", null=True),
    sa.CheckConstraint("partner_org_id <> org_id", name="for_another"),
    sa.CheckConstraint("partner_org_id IS NULL OR api_key_id IS NULL", name="one_seller"),
    sa.Index("ix_event_allocations_event_id", "event_id"),
    sa.Index("ix_event_allocations_org_id", "org_id"),
    sa.Index("ix_event_allocations_partner_org_id", "partner_org_id"),
    sa.Index(
        "ix_event_allocations_release_at",
        "release_at",
        postgresql_where=sa.text("released_at IS NULL"),
    ),
    comment="places that are blocked for one seller, until released_at, which comes by itself at "
    "release_at; sold by a partner, by one API key, or by the organization's people",
    info=open_to(Across.PARTIES, Across.PLATFORM),
)

pool_claims = sa.Table(
    "pool_claims",
    METADATA,
    uuid_key(),
    org_id(),
    sa.Column("event_id", pg.UUID, nullable=False),
    # No foreign keys: the statement that makes a claim makes its hold and counts its pool, and
    # looking both up again for each claim would cost as much as the claim.
    sa.Column("pool_id", pg.UUID, nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("hold_id", pg.UUID),
    sa.Column("order_line_id", pg.UUID),
    sa.Column("leg", sa.SmallInteger),
    one_of("status", "sold", "blocked"),
    sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    sa.CheckConstraint("(status = 'sold') = (order_line_id IS NOT NULL)", name="sold_has_line"),
    sa.CheckConstraint("(status = 'blocked') = (hold_id IS NULL)", name="sold_of_a_hold"),
    sa.CheckConstraint("(status = 'blocked') = (leg IS NOT NULL)", name="blocked_on_a_leg"),
    sa.Index("ix_pool_claims_hold_id", "hold_id", postgresql_using="hash"),
    sa.Index(
        "uq_pool_claims_blocked",
        "pool_id",
        "leg",
        unique=True,
        postgresql_where=sa.text("status = 'blocked'"),
    ),
    comment="with the active holds, which say themselves what they have, the one scope of pool "
    "usage: sales and blocked places of every seller; leg: of blocked places, what is sold is on "
    "the legs of its hold",
    info=open_to(Across.BUYER, may=(*CHANGING, "DELETE")),
)
