"""Statements of the box office, each of one organization's event."""

from server.boxoffice.models import ChannelSales, Guest, GuestList, ManualSale
from server.kernel.db import Query

INSERT_SALES = Query(
    "boxoffice.insert_sales",
    """INSERT INTO manual_sales (order_id, org_id, event_id, method, note, external_ref, sold_by)
       SELECT w.order_id, $1, $2, $3, $4, w.external_ref, $5
       FROM unnest($6::uuid[], $7::text[]) AS w (order_id, external_ref)""",
)
SALES = Query(
    "boxoffice.sales",
    """SELECT m.order_id, o.channel, o.status, o.name, o.email,
              (SELECT sum(l.quantity)::int FROM order_lines l WHERE l.order_id = o.id) AS places,
              o.total_minor, m.method, m.note, m.external_ref, m.sold_by, m.created_at
       FROM manual_sales m JOIN orders o ON o.id = m.order_id
       WHERE m.event_id = $1 AND m.org_id = $2 AND ($3::uuid IS NULL OR m.order_id < $3)
       ORDER BY m.order_id DESC LIMIT $4""",
    ManualSale,
)
BY_CHANNEL = Query(
    "boxoffice.by_channel",
    """SELECT o.channel, count(DISTINCT o.id)::int AS orders, sum(l.quantity)::int AS places,
              sum(l.total_minor)::bigint AS revenue_minor
       FROM orders o JOIN order_lines l ON l.order_id = o.id
       WHERE o.event_id = $1 AND o.org_id = $2 AND l.live
       GROUP BY o.channel ORDER BY o.channel""",
    ChannelSales,
)
IMPORTED = Query(
    "boxoffice.imported",
    """SELECT external_ref FROM manual_sales
       WHERE event_id = $1 AND org_id = $2 AND external_ref = ANY($3::text[])""",
)

# --- guests --------------------------------------------------------------------------------------
_HEADS = """coalesce(sum(e.plus_ones + 1) FILTER (WHERE e.cancelled_at IS NULL), 0)::int"""
_ARRIVED = """SELECT count(*) FROM tickets t
              WHERE t.order_id = e.order_id AND t.status = 'used'"""
_GUEST = f"""e.id, e.list_id, l.name AS list_name, e.order_id, e.name, e.plus_ones, e.gate,
             e.note, e.plus_ones + 1 AS heads, ({_ARRIVED})::int AS arrived, e.created_at,
             e.cancelled_at"""

INSERT_LIST = Query(
    "boxoffice.insert_list",
    """INSERT INTO guest_lists (id, org_id, event_id, pool_id, name, gate)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event_id, name) DO NOTHING""",
)
COUNT_LISTS = Query(
    "boxoffice.count_lists", "SELECT count(*)::int FROM guest_lists WHERE event_id = $1"
)
LISTS = Query(
    "boxoffice.lists",
    f"""SELECT l.id, l.event_id, l.pool_id, l.name, l.gate,
               (count(e.id) FILTER (WHERE e.cancelled_at IS NULL))::int AS guests,
               {_HEADS} AS heads,
               coalesce(sum(({_ARRIVED})), 0)::int AS arrived, l.created_at
        FROM guest_lists l LEFT JOIN guest_list_entries e ON e.list_id = l.id
        WHERE l.event_id = $1 AND l.org_id = $2 AND ($3::uuid IS NULL OR l.id = $3)
        GROUP BY l.id ORDER BY l.created_at, l.id""",
    GuestList,
)
EVENT_OF_LIST = Query(
    "boxoffice.event_of_list", "SELECT event_id FROM guest_lists WHERE id = $1 AND org_id = $2"
)
COUNT_GUESTS = Query(
    "boxoffice.count_guests", "SELECT count(*)::int FROM guest_list_entries WHERE list_id = $1"
)
INSERT_GUEST = Query(
    "boxoffice.insert_guest",
    """INSERT INTO guest_list_entries (id, org_id, event_id, list_id, order_id, name, plus_ones,
                                       gate, note)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
)
GUESTS = Query(
    "boxoffice.guests",
    f"""SELECT {_GUEST} FROM guest_list_entries e JOIN guest_lists l ON l.id = e.list_id
        WHERE e.event_id = $1 AND e.org_id = $2 AND ($3::uuid IS NULL OR e.list_id = $3)
        ORDER BY lower(e.name), e.id""",
    Guest,
)
GUESTS_NAMED = Query(
    "boxoffice.guests_named",
    f"""SELECT {_GUEST} FROM guest_list_entries e JOIN guest_lists l ON l.id = e.list_id
        WHERE e.event_id = $1 AND e.org_id = $2 AND e.cancelled_at IS NULL
          AND strpos(lower(e.name), lower($3)) > 0
        ORDER BY lower(e.name), e.id LIMIT 50""",
    Guest,
)
GUEST = Query(
    "boxoffice.guest",
    f"""SELECT {_GUEST} FROM guest_list_entries e JOIN guest_lists l ON l.id = e.list_id
        WHERE e.id = $1 AND e.event_id = $2 AND e.org_id = $3""",
    Guest,
)
LOCK_GUEST = Query(
    "boxoffice.lock_guest",
    "SELECT cancelled_at FROM guest_list_entries WHERE id = $1 FOR NO KEY UPDATE",
)
CANCEL = Query(
    "boxoffice.cancel_guest",
    "UPDATE guest_list_entries SET cancelled_at = now() WHERE id = $1 AND cancelled_at IS NULL",
)
