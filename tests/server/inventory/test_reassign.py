"""Another seat instead of this one: of a hold by its buyer, of a sold line by the organizer."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, ok, pay, problem, rows, state_of

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def organizer(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


async def _version(client: httpx.AsyncClient, event: Event) -> int:
    return ok(await client.get(f"/v1/events/{event.id}/seats"))["v"]


async def _taken(client: httpx.AsyncClient, event: Event) -> dict[int, int]:
    seats, _ = await state_of(client, event)
    return {at: state for at, state in enumerate(seats) if state}


def _line(order: dict[str, Any], seat_idx: int | None) -> str:
    return next(line["id"] for line in order["lines"] if line["seat_idx"] == seat_idx)


async def test_a_buyer_changes_seats_in_one_act(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2])
    await new_buyer().hold_ok(event, [4])
    version = await _version(client, event)
    refused = await buyer.change(hold["id"], {"add": {"seats": [3, 4]}, "remove": {"seats": [1]}})
    assert problem(refused, 409, "seats-taken")["seats"] == [4]
    assert await _taken(client, event) == {1: 1, 2: 1, 4: 1}
    ok(await buyer.change(hold["id"], {"add": {"seats": [3]}, "remove": {"seats": [1]}}))
    assert await _taken(client, event) == {2: 1, 3: 1, 4: 1}
    assert await _version(client, event) == version + 1


async def test_an_organizer_sees_who_has_a_seat(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2])
    path = f"/v1/events/{event.id}/seats"
    [sold] = ok(await organizer.call("GET", f"{path}/1/lines"))["items"]
    assert (sold["order_id"], sold["line_id"]) == (order["id"], _line(order, 1))
    assert (sold["name"], sold["email"]) == (order["name"], order["email"])
    ok(await organizer.reassign(order["id"], sold["line_id"], 70))
    assert ok(await organizer.call("GET", f"{path}/1/lines"))["items"] == []
    assert ok(await organizer.call("GET", f"{path}/70/lines"))["items"] != []
    problem(await buyer.call("GET", f"{path}/70/lines"), 401, "unauthenticated")


async def test_a_sold_seat_is_exchanged_for_a_free_one_with_its_ticket(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2], {"gallery": 1})
    version, line_id = await _version(client, event), _line(order, 1)
    line = ok(await organizer.reassign(order["id"], line_id, 70))
    assert (line["id"], line["seat_idx"], line["live"]) == (line_id, 70, True)
    assert await _taken(client, event) == {2: 2, 70: 2}
    assert await _version(client, event) == version + 1
    after = await buyer.order(order["id"])
    assert {one["seat_idx"] for one in after["lines"]} == {70, 2, None}
    before = {ticket["id"]: ticket for ticket in order["tickets"]}
    moved = [t for t in after["tickets"] if t["label"] != before[t["id"]]["label"]]
    assert [ticket["label"] for ticket in moved] == [line["label"]]
    assert moved[0]["scan_token"] == before[moved[0]["id"]]["scan_token"]
    assert after["total_minor"] == order["total_minor"]
    [told] = await rows(
        house,
        "SELECT data FROM outbox_events WHERE type = 'inventory.seat.reassigned' AND subject = $1",
        f"hold:{order['hold_id']}",
    )
    data = json.loads(told["data"])
    assert (data["seat_idx"], data["to_seat_idx"], data["version"]) == (1, 70, version + 1)
    await new_buyer().buy(event, [1])
    admitted = await client.post(
        "/v1/checkin/scans",
        json={"token": moved[0]["scan_token"]},
        headers={"X-Scanner-Key": event.scanner_key},
    )
    assert ok(admitted)["label"] == line["label"]


async def test_a_seat_that_somebody_has_is_no_exchange(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2])
    await new_buyer().hold_ok(event, [3])
    ok(await organizer.block(event, [4]))
    before, version = await _taken(client, event), await _version(client, event)
    for seat in (2, 3, 4):
        refused = await organizer.reassign(order["id"], _line(order, 1), seat)
        assert problem(refused, 409, "seats-taken")["seats"] == [seat]
    same = ok(await organizer.reassign(order["id"], _line(order, 1), 1))
    assert same["seat_idx"] == 1
    assert (await _taken(client, event), await _version(client, event)) == (before, version)


async def test_only_what_is_sold_and_has_a_seat_gets_another(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1], {"gallery": 1})
    answer = await organizer.reassign(order["id"], _line(order, None), 9)
    problem(answer, 409, "line-not-sold")
    problem(await organizer.reassign(order["id"], _line(order, 1), 999), 422, "selection-invalid")
    problem(await organizer.reassign(order["id"], str(uuid.uuid4()), 9), 404, "not-found")
    problem(await organizer.reassign(str(uuid.uuid4()), _line(order, 1), 9), 404, "not-found")
    hold = await buyer.hold_ok(event, [5])
    pending = (await buyer.checkout_ok(hold["id"]))["order"]
    problem(await organizer.reassign(pending["id"], _line(pending, 5), 9), 409, "line-not-sold")
    assert await _taken(client, event) == {1: 2, 5: 1}


async def test_one_key_moves_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1])
    line_id, key = _line(order, 1), f"{event.id}"
    answers = await asyncio.gather(
        *(organizer.reassign(order["id"], line_id, 7, key=key) for _ in range(4))
    )
    assert {answer.content for answer in answers} == {answers[0].content}
    ok(await organizer.reassign(order["id"], line_id, 8))
    assert ok(await organizer.reassign(order["id"], line_id, 7, key=key))["seat_idx"] == 7
    assert await _taken(client, event) == {8: 2}
    problem(
        await organizer.reassign(order["id"], line_id, 9, key=key), 422, "idempotency-key-reused"
    )


async def test_a_move_and_holds_at_once_give_a_seat_to_one(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    """Through two web processes: lines move to seats that buyers want, and leave wanted ones."""
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, list(range(10)))
    path = f"/v1/events/{event.id}/holds"
    asked = [
        one
        for at in range(10)
        for one in (
            organizer.call(
                "POST",
                f"{house.base_urls[1]}/v1/orders/{order['id']}/lines/{_line(order, at)}/seat",
                {"seat_idx": at + 20},
            ),
            new_buyer().call("POST", f"{house.base_urls[at % 2]}{path}", {"seats": [at + 20]}),
            new_buyer().call("POST", f"{house.base_urls[at % 2]}{path}", {"seats": [at]}),
        )
    ]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    sold = await rows(
        house,
        "SELECT seat_idx, order_line_id FROM seats WHERE event_id = $1 AND status = 2",
        event.id,
    )
    lines = {line["id"]: line["seat_idx"] for line in (await buyer.order(order["id"]))["lines"]}
    assert {str(row["order_line_id"]): row["seat_idx"] for row in sold} == lines
    tickets = await rows(
        house, "SELECT order_line_id, seat_idx FROM tickets WHERE event_id = $1", event.id
    )
    assert {str(row["order_line_id"]): row["seat_idx"] for row in tickets} == lines


async def test_a_line_moves_on_the_legs_it_was_sold_for(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer, other = house.event(legs=3), new_buyer(), new_buyer()
    path = f"/v1/events/{event.id}/holds"
    hold = ok(await buyer.call("POST", path, {"seats": [1], "legs": [1, 2]}), 201)
    started = await buyer.checkout_ok(hold["id"])
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    ok(await other.call("POST", path, {"seats": [2], "legs": [0, 0]}), 201)
    ok(await other.call("POST", path, {"seats": [3], "legs": [2, 2]}), 201)
    problem(await organizer.reassign(order["id"], _line(order, 1), 3), 409, "seats-taken")
    ok(await organizer.reassign(order["id"], _line(order, 1), 2))
    found = await rows(
        house,
        """SELECT status FROM seats
           WHERE event_id = $1 AND seat_idx IN (1, 2) ORDER BY seat_idx, leg""",
        event.id,
    )
    assert [row["status"] for row in found] == [0, 0, 0, 1, 2, 2]


def _chairs(event: Event, table_idx: int) -> list[int]:
    first, count = event.geometry.tables[table_idx].seats
    return list(range(first, first + count))


async def test_a_table_that_was_sold_whole_moves_to_another_table_or_stays_as_it_is(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(table_modes={"front": ("whole", None)}), new_buyer()
    old, crowded, new = (_chairs(event, table) for table in (0, 1, 2))
    order = await buyer.buy(event, old)
    lines = [_line(order, chair) for chair in old]
    await new_buyer().hold_ok(event, crowded)
    before, version = await _taken(client, event), await _version(client, event)
    refused = await organizer.move(order["id"], lines, table_idx=1)
    assert problem(refused, 409, "seats-taken")["seats"] == crowded
    assert (await _taken(client, event), await _version(client, event)) == (before, version)
    moved = ok(await organizer.move(order["id"], lines, table_idx=2))["items"]
    assert [(line["id"], line["seat_idx"]) for line in moved] == [*zip(lines, new, strict=True)]
    assert await _taken(client, event) == dict.fromkeys(crowded, 1) | dict.fromkeys(new, 2)
    assert await _version(client, event) == version + 1
    after = await buyer.order(order["id"])
    assert [ticket["label"] for ticket in after["tickets"]] == [line["label"] for line in moved]
    assert after["total_minor"] == order["total_minor"]
    same = ok(await organizer.move(order["id"], lines, table_idx=2))["items"]
    assert same == moved
    assert await _version(client, event) == version + 1
    await new_buyer().hold_ok(event, old)


async def test_some_chairs_go_where_a_table_has_room_and_seats_where_they_are_told(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    chairs = _chairs(event, 3)
    order = await buyer.buy(event, [1, 2])
    lines = [_line(order, 1), _line(order, 2)]
    await new_buyer().hold_ok(event, [chairs[0], chairs[2]])
    moved = ok(await organizer.move(order["id"], lines, table_idx=3))["items"]
    assert [line["seat_idx"] for line in moved] == [chairs[1], chairs[3]]
    # What one leaves is free only once all have moved.
    refused = await organizer.move(order["id"], lines, seats=[chairs[3], chairs[1]])
    assert problem(refused, 409, "seats-taken")["seats"] == [chairs[1], chairs[3]]
    moved = ok(await organizer.move(order["id"], lines, seats=[chairs[1], 60]))["items"]
    assert [line["seat_idx"] for line in moved] == [chairs[1], 60]
    for wish in (
        {}, {"seats": [5]}, {"seats": [5, 5]}, {"seats": [5, 9_999]}, {"table_idx": 999},
        {"seats": [5, 6], "table_idx": 4},
    ):  # fmt: skip
        problem(await organizer.move(order["id"], lines, **wish), 422, "selection-invalid")
    twice = await organizer.move(order["id"], lines[:1] * 2, seats=[5, 6])
    problem(twice, 422, "selection-invalid")
    strange = await organizer.move(order["id"], [lines[0], str(uuid.uuid4())], seats=[5, 6])
    problem(strange, 404, "not-found")
