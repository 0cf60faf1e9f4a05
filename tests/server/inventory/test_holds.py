"""A hold is all or nothing, its buyer's own, and one per Idempotency-Key."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.support import Buyer, ok, problem, rows, selection, state_of

NewBuyer = Callable[[], Buyer]


def _facts(answer: httpx.Response) -> dict[str, Any]:
    """A problem without the one member that names the request itself."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}


async def _holds(house: Product, event_id: uuid.UUID) -> int:
    found = await rows(house, "SELECT count(*) FROM holds WHERE event_id = $1", event_id)
    return found[0][0]


# ---------------------------------------------------------------- idempotency


async def test_same_key_and_body_give_the_same_bytes_and_one_hold(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    for seat, areas in enumerate((["gallery", "dance-floor"], ["dance-floor", "gallery"])):
        pools = dict.fromkeys(areas, 2)
        first = await buyer.hold(event, [seat], pools, key=f"k{seat}")
        again = await buyer.hold(event, [seat], pools, key=f"k{seat}")
        assert first.status_code == 201
        assert (again.status_code, again.content) == (201, first.content)
    assert await _holds(house, event.id) == 2


async def test_a_refusal_is_remembered_too(house: Product, new_buyer: NewBuyer) -> None:
    event, fast, slow = house.event(), new_buyer(), new_buyer()
    held = await fast.hold_ok(event, [5])
    refused = await slow.hold(event, [4, 5], key="k")
    problem(refused, 409, "seats-taken")
    await fast.call("DELETE", f"/v1/holds/{held['id']}")
    again = await slow.hold(event, [4, 5], key="k")
    assert again.status_code == 409
    assert _facts(again) == _facts(refused)
    assert ok(await slow.hold(event, [4, 5], key="new"), 201)


async def test_a_key_with_another_request_is_refused(house: Product, new_buyer: NewBuyer) -> None:
    event, other, buyer = house.event(), house.event(), new_buyer()
    hold = ok(await buyer.hold(event, [1], key="k"), 201)
    for answer in (
        await buyer.hold(event, [2], key="k"),
        await buyer.hold(other, [1], key="k"),
        await buyer.change(hold["id"], {"extend": True}, key="k"),
        await buyer.checkout(hold["id"], key="k"),
    ):
        problem(answer, 422, "idempotency-key-reused")
    assert await _holds(house, other.id) == 0


async def test_a_key_is_one_buyers_own(house: Product, new_buyer: NewBuyer) -> None:
    event = house.event()
    first = ok(await new_buyer().hold(event, [1], key="k"), 201)
    second = ok(await new_buyer().hold(event, [2], key="k"), 201)
    assert first["id"] != second["id"]


async def test_twenty_concurrent_twins_make_one_hold(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Half of them through another web process."""
    event, buyer = house.event(), new_buyer()
    path, body = f"/v1/events/{event.id}/holds", selection(event, [9, 10])
    answers = await asyncio.gather(
        *(
            buyer.call("POST", f"{house.base_urls[at % 2]}{path}", body, key="twin")
            for at in range(20)
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await _holds(house, event.id) == 1


async def test_an_invalid_request_does_not_use_up_its_key(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    problem(await buyer.hold(event, [9_999], key="k"), 422, "selection-invalid")
    assert ok(await buyer.hold(event, [9], key="k"), 201)


async def test_a_repeated_change_changes_once(house: Product, new_buyer: NewBuyer) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, pools={"gallery": 1})
    more = {"add": selection(event, pools={"gallery": 2})}
    answers = await asyncio.gather(*(buyer.change(hold["id"], more, key="c") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["pools"][0]["quantity"] == 3


# ---------------------------------------------------------------- all or nothing


async def test_a_refusal_names_exactly_what_was_taken_and_holds_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(capacities={"dance-floor": 5, "gallery": 5})
    await new_buyer().hold_ok(event, [3, 40], {"dance-floor": 4})
    before = await state_of(client, event)
    asked = {"dance-floor": 2, "gallery": 2}
    refused = problem(await new_buyer().hold(event, [2, 3, 40, 41], asked), 409, "seats-taken")
    assert refused["seats"] == [3, 40]
    floor = str(event.pools["dance-floor"])
    assert refused["pools"] == [{"pool_id": floor, "requested": 2, "available": 1}]
    assert await state_of(client, event) == before
    assert await _holds(house, event.id) == 1


async def test_seats_and_places_are_held_together(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=1_500, capacities={"gallery": 7})
    buyer = new_buyer()
    hold = await buyer.hold_ok(event, [12, 13], {"gallery": 3})
    assert (hold["status"], hold["currency"], hold["total_minor"]) == ("active", "EUR", 7_500)
    assert [seat["idx"] for seat in hold["seats"]] == [12, 13]
    assert all(seat["label"] for seat in hold["seats"])
    assert [(pool["quantity"], pool["price_minor"]) for pool in hold["pools"]] == [(3, 1_500)]
    seats, pools = await state_of(client, event)
    assert [at for at, state in enumerate(seats) if state] == [12, 13]
    assert pools == [400, 4]
    listed = ok(await buyer.call("GET", f"/v1/events/{event.id}/holds"))["items"]
    assert [held["id"] for held in listed] == [hold["id"]]


async def test_a_change_is_all_or_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(capacities={"gallery": 4})
    other, buyer = new_buyer(), new_buyer()
    await other.hold_ok(event, [20], {"gallery": 2})
    hold = await buyer.hold_ok(event, [1, 2], {"gallery": 1})
    before = await state_of(client, event)
    wish = {
        "add": selection(event, [3, 20], {"gallery": 2}),
        "remove": {"seats": [1]},
        "extend": True,
    }
    refused = problem(await buyer.change(hold["id"], wish), 409, "seats-taken")
    assert (refused["seats"], refused["pools"][0]["available"]) == ([20], 1)
    assert await state_of(client, event) == before
    kept = ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))
    assert (kept["seats"], kept["expires_at"]) == (hold["seats"], hold["expires_at"])
    wish["add"] = selection(event, [3], {"gallery": 1})
    changed = ok(await buyer.change(hold["id"], wish))
    assert [seat["idx"] for seat in changed["seats"]] == [2, 3]
    assert changed["pools"][0]["quantity"] == 2
    seats, pools = await state_of(client, event)
    assert [at for at, state in enumerate(seats) if state] == [2, 3, 20]
    assert pools[1] == 0


async def test_an_extension_ends_where_it_must(house: Product, new_buyer: NewBuyer) -> None:
    event, buyer = house.event(hold_ttl_s=60), new_buyer()
    hold = await buyer.hold_ok(event, [1], {"gallery": 1})
    created, bound = _time(hold["created_at"]), _time(hold["extendable_until"])
    assert bound - created == dt.timedelta(seconds=120)
    extended = ok(await buyer.change(hold["id"], {"extend": True}))
    assert _time(hold["expires_at"]) < _time(extended["expires_at"]) <= bound
    # As if the hold had been made 110 s ago and kept alive since.
    past = """UPDATE holds SET created_at = now() - interval '110 s',
                               extendable_until = now() + interval '10 s',
                               expires_at = now() + interval '5 s' WHERE id = $1"""
    await rows(house, past, uuid.UUID(hold["id"]))
    last = ok(await buyer.change(hold["id"], {"extend": True}))
    assert last["expires_at"] == last["extendable_until"]
    again = ok(await buyer.change(hold["id"], {"extend": True}))
    assert again["expires_at"] == last["expires_at"]
    kept = await rows(
        house,
        "SELECT held_until FROM seats WHERE hold_id = $1",
        uuid.UUID(hold["id"]),
    )
    assert {row[0] for row in kept} == {_time(last["expires_at"])}


async def test_a_hold_cannot_become_empty_or_too_large(house: Product, new_buyer: NewBuyer) -> None:
    event, buyer = house.event(seats_per_hold_max=3), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2], {"gallery": 1})
    grown = await buyer.change(hold["id"], {"add": {"seats": [3]}})
    assert problem(grown, 422, "too-many-places")["limit"] == 3
    everything = selection(event, [1, 2], {"gallery": 1})
    problem(await buyer.change(hold["id"], {"remove": everything}), 422, "selection-invalid")
    swapped = {"remove": {"seats": [1]}, "add": {"seats": [3]}}
    assert ok(await buyer.change(hold["id"], swapped))


async def test_releasing_twice_is_releasing_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1], {"gallery": 2})
    path = f"/v1/holds/{hold['id']}"
    answers = await asyncio.gather(*(buyer.call("DELETE", path) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {204}
    assert ok(await buyer.call("GET", path))["status"] == "released"
    seats, pools = await state_of(client, event)
    assert (sum(seats), pools) == (0, [400, 80])
    version = ok(await client.get(f"/v1/events/{event.id}/seats"))["v"]
    assert version == 2, "one hold, one release, nothing else"
    problem(await buyer.change(hold["id"], {"extend": True}), 409, "hold-over")
    assert ok(await buyer.call("GET", f"/v1/events/{event.id}/holds"))["items"] == []


async def test_a_foreign_hold_does_not_exist(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer, stranger = house.event(), new_buyer(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    for hold_id in (hold["id"], str(uuid.uuid4()), "nonsense"):
        path = f"/v1/holds/{hold_id}"
        problem(await stranger.call("GET", path), 404, "not-found")
        problem(await stranger.change(hold_id, {"extend": True}), 404, "not-found")
        problem(await stranger.call("DELETE", path), 404, "not-found")
    problem(await stranger.checkout(hold["id"]), 404, "not-found")
    assert ok(await stranger.call("GET", f"/v1/events/{event.id}/holds"))["items"] == []
    assert (await state_of(client, event))[0][1] == 1
    assert ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))["status"] == "active"


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
