"""A steward's slip is undone: by who made it, soon, and for everybody to see."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.support import (
    Buyer,
    Organizer,
    locking,
    ok,
    patient,
    problem,
    rows,
    until_waiting,
)

NewBuyer = Callable[[], Buyer]


class Door:
    """One device of an event."""

    def __init__(self, client: httpx.AsyncClient, scanner_key: str) -> None:
        self._client, self._key = client, {"X-Scanner-Key": scanner_key}

    async def scan(self, token: str) -> httpx.Response:
        body = {"token": token, "gate": "North"}
        return await self._client.post("/v1/checkin/scans", json=body, headers=self._key)

    async def undo(self, *scan_ids: str, key: str | None = None) -> httpx.Response:
        headers = self._key | ({"Idempotency-Key": key} if key else {})
        body = {"scan_ids": scan_ids}
        return await self._client.post("/v1/checkin/undo", json=body, headers=headers)


async def _status(buyer: Buyer, order: dict[str, Any]) -> str:
    return str((await buyer.order(order["id"]))["tickets"][0]["status"])


async def test_whom_a_door_let_in_by_mistake_is_outside_again(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    door = Door(client, event.scanner_key)
    order = await buyer.buy(event, [1])
    token, label = order["tickets"][0]["scan_token"], order["tickets"][0]["label"]
    slip = ok(await door.scan(token))
    answers = await asyncio.gather(*(door.undo(slip["scan_id"]) for _ in range(4)))
    undone = sorted(ok(answer)["undone"] for answer in answers)
    assert undone == [0, 0, 0, 1], "asked at once, it is done once"
    assert await _status(buyer, order) == "valid"

    again = ok(await door.scan(token))
    assert ok(await door.undo(slip["scan_id"])) == {"undone": 0, "labels": []}
    assert await _status(buyer, order) == "used", "who came in since then stays in"
    problem(await door.scan(token), 409, "ticket-already-used")
    assert ok(await door.undo(again["scan_id"])) == {"undone": 1, "labels": [label]}

    asked = "SELECT result, undone_at IS NOT NULL FROM scans WHERE event_id = $1 ORDER BY version"
    kept = await rows(house, asked, event.id)
    assert [tuple(row) for row in kept] == [
        ("admitted", True), ("undone", False), ("admitted", True), ("duplicate", False),
        ("undone", False),
    ]  # fmt: skip
    owner = Organizer(house, client)
    subject = f"ticket:{order['tickets'][0]['id']}"
    log = ok(await owner.call("GET", f"/v1/audit?subject={subject}"))["items"]
    assert [entry["action"] for entry in log] == ["admission.undone"] * 2
    assert log[0]["actor"].startswith("scanner:")
    assert log[0]["data"] == {"event_id": str(event.id), "label": label, "gate": "North"}


async def test_who_undoes_several_waits_for_their_tickets_before_the_clock(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """As who pays one of them back has its ticket, and takes the clock then."""
    event, buyer = house.event(), new_buyer()
    door, order = Door(client, event.scanner_key), await buyer.buy(event, [1, 2])
    slips = [ok(await door.scan(ticket["scan_token"]))["scan_id"] for ticket in order["tickets"]]
    ticket, ticket_id = "SELECT 1 FROM tickets WHERE id = $1 FOR UPDATE", order["tickets"][1]["id"]
    async with locking(house, ticket, uuid.UUID(ticket_id)) as refunding:
        undoing = asyncio.create_task(patient(lambda: door.undo(*slips)))
        await until_waiting(house, 1)
        clock = """SELECT 1 FROM event_clock WHERE event_id = $1 AND stream = 'scans'
                   FOR NO KEY UPDATE NOWAIT"""
        assert len(await refunding.fetch(clock, event.id)) == 1
    assert ok(await undoing)["undone"] == 2


async def test_only_the_key_that_let_somebody_in_undoes_it_and_only_soon(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, other = house.event(), house.event()
    owner, door = Organizer(house, client), Door(client, event.scanner_key)
    order = await new_buyer().buy(event, [1, 2])
    first, second = [
        ok(await door.scan(ticket["scan_token"]))["scan_id"] for ticket in order["tickets"]
    ]
    twice = problem(await door.scan(order["tickets"][0]["scan_token"]), 409, "ticket-already-used")
    path = f"/v1/events/{event.id}/scanner-keys"
    south = Door(client, ok(await owner.call("POST", path, {"name": "South"}), 201)["key"])
    for stranger in (south, Door(client, other.scanner_key)):
        problem(await stranger.undo(first), 404, "not-found")
    refused = await client.post(
        "/v1/checkin/undo", json={"scan_ids": [first]}, headers=house.operator()
    )
    problem(refused, 401, "unauthenticated")
    for nothing in (twice["scan_id"], str(uuid.uuid4())):
        problem(await door.undo(first, nothing), 404, "not-found")
    problem(await door.undo(), 400, "bad-request")

    late = "UPDATE scans SET scanned_at = now() - interval '121 seconds' WHERE id::text = $1"
    await rows(house, late, first)
    over = problem(await door.undo(first, second), 409, "too-late-to-undo")
    assert over["undo_s"] == 120
    assert ok(await door.undo(second, key="k")) == ok(await door.undo(second, key="k"))
    kept = await rows(house, "SELECT result FROM scans WHERE event_id = $1", event.id)
    assert sorted(row[0] for row in kept) == ["admitted", "admitted", "duplicate", "undone"]


async def test_a_ticket_that_went_back_meanwhile_stays_so(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    door, order = Door(client, event.scanner_key), await buyer.buy(event, [1])
    slip = ok(await door.scan(order["tickets"][0]["scan_token"]))
    given_back = "UPDATE tickets SET status = 'refunded' WHERE id::text = $1"
    await rows(house, given_back, order["tickets"][0]["id"])
    assert ok(await door.undo(slip["scan_id"]))["undone"] == 1
    assert await _status(buyer, order) == "refunded"
