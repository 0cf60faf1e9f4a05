"""Statements of what a hold's places shall be sold as. Locks as in `sql`, ticket types last."""

import uuid

import msgspec

from server.kernel.db import Query


class ChoiceRow(msgspec.Struct):
    hold_id: uuid.UUID
    ticket_type_id: uuid.UUID
    seat_idx: int | None
    pool_id: uuid.UUID | None


class UsedRow(msgspec.Struct):
    ticket_type_id: uuid.UUID
    quantity: int


OF_HOLDS = Query(
    "inventory.choices_of_holds",
    """SELECT hold_id, ticket_type_id, seat_idx, pool_id FROM hold_choices
       WHERE hold_id = ANY($1::uuid[])""",
    ChoiceRow,
)
# Of all holds but this one.
USED = Query(
    "inventory.used_types",
    """SELECT c.ticket_type_id, coalesce(sum(
                CASE WHEN c.pool_id IS NULL THEN 1
                     WHEN h.status = 'converted' THEN p.quantity
                     ELSE h.pool_quantities[array_position(h.pool_ids, c.pool_id)] END), 0)::int
              AS quantity
       FROM hold_choices c JOIN holds h ON h.id = c.hold_id
       LEFT JOIN pool_claims p
         ON p.hold_id = c.hold_id AND p.pool_id = c.pool_id AND h.status = 'converted'
       WHERE c.ticket_type_id = ANY($1::uuid[]) AND c.hold_id <> $2
         AND (h.status = 'converted' OR (h.status = 'active' AND h.expires_at > now()))
       GROUP BY c.ticket_type_id""",
    UsedRow,
)
DROP = Query("inventory.drop_choices", "DELETE FROM hold_choices WHERE hold_id = $1")
DROP_PLACES = Query(
    "inventory.drop_choices_of_places",
    """DELETE FROM hold_choices
       WHERE hold_id = $1 AND (seat_idx = ANY($2::int[]) OR pool_id = ANY($3::uuid[]))""",
)
DROP_OTHERS = Query(
    "inventory.drop_choices_of_others",
    """DELETE FROM hold_choices
       WHERE hold_id = $1 AND (seat_idx <> ALL($2::int[]) OR pool_id <> ALL($3::uuid[]))""",
)
MOVE = Query(
    "inventory.move_choice",
    "UPDATE hold_choices SET seat_idx = $3 WHERE hold_id = $1 AND seat_idx = $2",
)
INSERT = Query(
    "inventory.insert_choices",
    """INSERT INTO hold_choices (id, org_id, hold_id, ticket_type_id, seat_idx, pool_id)
       SELECT w.id, $1, $2, w.ticket_type_id, w.seat_idx, w.pool_id
       FROM unnest($3::uuid[], $4::uuid[], $5::int[], $6::uuid[])
            AS w (id, ticket_type_id, seat_idx, pool_id)""",
)
TOUCH = Query("inventory.touch_hold", "UPDATE holds SET version = version WHERE id = $1")
"""To a SERIALIZABLE transaction that began before, a hold that was only locked is as it was; one
that was updated is a serialization failure, and so its order is priced by the choices of now."""
