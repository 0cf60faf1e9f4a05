"""Statements of tickets."""

from server.kernel.db import Query
from server.tickets.models import Ticket

_TICKET = """id, org_id, event_id, order_id, seat_idx, label, holder_name, status,
             issued_at, used_at"""

INSERT = Query(
    "tickets.insert",
    """INSERT INTO tickets (id, org_id, event_id, order_id, order_line_id, ordinal, buyer_id,
                            leg_first, leg_last, seat_idx, label, holder_name, code_hash)
       SELECT t.id, $1, $2, $3, t.line_id, t.ordinal, $4, t.leg_first, t.leg_last, t.seat_idx,
              t.label, $5, t.code_hash
       FROM unnest($6::uuid[], $7::uuid[], $8::smallint[], $9::int[], $10::text[], $11::bytea[],
                   $12::smallint[], $13::smallint[])
            AS t (id, line_id, ordinal, seat_idx, label, code_hash, leg_first, leg_last)
       ON CONFLICT (order_line_id, ordinal) DO NOTHING""",
)
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
LOCK_VALID = Query(
    "tickets.lock_valid",
    f"""SELECT {_TICKET} FROM tickets WHERE order_id = $1 AND status = 'valid'
        ORDER BY id FOR UPDATE""",
    Ticket,
)
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
