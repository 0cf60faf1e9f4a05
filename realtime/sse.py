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

from realtime.connection import reader_on
from realtime.hub import Hub
from realtime.protocol import Position, sse_prelude
from realtime.reader import Reader, Subscriber


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
        super().__init__(_nothing(), ping=0, headers={"Cache-Control": "no-cache, no-transform"})
        self._hub = hub
        self._subscriber = subscriber
        self._since = requested_position(request.headers, request.query_params)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            await super().__call__(scope, receive, send)
            return
        with reader_on(scope, self._hub, self._subscriber, self._since) as reader:
            watcher = asyncio.create_task(_watch(receive, reader))
            try:
                await self._pump(reader, send)
            finally:
                watcher.cancel()

    async def _pump(self, reader: Reader, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        body = sse_prelude(self._hub.retry_ms())
        while True:
            await send({"type": "http.response.body", "body": body, "more_body": True})
            frame = await reader.next()
            if frame is None:
                break
            body = frame.sse
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _watch(receive: Receive, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.leave()


async def _nothing() -> AsyncIterator[bytes]:
    """The superclass wants a body; `_pump` is ours."""
    return
    yield
