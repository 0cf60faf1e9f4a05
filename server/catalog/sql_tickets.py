"""Statements of ticket types, each of one organization's."""

import datetime as dt
import uuid
from typing import Any

import msgspec

from server.kernel.db import Query


class TypeRow(msgspec.Struct):
    id: uuid.UUID
    event_id: uuid.UUID
    zone: str
    is_default: bool
    name: str
    description: str
    price_minor: int
    levels: list[Any]
    visibility: str
    access_code: str | None
    sales_open_at: dt.datetime | None
    sales_close_at: dt.datetime | None
    quantity: int | None
    per_order_min: int | None
    per_order_max: int | None
    sort: int


class CapRow(msgspec.Struct):
    id: uuid.UUID
    quantity: int | None


_TYPE = """id, event_id, zone_key AS zone, is_default, name, description, price_minor, levels,
           visibility, access_code, sales_open_at, sales_close_at, quantity, per_order_min,
           per_order_max, sort"""

OF_EVENT = Query(
    "catalog.ticket_types_of_event",
    f"""SELECT {_TYPE} FROM ticket_types t WHERE event_id = $1 AND org_id = $2
        ORDER BY t.zone, t.sort, t.id""",
    TypeRow,
)
FIND = Query(
    "catalog.find_ticket_type",
    f"SELECT {_TYPE} FROM ticket_types WHERE id = $1 AND org_id = $2",
    TypeRow,
)
# Fields in the order of `_TYPE`, and the zone's index and name besides.
INSERT = Query(
    "catalog.insert_ticket_type",
    """INSERT INTO ticket_types (id, event_id, zone_key, is_default, name, description, price_minor,
                                 levels, visibility, access_code, sales_open_at, sales_close_at,
                                 quantity, per_order_min, per_order_max, sort, org_id, zone,
                                 zone_name)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
               $19)""",
)
UPDATE = Query(
    "catalog.update_ticket_type",
    """UPDATE ticket_types
       SET name = $3, description = $4, price_minor = $5, levels = $6, visibility = $7,
           access_code = $8, sales_open_at = $9, sales_close_at = $10, quantity = $11,
           per_order_min = $12, per_order_max = $13, sort = $14
       WHERE id = $1 AND org_id = $2""",
)
SET_BASE_APPLIES = Query(
    "catalog.set_base_applies",
    "UPDATE ticket_types SET base_applies = $3 WHERE id = $1 AND org_id = $2",
)
DELETE = Query(
    "catalog.delete_ticket_type", "DELETE FROM ticket_types WHERE id = $1 AND org_id = $2"
)
# By then every process has read the event anew: what a hold was told it costs, it costs.
KEEP_PRICE = Query(
    "catalog.keep_price",
    """INSERT INTO former_prices (id, org_id, event_id, ticket_type_id, valid_until, price_minor,
                                  levels)
       SELECT gen_random_uuid(), org_id, event_id, id, clock_timestamp() + interval '10 s',
              price_minor, levels
       FROM ticket_types WHERE id = $1""",
)
LOCK_CAPS = Query(
    "catalog.lock_caps",
    """SELECT id, quantity FROM ticket_types
       WHERE id = ANY($1::uuid[]) AND quantity IS NOT NULL ORDER BY id FOR NO KEY UPDATE""",
    CapRow,
)
