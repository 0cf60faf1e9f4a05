"""A seller has the places of its allocation, and nobody else has them."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.boxoffice.office import Office, area_of, other_org, usage
from tests.server.support import Buyer, end_in, ok, problem, rows, selection, state_of, until

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def office(house: Product, client: httpx.AsyncClient) -> Office:
    return Office(house, client)


async def _hold(
    seller: Buyer, event: Event, allocation: dict[str, Any], seats: list[int], places: int = 0
) -> httpx.Response:
    pools = {area_of(event): places} if places else None
    path = f"/v1/allocations/{allocation['id']}/holds"
    return await seller.call("POST", path, selection(event, seats, pools))


async def test_a_partner_holds_and_sells_exactly_what_is_set_aside_for_it(
    house: Product, client: httpx.AsyncClient, office: Office, new_buyer: NewBuyer
) -> None:
    partner = await other_org(house, client, "sellers")
    stranger = await other_org(house, client, "strangers")
    event = house.event(price_minor=1_000)
    area = area_of(event)
    allocation = await office.allocate(event, [2, 3, 4], {area: 5}, partner_org_id="sellers")
    path = f"/v1/allocations/{allocation['id']}"
    assert ok(await partner.call("GET", path))["seats_left"] == [2, 3, 4]
    problem(await stranger.call("GET", path), 404, "not-found")
    problem(await _hold(stranger, event, allocation, [2]), 404, "not-found")
    beyond = problem(await _hold(partner, event, allocation, [2, 8], 6), 409, "seats-taken")
    assert (beyond["seats"], beyond["pools"][0]["available"]) == ([8], 5)
    hold = ok(await _hold(partner, event, allocation, [2, 3], 2), 201)
    problem(await _hold(partner, event, allocation, [3]), 409, "seats-taken")
    problem(await new_buyer().hold(event, [4]), 409, "seats-taken")
    assert await usage(house, event) == (2, 0, 3)
    sale = {"hold_id": hold["id"], "method": "invoice", "name": "Cy"}
    sold = ok(await partner.call("POST", f"{path}/sales", sale), 201)
    assert (sold["total_minor"], len(sold["tickets"])) == (4_000, 4)
    problem(await partner.call("POST", f"{path}/sales", sale), 409, "hold-over")
    at_once = selection(event, [4], {area: 1}) | {"method": "invoice"}
    ok(await partner.call("POST", f"{path}/sales", at_once), 201)
    both = at_once | {"hold_id": hold["id"]}
    problem(await partner.call("POST", f"{path}/sales", both), 400, "bad-request")
    left = ok(await partner.call("GET", path))
    assert (left["seats_left"], left["pools_left"][0]["quantity"]) == ([], 2)
    assert await usage(house, event) == (0, 3, 2)
    released = await office.call("DELETE", path)
    assert released.status_code == 204
    assert await usage(house, event) == (0, 3, 0), "what is unsold is on sale, what is sold stays"
    assert (await state_of(client, event))[0][2:5] == [2, 2, 2]


async def test_what_a_seller_does_not_sell_goes_back_to_it_and_at_last_on_sale(
    house: Product, client: httpx.AsyncClient, office: Office, new_buyer: NewBuyer
) -> None:
    event = house.event()
    allocation = await office.allocate(event, [2, 3], {area_of(event): 4})
    first = ok(await _hold(office, event, allocation, [2], 1), 201)
    path = f"/v1/allocations/{allocation['id']}"
    for _ in range(2):
        gone = await office.call("DELETE", f"{path}/holds/{first['id']}")
        assert gone.status_code == 204
    assert await usage(house, event) == (0, 0, 4)
    late = ok(await _hold(office, event, allocation, [2, 3], 4), 201)
    await end_in(house, late["id"], 0)

    async def is_back() -> bool:
        return (await state_of(client, event))[0][2:4] == [3, 3]

    await until(is_back)
    problem(await new_buyer().hold(event, [2]), 409, "seats-taken")
    sql = "UPDATE event_allocations SET release_at = now() WHERE id = $1"
    await rows(house, sql, uuid.UUID(allocation["id"]))

    async def is_on_sale() -> bool:
        return (await state_of(client, event))[0][2:4] == [0, 0]

    await until(is_on_sale)
    assert await usage(house, event) == (0, 0, 0)
    await new_buyer().hold_ok(event, [2])


async def test_the_key_that_an_allocation_is_bound_to_sells_from_it_and_does_nothing_else(
    house: Product, client: httpx.AsyncClient, office: Office
) -> None:
    event = house.event()
    made = ok(
        await office.call("POST", "/v1/api-keys", {"name": "x", "permissions": ["event:read"]}), 201
    )
    bound = await office.allocate(event, [2, 3], api_key_id=made["id"])
    other = await office.allocate(event, [4])
    seller = Buyer(house, client)
    seller.headers = {"X-API-Key": made["key"]}
    body = {"seats": [2], "method": "cash"}
    ok(await seller.call("POST", f"/v1/allocations/{bound['id']}/sales", body), 201)
    problem(await _hold(seller, event, other, [4]), 403, "forbidden")
    problem(await seller.call("POST", f"/v1/events/{event.id}/sales", body), 403, "forbidden")
    problem(await seller.call("DELETE", f"/v1/allocations/{bound['id']}"), 403, "forbidden")
    path = f"/v1/events/{event.id}/allocations"
    for wrong in (
        {"api_key_id": str(uuid.uuid4())},
        {"api_key_id": made["id"], "partner_org_id": "sellers"},
        {"release_at": "2020-01-01T00:00:00Z"},
    ):
        wish = {"name": "No", "seats": [8]} | wrong
        problem(await office.call("POST", path, wish), 400, "bad-request")


async def test_ten_sellers_of_one_allocation_sell_each_place_once(
    house: Product, office: Office
) -> None:
    event = house.event()
    area = area_of(event)
    allocation = await office.allocate(event, list(range(2, 8)), {area: 6})
    path = f"/v1/allocations/{allocation['id']}/sales"

    async def sell(nth: int) -> httpx.Response:
        body = selection(event, [2 + nth % 6], {area: 1}) | {"method": "cash"}
        return await office.call("POST", path, body)

    answers = await asyncio.gather(*(sell(nth) for nth in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [409] * 6
    assert await usage(house, event) == (0, 6, 0)
