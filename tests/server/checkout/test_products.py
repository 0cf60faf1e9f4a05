"""Drinks and parking beside the seats: in the order and its total, while there are some."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, ok, pay, problem, rows

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def owner(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


async def _made(owner: Organizer, event: Event, **wish: Any) -> dict[str, Any]:
    body = {"name": "Parking", "price_minor": 800} | wish
    return ok(await owner.call("POST", f"/v1/events/{event.id}/products", body), 201)


def _with(product: dict[str, Any], quantity: int) -> dict[str, Any]:
    return {"products": [{"product_id": product["id"], "quantity": quantity}]}


async def test_what_is_bought_beside_a_seat_is_paid_with_it_at_its_price_of_then(
    house: Product, owner: Organizer, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=2_500)
    parking = await _made(owner, event)
    hidden = await _made(owner, event, name="Soon", is_on_sale=False)
    offered = ok(await client.get(f"/v1/events/{event.id}/products"))["items"]
    assert [it["name"] for it in offered] == ["Parking"]
    own = ok(await owner.call("GET", f"/v1/org/events/{event.id}/products"))["items"]
    assert {it["id"] for it in own} == {parking["id"], hidden["id"]}
    foreign = await owner.call("GET", f"/v1/org/events/{uuid.uuid4()}/products")
    problem(foreign, 404, "not-found")
    buyer = new_buyer()
    hold = await buyer.hold_ok(event, [1])
    problem(await buyer.checkout(hold["id"], _with(hidden, 1)), 422, "checkout-invalid")
    problem(await buyer.checkout(hold["id"], _with(parking, 11)), 422, "checkout-invalid")
    elsewhere = await _made(owner, house.event())
    problem(await buyer.checkout(hold["id"], _with(elsewhere, 1)), 422, "checkout-invalid")
    started = ok(await buyer.checkout(hold["id"], _with(parking, 2)), 201)
    assert started["order"]["total_minor"] == 2_500 + 2 * 800
    ok(await owner.call("PATCH", f"/v1/products/{parking['id']}", {"price_minor": 9_000}))
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert (order["total_minor"], len(order["tickets"])) == (4_100, 1)
    (item,) = order["products"]
    assert (item["name"], item["quantity"], item["total_minor"]) == ("Parking", 2, 1_600)


async def test_no_more_are_sold_than_there_are_and_who_pays_nothing_for_a_seat_may_pay_for_a_drink(
    house: Product, owner: Organizer, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=0)
    wine = await _made(owner, event, name="Wine", price_minor=700, stock=3)
    buyers = [new_buyer() for _ in range(6)]
    holds = [await buyer.hold_ok(event, [at]) for at, buyer in enumerate(buyers)]
    answers = await asyncio.gather(
        *(
            buyer.checkout(hold["id"], _with(wine, 1), key=uuid.uuid4().hex)
            for buyer, hold in zip(buyers, holds, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 3
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer, 409, "product-sold-out")["available"] == 0
        else:
            assert answer.json()["order"]["total_minor"] == 700
    at = [answer.status_code for answer in answers].index(201)
    order = answers[at].json()["order"]
    await rows(house, "UPDATE orders SET status = 'expired' WHERE id = $1", uuid.UUID(order["id"]))
    lost = [answer.status_code for answer in answers].index(409)
    ok(await buyers[lost].checkout(holds[lost]["id"], _with(wine, 1)), 201)
