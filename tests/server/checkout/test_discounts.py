"""Codes make tickets cheaper: as often, as long and for whom their organizer said."""

import asyncio
import datetime as dt
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
    body = {"code": "early10", "basis_points": 1_000} | wish
    return ok(await owner.call("POST", f"/v1/events/{event.id}/discounts", body), 201)


async def test_a_code_is_shown_in_the_quote_and_kept_in_the_order(
    house: Product, owner: Organizer, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=2_505)
    made = await _made(owner, event)
    assert (made["code"], made["uses"]) == ("EARLY10", 0)
    again = {"code": "Early10", "amount_minor": 1}
    answer = await owner.call("POST", f"/v1/events/{event.id}/discounts", again)
    problem(answer, 409, "code-taken")
    buyer = new_buyer()
    hold = await buyer.hold_ok(event, [1, 2])
    code = {"discount_code": " Early10 "}
    quoted = ok(await buyer.call("POST", "/v1/quotes", {"hold_id": hold["id"]} | code))
    assert (quoted["discount_minor"], quoted["total_minor"]) == (502, 4_508)
    started = ok(await buyer.checkout(hold["id"], code, key="once"), 201)
    assert started["order"]["total_minor"] == 4_508
    # Repeated, it is the same order, though the code may be over by then.
    ok(await owner.call("PATCH", f"/v1/discounts/{made['id']}", {"is_active": False}))
    assert ok(await buyer.checkout(hold["id"], code, key="once"), 201)["order"] == started["order"]
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert {line["discount_minor"] for line in order["lines"]} == {251}
    assert ok(await owner.call("GET", f"/v1/discounts/{made['id']}"))["uses"] == 1


async def test_a_code_is_refused_when_it_is_none_of_this_event_not_now_or_for_other_tickets(
    house: Product, owner: Organizer, new_buyer: NewBuyer
) -> None:
    event, now = house.event(), dt.datetime.now(dt.UTC)
    hour = dt.timedelta(hours=1)
    await _made(owner, house.event(), code="ELSEWHERE")
    await _made(owner, event, code="OVER", valid_until=(now - hour).isoformat())
    await _made(owner, event, code="SOON", valid_from=(now + hour).isoformat())
    await _made(owner, event, code="OFF", is_active=False)
    await _made(owner, event, code="OTHERS", ticket_type_ids=[str(uuid.uuid4())])
    buyer = new_buyer()
    hold = await buyer.hold_ok(event, [1])
    for code in ("NOBODYS", "ELSEWHERE", "OVER", "SOON", "OFF", "OTHERS"):
        for path, more in (
            ("/v1/quotes", {}),
            ("/v1/checkout", {"name": "Ada", "email": "ada@buyer.example"}),
        ):
            wish = {"hold_id": hold["id"], "discount_code": code} | more
            problem(await buyer.call("POST", path, wish), 422, "discount-refused")
    path = f"/v1/events/{event.id}/discounts"
    for wrong in (
        {"code": "A"},
        {"code": "A", "basis_points": 1, "amount_minor": 1},
        {"code": "A B", "basis_points": 1},
        {"code": "A", "basis_points": 10_001},
        {"code": "A", "basis_points": 1}
        | {"valid_from": now.isoformat(), "valid_until": "2000-01-01T00:00:00Z"},
    ):
        problem(await owner.call("POST", path, wrong), 400, "bad-request")


async def test_no_more_orders_have_a_code_than_it_has_uses_however_many_come_at_once(
    house: Product, owner: Organizer, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=2_000)
    made = await _made(owner, event, basis_points=10_000, uses_max=3)
    paid = await _made(owner, event, code="HALF", basis_points=5_000, uses_max=3)
    for code, discount in (("EARLY10", made), ("HALF", paid)):
        first = 0 if code == "EARLY10" else 10
        buyers = [new_buyer() for _ in range(8)]
        holds = [await buyer.hold_ok(event, [first + at]) for at, buyer in enumerate(buyers)]
        answers = await asyncio.gather(
            *(
                buyer.checkout(hold["id"], {"discount_code": code}, key=uuid.uuid4().hex)
                for buyer, hold in zip(buyers, holds, strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [422] * 5
        assert ok(await owner.call("GET", f"/v1/discounts/{discount['id']}"))["uses"] == 3


async def test_one_person_uses_a_code_as_often_as_one_may_also_under_another_session(
    house: Product, owner: Organizer, new_buyer: NewBuyer
) -> None:
    event = house.event()
    await _made(owner, event, uses_per_buyer_max=1)
    first, second = new_buyer(), new_buyer()
    code = {"discount_code": "EARLY10"}
    hold = await first.hold_ok(event, [1])
    order = ok(await first.checkout(hold["id"], code), 201)["order"]
    other = await second.hold_ok(event, [2])
    answer = await second.checkout(other["id"], code | {"email": "ADA@buyer.example"})
    problem(answer, 422, "discount-refused")
    # An order that ended unpaid gives the use back.
    await rows(house, "UPDATE orders SET status = 'expired' WHERE id = $1", uuid.UUID(order["id"]))
    ok(await second.checkout(other["id"], code), 201)


async def test_an_amount_is_taken_off_once_and_never_more_than_there_is_to_pay(
    house: Product, owner: Organizer, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=1_000)
    await _made(owner, event, code="TEN", basis_points=None, amount_minor=1_000)
    await _made(owner, event, code="LOTS", basis_points=None, amount_minor=100_000)
    buyer = new_buyer()
    hold = await buyer.hold_ok(event, [1, 2, 3])
    order = ok(await buyer.checkout(hold["id"], {"discount_code": "TEN"}), 201)["order"]
    assert order["total_minor"] == 2_000
    assert sorted(line["discount_minor"] for line in order["lines"]) == [333, 333, 334]
    other = new_buyer()
    hold = await other.hold_ok(event, [4])
    order = ok(await other.checkout(hold["id"], {"discount_code": "LOTS"}), 201)["order"]
    assert (order["total_minor"], order["status"]) == (0, "confirmed")
