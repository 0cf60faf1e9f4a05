"""The event log: every sink takes a batch in order and repeats it after a failure."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka import Producer
from redis.asyncio import Redis

from server.outbox.models import Event
from server.outbox.relay import KafkaSink, RedisStreamSink


def events(count: int) -> list[Event]:
    now = dt.datetime.now(dt.UTC)
    return [
        Event(
            uuid.uuid4(), "order.confirmed", 1, now, "c", "t", "system", "fullhouse", "org",
            "order:1", {"nth": nth},
        )
        for nth in range(count)
    ]  # fmt: skip


@pytest.fixture
def brokers() -> Iterator[str]:
    """librdkafka's own broker, which speaks Kafka's protocol on a loopback port."""
    mock = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1})
    listed = mock.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in listed)
    del mock


async def test_kafka_receives_every_event_in_order_under_its_subject(brokers: str) -> None:
    sent = events(50)
    sink = KafkaSink(brokers)
    await sink.publish(sent)
    await sink.close()
    consumer = AIOKafkaConsumer(
        "order.confirmed", bootstrap_servers=brokers, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        got = [await consumer.getone() for _ in sent]
    finally:
        await consumer.stop()
    assert [msgspec.json.decode(m.value or b"", type=Event) for m in got] == sent
    assert {m.key for m in got} == {b"order:1"}
    told = [dict(m.headers) for m in got]
    assert [header["event_id"].decode() for header in told] == [str(e.id) for e in sent]
    assert {(header["trace_id"], header["source"]) for header in told} == {(b"t", b"fullhouse")}
    assert told[0]["timestamp"].decode() == sent[0].occurred_at.isoformat()


async def test_a_kafka_that_is_away_fails_the_batch_and_takes_it_later(brokers: str) -> None:
    away = KafkaSink("127.0.0.1:9")
    with pytest.raises(Exception, match="Unable to bootstrap"):
        await away.publish(events(1))
    back = KafkaSink(brokers)
    await back.publish(events(1))
    await back.close()


async def test_the_redis_stream_receives_every_event_in_order(redis_url: str) -> None:
    sent = events(50)
    redis = Redis.from_url(redis_url)
    await RedisStreamSink(redis).publish(sent)
    entries: Any = await redis.xrange("fullhouse:events")
    await redis.aclose()
    assert [msgspec.json.decode(fields[b"event"], type=Event) for _, fields in entries] == sent
    assert [fields[b"id"].decode() for _, fields in entries] == [str(e.id) for e in sent]
