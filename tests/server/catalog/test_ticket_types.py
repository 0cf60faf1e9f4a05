"""Places are sold as adult, child or member, at the price of their section, area or seat, and for
what they cost when they were held."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, end_in, ok, pay, problem, rows, selection

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def owner(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


@pytest.fixture
def event(house: Product) -> Event:
    return house.event(price_minor=2_500)


def _zone(event: Event, at: int) -> str:
    """The key of the zone that a seat is in."""
    seen = 0
    for count, zone in event.geometry.seats.zone:
        seen += count
        if at < seen:
            return event.geometry.zones[zone].key
    raise AssertionError(at)


async def _type(owner: Organizer, event: Event, name: str, price: int, **more: Any) -> Any:
    wish = {"zone": _zone(event, 1), "name": name, "price_minor": price} | more
    return ok(await owner.call("POST", f"/v1/events/{event.id}/ticket-types", wish), 201)


async def _default(owner: Organizer, event: Event, zone: str) -> dict[str, Any]:
    types = ok(await owner.call("GET", f"/v1/events/{event.id}/ticket-types"))["items"]
    return next(of for of in types if of["zone"] == zone and of["is_default"])


def _as(type_id: str, *seats: int) -> dict[str, Any]:
    return {"ticket_types": [{"ticket_type_id": type_id, "seats": list(seats)}]}


async def _hold(buyer: Buyer, event: Event, seats: list[int], more: Any, **key: str) -> Any:
    body = selection(event, seats) | more
    return await buyer.call("POST", f"/v1/events/{event.id}/holds", body, **key)


async def test_a_seat_is_sold_as_what_its_buyer_chose_for_what_that_costs(
    owner: Organizer, event: Event, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    child = await _type(owner, event, "Child", 900)
    offered = ok(await client.get(f"/v1/events/{event.id}"))["ticket_types"]
    assert ("Child", 900, False) in {
        (of["name"], of["price_minor"], of["is_default"]) for of in offered
    }
    buyer, key = new_buyer(), uuid.uuid4().hex
    answer = await _hold(buyer, event, [1, 2], _as(child["id"], 2), key=key)
    hold = ok(answer, 201)
    told = [(seat["ticket_type"], seat["price_minor"]) for seat in hold["seats"]]
    assert (told[0][1], told[1], hold["total_minor"]) == (2_500, ("Child", 900), 3_400)
    assert (await _hold(buyer, event, [1, 2], _as(child["id"], 2), key=key)).json() == hold
    path = f"/v1/holds/{hold['id']}"
    assert ok(await buyer.call("GET", path))["total_minor"] == 3_400
    both = ok(await buyer.call("PUT", f"{path}/ticket-types", _as(child["id"], 1, 2)))
    assert both["total_minor"] == 1_800
    ok(await buyer.call("PUT", f"{path}/ticket-types", _as(child["id"], 1)))

    started = await buyer.checkout_ok(hold["id"])
    assert started["order"]["total_minor"] == 3_400
    lines = {line["seat_idx"]: line for line in started["order"]["lines"]}
    assert (lines[1]["ticket_type"], lines[1]["unit_price_minor"]) == ("Child", 900)
    assert (lines[2]["ticket_type_id"] != child["id"], lines[2]["unit_price_minor"]) == (
        True,
        2_500,
    )
    refused = await buyer.call("PUT", f"{path}/ticket-types", {"ticket_types": []})
    problem(refused, 409, "hold-ordered")
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert order["total_minor"] == 3_400


async def test_a_type_that_is_not_offered_is_refused_and_nothing_is_held(
    owner: Organizer, event: Event, new_buyer: NewBuyer, client: httpx.AsyncClient
) -> None:
    secret = await _type(owner, event, "Crew", 0, visibility="code", access_code="open sesame")
    free = await _type(owner, event, "Guest", 0, visibility="organizer")
    past = await _type(owner, event, "Early", 500, sales_close_at="2026-01-01T00:00:00Z")
    few = await _type(owner, event, "Pair", 500, per_order_min=2, per_order_max=2)
    other = next(at for at in range(94) if _zone(event, at) != _zone(event, 1))
    buyer = new_buyer()
    for more in (
        _as(secret["id"], 1), _as(secret["id"], 1) | {"access_code": "open"}, _as(free["id"], 1),
        _as(free["id"], 1) | {"access_code": "open sesame"}, _as(past["id"], 1),
        _as(str(uuid.uuid4()), 1),
    ):  # fmt: skip
        problem(await _hold(buyer, event, [1], more), 422, "ticket-type-refused")
    foreign = await _hold(buyer, event, [1, other], _as(few["id"], 1, other))
    problem(foreign, 422, "ticket-type-refused")
    problem(await _hold(buyer, event, [1], _as(few["id"], 2)), 422, "selection-invalid")
    problem(await _hold(buyer, event, [1, 2], _as(few["id"], 1, 1)), 422, "selection-invalid")
    too_many = await _hold(buyer, event, [1, 2, 3], _as(few["id"], 1, 2, 3))
    problem(too_many, 422, "ticket-type-refused")
    assert not ok(await buyer.call("GET", f"/v1/events/{event.id}/holds"))["items"]

    shown = ok(await client.get(f"/v1/events/{event.id}"))["ticket_types"]
    assert {"Crew", "Guest"}.isdisjoint(of["name"] for of in shown)
    path = f"/v1/events/{event.id}/offers"
    opened = ok(await client.get(path, params={"access_code": "open sesame"}))["items"]
    assert [of["name"] for of in opened if of["has_code"]] == ["Crew"]
    hold = ok(
        await _hold(buyer, event, [1], _as(secret["id"], 1) | {"access_code": "open sesame"}), 201
    )
    assert hold["total_minor"] == 0
    single = ok(await _hold(new_buyer(), event, [3], {}), 201)
    assert single["total_minor"] == 2_500
    one = new_buyer()
    hold = ok(await _hold(one, event, [4], _as(few["id"], 4)), 201)
    problem(await one.checkout(hold["id"]), 422, "ticket-type-refused")


async def test_of_a_type_no_more_are_sold_than_there_are(
    house: Product, owner: Organizer, event: Event, new_buyer: NewBuyer
) -> None:
    rare = await _type(owner, event, "Rare", 100, quantity=3)
    seats = [at for at in range(94) if _zone(event, at) == _zone(event, 1)][:8]
    buyers = [new_buyer() for _ in seats]
    answers = await asyncio.gather(
        *(
            _hold(buyer, event, [seat], _as(rare["id"], seat), key=uuid.uuid4().hex)
            for buyer, seat in zip(buyers, seats, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    for buyer, answer in zip(buyers, answers, strict=True):
        kept = ok(await buyer.call("GET", f"/v1/events/{event.id}/holds"))["items"]
        assert len(kept) == (answer.status_code == 201), "refused, and nothing is held"
        if answer.status_code == 409:
            assert problem(answer, 409, "ticket-type-sold-out")["available"] == 0
    held = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    await end_in(house, held[0], -1)
    lost = seats[[answer.status_code for answer in answers].index(409)]
    ok(await _hold(new_buyer(), event, [lost], _as(rare["id"], lost)), 201)
    kept = [b for b, a in zip(buyers, answers, strict=True) if a.status_code == 201][-1]
    (hold,) = ok(await kept.call("GET", f"/v1/events/{event.id}/holds"))["items"]
    mine, free = hold["seats"][0]["idx"], [at for at in range(94) if at not in seats][:2]
    other = await _hold(new_buyer(), event, free[:1], {})
    assert other.status_code == 201
    next_one = next(
        at for at in range(94) if at not in {*seats, *free} and _zone(event, at) == _zone(event, 1)
    )
    wish = {"seats": [next_one], **_as(rare["id"], next_one)}
    path = f"/v1/events/{event.id}/holds"
    assert (await new_buyer().call("POST", path, wish)).status_code == 409, "all three are had"
    change = {"add": {"seats": [free[1]]}, "remove": {"seats": [mine]}}
    changed = ok(await kept.change(hold["id"], change))
    assert changed["seats"][0]["ticket_type"] != "Rare"
    assert (await new_buyer().call("POST", path, wish)).status_code == 201, "one was given back"


async def test_what_is_held_costs_what_it_cost_when_it_was_held(
    house: Product, owner: Organizer, event: Event, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    early, zone = new_buyer(), _zone(event, 1)
    before = await early.hold_ok(event, [1])
    of = await _default(owner, event, zone)
    path = f"/v1/ticket-types/{of['id']}"
    level = {"price_minor": 7_000, "seats": [3]}
    ok(await owner.call("PATCH", path, {"price_minor": 4_000, "levels": [level]}))
    assert ok(await early.call("GET", f"/v1/holds/{before['id']}"))["total_minor"] == 2_500
    at_once = await new_buyer().hold_ok(event, [2])
    assert at_once["total_minor"] == 2_500, "what others were shown a moment ago is what they pay"
    await rows(house, "UPDATE former_prices SET valid_until = now() WHERE ticket_type_id = $1",
               uuid.UUID(of["id"]))  # fmt: skip
    await rows(house, "UPDATE holds SET created_at = created_at - interval '20 s'")
    ok(await owner.call("PATCH", path, {"description": "From now on"}))
    late = await new_buyer().hold_ok(event, [3, 4])
    assert [seat["price_minor"] for seat in late["seats"]] == [7_000, 4_000]
    started = await early.checkout_ok(before["id"])
    assert started["order"]["total_minor"] == 2_500
    shown = ok(await client.get(f"/v1/events/{event.id}/seats?view=list"))["items"]
    assert [shown[at]["price_minor"] for at in (3, 4)] == [7_000, 4_000]


async def test_a_level_is_of_its_section_or_area_and_a_types_places(
    owner: Organizer, event: Event, new_buyer: NewBuyer
) -> None:
    area = event.geometry.areas[0]
    key = event.geometry.zones[area.zone].key
    of = await _default(owner, event, key)
    path = f"/v1/ticket-types/{of['id']}"
    for wrong in (
        {"levels": [{"price_minor": 1, "sections": ["nowhere"]}]},
        {"levels": [{"price_minor": 1, "areas": ["nowhere"]}]},
        {"levels": [{"price_minor": 1, "seats": [99_999]}]},
        {"visibility": "organizer"}, {"quantity": 3}, {"price_minor": -1},
        {"per_order_min": 3, "per_order_max": 2}, {"access_code": "open sesame"},
        {"sales_open_at": "2031-01-01T00:00:00Z"},
    ):  # fmt: skip
        problem(await owner.call("PATCH", path, wrong), 400, "bad-request")
    problem(await owner.call("DELETE", path), 409, "event-refused")
    changed = ok(await owner.call("PATCH", path, {"levels": [
        {"price_minor": 1_000, "areas": [area.key]}
    ]}))  # fmt: skip
    assert changed["levels"][0]["areas"] == [area.key]
    student = await _type(owner, event, "Student", 600, zone=key)
    pool = str(event.pools[area.key])
    buyer = new_buyer()
    wish = {"ticket_types": [{"ticket_type_id": student["id"], "pools": [pool]}]}
    body = selection(event, [], {area.key: 3}) | wish
    hold = ok(await buyer.call("POST", f"/v1/events/{event.id}/holds", body), 201)
    assert hold["total_minor"] == 1_800
    order = (await buyer.checkout_ok(hold["id"]))["order"]
    assert [(line["ticket_type"], line["total_minor"]) for line in order["lines"]] == [
        ("Student", 1_800)
    ]
