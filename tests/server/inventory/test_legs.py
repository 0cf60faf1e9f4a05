"""A trip sells a seat leg by leg: all legs of a journey, or none."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, ok, pay, problem, rows, selection, state_of

NewBuyer = Callable[[], Buyer]


async def _hold(
    buyer: Buyer,
    event: Event,
    legs: tuple[int, int],
    seats: list[int],
    pools: dict[str, int] | None = None,
    **more: str,
) -> httpx.Response:
    wish = selection(event, seats, pools) | {"legs": legs}
    return await buyer.call("POST", f"/v1/events/{event.id}/holds", wish, **more)


async def _buy(buyer: Buyer, hold: dict[str, Any]) -> dict[str, Any]:
    started = await buyer.checkout_ok(hold["id"])
    await pay(buyer.client, started["redirect_url"])
    return await buyer.order_when(started["order"]["id"], "confirmed")


async def _places(house: Product, event: Event, seat_idx: int) -> list[int]:
    found = await rows(
        house,
        "SELECT status FROM seats WHERE event_id = $1 AND seat_idx = $2 ORDER BY leg",
        event.id,
        seat_idx,
    )
    return [row["status"] for row in found]


async def test_two_journeys_that_do_not_overlap_are_sold_on_one_seat(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """A to B and B to C to two people; A to C is refused while either has the seat."""
    event = house.event(legs=2, capacities={"gallery": 3})
    first, second, third = new_buyer(), new_buyer(), new_buyer()
    a_to_b = ok(await _hold(first, event, (0, 0), [7], {"gallery": 2}), 201)
    assert (a_to_b["legs"], (await state_of(client, event))[0][7]) == ([0, 0], 0)
    assert problem(await _hold(third, event, (0, 1), [6, 7]), 409, "seats-taken")["seats"] == [7]
    problem(await _hold(third, event, (0, 0), [7]), 409, "seats-taken")
    b_to_c = ok(await _hold(second, event, (1, 1), [7], {"gallery": 3}), 201)
    assert (await state_of(client, event))[0][7] == 1, "free on no leg"
    orders = [await _buy(first, a_to_b), await _buy(second, b_to_c)]
    assert [len(order["tickets"]) for order in orders] == [3, 4]
    assert await _places(house, event, 7) == [2, 2]
    legs = [{(line["leg_first"], line["leg_last"]) for line in order["lines"]} for order in orders]
    assert legs == [{(0, 0)}, {(1, 1)}]
    seats, pools = await state_of(client, event)
    assert (seats[7], pools[1]) == (2, 1)
    refused = problem(await _hold(third, event, (0, 1), [7], {"gallery": 1}), 409, "seats-taken")
    assert (refused["seats"], refused["pools"][0]["available"]) == ([7], 0)
    assert ok(await _hold(third, event, (0, 0), [8], {"gallery": 1}), 201)


async def test_a_journey_over_all_legs_keeps_everybody_else_off_each(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer, other = house.event(legs=3), new_buyer(), new_buyer()
    hold = await buyer.hold_ok(event, [5, 6])  # the whole trip where no legs are named
    assert hold["legs"] == [0, 2]
    for leg in range(3):
        problem(await _hold(other, event, (leg, leg), [5]), 409, "seats-taken")
    assert (await buyer.call("DELETE", f"/v1/holds/{hold['id']}")).status_code == 204
    assert await _places(house, event, 5) == [0, 0, 0]
    ok(await _hold(other, event, (1, 2), [5]), 201)
    assert await _places(house, event, 5) == [0, 1, 1]


async def test_legs_that_a_trip_does_not_have_are_refused(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(legs=3), new_buyer()
    for legs in ((0, 3), (2, 1), (3, 3)):
        told = problem(await _hold(buyer, event, legs, [1]), 422, "selection-invalid")
        assert told["legs"] == 3
    problem(await _hold(buyer, event, (-1, 0), [1]), 400, "bad-request")
    problem(await _hold(buyer, house.event(), (0, 1), [1]), 422, "selection-invalid")


async def test_seats_places_and_legs_are_one_act(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """One leg of one area too full refuses all of it."""
    event, buyer = house.event(legs=3, capacities={"gallery": 4, "dance-floor": 9}), new_buyer()
    ok(await _hold(new_buyer(), event, (2, 2), [], {"gallery": 3}), 201)
    wish = {"gallery": 2, "dance-floor": 2}
    before = await rows(
        house, "SELECT leg, held FROM pools WHERE event_id = $1 ORDER BY leg, id", event.id
    )
    refused = problem(await _hold(buyer, event, (0, 2), [1, 2], wish), 409, "seats-taken")
    gallery = {"pool_id": str(event.pools["gallery"]), "requested": 2, "available": 1}
    assert (refused["seats"], refused["pools"]) == ([], [gallery])
    after = await rows(
        house, "SELECT leg, held FROM pools WHERE event_id = $1 ORDER BY leg, id", event.id
    )
    assert after == before
    assert await _places(house, event, 1) == [0, 0, 0]
    hold = ok(await _hold(buyer, event, (0, 1), [1, 2], wish), 201)
    assert await _places(house, event, 1) == [1, 1, 0]
    claimed = await rows(
        house, "SELECT leg, held FROM pools WHERE id = $1 ORDER BY leg", event.pools["gallery"]
    )
    assert [row["held"] for row in claimed] == [2, 2, 3]
    assert hold["total_minor"] == 6 * 2_500


async def test_a_change_stays_on_the_legs_of_its_hold(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(legs=3, capacities={"gallery": 4}), new_buyer()
    hold = ok(await _hold(buyer, event, (1, 2), [1]), 201)
    ok(await _hold(new_buyer(), event, (0, 0), [2], {"gallery": 4}), 201)
    ok(await _hold(new_buyer(), event, (2, 2), [3]), 201)
    swap = {"add": selection(event, [2], {"gallery": 3}), "remove": {"seats": [1]}, "extend": True}
    changed = ok(await buyer.change(hold["id"], swap))
    assert (changed["legs"], [seat["idx"] for seat in changed["seats"]]) == ([1, 2], [2])
    assert [await _places(house, event, seat) for seat in (1, 2)] == [[0, 0, 0], [1, 1, 1]]
    taken = await buyer.change(hold["id"], {"add": {"seats": [3]}})
    assert problem(taken, 409, "seats-taken")["seats"] == [3]


async def test_many_journeys_at_once_never_share_a_seat_on_a_leg(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Through two web processes, six seats, five legs."""
    event = house.event(legs=5)
    journeys = [(first, last) for first in range(5) for last in range(first, 5)]
    path = f"/v1/events/{event.id}/holds"
    answers = await asyncio.gather(
        *(
            new_buyer().call(
                "POST",
                f"{house.base_urls[at % 2]}{path}",
                {"seats": [at % 6, (at + 1) % 6], "legs": journeys[at % 15]},
            )
            for at in range(60)
        )
    )
    held = [answer.json() for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} == {201, 409}
    owner: dict[tuple[int, int], str] = {}
    for hold in held:
        for seat in hold["seats"]:
            for leg in range(hold["legs"][0], hold["legs"][1] + 1):
                assert (seat["idx"], leg) not in owner
                owner[seat["idx"], leg] = hold["id"]
    kept = await rows(
        house, "SELECT seat_idx, leg, hold_id FROM seats WHERE event_id = $1 AND status = 1",
        event.id,
    )  # fmt: skip
    assert {(row["seat_idx"], row["leg"]): str(row["hold_id"]) for row in kept} == owner
