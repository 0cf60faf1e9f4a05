"""Kafka as the event log."""

import asyncio
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownTopicOrPartitionError

from server.outbox import protobuf
from server.outbox.models import Event

TOPIC_WAIT_S = 5.0
"""A broker that makes topics by itself has made one by then."""


class NoTopic(Exception):
    """Kafka has no topic for a type of event, and makes none by itself."""


class KafkaSink:
    """One topic per event type, keyed by subject so that each subject keeps its order there.

    Connects when there is something to publish: a worker starts and sells without Kafka.
    """

    def __init__(self, brokers: str) -> None:
        # Ten times a second that a topic is missing: NoTopic says so.
        logging.getLogger("aiokafka.cluster").setLevel(logging.CRITICAL)
        self._brokers = brokers
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, events: Sequence[Event]) -> None:
        """As `Sink.publish`. Raises NoMessage or NoTopic, having sent none of them."""
        values = [protobuf.encode(event) for event in events]
        producer = await self._connected()
        for topic in sorted({event.type for event in events}):
            await _must_be_there(producer, topic)
        sent = [
            await producer.send(
                event.type,
                value,
                key=event.subject.encode(),
                headers=[
                    ("event_id", str(event.id).encode()),
                    ("timestamp", event.occurred_at.isoformat().encode()),
                    ("trace_id", event.trace_id.encode()),
                    ("source", event.source.encode()),
                ],
            )
            for event, value in zip(events, values, strict=True)
        ]
        await asyncio.gather(*sent)

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._brokers, enable_idempotence=True, acks="all"
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer


async def _must_be_there(producer: AIOKafkaProducer, topic: str) -> None:
    """At once where it has been seen before. Raises NoTopic, instead of waiting as `send` would,
    and for each in turn."""
    try:
        async with asyncio.timeout(TOPIC_WAIT_S):
            await producer.partitions_for(topic)
    except (TimeoutError, UnknownTopicOrPartitionError):
        raise NoTopic(f"Kafka has no topic {topic!r} and makes none: somebody must") from None
