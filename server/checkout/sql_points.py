"""How orders stand that have to do with points."""

from server.kernel.db import Query
from server.points.models import Standing

STANDINGS = Query(
    "checkout.standings",
    """SELECT o.id AS order_id, o.status IN ('draft', 'pending') AS is_open,
              o.confirmed_at IS NOT NULL AS is_bought,
              least(o.paid_minor, o.total_minor) AS paid_minor, f.whole_minor, f.gone_minor
       FROM orders o, LATERAL (
         SELECT coalesce(sum(p.full_minor), 0)::bigint AS whole_minor,
                coalesce(sum(p.full_minor) FILTER (WHERE p.is_gone), 0)::bigint AS gone_minor
         FROM (SELECT unit_price_minor * quantity AS full_minor, refund_id IS NOT NULL AS is_gone
               FROM order_lines WHERE order_id = o.id
               UNION ALL
               SELECT unit_price_minor * quantity, refund_id IS NOT NULL
               FROM order_items WHERE order_id = o.id) AS p) AS f
       WHERE o.id = ANY($1::uuid[])""",
    Standing,
)
