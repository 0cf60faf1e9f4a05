"""A reader on a server-sent event stream: sse-starlette's response with its four tasks and its
queue replaced by the reader's cursor.

What is kept of `EventSourceResponse`: its place in Starlette, its headers, HEAD. What is not:
its ping task (heartbeats serve every reader), its exit watcher (the hub drains), and its
encoder (frames come encoded, and shared).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from realtime.connection import Attachment, interruption
from realtime.hub import Hub
from realtime.protocol import Position, sse_prelude
from realtime.reader import Reader, Subscriber

_HEADERS = {"Cache-Control": "no-cache, no-transform"}
_CHUNKED = (b"transfer-encoding", b"chunked")
"""Said rather than left to the server where frames are written past it (`Frame.wire`)."""


def requested_position(headers: Headers, query: QueryParams) -> Position | None:
    """Where the client wants to resume: `Last-Event-ID`, which a browser sends when it
    reconnects to an unchanged URL, before `?since=`. Nonsense counts as nothing."""
    return Position.parse(headers.get("last-event-id") or query.get("since"))


class FeedResponse(EventSourceResponse):
    """Streams `subscriber.channel` from the position that the request asks for.

    Calling it raises ReaderRefused before anything is sent. It must not pass through
    compressing middleware.
    """

    def __init__(self, request: Request, hub: Hub, subscriber: Subscriber) -> None:
        super().__init__(_NOTHING, ping=0, headers=_HEADERS)
        self._hub = hub
        self._subscriber = subscriber
        self._since = requested_position(request.headers, request.query_params)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            await super().__call__(scope, receive, send)
            return
        with Attachment(scope, self._hub, self._subscriber, self._since) as (reader, outlet):
            headers = [*self.raw_headers, _CHUNKED] if outlet else self.raw_headers
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._body(send, sse_prelude(self._hub.retry_ms()))
            if outlet is None:
                await self._pump(reader, receive, send)
            else:
                reader.push(outlet, "sse", interruption())
                await _gone(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pump(self, reader: Reader, receive: Receive, send: Send) -> None:
        """Where the transport is out of reach: a turn of this task per frame."""
        watcher = asyncio.create_task(_watch(receive, reader))
        try:
            while (frame := await reader.next()) is not None:
                await self._body(send, frame.sse)
        finally:
            watcher.cancel()

    @staticmethod
    async def _body(send: Send, body: bytes) -> None:
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _watch(receive: Receive, reader: Reader) -> None:
    await _gone(receive)
    reader.leave()


class _Nothing:
    """The superclass wants a body; ours comes from the hub."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration


_NOTHING = _Nothing()
