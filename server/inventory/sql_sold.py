"""Statements of what is done to places that were sold. Locks as in `sql`."""

from server.inventory.rows import LineClaimRow, LinePlaceRow
from server.kernel.db import Query

_PLACE = "(p.place >> 20) AND s.seat_idx = (p.place & 1048575)"

LOCK_SOLD = Query(
    "inventory.lock_sold",
    f"""SELECT s.leg, s.seat_idx, s.order_line_id
        FROM unnest($2::int[]) AS p (place)
        JOIN seats s ON s.event_id = $1 AND s.leg = {_PLACE}
        ORDER BY s.leg, s.seat_idx FOR NO KEY UPDATE OF s""",
    LinePlaceRow,
)
FREE_SOLD = Query(
    "inventory.free_sold",
    f"""UPDATE seats s
        SET status = p.status, version = s.version + 1, order_line_id = NULL,
            changed_at_version = $4
        FROM unnest($2::int[], $5::smallint[]) AS p (place, status)
        WHERE s.event_id = $1 AND s.leg = {_PLACE}
          AND s.status = 2 AND s.order_line_id = ANY($3::uuid[])""",
)
SOLD_CLAIMS = Query(
    "inventory.sold_claims",
    """SELECT pool_id, order_line_id, quantity FROM pool_claims
       WHERE hold_id = $1 AND order_line_id = ANY($2::uuid[]) ORDER BY pool_id""",
    LineClaimRow,
)
# $2, $3: lines and how many places each gives back; what is left of a claim stays sold.
RELEASE_CLAIMS = Query(
    "inventory.release_claims",
    """WITH back AS (SELECT * FROM unnest($2::uuid[], $3::int[]) AS back (line_id, quantity)),
            part AS (UPDATE pool_claims c SET quantity = c.quantity - back.quantity FROM back
                     WHERE c.hold_id = $1 AND c.order_line_id = back.line_id
                       AND c.quantity > back.quantity)
       DELETE FROM pool_claims c USING back
       WHERE c.hold_id = $1 AND c.order_line_id = back.line_id AND c.quantity <= back.quantity""",
)
SHRINK_HOLD = Query(
    "inventory.shrink_hold",
    "UPDATE holds SET places = places - $2, version = $3 WHERE id = $1",
)
