"""The best seats available: side by side, near the stage, and nobody left alone."""

import asyncio
from functools import cache
from importlib.resources import files

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from server.catalog.geometry import Places
from server.catalog.service import read_drawing
from server.inventory.best import House
from tests.fixtures.product import Product
from tests.server.support import ok


@cache
def theatre() -> tuple[Places, House]:
    drawing = files("seatmap.samples").joinpath("theatre.svg").read_bytes()
    places = Places(read_drawing(drawing, {})[0])
    return places, House(places)


@settings(max_examples=60, deadline=None)
@given(taken=st.sets(st.integers(0, 767), max_size=760), quantity=st.integers(1, 8))
def test_what_is_given_is_free_side_by_side_and_for_everybody(
    taken: set[int], quantity: int
) -> None:
    places, house = theatre()
    states = bytearray(places.seat_count)
    for seat in taken:
        states[seat] = 2
    given_seats = house.best(states, quantity)
    if given_seats is None:
        assert not _possible(places, house, states, quantity)
        return
    assert given_seats == list(range(given_seats[0], given_seats[0] + quantity))
    assert len({id(places.group_of(seat)) for seat in given_seats}) == 1
    assert all(states[seat] == 0 and seat not in places.access for seat in given_seats)


@settings(max_examples=60, deadline=None)
@given(taken=st.sets(st.integers(0, 767), max_size=500), quantity=st.integers(1, 5))
def test_a_single_seat_is_left_only_where_nothing_else_is_free(
    taken: set[int], quantity: int
) -> None:
    places, house = theatre()
    states = bytearray(places.seat_count)
    for seat in taken:
        states[seat] = 1
    given_seats = house.best(states, quantity)
    if given_seats is None or not _leaves_one(house, states, given_seats):
        return
    for block in house.blocks:
        for first in range(block.start, block.start + block.count - quantity + 1):
            window = list(range(first, first + quantity))
            if all(states[seat] == 0 and seat not in places.access for seat in window):
                assert _leaves_one(house, states, window)


def test_the_first_pair_of_an_empty_house_sits_in_the_first_row_before_the_stage() -> None:
    places, house = theatre()
    pair = house.best(bytearray(places.seat_count), 2)
    assert pair is not None
    assert places.label_of(pair[0]).startswith("Stalls, row A")


async def test_forty_buyers_who_ask_for_the_best_get_forty_different_pairs(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()

    async def hold(at: int) -> list[int]:
        answer = await client.post(
            f"{house.base_urls[at % len(house.base_urls)]}/v1/events/{event.id}/holds",
            json={"best": {"quantity": 2}},
            headers=house.buyer(),
        )
        if answer.status_code == 409:
            assert answer.json()["type"] == "/problems/not-together"
            return []
        return [seat["idx"] for seat in ok(answer, 201)["seats"]]

    held = await asyncio.gather(*(hold(at) for at in range(50)))
    pairs = [pair for pair in held if pair]
    assert len({seat for pair in pairs for seat in pair}) == 2 * len(pairs)
    # 92 seats are for everybody, at tables of 4, 6 and 8: all of them go in pairs.
    assert len(pairs) >= 40
    assert all(second == first + 1 for first, second in pairs)


async def test_the_best_of_a_zone_are_of_that_zone_and_an_unknown_zone_is_refused(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    url = f"{house.base_url}/v1/events/{event.id}/holds"
    answer = await client.post(
        url, json={"best": {"quantity": 4, "zone": "rear"}}, headers=house.buyer()
    )
    assert all(seat["section"] == "Lounge" for seat in ok(answer, 201)["seats"])
    unknown = await client.post(
        url, json={"best": {"quantity": 4, "zone": "moon"}}, headers=house.buyer()
    )
    assert unknown.status_code == 422
    assert "rear" in unknown.json()["zones"]


async def test_the_same_key_gives_the_same_best_seats_once(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    headers = house.buyer() | {"Idempotency-Key": "best-1"}
    url = f"{house.base_url}/v1/events/{event.id}/holds"
    answers = [
        await client.post(url, json={"best": {"quantity": 3}}, headers=headers) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    other = await client.post(url, json={"best": {"quantity": 3}}, headers=house.buyer())
    first = {seat["idx"] for seat in answers[0].json()["seats"]}
    assert not first & {seat["idx"] for seat in ok(other, 201)["seats"]}


def _possible(places: Places, house: House, states: bytearray, quantity: int) -> bool:
    return any(
        all(states[seat] == 0 and seat not in places.access for seat in range(at, at + quantity))
        for block in house.blocks
        for at in range(block.start, block.start + block.count - quantity + 1)
    )


def _leaves_one(house: House, states: bytearray, window: list[int]) -> bool:
    """Whether a free seat next to the window has no free neighbour on its other side."""
    block = next(b for b in house.blocks if b.start <= window[0] < b.start + b.count)

    def free(seat: int) -> bool:
        inside = block.start <= seat < block.start + block.count
        return inside and states[seat] == 0 and seat not in theatre()[0].access

    first, last = window[0], window[-1]
    return (free(first - 1) and not free(first - 2)) or (free(last + 1) and not free(last + 2))
