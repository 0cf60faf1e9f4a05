"""Statements that read an event's state, for maps and for who counts."""

from server.inventory.rows import PlaceCountRow, ReadClockRow, StateRow, TallyRow
from server.kernel.db import Query

READ_CLOCK = Query(
    "inventory.read_clock",
    """SELECT version, mapped_at_version,
              (SELECT coalesce(max(leg), 0) FROM seats WHERE event_id = $1) AS last_leg,
              (SELECT count(*) FROM inventory_changes
               WHERE event_id = $1 AND version > $2)::int AS noted
       FROM event_clock WHERE event_id = $1 AND stream = 'inventory'""",
    ReadClockRow,
)
# On a trip the map shows what is free on any leg; a journey is asked for with its legs.
STATES = Query(
    "inventory.states",
    """SELECT seat_idx, status, changed_at_version FROM seats
       WHERE event_id = $1 AND leg = 0 AND changed_at_version > $2 ORDER BY seat_idx""",
    StateRow,
)
TRIP_STATES = Query(
    "inventory.trip_states",
    """SELECT seat_idx, min(status) AS status, max(changed_at_version) AS changed_at_version
       FROM seats WHERE event_id = $1 GROUP BY seat_idx
       HAVING max(changed_at_version) > $2 ORDER BY seat_idx""",
    StateRow,
)
NOTED_STATES = Query(
    "inventory.noted_states",
    """SELECT s.seat_idx, min(s.status) AS status,
              max(s.changed_at_version) AS changed_at_version
       FROM (SELECT DISTINCT unnest(places) & 1048575 AS seat_idx FROM inventory_changes
             WHERE event_id = $1 AND version > $2) p
       CROSS JOIN generate_series(0, $3::int) AS l (leg)
       JOIN seats s ON s.event_id = $1 AND s.leg = l.leg AND s.seat_idx = p.seat_idx
       GROUP BY s.seat_idx ORDER BY s.seat_idx""",
    StateRow,
)
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
    """SELECT pool_idx AS idx, held, sold FROM pools
       WHERE event_id = $1 AND leg = 0 ORDER BY pool_idx""",
    TallyRow,
)
# Seats, then standing places; of a trip each as it is on its freest leg.
COUNTS = Query(
    "inventory.counts",
    """SELECT count(*) FILTER (WHERE status = 0)::int AS available,
              count(*) FILTER (WHERE status = 1)::int AS held,
              count(*) FILTER (WHERE status = 2)::int AS sold,
              count(*) FILTER (WHERE status = 3)::int AS blocked
       FROM (SELECT min(status) AS status FROM seats
             WHERE event_id = $1 AND seat_idx <> ALL($2::int[]) GROUP BY seat_idx) s
       UNION ALL
       SELECT coalesce(sum(capacity - held - sold - blocked), 0)::int, coalesce(sum(held), 0)::int,
              coalesce(sum(sold), 0)::int, coalesce(sum(blocked), 0)::int
       FROM (SELECT DISTINCT ON (pool_idx) capacity, held, sold, blocked FROM pools
             WHERE event_id = $1
             ORDER BY pool_idx, capacity - held - sold - blocked DESC, leg) p""",
    PlaceCountRow,
)
