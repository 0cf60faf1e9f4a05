"""What is asked for together is done together, and each is answered for itself."""

import asyncio

import pytest

from server.kernel.batches import Batches
from server.kernel.errors import NotFound, Overloaded


class Bakery:
    """Bakes batches of three; burns what is called `burnt`, has no flour for `no flour`."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.orders = Batches(self._bake, batch_max=3, waiting_max=5)

    async def _bake(self, key: str, items: list[str]) -> list[str]:
        self.batches.append(items)
        await asyncio.sleep(0)
        if "no flour" in items:
            raise NotFound("no flour")
        if "burnt" in items:
            raise ValueError("burnt")
        return [f"{key} {item}" for item in items]

    async def bake(self, *items: str) -> list[str | BaseException]:
        asked = [self.orders.join("hot", item) for item in items]
        return await asyncio.gather(*asked, return_exceptions=True)


async def test_who_comes_meanwhile_goes_with_the_next_in_the_order_they_came() -> None:
    bakery = Bakery()
    assert await bakery.bake(*"abcd") == ["hot a", "hot b", "hot c", "hot d"]
    assert bakery.batches == [["a", "b", "c"], ["d"]]
    assert await bakery.bake("e") == ["hot e"], "and a key that was idle begins anew"


async def test_one_that_fails_fails_alone() -> None:
    bakery = Bakery()
    first, burnt, last = await bakery.bake("a", "burnt", "b")
    assert (first, last) == ("hot a", "hot b")
    assert isinstance(burnt, ValueError)
    assert bakery.batches == [["a", "burnt", "b"], ["a"], ["burnt"], ["b"]]


async def test_what_is_true_for_all_is_told_to_all_and_not_tried_for_each() -> None:
    bakery = Bakery()
    told = await bakery.bake("a", "no flour")
    assert all(isinstance(one, NotFound) for one in told)
    assert len(bakery.batches) == 1


async def test_there_is_a_bound_to_those_who_wait() -> None:
    told = await Bakery().bake(*"abcdefghi")
    assert [isinstance(one, Overloaded) for one in told] == [False] * 5 + [True] * 4


async def test_who_gives_up_waiting_takes_nobody_along() -> None:
    bakery = Bakery()
    gone = asyncio.ensure_future(bakery.orders.join("hot", "a"))
    stays = asyncio.ensure_future(bakery.orders.join("hot", "b"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == "hot b"
    with pytest.raises(asyncio.CancelledError):
        await gone
