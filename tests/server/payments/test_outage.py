"""A provider that is down for a while: nothing is lost, and not knowing is never called failing."""

from collections.abc import Callable

import httpx

from tests.fixtures.product import Product
from tests.server.support import Buyer, account, knobs, ok, pay, payment_of, problem, rows, until

ASK_NOW = "UPDATE payments SET next_check_at = now(), checks = 0 WHERE id = $1"


async def test_an_outage_of_the_provider_costs_nobody_a_seat_or_money(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event, paying, coming = house.event(), new_buyer(), new_buyer()
    paid = await paying.checkout_ok((await paying.hold_ok(event, [1]))["id"])
    order_id = paid["order"]["id"]
    await pay(client, paid["redirect_url"], "lost")
    payment = await payment_of(house, order_id)
    hold = await coming.hold_ok(event, [2])
    await knobs(client, house, down=1)
    try:
        answer = await coming.checkout(hold["id"], key=f"outage {hold['id']}")
        assert "retry-after" in answer.headers
        problem(answer, 503, "provider-unavailable")
        assert ok(await coming.call("GET", f"/v1/holds/{hold['id']}"))["status"] == "active"
        # The worker asks, and asks again, as it would for a minute and longer.
        for _ in range(2):
            await rows(house, ASK_NOW, payment["id"])

            async def asked() -> bool:
                return (await payment_of(house, order_id))["checks"] > 0

            await until(asked)
        assert (await payment_of(house, order_id))["status"] == "pending"
        assert (await paying.order(order_id))["status"] == "pending"
    finally:
        await knobs(client, house, down=0)
    await rows(house, ASK_NOW, payment["id"])
    await paying.order_when(order_id, "confirmed")
    started = ok(await coming.checkout(hold["id"], key=f"outage {hold['id']}"), 201)
    await pay(client, started["redirect_url"])
    await coming.order_when(started["order"]["id"], "confirmed")
    for each in (order_id, started["order"]["id"]):
        books = account(house, (await payment_of(house, each))["id"])
        assert books is not None
        assert (books.captured_minor, books.refunded_minor, len(books.charges)) == (2_500, 0, 1)
