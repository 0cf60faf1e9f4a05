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
from functools import lru_cache
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
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


_ELSEWHERE = frozenset({b"connection", b"transfer-encoding"})
"""Headers that say how an answer is sent; ASGI has names in lower case."""


class _Cycle(RequestResponseCycle):
    """Where an answer is there as a whole, it goes out as a whole. Each write is a system call that
    wakes the peer, a tenth of what a short answer costs; and uvicorn's own way, which streams take,
    looks at each header by itself, at the cost of another tenth."""

    _start: Any = None
    """Waits for the first of the body."""

    async def send(self, message: Any) -> None:
        start, self._start = self._start, None
        if message["type"] == "http.response.start":
            self._start = message  # a second one is that of an error before anything was sent
        elif start is None:
            await super().send(message)
        elif message.get("more_body") or not self._send_whole(start, message.get("body", b"")):
            await super().send(start)
            await super().send(message)

    def _send_whole(self, start: Any, body: bytes) -> bool:
        """False, nothing having been written, for what is not as plain as nearly everything is."""
        status, headers = start["status"], [*self.default_headers, *start["headers"]]
        if (
            self.scope["method"] == "HEAD"
            or not self.keep_alive
            or self.disconnected
            or self.flow.write_paused
        ):
            return False
        names, values = zip(*headers, strict=True) if headers else ((), ())
        sized = _plain(names)
        if sized is None or not b"".join(values).decode("latin-1").isprintable():
            return False
        if sized < 0:
            if body or status not in (204, 304):
                return False
        elif values[sized] != b"%d" % len(body):
            return False
        lines = b"\r\n".join([*map(b": ".join, headers), b"\r\n"])
        self.transport.write(b"".join((STATUS_LINE[status], lines, body)))
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.message_event.set()
        self.on_response()
        return True


@lru_cache(maxsize=1_024)
def _plain(names: tuple[bytes, ...]) -> int | None:
    """Where the content's length is among headers of these names, -1 where it is not; None where
    not all of them are letters, digits and hyphens, or one says how the answer is sent."""
    letters = b"".join(names).replace(b"-", b"")
    if (letters and not letters.isalnum()) or not _ELSEWHERE.isdisjoint(names):
        return None
    return names.index(b"content-length") if b"content-length" in names else -1


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
        cycle.__class__ = _Cycle
        super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # pyright: ignore[reportAssignmentType]
        scope["extensions"] = {EXTENSION: self.outlet}


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
