"""Who of a process works on one thing, and with which connections."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server.kernel.errors import Overloaded

WAIT_MAX_S = 5.0
WAITERS_MAX = 500


class Lane:
    """Work of one process on one thing: that which is alone there, or any that shares it, in the
    order it came. `kept`: connections, between two pieces of work while somebody `stays`; `last`:
    done once the last that was begun at once has told what it changed."""

    __slots__ = ("_inside", "_is_alone", "_waiting", "kept", "last", "number", "stays")

    def __init__(self, number: int) -> None:
        self.number = number
        self.stays = 0
        self.kept: list[Any] = []
        self.last: asyncio.Future[None] | None = None
        self._inside = 0
        self._is_alone = False
        self._waiting: deque[tuple[bool, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def inside(self, *, alone: bool) -> AsyncIterator[None]:
        """Raises Overloaded where too many wait, or this one has for too long."""
        if self._waiting or not self._is_open(alone):
            await self._wait(alone)
        else:
            self._enter(alone)
        try:
            yield
        finally:
            self._leave()

    def _is_open(self, alone: bool) -> bool:
        return not self._inside if alone else not self._is_alone

    def _enter(self, alone: bool) -> None:
        self._inside += 1
        self._is_alone = alone

    def _leave(self) -> None:
        self._inside -= 1
        self._is_alone = False
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting:
            alone, turn = self._waiting[0]
            if not turn.cancelled():
                if not self._is_open(alone):
                    return
                self._enter(alone)
                turn.set_result(None)
            self._waiting.popleft()

    async def _wait(self, alone: bool) -> None:
        if len(self._waiting) >= WAITERS_MAX:
            raise _busy()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((alone, turn))
        try:
            async with asyncio.timeout(WAIT_MAX_S):
                await turn
        except BaseException as error:
            if turn.cancelled():
                self._let_in()
            else:  # let in at this very moment
                self._leave()
            if isinstance(error, TimeoutError):
                raise _busy() from None
            raise


def _busy() -> Overloaded:
    return Overloaded("too many are changing this event: try again", retry_after_s=1)
