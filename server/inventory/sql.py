"""Statements of inventory.

Who changes an event's inventory is alone on it (`Database.exclusive`) and locks in one order: the
idempotency key, the order, the hold, pools by id, seats by (leg, seat_idx), then the event's clock;
after that it writes only rows that it has locked, or made.
"""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query


class SeatRow(msgspec.Struct):
    seat_idx: int
    status: int
    version: int
    hold_id: uuid.UUID | None
    over: bool


class PoolRow(msgspec.Struct):
    """`used`: what nobody else can have now."""

    id: uuid.UUID
    pool_idx: int
    capacity: int
    used: int


class HoldRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    buyer_id: uuid.UUID
    status: str
    seat_idxs: list[int]
    created_at: dt.datetime
    expires_at: dt.datetime
    extendable_until: dt.datetime
    version: int
    is_ordered: bool
    server_time: dt.datetime


class ClaimRow(msgspec.Struct):
    hold_id: uuid.UUID
    pool_id: uuid.UUID
    quantity: int
    status: str


class StateRow(msgspec.Struct):
    seat_idx: int
    status: int
    changed_at_version: int


class PoolStateRow(msgspec.Struct):
    pool_idx: int
    available: int
    changed_at_version: int


class DueRow(msgspec.Struct):
    event_id: uuid.UUID
    due_in_s: float


class TallyRow(msgspec.Struct):
    """Places held and sold in one range of seats, or in one pool."""

    idx: int
    held: int
    sold: int


class ClockRow(msgspec.Struct):
    event_id: uuid.UUID
    stream: str
    version: int


_USED = """coalesce(sum(c.quantity) FILTER
             (WHERE c.status = 'sold' OR c.held_until > now()), 0)::int"""
_HOLD = """id, org_id, event_id, buyer_id, status, seat_idxs, created_at, expires_at,
           extendable_until, version, is_ordered, now() AS server_time"""

# --- the event's version ------------------------------------------------------------------------
INSERT_CLOCKS = Query(
    "inventory.insert_clocks",
    "INSERT INTO event_clock (event_id, stream) VALUES ($1, 'inventory'), ($1, 'scans')",
)
BUMP = Query(
    "inventory.bump",
    """UPDATE event_clock SET version = version + 1
       WHERE event_id = $1 AND stream = $2 RETURNING version""",
)
CLOCK = Query(
    "inventory.clock", "SELECT version FROM event_clock WHERE event_id = $1 AND stream = $2"
)
CLOCKS = Query(
    "inventory.clocks",
    "SELECT event_id, stream, version FROM event_clock WHERE event_id = ANY($1::uuid[])",
    ClockRow,
)

# --- locking ------------------------------------------------------------------------------------
LOCK_SEATS = Query(
    "inventory.lock_seats",
    """SELECT seat_idx, status, version, hold_id,
              (status = 1 AND held_until <= now()) AS over
       FROM seats WHERE event_id = $1 AND leg = 0 AND seat_idx = ANY($2::int[])
       ORDER BY leg, seat_idx FOR NO KEY UPDATE""",
    SeatRow,
)
LOCK_POOLS = Query(
    "inventory.lock_pools",
    f"""SELECT p.id, p.pool_idx, p.capacity, u.used
        FROM pools p CROSS JOIN LATERAL (
          SELECT {_USED} AS used
          FROM pool_claims c WHERE c.pool_id = p.id AND c.status IN ('held', 'sold')) u
        WHERE p.event_id = $1 AND p.id = ANY($2::uuid[])
        ORDER BY p.id FOR NO KEY UPDATE OF p""",
    PoolRow,
)
LOCK_HOLD = Query(
    "inventory.lock_hold", f"SELECT {_HOLD} FROM holds WHERE id = $1 FOR UPDATE", HoldRow
)
LOCK_DUE = Query(
    "inventory.lock_due",
    f"""SELECT {_HOLD} FROM holds
        WHERE status = 'active' AND expires_at <= now() AND event_id = $1
        ORDER BY expires_at, id LIMIT $2 FOR UPDATE""",
    HoldRow,
)

# --- changing -----------------------------------------------------------------------------------
HOLD_SEATS = Query(
    "inventory.hold_seats",
    """UPDATE seats s
       SET status = 1, version = s.version + 1, hold_id = w.hold_id,
           held_until = now() + make_interval(secs => w.ttl_s), changed_at_version = $5
       FROM unnest($2::int[], $3::int[], $4::uuid[], $6::float8[])
            AS w (seat_idx, version, hold_id, ttl_s)
       WHERE s.event_id = $1 AND s.leg = 0 AND s.seat_idx = w.seat_idx AND s.version = w.version
         AND (s.status = 0 OR (s.status = 1 AND s.held_until <= now()))""",
)
FREE_SEATS = Query(
    "inventory.free_seats",
    """UPDATE seats
       SET status = 0, version = version + 1, hold_id = NULL, held_until = NULL,
           changed_at_version = $4
       WHERE event_id = $1 AND leg = 0 AND seat_idx = ANY($2::int[])
         AND status = 1 AND hold_id = ANY($3::uuid[])
       RETURNING seat_idx""",
)
SELL_SEATS = Query(
    "inventory.sell_seats",
    """UPDATE seats s
       SET status = 2, version = s.version + 1, hold_id = NULL, held_until = NULL,
           order_line_id = w.order_line_id, changed_at_version = $5
       FROM unnest($3::int[], $4::uuid[]) AS w (seat_idx, order_line_id)
       WHERE s.event_id = $1 AND s.leg = 0 AND s.seat_idx = w.seat_idx
         AND (s.status = 0 OR (s.status = 1 AND (s.hold_id = $2 OR s.held_until <= now())))""",
)
EXTEND_SEATS = Query(
    "inventory.extend_seats",
    """UPDATE seats SET held_until = $4, version = version + 1, changed_at_version = $5
       WHERE event_id = $1 AND leg = 0 AND seat_idx = ANY($2::int[])
         AND status = 1 AND hold_id = $3""",
)
INSERT_HOLDS = Query(
    "inventory.insert_holds",
    f"""INSERT INTO holds (id, org_id, event_id, buyer_id, status, seat_idxs,
                           expires_at, extendable_until, version)
        SELECT id, org_id, $1, buyer_id, 'active',
               coalesce(string_to_array(nullif(seat_idxs, ''), ','), ARRAY[]::text[])::int[],
               now() + make_interval(secs => ttl_s), now() + make_interval(secs => 2 * ttl_s), $7
        FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::float8[])
             AS w (id, org_id, buyer_id, seat_idxs, ttl_s)
        RETURNING {_HOLD}""",
    HoldRow,
)
UPDATE_HOLD = Query(
    "inventory.update_hold",
    f"""UPDATE holds SET seat_idxs = $2, expires_at = $3, version = $4 WHERE id = $1
        RETURNING {_HOLD}""",
    HoldRow,
)
ORDER_HOLD = Query("inventory.order_hold", "UPDATE holds SET is_ordered = true WHERE id = $1")
END_HOLDS = Query(
    "inventory.end_holds", "UPDATE holds SET status = $2, version = $3 WHERE id = ANY($1::uuid[])"
)
INSERT_CLAIMS = Query(
    "inventory.insert_claims",
    """INSERT INTO pool_claims (id, org_id, event_id, pool_id, quantity, status, hold_id,
                                held_until)
       SELECT w.id, h.org_id, h.event_id, w.pool_id, w.quantity, 'held', h.id, h.expires_at
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[])
            AS w (id, hold_id, pool_id, quantity)
       JOIN holds h ON h.id = w.hold_id""",
)
SET_CLAIM = Query(
    "inventory.set_claim",
    """UPDATE pool_claims SET quantity = $3
       WHERE hold_id = $1 AND pool_id = $2 AND status = 'held'""",
)
DROP_CLAIMS = Query(
    "inventory.drop_claims",
    """DELETE FROM pool_claims
       WHERE hold_id = $1 AND pool_id = ANY($2::uuid[]) AND status = 'held'""",
)
FREE_CLAIMS = Query(
    "inventory.free_claims",
    """UPDATE pool_claims SET status = 'released', held_until = NULL
       WHERE hold_id = ANY($1::uuid[]) AND status = 'held' RETURNING pool_id""",
)
EXTEND_CLAIMS = Query(
    "inventory.extend_claims",
    "UPDATE pool_claims SET held_until = $2 WHERE hold_id = $1 AND status = 'held'",
)
SELL_CLAIMS = Query(
    "inventory.sell_claims",
    """UPDATE pool_claims c SET status = 'sold', held_until = NULL, order_line_id = w.order_line_id
       FROM unnest($2::uuid[], $3::uuid[], $4::int[]) AS w (pool_id, order_line_id, quantity)
       WHERE c.hold_id = $1 AND c.pool_id = w.pool_id AND c.quantity = w.quantity
         AND c.status IN ('held', 'released')""",
)
STAMP_POOLS = Query(
    "inventory.stamp_pools",
    """UPDATE pools SET changed_at_version = $3 WHERE event_id = $1 AND id = ANY($2::uuid[])""",
)

# --- reading ------------------------------------------------------------------------------------
HOLD_BY_ID = Query("inventory.hold_by_id", f"SELECT {_HOLD} FROM holds WHERE id = $1", HoldRow)
HOLDS_OF_BUYER = Query(
    "inventory.holds_of_buyer",
    f"""SELECT {_HOLD} FROM holds
        WHERE buyer_id = $1 AND event_id = $2 AND status = 'active' AND expires_at > now()
        ORDER BY created_at, id""",
    HoldRow,
)
CLAIMS_OF_HOLDS = Query(
    "inventory.claims_of_holds",
    """SELECT hold_id, pool_id, quantity, status FROM pool_claims
       WHERE hold_id = ANY($1::uuid[]) ORDER BY hold_id, pool_id""",
    ClaimRow,
)
CHANGED_SEATS = Query(
    "inventory.changed_seats",
    """SELECT seat_idx, status, changed_at_version FROM seats
       WHERE event_id = $1 AND leg = 0 AND changed_at_version > $2 ORDER BY seat_idx""",
    StateRow,
)
CHANGED_POOLS = Query(
    "inventory.changed_pools",
    """SELECT p.pool_idx, greatest(0, p.capacity - coalesce(sum(c.quantity), 0))::int AS available,
              p.changed_at_version
       FROM pools p LEFT JOIN pool_claims c ON c.pool_id = p.id AND c.status IN ('held', 'sold')
       WHERE p.event_id = $1 AND p.changed_at_version > $2
       GROUP BY p.id, p.pool_idx, p.capacity, p.changed_at_version ORDER BY p.pool_idx""",
    PoolStateRow,
)
# Deliberately across tenants: the sweeper serves every organization.
DUE_EVENTS = Query(
    "inventory.due_events",
    """SELECT event_id, extract(epoch FROM min(expires_at) - clock_timestamp())::float8 AS due_in_s
       FROM (SELECT event_id, expires_at FROM holds
             WHERE status = 'active' ORDER BY expires_at LIMIT 1000) soonest
       GROUP BY event_id ORDER BY due_in_s""",
    DueRow,
)

# --- creating an event's inventory ---------------------------------------------------------------
INSERT_SEATS = Query(
    "inventory.insert_seats",
    """INSERT INTO seats (org_id, event_id, leg, seat_idx, zone)
       SELECT $1, $2, 0, nth - 1, zone
       FROM unnest($3::smallint[]) WITH ORDINALITY AS z (zone, nth)""",
)
INSERT_POOLS = Query(
    "inventory.insert_pools",
    """INSERT INTO pools (id, org_id, event_id, pool_idx, zone, name, capacity)
       SELECT id, $1, $2, nth - 1, zone, name, capacity
       FROM unnest($3::uuid[], $4::smallint[], $5::text[], $6::int[])
            WITH ORDINALITY AS p (id, zone, name, capacity, nth)""",
)
ANALYZE = Query("inventory.analyze", "ANALYZE seats")

# --- counting -----------------------------------------------------------------------------------
TALLY = Query(
    "inventory.tally",
    """SELECT r.nth::int - 1 AS idx,
              count(*) FILTER (WHERE s.status = 1)::int AS held,
              count(*) FILTER (WHERE s.status = 2)::int AS sold
       FROM unnest($2::int[], $3::int[]) WITH ORDINALITY AS r (start, count, nth)
       JOIN seats s ON s.event_id = $1 AND s.leg = 0
        AND s.seat_idx >= r.start AND s.seat_idx < r.start + r.count
       WHERE s.status IN (1, 2)
       GROUP BY r.nth""",
    TallyRow,
)
POOL_TALLY = Query(
    "inventory.pool_tally",
    """SELECT p.pool_idx AS idx,
              coalesce(sum(c.quantity) FILTER (WHERE c.status = 'held'), 0)::int AS held,
              coalesce(sum(c.quantity) FILTER (WHERE c.status = 'sold'), 0)::int AS sold
       FROM pools p JOIN pool_claims c ON c.pool_id = p.id AND c.status IN ('held', 'sold')
       WHERE p.event_id = $1 GROUP BY p.pool_idx""",
    TallyRow,
)
