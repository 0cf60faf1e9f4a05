"""Thousands of webhooks, each several times and in no order: the end is always the same.

`SHUFFLED_DELIVERIES=10000` sends so many and prints how fast they were taken; `SHUFFLED_SEED`.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.support import Buyer, gateway_event, pay, payment_of, rows, signed, until

DELIVERIES = int(os.environ.get("SHUFFLED_DELIVERIES", "400"))
SEED = int(os.environ.get("SHUFFLED_SEED", "7"))
COPIES = 4
AT_ONCE = 16
PRICE_MINOR = 2_500
SAID = 5
"""Different webhooks about one payment."""


def _said_of(payment: Any) -> list[bytes]:
    return [
        gateway_event(payment, "payment.failed"),
        gateway_event(payment),
        gateway_event(payment),  # as where two kinds of event tell the same
        gateway_event(payment, "payment.refunded", amount_minor=500, refunded_minor=500),
        gateway_event(payment, "payment.refunded", amount_minor=500, refunded_minor=1_000),
    ]


async def test_shuffled_and_repeated_webhooks_end_as_they_would_in_order(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    count = DELIVERIES // (SAID * COPIES)
    event = house.event(capacities={"gallery": count}, price_minor=PRICE_MINOR)
    slots = asyncio.Semaphore(AT_ONCE)

    async def begun() -> Any:
        async with slots:
            buyer = new_buyer()
            started = await buyer.checkout_ok(
                (await buyer.hold_ok(event, [], {"gallery": 1}))["id"]
            )
            await pay(client, started["redirect_url"], "lost")
            return await payment_of(house, started["order"]["id"])

    payments = await asyncio.gather(*(begun() for _ in range(count)))
    told = [body for payment in payments for body in _said_of(payment)] * COPIES
    random.Random(SEED).shuffle(told)

    async def tell(at: int, body: bytes) -> int:
        async with slots:
            url = f"{house.base_urls[at % 2]}/v1/webhooks/sandbox"
            return (await client.post(url, content=body, headers=signed(body))).status_code

    started_at = time.monotonic()
    statuses = Counter(await asyncio.gather(*(tell(*each) for each in enumerate(told))))
    taken_s = time.monotonic() - started_at
    assert statuses == {200: len(told)}

    async def settled() -> bool:
        found = await rows(
            house,
            """SELECT count(*) FROM payments p JOIN orders o ON o.id = p.order_id
               WHERE o.event_id = $1 AND p.status = 'partially_refunded' AND p.refunded_minor = 1000
                 AND o.status = 'partially_refunded'
                 AND EXISTS (SELECT FROM tickets t WHERE t.order_id = o.id)""",
            event.id,
        )
        return found[0][0] == count

    await until(settled, 300)
    print(
        f"{len(told)} deliveries of {count * SAID} webhooks: {len(told) / taken_s:.0f}/s taken, "
        f"all applied {time.monotonic() - started_at:.1f} s after the first"
    )
    (facts,) = await rows(
        house,
        """SELECT (SELECT count(*) FROM tickets WHERE event_id = $1 AND status = 'valid') tickets,
                  (SELECT count(*) FROM refunds r JOIN payments p ON p.id = r.payment_id
                   WHERE p.id = ANY($2) AND r.status <> 'succeeded') owed,
                  (SELECT sum(r.amount_minor) FROM refunds r WHERE r.payment_id = ANY($2)) refunded,
                  (SELECT count(*) FROM outbox WHERE type = 'payment.captured'
                   AND (data->>'payment_id')::uuid = ANY($2)) captured""",
        event.id,
        [payment["id"] for payment in payments],
    )
    assert dict(facts) == {
        "tickets": count, "owed": 0, "refunded": 1_000 * count, "captured": count,
    }  # fmt: skip
