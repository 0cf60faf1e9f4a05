"""What many ask for at the same moment is done together, in the order they came."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from server.kernel.errors import DomainError, Overloaded

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Result = TypeVar("Result")


class Batches(Generic[Key, Item, Result]):
    """One batch of a key at a time: who comes while it is under way goes with the next.

    `work` does a batch and returns a result for each of its items. A DomainError of it is
    everybody's answer. Whatever else it raises may be one item's own fault: each is then done
    alone, so that the others do not fail with it. `waiting_max`, per key: past it, Overloaded.
    """

    def __init__(
        self,
        work: Callable[[Key, list[Item]], Awaitable[Sequence[Result]]],
        *,
        batch_max: int,
        waiting_max: int,
    ) -> None:
        self._work, self._batch_max, self._waiting_max = work, batch_max, waiting_max
        self._waiting: dict[Key, list[tuple[Item, asyncio.Future[Result]]]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def join(self, key: Key, item: Item) -> Result:
        """Raises what `work` raises, and Overloaded."""
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = []
            running = asyncio.create_task(self._run(key, waiting))
            self._running.add(running)
            running.add_done_callback(self._running.discard)
        if len(waiting) >= self._waiting_max:
            raise Overloaded("very many are coming at this moment: try again", retry_after_s=2)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        waiting.append((item, future))
        return await future

    async def _run(self, key: Key, waiting: list[tuple[Item, "asyncio.Future[Result]"]]) -> None:
        while waiting:
            batch = waiting[: self._batch_max]
            del waiting[: self._batch_max]
            await self._do(key, batch)
        # No await between the last look and here, so nobody is left behind.
        del self._waiting[key]

    async def _do(self, key: Key, batch: list[tuple[Item, "asyncio.Future[Result]"]]) -> None:
        try:
            results = await self._work(key, [item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, DomainError):
                for one in batch:
                    await self._do(key, [one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)
