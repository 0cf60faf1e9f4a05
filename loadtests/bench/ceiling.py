"""What PostgreSQL could do at best: the rows of an order that becomes tickets, written by one
connection in batches, with nothing read, decided, signed or sent."""

import time
import uuid
from typing import Any

BATCH = 256

_CHUNKS = "SELECT array_agg(id) FROM (SELECT id FROM orders WHERE event_id = $1 ORDER BY id) AS o"
# As the worker leaves them, in its two transactions.
_CONFIRM = """
    WITH clock AS (
      UPDATE event_clock SET version = version + 1
      WHERE event_id = $1 AND stream = 'inventory' RETURNING version),
    lines AS (
      UPDATE order_lines SET live = true WHERE order_id = ANY($2) RETURNING id, seat_idx),
    seats AS (
      UPDATE seats s SET status = 2, version = s.version + 1, hold_id = NULL, held_until = NULL,
             order_line_id = lines.id, changed_at_version = clock.version
      FROM lines, clock WHERE s.event_id = $1 AND s.leg = 0 AND s.seat_idx = lines.seat_idx
      RETURNING s.seat_idx),
    noted AS (
      INSERT INTO inventory_changes (event_id, version, places)
      SELECT $1, clock.version, (SELECT array_agg(seat_idx) FROM lines) FROM clock),
    ordered AS (
      UPDATE orders SET status = 'confirmed', confirmed_at = now() WHERE id = ANY($2)
      RETURNING hold_id),
    held AS (
      UPDATE holds h SET status = 'converted' FROM ordered WHERE h.id = ordered.hold_id),
    paid AS (UPDATE payments SET settled_at = now() WHERE order_id = ANY($2))
    INSERT INTO outbox (type, version, source, org_id, bundle, event_count)
    SELECT kind, 1, 'bench', 'bench', (
        SELECT json_agg(json_build_object(
          'id', o.id, 'subject', 'order:' || o.id, 'correlation_id', o.id, 'trace_id', o.id,
          'actor', 'system', 'data', json_build_object(
            'order_id', o.id, 'event_id', o.event_id, 'hold_id', o.hold_id,
            'total_minor', o.total_minor, 'currency', o.currency)))
        FROM orders o WHERE o.id = ANY($2)), cardinality($2::uuid[])
    FROM unnest(ARRAY['inventory.seat.sold', 'order.confirmed']) AS kind"""
_ISSUE = """
    WITH clock AS (
      UPDATE event_clock SET version = version + 1 WHERE event_id = $1 AND stream = 'scans'),
    issued AS (
      INSERT INTO tickets (id, org_id, event_id, order_id, order_line_id, ordinal, buyer_id,
                           seat_idx, label, holder_name, code_hash)
      SELECT gen_random_uuid(), o.org_id, $1, o.id, l.id, 0, o.buyer_id, l.seat_idx, l.label,
             o.name, sha256(l.id::text::bytea)
      FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.id = ANY($2))
    INSERT INTO outbox (type, version, source, org_id, bundle, event_count)
    SELECT 'fulfillment.issued', 1, 'bench', 'bench', (
        SELECT json_agg(json_build_object(
          'id', o.id, 'subject', 'order:' || o.id, 'correlation_id', o.id, 'trace_id', o.id,
          'actor', 'system', 'data', json_build_object(
            'order_id', o.id, 'event_id', o.event_id, 'tickets', 2)))
        FROM orders o WHERE o.id = ANY($2)), cardinality($2::uuid[])"""


async def write_rows(sql: Any, event_id: uuid.UUID) -> float:
    """All orders of the event, which has nothing else. Returns orders per second."""
    order_ids = await sql.fetchval(_CHUNKS, event_id)
    confirm, issue = await sql.prepare(_CONFIRM), await sql.prepare(_ISSUE)
    started = time.monotonic()
    for at in range(0, len(order_ids), BATCH):
        batch = order_ids[at : at + BATCH]
        await confirm.fetch(event_id, batch)
        await issue.fetch(event_id, batch)
    return len(order_ids) / (time.monotonic() - started)
