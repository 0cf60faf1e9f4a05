"""Statements of what orders have beside places."""

import uuid

import msgspec

from server.checkout.models import OrderItem
from server.kernel.db import Query


class UsedRow(msgspec.Struct):
    product_id: uuid.UUID
    quantity: int


USED = Query(
    "checkout.used_products",
    """SELECT i.product_id, sum(i.quantity)::int AS quantity
       FROM order_items i JOIN orders o ON o.id = i.order_id
       WHERE i.product_id = ANY($1::uuid[]) AND i.refund_id IS NULL
         AND o.status IN ('draft', 'pending', 'confirmed', 'partially_refunded')
       GROUP BY i.product_id""",
    UsedRow,
)
INSERT = Query(
    "checkout.insert_items",
    """INSERT INTO order_items (id, org_id, order_id, product_id, name, quantity, unit_price_minor,
                                discount_minor, fee_minor, tax_minor, total_minor)
       SELECT w.id, $1, $2, w.product_id, w.name, w.quantity, w.unit, w.off, w.fee, w.tax,
              w.unit * w.quantity - w.off
       FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::bigint[], $8::bigint[],
                   $9::bigint[], $10::bigint[])
            AS w (id, product_id, name, quantity, unit, off, fee, tax)""",
)
OF_ORDER = Query(
    "checkout.items_of_order",
    """SELECT id, product_id, name, quantity, unit_price_minor, discount_minor, fee_minor,
              tax_minor, total_minor
       FROM order_items WHERE order_id = $1 ORDER BY id""",
    OrderItem,
)
