"""So many places in a hold, in an order, and for one buyer, however the requests fall."""

import asyncio
import uuid
from collections.abc import Callable

import httpx

from tests.fixtures.product import Product
from tests.server.support import Buyer, end_in, ok, pay, problem, rows, selection, state_of

NewBuyer = Callable[[], Buyer]


async def test_a_hold_has_at_most_so_many_places(house: Product, new_buyer: NewBuyer) -> None:
    event, buyer = house.event(seats_per_hold_max=4), new_buyer()
    refused = await buyer.hold(event, [1, 2, 3], {"gallery": 2})
    assert problem(refused, 422, "too-many-places")["limit"] == 4
    best = {"seats": [1, 2], "best": {"quantity": 3}}
    refused = await buyer.call("POST", f"/v1/events/{event.id}/holds", best)
    problem(refused, 422, "too-many-places")
    await buyer.hold_ok(event, [1, 2, 3], {"gallery": 1})


async def test_an_order_has_at_most_so_many_places(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    for price_minor in (2_500, 0):
        event, buyer = house.event(seats_per_order_max=3, price_minor=price_minor), new_buyer()
        hold = await buyer.hold_ok(event, [1, 2], {"gallery": 2})
        refused = await buyer.checkout(hold["id"])
        assert problem(refused, 422, "too-many-places")["limit"] == 3
        orders = await rows(house, "SELECT 1 FROM orders WHERE hold_id = $1", uuid.UUID(hold["id"]))
        assert orders == []
        ok(await buyer.change(hold["id"], {"remove": {"seats": [2]}}))
        await buyer.checkout_ok(hold["id"])


async def test_a_buyer_has_at_most_so_many_places_in_all(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Held and bought ones; those that were released do not count."""
    event, buyer = house.event(seats_per_buyer_max=4, capacities={"gallery": 9}), new_buyer()
    await buyer.buy(event, [1, 2])
    hold = await buyer.hold_ok(event, [3])
    refused = await buyer.hold(event, [4], {"gallery": 1})
    assert problem(refused, 422, "too-many-places")["limit"] == 4
    grown = await buyer.change(hold["id"], {"add": selection(event, [4], {"gallery": 1})})
    assert problem(grown, 422, "too-many-places")["limit"] == 4
    swap = {"add": selection(event, [5]), "remove": selection(event, [3])}
    ok(await buyer.change(hold["id"], swap))
    ok(await buyer.change(hold["id"], {"add": selection(event, [], {"gallery": 1})}))
    problem(await buyer.change(hold["id"], {"add": selection(event, [6])}), 422, "too-many-places")
    assert (await buyer.call("DELETE", f"/v1/holds/{hold['id']}")).status_code == 204
    await buyer.hold_ok(event, [3], {"gallery": 1})
    await new_buyer().hold_ok(event, [4, 5, 6, 7])


async def test_holds_of_one_buyer_at_once_stay_within_the_limit(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """New ones and growing ones, through two web processes."""
    event, buyer = house.event(seats_per_buyer_max=7), new_buyer()
    first = await buyer.hold_ok(event, [80])
    path = f"/v1/events/{event.id}/holds"
    answers = await asyncio.gather(
        *(
            buyer.call("POST", f"{house.base_urls[at % 2]}{path}", {"seats": [2 * at, 2 * at + 1]})
            for at in range(10)
        ),
        *(
            buyer.call(
                "PATCH",
                f"{house.base_urls[at % 2]}/v1/holds/{first['id']}",
                {"add": {"seats": [81 + at]}},
            )
            for at in range(10)
        ),
    )
    seats, _ = await state_of(client, event)
    assert sum(seats) in (6, 7), "as many as fit"
    granted = [2 if at < 10 else 1 for at, answer in enumerate(answers) if answer.is_success]
    assert sum(granted) + 1 == sum(seats)
    refused = [answer for answer in answers if not answer.is_success]
    assert all(problem(answer, 422, "too-many-places")["limit"] == 7 for answer in refused)


async def test_the_limit_is_each_buyers_own_and_each_events(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, other = (house.event(seats_per_buyer_max=2) for _ in range(2))
    buyer = new_buyer()
    for one in (event, other):
        await buyer.hold_ok(one, [1, 2])
    problem(await buyer.hold(event, [3]), 422, "too-many-places")
    await new_buyer().hold_ok(event, [3, 4])


async def test_a_refusal_by_a_limit_is_remembered_too(house: Product, new_buyer: NewBuyer) -> None:
    event, buyer = house.event(seats_per_buyer_max=2), new_buyer()
    held = await buyer.hold_ok(event, [1, 2])
    wish = {"add": {"seats": [3]}}
    for _ in range(2):
        problem(await buyer.hold(event, [3], key="h"), 422, "too-many-places")
        problem(await buyer.change(held["id"], wish, key="c"), 422, "too-many-places")
    ok(await buyer.change(held["id"], {"remove": {"seats": [1]}}))
    problem(await buyer.hold(event, [3], key="h"), 422, "too-many-places")
    problem(await buyer.change(held["id"], wish, key="c"), 422, "too-many-places")
    ok(await buyer.change(held["id"], wish, key="d"))


async def test_money_that_comes_late_buys_nobody_more_than_the_limit(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """A hold ends unpaid, its buyer takes as many others, then the money comes: it is paid back."""
    event, buyer = house.event(seats_per_buyer_max=2), new_buyer()
    late = await buyer.hold_ok(event, [1, 2])
    started = await buyer.checkout_ok(late["id"])
    await end_in(house, late["id"], 0)
    await buyer.order_when(started["order"]["id"], "expired")
    await buyer.hold_ok(event, [5, 6])
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "refunded")
    assert order["tickets"] == []
    seats, _ = await state_of(client, event)
    assert {at: state for at, state in enumerate(seats) if state} == {5: 1, 6: 1}
