"""Kafka as the event log: typed, in order, and nothing lost while it is away."""

import asyncio
import subprocess
import sys
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from server.kernel import context
from server.kernel.db import Database
from server.kernel.tenancy import Across
from server.outbox import protobuf, relay, service
from server.outbox.kafka import KafkaSink
from server.outbox.models import Event, Fact
from tests.fixtures.stopped import stopped

ORG_ID = "kafka"
NOWHERE = "127.0.0.1:9"
BROKER = """
import sys
from confluent_kafka import Producer
mock = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1})
print(*(f"{b.host}:{b.port}" for b in mock.list_topics(timeout=10).brokers.values()), flush=True)
sys.stdin.read()
"""


class Broker:
    """librdkafka's own broker, which speaks Kafka's protocol on a loopback port."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", BROKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.address = self._process.stdout.readline().strip()

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def broker() -> Iterator[Broker]:
    started = Broker()
    yield started
    started.end()


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    context.act_for(ORG_ID)
    opened = await Database.open(database_url, connections_max=4)
    yield opened
    await opened.close()


@asynccontextmanager
async def reading(broker: Broker, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=broker.address, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


def order_fact(verb: str, order: str, total_minor: int) -> Fact:
    data = {
        "order_id": order, "event_id": "e", "hold_id": "h", "total_minor": total_minor,
        "currency": "EUR",
    }  # fmt: skip
    return Fact(f"order.{verb}", ORG_ID, f"order:{order}", data)


async def told(db: Database, *facts: Fact) -> list[Event]:
    """Of what waits in the outbox, in its order, after these are there too."""
    async with db.tx() as tx:
        await service.append(tx, *facts)
    waiting = await service.unpublished(db, 1_000)
    return [event for pending in waiting for event in pending.events]


async def test_every_topic_has_its_events_in_order_under_their_subject(
    broker: Broker, db: Database
) -> None:
    facts = [
        order_fact(verb, order, nth)
        for nth in range(20)
        for verb in ("created", "confirmed")
        for order in ("a", "b")
    ]
    events = await told(db, *facts)
    sink = KafkaSink(broker.address)
    assert await relay.publish_some(db, [sink]) == len(facts)
    await sink.close()
    for verb in ("created", "confirmed"):
        sent = {str(event.id): event for event in events if event.type == f"order.{verb}"}
        order: dict[str, list[int]] = defaultdict(list)
        async with reading(broker, f"order.{verb}") as consumer:
            while sent:
                record = await consumer.getone()
                event = sent.pop(dict(record.headers)["event_id"].decode())
                assert record.value == protobuf.encode(event)
                assert record.key == event.subject.encode()
                assert dict(record.headers) == {
                    "event_id": str(event.id).encode(),
                    "timestamp": event.occurred_at.isoformat().encode(),
                    "trace_id": event.trace_id.encode(),
                    "source": b"fullhouse",
                }
                message = protobuf.EventMessage.FromString(record.value)
                data = getattr(message, message.WhichOneof("data"))
                assert message.WhichOneof("data") == f"order_{verb}"
                order[data.order_id].append(data.total_minor)
        assert order == {"a": list(range(20)), "b": list(range(20))}


class Died(Exception):
    """Of the worker, between what it did and what it was to write down."""


class Dying:
    """A log whose worker dies when the log has what it was given."""

    def __init__(self, sink: KafkaSink) -> None:
        self._sink = sink

    async def publish(self, events: Sequence[Event]) -> None:
        await self._sink.publish(events)
        raise Died

    async def close(self) -> None: ...


class Ledger:
    """A consumer as we ask it to be: it drops the ids that it knows."""

    def __init__(self) -> None:
        self.totals_minor: dict[str, list[int]] = defaultdict(list)
        self._known: set[str] = set()
        self.repeated = 0

    def take(self, value: bytes) -> None:
        message: Any = protobuf.EventMessage.FromString(value)
        if message.event_id in self._known:
            self.repeated += 1
            return
        self._known.add(message.event_id)
        confirmed = message.order_confirmed
        self.totals_minor[confirmed.order_id].append(confirmed.total_minor)


async def test_while_kafka_is_away_nothing_is_lost_and_nothing_has_its_effect_twice(
    broker: Broker, db: Database
) -> None:
    orders = [f"{uuid.uuid4()}" for _ in range(8)]

    async def sell(nth: int) -> None:
        await told(db, *(order_fact("confirmed", order, nth) for order in orders))

    async def waiting() -> int:
        async with db.tx(read_only=True, across=Across.PLATFORM) as tx:
            return (await service.backlog(tx)).unpublished

    nowhere, kafka = KafkaSink(NOWHERE), KafkaSink(broker.address)
    await sell(0)
    assert await relay.publish_some(db, [kafka]) == 8
    await sell(1)
    # Nobody listens.
    with pytest.raises(Exception, match="Unable to bootstrap"):
        await relay.publish_some(db, [nowhere])
    await sell(2)
    assert await waiting() == 16
    # It has them, and the worker dies before it has written that down.
    with pytest.raises(Died):
        await relay.publish_some(db, [Dying(kafka)])
    await sell(3)
    assert await waiting() == 24
    # It is there and answers nobody; the next who leads begins anew.
    with stopped(broker.pid):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await relay.publish_some(db, [kafka])
        await sell(4)
        assert await waiting() == 32
    assert await relay.publish_some(db, [kafka]) == 32
    assert await waiting() == 0
    assert await relay.publish_some(db, [kafka]) == 0
    await kafka.close()

    ledger = Ledger()
    async with reading(broker, "order.confirmed") as consumer:
        partitions = consumer.assignment()
        ends = await consumer.end_offsets(list(partitions))
        for _ in range(sum(ends.values())):
            record = await consumer.getone()
            assert record.value is not None
            ledger.take(record.value)
    assert ledger.totals_minor == {order: [0, 1, 2, 3, 4] for order in orders}
    assert ledger.repeated >= 16


async def test_an_event_without_a_message_waits_for_a_worker_that_knows_it(
    broker: Broker, db: Database
) -> None:
    """As while a release rolls out: the newer web process tells what the older worker never heard
    of. Nothing before it, and nothing after it, is taken for published."""
    sink = KafkaSink(broker.address)
    await told(db, order_fact("confirmed", "a", 1), Fact("tests.own", ORG_ID, "order:a", {}))
    with pytest.raises(protobuf.NoMessage, match=r"tests\.own"):
        await relay.publish_some(db, [sink])
    await sink.close()
    assert len(await told(db)) == 2
