"""Statements of tickets."""

import uuid

import msgspec

from server.kernel.db import Query
from server.tickets.models import Ticket


class IssuedRow(msgspec.Struct):
    """A ticket that is new. `holder_address`: where that is not its order's."""

    order_id: uuid.UUID
    holder_address: str | None


_TICKET = """id, org_id, event_id, order_id, buyer_id, seat_idx, label, ticket_type, holder_name,
             holder_address, status, code_hash, issued_at, used_at"""

INSERT = Query(
    "tickets.insert",
    """INSERT INTO tickets (id, org_id, event_id, order_id, order_line_id, ordinal, buyer_id,
                            leg_first, leg_last, seat_idx, label, ticket_type, holder_name,
                            holder_address, code_hash)
       SELECT t.id, o.org_id, o.event_id, o.id, t.line_id, t.ordinal, o.buyer_id, t.leg_first,
              t.leg_last, t.seat_idx, t.label, t.ticket_type, coalesce(payer.name, o.name),
              nullif(payer.email, o.email), t.code_hash
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::int[], $6::text[],
                   $7::bytea[], $8::smallint[], $9::smallint[], $10::text[])
            AS t (id, order_id, line_id, ordinal, seat_idx, label, code_hash, leg_first, leg_last,
                  ticket_type)
       JOIN orders o ON o.id = t.order_id
       LEFT JOIN (
         SELECT s.name, s.email, p.line_id, p.quantity, sum(p.quantity) OVER (
                  PARTITION BY p.line_id ORDER BY s.position) AS upto
         FROM order_shares s, unnest(s.line_ids, s.quantities) AS p (line_id, quantity)
         WHERE s.order_id = ANY($2::uuid[])) AS payer
         ON payer.line_id = t.line_id
            AND t.ordinal < payer.upto AND t.ordinal >= payer.upto - payer.quantity
       ON CONFLICT (order_line_id, ordinal) WHERE replaces IS NULL DO NOTHING
       RETURNING order_id, holder_address""",
    IssuedRow,
)
"""Who paid for a place of an order that is divided by place has its ticket."""
# What went back since does not count against it: whose places are still live was paid for.
PAID = Query(
    "tickets.paid",
    """SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id
            AND p.status IN ('captured', 'partially_refunded', 'refunded', 'disputed')
       WHERE o.id = ANY($1::uuid[]) GROUP BY o.id
       HAVING coalesce(sum(p.amount_minor), 0) >= max(o.total_minor)""",
)
"""Those of these orders that were paid in full."""
# As people look for their places, not as they happened to be written.
OF_ORDER = Query(
    "tickets.of_order",
    f"""SELECT {_TICKET} FROM tickets WHERE order_id = $1
        ORDER BY seat_idx, label, ordinal, issued_at, id""",
    Ticket,
)
OF_BUYER = Query(
    "tickets.of_buyer",
    f"""SELECT {_TICKET} FROM tickets
        WHERE buyer_id = $1 AND (issued_at, id) < ($2, $3)
        ORDER BY issued_at DESC, id DESC LIMIT $4""",
    Ticket,
)
BY_CODE = Query("tickets.by_code", f"SELECT {_TICKET} FROM tickets WHERE code_hash = $1", Ticket)
BY_ID = Query("tickets.by_id", f"SELECT {_TICKET} FROM tickets WHERE id = $1", Ticket)
LOCK = Query(
    "tickets.lock", f"SELECT {_TICKET} FROM tickets WHERE id = $1 FOR NO KEY UPDATE", Ticket
)
LOCK_VALID = Query(
    "tickets.lock_valid",
    f"""SELECT {_TICKET} FROM tickets WHERE order_id = $1 AND status = 'valid'
        ORDER BY id FOR NO KEY UPDATE""",
    Ticket,
)
LOCK_LIVE = Query(
    "tickets.lock_live",
    """SELECT id FROM tickets WHERE order_id = $1 AND status IN ('valid', 'used')
       ORDER BY id FOR NO KEY UPDATE""",
)
USE = Query(
    "tickets.use",
    "UPDATE tickets SET status = 'used', used_at = now() WHERE id = $1 AND status = 'valid'",
)
UNUSE = Query(
    "tickets.unuse",
    "UPDATE tickets SET status = 'valid', used_at = NULL WHERE id = $1 AND status = 'used'",
)
REFUND = Query(
    "tickets.refund",
    """UPDATE tickets SET status = 'refunded' WHERE id IN (
         SELECT id FROM (
           SELECT t.id, w.quantity, row_number() OVER (
                    PARTITION BY t.order_line_id ORDER BY t.status = 'used', t.ordinal DESC) AS nth
           FROM unnest($2::uuid[], $3::int[]) AS w (line_id, quantity)
           JOIN tickets t ON t.order_line_id = w.line_id
           WHERE t.order_id = $1 AND t.status IN ('valid', 'used')) AS live
         WHERE nth <= quantity)""",
)
MOVE = Query(
    "tickets.move",
    """UPDATE tickets t SET seat_idx = m.seat_idx, label = m.label
       FROM unnest($2::uuid[], $3::int[], $4::text[]) AS m (line_id, seat_idx, label)
       WHERE t.order_id = $1 AND t.order_line_id = m.line_id AND t.status IN ('valid', 'used')
       RETURNING t.id""",
)
"""The tickets whose places are other ones now."""
COUNT_LIVE = Query(
    "tickets.count_live",
    """SELECT count(*)::int FROM orders o JOIN tickets t ON t.order_id = o.id
       WHERE o.event_id = $1 AND t.status IN ('valid', 'used')""",
)
CLAIM = Query(
    "tickets.claim",
    """UPDATE tickets SET buyer_id = $2 WHERE id IN (
         SELECT id FROM tickets WHERE buyer_id = $1 ORDER BY id FOR NO KEY UPDATE)""",
)
VOID = Query("tickets.void", "UPDATE tickets SET status = 'void' WHERE id = $1")
REPLACE = Query(
    "tickets.replace",
    f"""INSERT INTO tickets (id, org_id, event_id, order_id, order_line_id, ordinal, buyer_id,
                             leg_first, leg_last, seat_idx, label, ticket_type, holder_name,
                             holder_address, replaces, code_hash)
        SELECT $2, org_id, event_id, order_id, order_line_id, ordinal, $3, leg_first, leg_last,
               seat_idx, label, ticket_type, $4, $5, id, $6
        FROM tickets WHERE id = $1 RETURNING {_TICKET}""",
    Ticket,
)
