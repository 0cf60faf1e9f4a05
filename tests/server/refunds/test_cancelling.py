"""A cancelled event sells nothing any more, and everybody gets their money back, once."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.support import (
    Buyer,
    Organizer,
    account,
    ok,
    pay,
    payment_of,
    problem,
    rows,
    state_of,
    until,
)

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def organizer(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


def _path(event: Event) -> str:
    return f"/v1/events/{event.id}/cancellation"


async def _cancel(organizer: Organizer, event: Event, **more: Any) -> httpx.Response:
    revision = ok(await organizer.call("GET", f"/v1/org/events/{event.id}"))["revision"]
    return await organizer.call("POST", f"{_path(event)}?revision={revision}", more)


async def _died(house: Product, name: str) -> None:
    async def died() -> bool:
        return not house.is_running(name)

    await until(died)


async def _over(organizer: Organizer, event: Event) -> dict[str, Any]:
    """How it ended, once nothing is left and all money has gone back."""

    async def over() -> dict[str, Any] | None:
        found = ok(await organizer.call("GET", _path(event)))
        return found if found["finished_at"] and not found["owed_minor"] else None

    return await until(over)


async def _sell(client: httpx.AsyncClient, event: Event, buyers: list[Buyer]) -> list[Any]:
    """A seat and a standing place for each."""
    return await asyncio.gather(
        *(buyer.buy(event, [at], {"gallery": 1}) for at, buyer in enumerate(buyers))
    )


async def test_all_orders_of_a_cancelled_event_go_back(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event = house.event(capacities={"gallery": 20})
    buyers = [new_buyer() for _ in range(4)]
    orders = await _sell(client, event, buyers)
    partly = orders[0]["lines"][0]["id"]
    ok(await organizer.refund(orders[0]["id"], [partly]), 201)
    holder, late = new_buyer(), new_buyer()
    await holder.hold_ok(event, [10])
    waiting = await late.checkout_ok((await late.hold_ok(event, [11]))["id"])
    first, key = f"{_path(event)}?revision=0", uuid.uuid4().hex
    begun = ok(await organizer.call("POST", first, {"note": "Storm."}, key=key), 201)
    assert (begun["orders_total"], begun["note"]) == (4, "Storm.")
    problem(await new_buyer().hold(event, [12]), 409, "not-on-sale")
    again = ok(await organizer.call("POST", first, {"note": "Storm."}, key=key), 201)
    assert again == begun
    problem(await organizer.call("POST", first, {}), 412, "event-moved")
    problem(await _cancel(organizer, event), 409, "event-refused")
    over = await _over(organizer, event)
    assert over["refunded_minor"] == 4 * 5_000 - 2_500
    assert (over["orders_left"], over["refunds_failed"], over["refunds"]) == (0, 0, 4)
    for order, buyer in zip(orders, buyers, strict=True):
        after = await buyer.order_when(order["id"], "refunded")
        assert {ticket["status"] for ticket in after["tickets"]} == {"refunded"}
        payment = await payment_of(house, order["id"])
        books = account(house, payment["id"])
        assert books is not None
        assert books.refunded_minor == books.captured_minor == 5_000
    seats, pools = await state_of(client, event)
    assert (sum(seats), pools[1]) == (0, 20), "what was held has ended"
    await pay(client, waiting["redirect_url"])
    paid_late = await late.order_when(waiting["order"]["id"], "refunded")
    assert (paid_late["tickets"], "cancelled" in paid_late["note"]) == ([], True)
    shown = ok(await client.get(f"/v1/events/{event.id}"))
    assert shown["cancelled_at"] is not None
    told = "SELECT count(*) FROM outbox WHERE type = 'catalog.event.cancelled' AND subject = $1"
    assert (await rows(house, told, f"event:{event.id}"))[0][0] == 1


async def test_nothing_is_sold_after_the_cancellation_by_who_has_not_heard(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    """Money comes, and a free order is placed, in the moment in which it is cancelled."""
    paid, free = house.event(), house.event(price_minor=0)
    one, other = new_buyer(), new_buyer()
    started = await one.checkout_ok((await one.hold_ok(paid, [1]))["id"])
    hold = await other.hold_ok(free, [1])
    house.stop("worker")
    try:
        for event in (paid, free):
            ok(await _cancel(organizer, event), 201)
        # The other web process may not have heard of it.
        async with httpx.AsyncClient(base_url=house.base_urls[1], timeout=10) as elsewhere:
            unaware = Buyer(house, elsewhere)
            unaware.headers = other.headers
            problem(await unaware.checkout(hold["id"]), 409, "not-on-sale")
        await pay(client, started["redirect_url"], webhook_order="before")
    finally:
        house.start("worker")
    order = await one.order_when(started["order"]["id"], "refunded")
    assert order["tickets"] == []
    assert sum((await state_of(client, paid))[0]) == 0


async def test_a_worker_that_dies_in_the_middle_goes_on_where_it_was(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event = house.event(capacities={"gallery": 40})
    buyers = [new_buyer() for _ in range(4)]
    orders = await _sell(client, event, buyers)
    house.kill("worker")
    house.start("worker", FAILPOINTS="cancellation.batch=kill")
    ok(await _cancel(organizer, event), 201)
    await _died(house, "worker")
    left = ok(await organizer.call("GET", _path(event)))
    assert (left["finished_at"], left["orders_left"]) == (None, 0)
    house.revive()
    over = await _over(organizer, event)
    assert over["refunds"] == len(buyers)
    for order in orders:
        payment = await payment_of(house, order["id"])
        books = account(house, payment["id"])
        assert books is not None
        assert [len(charge.refunds) for charge in books.charges] == [1]


async def test_a_cancellation_whose_answer_is_lost_is_one(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1])
    house.stop("web1")
    house.start("web1", FAILPOINTS="event.cancelled=kill")
    house.wait_ready("web1")
    path, headers = f"{_path(event)}?revision=0", house.operator()
    headers |= {"Idempotency-Key": uuid.uuid4().hex}
    with pytest.raises(httpx.TransportError):
        await client.post(f"{house.base_urls[1]}{path}", json={}, headers=headers)
    await _died(house, "web1")
    house.revive()
    house.wait_ready("web1")
    begun = ok(await client.post(path, json={}, headers=headers), 201)
    assert begun["orders_total"] == 1
    await buyer.order_when(order["id"], "refunded")
    assert (await _over(organizer, event))["refunds"] == 1


async def test_who_may_not_pay_back_cannot_cancel(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event = house.event()
    problem(await organizer.call("GET", _path(event)), 404, "not-found")
    first = f"{_path(event)}?revision=1"
    problem(await new_buyer().call("POST", first, {}), 401, "unauthenticated")
    missing = f"/v1/events/{uuid.uuid4()}/cancellation?revision=1"
    problem(await organizer.call("POST", missing, {}), 404, "not-found")
