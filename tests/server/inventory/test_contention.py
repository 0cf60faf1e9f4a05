"""Who gets a place when many want it: exactly as many as there are."""

import asyncio
from collections import Counter

import httpx
import pytest

from tests.fixtures.product import Product


async def test_of_fifty_holds_for_one_seat_exactly_one_wins(product: Product) -> None:
    event = product.event()
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as client:

        async def hold() -> httpx.Response:
            body = {"seats": [7, 8]}
            return await client.post(
                f"/v1/events/{event.id}/holds", json=body, headers=product.buyer()
            )

        answers = await asyncio.gather(*(hold() for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["seats"] == [7, 8]
            assert answer.json()["type"] == "/problems/seats-taken"


@pytest.mark.parametrize(("buyers", "each", "expected"), [(8, 3, 3), (64, 1, 10), (64, 2, 5)])
async def test_a_standing_area_of_ten_sells_ten_and_never_more(
    product: Product, buyers: int, each: int, expected: int
) -> None:
    event = product.event(capacities={"dance-floor": 10})
    pool = str(event.pools["dance-floor"])
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as client:

        async def hold() -> int:
            body = {"pools": [{"pool_id": pool, "quantity": each}]}
            answer = await client.post(
                f"/v1/events/{event.id}/holds", json=body, headers=product.buyer()
            )
            return answer.status_code

        statuses = Counter(await asyncio.gather(*(hold() for _ in range(buyers))))
        state = (await client.get(f"/v1/events/{event.id}/seats")).json()
    assert statuses == {201: expected, 409: buyers - expected}
    assert state["g"][0] == 10 - expected * each
