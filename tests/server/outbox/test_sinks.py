"""The event log in Redis takes a batch in order; Kafka is in test_kafka.py."""

import datetime as dt
import uuid
from typing import Any

import msgspec
from redis.asyncio import Redis

from server.outbox.models import Event
from server.outbox.relay import RedisStreamSink


def events(count: int) -> list[Event]:
    now = dt.datetime.now(dt.UTC)
    return [
        Event(
            uuid.uuid4(), "order.confirmed", 1, now, "c", "t", "system", "fullhouse", "org",
            "order:1", {"nth": nth},
        )
        for nth in range(count)
    ]  # fmt: skip


async def test_the_redis_stream_receives_every_event_in_order(redis_url: str) -> None:
    sent = events(50)
    redis = Redis.from_url(redis_url)
    await RedisStreamSink(redis).publish(sent)
    entries: Any = await redis.xrange("fullhouse:events")
    await redis.aclose()
    assert [msgspec.json.decode(fields[b"event"], type=Event) for _, fields in entries] == sent
    assert [fields[b"id"].decode() for _, fields in entries] == [str(e.id) for e in sent]
