"""Many ask at once for what takes time to fetch: it is fetched once, and all get it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Flights(Generic[Key, Value]):
    """`keep` gets each value once; not that of a flight that was forgotten meanwhile."""

    def __init__(self, keep: Callable[[Key, Value], None]) -> None:
        self._keep = keep
        self._running: dict[Key, asyncio.Task[Value]] = {}

    async def join(self, key: Key, fetch: Callable[[Key], Awaitable[Value]]) -> Value:
        """The value of the flight under way, or of a new one. Raises whatever `fetch` does.

        Who stops waiting leaves the others theirs.
        """
        running = self._running.get(key)
        if running is None:
            running = asyncio.create_task(self._fly(key, fetch))
            self._running[key] = running
        return await asyncio.shield(running)

    def forget(self, key: Key) -> None:
        """What is being fetched is out of date: who comes from now on fetches anew."""
        self._running.pop(key, None)

    async def _fly(self, key: Key, fetch: Callable[[Key], Awaitable[Value]]) -> Value:
        me = asyncio.current_task()
        try:
            value = await fetch(key)
            if self._running.get(key) is me:
                self._keep(key, value)
            return value
        finally:
            if self._running.get(key) is me:
                del self._running[key]
