"""Who gets a place when many want it: exactly as many as there are."""

import asyncio
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.support import Buyer, problem, state_of

NewBuyer = Callable[[], Buyer]


async def test_of_fifty_holds_for_one_seat_exactly_one_wins(
    house: Product, new_buyer: NewBuyer
) -> None:
    event = house.event()
    answers = await asyncio.gather(*(new_buyer().hold(event, [7, 8]) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer, 409, "seats-taken")["seats"] == [7, 8]


@pytest.mark.parametrize(("buyers", "each", "expected"), [(8, 3, 3), (64, 1, 10), (64, 2, 5)])
async def test_a_standing_area_of_ten_sells_ten_and_never_more(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    buyers: int,
    each: int,
    expected: int,
) -> None:
    event = house.event(capacities={"dance-floor": 10})
    answers = await asyncio.gather(
        *(new_buyer().hold(event, pools={"dance-floor": each}) for _ in range(buyers))
    )
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {201: expected, 409: buyers - expected}
    assert (await state_of(client, event))[1][0] == 10 - expected * each
