"""What the tables say of an order: its money, places and tickets, and how it may move."""

from typing import Any

from server.checkout.models import OrderStatus
from server.checkout.states import MOVES

BOOKS = """
SELECT o.id, o.status = 'pending' AS is_pending, o.total_minor AS total, o.paid_minor AS paid,
       o.status IN ('confirmed', 'partially_refunded') AND o.balance_due_at IS NOT NULL AS is_open,
       m.captured, m.refunded, m.owed,
       m.failed, l.value, l.places, l.seats,
       (SELECT count(*) FROM seats s JOIN order_lines b ON b.id = s.order_line_id
        WHERE b.order_id = o.id) AS sold,
       (SELECT count(*) FROM tickets t
        WHERE t.order_id = o.id AND t.status IN ('valid', 'used')) AS valid,
       NOT EXISTS (SELECT FROM outbox x WHERE x.handled_at IS NULL
                     AND x.data->>'order_id' = o.id::text
                     AND x.type IN ('payment.captured', 'payment.refunded', 'payment.disputed',
                                    'order.confirmed', 'order.paid')) AS is_told
FROM orders o,
  LATERAL (SELECT coalesce(sum(p.amount_minor), 0) AS captured,
                  coalesce(sum(p.refunded_minor), 0) AS refunded,
                  coalesce(sum((SELECT sum(r.amount_minor) FROM refunds r
                                WHERE r.payment_id = p.id AND r.status <> 'succeeded')), 0) AS owed,
                  coalesce(bool_or(EXISTS (
                    SELECT FROM refunds r WHERE r.payment_id = p.id
                      AND (r.status = 'failed' OR r.reason LIKE 'refunded:%'))), false) AS failed
           FROM payments p WHERE p.order_id = o.id AND p.status NOT IN ('pending', 'failed')) AS m,
  LATERAL (SELECT coalesce(sum(total_minor) FILTER (WHERE live), 0) AS value,
                  coalesce(sum(quantity) FILTER (WHERE live), 0) AS places,
                  count(*) FILTER (WHERE live AND seat_idx IS NOT NULL) AS seats
           FROM order_lines WHERE order_id = o.id) AS l
WHERE o.event_id = $1"""
"""`failed`: also of what somebody paid back elsewhere, which no line went back for."""


def book_of(row: Any) -> dict[str, Any]:
    return {name: v if name == "id" else int(v) for name, v in row.items()}


def reachable(status: OrderStatus) -> set[OrderStatus]:
    """Statuses that one step, of several moves, may lead to."""
    found: set[OrderStatus] = {status}
    new: list[OrderStatus] = [status]
    while new:
        new = [after for before in new for after in MOVES[before] if after not in found]
        found.update(new)
    return found
