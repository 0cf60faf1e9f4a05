"""Statements of orders that are sold as they are made."""

from server.kernel.db import Query

INSERT_ORDERS = Query(
    "checkout.insert_sold_orders",
    """INSERT INTO orders (id, org_id, event_id, hold_id, buyer_id, status, email, name, currency,
                           total_minor, paid_minor, fee_minor, tax_minor, channel, expires_at,
                           confirmed_at)
       SELECT w.id, $1, $2, w.hold_id, w.buyer_id, 'confirmed', w.email, w.name, $3,
              w.total_minor, w.total_minor, w.fee_minor, w.tax_minor, $4, now(), now()
       FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::bigint[],
                   $11::bigint[], $12::bigint[])
            AS w (id, hold_id, buyer_id, email, name, total_minor, fee_minor, tax_minor)""",
)
INSERT_LINES = Query(
    "checkout.insert_sold_lines",
    """INSERT INTO order_lines (id, org_id, order_id, event_id, leg_first, leg_last, seat_idx,
                                pool_id, quantity, label, section, unit_price_minor, total_minor,
                                fee_minor, tax_minor, ticket_type_id, ticket_type, live)
       SELECT w.id, $1, w.order_id, $2, $3, $4, w.seat_idx, w.pool_id, w.quantity, w.label,
              w.section, w.unit, w.unit * w.quantity, w.fee, w.tax, w.type_id, w.type, true
       FROM unnest($5::uuid[], $6::uuid[], $7::int[], $8::uuid[], $9::int[], $10::text[],
                   $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::uuid[],
                   $16::text[])
            AS w (id, order_id, seat_idx, pool_id, quantity, label, section, unit, fee, tax,
                  type_id, type)""",
)
INSERT_TAXES = Query(
    "checkout.insert_sold_taxes",
    """INSERT INTO order_taxes (order_id, position, org_id, name, rate_ppm, is_inclusive,
                                amount_minor)
       SELECT w.order_id, w.nth, $1, w.name, w.rate, w.is_inclusive, w.amount
       FROM unnest($2::uuid[], $3::smallint[], $4::text[], $5::int[], $6::bool[], $7::bigint[])
            AS w (order_id, nth, name, rate, is_inclusive, amount)""",
)
