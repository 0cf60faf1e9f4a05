"""Two workers share the work and do none of it twice."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from server.embedded.child import end
from tests.fixtures.nursery import nursery
from tests.fixtures.product import Product
from tests.server.support import (
    PATIENCE_S,
    Buyer,
    account,
    end_in,
    pay,
    payment_of,
    rows,
    state_of,
    until,
)

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def second_worker(house: Product) -> Iterator[None]:
    log = house.folder / "worker2.log"
    child = nursery().start(["server", "worker"], log, house.environ)
    yield
    end(child, signal.SIGTERM, 15)


@pytest.mark.usefixtures("second_worker")
async def test_two_workers_release_issue_and_refund_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(hold_ttl_s=60)
    expiring = await asyncio.gather(*(new_buyer().hold_ok(event, [seat]) for seat in range(8)))
    bought = asyncio.gather(*(new_buyer().buy(event, [20 + at, 40 + at]) for at in range(5)))
    late = [(new_buyer(), 10 + at) for at in range(4)]
    orders: list[tuple[Buyer, str]] = []
    for buyer, seat in late:
        hold = await buyer.hold_ok(event, [seat])
        started = await buyer.checkout_ok(hold["id"])
        await buyer.call("DELETE", f"/v1/holds/{hold['id']}")
        await new_buyer().hold_ok(event, [seat])
        await pay(client, started["redirect_url"], "twice")
        orders.append((buyer, started["order"]["id"]))
    await asyncio.gather(*(end_in(house, hold["id"], 0.5) for hold in expiring))
    assert [len(order["tickets"]) for order in await bought] == [2] * 5
    for buyer, order_id in orders:
        await buyer.order_when(order_id, "refunded")

    async def swept() -> bool:
        return not any((await state_of(client, event))[0][:8])

    await until(swept)
    told = await rows(
        house,
        """SELECT type, subject, count(*) FROM outbox_events
           WHERE (data->>'event_id' = $1 OR data->>'order_id' IN
                  (SELECT id::text FROM orders WHERE event_id::text = $1))
             AND type IN ('inventory.hold.expired', 'fulfillment.issued', 'order.confirmed',
                          'order.refunded', 'payment.refunded', 'payment.captured')
           GROUP BY type, subject HAVING count(*) > 1""",
        str(event.id),
    )
    assert told == []
    for _, order_id in orders:
        payment = await payment_of(house, order_id)
        books = account(house, payment["id"])
        assert books is not None
        assert [len(charge.refunds) for charge in books.charges] == [1]
        assert books.refunded_minor == books.captured_minor
    tickets = await rows(house, "SELECT count(*) FROM tickets WHERE event_id = $1", event.id)
    assert tickets[0][0] == 10


def test_a_worker_that_is_told_to_stop_in_its_first_moment_stops(house: Product) -> None:
    """While it connects: redis-py takes that for a failure of the connection, and goes on."""
    log = house.folder / "worker3.log"
    child = nursery().start(["server", "worker"], log, house.environ)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not (log.exists() and b"worker ready" in log.read_bytes()):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE_S) == 0
    finally:
        child.kill()


@pytest.mark.usefixtures("second_worker")
async def test_work_goes_on_when_a_worker_is_killed(house: Product, new_buyer: NewBuyer) -> None:
    event = house.event()
    house.kill("worker")
    try:
        order = await new_buyer().buy(event, [1])
        assert len(order["tickets"]) == 1
    finally:
        house.start("worker")


@pytest.mark.parametrize(
    "failpoint",
    ["order.settled", "tickets.issued", "relay.reacted", "refund.done_at_provider"],
)
async def test_a_worker_that_dies_after_its_effect_repeats_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, failpoint: str
) -> None:
    event = house.event()
    house.stop("worker")
    paid, refunded = new_buyer(), new_buyer()
    starts = []
    for buyer, seat in ((paid, 1), (refunded, 2)):
        hold = await buyer.hold_ok(event, [seat])
        started = await buyer.checkout_ok(hold["id"])
        if buyer is refunded:
            await buyer.call("DELETE", f"/v1/holds/{hold['id']}")
            await new_buyer().hold_ok(event, [seat])
        await pay(client, started["redirect_url"], webhook_order="before")
        starts.append(started)
    house.start("worker", FAILPOINTS=f"{failpoint}=kill")
    try:

        async def dead() -> bool:
            return not house.is_running("worker")

        await until(dead)
    finally:
        house.revive()
    order = await paid.order_when(starts[0]["order"]["id"], "confirmed")
    await refunded.order_when(starts[1]["order"]["id"], "refunded")
    assert len(order["tickets"]) == 1
    payment = await payment_of(house, starts[1]["order"]["id"])
    books = account(house, payment["id"])
    assert books is not None
    assert [len(charge.refunds) for charge in books.charges] == [1]
