"""Kafka as the event log."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer

from server.outbox import protobuf
from server.outbox.models import Event


class KafkaSink:
    """One topic per event type, keyed by subject so that each subject keeps its order there.

    Connects when there is something to publish: a worker starts and sells without Kafka.
    """

    def __init__(self, brokers: str) -> None:
        self._brokers = brokers
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, events: Sequence[Event]) -> None:
        """As `Sink.publish`. Raises NoMessage, having sent none of them."""
        values = [protobuf.encode(event) for event in events]
        producer = await self._connected()
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
