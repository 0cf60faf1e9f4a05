"""Statements of catalog."""

import datetime as dt
import uuid
from typing import Any

import msgspec

from server.kernel.db import Query


class EventRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    switched_off: list[str]
    slug: str
    name: str
    summary: str
    status: str
    starts_at: dt.datetime
    timezone: str
    currency: str
    hold_ttl_s: int
    payment_ttl_s: int
    seats_per_hold_max: int
    seats_per_order_max: int | None
    seats_per_buyer_max: int | None
    orphan_rule: str
    legs: int
    has_waiting_room: bool
    map_id: uuid.UUID
    seat_count: int
    takes_orders: bool
    over_at: dt.datetime
    is_on_sale: bool
    description: str
    cover: str | None
    doors_at: dt.datetime | None
    ends_at: dt.datetime | None
    sales_open_at: dt.datetime | None
    sales_close_at: dt.datetime | None
    sales_end_at: dt.datetime
    cancelled_at: dt.datetime | None
    venue_id: uuid.UUID
    venue_name: str
    venue_city: str
    venue_country: str
    venue_address: str
    venue_latitude: float | None
    venue_longitude: float | None
    terms: dict[str, Any]
    points: Any
    now: dt.datetime


class TicketTypeRow(msgspec.Struct):
    id: uuid.UUID
    zone: int
    zone_key: str
    zone_name: str
    name: str
    price_minor: int
    table_mode: str
    chairs_min: int | None


class OfferRow(msgspec.Struct):
    """A ticket type as it is offered; `former`: its former prices, as `prices.PriceList`."""

    id: uuid.UUID
    zone: int
    zone_key: str
    name: str
    description: str
    is_default: bool
    visibility: str
    access_code: str | None
    sales_open_at: dt.datetime | None
    sales_close_at: dt.datetime | None
    is_on_sale: bool
    quantity: int | None
    per_order_min: int | None
    per_order_max: int | None
    sort: int
    price_minor: int
    levels: list[Any]
    base_applies: bool
    former: list[Any]


class TableModeRow(msgspec.Struct):
    table_idx: int
    mode: str
    chairs_min: int | None


class MapRow(msgspec.Struct):
    geometry: bytes


_SWITCHED_OFF = """ARRAY(
    SELECT DISTINCT s.flag FROM switches s
    WHERE s.scope = ANY(ARRAY['platform', 'org:' || e.org_id, 'event:' || e.id]) ORDER BY s.flag)"""
# An event of a self-test is as any other to who knows its id.
_STATUS = """CASE WHEN e.status <> 'self_test' THEN e.status
                         WHEN e.cancelled_at IS NULL THEN 'published' ELSE 'archived' END"""
_TAKES_ORDERS = """(e.status = 'published' AND o.approval = 'approved'
                    OR e.status = 'self_test' AND e.cancelled_at IS NULL)"""
# Points are worth something in the organization's currency only.
_POINTS = """CASE WHEN coalesce(o.settings ->> 'currency', 'EUR') = e.currency
                        THEN o.settings -> 'points' END"""
# The one place that says whether buyers can take places now.
IS_ON_SALE = f"""({_TAKES_ORDERS}
                  AND coalesce(e.sales_open_at <= now(), true) AND now() < e.sales_end_at
                  AND NOT {_SWITCHED_OFF} && ARRAY['ticketing', 'checkout'])"""
# Lists look no farther back: what has gone on for longer is found by a search from a day on.
COMING_SINCE = "now() - interval '30 days'"
IS_COMING = f"""(e.status = 'published' AND e.starts_at >= {COMING_SINCE}
                 AND now() < e.over_at)"""
_EVENT = f"""SELECT e.id, e.org_id, {_SWITCHED_OFF} AS switched_off,
                   e.slug, e.name, e.summary, {_STATUS} AS status, e.starts_at, e.timezone,
                   e.currency, e.hold_ttl_s, e.payment_ttl_s, e.seats_per_hold_max,
                   e.seats_per_order_max, e.seats_per_buyer_max, e.orphan_rule, e.legs,
                   e.has_waiting_room, e.map_id, m.seat_count,
                   {_TAKES_ORDERS} AS takes_orders, e.over_at,
                   {IS_ON_SALE} AS is_on_sale,
                   e.description, e.cover, e.doors_at, e.ends_at, e.sales_open_at,
                   e.sales_close_at, least(e.sales_end_at, e.cancelled_at) AS sales_end_at,
                   e.cancelled_at,
                   v.id AS venue_id, v.name AS venue_name, v.city AS venue_city,
                   v.country AS venue_country, v.address AS venue_address,
                   v.latitude AS venue_latitude, v.longitude AS venue_longitude,
                   e.terms, {_POINTS} AS points, now() AS now
            FROM events e JOIN maps m ON m.id = e.map_id JOIN venues v ON v.id = e.venue_id
            JOIN organizations o ON o.id = e.org_id"""

EVENT_BY_ID = Query("catalog.event_by_id", f"{_EVENT} WHERE e.id = $1", EventRow)
IS_CANCELLED = Query(
    "catalog.is_cancelled", "SELECT cancelled_at IS NOT NULL FROM events WHERE id = $1"
)
ORG_OF_EVENT = Query("catalog.org_of_event", "SELECT org_id FROM events WHERE id = $1")
EVENT_ID_BY_SLUG = Query(
    "catalog.event_id_by_slug",
    "SELECT id FROM events WHERE slug = $1 AND status <> 'self_test'",
)
CALENDAR_OF_ORG = Query(
    "catalog.calendar_of_org",
    """SELECT e.id FROM events e JOIN organizations o ON o.id = e.org_id AND o.approval = 'approved'
       WHERE e.org_id = $1 AND e.status = 'published' AND e.starts_at > now() - interval '30 days'
       ORDER BY e.starts_at, e.id LIMIT 500""",
)
COMING_OF_ORG = Query(
    "catalog.coming_of_org",
    f"""SELECT e.id FROM events e
        JOIN organizations o ON o.id = e.org_id AND o.approval = 'approved'
        WHERE e.org_id = $1 AND {IS_COMING} ORDER BY e.starts_at, e.id LIMIT 500""",
)
TICKET_TYPES = Query(
    "catalog.ticket_types",
    """SELECT id, zone, zone_key, zone_name, name, price_minor, table_mode, chairs_min
       FROM ticket_types WHERE event_id = $1 AND is_default ORDER BY zone""",
    TicketTypeRow,
)
# A hold lasts an hour or two: what cost something else before that is of no use.
OFFERS = Query(
    "catalog.offers",
    """SELECT t.id, t.zone, t.zone_key, t.name, t.description, t.is_default, t.visibility,
              t.access_code, t.sales_open_at, t.sales_close_at,
              (coalesce(t.sales_open_at <= now(), true)
               AND coalesce(now() < t.sales_close_at, true)) AS is_on_sale,
              t.quantity, t.per_order_min, t.per_order_max, t.sort, t.price_minor, t.levels,
              t.base_applies,
              coalesce((SELECT jsonb_agg(jsonb_build_object(
                                 'price_minor', f.price_minor, 'levels', f.levels,
                                 'valid_until', f.valid_until) ORDER BY f.valid_until)
                        FROM former_prices f
                        WHERE f.ticket_type_id = t.id AND f.valid_until > now() - interval '1 day'),
                       '[]') AS former
       FROM ticket_types t WHERE t.event_id = $1 ORDER BY t.zone, t.sort, t.id""",
    OfferRow,
)
TABLE_MODES = Query(
    "catalog.table_modes",
    "SELECT table_idx, mode, chairs_min FROM table_modes WHERE event_id = $1 ORDER BY table_idx",
    TableModeRow,
)
EVENT_MAP = Query("catalog.event_map", "SELECT map_id FROM events WHERE id = $1")
MAP_GEOMETRY = Query("catalog.map_geometry", "SELECT geometry FROM maps WHERE id = $1", MapRow)
MAP_KEYS = Query("catalog.map_keys", "SELECT seat_keys FROM maps WHERE id = $1")
INSERT_VENUE = Query(
    "catalog.insert_venue",
    "INSERT INTO venues (id, org_id, name, city, country) VALUES ($1, $2, $3, $4, $5)",
)
INSERT_EVENT = Query(
    "catalog.insert_event",
    """INSERT INTO events (id, org_id, venue_id, map_id, slug, name, summary, status, starts_at,
                           timezone, currency, hold_ttl_s, seats_per_hold_max, seats_per_order_max,
                           seats_per_buyer_max, orphan_rule, legs, sells_from)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $17, $8, $9, $10, $11, $12, $13, $14, $15, $16, now())
       ON CONFLICT (slug) DO NOTHING""",
)
INSERT_TICKET_TYPES = Query(
    "catalog.insert_ticket_types",
    """INSERT INTO ticket_types (id, org_id, event_id, zone, zone_key, zone_name, name, price_minor,
                                 table_mode, chairs_min)
       SELECT id, $1, $2, zone, zone_key, zone_name, name, price_minor, table_mode, chairs_min
       FROM unnest($3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                   $9::text[], $10::smallint[])
            AS wanted (id, zone, zone_key, zone_name, name, price_minor, table_mode, chairs_min)""",
)
SET_EVENT_MAP = Query(
    "catalog.set_event_map", "UPDATE events SET map_id = $3 WHERE id = $1 AND map_id = $2"
)
SET_WAITING_ROOM = Query(
    "catalog.set_waiting_room", "UPDATE events SET has_waiting_room = $2 WHERE id = $1"
)
NAME_ZONES = Query(
    "catalog.name_zones",
    """UPDATE ticket_types t SET zone_name = w.name
       FROM unnest($2::smallint[], $3::text[]) AS w (zone, name)
       WHERE t.event_id = $1 AND t.zone = w.zone AND t.zone_name <> w.name""",
)
SET_TABLE_MODE = Query(
    "catalog.set_table_mode",
    """INSERT INTO table_modes (event_id, table_idx, org_id, mode, chairs_min)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (event_id, table_idx)
       DO UPDATE SET mode = excluded.mode, chairs_min = excluded.chairs_min""",
)
