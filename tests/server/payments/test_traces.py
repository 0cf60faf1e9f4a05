"""What the worker does about money by itself has a trace for each order, not one for each round."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.support import Buyer, end_in, pay, payment_of, rows, until

TOLD = """SELECT correlation_id, trace_id, org_id, data->>'order_id' AS order_id FROM outbox_events
          WHERE type = $1 AND data->>'order_id' = ANY($2)"""


async def _apart(house: Product, event_type: str, order_ids: list[str]) -> set[str]:
    """The traces of what was told of these orders once it was of all: one each."""

    async def told() -> list[Any] | None:
        found = await rows(house, TOLD, event_type, order_ids)
        return found if len(found) >= len(order_ids) else None

    found = await until(told)
    assert sorted(row["correlation_id"] for row in found) == sorted(order_ids)
    assert all(row["correlation_id"] == row["order_id"] for row in found)
    assert {row["org_id"] for row in found} == {"house"}
    traces = {row["trace_id"] for row in found}
    assert len(traces) == len(order_ids)
    return traces


async def test_each_order_that_is_looked_up_paid_back_or_expired_has_a_trace_of_its_own(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event, paid, left = house.event(), list[str](), list[str]()
    for seat in (1, 2, 3, 4):
        buyer = new_buyer()
        hold = await buyer.hold_ok(event, [seat])
        started = await buyer.checkout_ok(hold["id"])
        if seat <= 2:
            await pay(client, started["redirect_url"], "lost")
            paid.append(started["order"]["id"])
        else:
            await end_in(house, hold["id"], -1)
            left.append(started["order"]["id"])
    ask = "UPDATE payments SET next_check_at = now() WHERE order_id = ANY($1)"
    await rows(house, ask, [uuid.UUID(order_id) for order_id in paid])
    traces = await _apart(house, "payment.captured", paid)
    for order_id in paid:
        refund = """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
                    VALUES ($1, 'house', $2, 100, 'asked')"""
        await rows(house, refund, uuid.uuid4(), (await payment_of(house, order_id))["id"])
    traces |= await _apart(house, "payment.refunded", paid)
    traces |= await _apart(house, "order.expired", left)
    assert len(traces) == 6
