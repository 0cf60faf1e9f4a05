"""Redis (or Valkey) pub/sub as the broker.

One connection listens (`redis_link.py`), a pool publishes. Every session begins with explicit
subscriptions, and only their confirmations make the broker `up`.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from realtime.broker import BrokerDown, Listener
from realtime.redis_link import RedisLink
from realtime.tasks import end

logger = logging.getLogger(__name__)

_FAILURES = (RedisError, OSError, TimeoutError)


class RedisBroker:
    """`prefix` keeps the topics apart from other users of the same Redis.

    A session without any sign of life for `silence_max_s` is given up (a stopped server, a
    half-open connection) and tried again every `reconnect_interval_s`.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "realtime:",
        publish_timeout_s: float = 0.1,
        publish_connections_max: int = 8,
        subscribe_timeout_s: float = 1.0,
        silence_max_s: float = 2.0,
        reconnect_interval_s: float = 0.2,
    ) -> None:
        self._prefix = prefix.encode()
        self._publish_timeout_s = publish_timeout_s
        self._subscribe_timeout_s = subscribe_timeout_s
        self._silence_max_s = silence_max_s
        self._reconnect_interval_s = reconnect_interval_s
        self._url = url
        self._publisher = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                max_connections=publish_connections_max,
                timeout=publish_timeout_s,
                retry=Retry(NoBackoff(), 1),  # a connection from before a restart is found dead
                socket_connect_timeout=subscribe_timeout_s,
                socket_timeout=silence_max_s,
            )
        )
        self._listener: Listener | None = None
        self._session_task: asyncio.Task[None] | None = None
        self._link: RedisLink | None = None
        self._confirmed: dict[
            bytes, asyncio.Event
        ] = {}  # wanted topic -> confirmed in this session
        self._unconfirmed: set[bytes] = set()
        self._tried = asyncio.Event()
        self._up = False

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._session_task = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(self._subscribe_timeout_s):
                await self._tried.wait()
        except TimeoutError:
            logger.warning("redis: does not answer yet")

    async def stop(self) -> None:
        if self._session_task is not None:
            await end(self._session_task)
        self._listener = None
        await self._publisher.aclose()

    async def publish(self, topic: str, body: bytes) -> None:
        try:
            async with asyncio.timeout(self._publish_timeout_s):
                await self._publisher.publish(self._prefix + topic.encode(), body)
        except _FAILURES as error:
            raise BrokerDown(f"{type(error).__name__}: {error}") from error

    async def subscribe(self, topic: str) -> None:
        key = self._prefix + topic.encode()
        wanted = key in self._confirmed
        confirmed = self._confirmed.setdefault(key, asyncio.Event())
        if self._link is None:
            raise BrokerDown("not connected")  # the next session begins with all wanted topics
        if not wanted:
            self._unconfirmed.add(key)
            self._link.send("SUBSCRIBE", key)
        try:
            async with asyncio.timeout(self._subscribe_timeout_s):
                await confirmed.wait()
        except TimeoutError:
            raise BrokerDown("no confirmation in time") from None

    async def unsubscribe(self, topic: str) -> None:
        key = self._prefix + topic.encode()
        self._confirmed.pop(key, None)
        self._unconfirmed.discard(key)
        if self._link is not None:
            self._link.send("UNSUBSCRIBE", key)

    # The session

    async def _run(self) -> None:
        while True:
            try:
                await self._session()
            except _FAILURES as error:
                if self._up or not self._tried.is_set():  # the rest of an outage says nothing new
                    logger.warning("redis: session ended: %s: %s", type(error).__name__, error)
            except Exception:
                logger.exception("redis: session failed")
            finally:
                self._end_session()
            await asyncio.sleep(self._reconnect_interval_s)

    async def _session(self) -> None:
        link = await RedisLink.open(self._url, self._take, self._subscribe_timeout_s)
        self._link = link
        self._unconfirmed = set(self._confirmed)
        link.send("PING")
        if self._unconfirmed:
            link.send("SUBSCRIBE", *self._unconfirmed)
        await link.watch(self._silence_max_s)

    def _take(self, reply: Any) -> None:
        """[kind, topic, body] of a subscription, or the answer to PING before there was one."""
        kind = reply[0] if isinstance(reply, list) else reply
        if kind == b"message":
            assert self._listener is not None
            _, key, body = reply
            self._listener.message(key[len(self._prefix) :].decode(), body)
        elif kind == b"subscribe":
            self._confirm(reply[1])
        elif kind in (b"PONG", b"pong") and not self._unconfirmed:
            self._rise()

    def _confirm(self, key: bytes) -> None:
        confirmed = self._confirmed.get(key)
        if confirmed is None:
            return
        confirmed.set()
        self._unconfirmed.discard(key)
        if not self._unconfirmed:
            self._rise()

    def _rise(self) -> None:
        if not self._up and self._listener is not None:
            self._up = True
            self._tried.set()
            self._listener.up()

    def _end_session(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()
        self._tried.set()
        for confirmed in self._confirmed.values():
            confirmed.clear()
        if self._up and self._listener is not None:
            self._up = False
            self._listener.down()
