"""Redis (or Valkey) pub/sub as the broker.

One connection listens, a pool publishes. redis-py may resubscribe silently after a broken
connection and lose what was published meanwhile; here every session begins with explicit
subscriptions, and only their confirmations make the broker `up`.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from realtime.broker import BrokerDown, Listener

logger = logging.getLogger(__name__)

_FAILURES = (RedisError, OSError, TimeoutError)
_MESSAGES_PER_TURN = 64


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
        options: dict[str, Any] = {
            "socket_connect_timeout": subscribe_timeout_s,
            "socket_timeout": silence_max_s,
        }
        self._publisher = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                max_connections=publish_connections_max,
                timeout=publish_timeout_s,
                retry=Retry(NoBackoff(), 1),  # a connection from before a restart is found dead
                **options,
            )
        )
        self._subscriber = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **options)
        self._listener: Listener | None = None
        self._session_task: asyncio.Task[None] | None = None
        self._pubsub: PubSub | None = None
        self._confirmed: dict[
            bytes, asyncio.Event
        ] = {}  # wanted topic -> confirmed in this session
        self._unconfirmed: set[bytes] = set()
        self._order = asyncio.Lock()  # of (un)subscriptions on the wire
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
            self._session_task.cancel()
            await asyncio.gather(self._session_task, return_exceptions=True)
        self._listener = None
        await self._subscriber.aclose()
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
        pubsub = self._pubsub
        if pubsub is None:
            raise BrokerDown("not connected")  # the next session begins with all wanted topics
        try:
            async with asyncio.timeout(self._subscribe_timeout_s):
                if not wanted:
                    self._unconfirmed.add(key)
                    async with self._order:
                        await pubsub.subscribe(key)
                await confirmed.wait()
        except _FAILURES as error:
            raise BrokerDown(f"{type(error).__name__}: {error}") from error

    async def unsubscribe(self, topic: str) -> None:
        key = self._prefix + topic.encode()
        self._confirmed.pop(key, None)
        self._unconfirmed.discard(key)
        async with self._order:
            if self._pubsub is None or key in self._confirmed:  # wanted again meanwhile
                return
            try:
                await self._pubsub.unsubscribe(key)
            except _FAILURES as error:
                logger.warning("redis: unsubscribe: %s", error)  # the session will notice

    # The session

    async def _run(self) -> None:
        while True:
            pubsub = self._subscriber.pubsub()
            try:
                await self._session(pubsub)
            except _FAILURES as error:
                if self._up or not self._tried.is_set():  # the rest of an outage says nothing new
                    logger.warning("redis: session ended: %s: %s", type(error).__name__, error)
            except Exception:
                logger.exception("redis: session failed")
            finally:
                self._end_session()
                await self._close(pubsub)
            await asyncio.sleep(self._reconnect_interval_s)

    async def _session(self, pubsub: PubSub) -> None:
        await pubsub.connect()
        self._unconfirmed = set(self._confirmed)
        self._pubsub = pubsub
        await pubsub.ping()
        if self._unconfirmed:
            await pubsub.subscribe(*self._unconfirmed)
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        count = 0
        while True:
            message = await pubsub.get_message(timeout=self._silence_max_s / 4)
            if message is not None:
                heard_at = loop.time()
                self._take(message)
            elif loop.time() - heard_at > self._silence_max_s:
                raise TimeoutError("silence")
            else:
                await pubsub.ping()
            count += 1
            if count % _MESSAGES_PER_TURN == 0:
                await asyncio.sleep(0)  # buffered messages are read without ever waiting

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        assert self._listener is not None
        if kind == "message":
            topic = message["channel"][len(self._prefix) :].decode()
            self._listener.message(topic, message["data"])
        elif kind == "subscribe":
            self._confirm(message["channel"])
        elif kind == "pong" and not self._unconfirmed:
            self._rise()

    def _confirm(self, key: bytes) -> None:
        confirmed = self._confirmed.get(key)
        if confirmed is None:
            return
        if confirmed.is_set():
            # For the second time: redis-py has replaced the connection behind our back.
            self._up = False
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
        self._pubsub = None
        self._tried.set()
        for confirmed in self._confirmed.values():
            confirmed.clear()
        if self._up and self._listener is not None:
            self._up = False
            self._listener.down()

    async def _close(self, pubsub: PubSub) -> None:
        try:
            async with asyncio.timeout(self._subscribe_timeout_s):
                await pubsub.aclose()
        except _FAILURES as error:
            logger.warning("redis: close: %s", error)
