"""The whole product on a real Kafka that dies under it (`make test-kafka`); what the sink does in
detail, and without java, is in test_kafka.py."""

import asyncio
import itertools
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from server.outbox import protobuf
from server.outbox.models import Event as Told
from tests.fixtures.kafka import Kafka
from tests.fixtures.product import Event, Product
from tests.fixtures.services import Services
from tests.server.support import Buyer, pay, rows, until

pytestmark = pytest.mark.kafka

PATIENCE_S = 90.0
OF_AN_ORDER = {
    "inventory.hold.created", "order.created", "payment.captured", "inventory.seat.sold",
    "order.confirmed", "fulfillment.issued",
}  # fmt: skip
PARTITIONS = 3
OF_TWO_PARTS = ("order_", "orgs_", "payment_", "fulfillment_")
OUTBOX = """SELECT id, type, version, occurred_at, correlation_id, trace_id, actor, source, org_id,
                   subject, data::text AS data
            FROM outbox_events ORDER BY position, nth"""


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    broker = Kafka(tmp_path / "kafka")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def product(
    services: Services, database_url: str, tmp_path: Path, kafka: Kafka
) -> Iterator[Product]:
    settings = {"KAFKA_BROKERS": kafka.address}
    redis_url = services.empty_redis()
    with Product(database_url, redis_url, tmp_path / "product", environment=settings) as running:
        yield running


def _topics() -> list[str]:
    """As docs/events.md says how their fields name them."""
    return [
        name.replace("_", ".", 1 if name.startswith(OF_TWO_PARTS) else 2)
        for name in protobuf.topics()
    ]


async def _bought(
    product: Product, client: httpx.AsyncClient, event: Event, seats: list[int]
) -> str:
    """The order, with its tickets; with patience, for workers die."""
    buyer = Buyer(product, client)
    started = await buyer.checkout_ok((await buyer.hold_ok(event, seats))["id"])
    await pay(client, started["redirect_url"])
    await buyer.order_when(started["order"]["id"], "confirmed", PATIENCE_S)
    return started["order"]["id"]


async def _unpublished(client: httpx.AsyncClient) -> int:
    """As who watches the house reads it."""
    metrics = (await client.get("/metrics")).text
    found = re.search(r"^fullhouse_outbox_unpublished (\d+)", metrics, re.MULTILINE)
    assert found, metrics
    return int(found[1])


async def _drained(client: httpx.AsyncClient) -> None:
    async def is_empty() -> bool:
        return await _unpublished(client) == 0

    await until(is_empty, PATIENCE_S)


@asynccontextmanager
async def _crowd(product: Product, client: httpx.AsyncClient, event: Event) -> AsyncIterator[None]:
    """One who holds seats and lets go of them, again and again, until the end."""

    async def browse() -> None:
        buyer = Buyer(product, client)
        for seat in itertools.cycle(range(20, 60)):
            hold = await buyer.hold_ok(event, [seat])
            assert (await buyer.call("DELETE", f"/v1/holds/{hold['id']}")).is_success
            await asyncio.sleep(0.02)

    browsing = asyncio.create_task(browse())
    yield
    assert not browsing.done(), browsing.result()
    browsing.cancel()


async def _records(kafka: Kafka) -> list[ConsumerRecord[bytes, bytes]]:
    """All there is, each partition in its order."""
    consumer = AIOKafkaConsumer(
        *_topics(), bootstrap_servers=kafka.address, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        return [await consumer.getone() for _ in range(sum(ends.values()))]
    finally:
        await consumer.stop()


async def _told(product: Product) -> list[Told]:
    return [
        Told(**{**row, "data": msgspec.json.decode(row["data"])})
        for row in await rows(product, OUTBOX)
    ]


def _compare(told: list[Told], records: list[ConsumerRecord[bytes, bytes]]) -> None:
    """A consumer that drops the ids that it knows has, for each topic and subject, what the outbox
    has, in its order; and each repetition is the same."""
    by_id = {str(one.id): one for one in told}
    heard: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        assert record.key is not None
        assert record.value is not None
        message: Any = protobuf.EventMessage.FromString(record.value)
        assert record.value == protobuf.encode(by_id[message.event_id])
        known = heard[record.topic, record.key.decode()]
        if message.event_id not in known:
            known.append(message.event_id)
    expected: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in told:
        expected[one.type, one.subject].append(str(one.id))
    assert heard == expected


async def test_a_topic_that_is_missing_is_named_and_holds_up_what_comes_then(
    kafka: Kafka, product: Product
) -> None:
    """On brokers that make none by themselves; see PROPERTIES."""
    missing = "order.created"
    await kafka.make_topics([name for name in _topics() if name != missing], PARTITIONS)
    event = product.event()
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as client:
        await _bought(product, client, event, [1])

        async def is_named() -> bool:
            return f"no topic '{missing}'" in product.log("worker")

        await until(is_named)
        assert await _unpublished(client) > 0
        await kafka.make_topics([missing], PARTITIONS)
        await _drained(client)
    _compare(await _told(product), await _records(kafka))


async def test_a_broker_that_dies_costs_no_event_and_no_sale(
    kafka: Kafka, product: Product
) -> None:
    await kafka.make_topics(_topics(), PARTITIONS)
    event = product.event()
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as client:
        order_ids = [await _bought(product, client, event, [1, 2])]
        await _drained(client)
        async with _crowd(product, client, event):
            await asyncio.sleep(1)
            kafka.kill()
            # Nobody who buys hears of it.
            order_ids.append(await _bought(product, client, event, [3]))
            before = await _unpublished(client)
            assert before > 0
            product.kill("worker")
            product.start("worker")
            order_ids.append(await _bought(product, client, event, [4]))
            assert await _unpublished(client) > before
            kafka.start()
            order_ids.append(await _bought(product, client, event, [5]))
            # In the middle of what had piled up, or right behind it.
            kafka.kill()
            await asyncio.sleep(1)
            kafka.start()
        await _drained(client)
    told, records = await _told(product), await _records(kafka)
    _compare(told, records)
    for order_id in order_ids:
        types = [one.type for one in told if one.subject == f"order:{order_id}"]
        assert types == ["order.created", "order.confirmed", "fulfillment.issued"]
    assert {record.topic for record in records} >= OF_AN_ORDER
    assert len({record.partition for record in records}) == PARTITIONS
    print(f"{len(told)} events, {len(records) - len(told)} of them told again")
