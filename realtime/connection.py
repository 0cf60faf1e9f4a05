"""A reader on a connection, whichever kind, and the socket under it as far as the server lets us
reach it (`uvicorn_protocols`)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from realtime.hub import Hub
from realtime.protocol import Position
from realtime.reader import Reader, Subscriber

EXTENSION = "realtime.transport"
"""Key in an ASGI scope's extensions under which the connection's transport is found."""


@contextmanager
def reader_on(
    scope: MutableMapping[str, Any], hub: Hub, subscriber: Subscriber, since: Position | None
) -> Iterator[Reader]:
    """A reader served by the current task, which the hub may interrupt at any `await`: the block
    then ends as if it had been left. Raises ReaderRefused."""
    task = asyncio.current_task()
    assert task is not None
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(EXTENSION)

    def cut() -> None:
        """End the connection, with whatever its reader never took. Where the transport is out
        of reach the server closes it as it can, after the task."""
        if transport is not None:
            transport.abort()
        else:
            task.cancel()

    with hub.reader(subscriber, since, abort=cut) as reader:
        if transport is not None:
            # `send` then waits as soon as the kernel takes no more: no frame queues up behind
            # one that is stuck, its reader gets a merged one later.
            transport.set_write_buffer_limits(high=0)
        try:
            yield reader
        except asyncio.CancelledError:
            if not reader.ended:
                raise  # the server's doing
            task.uncancel()
