\set hold random(0, 1000000000000000)
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT request_hash FROM holds WHERE id = md5((:hold)::text)::uuid;
SELECT p.capacity - coalesce((SELECT sum(c.quantity) FROM naive.claims c
                              WHERE c.pool_id = p.id AND c.held_until > now()), 0)
FROM pools p WHERE event_id = (:event)::uuid AND id = (:pool)::uuid AND leg = 0;
INSERT INTO holds (id, org_id, event_id, buyer_id, status, seat_idxs, pool_ids, pool_quantities,
                   places, request_hash, expires_at, extendable_until, version)
VALUES (md5((:hold)::text)::uuid, 'bench', (:event)::uuid, gen_random_uuid(), 'active', '{}',
        ARRAY[(:pool)::uuid], '{1}', 1, '\x00000000000000000000000000000000',
        now() + interval '900 s', now() + interval '1800 s', 1);
INSERT INTO naive.claims (hold_id, pool_id, quantity, held_until)
VALUES (md5((:hold)::text)::uuid, (:pool)::uuid, 1, now() + interval '900 s');
INSERT INTO outbox (type, version, source, org_id, bundle, event_count)
VALUES ('inventory.hold.created', 1, 'fullhouse', 'bench',
        format('[{"id": "%s", "subject": "hold/%s", "correlation_id": "0000000000000000", '
               '"trace_id": "00000000000000000000000000000000", "actor": "buyer/bench", "data": '
               '{"hold_id": "%s", "event_id": "%s", "buyer_id": "%s", "seat_idxs": [], '
               '"legs": [0, 0], "pools": [{"pool_id": "%s", "quantity": 1}], "ttl_s": 900}}]',
               gen_random_uuid(), md5((:hold)::text)::uuid, md5((:hold)::text)::uuid,
               (:event)::uuid, gen_random_uuid(), (:pool)::uuid)::json, 1);
COMMIT;
