\set n :n + 1
\set at :n * :clients + :client_id
\set seat permute(:at, :size, :seed) + :first
WITH taken AS (
  UPDATE seats SET status = 1, version = version + 1, hold_id = gen_random_uuid(),
         held_until = now() + interval '900 s'
  WHERE event_id = (:event)::uuid AND leg = 0 AND seat_idx = :seat
    AND (status = 0 OR (status = 1 AND held_until <= now()))
  RETURNING hold_id, event_id, seat_idx, held_until),
refused AS (
  INSERT INTO idempotency_keys (id, request_hash, answer)
  SELECT gen_random_uuid(), '\x00000000000000000000000000000000',
         convert_to(format('{"type": "Refused", "seats": [%s], "pools": []}', (:seat)::int), 'UTF8')
  WHERE NOT EXISTS (SELECT FROM taken)),
held AS (
  INSERT INTO holds (id, org_id, event_id, buyer_id, status, seat_idxs, places, request_hash,
                     expires_at, extendable_until, version)
  SELECT hold_id, 'bench', event_id, gen_random_uuid(), 'active', ARRAY[seat_idx], 1,
         '\x00000000000000000000000000000000', held_until, now() + interval '1800 s', 1
  FROM taken
  RETURNING id, event_id, buyer_id, seat_idxs)
INSERT INTO outbox (type, version, source, org_id, bundle, event_count)
SELECT 'inventory.hold.created', 1, 'fullhouse', 'bench',
       format('[{"id": "%s", "subject": "hold/%s", "correlation_id": "0000000000000000", '
              '"trace_id": "00000000000000000000000000000000", "actor": "buyer/bench", "data": '
              '{"hold_id": "%s", "event_id": "%s", "buyer_id": "%s", "seat_idxs": [%s], '
              '"legs": [0, 0], "pools": [], "ttl_s": 900}}]',
              gen_random_uuid(), id, id, event_id, buyer_id, seat_idxs[1])::json, 1
FROM held;
