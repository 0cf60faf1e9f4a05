"""A hold may be a draft before it is paid: priced, changed, confirmed, cancelled, or over."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import Event, Product
from tests.server.support import (
    Buyer,
    Organizer,
    end_in,
    ok,
    pay,
    problem,
    rows,
    selection,
    state_of,
    until,
)

NewBuyer = Callable[[], Buyer]
ADA = {"email": "ada@buyer.example", "name": "Ada"}


async def _draft(
    buyer: Buyer, event: Event, seats: list[int], **says: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    hold = await buyer.hold_ok(event, seats)
    return hold, ok(await buyer.call("POST", "/v1/orders", {"hold_id": hold["id"]} | says), 201)


async def test_a_draft_is_changed_until_it_is_confirmed_and_costs_what_it_says(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer, organizer = house.event(price_minor=2_000), new_buyer(), Organizer(house, client)
    base = f"/v1/events/{event.id}"
    code = {"code": "ONCE", "basis_points": 1_000, "uses_max": 1}
    ok(await organizer.call("POST", f"{base}/discounts", code), 201)
    shirt = {"name": "Shirt", "price_minor": 1_500, "stock": 2}
    product = ok(await organizer.call("POST", f"{base}/products", shirt), 201)
    hold, order = await _draft(buyer, event, [1, 2])
    path = f"/v1/orders/{order['id']}"
    assert (order["status"], order["total_minor"], order["payment"]) == ("draft", 4_000, None)
    assert order["expires_at"] == hold["expires_at"]
    problem(await buyer.call("POST", f"{path}/confirmations", {}), 422, "checkout-invalid")

    wish = ADA | {
        "discount_code": "once",
        "products": [{"product_id": product["id"], "quantity": 2}],
    }
    for _ in range(2):  # what it has already is not in its own way
        order = ok(await buyer.call("PUT", path, wish))
    assert (order["status"], order["total_minor"], order["discount_minor"]) == ("draft", 6_600, 400)
    other = new_buyer()
    rival = {"hold_id": (await other.hold_ok(event, [5]))["id"]} | wish
    problem(await other.call("POST", "/v1/orders", rival), 422, "discount-refused")
    problem(await buyer.checkout(hold["id"]), 409, "order-begun")
    problem(await buyer.change(hold["id"], {"add": selection(event, [3])}), 409, "hold-ordered")
    assert await buyer.order(order["id"]) == ok(await buyer.call("GET", path))

    started = ok(await buyer.call("POST", f"{path}/confirmations", {}), 201)
    again = ok(await buyer.call("POST", f"{path}/confirmations", {}), 201)
    assert started["redirect_url"] == again["redirect_url"]
    assert started["order"]["status"] == "pending"
    problem(await buyer.call("PUT", path, wish), 409, "order-begun")
    await pay(client, started["redirect_url"])
    paid = await buyer.order_when(order["id"], "confirmed")
    assert (len(paid["tickets"]), paid["paid_minor"]) == (2, 6_600)


async def test_a_cancelled_order_gives_its_places_back_at_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer, stranger = house.event(), new_buyer(), new_buyer()
    _, draft = await _draft(buyer, event, [1])
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [2]))["id"])
    for order in (draft, started["order"]):
        path = f"/v1/orders/{order['id']}/cancellations"
        problem(await stranger.call("POST", path), 404, "not-found")
        done = ok(await buyer.call("POST", path, key=order["id"]))
        assert done["status"] == "cancelled"
        assert ok(await buyer.call("POST", path, key=order["id"])) == done
        problem(await buyer.call("POST", path), 409, "order-begun")
    assert (await state_of(client, event))[0][1:3] == [0, 0]
    # Money that comes yet goes back.
    await pay(client, started["redirect_url"])
    await buyer.order_when(started["order"]["id"], "refunded")
    sold = await buyer.buy(event, [3])
    problem(await buyer.call("POST", f"/v1/orders/{sold['id']}/cancellations"), 409, "order-begun")


async def test_a_draft_ends_with_its_hold_and_not_before(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold, order = await _draft(buyer, event, [1], **ADA)
    extended = ok(await buyer.change(hold["id"], {"extend": True}))
    await rows(house, "UPDATE orders SET expires_at = now() WHERE id = $1", uuid.UUID(order["id"]))

    async def follows() -> bool:
        return (await buyer.order(order["id"]))["expires_at"] == extended["expires_at"]

    await until(follows)
    assert (await buyer.order(order["id"]))["status"] == "draft"
    await end_in(house, hold["id"], 0)
    await buyer.order_when(order["id"], "expired")
    problem(
        await buyer.call("POST", f"/v1/orders/{order['id']}/confirmations", {}), 409, "order-begun"
    )

    async def free() -> bool:
        return (await state_of(client, event))[0][1] == 0

    await until(free)


async def test_what_costs_nothing_is_sold_when_its_draft_is_confirmed(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(price_minor=0), new_buyer()
    _, order = await _draft(buyer, event, [1], **ADA)
    path = f"/v1/orders/{order['id']}/confirmations"
    answers = await asyncio.gather(*(buyer.call("POST", path, {}) for _ in range(4)))
    assert {ok(answer, 201)["order"]["status"] for answer in answers} == {"confirmed"}
    assert len((await buyer.order_when(order["id"], "confirmed"))["tickets"]) == 1


async def test_one_of_many_who_make_a_draft_of_a_hold_at_once_does(
    house: Product, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    asked = [
        buyer.call("POST", path, {"hold_id": hold["id"]} | ADA)
        for path in ("/v1/orders", "/v1/checkout") * 3
    ]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} <= {201, 409}
    held = "SELECT count(*) FROM orders WHERE hold_id = $1"
    assert (await rows(house, held, uuid.UUID(hold["id"])))[0][0] == 1
