"""Money comes when the hold has ended: the same places, as good ones, or the money back."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, end_in, ok, pay, state_of

NewBuyer = Callable[[], Buyer]


async def _late(
    house: Product, buyer: Buyer, event: Event, seats: list[int], *, agrees: bool
) -> dict[str, Any]:
    """A checkout whose hold has ended unpaid."""
    hold = await buyer.hold_ok(event, seats, {"gallery": 1})
    started = ok(await buyer.checkout(hold["id"], {"accepts_alternative": agrees}), 201)
    await end_in(house, hold["id"], 0)
    await buyer.order_when(started["order"]["id"], "expired")
    return started


async def test_who_agreed_to_it_gets_the_nearest_seats_that_are_as_good(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, late = house.event(capacities={"gallery": 5}), new_buyer()
    started = await _late(house, late, event, [4, 5], agrees=True)
    await new_buyer().buy(event, [5])
    await pay(client, started["redirect_url"])
    order = await late.order_when(started["order"]["id"], "confirmed")
    seats = sorted(line["seat_idx"] for line in order["lines"] if line["seat_idx"] is not None)
    assert len(seats) == 2
    assert seats[1] == seats[0] + 1
    assert 5 not in seats
    assert "as good" in order["note"]
    assert order["total_minor"] == started["order"]["total_minor"]
    labels = {line["label"] for line in order["lines"] if line["seat_idx"] is not None}
    assert labels < {ticket["label"] for ticket in order["tickets"]}
    now, _ = await state_of(client, event)
    assert {at for at, status in enumerate(now) if status == 2} == {5, *seats}


@pytest.mark.parametrize("reason", ["did not agree", "nothing as good", "no standing place"])
async def test_otherwise_the_money_goes_back_by_itself(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, reason: str
) -> None:
    event, late, other = house.event(capacities={"gallery": 1}), new_buyer(), new_buyer()
    started = await _late(house, late, event, [4, 5], agrees=reason != "did not agree")
    if reason == "no standing place":
        await other.buy(event, [5], {"gallery": 1})
    elif reason == "did not agree":
        await other.buy(event, [5])
    else:
        block = {"seats": [at for at in range(len(event.seat_keys)) if at != 4], "pools": []}
        path = f"/v1/events/{event.id}/blocks"
        ok(await client.post(path, json=block, headers=house.operator()))
    before = await state_of(client, event)
    await pay(client, started["redirect_url"])
    order = await late.order_when(started["order"]["id"], "refunded")
    assert (order["tickets"], "paid back" in order["note"]) == ([], True)
    assert {line["seat_idx"] for line in order["lines"]} == {4, 5, None}
    assert await state_of(client, event) == before
