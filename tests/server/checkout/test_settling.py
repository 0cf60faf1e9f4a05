"""Orders whose money comes together are settled together, and each for itself."""

import asyncio
from collections.abc import Callable

import httpx

from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, pay, rows, until

NewBuyer = Callable[[], Buyer]
COUNT = 12


async def _paid(
    client: httpx.AsyncClient, event: Event, new_buyer: NewBuyer, seat: int
) -> tuple[Buyer, str]:
    buyer = new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [seat], {"gallery": 1}))["id"])
    await pay(client, started["redirect_url"], webhook_order="before")
    return buyer, started["order"]["id"]


async def test_one_version_sells_what_was_paid_for_together_but_for_who_was_too_late(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, late, faster = house.event(), new_buyer(), new_buyer()
    house.stop("worker")
    try:
        hold = await late.hold_ok(event, [0])
        started = await late.checkout_ok(hold["id"])
        await late.call("DELETE", f"/v1/holds/{hold['id']}")
        await faster.hold_ok(event, [0])
        await pay(client, started["redirect_url"], webhook_order="before")
        orders = [await _paid(client, event, new_buyer, 1 + at) for at in range(COUNT)]
    finally:
        house.start("worker")
    await late.order_when(started["order"]["id"], "refunded")
    done = await asyncio.gather(*(buyer.order_when(one, "confirmed") for buyer, one in orders))
    assert [len(order["tickets"]) for order in done] == [2] * COUNT
    told = await rows(
        house,
        """SELECT type, count(*), count(DISTINCT position), count(DISTINCT trace_id)
           FROM outbox_events WHERE data->>'event_id' = $1
             AND type IN ('inventory.seat.sold', 'order.confirmed', 'fulfillment.issued')
           GROUP BY type""",
        str(event.id),
    )
    assert len(told) == 3
    for kind, events, outbox_rows, traces in told:
        assert (events, traces) == (COUNT, COUNT), f"{kind}: each with the trace of its payment"
        assert outbox_rows < COUNT, f"{kind}: in fewer transactions than there are orders"


async def test_a_worker_that_dies_with_a_batch_in_hand_repeats_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    house.stop("worker")
    orders = [await _paid(client, event, new_buyer, at) for at in range(COUNT)]
    for failpoint in ("exclusive.before_commit", "order.settled", "tickets.issued"):
        house.start("worker", FAILPOINTS=f"{failpoint}=kill")

        async def dead() -> bool:
            return not house.is_running("worker")

        await until(dead)
    house.revive()
    done = await asyncio.gather(*(buyer.order_when(one, "confirmed") for buyer, one in orders))
    assert [len(order["tickets"]) for order in done] == [2] * COUNT
