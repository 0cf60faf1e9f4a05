"""Statements of orders that are sold as they are made."""

from server.kernel.db import Query

INSERT_ORDERS = Query(
    "checkout.insert_sold_orders",
    """INSERT INTO orders (id, org_id, event_id, hold_id, buyer_id, status, email, name, currency,
                           total_minor, paid_minor, channel, expires_at, confirmed_at)
       SELECT w.id, $1, $2, w.hold_id, w.buyer_id, 'confirmed', w.email, w.name, $3,
              w.total_minor, w.total_minor, $4, now(), now()
       FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::bigint[])
            AS w (id, hold_id, buyer_id, email, name, total_minor)""",
)
INSERT_LINES = Query(
    "checkout.insert_sold_lines",
    """INSERT INTO order_lines (id, org_id, order_id, event_id, leg_first, leg_last, seat_idx,
                                pool_id, quantity, label, section, unit_price_minor, total_minor,
                                ticket_type_id, ticket_type, live)
       SELECT w.id, $1, w.order_id, $2, $3, $4, w.seat_idx, w.pool_id, w.quantity, w.label,
              w.section, w.unit, w.unit * w.quantity, w.type_id, w.type, true
       FROM unnest($5::uuid[], $6::uuid[], $7::int[], $8::uuid[], $9::int[], $10::text[],
                   $11::text[], $12::bigint[], $13::uuid[], $14::text[])
            AS w (id, order_id, seat_idx, pool_id, quantity, label, section, unit, type_id,
                  type)""",
)
