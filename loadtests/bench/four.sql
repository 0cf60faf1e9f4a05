\set n :n + 1
\set at :n * :clients + :client_id
\if :at >= :picks
\sleep 10 ms
\else
\set seat permute(:at, :size, :seed) + :first
\set hold random(0, 1000000000000000)
BEGIN;
SELECT request_hash FROM holds WHERE id = md5((:hold)::text)::uuid;
UPDATE seats SET status = 1, version = version + 1, hold_id = md5((:hold)::text)::uuid,
       held_until = now() + interval '900 s'
WHERE event_id = (:event)::uuid AND leg = 0 AND seat_idx = :seat
  AND (status = 0 OR (status = 1 AND held_until <= now()));
INSERT INTO holds (id, org_id, event_id, buyer_id, status, seat_idxs, places, request_hash,
                   expires_at, extendable_until, version)
VALUES (md5((:hold)::text)::uuid, 'bench', (:event)::uuid, gen_random_uuid(), 'active',
        ARRAY[(:seat)::int], 1, '\x00000000000000000000000000000000', now() + interval '900 s',
        now() + interval '1800 s', 1);
INSERT INTO outbox (type, version, source, org_id, bundle, event_count)
VALUES ('inventory.hold.created', 1, 'fullhouse', 'bench',
        format('[{"id": "%s", "subject": "hold/%s", "correlation_id": "0000000000000000", '
               '"trace_id": "00000000000000000000000000000000", "actor": "buyer/bench", "data": '
               '{"hold_id": "%s", "event_id": "%s", "buyer_id": "%s", "seat_idxs": [%s], '
               '"legs": [0, 0], "pools": [], "ttl_s": 900}}]',
               gen_random_uuid(), md5((:hold)::text)::uuid, md5((:hold)::text)::uuid,
               (:event)::uuid, gen_random_uuid(), (:seat)::int)::json, 1);
COMMIT;
\endif
