"""Where a delta is sent on its way: after each commit, one message to Redis, best effort.

Nothing depends on it but speed: what is lost here, hubs find in Postgres within a second. Redis
may cost a commit's caller at most PUBLISH_TIMEOUT_S, and after a failure nothing for a while.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.admission.models import RoomMoved
from server.inventory.clock import ClockMoved
from server.inventory.models import InventoryChanged, MapChanged
from server.kernel import logs
from server.live.names import PREFIX, Message, topic_of
from server.outbox.models import OutboxAppended
from server.payments.models import WebhookStored

PUBLISH_TIMEOUT_S = 0.1
REST_S = 1.0
WAKE_TOPIC = "fullhouse:wake"

_log = logs.get(__name__)


class RedisAnnouncer:
    """`Database.announce` of the web process and the worker."""

    def __init__(self, redis: Redis, epoch: int) -> None:
        self._redis, self._epoch = redis, epoch
        self._resting_until = 0.0

    async def __call__(self, facts: Sequence[Any]) -> None:
        messages = [message for fact in facts if (message := self._message(fact))]
        if time.monotonic() < self._resting_until or not messages:
            return
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                async with self._redis.pipeline(transaction=False) as pipeline:
                    for topic, body in messages:
                        pipeline.publish(topic, body)
                    await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            self._resting_until = time.monotonic() + REST_S
            _log.warning("redis unreachable: maps are told from the database", error=repr(error))

    def _message(self, fact: Any) -> tuple[str, bytes] | None:
        now_ms = time.time_ns() // 1_000_000
        if isinstance(fact, InventoryChanged):
            message = Message(
                "inventory", self._epoch, fact.prev, fact.version, now_ms, fact.seats, fact.pools
            )
            return PREFIX + topic_of(fact.event_id), msgspec.json.encode(message)
        if isinstance(fact, MapChanged):
            message = Message(
                "inventory", self._epoch, fact.version - 1, fact.version, now_ms, mapped=True
            )
            return PREFIX + topic_of(fact.event_id), msgspec.json.encode(message)
        if isinstance(fact, ClockMoved):
            message = Message(fact.stream, self._epoch, fact.version - 1, fact.version, now_ms)
            return PREFIX + topic_of(fact.event_id), msgspec.json.encode(message)
        if isinstance(fact, RoomMoved):
            message = Message("queue", self._epoch, fact.version - 1, fact.version, now_ms)
            return PREFIX + topic_of(fact.event_id), msgspec.json.encode(message)
        if isinstance(fact, OutboxAppended | WebhookStored):
            return WAKE_TOPIC, b""
        return None
