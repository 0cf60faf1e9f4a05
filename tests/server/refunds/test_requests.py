"""Buyers ask for their money, organizers answer, and the answer stands."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.support import Buyer, Organizer, ok, problem, rows

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def organizer(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


async def _ask(buyer: Buyer, order: Any, **wish: Any) -> httpx.Response:
    return await buyer.call("POST", f"/v1/orders/{order['id']}/refund-requests", wish)


async def _answer(organizer: Organizer, request: Any, verb: str, **said: Any) -> httpx.Response:
    return await organizer.call("POST", f"/v1/refund-requests/{request['id']}/{verb}", said)


async def _told(house: Product, order: Any) -> list[str]:
    found = await rows(
        house,
        """SELECT type FROM outbox WHERE subject = $1 AND type LIKE 'order.refund\\_%'
           ORDER BY position""",
        f"order:{order['id']}",
    )
    return [row[0] for row in found]


async def test_what_a_buyer_asks_for_goes_back_once_the_organizer_agrees(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2])
    line = next(line["id"] for line in order["lines"] if line["seat_idx"] == 2)
    asked = ok(await _ask(buyer, order, parts=[{"id": line}], reason="Ill"), 201)
    assert (asked["status"], asked["reason"]) == ("open", "Ill")
    problem(await _ask(buyer, order), 409, "request-open")
    assert (await buyer.order(order["id"]))["status"] == "confirmed"
    listed = ok(await organizer.call("GET", f"/v1/refund-requests?event_id={event.id}&status=open"))
    assert [one["id"] for one in listed["items"]] == [asked["id"]]
    answers = await asyncio.gather(
        *(_answer(organizer, asked, "approve", words="Get well") for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    after = await buyer.order_when(order["id"], "partially_refunded")
    assert {line["seat_idx"] for line in after["lines"] if line["live"]} == {1}
    [mine] = ok(await buyer.call("GET", f"/v1/orders/{order['id']}/refund-requests"))["items"]
    assert (mine["status"], mine["words"]) == ("approved", "Get well")
    [refund] = ok(await organizer.call("GET", f"/v1/orders/{order['id']}/refunds"))["items"]
    assert (refund["id"], refund["cause"]) == (mine["refund_id"], "request")
    assert await _told(house, order) == ["order.refund_requested", "order.refund_approved"]


async def test_a_request_that_is_declined_changes_nothing_and_may_come_again(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1])
    asked = ok(await _ask(buyer, order), 201)
    problem(await _answer(organizer, asked, "decline", words=""), 400, "bad-request")
    no = ok(await _answer(organizer, asked, "decline", words="Too late, sorry"))
    assert (no["status"], no["refund_id"]) == ("declined", None)
    problem(await _answer(organizer, asked, "approve"), 409, "request-decided")
    after = await buyer.order(order["id"])
    assert (after["status"], after["tickets"][0]["status"]) == ("confirmed", "valid")
    again = ok(await _ask(buyer, order, reason="Please"), 201)
    ok(await organizer.refund(order["id"]), 201)
    problem(await _answer(organizer, again, "approve"), 409, "not-refundable")
    ok(await _answer(organizer, again, "decline", words="You have it already"))
    problem(await _ask(buyer, order), 409, "not-refundable")


async def test_after_the_window_a_buyer_says_why(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer, other = house.event(), new_buyer(), new_buyer()
    order = await buyer.buy(event, [1])
    policy = {"allow_refunds_until": "2026-01-01T00:00:00Z"}
    ok(await organizer.call("PUT", f"/v1/events/{event.id}/refund-policy", policy))
    problem(await _ask(buyer, order), 400, "bad-request")
    problem(await _ask(other, order, reason="Mine"), 404, "not-found")
    asked = ok(await _ask(buyer, order, reason="Broken leg"), 201)
    ok(await _answer(organizer, asked, "approve"))
    await buyer.order_when(order["id"], "refunded")


async def test_requests_are_followed_page_by_page(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event = house.event()
    asked = []
    for seat in range(3):
        buyer = new_buyer()
        asked.append(ok(await _ask(buyer, await buyer.buy(event, [seat])), 201)["id"])
    for status, expected in (("open", asked), ("", asked[::-1])):
        path = f"/v1/refund-requests?event_id={event.id}&page_size=2"
        path += f"&status={status}" if status else ""
        first = ok(await organizer.call("GET", path))
        rest = ok(await organizer.call("GET", f"{path}&next_token={first['next_token']}"))
        found = [one["id"] for one in (*first["items"], *rest["items"])]
        assert (found, rest["next_token"]) == (expected, None)
