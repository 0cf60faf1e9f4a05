"""Statements of receipts: what an order says of its money."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query


class ReceiptRow(msgspec.Struct):
    """`paid_minor`: captured in all, `refunded_minor`: gone back of it since."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    buyer_id: uuid.UUID
    status: str
    email: str
    name: str
    currency: str
    total_minor: int
    tax_minor: int
    discount_minor: int
    confirmed_at: dt.datetime | None
    paid_minor: int
    refunded_minor: int


class SoldRow(msgspec.Struct):
    label: str
    ticket_type: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    total_minor: int


class TaxRow(msgspec.Struct):
    name: str
    rate_ppm: int
    amount_minor: int


ORDER = Query(
    "tickets.receipt",
    """SELECT o.id, o.org_id, o.event_id, o.buyer_id, o.status, o.email, o.name, o.currency,
              o.total_minor, o.tax_minor, o.discount_minor, o.confirmed_at,
              coalesce(sum(p.amount_minor), 0)::bigint AS paid_minor,
              coalesce(sum(p.refunded_minor), 0)::bigint AS refunded_minor
       FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.status IN
            ('captured', 'partially_refunded', 'refunded', 'disputed')
       WHERE o.id = $1 GROUP BY o.id""",
    ReceiptRow,
)
SOLD = Query(
    "tickets.receipt_rows",
    """SELECT label, ticket_type, quantity, unit_price_minor, discount_minor, total_minor FROM (
         SELECT id, 0 AS kind, label, ticket_type, quantity, unit_price_minor, discount_minor,
                total_minor FROM order_lines WHERE order_id = $1
         UNION ALL
         SELECT id, 1 AS kind, name, '', quantity, unit_price_minor, discount_minor, total_minor
         FROM order_items WHERE order_id = $1) AS sold
       ORDER BY kind, id""",
    SoldRow,
)
TAXES = Query(
    "tickets.receipt_taxes",
    """SELECT name, rate_ppm, amount_minor FROM order_taxes WHERE order_id = $1
       ORDER BY position""",
    TaxRow,
)
