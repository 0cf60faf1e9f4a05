"""Statements of who looks for orders. An order's id is in the order of its time."""

from server.checkout.order_models import OrderRow
from server.kernel.db import Query

PAGE = Query(
    "checkout.orders_of_event",
    """SELECT o.id, o.status, o.channel, o.name, o.email,
              (SELECT coalesce(sum(l.quantity), 0)::int FROM order_lines l
               WHERE l.order_id = o.id) AS places,
              o.currency, o.total_minor, o.paid_minor, o.created_at
       FROM orders o
       WHERE o.event_id = $1 AND o.org_id = $2
         AND ($3::uuid IS NULL OR o.id < $3)
         AND ($4::text IS NULL OR o.status = $4)
         AND ($5::text IS NULL OR o.channel = $5)
         AND ($6::text IS NULL OR o.id::text = $6 OR starts_with(lower(o.name), $6)
              OR starts_with(lower(o.email), $6))
       ORDER BY o.id DESC LIMIT $7""",
    OrderRow,
)
