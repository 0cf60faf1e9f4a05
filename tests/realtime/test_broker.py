"""What every broker does: the suite holds for each adapter. Then what only Redis can suffer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
import redis.asyncio

from realtime.broker import Broker, BrokerDown
from realtime.broker_memory import MemoryBroker, MemoryBus
from realtime.broker_redis import RedisBroker
from server.embedded import EmbeddedValkey
from tests.fixtures.stopped import stopped
from tests.realtime.conftest import MakeBroker
from tests.realtime.support import eventually


class Ear:
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.states: list[str] = []

    def message(self, topic: str, body: bytes) -> None:
        self.messages.append((topic, body))

    def up(self) -> None:
        self.states.append("up")

    def down(self) -> None:
        self.states.append("down")

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, body in self.messages]


async def test_a_broker_says_that_it_is_up(make_broker: MakeBroker):
    ear = Ear()
    await make_broker().start(ear)
    await eventually(lambda: ear.states == ["up"])


async def listening(make_broker: MakeBroker, *topics: str) -> tuple[Ear, Broker]:
    ear, broker = Ear(), make_broker()
    await broker.start(ear)
    await eventually(lambda: ear.states == ["up"])
    for topic in topics:
        await broker.subscribe(topic)
    return ear, broker


async def test_what_is_published_after_a_confirmed_subscription_arrives_in_order(
    make_broker: MakeBroker,
):
    ear, _ = await listening(make_broker, "a")
    publisher = make_broker()
    bodies = [b"%d" % number for number in range(300)]
    for body in bodies:
        await publisher.publish("a", body)
    await eventually(lambda: len(ear.messages) == 300)
    assert ear.messages == [("a", body) for body in bodies]


async def test_a_publisher_needs_no_start_and_everybody_hears_it(make_broker: MakeBroker):
    ears = [(await listening(make_broker, "a"))[0] for _ in range(2)]
    await make_broker().publish("a", b"x")
    await eventually(lambda: [ear.bodies for ear in ears] == [[b"x"], [b"x"]])


async def test_only_the_topics_that_are_subscribed_are_heard(make_broker: MakeBroker):
    ear, broker = await listening(make_broker, "a", "b")
    await broker.unsubscribe("a")
    publisher = make_broker()
    for topic in ("a", "c", "b"):
        await publisher.publish(topic, b"x")
    await eventually(lambda: ear.messages)
    assert ear.messages == [("b", b"x")]


async def test_a_topic_can_be_taken_up_again(make_broker: MakeBroker):
    ear, broker = await listening(make_broker, "a")
    for _ in range(20):
        leaving = asyncio.create_task(broker.unsubscribe("a"))
        await asyncio.sleep(0)
        await broker.subscribe("a")
        await leaving
    await make_broker().publish("a", b"x")
    await eventually(lambda: ear.bodies == [b"x"])


async def test_subscribing_twice_delivers_once(make_broker: MakeBroker):
    ear, _ = await listening(make_broker, "a", "a")
    await make_broker().publish("a", b"x")
    await make_broker().publish("a", b"end")
    await eventually(lambda: b"end" in ear.bodies)
    assert ear.bodies == [b"x", b"end"]
    assert ear.states == ["up"]


async def test_any_bytes_and_any_topic_travel(make_broker: MakeBroker):
    body, topic = bytes(range(256)) * 300, "Zürich:*?[a] \n"
    ear, _ = await listening(make_broker, topic)
    await make_broker().publish(topic, body)
    await eventually(lambda: ear.messages == [(topic, body)])


async def test_nobody_hears_what_was_published_before(make_broker: MakeBroker):
    await make_broker().publish("a", b"early")
    ear, _ = await listening(make_broker, "a")
    await make_broker().publish("a", b"late")
    await eventually(lambda: ear.messages)
    assert ear.bodies == [b"late"]


async def test_a_stopped_broker_hears_nothing(make_broker: MakeBroker):
    ear, broker = await listening(make_broker, "a")
    await broker.stop()
    await make_broker().publish("a", b"x")
    await asyncio.sleep(0.05)
    assert ear.messages == []


# Outages


async def test_a_memory_bus_that_is_down_says_so():
    bus = MemoryBus()
    ear, broker = Ear(), MemoryBroker(bus)
    await broker.start(ear)
    await eventually(lambda: ear.states == ["up"])
    bus.set_up(False)
    with pytest.raises(BrokerDown):
        await broker.publish("a", b"x")
    with pytest.raises(BrokerDown):
        await broker.subscribe("a")
    bus.set_up(True)
    await broker.publish("a", b"x")
    await eventually(lambda: ear.bodies == [b"x"])
    assert ear.states == ["up", "down", "up"]


MakeRedis = Callable[..., RedisBroker]


async def test_a_killed_redis_is_down_and_up_again_with_all_topics(
    make_redis_broker: MakeRedis, running_valkey: EmbeddedValkey
):
    broker, ear = make_redis_broker(), Ear()
    await broker.start(ear)
    for number in range(50):
        await eventually(lambda: ear.states == ["up"])
        await broker.subscribe(f"topic-{number}")
    running_valkey.kill()
    await eventually(lambda: ear.states == ["up", "down"])
    with pytest.raises(BrokerDown):
        await broker.publish("topic-0", b"x")
    with pytest.raises(BrokerDown):
        await broker.subscribe("wanted-while-down")
    running_valkey.start()
    await eventually(lambda: ear.states == ["up", "down", "up"])
    for topic in ("topic-0", "topic-49", "wanted-while-down"):
        await broker.publish(topic, topic.encode())
    await eventually(lambda: len(ear.messages) == 3)
    await broker.stop()


async def test_a_cut_connection_is_told_as_a_possible_loss(
    make_redis_broker: MakeRedis, running_valkey: EmbeddedValkey
):
    broker, ear = make_redis_broker(), Ear()
    await broker.start(ear)
    await eventually(lambda: ear.states == ["up"])
    await broker.subscribe("a")
    async with redis.asyncio.Redis.from_url(running_valkey.url) as admin:
        await admin.client_kill_filter(_type="pubsub")
    await eventually(lambda: ear.states == ["up", "down", "up"])
    await broker.publish("a", b"x")
    await eventually(lambda: ear.bodies == [b"x"])
    await broker.stop()


async def test_a_silent_redis_is_down_within_seconds_and_delays_nobody(
    make_redis_broker: MakeRedis, running_valkey: EmbeddedValkey
):
    broker, ear = make_redis_broker(publish_timeout_s=0.1), Ear()
    await broker.start(ear)
    await eventually(lambda: ear.states == ["up"])
    await broker.subscribe("a")
    with stopped(running_valkey.pid):
        started = time.monotonic()
        with pytest.raises(BrokerDown):
            await broker.publish("a", b"lost")
        assert time.monotonic() - started < 1.0
        await eventually(lambda: ear.states[-1] == "down", within_s=4)
    await eventually(lambda: ear.states[-1] == "up", within_s=4)
    publisher = make_redis_broker()
    await publisher.publish("a", b"after")
    await eventually(lambda: ear.bodies[-1:] == [b"after"])
    await publisher.stop()
    await broker.stop()


async def test_a_burst_of_publications_shares_few_connections(
    make_redis_broker: MakeRedis, running_valkey: EmbeddedValkey
):
    broker = make_redis_broker()
    await asyncio.gather(*(broker.publish("a", b"x") for _ in range(200)))
    async with redis.asyncio.Redis.from_url(running_valkey.url) as admin:
        assert len(await admin.client_list()) <= 8 + 1
    await broker.stop()


async def test_a_flood_of_messages_does_not_stop_the_loop(
    make_redis_broker: MakeRedis, running_valkey: EmbeddedValkey
):
    broker, ear = make_redis_broker(), Ear()
    await broker.start(ear)
    await eventually(lambda: ear.states == ["up"])
    await broker.subscribe("a")
    topic = broker._prefix + b"a"
    async with redis.asyncio.Redis.from_url(running_valkey.url) as flooding:
        pipeline = flooding.pipeline(transaction=False)
        for _ in range(2000):
            pipeline.publish(topic, b"x" * 100)
        await pipeline.execute()
    most = 0
    while len(ear.messages) < 2000:
        before = len(ear.messages)
        await asyncio.sleep(0)
        most = max(most, len(ear.messages) - before)
    assert 1 < most <= 64
    await broker.stop()


async def test_a_redis_knows_its_users_by_name_and_refuses_others(
    make_redis_broker: MakeRedis, running_valkey: EmbeddedValkey
):
    address = running_valkey.url.rpartition("@")[2]
    async with redis.asyncio.Redis.from_url(running_valkey.url) as admin:
        await admin.acl_setuser(
            "ann/a", True, passwords="+a word", channels=["*"], commands=["+@all"]
        )
        known, ear = RedisBroker(f"redis://ann%2Fa:a%20word@{address}"), Ear()
        await known.start(ear)
        await eventually(lambda: ear.states == ["up"])
        await known.subscribe("a")
        await known.publish("a", b"x")
        await eventually(lambda: ear.bodies == [b"x"])
        await known.stop()
        await admin.acl_deluser("ann/a")
    stranger, ear = RedisBroker(f"redis://ann%2Fa:a%20word@{address}"), Ear()
    await stranger.start(ear)
    with pytest.raises(BrokerDown):
        await stranger.publish("a", b"x")
    with pytest.raises(BrokerDown):
        await stranger.subscribe("a")
    await stranger.stop()
    assert ear.states == []


async def test_what_is_not_redis_is_a_broker_that_is_down(free_port: int):
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with await asyncio.start_server(babble, "127.0.0.1", free_port):
        broker, ear = RedisBroker(f"redis://127.0.0.1:{free_port}"), Ear()
        await broker.start(ear)
        with pytest.raises(BrokerDown):
            await broker.subscribe("a")
        await broker.stop()
    assert ear.states == []
