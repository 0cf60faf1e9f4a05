"""The best seats available: side by side, near the stage, and nobody left alone."""

import asyncio
import math
import random
from functools import cache
from importlib.resources import files
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.catalog.geometry import Places
from server.catalog.models import OrphanRule, TableMode
from server.catalog.publishing import read_drawing
from server.inventory import best as best_module
from server.inventory.best import House
from tests.fixtures.product import Product
from tests.server.inventory.houses import Drawn, Spec, modes_of, scenes
from tests.server.support import ok

zone_sets = st.none() | st.frozensets(st.integers(0, 2), min_size=1)
quantities = st.integers(1, 7)


@cache
def theatre() -> tuple[Places, House]:
    drawing = files("seatmap.samples").joinpath("theatre.svg").read_bytes()
    places = Places(read_drawing(drawing, {})[0])
    return places, House(places)


@settings(max_examples=400, deadline=None)
@given(
    scene=scenes(), quantity=quantities, zones=zone_sets, access=st.integers(0, 7), data=st.data()
)
def test_the_best_is_the_nearest_that_leaves_nobody_alone_and_else_the_nearest(
    scene: tuple[Drawn, bytearray],
    quantity: int,
    zones: frozenset[int] | None,
    access: int,
    data: st.DataObject,
) -> None:
    drawn, states = scene
    modes = data.draw(modes_of(drawn))
    windows = drawn.windows(states, quantity, zones, access, modes)
    kind = [w for w in windows if not drawn.singles(states, w)]
    wish = {"zones": zones, "access": access, "modes": modes}
    given_seats = drawn.house.best(states, quantity, **wish)
    assert (given_seats is None) == (not windows)
    if given_seats is not None:
        assert given_seats in (kind or windows)
        nearest = min(drawn.distance(window) for window in kind or windows)
        assert math.isclose(drawn.distance(given_seats), nearest)
    strictly = drawn.house.best(states, quantity, **wish, rule="strict")
    assert strictly == (given_seats if kind else None)


@settings(max_examples=300, deadline=None)
@given(
    scene=scenes(), quantity=quantities, zones=zone_sets, access=st.integers(0, 7),
    rule=st.sampled_from(["off", "lenient", "strict"]), data=st.data(),
)  # fmt: skip
def test_what_the_server_chooses_no_rule_of_the_event_refuses(
    scene: tuple[Drawn, bytearray],
    quantity: int,
    zones: frozenset[int] | None,
    access: int,
    rule: OrphanRule,
    data: st.DataObject,
) -> None:
    drawn, states = scene
    house, modes = drawn.house, data.draw(modes_of(drawn))
    wanted = data.draw(st.lists(st.integers(0, drawn.count - 1), unique=True, max_size=5))
    for chosen in (
        house.best(states, quantity, zones=zones, access=access, modes=modes, rule=rule),
        house.alternative(states, wanted, modes=modes, rule=rule),
    ):
        if chosen is not None:
            assert house.refuses_single(states, chosen, rule) == []
            assert house.table_refusals(states, chosen, modes) == []


@settings(max_examples=100, deadline=None)
@given(scene=scenes(), data=st.data())
def test_a_house_that_remembers_answers_as_one_that_does_not(
    scene: tuple[Drawn, bytearray], data: st.DataObject
) -> None:
    drawn, states = scene
    for _ in range(data.draw(st.integers(1, 12))):
        quantity, zones = data.draw(st.integers(1, 3)), data.draw(zone_sets)
        modes = data.draw(st.just({}) | modes_of(drawn))
        chosen = drawn.house.best(states, quantity, zones=zones, modes=modes)
        fresh = House(drawn.places).best(states, quantity, zones=zones, modes=modes)
        assert chosen == fresh
        for seat in chosen or ():
            states[seat] = 1
        for seat in data.draw(st.lists(st.integers(0, drawn.count - 1), max_size=3)):
            states[seat] = 0 if states[seat] else 2


@pytest.mark.parametrize("group_seats", [1, 8, 256])
def test_how_the_house_is_looked_through_changes_no_answer(
    monkeypatch: pytest.MonkeyPatch, group_seats: int
) -> None:
    places, house = theatre()
    monkeypatch.setattr(best_module, "GROUP_SEATS", group_seats)
    other = House(places)
    dice = random.Random(group_seats)
    for _ in range(60):
        states = bytearray(dice.choice((0, 0, 2)) for _ in range(places.seat_count))
        quantity = dice.randint(1, 6)
        assert other.best(states, quantity) == house.best(states, quantity)
        wanted = dice.sample(range(places.seat_count), quantity)
        assert other.alternative(states, wanted) == house.alternative(states, wanted)


@settings(max_examples=400, deadline=None)
@given(scene=scenes(), data=st.data())
def test_the_alternative_is_equal_and_the_nearest_to_what_was_wanted(
    scene: tuple[Drawn, bytearray], data: st.DataObject
) -> None:
    drawn, states = scene
    wanted = data.draw(
        st.lists(st.integers(0, drawn.count - 1), unique=True, min_size=1, max_size=5)
    )
    modes = data.draw(modes_of(drawn))
    kinds = sorted(drawn.bits(seat) & 3 for seat in wanted)
    access = (3 if all(kinds) else 0) | (4 if all(drawn.bits(seat) & 4 for seat in wanted) else 0)
    windows = [
        window
        for window in drawn.windows(states, len(wanted), {drawn.zones[wanted[0]]}, access, modes)
        if not all(kinds) or sorted(drawn.bits(seat) & 3 for seat in window) == kinds
    ]
    kind = [window for window in windows if not drawn.singles(states, window)]

    def middle(seats: list[int]) -> tuple[float, float]:
        xs, ys = [drawn.xs[seat] for seat in seats], [drawn.ys[seat] for seat in seats]
        return sum(xs) / len(seats), sum(ys) / len(seats)

    found = drawn.house.alternative(states, wanted, modes=modes)
    assert (found is None) == (not windows)
    if found is not None:
        assert found in (kind or windows)
        nearest = min(math.dist(middle(window), middle(wanted)) for window in kind or windows)
        assert math.isclose(math.dist(middle(found), middle(wanted)), nearest, abs_tol=1e-6)


def test_a_table_sold_whole_goes_to_as_many_as_it_has_chairs() -> None:
    table = Spec([(0, 0, False)] * 6, is_table=True)
    row = Spec([(0, 0, False)] * 6, is_table=False)
    house = Drawn([table, row]).house
    whole = {0: TableMode(0, "1", "whole")}
    assert house.best(bytearray(12), 6, modes=whole) == [0, 1, 2, 3, 4, 5]
    assert house.best(bytearray(12), 4, modes=whole) == [8, 9, 10, 11]
    assert house.best(bytearray(12), 4) == [1, 2, 3, 4]
    three = {0: TableMode(0, "1", "at_least", 3)}
    assert house.best(bytearray(12), 3, modes=three) == [2, 3, 4]
    assert house.best(bytearray(12), 4, modes=three) == [8, 9, 10, 11], "two chairs would be left"


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


async def test_the_best_up_to_a_price_cost_no_more(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    url = f"{house.base_urls[0]}/v1/events/{event.id}/holds"
    zones = ok(await client.get(f"{house.base_urls[0]}/v1/events/{event.id}"))["zones"]
    prices = sorted({zone["price_minor"] for zone in zones})
    best = {"quantity": 2, "price_max_minor": prices[0]}
    held = ok(await client.post(url, json={"best": best}, headers=house.buyer()), 201)
    assert [seat["price_minor"] for seat in held["seats"]] == [prices[0]] * 2
    best["price_max_minor"] = prices[0] - 1
    too_dear = await client.post(url, json={"best": best}, headers=house.buyer())
    assert too_dear.status_code == 409
    assert too_dear.json()["type"] == "/problems/not-together"


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


def test_nothing_together_is_given_across_an_aisle() -> None:
    row = Spec([(0, 0, at == 4) for at in range(8)], is_table=False)
    house = Drawn([row]).house
    assert house.best(bytearray(8), 4) in ([0, 1, 2, 3], [4, 5, 6, 7])
    assert house.best(bytearray(8), 5) is None


def test_a_group_that_did_not_change_is_not_looked_through_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places, _ = theatre()
    house = House(places)
    looks: list[int] = []
    look = House._look

    def counted(self: House, states: Any, quantity: int, *more: Any) -> Any:
        looks.append(quantity)
        return look(self, states, quantity, *more)

    monkeypatch.setattr(House, "_look", counted)
    states = bytearray(places.seat_count)
    for _ in range(100):
        for seat in house.best(states, 2) or ():
            states[seat] = 1
    groups = len(house._groups)
    assert groups > 1
    # Each group once, and after each answer the one group that it was taken from.
    assert len(looks) <= groups + 100
