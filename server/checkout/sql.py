"""Statements of checkout."""

import uuid

import msgspec

from server.checkout.models import Order, OrderLine, SoldSeat, TaxLine
from server.kernel.db import Query


class EventOfRow(msgspec.Struct):
    """Whose event an order is of."""

    id: uuid.UUID
    event_id: uuid.UUID


class DueOrder(msgspec.Struct):
    """An order for which a time is over, or nearly so."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID


class LineRow(OrderLine):
    """One of the lines of several orders."""

    order_id: uuid.UUID


class SectionSales(msgspec.Struct):
    section: str
    sold: int
    revenue_minor: int


class ZoneSales(SectionSales):
    """Of one section and zone; `zone`: null for standing places, which their area has."""

    zone: int | None


class PaceRow(msgspec.Struct):
    """What was sold in the minute that began at `minute_s`, unix seconds."""

    minute_s: int
    sold: int
    revenue_minor: int


class OrderCounts(msgspec.Struct):
    """`checkouts`: orders that were begun, `orders`: those of them that are paid for."""

    checkouts: int
    orders: int


_ORDER = """id, org_id, event_id, hold_id, buyer_id, status, email, name, language, currency,
            total_minor, fee_minor, tax_minor, discount_minor, paid_minor, channel, answers, note,
            created_at, expires_at, confirmed_at, deposit_minor, balance_due_at"""


def _of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{name.strip()}" for name in columns.split(","))


_LINE = """id, seat_idx, pool_id, leg_first, leg_last, quantity, label, section, unit_price_minor,
           discount_minor, fee_minor, tax_minor, total_minor, live, ticket_type_id, ticket_type"""

WRITE_ORDER = Query(
    "checkout.write_order",
    f"""INSERT INTO orders (id, org_id, event_id, hold_id, buyer_id, email, name, currency,
                            total_minor, fee_minor, tax_minor, discount_minor, answers, expires_at,
                            language, status, accepts_alternative)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (id) DO UPDATE SET
          email = excluded.email, name = excluded.name, total_minor = excluded.total_minor,
          fee_minor = excluded.fee_minor, tax_minor = excluded.tax_minor,
          discount_minor = excluded.discount_minor, answers = excluded.answers,
          expires_at = excluded.expires_at, language = excluded.language,
          status = excluded.status, accepts_alternative = excluded.accepts_alternative
        RETURNING {_ORDER}""",
    Order,
)
"""A new order, or a draft anew."""
CLEAR = Query(
    "checkout.clear",
    """WITH lines AS (DELETE FROM order_lines WHERE order_id = $1),
            items AS (DELETE FROM order_items WHERE order_id = $1),
            taxes AS (DELETE FROM order_taxes WHERE order_id = $1)
       DELETE FROM discount_redemptions WHERE order_id = $1""",
)
"""What a draft has, before it is written anew."""
INSERT_LINES = Query(
    "checkout.insert_lines",
    """INSERT INTO order_lines (id, org_id, order_id, event_id, leg_first, leg_last, seat_idx,
                                pool_id, quantity, label, section, unit_price_minor, discount_minor,
                                fee_minor, tax_minor, total_minor, ticket_type_id, ticket_type)
       SELECT l.id, $1, $2, $3, $4, $5, l.seat_idx, l.pool_id, l.quantity, l.label, l.section,
              l.unit, l.off, l.fee, l.tax, l.unit * l.quantity - l.off, l.type_id, l.type
       FROM unnest($6::uuid[], $7::int[], $8::uuid[], $9::int[], $10::text[], $11::text[],
                   $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::uuid[],
                   $17::text[])
            AS l (id, seat_idx, pool_id, quantity, label, section, unit, off, fee, tax, type_id,
                  type)""",
)
INSERT_TAXES = Query(
    "checkout.insert_taxes",
    """INSERT INTO order_taxes (order_id, position, org_id, name, rate_ppm, is_inclusive,
                                amount_minor)
       SELECT $1, t.nth, $2, t.name, t.rate, t.is_inclusive, t.amount
       FROM unnest($3::smallint[], $4::text[], $5::int[], $6::bool[], $7::bigint[])
            AS t (nth, name, rate, is_inclusive, amount)""",
)
TAXES = Query(
    "checkout.taxes",
    """SELECT name, rate_ppm, is_inclusive, amount_minor FROM order_taxes
       WHERE order_id = $1 ORDER BY position""",
    TaxLine,
)
ORDER_BY_ID = Query("checkout.order_by_id", f"SELECT {_ORDER} FROM orders WHERE id = $1", Order)
EVENTS_OF = Query(
    "checkout.events_of",
    "SELECT id, event_id FROM orders WHERE id = ANY($1::uuid[])",
    EventOfRow,
)
LOCK_ORDERS = Query(
    "checkout.lock_orders",
    f"SELECT {_ORDER} FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
    Order,
)
ORDER_OF_HOLD = Query(
    "checkout.order_of_hold", f"SELECT {_ORDER} FROM orders WHERE hold_id = $1", Order
)
LOCK_ORDER_OF_HOLD = Query(
    "checkout.lock_order_of_hold",
    f"SELECT {_ORDER} FROM orders WHERE hold_id = $1 FOR NO KEY UPDATE",
    Order,
)
TOUCH = Query("checkout.touch", "UPDATE orders SET status = status WHERE id = ANY($1::uuid[])")
"""To a SERIALIZABLE transaction that began before, a row that was only locked is as it was; one
that was updated is a serialization failure."""
LINES = Query(
    "checkout.lines", f"SELECT {_LINE} FROM order_lines WHERE order_id = $1 ORDER BY id", OrderLine
)
LINES_OF = Query(
    "checkout.lines_of",
    f"""SELECT {_LINE}, order_id FROM order_lines
        WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, id""",
    LineRow,
)
SOLD_SEAT = Query(
    "checkout.sold_seat",
    """SELECT l.order_id, l.id AS line_id, o.name, o.email, l.label, l.leg_first, l.leg_last
       FROM order_lines l JOIN orders o ON o.id = l.order_id
       WHERE l.event_id = $1 AND l.seat_idx = $2 AND l.live ORDER BY l.leg_first""",
    SoldSeat,
)
CONFIRM = Query(
    "checkout.confirm",
    """WITH lines AS (UPDATE order_lines SET live = true WHERE order_id = ANY($1::uuid[]))
       UPDATE orders SET status = 'confirmed', confirmed_at = now(), note = NULL
       WHERE id = ANY($1::uuid[])""",
)
MOVE_LINE = Query(
    "checkout.move_line",
    f"""UPDATE order_lines SET seat_idx = $2, label = $3, section = $4
        WHERE id = $1 RETURNING {_LINE}""",
    OrderLine,
)
REOPEN = Query(
    "checkout.reopen",
    f"""UPDATE orders SET status = 'pending', note = NULL, expires_at = $2
        WHERE id = $1 AND status IN ('draft', 'pending', 'expired') RETURNING {_ORDER}""",
    Order,
)
END = Query(
    "checkout.end",
    """UPDATE orders SET status = $2, note = $3,
              balance_due_at = CASE WHEN $2 NOT IN ('cancelled', 'refunded') THEN balance_due_at END
       WHERE id = $1""",
)
SET_DEPOSIT = Query(
    "checkout.set_deposit",
    """UPDATE orders SET deposit_minor = $2, balance_due_at = $3
       WHERE id = $1 AND $3 >= now() + $4::interval""",
)
"""The rest of the order, which is locked, is due later; nothing where that is too soon."""
END_BALANCE = Query(
    "checkout.end_balance",
    f"""UPDATE orders SET balance_due_at = NULL
        WHERE id = ANY($1::uuid[]) AND balance_due_at IS NOT NULL
          AND status IN ('confirmed', 'partially_refunded') RETURNING {_ORDER}""",
    Order,
)
"""Those of which nothing is open any more, and was."""
# Deliberately across tenants: time passes for every organization. Who disputes a payment is asked
# for nothing more, and gets nothing back, until that is decided.
BALANCE_OVER = Query(
    "checkout.balance_over",
    """SELECT o.id, o.org_id, o.event_id FROM orders o
       WHERE o.balance_due_at <= now() - $1::interval
         AND o.status IN ('confirmed', 'partially_refunded')
         AND NOT EXISTS (SELECT FROM payments p
                         WHERE p.order_id = o.id AND p.status = 'disputed')
       ORDER BY o.balance_due_at LIMIT $2""",
    DueOrder,
)
"""Whose rest did not come in time."""
# Deliberately across tenants: time passes for every organization. A hold that was extended gives
# its order as much time.
EXPIRE_DUE = Query(
    "checkout.expire_due",
    f"""WITH due AS MATERIALIZED (
          SELECT d.id, h.expires_at AS hold_ends_at,
                 h.status = 'active' AND h.expires_at > now() AS lives
          FROM orders d JOIN holds h ON h.id = d.hold_id
          WHERE d.status IN ('draft', 'pending') AND d.expires_at <= now()
          ORDER BY d.expires_at LIMIT $2 FOR NO KEY UPDATE OF d SKIP LOCKED)
        UPDATE orders o SET
          status = CASE WHEN due.lives THEN o.status ELSE 'expired' END,
          note = CASE WHEN due.lives THEN o.note ELSE $1 END,
          expires_at = CASE WHEN due.lives THEN due.hold_ends_at ELSE o.expires_at END
        FROM due WHERE o.id = due.id
        RETURNING {_of("o", _ORDER)}""",
    Order,
)
# Only live lines count: what was sold and not given back.
SALES_BY_SECTION = Query(
    "checkout.sales_by_section",
    """SELECT section, sum(quantity)::int AS sold, sum(total_minor)::bigint AS revenue_minor
       FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE event_id = $1) AND live
       GROUP BY section ORDER BY section""",
    SectionSales,
)
# $2: the first seat of each run of seats of one zone, $3: the zones of these runs.
SALES_BY_ZONE = Query(
    "checkout.sales_by_zone",
    """SELECT section, sum(quantity)::int AS sold, sum(total_minor)::bigint AS revenue_minor,
              ($3::int[])[width_bucket(seat_idx, $2::int[])] AS zone
       FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE event_id = $1) AND live
       GROUP BY section, zone""",
    ZoneSales,
)
SALES_PACE = Query(
    "checkout.sales_pace",
    """WITH sold AS MATERIALIZED (
           SELECT id, confirmed_at FROM orders
           WHERE event_id = $1 AND status IN ('confirmed', 'partially_refunded'))
       SELECT extract(epoch FROM date_trunc('minute', s.confirmed_at))::bigint AS minute_s,
              sum(l.quantity)::int AS sold, sum(l.total_minor)::bigint AS revenue_minor
       FROM sold s JOIN order_lines l ON l.order_id = s.id AND l.live
       WHERE s.confirmed_at > (SELECT max(confirmed_at) FROM sold) - make_interval(mins => $2)
       GROUP BY 1 ORDER BY 1 DESC""",
    PaceRow,
)
COUNT_ORDERS = Query(
    "checkout.count_orders",
    """SELECT count(*)::int AS checkouts,
              (count(*) FILTER (WHERE status IN ('confirmed', 'partially_refunded')))::int
                AS orders
       FROM orders WHERE event_id = $1""",
    OrderCounts,
)
COUNT_CONFIRMED = Query(
    "checkout.count_confirmed",
    """SELECT count(*)::int FROM orders
       WHERE event_id = $1 AND status IN ('confirmed', 'partially_refunded')""",
)
CLAIM = Query(
    "checkout.claim",
    """UPDATE orders SET buyer_id = $2 WHERE id IN (
         SELECT id FROM orders WHERE buyer_id = $1 ORDER BY id FOR NO KEY UPDATE)""",
)
