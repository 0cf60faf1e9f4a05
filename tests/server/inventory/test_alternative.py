"""Seats that are taken: as many side by side, as near as there are, held already for a minute."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx

from server.catalog.geometry import Places
from server.inventory.seating import Seating
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, ok, pay, problem, selection, state_of

NewBuyer = Callable[[], Buyer]


async def _ask(
    buyer: Buyer, event: Event, seats: list[int], pools: dict[str, int] | None = None, **more: Any
) -> httpx.Response:
    wish = selection(event, seats, pools) | {"alternative": True}
    return await buyer.call("POST", f"/v1/events/{event.id}/holds", wish, **more)


def _row(event: Event) -> range:
    block = max(
        (block for block in Seating(Places(event.geometry)).blocks if block.table < 0),
        key=lambda block: block.end - block.start,
    )
    return range(block.start, block.end)


async def test_a_refusal_carries_equal_seats_that_are_held_already(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event("theatre", hold_ttl_s=600), new_buyer()
    seats = list(_row(event)[4:7])
    await new_buyer().hold_ok(event, seats[1:2])
    refused = problem(await _ask(buyer, event, seats), 409, "seats-taken")
    assert refused["seats"] == seats[1:2]
    offer = refused["alternative"]
    offered = [seat["idx"] for seat in offer["seats"]]
    assert offered == list(range(offered[0], offered[0] + 3))
    assert not set(offered) & set(seats[1:2])
    zones = Places(event.geometry).zones
    assert {zones[seat] for seat in offered} == {zones[seats[0]]}
    lasts = dt.datetime.fromisoformat(offer["expires_at"]) - dt.datetime.fromisoformat(
        offer["created_at"]
    )
    assert lasts == dt.timedelta(seconds=60)
    taken = {at for at, state in enumerate((await state_of(client, event))[0]) if state}
    assert taken == {*offered, *seats[1:2]}
    listed = ok(await buyer.call("GET", f"/v1/events/{event.id}/holds"))["items"]
    assert [hold["id"] for hold in listed] == [offer["id"]]
    started = await buyer.checkout_ok(offer["id"])
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert sorted(line["seat_idx"] for line in order["lines"]) == offered


async def test_an_alternative_that_is_taken_lasts_as_long_as_any_hold(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event("theatre", hold_ttl_s=600), new_buyer()
    seats = list(_row(event)[4:6])
    await new_buyer().hold_ok(event, seats[:1])
    offer = problem(await _ask(buyer, event, seats), 409, "seats-taken")["alternative"]
    taken = ok(await buyer.change(offer["id"], {"extend": True}))
    created, ends, bound = (
        dt.datetime.fromisoformat(taken[name])
        for name in ("created_at", "expires_at", "extendable_until")
    )
    assert bound - created == dt.timedelta(seconds=1_200)
    assert ends - created >= dt.timedelta(seconds=600)


async def test_nobody_gets_an_alternative_without_asking(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event("theatre")
    await new_buyer().hold_ok(event, [1])
    refused = problem(await new_buyer().hold(event, [1, 2]), 409, "seats-taken")
    assert "alternative" not in refused
    assert sum((await state_of(client, event))[0]) == 1


async def test_one_key_has_one_alternative(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event("theatre"), new_buyer()
    seats = list(_row(event)[4:6])
    await new_buyer().hold_ok(event, seats[:1])
    first, *twins = await asyncio.gather(*(_ask(buyer, event, seats, key="k") for _ in range(4)))
    offers = [problem(one, 409, "seats-taken")["alternative"] for one in (first, *twins)]
    assert {offer["id"] for offer in offers} == {offers[0]["id"]}
    assert [offer["seats"] for offer in offers] == [offers[0]["seats"]] * 4
    assert sum((await state_of(client, event))[0]) == 3


async def test_an_alternative_has_the_standing_places_that_were_wanted_too(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(capacities={"gallery": 3}), new_buyer()
    await new_buyer().hold_ok(event, [1])
    refused = problem(await _ask(buyer, event, [1, 2], {"gallery": 2}), 409, "seats-taken")
    offer = refused["alternative"]
    assert [pool["quantity"] for pool in offer["pools"]] == [2]
    assert len(offer["seats"]) == 2
    assert (await state_of(client, event))[1][1] == 1
    again = problem(await _ask(buyer, event, [1, 2], {"gallery": 2}), 409, "seats-taken")
    assert again.get("alternative") is None, "the area is too full"


async def test_where_nothing_equal_is_left_the_refusal_is_all(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(seats_per_hold_max=100)
    await new_buyer().hold_ok(event, list(range(event.geometry.seats.n)))
    refused = problem(await _ask(new_buyer(), event, [1, 2]), 409, "seats-taken")
    assert refused.get("alternative") is None


async def test_an_alternative_counts_within_its_buyers_limit(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event("theatre", seats_per_buyer_max=3), new_buyer()
    seats = list(_row(event)[4:6])
    await new_buyer().hold_ok(event, seats[:1])
    assert problem(await _ask(buyer, event, seats), 409, "seats-taken")["alternative"]
    second = problem(await _ask(buyer, event, seats), 409, "seats-taken")
    assert second.get("alternative") is None
    assert sum((await state_of(client, event))[0]) == 3


async def test_alternatives_at_once_are_all_different(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Thirty buyers want the same two seats through two web processes, and sit side by side."""
    event = house.event("theatre")
    seats = list(_row(event)[10:12])
    wish = {"seats": seats, "alternative": True}
    path = f"/v1/events/{event.id}/holds"
    answers = await asyncio.gather(
        *(new_buyer().call("POST", f"{house.base_urls[at % 2]}{path}", wish) for at in range(30))
    )
    held = [
        [seat["idx"] for seat in (body if answer.is_success else body["alternative"])["seats"]]
        for answer in answers
        for body in [answer.json()]
    ]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert all(second == first + 1 for first, second in held)
    assert len({seat for pair in held for seat in pair}) == 60
    assert sum((await state_of(client, event))[0]) == 60
