"""A connection on which Redis says what is published: read by hiredis, all that has come in one go.

redis-py gives messages one by one, each through a coroutine, a timeout, a retry and a lookup of
its metrics: a fifth of what a process does that tells a thousand readers. It still knows how to
read an address, and publishes.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio.connection import SSLConnection, parse_url

MESSAGES_PER_TURN = 64
"""More of them wait until the loop has done its other work."""

Heard = Callable[[Any], None]
"""Takes a reply: a list for what a subscription tells, bytes for an answer. Must not raise."""


class RedisLink(asyncio.Protocol):
    """An error that Redis answers ends the connection, as its end does: there is nothing that we
    ask which may be refused."""

    def __init__(self, heard: Heard) -> None:
        self._loop = asyncio.get_running_loop()
        self._heard = heard
        self._heard_at = self._loop.time()
        self._replies = hiredis.Reader()
        self._has_more = False
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, url: str, heard: Heard, timeout_s: float) -> RedisLink:
        """`url`: redis://, rediss:// or unix://. Raises OSError, TimeoutError."""
        given: dict[str, Any] = {**parse_url(url)}
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout_s):
            if "path" in given:
                _, link = await loop.create_unix_connection(lambda: cls(heard), given["path"])
            else:
                _, link = await loop.create_connection(
                    lambda: cls(heard),
                    given.get("host", "localhost"),
                    given.get("port", 6379),
                    ssl=_tls(given),
                )
        if given.get("password"):
            name = [given["username"]] if given.get("username") else []
            link.send("AUTH", *name, given["password"])
        return link

    def send(self, *words: str | bytes) -> None:
        """A command; its answer, if any, is heard."""
        if self._transport is not None:
            packed = hiredis.pack_command(words)  # pyright: ignore[reportArgumentType] - any number
            self._transport.write(packed)

    async def watch(self, silence_max_s: float) -> None:
        """Until the connection ends, or nothing came for so long in spite of our asking.

        Raises OSError, TimeoutError.
        """
        while True:
            before = self._heard_at
            await asyncio.wait({self._closed}, timeout=silence_max_s / 4)
            if self._closed.done():
                self._closed.result()
            if self._loop.time() - self._heard_at > silence_max_s:
                raise TimeoutError("silence")
            if self._heard_at == before:
                self.send("PING")

    def close(self) -> None:
        self._closed.cancel()
        if self._transport is not None:
            self._transport.abort()

    # The protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._replies.feed(data)
        if not self._has_more:
            self._tell_some()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._end(exc or ConnectionError("closed by Redis"))

    def _tell_some(self) -> None:
        if self._closed.done():
            return
        try:
            for _ in range(MESSAGES_PER_TURN):
                reply = self._replies.gets()
                if reply is False:
                    self._go_on_reading(True)
                    return
                if isinstance(reply, hiredis.ReplyError):
                    raise ConnectionError(str(reply))
                self._heard(reply)
        except (hiredis.ProtocolError, ConnectionError) as error:
            self._end(ConnectionError(str(error)))
            return
        self._go_on_reading(False)
        self._loop.call_soon(self._tell_some)

    def _go_on_reading(self, go_on: bool) -> None:
        if self._transport is not None and self._has_more == go_on:
            self._has_more = not go_on
            (self._transport.resume_reading if go_on else self._transport.pause_reading)()

    def _end(self, error: Exception) -> None:
        if not self._closed.done():
            self._closed.set_exception(error)


def _tls(given: dict[str, Any]) -> ssl.SSLContext | None:
    """As redis-py understands the address, with whatever options it gives."""
    if given.pop("connection_class", None) is not SSLConnection:
        return None
    return SSLConnection(**given).ssl_context.get()
