"""A reader on a connection, whichever kind, and the way to the socket under it as far as the
server opens it to us (`uvicorn_protocols`)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, MutableMapping
from typing import Any

from realtime.hub import Hub
from realtime.protocol import Position
from realtime.reader import Reader, Subscriber

EXTENSION = "realtime.outlet"
"""Key in an ASGI scope's extensions under which the connection's `Outlet` is found."""


class Outlet:
    """A connection's transport, and whether it takes more: what `send` of ASGI would do, without
    a coroutine per message. The server's protocol reports `paused`, `resumed` and `lost`.

    `writable` is false from the first byte that the kernel did not take until the last of them
    is gone, so at most one frame ever waits. While it is true the transport holds nothing back, so
    a frame may go right to the socket, which is a tenth cheaper than through the transport.
    """

    __slots__ = (
        "_backlog", "_socket", "_stuck_since", "on_pause", "on_resume", "send", "transport",
        "writable",
    )  # fmt: skip

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.writable = True
        self.on_pause: Callable[[], None] | None = None
        self.on_resume: Callable[[], None] | None = None
        self.send: Callable[[bytes], int] = self._send_through
        """Takes a whole frame, or its beginning: the number of bytes that it took. For who keeps
        the rule of `write`, which is: only while `writable`, and the rest goes to `keep`."""
        self._socket: socket.socket | None = None
        self._backlog = -1
        self._stuck_since = 0.0

    def open(self, on_pause: Callable[[], None], on_resume: Callable[[], None]) -> None:
        """Be told, inside `write` or later, when the connection takes no more, and when it takes
        bytes again."""
        self.transport.set_write_buffer_limits(high=0)
        self.on_pause, self.on_resume = on_pause, on_resume
        under = self.transport.get_extra_info("socket")
        if under is None or self.transport.get_extra_info("sslcontext") is not None:
            return
        if self.transport.get_write_buffer_size() == 0:
            # The transport keeps the descriptor; it is given back before that closes it.
            self._socket = socket.socket(under.family, socket.SOCK_STREAM, fileno=under.fileno())
            self.send = self._socket.send

    def close(self) -> None:
        self.on_pause = self.on_resume = None
        self.send = self._send_through
        if self._socket is not None:
            self._socket.detach()
            self._socket = None

    def write(self, data: bytes) -> None:
        """Only while `writable`."""
        try:
            taken = self.send(data)
        except BlockingIOError:
            taken = 0
        if taken < len(data):
            self.keep(data, taken)

    def keep(self, data: bytes, taken: int) -> None:
        """Let the transport send what the socket did not take."""
        self.transport.write(data[taken:])

    def _send_through(self, data: bytes) -> int:
        self.transport.write(data)
        return len(data)

    def paused(self) -> None:
        self.writable = False
        self._backlog = -1
        if self.on_pause is not None:
            self.on_pause()

    def resumed(self) -> None:
        self.writable = True
        if self.on_resume is not None:
            self.on_resume()

    def lost(self) -> None:
        self.paused()
        self.close()

    def stalled_s(self, now_s: float) -> float:
        """For how long the peer has taken nothing at all, as seen at the calls of this."""
        if self.writable:
            return 0.0
        backlog = self.transport.get_write_buffer_size()
        if backlog != self._backlog:
            self._backlog, self._stuck_since = backlog, now_s
        return now_s - self._stuck_since


class Attachment:
    """`with Attachment(...) as (reader, outlet)`: a reader served by the current task, which the
    hub may interrupt at any `await`: the block then ends as if it had been left. (There are
    thousands of these: a class is a kilobyte smaller than a generator.)

    Entering raises ReaderRefused.
    """

    __slots__ = ("_hub", "_since", "_subscriber", "_task", "outlet", "reader")

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        hub: Hub,
        subscriber: Subscriber,
        since: Position | None,
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._hub = hub
        self._subscriber = subscriber
        self._since = since
        self.outlet: Outlet | None = scope.get("extensions", {}).get(EXTENSION)

    def __enter__(self) -> tuple[Reader, Outlet | None]:
        self.reader = reader = self._hub.admit(self._subscriber, self._since, self._cut)
        if self.outlet is not None:
            self.outlet.open(reader.block, reader.wake)
        return reader, self.outlet

    def __exit__(self, kind: type[BaseException] | None, *_more: object) -> bool:
        interrupted = kind is asyncio.CancelledError and self.reader.ended
        if interrupted:
            self._task.uncancel()
        if self.outlet is not None:
            self.outlet.close()
        self._hub.dismiss(self.reader)
        return interrupted  # anything else is the server's doing

    def _cut(self) -> None:
        """End the connection, with whatever its reader never took. Where the transport is out
        of reach the server closes it as it can, after the task."""
        if self.outlet is not None:
            self.outlet.transport.abort()
        else:
            self._task.cancel()


def interruption() -> Callable[[], object]:
    """Ends whatever the current task is waiting for inside an `Attachment`, when its
    reader has ended."""
    task = asyncio.current_task()
    assert task is not None
    return task.cancel
