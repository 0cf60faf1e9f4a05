"""A ticket lets one person in, once, at its own event's doors."""

import asyncio
import hashlib
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from server.tickets.codes import Codes
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, ok, problem, rows

NewBuyer = Callable[[], Buyer]
SCANS = "/v1/checkin/scans"


async def _scan(
    client: httpx.AsyncClient, event: Event, token: str, gate: str = "North", **headers: str
) -> httpx.Response:
    sent = {"X-Scanner-Key": event.scanner_key} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return await client.post(SCANS, json={"token": token, "gate": gate}, headers=sent)


async def test_a_ticket_is_used_once_under_twenty_scanners(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2])
    token = order["tickets"][0]["scan_token"]

    async def scan(at: int) -> httpx.Response:
        url = f"{house.base_urls[at % 2]}{SCANS}"
        headers = {"X-Scanner-Key": event.scanner_key}
        body = {"token": token, "gate": f"Gate {at % 3}"}
        return await client.post(url, json=body, headers=headers)

    answers = await asyncio.gather(*(scan(at) for at in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    [admitted] = [answer.json() for answer in answers if answer.status_code == 200]
    assert admitted["result"] == "admitted"
    assert (admitted["label"], admitted["name"]) == (order["tickets"][0]["label"], "Ada")
    for answer in answers:
        if answer.status_code == 409:
            refused = problem(answer, 409, "ticket-already-used")
            assert refused["first_scanned_at"] == admitted["scanned_at"]
    after = (await buyer.order(order["id"]))["tickets"]
    assert sorted(ticket["status"] for ticket in after) == ["used", "valid"]
    kept = await rows(house, "SELECT version FROM scans WHERE event_id = $1", event.id)
    versions = sorted(row[0] for row in kept)
    # The first version of this clock is that of the tickets: doors show how many are expected.
    assert versions == list(range(2, 22)), "every scan is kept, in order"


async def test_a_repeated_scan_with_its_key_is_the_same_admission(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    order = await new_buyer().buy(event, [1])
    token = order["tickets"][0]["scan_token"]
    answers = await asyncio.gather(
        *(_scan(client, event, token, Idempotency_Key="k") for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    other = await _scan(client, event, token, "South", Idempotency_Key="k")
    problem(other, 422, "idempotency-key-reused")
    refusals = [await _scan(client, event, token, Idempotency_Key="again") for _ in range(2)]
    facts = [problem(answer, 409, "ticket-already-used") for answer in refusals]
    assert facts[0]["scan_id"] == facts[1]["scan_id"]
    kept = await rows(house, "SELECT count(*) FROM scans WHERE event_id = $1", event.id)
    assert kept[0][0] == 2


async def test_a_forged_or_foreign_ticket_lets_nobody_in(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, other = house.event(), house.event()
    buyer = new_buyer()
    order = await buyer.buy(event, [1])
    ticket = order["tickets"][0]
    token = ticket["scan_token"]
    strange = Codes([bytes(32)]).scan_token(uuid.UUID(ticket["id"]), event.id)
    never = Codes([bytes.fromhex(house.environ["TICKET_KEY"])]).scan_token(uuid.uuid4(), event.id)
    for forged in (strange, never, token[:-1], token[:20] + "A" * 20, ticket["code"], "\0", "🎟"):
        problem(await _scan(client, event, forged), 404, "ticket-unknown")
    problem(await _scan(client, other, token), 409, "ticket-not-valid")
    assert (await buyer.order(order["id"]))["tickets"][0]["status"] == "valid"
    ok(await _scan(client, event, token))


@pytest.mark.parametrize("status", ["void", "refunded"])
async def test_a_ticket_that_was_given_back_lets_nobody_in(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, status: str
) -> None:
    event = house.event()
    ticket = (await new_buyer().buy(event, [1]))["tickets"][0]
    await rows(house, "UPDATE tickets SET status = $2 WHERE id::text = $1", ticket["id"], status)
    problem(await _scan(client, event, ticket["scan_token"]), 409, "ticket-not-valid")


async def test_a_revoked_key_opens_no_door(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    token = (await new_buyer().buy(event, [1]))["tickets"][0]["scan_token"]
    digest = hashlib.sha256(event.scanner_key.encode()).digest()
    await rows(house, "UPDATE scanner_keys SET revoked_at = now() WHERE key_hash = $1", digest)
    problem(await _scan(client, event, token), 401, "unauthenticated")


@pytest.mark.parametrize(
    "body",
    [
        {"token": ""},
        {"token": "x" * 1_001},
        {"token": 7},
        {"gate": "x" * 61, "token": "x"},
        {"gate": "A\0", "token": "x"},
        {"token": "x", "event": 1},
        {},
    ],
)
async def test_a_scan_that_cannot_be_is_refused(
    house: Product, client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    event = house.event()
    answer = await client.post(SCANS, json=body, headers={"X-Scanner-Key": event.scanner_key})
    problem(answer, 400, "bad-request")
    assert (await rows(house, "SELECT count(*) FROM scans WHERE event_id = $1", event.id))[0][
        0
    ] == 0
