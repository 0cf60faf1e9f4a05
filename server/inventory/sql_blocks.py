"""Statements of what organizers do to places that nobody has. Locks as in `sql`."""

from server.inventory.rows import BlockedRow
from server.kernel.db import Query

_PLACE = "(p.place >> 20) AND s.seat_idx = (p.place & 1048575)"

BLOCK_SEATS = Query(
    "inventory.block_seats",
    f"""UPDATE seats s
        SET status = 3, version = s.version + 1, hold_id = NULL, held_until = NULL,
            changed_at_version = $3
        FROM unnest($2::int[]) AS p (place)
        WHERE s.event_id = $1 AND s.leg = {_PLACE}
          AND (s.status = 0 OR (s.status = 1 AND s.held_until <= now()))""",
)
UNBLOCK_SEATS = Query(
    "inventory.unblock_seats",
    f"""UPDATE seats s SET status = 0, version = s.version + 1, changed_at_version = $3
        FROM unnest($2::int[]) AS p (place)
        WHERE s.event_id = $1 AND s.leg = {_PLACE} AND s.status = 3""",
)
# One claim per pool and leg has all that is blocked there.
BLOCK_PLACES = Query(
    "inventory.block_places",
    """INSERT INTO pool_claims (id, org_id, event_id, pool_id, leg, quantity, status)
       SELECT w.id, $1, $2, w.pool_id, w.leg, w.quantity, 'blocked'
       FROM unnest($3::uuid[], $4::uuid[], $5::smallint[], $6::int[])
            AS w (id, pool_id, leg, quantity)
       ON CONFLICT (pool_id, leg) WHERE status = 'blocked'
       DO UPDATE SET quantity = pool_claims.quantity + excluded.quantity""",
)
LOCK_BLOCKED = Query(
    "inventory.lock_blocked",
    """SELECT pool_id, leg, quantity FROM pool_claims
       WHERE pool_id = ANY($1::uuid[]) AND leg BETWEEN $2 AND $3 AND status = 'blocked'
       ORDER BY pool_id, leg FOR NO KEY UPDATE""",
    BlockedRow,
)
# On every leg, so that as many can be unblocked for a whole trip.
BLOCKED_POOLS = Query(
    "inventory.blocked_pools",
    """SELECT id AS pool_id, 0::smallint AS leg, min(blocked) AS quantity FROM pools
       WHERE event_id = $1 GROUP BY id, pool_idx HAVING min(blocked) > 0 ORDER BY pool_idx""",
    BlockedRow,
)
UNBLOCK_PLACES = Query(
    "inventory.unblock_places",
    """WITH w AS (SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::int[])
                               AS w (pool_id, leg, quantity)),
            gone AS (DELETE FROM pool_claims c USING w
                     WHERE c.pool_id = w.pool_id AND c.leg = w.leg AND c.status = 'blocked'
                       AND c.quantity = w.quantity)
       UPDATE pool_claims c SET quantity = c.quantity - w.quantity FROM w
       WHERE c.pool_id = w.pool_id AND c.leg = w.leg AND c.status = 'blocked'
         AND c.quantity > w.quantity""",
)
SET_RULED = Query(
    "inventory.set_ruled",
    """UPDATE event_clock SET ruled_at_version = version
       WHERE event_id = $1 AND stream = 'inventory'""",
)
