"""Statements of events as organizers set them up, each of one organization's."""

import datetime as dt
import uuid

import msgspec

from server.catalog.event_models import SetupLine
from server.kernel.db import Query

SELLS_SOON_S = 10
"""An event whose sale begins later than this is on sale in no process's memory."""


class EventFields(msgspec.Struct):
    """What people say of an event, in the order of `_FIELDS`."""

    id: uuid.UUID
    org_id: str
    venue_id: uuid.UUID
    map_id: uuid.UUID | None
    slug: str
    name: str
    summary: str
    description: str
    cover: str | None
    external_ref: str | None
    starts_at: dt.datetime
    doors_at: dt.datetime | None
    ends_at: dt.datetime | None
    sales_open_at: dt.datetime | None
    sales_close_at: dt.datetime | None
    timezone: str
    currency: str
    hold_ttl_s: int
    seats_per_hold_max: int
    seats_per_order_max: int | None
    seats_per_buyer_max: int | None
    orphan_rule: str
    legs: int
    payment_ttl_s: int


class SetupRow(EventFields):
    """`sells_from`: null while its places are not made; `now`: the database's clock."""

    status: str
    revision: int
    sales_end_at: dt.datetime
    cancelled_at: dt.datetime | None
    sells_from: dt.datetime | None
    created_at: dt.datetime
    now: dt.datetime
    was_on_sale: bool


class PriceRow(msgspec.Struct):
    key: str
    price_minor: int


_FIELDS = """id, org_id, venue_id, map_id, slug, name, summary, description, cover, external_ref,
             starts_at, doors_at, ends_at, sales_open_at, sales_close_at, timezone, currency,
             hold_ttl_s, seats_per_hold_max, seats_per_order_max, seats_per_buyer_max, orphan_rule,
             legs, payment_ttl_s"""
_SETUP = f"""{_FIELDS}, status, revision, least(sales_end_at, cancelled_at) AS sales_end_at,
             cancelled_at, sells_from, created_at, now() AS now,
             coalesce(sells_from <= now() + interval '{SELLS_SOON_S} s', false) AS was_on_sale"""

NOW = Query("catalog.now", "SELECT now()")
INSERT = Query(
    "catalog.insert_draft",
    f"""INSERT INTO events ({_FIELDS})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                $19, $20, $21, $22, $23, $24)""",
)
# Who changes what must be unique waits here for who is about to, and then sees it.
CLAIM_NAMES = Query(
    "catalog.claim_names",
    """SELECT pg_advisory_xact_lock(hashtextextended('event:' || name, 0))
       FROM unnest($1::text[]) AS w (name) ORDER BY name""",
)
# Deliberately across tenants: an address is taken for all.
SLUG_TAKEN = Query(
    "catalog.slug_taken",
    "SELECT EXISTS (SELECT FROM event_addresses WHERE slug = $1 AND event_id <> $2)",
)
REFERENCE_TAKEN = Query(
    "catalog.reference_taken",
    """SELECT EXISTS (SELECT FROM events
                      WHERE org_id = $1 AND external_ref = $2 AND id <> $3)""",
)
# Deliberately also across tenants: a shared venue, and its maps, are for others to have events in.
VENUE = Query(
    "catalog.venue_of_draft",
    """SELECT id FROM venues WHERE id = $1 AND (org_id = $2 OR is_shared) FOR KEY SHARE""",
)
VENUE_OF_MAP = Query(
    "catalog.venue_of_map",
    """SELECT l.venue_id FROM maps m JOIN map_lineages l ON l.id = m.lineage_id
       JOIN venues v ON v.id = l.venue_id
       WHERE m.id = $1 AND (m.org_id = $2 OR v.is_shared)""",
)
FIND = Query(
    "catalog.find_event", f"SELECT {_SETUP} FROM events WHERE id = $1 AND org_id = $2", SetupRow
)
LOCK = Query(
    "catalog.lock_event",
    f"SELECT {_SETUP} FROM events WHERE id = $1 AND org_id = $2 FOR NO KEY UPDATE",
    SetupRow,
)
PAGE = Query(
    "catalog.setups",
    """SELECT e.id, e.revision, e.status, e.slug, e.name, e.external_ref, e.starts_at,
              e.cancelled_at, e.timezone, e.venue_id, v.name AS venue_name, v.city AS venue_city
       FROM events e JOIN venues v ON v.id = e.venue_id
       WHERE e.org_id = $1 AND e.status <> 'self_test' AND (e.starts_at, e.id) < ($2, $3)
         AND ($4::text IS NULL OR e.status = $4)
         AND ($5::uuid IS NULL OR e.venue_id = $5)
         AND ($6::text IS NULL OR strpos(lower(e.name), lower($6)) > 0)
         AND ($7::text IS NULL OR e.external_ref = $7)
       ORDER BY e.starts_at DESC, e.id DESC LIMIT $8""",
    SetupLine,
)
# Where nobody can have bought yet, the beginning of the sale may still move.
UPDATE = Query(
    "catalog.update_event",
    f"""UPDATE events
        SET (venue_id, map_id, slug, name, summary, description, cover, external_ref, starts_at,
             doors_at, ends_at, sales_open_at, sales_close_at, timezone, currency, hold_ttl_s,
             seats_per_hold_max, seats_per_order_max, seats_per_buyer_max, orphan_rule, legs,
             payment_ttl_s)
          = ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23, $24),
            revision = revision + 1,
            sells_from = CASE WHEN sells_from > now() + interval '{SELLS_SOON_S} s'
                              THEN greatest(now(), coalesce($14, now())) ELSE sells_from END
        WHERE id = $1 AND org_id = $2""",
)
PUBLISH = Query(
    "catalog.publish_event",
    """UPDATE events
       SET status = 'published', revision = revision + 1,
           sells_from = greatest(now(), coalesce(sales_open_at, now()))
       WHERE id = $1 AND org_id = $2 AND status = 'draft'""",
)
SET_STATUS = Query(
    "catalog.set_event_status",
    """UPDATE events SET status = $3, revision = revision + 1 WHERE id = $1 AND org_id = $2""",
)
CANCEL = Query(
    "catalog.cancel_event",
    """UPDATE events SET status = CASE status WHEN 'self_test' THEN status ELSE 'archived' END,
                         cancelled_at = now(), revision = revision + 1
       WHERE id = $1 AND org_id = $2 AND cancelled_at IS NULL""",
)
SET_COVER = Query(
    "catalog.set_cover",
    "UPDATE events SET cover = $3, revision = revision + 1 WHERE id = $1 AND org_id = $2",
)
COPY_TICKET_TYPES = Query(
    "catalog.copy_ticket_types",
    """INSERT INTO ticket_types (id, org_id, event_id, zone, zone_key, zone_name, name, price_minor,
                                 table_mode, chairs_min, is_default, description, levels,
                                 base_applies, visibility, access_code, quantity, per_order_min,
                                 per_order_max, sort)
       SELECT gen_random_uuid(), org_id, $3, zone, zone_key, zone_name, name, price_minor,
              table_mode, chairs_min, is_default, description, levels, base_applies, visibility,
              access_code, quantity, per_order_min, per_order_max, sort
       FROM ticket_types WHERE event_id = $1 AND org_id = $2""",
)
COPY_TERMS = Query(
    "catalog.copy_terms",
    """UPDATE events SET terms = (SELECT terms FROM events WHERE id = $1)
       WHERE id = $3 AND org_id = $2""",
)
PRICES = Query(
    "catalog.prices",
    """SELECT zone_key AS key, price_minor FROM ticket_types
       WHERE event_id = $1 AND is_default ORDER BY zone""",
    PriceRow,
)
# Another map has other sections, and other seats under the same indexes.
CLEAR_LEVELS = Query(
    "catalog.clear_levels",
    """UPDATE ticket_types SET levels = '[]', base_applies = true
       WHERE event_id = $1 AND org_id = $2""",
)
DROP_OTHER_ZONES = Query(
    "catalog.drop_other_zones",
    """DELETE FROM ticket_types
       WHERE event_id = $1 AND org_id = $2 AND zone_key <> ALL($3::text[])""",
)
RENUMBER_ZONES = Query(
    "catalog.renumber_zones",
    """UPDATE ticket_types t SET zone = w.zone, zone_name = w.name
       FROM unnest($3::text[], $4::text[], $5::smallint[]) AS w (key, name, zone)
       WHERE t.event_id = $1 AND t.org_id = $2 AND t.zone_key = w.key AND t.zone <> w.zone""",
)
SET_PRICES = Query(
    "catalog.set_prices",
    """UPDATE ticket_types t SET price_minor = w.price_minor
       FROM unnest($3::text[], $4::bigint[]) AS w (key, price_minor)
       WHERE t.event_id = $1 AND t.org_id = $2 AND t.zone_key = w.key AND t.is_default""",
)
