"""What many ask for at once is fetched once."""

import asyncio

from server.kernel.flights import Flights


class _Source:
    """Answers when it is told to; counts how often it was asked."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None
        self.flights = Flights[str, int](self.kept.__setitem__)

    async def fetch(self, key: str) -> int:
        self.asked += 1
        answer = self.asked
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return answer

    def join(self) -> asyncio.Task[int]:
        return asyncio.create_task(self.flights.join("key", self.fetch))


async def test_many_at_once_are_one_fetch_and_the_next_is_another() -> None:
    source = _Source()
    waiting = [source.join() for _ in range(100)]
    await asyncio.sleep(0)
    source.may_answer.set()
    assert set(await asyncio.gather(*waiting)) == {1}
    assert (source.asked, source.kept) == (1, {"key": 1})
    assert await source.join() == 2


async def test_who_stops_waiting_leaves_the_others_theirs() -> None:
    source = _Source()
    first, second = source.join(), source.join()
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.may_answer.set()
    assert await second == 1
    assert source.asked == 1


async def test_an_error_is_for_all_who_waited_and_not_remembered() -> None:
    source = _Source()
    source.error = ValueError("not now")
    waiting = [source.join() for _ in range(3)]
    source.may_answer.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError] * 3
    assert source.kept == {}
    source.error = None
    assert await source.join() == 2


async def test_what_was_forgotten_while_it_was_fetched_is_neither_kept_nor_given_to_new_ones() -> (
    None
):
    source = _Source()
    before = source.join()
    await asyncio.sleep(0)
    source.flights.forget("key")
    after = source.join()
    await asyncio.sleep(0)
    source.may_answer.set()
    assert (await before, await after) == (1, 2)
    assert source.kept == {"key": 2}
