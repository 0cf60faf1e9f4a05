"""Statements of shares. The order is locked, or only read."""

from server.checkout.share_models import Share
from server.checkout.sql import DueOrder
from server.kernel.db import Query

# The best that became of its attempts: money that came counts, whatever was tried beside it.
_SHARE = """s.id, s.org_id, s.order_id, s.position, s.amount_minor, s.name, s.email, s.line_ids,
    s.quantities, (
      SELECT p.status FROM payments p WHERE p.order_id = s.order_id AND p.share_id = s.id
      ORDER BY p.status IN ('captured', 'partially_refunded', 'disputed') DESC,
               p.status = 'refunded' DESC, p.created_at DESC LIMIT 1) AS payment_status"""

INSERT = Query(
    "checkout.insert_shares",
    """INSERT INTO order_shares (id, org_id, order_id, position, amount_minor, name, token_hash)
       SELECT w.id, $1, $2, w.position, w.amount, w.name, w.token_hash
       FROM unnest($3::uuid[], $4::smallint[], $5::bigint[], $6::text[], $7::bytea[])
            AS w (id, position, amount, name, token_hash)""",
)
SET_PLACES = Query(
    "checkout.set_share_places",
    "UPDATE order_shares SET line_ids = $2, quantities = $3 WHERE id = $1",
)
SET_PAYER = Query(
    "checkout.set_share_payer", "UPDATE order_shares SET name = $2, email = $3 WHERE id = $1"
)
OF_ORDER = Query(
    "checkout.shares_of_order",
    f"SELECT {_SHARE} FROM order_shares s WHERE s.order_id = $1 ORDER BY s.position",
    Share,
)
BY_TOKEN = Query(
    "checkout.share_by_token", f"SELECT {_SHARE} FROM order_shares s WHERE s.token_hash = $1", Share
)
# Deliberately across tenants: time passes for every organization.
ENDING = Query(
    "checkout.ending_soon",
    """SELECT o.id, o.org_id, o.event_id FROM orders o JOIN holds h ON h.id = o.hold_id
       WHERE o.status = 'pending' AND o.expires_at <= now() + $1::interval
         AND h.status = 'active' AND h.expires_at > now()
         AND h.expires_at <= now() + $1::interval AND h.expires_at < h.extendable_until
       ORDER BY o.expires_at LIMIT $2""",
    DueOrder,
)
"""Orders that wait for their money, whose places would go back on sale in a moment."""
