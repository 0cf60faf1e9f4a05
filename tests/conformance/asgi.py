"""Requests straight to the application, without sockets: thousands of them take seconds."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec
from starlette.types import ASGIApp, Message

OPENED = 101
"""What a door says that let somebody follow: a WebSocket accepted, a stream begun."""

ANSWER_S = 30

Headers = Sequence[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> str:
        """The kind of problem it tells of, or nothing."""
        if self.headers.get("content-type") != "application/problem+json":
            return ""
        return msgspec.json.decode(self.body)["type"].removeprefix("/problems/")


async def ask(
    app: ASGIApp, method: str, path: str, headers: Headers = (), body: bytes = b""
) -> Answer:
    """One request. A stream counts as OPENED with its first bytes, and is left then."""
    left = asyncio.Event()
    started: dict[str, Any] = {}
    chunks: list[bytes] = []
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
            if _named(message).get("content-type", "").startswith("text/event-stream"):
                started["status"] = OPENED
                left.set()
        else:
            chunks.append(message.get("body", b""))

    scope = _scope("http", "http", path, headers) | {"method": method}
    await _run(app, scope, receive, send, left)
    return Answer(started["status"], _named(started), b"".join(chunks))


async def knock(app: ASGIApp, path: str, headers: Headers = ()) -> Answer:
    """Ask for a WebSocket: OPENED, or the answer that refused it."""
    left = asyncio.Event()
    started: dict[str, Any] = {}
    chunks: list[bytes] = []
    waiting: list[Message] = [{"type": "websocket.connect"}]

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        await left.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        if message["type"] == "websocket.accept":
            started.update(message, status=OPENED)
            left.set()
        elif message["type"] == "websocket.http.response.start":
            started.update(message)
        elif message["type"] == "websocket.http.response.body":
            chunks.append(message.get("body", b""))

    scope = _scope("websocket", "ws", path, headers) | {
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }
    await _run(app, scope, receive, send, left)
    return Answer(started["status"], _named(started), b"".join(chunks))


async def _run(app: ASGIApp, scope: Any, receive: Any, send: Any, left: asyncio.Event) -> None:
    task = asyncio.ensure_future(app(scope, receive, send))
    leaving = asyncio.ensure_future(left.wait())
    await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED, timeout=ANSWER_S)
    assert task.done() or left.is_set(), f"no answer within {ANSWER_S} s: {scope['path']}"
    if not task.done():
        await asyncio.wait({task}, timeout=0.5)
        task.cancel()
    leaving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _scope(kind: str, scheme: str, path: str, headers: Headers) -> dict[str, Any]:
    bare, _, query = path.partition("?")
    # An address of its own: what is limited by address is no matter of permissions.
    address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": scheme,
        "server": ("127.0.0.1", 8000),
        "client": (address, 50_000),
        "root_path": "",
        "path": unquote(bare),
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8000"), *headers],
        "state": {},
    }


def _named(message: Any) -> dict[str, str]:
    return {
        name.decode().lower(): value.decode("latin-1") for name, value in message.get("headers", [])
    }
