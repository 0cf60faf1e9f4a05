"""Statements of what of an order goes back, or to other places. The order is locked."""

import uuid

import msgspec

from server.kernel.db import Query
from server.pricing.amounts import Amounts


class BoughtRow(msgspec.Struct):
    """A line or a product of an order as it stands; `live`: paid for, and not gone back."""

    id: uuid.UUID
    seat_idx: int | None
    pool_id: uuid.UUID | None
    leg_first: int
    leg_last: int
    quantity: int
    label: str
    unit_price_minor: int
    total_minor: int
    fee_minor: int
    tax_minor: int
    discount_minor: int
    live: bool
    refund_id: uuid.UUID | None

    @property
    def amounts(self) -> Amounts:
        return Amounts(self.total_minor, self.fee_minor, self.tax_minor, self.discount_minor)


class CameRow(msgspec.Struct):
    """What was captured for an order in all, whatever went back since; but for a payment that went
    back whole, which brought nothing."""

    id: uuid.UUID
    came_minor: int


_MONEY = "unit_price_minor, total_minor, fee_minor, tax_minor, discount_minor"
_LINE = f"""id, seat_idx, pool_id, leg_first, leg_last, quantity, label, {_MONEY}, live,
            refund_id"""
_ITEM = f"""id, NULL::int AS seat_idx, NULL::uuid AS pool_id, 0::smallint AS leg_first,
            0::smallint AS leg_last, quantity, name AS label, {_MONEY},
            refund_id IS NULL AS live, refund_id"""

LINES = Query(
    "checkout.bought_lines",
    f"SELECT {_LINE} FROM order_lines WHERE order_id = $1 ORDER BY id",
    BoughtRow,
)
ITEMS = Query(
    "checkout.bought_items",
    f"SELECT {_ITEM} FROM order_items WHERE order_id = $1 ORDER BY id",
    BoughtRow,
)
ACCEPTS = Query(
    "checkout.accepts_alternative", "SELECT accepts_alternative FROM orders WHERE id = $1"
)
_LESS = """quantity = quantity - $4, total_minor = total_minor - $5, fee_minor = fee_minor - $6,
           tax_minor = tax_minor - $7, discount_minor = discount_minor - $8"""
# $1: the line, $2: the id of the line that its part becomes, $3: the refund, $4 ...: the part.
SPLIT_LINE = Query(
    "checkout.split_line",
    f"""WITH rest AS (
          UPDATE order_lines SET {_LESS} WHERE id = $1
          RETURNING org_id, order_id, event_id, leg_first, leg_last, seat_idx, pool_id, label,
                    section, unit_price_minor, ticket_type_id, ticket_type)
        INSERT INTO order_lines (id, org_id, order_id, event_id, leg_first, leg_last, seat_idx,
                                 pool_id, label, section, ticket_type_id, ticket_type, live,
                                 refund_id, quantity, {_MONEY})
        SELECT $2, org_id, order_id, event_id, leg_first, leg_last, seat_idx, pool_id, label,
               section, ticket_type_id, ticket_type, false, $3, $4, unit_price_minor, $5, $6, $7, $8
        FROM rest""",
)
SPLIT_ITEM = Query(
    "checkout.split_item",
    f"""WITH rest AS (
          UPDATE order_items SET {_LESS} WHERE id = $1
          RETURNING org_id, order_id, product_id, name, unit_price_minor)
        INSERT INTO order_items (id, org_id, order_id, product_id, name, refund_id, quantity,
                                 {_MONEY})
        SELECT $2, org_id, order_id, product_id, name, $3, $4, unit_price_minor, $5, $6, $7, $8
        FROM rest""",
)
END_LINES = Query(
    "checkout.end_lines",
    """UPDATE order_lines SET live = false, refund_id = $3
       WHERE order_id = $1 AND id = ANY($2::uuid[]) AND live""",
)
END_ITEMS = Query(
    "checkout.end_items",
    """UPDATE order_items SET refund_id = $3
       WHERE order_id = $1 AND id = ANY($2::uuid[]) AND refund_id IS NULL""",
)
OF_REFUNDS = Query(
    "checkout.of_refunds",
    f"""SELECT {_LINE} FROM order_lines WHERE order_id = $1 AND refund_id IS NOT NULL
        UNION ALL
        SELECT {_ITEM} FROM order_items WHERE order_id = $1 AND refund_id IS NOT NULL
        ORDER BY id""",
    BoughtRow,
)
"""What went back of an order, by which refund."""
RECOUNT = Query(
    "checkout.recount_paid",
    """UPDATE orders o SET paid_minor = m.kept_minor
       FROM (SELECT order_id, sum(amount_minor - refunded_minor) AS kept_minor,
                    coalesce(sum(amount_minor) FILTER (WHERE refunded_minor < amount_minor),
                             0)::bigint AS came_minor
             FROM payments WHERE order_id = ANY($1::uuid[]) AND settled_at IS NOT NULL
             GROUP BY order_id) AS m
       WHERE o.id = m.order_id RETURNING o.id, m.came_minor""",
    CameRow,
)
