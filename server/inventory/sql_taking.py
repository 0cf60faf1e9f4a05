"""Statements of what takes places otherwise than a buyer does. Locks as in `sql`."""

from server.kernel.db import Query

_PLACE = "(p.place >> 20) AND s.seat_idx = (p.place & 1048575)"
_FREE = "(s.status IN (0, 3) OR (s.status = 1 AND s.held_until <= now()))"

INSERT_HOLD = Query(
    "inventory.insert_hold",
    """INSERT INTO holds (id, org_id, event_id, buyer_id, status, seat_idxs, leg_first, leg_last,
                          places, allocation_id, version, expires_at, extendable_until, pool_ids,
                          pool_quantities)
       VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9, $10,
               now() + make_interval(secs => $11), now() + make_interval(secs => $11), $12, $13)""",
)
INSERT_SOLD = Query(
    "inventory.insert_sold",
    """INSERT INTO holds (id, org_id, event_id, buyer_id, status, seat_idxs, leg_first, leg_last,
                          places, allocation_id, version, expires_at, extendable_until, is_ordered,
                          pool_ids, pool_quantities)
       SELECT w.id, $1, $2, w.buyer_id, 'converted', w.seat_idxs::int[], $3, $4, w.places, $5, $6,
              now(), now(), true, w.pool_ids::uuid[], w.pool_quantities::int[]
       FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::int[], $11::text[], $12::text[])
            AS w (id, buyer_id, seat_idxs, places, pool_ids, pool_quantities)""",
)
"""Holds that are sold as they are made. `$9`, `$11`, `$12`: the text of an array each."""
INSERT_CLAIMS = Query(
    "inventory.insert_claims",
    """INSERT INTO pool_claims (id, org_id, event_id, pool_id, quantity, status, hold_id,
                                order_line_id)
       SELECT w.id, $1, $2, w.pool_id, w.quantity, 'sold', w.hold_id, w.order_line_id
       FROM unnest($3::uuid[], $4::uuid[], $5::int[], $6::uuid[], $7::uuid[])
            AS w (id, pool_id, quantity, hold_id, order_line_id)""",
)
TAKE_SEATS = Query(
    "inventory.take_seats",
    f"""UPDATE seats s
        SET status = 1, version = s.version + 1, hold_id = $3, held_until = $4,
            changed_at_version = $5
        FROM unnest($2::int[], $6::int[]) AS p (place, version)
        WHERE s.event_id = $1 AND s.leg = {_PLACE} AND s.version = p.version AND {_FREE}""",
)
SELL_SEATS = Query(
    "inventory.sell_seats_at_once",
    f"""UPDATE seats s
        SET status = 2, version = s.version + 1, hold_id = NULL, held_until = NULL,
            order_line_id = p.order_line_id, changed_at_version = $3
        FROM unnest($2::int[], $4::int[], $5::uuid[]) AS p (place, version, order_line_id)
        WHERE s.event_id = $1 AND s.leg = {_PLACE} AND s.version = p.version AND {_FREE}""",
)
