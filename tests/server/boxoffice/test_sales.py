"""What is sold over the counter or given away is sold as everything else is, and at once."""

import asyncio
import uuid
from collections.abc import Callable

import httpx
import pytest

from server.catalog.geometry import Places
from tests.fixtures.product import Product
from tests.server.boxoffice.office import Office, area_of, usage
from tests.server.support import Buyer, ok, problem, state_of

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def office(house: Product, client: httpx.AsyncClient) -> Office:
    return Office(house, client)


async def test_a_sale_over_the_counter_is_confirmed_with_its_tickets(
    house: Product, client: httpx.AsyncClient, office: Office
) -> None:
    event = house.event(price_minor=2_500)
    area, key = area_of(event), uuid.uuid4().hex
    sold = ok(await office.sell(event, [3, 4], {area: 2}, key=key, name="Bo"), 201)
    assert ok(await office.sell(event, [3, 4], {area: 2}, key=key, name="Bo"), 201) == sold
    assert (sold["status"], sold["total_minor"], sold["name"]) == ("confirmed", 10_000, "Bo")
    assert len(sold["tickets"]) == 4
    assert sold["payment"]["provider"] == "offline"
    seats, _ = await state_of(client, event)
    assert (seats[3], seats[4]) == (2, 2)
    assert await usage(house, event) == (0, 2, 0)
    for ticket in sold["tickets"]:
        assert (await client.get(ticket["url"])).status_code == 200
    [listed] = ok(await office.call("GET", f"/v1/events/{event.id}/sales"))["items"]
    assert (listed["order_id"], listed["places"], listed["method"]) == (sold["id"], 4, "cash")
    assert await office.channels(event) == {"box_office": (1, 4, 10_000)}


async def test_nothing_is_sold_twice_between_the_counter_and_buyers(
    house: Product, office: Office, new_buyer: NewBuyer
) -> None:
    event = house.event()
    buyers = [new_buyer() for _ in range(4)]
    answers = await asyncio.gather(
        *(buyer.hold(event, [5, 6]) for buyer in buyers),
        *(office.sell(event, [6, 7]) for _ in range(4)),
    )
    won = [answer for answer in answers if answer.status_code == 201]
    assert len(won) == 1
    for answer in answers:
        if answer not in won:
            assert 6 in problem(answer, 409, "seats-taken")["seats"]


async def test_a_sale_says_how_it_is_paid_and_a_free_one_does_not(
    house: Product, office: Office
) -> None:
    event, free = house.event(), house.event(price_minor=0)
    problem(await office.sell(event, [1], method=None), 422, "sale-refused")
    problem(await office.sell(free, [1]), 422, "sale-refused")
    problem(await office.sell(event, [1], email="no address"), 422, "sale-refused")
    problem(await office.sell(event, []), 422, "selection-invalid")
    problem(await office.sell(event, [999_999]), 422, "selection-invalid")
    sold = ok(await office.sell(free, [1], method=None), 201)
    assert (sold["payment"], len(sold["tickets"])) == (None, 1)


async def test_blocked_places_are_sold_only_where_that_is_said_and_never_a_sellers(
    house: Product, office: Office, client: httpx.AsyncClient
) -> None:
    event = house.event()
    area = area_of(event)
    capacity = event.geometry.areas[0].capacity
    ok(await office.block(event, [1, 2], {area: capacity - 3}))
    await office.allocate(event, [3], {area: 3})
    problem(await office.sell(event, [1]), 409, "seats-taken")
    problem(await office.sell(event, [3], off_sale=True), 409, "seats-taken")
    short = await office.sell(event, [1], {area: capacity}, off_sale=True)
    assert problem(short, 409, "seats-taken")["pools"][0]["available"] == capacity - 3
    ok(await office.sell(event, [1], {area: 2}, off_sale=True), 201)
    assert await usage(house, event) == (0, 2, capacity - 2)
    assert (await state_of(client, event))[0][1:4] == [2, 3, 3]


async def test_complimentary_tickets_are_free_noted_and_counted_apart(
    house: Product, office: Office
) -> None:
    event = house.event(price_minor=4_000)
    ok(await office.block(event, [9]))
    ok(await office.sell(event, [8]), 201)
    given = ok(await office.give(event, [9], off_sale=True), 201)
    assert (given["total_minor"], given["payment"], len(given["tickets"])) == (0, None, 1)
    assert await office.channels(event) == {
        "box_office": (1, 1, 4_000), "complimentary": (1, 1, 0),
    }  # fmt: skip
    [newest, _] = ok(await office.call("GET", f"/v1/events/{event.id}/sales"))["items"]
    assert (newest["channel"], newest["note"], newest["sold_by"][:5]) == (
        "complimentary", "press", "opera",
    )  # fmt: skip
    problem(await office.give(event, [10], note=" "), 400, "bad-request")
    problem(await office.give(event, [10], email="nobody"), 422, "sale-refused")


async def test_an_organizer_sells_types_that_buyers_are_not_offered_while_there_are_any(
    house: Product, office: Office, new_buyer: NewBuyer
) -> None:
    event = house.event()
    places = Places(event.geometry)
    seats = [seat for seat, zone in enumerate(places.zones) if zone == places.zones[0]][:2]
    zone = event.geometry.zones[places.zones[0]].key
    wish = {
        "zone": zone, "name": "Staff", "price_minor": 700, "visibility": "organizer", "quantity": 1,
    }  # fmt: skip
    made = ok(await office.call("POST", f"/v1/events/{event.id}/ticket-types", wish), 201)
    choice = [{"ticket_type_id": made["id"], "seats": seats[:1]}]
    sold = ok(await office.sell(event, seats[:1], ticket_types=choice), 201)
    assert (sold["total_minor"], sold["lines"][0]["ticket_type"]) == (700, "Staff")
    again = [{"ticket_type_id": made["id"], "seats": seats[1:]}]
    over = await office.sell(event, seats[1:], ticket_types=again)
    problem(over, 409, "ticket-type-sold-out")
    strange = await office.sell(event, seats[1:], ticket_types=choice)
    problem(strange, 422, "selection-invalid")


async def test_products_are_sold_beside_places_as_long_as_there_are_some(
    house: Product, office: Office
) -> None:
    event = house.event(price_minor=2_500)
    path = f"/v1/events/{event.id}/products"
    drink = ok(
        await office.call("POST", path, {"name": "Drink", "price_minor": 600, "stock": 3}), 201
    )
    wish = [{"product_id": drink["id"], "quantity": 2}]
    sold = ok(await office.sell(event, [1], products=wish), 201)
    assert sold["total_minor"] == sold["paid_minor"] == 3_700
    [item] = sold["products"]
    assert (item["name"], item["quantity"], item["total_minor"]) == ("Drink", 2, 1_200)
    refused = problem(await office.sell(event, [2], products=wish), 409, "product-sold-out")
    assert refused["available"] == 1
    strange = [{"product_id": str(uuid.uuid4()), "quantity": 1}]
    problem(await office.sell(event, [2], products=strange), 422, "checkout-invalid")
    assert await office.channels(event) == {"box_office": (1, 1, 2_500)}
