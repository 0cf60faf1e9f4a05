"""Statements of reports. An organization's own rows; `$1` is its id."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query
from server.reports.models import EventFinance, SalesPoint


class OrderSheetRow(msgspec.Struct):
    order_id: uuid.UUID
    event: str
    channel: str
    status: str
    name: str
    email: str
    currency: str
    total_minor: int
    discount_minor: int
    fee_minor: int
    tax_minor: int
    refunded_minor: int
    places: int
    created_at: dt.datetime
    confirmed_at: dt.datetime | None
    note: str


class TicketSheetRow(msgspec.Struct):
    ticket_id: uuid.UUID
    order_id: uuid.UUID
    event: str
    label: str
    ticket_type: str
    holder_name: str
    email: str
    status: str
    currency: str
    price_minor: int
    issued_at: dt.datetime
    used_at: dt.datetime | None


class SettlementSheetRow(msgspec.Struct):
    settlement_id: uuid.UUID
    order_id: uuid.UUID
    event: str
    kind: str
    currency: str
    gross_minor: int
    fee_minor: int
    tax_minor: int
    net_minor: int
    host_org_id: str
    host_minor: int
    promoter_minor: int
    created_at: dt.datetime
    push_status: str


def _window(moment: str, event: str) -> str:
    return f"""($2::uuid IS NULL OR {event} = $2)
               AND ($3::timestamptz IS NULL OR {moment} >= $3)
               AND ($4::timestamptz IS NULL OR {moment} < $4)"""


# All of an organization's are found by its events, those of some days by their time: the planner
# would take the first way for both, and read a year for a day. (Said twice, `$1` changes nothing.)
_BY_EVENT = "(e.org_id = $1 OR $3::timestamptz IS NOT NULL)"

SALES = Query(
    "reports.sales",
    f"""SELECT date_trunc($5, s.created_at, $6) AS at, s.currency,
               (count(*) FILTER (WHERE s.kind = 'sale'))::int AS orders,
               coalesce(sum(p.places) FILTER (WHERE s.kind = 'sale'), 0)::int AS tickets,
               coalesce(sum(s.gross_minor) FILTER (WHERE s.kind = 'sale'), 0)::bigint
                 AS gross_minor,
               coalesce(-sum(s.gross_minor) FILTER (WHERE s.kind = 'refund'), 0)::bigint
                 AS refunded_minor,
               sum(s.fee_minor)::bigint AS fee_minor, sum(s.tax_minor)::bigint AS tax_minor,
               sum(s.net_minor)::bigint AS net_minor
        FROM settlements s
        LEFT JOIN LATERAL (SELECT sum(quantity) AS places FROM order_lines
                           WHERE order_id = s.order_id) p ON s.kind = 'sale'
        WHERE s.org_id = $1 AND {_window("s.created_at", "s.event_id")}
        GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 5000""",
    SalesPoint,
)
FINANCE = Query(
    "reports.finance",
    f"""SELECT s.event_id, e.name AS event, s.currency,
               (count(*) FILTER (WHERE s.kind = 'sale'))::int AS orders,
               coalesce(sum(s.gross_minor) FILTER (WHERE s.kind = 'sale'), 0)::bigint
                 AS gross_minor,
               coalesce(-sum(s.gross_minor) FILTER (WHERE s.kind = 'refund'), 0)::bigint
                 AS refunded_minor,
               sum(s.fee_minor)::bigint AS fee_minor, sum(s.tax_minor)::bigint AS tax_minor,
               sum(s.host_minor)::bigint AS host_minor,
               sum(s.promoter_minor)::bigint AS promoter_minor
        FROM settlements s JOIN events e ON e.id = s.event_id
        WHERE s.org_id = $1 AND {_window("s.created_at", "s.event_id")}
        GROUP BY s.event_id, e.name, e.starts_at, s.currency
        ORDER BY e.starts_at DESC, s.event_id, s.currency LIMIT 1000""",
    EventFinance,
)
# Of a sale as settlements tell it; of what was none all that came and went back.
ORDERS = Query(
    "reports.orders",
    f"""SELECT o.id AS order_id, e.name AS event, o.channel, o.status, o.name, o.email, o.currency,
               o.total_minor, o.discount_minor, o.fee_minor, o.tax_minor,
               coalesce(
                 (SELECT -coalesce(sum(s.gross_minor) FILTER (WHERE s.kind = 'refund'), 0)
                  FROM settlements s WHERE s.order_id = o.id HAVING count(*) > 0),
                 (SELECT sum(p.refunded_minor) FROM payments p WHERE p.order_id = o.id),
                 0)::bigint AS refunded_minor,
               (SELECT coalesce(sum(quantity), 0) FROM order_lines
                WHERE order_id = o.id)::int AS places,
               o.created_at, o.confirmed_at, coalesce(o.note, '') AS note
        FROM events e JOIN orders o ON o.event_id = e.id
        WHERE {_BY_EVENT} AND o.org_id = $1 AND e.status <> 'self_test'
          AND {_window("o.created_at", "e.id")}
        ORDER BY o.created_at, o.id LIMIT $5""",
    OrderSheetRow,
)
TICKETS = Query(
    "reports.tickets",
    f"""SELECT t.id AS ticket_id, t.order_id, e.name AS event, t.label, l.ticket_type,
               t.holder_name, o.email, t.status, o.currency,
               l.total_minor / l.quantity AS price_minor, t.issued_at, t.used_at
        FROM events e JOIN orders o ON o.event_id = e.id JOIN tickets t ON t.order_id = o.id
          JOIN order_lines l ON l.id = t.order_line_id
        WHERE {_BY_EVENT} AND t.org_id = $1 AND e.status <> 'self_test'
          AND {_window("t.issued_at", "e.id")}
        ORDER BY t.issued_at, t.id LIMIT $5""",
    TicketSheetRow,
)
SETTLEMENTS = Query(
    "reports.settlements",
    f"""SELECT s.id AS settlement_id, s.order_id, e.name AS event, s.kind, s.currency,
               s.gross_minor, s.fee_minor, s.tax_minor, s.net_minor, s.host_org_id, s.host_minor,
               s.promoter_minor, s.created_at, s.push_status
        FROM settlements s JOIN events e ON e.id = s.event_id
        WHERE s.org_id = $1 AND {_window("s.created_at", "s.event_id")}
        ORDER BY s.created_at, s.id LIMIT $5""",
    SettlementSheetRow,
)
