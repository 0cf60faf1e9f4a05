"""Statements of tickets."""

from server.kernel.db import Query
from server.tickets.models import Ticket

_TICKET = """id, org_id, event_id, order_id, seat_idx, label, holder_name, status,
             issued_at, used_at"""

INSERT = Query(
    "tickets.insert",
    """INSERT INTO tickets (id, org_id, event_id, order_id, order_line_id, ordinal, buyer_id,
                            leg_first, leg_last, seat_idx, label, holder_name, code_hash)
       SELECT t.id, o.org_id, o.event_id, o.id, t.line_id, t.ordinal, o.buyer_id, t.leg_first,
              t.leg_last, t.seat_idx, t.label, o.name, t.code_hash
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::int[], $6::text[],
                   $7::bytea[], $8::smallint[], $9::smallint[])
            AS t (id, order_id, line_id, ordinal, seat_idx, label, code_hash, leg_first, leg_last)
       JOIN orders o ON o.id = t.order_id
       ON CONFLICT (order_line_id, ordinal) DO NOTHING RETURNING order_id""",
)
"""The order of each ticket that is new."""
OF_ORDER = Query(
    "tickets.of_order", f"SELECT {_TICKET} FROM tickets WHERE order_id = $1 ORDER BY id", Ticket
)
OF_BUYER = Query(
    "tickets.of_buyer",
    f"SELECT {_TICKET} FROM tickets WHERE buyer_id = $1 ORDER BY issued_at DESC, id LIMIT $2",
    Ticket,
)
BY_CODE = Query("tickets.by_code", f"SELECT {_TICKET} FROM tickets WHERE code_hash = $1", Ticket)
BY_ID = Query("tickets.by_id", f"SELECT {_TICKET} FROM tickets WHERE id = $1", Ticket)
USE = Query(
    "tickets.use",
    "UPDATE tickets SET status = 'used', used_at = now() WHERE id = $1 AND status = 'valid'",
)
REFUND = Query(
    "tickets.refund",
    """UPDATE tickets SET status = 'refunded'
       WHERE order_id = $1 AND order_line_id = ANY($2::uuid[]) AND status IN ('valid', 'used')""",
)
MOVE = Query(
    "tickets.move",
    """UPDATE tickets SET seat_idx = $3, label = $4
       WHERE order_id = $1 AND order_line_id = $2 AND status IN ('valid', 'used')""",
)
COUNT_LIVE = Query(
    "tickets.count_live",
    "SELECT count(*)::int FROM tickets WHERE event_id = $1 AND status IN ('valid', 'used')",
)
CLAIM = Query("tickets.claim", "UPDATE tickets SET buyer_id = $2 WHERE buyer_id = $1")
