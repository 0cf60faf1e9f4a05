"""Statements of discovery. Deliberately across tenants: what is published is for everybody."""

import datetime as dt
import uuid

import msgspec

from server.catalog.sql import COMING_SINCE, IS_COMING, IS_ON_SALE
from server.kernel.db import Query

EARTH_KM = 6_371.0
WORDS_MAX = 10


class FoundRow(msgspec.Struct):
    """`rank`: what it is sorted by, where that is not when it starts."""

    id: uuid.UUID
    org_id: str
    org_name: str
    slug: str
    name: str
    summary: str
    cover: str | None
    starts_at: dt.datetime
    timezone: str
    currency: str
    venue_id: uuid.UUID
    venue_name: str
    venue_city: str
    venue_country: str
    venue_address: str
    venue_latitude: float | None
    venue_longitude: float | None
    price_from_minor: int
    price_to_minor: int
    distance_km: float | None
    is_on_sale: bool
    rank: float


class CityRow(msgspec.Struct):
    country: str
    city: str
    events: int


# least() leaves out what is null: who has no position would be on the other side of the earth.
_DISTANCE = f"""CASE WHEN v.latitude + $9::float8 IS NOT NULL THEN
               {2 * EARTH_KM} * asin(sqrt(least(1,
                 power(sin(radians(v.latitude - $9) / 2), 2)
                 + cos(radians($9)) * cos(radians(v.latitude))
                   * power(sin(radians(v.longitude - $10::float8) / 2), 2)))) END"""
# Each must begin a word of the event's.
_WORDS = f"""SELECT event_id FROM event_words WHERE words @@ (
                 SELECT string_agg(quote_literal(word) || ':*', ' & ')::tsquery
                 FROM unnest((words_of($5))[:{WORDS_MAX}]) AS word)"""
_EVENTS = f"""e.status = 'published'
               AND e.starts_at >= coalesce($1::timestamptz, {COMING_SINCE})
               AND ($1 IS NOT NULL OR now() < e.over_at)
               AND ($2::timestamptz IS NULL OR e.starts_at < $2)
               AND ($5::text IS NULL OR e.id IN ({_WORDS}))
               AND ($6::text IS NULL OR e.org_id = $6)
               AND ($7::text IS NULL OR e.currency = $7)"""


# Of the distance the box in degrees is looked at first: it has an index.
_WITHIN = """($11::float8 IS NULL
                    OR (v.latitude BETWEEN $12::float8 AND $13::float8
                        AND v.longitude BETWEEN $14::float8 AND $15::float8
                        AND d.distance_km <= $11))"""
_AWAY = f"CROSS JOIN LATERAL (SELECT {_DISTANCE} AS distance_km) d"


# What is on offer costs, without fee and taxes: a price that no place has does not count.
_PRICES = """ticket_types t CROSS JOIN LATERAL (
                 SELECT t.price_minor WHERE t.base_applies UNION ALL
                 SELECT (level ->> 'price_minor')::bigint
                 FROM jsonb_array_elements(t.levels) level) a (price_minor)
               WHERE t.event_id = e.id AND t.is_default"""
_TERMS = """coalesce(e.terms ->> 'fee_bearer', o.settings ->> 'fee_bearer', 'buyer')
                        AS fee_bearer,
                      coalesce(nullif(e.terms -> 'taxes', 'null'), o.settings -> 'taxes', '[]')
                        AS taxes"""


def _found(events: str) -> str:
    return f"""SELECT e.id, e.org_id, o.name AS org_name, e.slug, e.name, e.summary, e.cover,
                    e.starts_at, e.timezone, e.currency, v.id AS venue_id, v.name AS venue_name,
                    v.city AS venue_city, v.country AS venue_country, v.address AS venue_address,
                    v.latitude AS venue_latitude, v.longitude AS venue_longitude,
                    p.price_from_minor, p.price_to_minor, d.distance_km,
                    {IS_ON_SALE} AS is_on_sale,
                    CASE WHEN $18::text = 'nearest' THEN d.distance_km
                         WHEN $18 = 'cheapest' THEN p.price_from_minor ELSE 0 END::float8 AS rank
             FROM {events} e JOIN venues v ON v.id = e.venue_id
             JOIN organizations o ON o.id = e.org_id AND o.approval = 'approved'
             CROSS JOIN LATERAL (SELECT {_TERMS}) terms
             CROSS JOIN LATERAL (
               SELECT all_in_minor(
                        coalesce(min(a.price_minor), 0), o.fee_per_ticket_minor, o.fee_basis_points,
                        terms.fee_bearer, terms.taxes) AS price_from_minor,
                      all_in_minor(
                        coalesce(max(a.price_minor), 0), o.fee_per_ticket_minor, o.fee_basis_points,
                        terms.fee_bearer, terms.taxes) AS price_to_minor
               FROM {_PRICES}) p
             {_AWAY}
             WHERE ($3::text IS NULL OR v.country = $3)
               AND ($4::text IS NULL OR lower(v.city) = lower($4))
               AND ($8::bigint IS NULL OR p.price_from_minor <= $8)
               AND {_WITHIN}"""


# OFFSET 0: events are read in this order until the page is full. Otherwise PostgreSQL, which cannot
# know how few of the other conditions hold, prices all of them and sorts.
_NEXT = f"""(SELECT * FROM events e
              WHERE {_EVENTS} AND (e.starts_at, e.id) > ($16::timestamptz, $17::uuid)
              ORDER BY e.starts_at, e.id OFFSET 0)"""
SOONEST = Query(
    "catalog.soonest", f"{_found(_NEXT)} ORDER BY e.starts_at, e.id LIMIT $19", FoundRow
)
_NEAREST = f"""(SELECT e.*, d.distance_km AS away_km
                 FROM events e JOIN venues v ON v.id = e.venue_id {_AWAY}
                 WHERE {_EVENTS} AND {_WITHIN}
                   AND (d.distance_km, e.id) > ($16::float8, $17::uuid)
                 ORDER BY d.distance_km, e.id OFFSET 0)"""
NEAREST = Query(
    "catalog.nearest", f"{_found(_NEAREST)} ORDER BY e.away_km, e.id LIMIT $19", FoundRow
)
# Fee and taxes are added once for all events that ask the same under the same terms, and again
# for those of the page alone.
_CHEAPEST = f"""(SELECT e.*, asked.price_minor
                 FROM (SELECT unnest(ids) AS id, price_minor
                       FROM (SELECT all_in_minor(price_minor, per_ticket_minor, basis_points,
                                                 fee_bearer, taxes) AS price_minor, ids
                             FROM (SELECT coalesce(price_minor, 0) AS price_minor,
                                          per_ticket_minor, basis_points, fee_bearer, taxes,
                                          array_agg(id) AS ids
                                   FROM (SELECT e.id, o.fee_per_ticket_minor AS per_ticket_minor,
                                                o.fee_basis_points AS basis_points, {_TERMS},
                                                (SELECT min(a.price_minor) FROM {_PRICES})
                                                  AS price_minor
                                         FROM events e
                                         JOIN organizations o ON o.id = e.org_id
                                         WHERE {_EVENTS}) each
                                   GROUP BY 1, 2, 3, 4, 5) alike OFFSET 0) alike) asked
                 JOIN events e ON e.id = asked.id
                 WHERE ($8::bigint IS NULL OR asked.price_minor <= $8)
                   AND (asked.price_minor::float8, e.id) > ($16::float8, $17::uuid)
                 ORDER BY asked.price_minor, e.id OFFSET 0)"""
CHEAPEST = Query(
    "catalog.cheapest", f"{_found(_CHEAPEST)} ORDER BY e.price_minor, e.id LIMIT $19", FoundRow
)
CITIES = Query(
    "catalog.cities",
    f"""SELECT v.country, v.city, count(*)::int AS events
       FROM events e JOIN venues v ON v.id = e.venue_id
       JOIN organizations o ON o.id = e.org_id AND o.approval = 'approved'
       WHERE {IS_COMING}
       GROUP BY v.country, v.city ORDER BY v.country, v.city LIMIT 500""",
    CityRow,
)
