"""uvicorn's protocols, with a way to the socket: frames can be written without a coroutine per
message, the connection can be cut, and a dead peer is noticed.

ASGI has no word for "write this now, if it can be taken" nor for "drop this connection now".
uvicorn's own way to its transport is a protocol class: pass `http=StreamHttpProtocol,
ws=StreamWebSocketProtocol` to `uvicorn.Config`, and `ws_ping_interval` and `ws_ping_timeout` for
half-open WebSockets. Without them everything works, except that each frame costs a turn of the
connection's task, and that a stuck reader keeps its last bytes until TCP gives up.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from realtime.connection import EXTENSION, Outlet

UNACKNOWLEDGED_MAX_MS = 20_000
"""How long a peer may leave sent bytes unacknowledged; heartbeats see to it that there are some."""

UNSENT_BYTES_MAX = 16_384
"""What the kernel holds of a slow reader's stream beyond the peer's own window."""


def _tune(transport: asyncio.BaseTransport) -> None:
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for option, value in (
        ("TCP_USER_TIMEOUT", UNACKNOWLEDGED_MAX_MS),
        ("TCP_NOTSENT_LOWAT", UNSENT_BYTES_MAX),
    ):
        if hasattr(socket, option):  # Linux
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


class _OneWrite:
    """What an answer is written to. Its head goes with the first of its body: each write is a
    system call that wakes the peer, a tenth of what a short answer costs."""

    __slots__ = ("_head", "_transport", "is_closing")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif self._head is None and not data.startswith(b"HTTP/1.1 100 "):
            self._head = data
            return
        self._transport.write(data)

    def close(self) -> None:
        if self._head:
            self.write(b"")
        self._transport.close()


class StreamHttpProtocol(HttpToolsProtocol):
    """HTTP; WebSockets begin here too."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        _tune(transport)
        self.outlet = Outlet(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.outlet.lost()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self.outlet.paused()
        super().pause_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.outlet.resumed()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if cycle.scope["method"] != "HEAD":  # no body comes after that head
            cycle.transport = _OneWrite(cycle.transport)
        super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # pyright: ignore[reportAssignmentType]
        scope["extensions"] = {**scope.get("extensions", {}), EXTENSION: self.outlet}


class StreamWebSocketProtocol(WebSocketsSansIOProtocol):
    """WebSocket, after the upgrade."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.outlet = Outlet(cast(asyncio.Transport, transport))
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.outlet.lost()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self.outlet.paused()
        super().pause_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.outlet.resumed()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # the scope exists; the application's task has not begun yet
            extensions: dict[str, Any] = self.scope["extensions"]  # pyright: ignore
            extensions[EXTENSION] = self.outlet
