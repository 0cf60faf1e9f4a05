"""From hold to tickets: one order per hold, priced as shown, paid once."""

import asyncio
import uuid
from collections.abc import Callable

import httpx
import pytest

from server.checkout.models import EMAIL
from tests.fixtures.product import Event, Product
from tests.server.support import (
    Buyer,
    end_in,
    knobs,
    ok,
    pay,
    payment_of,
    problem,
    rows,
    selection,
    state_of,
    until,
)

NewBuyer = Callable[[], Buyer]


async def test_a_hold_becomes_an_order_is_paid_and_becomes_tickets(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(price_minor=1_250), new_buyer()
    hold = await buyer.hold_ok(event, [30, 31], {"gallery": 3})
    started = await buyer.checkout_ok(hold["id"])
    order = started["order"]
    assert (order["status"], order["total_minor"], order["currency"]) == ("pending", 6_250, "EUR")
    assert sorted((line["quantity"], line["total_minor"]) for line in order["lines"]) == [
        (1, 1_250),
        (1, 1_250),
        (3, 3_750),
    ]
    assert started["redirect_url"].startswith(house.gateway_url)
    await pay(client, started["redirect_url"])
    paid = await buyer.order_when(order["id"], "confirmed")
    assert len(paid["tickets"]) == 5
    assert len({ticket["code"] for ticket in paid["tickets"]}) == 5
    assert {ticket["status"] for ticket in paid["tickets"]} == {"valid"}
    assert paid["payment"]["status"] == "captured"
    seats, pools = await state_of(client, event)
    assert ([at for at, state in enumerate(seats) if state == 2], pools[1]) == ([30, 31], 77)
    assert ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))["status"] == "converted"
    mine = ok(await buyer.call("GET", "/v1/me/tickets"))["items"]
    assert {ticket["id"] for ticket in mine} == {ticket["id"] for ticket in paid["tickets"]}
    problem(await new_buyer().hold(event, [30]), 409, "seats-taken")


async def test_a_declined_card_may_be_followed_by_a_good_one(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1]))["id"])
    order_id, page = started["order"]["id"], started["redirect_url"]
    await pay(client, page, "fail")

    async def failed() -> bool:
        return (await buyer.order(order_id))["payment"]["status"] == "failed"

    await until(failed)
    assert (await buyer.order(order_id))["status"] == "pending"
    assert ok(await buyer.checkout(started["order"]["hold_id"]), 201)["redirect_url"] == page
    await pay(client, page)
    order = await buyer.order_when(order_id, "confirmed")
    assert len(order["tickets"]) == 1


async def test_checking_out_again_gives_the_same_order_and_page(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    answers = await asyncio.gather(
        *(
            buyer.call(
                "POST",
                f"{house.base_urls[at % 2]}/v1/checkout",
                {"hold_id": hold["id"], "email": "ada@buyer.example", "name": "Ada"},
                key=["one", "other"][at // 2 % 2],
            )
            for at in range(8)
        )
    )
    assert [answer.status_code for answer in answers] == [201] * 8, [a.text for a in answers]
    bodies = [answer.json() for answer in answers]
    assert len({body["order"]["id"] for body in bodies}) == 1
    assert len({body["redirect_url"] for body in bodies}) == 1
    await pay(client, bodies[0]["redirect_url"])
    await buyer.order_when(bodies[0]["order"]["id"], "confirmed")
    again = ok(await buyer.checkout(hold["id"]), 201)
    assert again["redirect_url"] == f"{house.base_url}/orders/{again['order']['id']}"
    assert again["order"]["status"] == "confirmed"


async def test_a_free_order_needs_no_provider(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(price_minor=0), new_buyer()
    hold = await buyer.hold_ok(event, [1], {"gallery": 2})
    started = await buyer.checkout_ok(hold["id"])
    assert started["order"]["status"] == "confirmed"
    assert started["order"]["payment"] is None
    assert started["redirect_url"] == f"{house.base_url}/orders/{started['order']['id']}"
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert len(order["tickets"]) == 3
    assert (await state_of(client, event))[0][1] == 2


async def test_a_gateway_that_is_down_costs_a_retry_and_nothing_else(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    await knobs(client, house, down=1)
    try:
        refused = await buyer.checkout(hold["id"], key="k")
        problem(refused, 503, "provider-unavailable")
        assert int(refused.headers["retry-after"]) >= 1
    finally:
        await knobs(client, house, down=0)
    started = ok(await buyer.checkout(hold["id"], key="k"), 201)
    assert await _sessions(client, house, started["order"]["id"]) == 1
    await pay(client, started["redirect_url"])
    await buyer.order_when(started["order"]["id"], "confirmed")


async def test_an_answer_of_the_gateway_that_got_lost_opens_no_second_page(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    await knobs(client, house, lose_response_after_effect=1)
    try:
        problem(await buyer.checkout(hold["id"]), 503, "provider-unavailable")
    finally:
        await knobs(client, house, lose_response_after_effect=0)
    started = await buyer.checkout_ok(hold["id"])
    assert await _sessions(client, house, started["order"]["id"]) == 1


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"email": "nobody"}, 422, "checkout-invalid"),
        ({"email": "a@b"}, 422, "checkout-invalid"),
        ({"email": "a b@c.example"}, 422, "checkout-invalid"),
        ({"email": "a" * 250 + "@c.example"}, 400, "bad-request"),
        ({"name": "   "}, 422, "checkout-invalid"),
        ({"name": ""}, 400, "bad-request"),
        ({"name": "A\0da"}, 400, "bad-request"),
        ({"name": 7}, 400, "bad-request"),
        ({"provider": "barter"}, 404, "unknown-provider"),
        ({"provider": "\0"}, 404, "unknown-provider"),
        ({"coupon": "x"}, 400, "bad-request"),
        ({"hold_id": "x"}, 400, "bad-request"),
    ],
)
async def test_details_that_cannot_be_right_are_refused_and_the_hold_kept(
    house: Product, new_buyer: NewBuyer, changes: dict[str, str], status: int, slug: str
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    problem(await buyer.checkout(hold["id"], changes), status, slug)
    assert (await buyer.checkout_ok(hold["id"]))["order"]["status"] == "pending"


async def test_names_of_every_script_come_back_as_they_were(
    house: Product, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    name = "Žofie \u202eO`Neill 王 🎟️"
    order = ok(await buyer.checkout(hold["id"], {"name": name}), 201)["order"]
    assert (await buyer.order(order["id"]))["name"] == name


async def test_a_foreign_order_does_not_exist(house: Product, new_buyer: NewBuyer) -> None:
    buyer, stranger = new_buyer(), new_buyer()
    order = (await buyer.checkout_ok((await buyer.hold_ok(house.event(), [1]))["id"]))["order"]
    problem(await stranger.call("GET", f"/v1/orders/{order['id']}"), 404, "not-found")


async def test_a_hold_that_ends_before_it_is_paid_ends_its_order(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    order = (await buyer.checkout_ok(hold["id"]))["order"]
    await end_in(house, hold["id"], 0)
    assert (await buyer.order_when(order["id"], "expired"))["note"]
    await until(lambda: _is_free(client, event, 1))


async def test_an_extended_hold_gives_its_order_more_time(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    started = await buyer.checkout_ok(hold["id"])
    order_id = started["order"]["id"]
    extended = ok(await buyer.change(hold["id"], {"extend": True}))
    await rows(house, "UPDATE orders SET expires_at = now() WHERE id = $1", uuid.UUID(order_id))

    async def follows() -> bool:
        return (await buyer.order(order_id))["expires_at"] == extended["expires_at"]

    await until(follows)
    again = await buyer.checkout_ok(hold["id"])
    assert again["redirect_url"] == started["redirect_url"]
    order = again["order"]
    assert (order["id"], order["status"], order["note"]) == (order_id, "pending", None)


async def test_a_hold_that_went_to_checkout_is_not_changed_any_more(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """What is paid is what was ordered; it may be extended, or released to choose again."""
    event, buyer = house.event(capacities={"gallery": 10, "dance-floor": 10}), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2], {"gallery": 3})
    started = await buyer.checkout_ok(hold["id"])
    before = await state_of(client, event)
    for wish in (
        {"add": selection(event, [3])},
        {"remove": selection(event, [1])},
        {"add": selection(event, [], {"gallery": 1})},
        {"remove": selection(event, [], {"gallery": 3})},
        {"add": selection(event, [], {"dance-floor": 2}), "extend": True},
    ):
        problem(await buyer.change(hold["id"], wish), 409, "hold-ordered")
    assert await state_of(client, event) == before
    ok(await buyer.change(hold["id"], {"extend": True}))
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert len(order["tickets"]) == 5
    seats, pools = await state_of(client, event)
    assert ({at: state for at, state in enumerate(seats) if state}, pools) == (
        {1: 2, 2: 2},
        [10, 7],
    )


async def test_a_change_and_a_checkout_at_once_agree(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Whichever comes first: what is ordered is what the hold has."""
    event = house.event(price_minor=0)
    for seat in range(0, 24, 3):
        buyer = new_buyer()
        hold = await buyer.hold_ok(event, [seat, seat + 1])
        wish = {"add": {"seats": [seat + 2]}, "remove": {"seats": [seat]}}
        changed, started = await asyncio.gather(
            buyer.change(hold["id"], wish), buyer.checkout(hold["id"])
        )
        order = ok(started, 201)["order"]
        wanted = [seat + 1, seat + 2] if changed.status_code == 200 else [seat, seat + 1]
        assert sorted(line["seat_idx"] for line in order["lines"]) == wanted
        shown = (await state_of(client, event))[0]
        assert [at for at in range(seat, seat + 3) if shown[at]] == wanted
        assert {shown[at] for at in wanted} == {2}


async def _is_free(client: httpx.AsyncClient, event: Event, seat: int) -> bool:
    return (await state_of(client, event))[0][seat] == 0


async def _sessions(client: httpx.AsyncClient, house: Product, order_id: str) -> int:
    payment = await payment_of(house, order_id)
    listed = await client.get(
        f"{house.gateway_url}/v1/sessions",
        params={"reference": str(payment["id"])},
        headers={"Authorization": "Bearer sandbox-secret"},
    )
    assert (await rows(house, "SELECT count(*) FROM payments WHERE id = $1", payment["id"]))[0][0]
    return len(ok(listed)["items"])


def test_an_address_is_one_and_nothing_else() -> None:
    """What a mail's header would take for several, or for a name, is refused."""
    for bad in (
        "root,ada@buyer.example", "ada@buyer.example,root", "<ada@buyer.example>", "a;b@c.example",
        '"ada"@buyer.example', "ada@[127.0.0.1]", "ada@buyer", "a@b@c.example", "a@.example",
        "ada@buyer.example\nBcc", f"{'a' * 65}@buyer.example",
    ):  # fmt: skip
        assert EMAIL.fullmatch(bad) is None, bad
    for good in ("ada@buyer.example", "o'ada..x_1.@sub.buyer.example", "dörte@müller.example"):
        assert EMAIL.fullmatch(good), good
