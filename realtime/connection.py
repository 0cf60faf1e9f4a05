"""A reader on a connection, whichever kind, and the way to the socket under it as far as the
server opens it to us (`uvicorn_protocols`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from realtime.hub import Hub
from realtime.protocol import Position
from realtime.reader import Reader, Subscriber

EXTENSION = "realtime.outlet"
"""Key in an ASGI scope's extensions under which the connection's `Outlet` is found."""


class Outlet:
    """A connection's transport, and whether it takes more: what `send` would do, without a
    coroutine per message. The server's protocol reports `paused`, `resumed` and `lost`.

    `writable` is false from the first byte that the kernel did not take until the last of them
    is gone, so at most one frame ever waits.
    """

    __slots__ = ("_backlog", "_stuck_since", "on_resume", "transport", "writable")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.writable = True
        self.on_resume: Callable[[], None] | None = None
        self._backlog = -1
        self._stuck_since = 0.0

    def open(self, on_resume: Callable[[], None]) -> None:
        """`on_resume` is called when the connection takes bytes again."""
        self.transport.set_write_buffer_limits(high=0)
        self.on_resume = on_resume

    def close(self) -> None:
        self.on_resume = None

    def paused(self) -> None:
        self.writable = False
        self._backlog = -1

    def resumed(self) -> None:
        self.writable = True
        if self.on_resume is not None:
            self.on_resume()

    def lost(self) -> None:
        self.writable = False
        self.on_resume = None

    def stalled_s(self, now_s: float) -> float:
        """For how long the peer has taken nothing at all, as seen at the calls of this."""
        if self.writable:
            return 0.0
        backlog = self.transport.get_write_buffer_size()
        if backlog != self._backlog:
            self._backlog, self._stuck_since = backlog, now_s
        return now_s - self._stuck_since


@contextmanager
def reader_on(
    scope: MutableMapping[str, Any], hub: Hub, subscriber: Subscriber, since: Position | None
) -> Iterator[tuple[Reader, Outlet | None]]:
    """A reader served by the current task, which the hub may interrupt at any `await`: the block
    then ends as if it had been left. Raises ReaderRefused."""
    task = asyncio.current_task()
    assert task is not None
    outlet: Outlet | None = scope.get("extensions", {}).get(EXTENSION)

    def cut() -> None:
        """End the connection, with whatever its reader never took. Where the transport is out
        of reach the server closes it as it can, after the task."""
        if outlet is not None:
            outlet.transport.abort()
        else:
            task.cancel()

    with hub.reader(subscriber, since, abort=cut) as reader:
        if outlet is not None:
            outlet.open(reader.wake)
        try:
            yield reader, outlet
        except asyncio.CancelledError:
            if not reader.ended:
                raise  # the server's doing
            task.uncancel()
        finally:
            if outlet is not None:
                outlet.close()


def interruption() -> Callable[[], object]:
    """Ends whatever the current task is waiting for inside a block of `reader_on`, when its
    reader has ended."""
    task = asyncio.current_task()
    assert task is not None
    return task.cancel
