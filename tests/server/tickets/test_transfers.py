"""A ticket that changes hands is one ticket: the old code opens nothing once there is a new one."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from server.kernel import ids
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, ok, problem, rows, until

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def organizer(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


async def _offer(buyer: Buyer, ticket: dict[str, Any], to: str = "bo@friend.example", **more: str):
    path = f"/v1/tickets/{ticket['id']}/transfer"
    return await buyer.call("PUT", path, {"to_address": to}, **more)


async def _token(house: Product, offer: dict[str, Any]) -> str:
    """A token of the test's own for the offer: the real one is in the mail alone."""
    token = f"fht_{ids.uuid7().hex}"
    statement = "UPDATE ticket_transfers SET token_hash = $2 WHERE id::text = $1"
    await rows(house, statement, offer["id"], ids.digest(token))
    return token


async def _accept(buyer: Buyer, token: str, name: str = "Bo", **more: str) -> httpx.Response:
    return await buyer.call(
        "POST", "/v1/transfers/acceptances", {"token": token, "name": name}, **more
    )


async def _scan(house: Product, client: httpx.AsyncClient, event: Event, token: str):
    headers = {"X-Scanner-Key": event.scanner_key}
    return await client.post("/v1/checkin/scans", json={"token": token}, headers=headers)


async def _bought(house: Product, new_buyer: NewBuyer) -> tuple[Buyer, Event, dict[str, Any]]:
    buyer, event = new_buyer(), house.event()
    return buyer, event, await buyer.buy(event, [1])


async def test_who_takes_a_ticket_has_it_and_who_gave_it_has_none(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    giver, event, order = await _bought(house, new_buyer)
    old = order["tickets"][0]
    offer = ok(await _offer(giver, old))
    assert (offer["ticket_id"], offer["to_address"]) == (old["id"], "bo@friend.example")
    assert (await giver.order(order["id"]))["tickets"] == [old], "until it is taken nothing changes"
    taker, token = new_buyer(), await _token(house, offer)
    new = ok(await _accept(taker, token, key="k1"), 201)
    assert ok(await _accept(taker, token, key="k1"), 201) == new
    assert (new["label"], new["holder_name"], new["status"]) == (old["label"], "Bo", "valid")
    assert new["code"] != old["code"]
    assert new["scan_token"] != old["scan_token"]
    [given] = (await giver.order(order["id"]))["tickets"]
    assert (given["id"], given["status"]) == (old["id"], "void")
    assert ok(await taker.call("GET", "/v1/me/tickets"))["items"] == [new]
    problem(await _scan(house, client, event, old["scan_token"]), 409, "ticket-not-valid")
    ok(await _scan(house, client, event, new["scan_token"]))
    [told] = await _told(house, order, "transferred")
    assert (told["ticket_id"], told["from_ticket_id"]) == (new["id"], old["id"])


async def test_of_many_who_take_a_ticket_at_once_one_has_it(
    house: Product, new_buyer: NewBuyer
) -> None:
    giver, _, order = await _bought(house, new_buyer)
    token = await _token(house, ok(await _offer(giver, order["tickets"][0])))
    answers = await asyncio.gather(*(_accept(new_buyer(), token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    live = "SELECT count(*) FROM tickets WHERE order_id::text = $1 AND status = 'valid'"
    assert (await rows(house, live, order["id"]))[0][0] == 1


async def test_an_offer_ends_when_it_is_taken_back_or_made_anew_or_over(
    house: Product, new_buyer: NewBuyer
) -> None:
    giver, _, order = await _bought(house, new_buyer)
    ticket, taker = order["tickets"][0], new_buyer()
    first = await _token(house, ok(await _offer(giver, ticket)))
    second = await _token(house, ok(await _offer(giver, ticket, "cy@friend.example")))
    problem(await _accept(taker, first), 409, "transfer-over")
    path = f"/v1/tickets/{ticket['id']}/transfer"
    assert (await giver.call("DELETE", path)).status_code == 204
    problem(await giver.call("DELETE", path), 409, "transfer-over")
    problem(await _accept(taker, second), 409, "transfer-over")
    third = ok(await _offer(giver, ticket))
    token = await _token(house, third)
    over = "UPDATE ticket_transfers SET expires_at = now() WHERE id::text = $1"
    await rows(house, over, third["id"])
    problem(await _accept(taker, token), 409, "transfer-over")
    problem(await _accept(taker, "fht_guessed"), 409, "transfer-over")
    assert (await giver.order(order["id"]))["tickets"] == [ticket]


async def test_what_cannot_be_given_is_refused_and_says_why(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    giver, event, order = await _bought(house, new_buyer)
    ticket = order["tickets"][0]
    for address in ("nowhere", "a b@c.example", order["email"].upper()):
        refused = problem(await _offer(giver, ticket, address), 422, "transfer-refused")
        assert refused["field"] == "to_address"
    problem(await _offer(new_buyer(), ticket), 404, "not-found")
    ok(await _scan(house, client, event, ticket["scan_token"]))
    problem(await _offer(giver, ticket), 409, "ticket-over")


async def test_a_ticket_that_is_scanned_is_not_taken_any_more(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    giver, event, order = await _bought(house, new_buyer)
    ticket = order["tickets"][0]
    token = await _token(house, ok(await _offer(giver, ticket)))
    ok(await _scan(house, client, event, ticket["scan_token"]))
    problem(await _accept(new_buyer(), token), 409, "ticket-over")
    assert (await giver.order(order["id"]))["tickets"][0]["status"] == "used"


async def test_a_lost_ticket_is_issued_again_and_the_lost_one_opens_no_door(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    buyer, event, order = await _bought(house, new_buyer)
    old = order["tickets"][0]
    path = f"/v1/tickets/{old['id']}/reissues"
    new = ok(await organizer.call("POST", path, {}, key="again"), 201)
    assert ok(await organizer.call("POST", path, {}, key="again"), 201) == new
    problem(await organizer.call("POST", path, {}), 409, "ticket-over")
    assert new["code"] != old["code"]
    problem(await _scan(house, client, event, old["scan_token"]), 409, "ticket-not-valid")
    ok(await _scan(house, client, event, new["scan_token"]))
    shown = {
        ticket["id"]: ticket["status"] for ticket in (await buyer.order(order["id"]))["tickets"]
    }
    assert shown == {old["id"]: "void", new["id"]: "used"}
    [told] = await _told(house, order, "reissued")
    assert told["from_ticket_id"] == old["id"]
    [entry] = [
        each for each in ok(await organizer.call("GET", "/v1/audit"))["items"]
        if each["action"] == "ticket.reissued" and each["subject"] == f"ticket:{new['id']}"
    ]  # fmt: skip
    assert entry["data"]["from"] == old["id"]


async def test_what_was_given_away_is_void_when_its_order_is_paid_back(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    giver, _, order = await _bought(house, new_buyer)
    taker = new_buyer()
    token = await _token(house, ok(await _offer(giver, order["tickets"][0])))
    new = ok(await _accept(taker, token), 201)
    ok(await organizer.refund(order["id"]), 201)
    await giver.order_when(order["id"], "refunded")

    async def is_refunded() -> bool:
        shown = ok(await taker.call("GET", f"/v1/tickets/{new['id']}"))
        return shown["status"] == "refunded"

    await until(is_refunded)


async def _told(house: Product, order: dict[str, Any], verb: str) -> list[dict[str, Any]]:
    told = "SELECT data FROM outbox WHERE type = $1 AND subject = $2"
    found = await rows(house, told, f"fulfillment.{verb}", f"order:{order['id']}")
    return [json.loads(row["data"]) for row in found]
