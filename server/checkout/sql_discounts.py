"""Statements of discounts, each of one organization's event."""

import msgspec

from server.checkout.discount_models import Discount
from server.kernel.db import Query


class UsesRow(msgspec.Struct):
    """`own`: of one buyer's."""

    uses: int
    own: int


# Nobody has to give a use back: what counts is what orders that may still be paid, or are, have.
_LIVE = "o.status IN ('draft', 'pending', 'confirmed', 'partially_refunded')"
_USES = f"""(SELECT count(*)::int FROM discount_redemptions r JOIN orders o ON o.id = r.order_id
             WHERE r.discount_id = d.id AND {_LIVE}) AS uses"""
_DISCOUNT = f"""d.id, d.event_id, d.code, d.basis_points, d.amount_minor, d.ticket_type_ids,
                d.valid_from, d.valid_until, d.uses_max, d.uses_per_buyer_max, d.is_active,
                d.created_at, {_USES}"""

OF_EVENT = Query(
    "checkout.discounts_of_event",
    f"""SELECT {_DISCOUNT} FROM discounts d WHERE d.event_id = $1 AND d.org_id = $2
        ORDER BY d.created_at DESC, d.id DESC LIMIT 500""",
    Discount,
)
FIND = Query(
    "checkout.find_discount",
    f"SELECT {_DISCOUNT} FROM discounts d WHERE d.id = $1 AND d.org_id = $2",
    Discount,
)
LOCK = Query(
    "checkout.lock_discount",
    f"SELECT {_DISCOUNT} FROM discounts d WHERE d.id = $1 AND d.org_id = $2 FOR NO KEY UPDATE OF d",
    Discount,
)
INSERT = Query(
    "checkout.insert_discount",
    """INSERT INTO discounts (id, org_id, event_id, code, basis_points, amount_minor,
                              ticket_type_ids, valid_from, valid_until, uses_max,
                              uses_per_buyer_max, is_active)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (event_id, code) DO NOTHING""",
)
UPDATE = Query(
    "checkout.update_discount",
    """UPDATE discounts
       SET basis_points = $3, amount_minor = $4, ticket_type_ids = $5, valid_from = $6,
           valid_until = $7, uses_max = $8, uses_per_buyer_max = $9, is_active = $10
       WHERE id = $1 AND org_id = $2""",
)
VALID = Query(
    "checkout.valid_discount",
    f"""SELECT {_DISCOUNT} FROM discounts d
        WHERE d.event_id = $1 AND d.code = $2 AND d.is_active
          AND coalesce(d.valid_from <= now(), true) AND coalesce(now() < d.valid_until, true)""",
    Discount,
)
# Until `tx` ends nobody else counts its uses; updated, so that one who began to look before fails.
CLAIM = Query(
    "checkout.claim_discount",
    "UPDATE discounts SET is_active = is_active WHERE id = $1 AND org_id = $2",
)
COUNT_USES = Query(
    "checkout.count_uses",
    f"""SELECT count(*)::int AS uses,
               (count(*) FILTER (WHERE o.buyer_id = $2 OR lower(o.email) = lower($3)))::int AS own
        FROM discount_redemptions r JOIN orders o ON o.id = r.order_id
        WHERE r.discount_id = $1 AND r.org_id = $4 AND {_LIVE}""",
    UsesRow,
)
REDEEM = Query(
    "checkout.redeem",
    """INSERT INTO discount_redemptions (order_id, org_id, discount_id, amount_minor)
       VALUES ($1, $2, $3, $4)""",
)
