"""Statements that move an event's places to another version of its map. Locks as in `sql`."""

from server.inventory.rows import PoolUsageRow, TakenRow
from server.kernel.db import Query

TAKEN = Query(
    "inventory.taken",
    """SELECT s.leg, s.seat_idx, s.status
       FROM unnest($2::int[]) AS p (seat_idx) CROSS JOIN generate_series(0, $3::int - 1) AS l (leg)
       JOIN seats s ON s.event_id = $1 AND s.leg = l.leg AND s.seat_idx = p.seat_idx
       WHERE s.status <> 0 AND NOT (s.status = 1 AND s.held_until <= now())
       ORDER BY s.seat_idx, s.leg""",
    TakenRow,
)
POOL_USAGE = Query(
    "inventory.pool_usage",
    """SELECT pool_idx, max(held + sold + blocked) AS used, max(held) AS held
       FROM pools WHERE event_id = $1 GROUP BY pool_idx ORDER BY pool_idx""",
    PoolUsageRow,
)
# What is not on the map has the state of what is blocked: nobody can have it.
CLOSE_SEATS = Query(
    "inventory.close_seats",
    """UPDATE seats s
       SET status = 3, version = s.version + 1, hold_id = NULL, held_until = NULL,
           changed_at_version = $4
       FROM unnest($2::int[]) AS p (seat_idx) CROSS JOIN generate_series(0, $3::int - 1) AS l (leg)
       WHERE s.event_id = $1 AND s.leg = l.leg AND s.seat_idx = p.seat_idx
         AND (s.status = 0 OR (s.status = 1 AND s.held_until <= now()))""",
)
REOPEN_SEATS = Query(
    "inventory.reopen_seats",
    """UPDATE seats s SET status = 0, version = s.version + 1, changed_at_version = $4
       FROM unnest($2::int[]) AS p (seat_idx) CROSS JOIN generate_series(0, $3::int - 1) AS l (leg)
       WHERE s.event_id = $1 AND s.leg = l.leg AND s.seat_idx = p.seat_idx AND s.status = 3""",
)
REZONE_SEATS = Query(
    "inventory.rezone_seats",
    """UPDATE seats s SET zone = p.zone
       FROM unnest($2::int[], $3::smallint[]) AS p (seat_idx, zone)
            CROSS JOIN generate_series(0, $4::int - 1) AS l (leg)
       WHERE s.event_id = $1 AND s.leg = l.leg AND s.seat_idx = p.seat_idx""",
)
ADD_SEATS = Query(
    "inventory.add_seats",
    """INSERT INTO seats (org_id, event_id, leg, seat_idx, zone)
       SELECT $1, $2, leg, $3::int + nth - 1, zone
       FROM generate_series(0, $5::int - 1) AS l (leg),
            unnest($4::smallint[]) WITH ORDINALITY AS z (zone, nth)""",
)
SET_POOLS = Query(
    "inventory.set_pools",
    """UPDATE pools p
       SET zone = w.zone, name = w.name, capacity = w.capacity, changed_at_version = $2
       FROM unnest($3::uuid[], $4::smallint[], $5::text[], $6::int[])
            AS w (id, zone, name, capacity)
       WHERE p.event_id = $1 AND p.id = w.id""",
)
ADD_POOLS = Query(
    "inventory.add_pools",
    """INSERT INTO pools (id, org_id, event_id, leg, pool_idx, zone, name, capacity,
                          changed_at_version)
       SELECT p.id, $1, $2, leg, p.pool_idx, p.zone, p.name, p.capacity, $8
       FROM generate_series(0, $9::int - 1) AS l (leg),
            unnest($3::uuid[], $4::smallint[], $5::smallint[], $6::text[], $7::int[])
            AS p (id, pool_idx, zone, name, capacity)""",
)
SET_MAPPED = Query(
    "inventory.set_mapped",
    """UPDATE event_clock SET mapped_at_version = version, ruled_at_version = version
       WHERE event_id = $1 AND stream = 'inventory'""",
)
