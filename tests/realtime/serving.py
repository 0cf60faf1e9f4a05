"""A real server of channels, and small clients of both kinds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from realtime import SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON, Broker, HubSettings, Position
from realtime.client import Follower, Message, SseDecoder, Verdict, decode_binary, decode_text
from realtime.hub import Hub
from realtime.limits import ReaderRefused
from realtime.reader import Subscriber
from realtime.sse import FeedResponse
from realtime.uvicorn_protocols import StreamHttpProtocol, StreamWebSocketProtocol
from realtime.websocket import serve
from tests.realtime.support import (
    CHANNEL,
    PATIENCE_S,
    SETTINGS,
    CountersBodies,
    CountersFold,
    Ledger,
    eventually,
    hub_on,
)

ORIGIN = "http://ours.example"


def application(hub: Hub) -> Starlette:
    def subscriber(connection: Request | WebSocket) -> Subscriber:
        params = connection.query_params
        return Subscriber(
            connection.path_params["channel"], params.get("address", "home"), params.get("key")
        )

    async def stream(request: Request) -> Response:
        return FeedResponse(request, hub, subscriber(request))

    async def socket(websocket: WebSocket) -> None:
        await serve(
            websocket,
            hub,
            subscriber(websocket),
            origin_allowed=lambda origin: origin in (None, ORIGIN),
        )

    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, ReaderRefused)
        return JSONResponse({"reason": error.reason}, status_code=429)

    return Starlette(
        routes=[Route("/sse/{channel}", stream), WebSocketRoute("/ws/{channel}", socket)],
        exception_handlers={ReaderRefused: refused},
    )


class Server(uvicorn.Server):
    """Drains its hub before it closes connections, and leaves the test's signals alone."""

    def __init__(self, hub: Hub, **options: Any) -> None:
        options = {"http": StreamHttpProtocol, "ws": StreamWebSocketProtocol, **options}
        config = uvicorn.Config(
            application(hub), port=0, log_level="warning", lifespan="off", **options
        )
        super().__init__(config)
        self.hub = hub

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: Any = None) -> None:
        await self.hub.drain()
        await super().shutdown(sockets)

    @property
    def port(self) -> int:
        return self.servers[0].sockets[0].getsockname()[1]


@asynccontextmanager
async def serving(
    ledger: Ledger, broker: Broker, settings: HubSettings = SETTINGS, **options: Any
) -> AsyncIterator[Server]:
    async with hub_on(ledger, broker, settings) as hub:
        server = Server(hub, **options)
        running = asyncio.create_task(server.serve())
        await eventually(lambda: server.started)
        try:
            yield server
        finally:
            server.should_exit = True
            await asyncio.wait_for(running, PATIENCE_S)


class Stream:
    """A client on a real connection: what it received, and what it made of it."""

    def __init__(self, since: Position | None = None, state: list[int] | None = None) -> None:
        self.fold = CountersFold()
        self.follower = Follower(self.fold)
        self.messages: list[Message] = []
        self.verdicts: list[Verdict] = []
        self.headers: httpx.Headers = httpx.Headers()
        self.socket: ClientConnection | None = None
        self.ended = asyncio.Event()
        if since is not None and state is not None:
            self.fold.snapshot({"x": state, "v": since.version})
            self.follower.position = since

    def take(self, message: Message) -> None:
        self.messages.append(message)
        self.verdicts.append(self.follower.feed(message))

    @property
    def kinds(self) -> list[str]:
        return [message.type for message in self.messages]

    async def receives(self, kind: str, times: int = 1, within_s: float = PATIENCE_S) -> Message:
        await eventually(lambda: self.kinds.count(kind) >= times, within_s)
        return next(message for message in reversed(self.messages) if message.type == kind)

    async def reaches(self, truth: Any, within_s: float = PATIENCE_S) -> None:
        await eventually(lambda: self.follower.position == truth.position, within_s)
        assert self.fold.values == truth.values


@asynccontextmanager
async def sse(
    server: Server,
    channel: str = CHANNEL,
    query: str = "",
    headers: dict[str, str] | None = None,
    stream: Stream | None = None,
) -> AsyncIterator[Stream]:
    stream = stream or Stream()
    url = f"http://127.0.0.1:{server.port}/sse/{channel}{query}"

    async def read(response: httpx.Response) -> None:
        decoder = SseDecoder()
        async for chunk in response.aiter_raw():
            for message in decoder.feed(chunk):
                stream.take(message)
        stream.ended.set()

    async with (
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as http,
        http.stream("GET", url, headers=headers or {}) as response,
    ):
        assert response.status_code == 200
        stream.headers = response.headers
        async with _reading(read(response)):
            yield stream


@asynccontextmanager
async def websocket(
    server: Server,
    channel: str = CHANNEL,
    query: str = "",
    stream: Stream | None = None,
    **options: Any,
) -> AsyncIterator[Stream]:
    stream = stream or Stream()
    options = {"subprotocols": [SUBPROTOCOL_JSON], "origin": ORIGIN, "proxy": None, **options}

    async def read(socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = await socket.recv()
                packed = isinstance(message, bytes)
                stream.take(
                    decode_binary(message, CountersBodies()) if packed else decode_text(message)
                )
        stream.ended.set()

    url = f"ws://127.0.0.1:{server.port}/ws/{channel}{query}"
    async with connect(url, **options) as socket:
        stream.socket = socket
        async with _reading(read(socket)):
            yield stream


def binary_websocket(*arguments: Any, **options: Any) -> AbstractAsyncContextManager[Stream]:
    return websocket(*arguments, **{"subprotocols": [SUBPROTOCOL_BINARY], **options})


@asynccontextmanager
async def _reading(work: Any) -> AsyncIterator[None]:
    reading = asyncio.create_task(work)
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
