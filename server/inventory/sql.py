"""Statements of inventory.

Who changes an event's inventory is alone on it (`Database.exclusive`, or the batch's statement,
which gives way to that) and locks in one order: the idempotency key, the order and its payment, the
hold, pools by id, seats by (leg, seat_idx), then the event's clock; after that it writes only rows
that it has locked, or made, or that follow an order: its lines, its tickets, the clock of scans.
Checkout, which sells nothing yet, takes the first of these alone, in the same order. A place is one
seat on one leg, as one number: leg << 20 | seat_idx.
"""

from server.inventory.rows import (
    AroundRow,
    BumpRow,
    ClockRow,
    CountRow,
    DueRow,
    ExtentRow,
    HoldRow,
    MirrorClockRow,
    OwnedRow,
    PoolRow,
    PoolStateRow,
    SeatRow,
    StateRow,
    VersionedRow,
    Written,
)
from server.kernel.db import Query
from server.outbox import service as outbox

_HOLD = """id, org_id, event_id, buyer_id, status, seat_idxs, pool_ids, pool_quantities,
           leg_first, leg_last, places, request_hash, created_at, expires_at, extendable_until,
           version, is_ordered, allocation_id, now() AS server_time"""
_LAST_LEG = "(SELECT coalesce(max(leg), 0) FROM seats WHERE event_id = $1)"
_PLACE = "(p.place >> 20) AND s.seat_idx = (p.place & 1048575)"

# --- the event's version ------------------------------------------------------------------------
INSERT_CLOCKS = Query(
    "inventory.insert_clocks",
    "INSERT INTO event_clock (event_id, stream) VALUES ($1, 'inventory'), ($1, 'scans')",
)
BUMP = Query(
    "inventory.bump",
    f"""UPDATE event_clock SET version = version + 1
        WHERE event_id = $1 AND stream = $2 RETURNING version, {_LAST_LEG} AS last_leg""",
    BumpRow,
)
SET_DUE = Query(
    "inventory.set_due",
    """UPDATE event_clock
       SET due_at = (SELECT min(expires_at) FROM holds WHERE event_id = $1 AND status = 'active')
       WHERE event_id = $1 AND stream = 'inventory'""",
)
IS_DUE = Query(
    "inventory.is_due",
    """SELECT coalesce(due_at <= now(), false)
       FROM event_clock WHERE event_id = $1 AND stream = 'inventory'""",
)
NOTE = Query(
    "inventory.note",
    "INSERT INTO inventory_changes (event_id, version, places) VALUES ($1, $2, $3)",
)
FORGET_NOTES = Query(
    "inventory.forget_notes",
    """DELETE FROM inventory_changes WHERE (event_id, version) IN (
         SELECT event_id, version FROM inventory_changes
         WHERE changed_at < now() - make_interval(mins => $1) LIMIT 10000)""",
)
CLOCK = Query(
    "inventory.clock", "SELECT version FROM event_clock WHERE event_id = $1 AND stream = $2"
)
CLOCKS = Query(
    "inventory.clocks",
    "SELECT event_id, stream, version FROM event_clock WHERE event_id = ANY($1::uuid[])",
    ClockRow,
)

# --- a mirror's reading ---------------------------------------------------------------------------
MIRROR_CLOCK = Query(
    "inventory.mirror_clock",
    """SELECT version, ruled_at_version, mapped_at_version,
              extract(epoch FROM due_at)::float8 AS due_at,
              extract(epoch FROM now())::float8 AS now,
              (SELECT count(*) FROM inventory_changes
               WHERE event_id = $1 AND version > $2)::int AS noted
       FROM event_clock WHERE event_id = $1 AND stream = 'inventory'""",
    MirrorClockRow,
)
EXTENT = Query(
    "inventory.extent",
    f"""SELECT {_LAST_LEG} + 1 AS legs, coalesce(max(seat_idx), -1) + 1 AS seats
        FROM seats WHERE event_id = $1 AND leg = 0""",
    ExtentRow,
)
NOTED_SEATS = Query(
    "inventory.noted_seats",
    f"""SELECT s.leg, s.seat_idx, s.status, s.version
        FROM (SELECT DISTINCT unnest(places) AS place FROM inventory_changes
              WHERE event_id = $1 AND version > $2) p
        JOIN seats s ON s.event_id = $1 AND s.leg = {_PLACE}""",
    VersionedRow,
)
VERSIONED_SEATS = Query(
    "inventory.versioned_seats",
    """SELECT leg, seat_idx, status, version FROM seats
       WHERE event_id = $1 AND changed_at_version > $2""",
    VersionedRow,
)
ROOMS = Query(
    "inventory.rooms",
    """SELECT id, leg, pool_idx, capacity, held + sold + blocked AS used
       FROM pools WHERE event_id = $1 ORDER BY pool_idx, leg""",
    PoolRow,
)
OWNED = Query(
    "inventory.owned",
    """SELECT buyer_id, sum(places)::int AS places FROM holds
       WHERE buyer_id = ANY($2::uuid[]) AND event_id = $1
         AND (status = 'converted' OR (status = 'active' AND expires_at > now()))
       GROUP BY buyer_id""",
    OwnedRow,
)

AROUND = Query(
    "inventory.around",
    """SELECT s.seat_idx, max(s.status) AS status
       FROM unnest($2::int[]) AS p (seat_idx)
       CROSS JOIN generate_series($3::int, $4::int) AS l (leg)
       JOIN seats s ON s.event_id = $1 AND s.leg = l.leg AND s.seat_idx = p.seat_idx
       GROUP BY s.seat_idx""",
    AroundRow,
)

# --- locking ------------------------------------------------------------------------------------
LOCK_SEATS = Query(
    "inventory.lock_seats",
    f"""SELECT s.leg, s.seat_idx, s.status, s.version, s.hold_id,
               (s.status = 1 AND s.held_until <= now()) AS over
        FROM unnest($2::int[]) AS p (place)
        JOIN seats s ON s.event_id = $1 AND s.leg = {_PLACE}
        ORDER BY s.leg, s.seat_idx FOR NO KEY UPDATE OF s""",
    SeatRow,
)
LOCK_POOLS = Query(
    "inventory.lock_pools",
    """SELECT id, leg, pool_idx, capacity, held + sold + blocked AS used
       FROM pools WHERE id = ANY($1::uuid[]) AND leg BETWEEN $2 AND $3
       ORDER BY id, leg FOR NO KEY UPDATE""",
    PoolRow,
)
LOCK_HOLD = Query(
    "inventory.lock_hold", f"SELECT {_HOLD} FROM holds WHERE id = $1 FOR NO KEY UPDATE", HoldRow
)
LOCK_HOLDS = Query(
    "inventory.lock_holds",
    f"SELECT {_HOLD} FROM holds WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
    HoldRow,
)
LOCK_DUE = Query(
    "inventory.lock_due",
    f"""SELECT {_HOLD} FROM holds
        WHERE status = 'active' AND expires_at <= now() AND event_id = $1
        ORDER BY expires_at, id LIMIT $2 FOR NO KEY UPDATE""",
    HoldRow,
)
LOCK_HELD = Query(
    "inventory.lock_held",
    f"""SELECT {_HOLD} FROM holds WHERE status = 'active' AND event_id = $1
        ORDER BY expires_at, id LIMIT $2 FOR NO KEY UPDATE""",
    HoldRow,
)

# --- changing -----------------------------------------------------------------------------------
HOLD_SEATS = Query(
    "inventory.hold_seats",
    f"""UPDATE seats s
        SET status = 1, version = s.version + 1, hold_id = $3, held_until = $4,
            changed_at_version = $5
        FROM unnest($2::int[], $6::int[]) AS p (place, version)
        WHERE s.event_id = $1 AND s.leg = {_PLACE} AND s.version = p.version
          AND (s.status = 0 OR (s.status = 1 AND s.held_until <= now()))""",
)
FREE_SEATS = Query(
    "inventory.free_seats",
    f"""UPDATE seats s
        SET status = p.status, version = s.version + 1, hold_id = NULL, held_until = NULL,
            changed_at_version = $4
        FROM unnest($2::int[], $5::smallint[]) AS p (place, status)
        WHERE s.event_id = $1 AND s.leg = {_PLACE}
          AND s.status = 1 AND s.hold_id = ANY($3::uuid[])
        RETURNING p.place""",
)
SELL_SEATS = Query(
    "inventory.sell_seats",
    f"""UPDATE seats s
        SET status = 2, version = s.version + 1, hold_id = NULL, held_until = NULL,
            order_line_id = p.order_line_id, changed_at_version = $5
        FROM unnest($2::uuid[], $3::int[], $4::uuid[]) AS p (hold_id, place, order_line_id)
        WHERE s.event_id = $1 AND s.leg = {_PLACE}
          AND (s.status = 0
               OR (s.status = 1 AND (s.hold_id = p.hold_id OR s.held_until <= now())))""",
)
EXTEND_SEATS = Query(
    "inventory.extend_seats",
    f"""UPDATE seats s
        SET held_until = $4, version = s.version + 1, changed_at_version = $5
        FROM unnest($2::int[]) AS p (place)
        WHERE s.event_id = $1 AND s.leg = {_PLACE} AND s.status = 1 AND s.hold_id = $3""",
)
UPDATE_HOLD = Query(
    "inventory.update_hold",
    f"""UPDATE holds SET seat_idxs = $2, expires_at = $3, extendable_until = $4, version = $5,
                         places = $6, pool_ids = $7, pool_quantities = $8
        WHERE id = $1 RETURNING {_HOLD}""",
    HoldRow,
)
# Never longer than it might have lasted, and never shorter than its buyer was told already.
PAY_HOLD = Query(
    "inventory.pay_hold",
    """UPDATE holds
       SET extendable_until =
             least(extendable_until, greatest(expires_at, now() + make_interval(secs => $2)))
       WHERE id = $1""",
)
ORDER_HOLD = Query("inventory.order_hold", "UPDATE holds SET is_ordered = true WHERE id = $1")
END_HOLDS = Query("inventory.end_holds", "UPDATE holds SET status = $2 WHERE id = ANY($1::uuid[])")
COUNT_POOLS = Query(
    "inventory.count_pools",
    """UPDATE pools p
       SET held = p.held + w.held, sold = p.sold + w.sold, blocked = p.blocked + w.blocked,
           changed_at_version = $2
       FROM unnest($3::uuid[], $4::smallint[], $5::int[], $6::int[], $7::int[])
            AS w (id, leg, held, sold, blocked)
       WHERE p.event_id = $1 AND p.id = w.id AND p.leg = w.leg
       RETURNING p.id, p.leg, p.held + p.sold + p.blocked AS used""",
    CountRow,
)

# --- a batch of holds ---------------------------------------------------------------------------
# Columns come as the text of arrays, made ahead of the sending, and each is read once: what has
# several uses is `given`. A hold's seats name it by its number, `nth`; what all have alike (no
# seat, no standing place, the leg of a plain event) may be left out.
#
# It may be sent while its predecessor is on its way. So the clock comes last: `stood` waits for the
# end of the predecessor, by a lock that each has under the id of its first hold, and then finds
# what it was decided on or undoes everything. A statement that has no chance (`open`) does nothing.
_OPEN = """open AS MATERIALIZED (
      SELECT FROM event_clock
      WHERE event_id = $1 AND stream = 'inventory' AND version BETWEEN $3 AND $2"""
_TTL = "(SELECT ttls_s FROM given)[w.nth] * interval '1 second'"
WRITE = Query(
    "inventory.write",
    f"""
    WITH given AS MATERIALIZED (
      SELECT $8::text::uuid[] AS ids, $11::text::int[] AS seats, $14::text::uuid[] AS pool_ids,
             $15::text::int[] AS pool_quantities, $19::text::int[] AS ttls_s,
             $22::text::int[] AS places),
    {_OPEN} AND pg_try_advisory_xact_lock_shared($5)
        AND pg_try_advisory_xact_lock(inventory_lock((SELECT ids[1] FROM given)))),
    answered AS (
      INSERT INTO idempotency_keys (id, request_hash, answer)
      SELECT w.id, w.request_hash, w.answer
      FROM open, unnest($28::uuid[], $29::bytea[], $30::bytea[]) AS w (id, request_hash, answer)
      RETURNING 1),
    held AS (
      INSERT INTO holds (id, org_id, event_id, buyer_id, status, seat_idxs, pool_ids,
                         pool_quantities, leg_first, leg_last, places, request_hash, expires_at,
                         extendable_until, version)
      SELECT w.id, $7, $1, w.buyer_id, 'active',
             coalesce((SELECT seats FROM given)[w.seats_from:w.seats_to], '{{}}'),
             coalesce((SELECT pool_ids FROM given)[w.pools_from:w.pools_to], '{{}}'),
             coalesce((SELECT pool_quantities FROM given)[w.pools_from:w.pools_to], '{{}}'),
             coalesce(w.leg_first, 0), coalesce(w.leg_last, 0), w.places,
             decode(w.request_hash, 'base64'), now() + {_TTL}, now() + 2 * {_TTL}, $2 + 1
      FROM open, unnest((SELECT ids FROM given), $9::text::uuid[], $10::text::text[],
                        $12::text::int[], $13::text::int[], $16::text::int[], $17::text::int[],
                        $18::text::int[], $20::text::smallint[], $21::text::smallint[])
                 WITH ORDINALITY
                 AS w (id, buyer_id, request_hash, seats_from, seats_to, pools_from, pools_to,
                       places, leg_first, leg_last, nth)
      RETURNING 1),
    counted AS (
      UPDATE pools p SET held = p.held + w.quantity, changed_at_version = $2 + 1
      FROM open, unnest($25::text::uuid[], $26::text::smallint[], $27::text::int[])
                 AS w (id, leg, quantity)
      WHERE p.event_id = $1 AND p.id = w.id AND p.leg = w.leg
      RETURNING 1),
    taken AS (
      UPDATE seats s
      SET status = 1, version = s.version + 1, hold_id = (SELECT ids FROM given)[w.nth],
          held_until = now() + {_TTL}, changed_at_version = $2 + 1
      FROM open, (SELECT place, version, nth
                  FROM unnest((SELECT places FROM given), $23::text::int[], $24::text::int[])
                       AS w (place, version, nth)
                  ORDER BY place) w
      WHERE s.event_id = $1 AND s.leg = w.place >> 20 AND s.seat_idx = w.place & 1048575
        AND s.version = w.version
        AND (s.status = 0 OR (s.status = 1 AND s.held_until <= now()))
      RETURNING 1),
    told AS ({
        outbox.INSERT_BUNDLE.format(type="$31", org="$7", bundle="$32", count="$33")
    } AND EXISTS (SELECT FROM open) RETURNING 1)
    SELECT $2 + 1 AS version, now() AS now, extract(epoch FROM now())::float8 AS now_s,
           extract(epoch FROM stood.due_at)::float8 AS due_at
    FROM open, inventory_stand(
      $1, $2, $4,
      (SELECT count(*) FROM answered) >= 0
      AND (SELECT count(*) FROM held) = $33
      AND (SELECT count(*) FROM counted) = cardinality($26::text::smallint[])
      AND (SELECT count(*) FROM taken) = (SELECT cardinality(places) FROM given)
      AND (SELECT count(*) FROM told) = 1,
      (SELECT ids FROM given), $28, (SELECT places FROM given), $6) AS stood (due_at)
    """,
    Written,
)
"""No row: the event has another version, or somebody is alone on it. Raises SerializationError
where the event, a seat or a count is not what the plan was made on, or a key was answered before;
and UniqueViolationError where a key has made a hold or a refusal before."""

REFUSE = Query(
    "inventory.refuse",
    f"""
    WITH {_OPEN}),
    answered AS (
      INSERT INTO idempotency_keys (id, request_hash, answer)
      SELECT w.id, w.request_hash, w.answer
      FROM open, unnest($5::uuid[], $6::bytea[], $7::bytea[]) AS w (id, request_hash, answer)
      RETURNING 1)
    SELECT $2::bigint AS version, now() AS now, extract(epoch FROM now())::float8 AS now_s,
           extract(epoch FROM stood.due_at)::float8 AS due_at
    FROM open, inventory_stand(
      $1, $2, $4, (SELECT count(*) FROM answered) >= 0, '{{}}', $5, NULL, 0) AS stood (due_at)
    """,
    Written,
)
"""For a plan that changes no place: its refusals are true of this version of the event, and kept
under their keys. No row and errors as for `WRITE`."""

# --- reading ------------------------------------------------------------------------------------
HOLD_BY_ID = Query("inventory.hold_by_id", f"SELECT {_HOLD} FROM holds WHERE id = $1", HoldRow)
HOLDS_BY_ID = Query(
    "inventory.holds_by_id", f"SELECT {_HOLD} FROM holds WHERE id = ANY($1::uuid[])", HoldRow
)
HOLDS_OF_BUYER = Query(
    "inventory.holds_of_buyer",
    f"""SELECT {_HOLD} FROM holds
        WHERE buyer_id = $1 AND event_id = $2 AND status = 'active' AND expires_at > now()
        ORDER BY created_at, id""",
    HoldRow,
)
STATES_OF_SEATS = Query(
    "inventory.states_of_seats",
    """SELECT s.seat_idx, min(s.status) AS status,
              max(s.changed_at_version) AS changed_at_version
       FROM unnest($2::int[]) AS p (seat_idx) CROSS JOIN generate_series(0, $3::int) AS l (leg)
       JOIN seats s ON s.event_id = $1 AND s.leg = l.leg AND s.seat_idx = p.seat_idx
       GROUP BY s.seat_idx ORDER BY s.seat_idx""",
    StateRow,
)
CHANGED_POOLS = Query(
    "inventory.changed_pools",
    """SELECT pool_idx, greatest(0, max(capacity - held - sold - blocked)) AS available,
              max(changed_at_version) AS changed_at_version
       FROM pools WHERE event_id = $1
       GROUP BY pool_idx HAVING max(changed_at_version) > $2 ORDER BY pool_idx""",
    PoolStateRow,
)
# Deliberately across tenants: the sweeper serves every organization.
DUE_EVENTS = Query(
    "inventory.due_events",
    """SELECT event_id, extract(epoch FROM due_at - clock_timestamp())::float8 AS due_in_s
       FROM event_clock WHERE stream = 'inventory' AND due_at IS NOT NULL
       ORDER BY due_at LIMIT 1000""",
    DueRow,
)

# --- creating an event's inventory ---------------------------------------------------------------
INSERT_SEATS = Query(
    "inventory.insert_seats",
    """INSERT INTO seats (org_id, event_id, leg, seat_idx, zone)
       SELECT $1, $2, leg, nth - 1, zone
       FROM generate_series(0, $4::int - 1) AS l (leg),
            unnest($3::smallint[]) WITH ORDINALITY AS z (zone, nth)""",
)
INSERT_POOLS = Query(
    "inventory.insert_pools",
    """INSERT INTO pools (id, org_id, event_id, leg, pool_idx, zone, name, capacity)
       SELECT id, $1, $2, leg, nth - 1, zone, name, capacity
       FROM generate_series(0, $7::int - 1) AS l (leg),
            unnest($3::uuid[], $4::smallint[], $5::text[], $6::int[])
            WITH ORDINALITY AS p (id, zone, name, capacity, nth)""",
)
ANALYZE = Query("inventory.analyze", "ANALYZE seats")
# In the order in which what is due is locked.
CLAIM = Query(
    "inventory.claim",
    """UPDATE holds SET buyer_id = $2 WHERE id IN (
         SELECT id FROM holds WHERE buyer_id = $1 AND status IN ('active', 'converted')
         ORDER BY expires_at, id FOR NO KEY UPDATE)""",
)
