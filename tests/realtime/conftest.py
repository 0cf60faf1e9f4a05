"""A Valkey of our own, because we kill it, and brokers of both kinds."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack

import pytest
import uvloop

from realtime.broker import Broker
from realtime.broker_memory import MemoryBroker, MemoryBus
from realtime.broker_redis import RedisBroker
from realtime.hub import Hub
from server.embedded import EmbeddedValkey
from tests.realtime.support import Ledger, hub_on

MakeBroker = Callable[[], Broker]
MakeLoop = Callable[[], asyncio.AbstractEventLoop]


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, MakeLoop]:
    """Transports differ from loop to loop, and frames are written right into them."""
    if item.path.name == "test_connections.py":
        return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    if item.path.name == "test_faults.py":
        return {"uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """May be killed and stopped by tests; `running_valkey` starts it again."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture
def running_valkey(valkey: EmbeddedValkey) -> EmbeddedValkey:
    valkey.start()
    return valkey


@pytest.fixture
def make_redis_broker(running_valkey: EmbeddedValkey) -> Callable[..., RedisBroker]:
    """Brokers that share a prefix of this test's own, patient because the machine may be busy.
    Whoever starts one stops it."""
    prefix = f"{uuid.uuid4().hex}:"

    def make(publish_timeout_s: float = 5.0) -> RedisBroker:
        return RedisBroker(running_valkey.url, prefix=prefix, publish_timeout_s=publish_timeout_s)

    return make


@pytest.fixture(params=["memory", "redis"])
async def make_broker(request: pytest.FixtureRequest) -> AsyncIterator[MakeBroker]:
    """Brokers of one kind that hear each other; stopped after the test."""
    if request.param == "redis":
        make: MakeBroker = request.getfixturevalue("make_redis_broker")
    else:
        bus = MemoryBus()
        make = lambda: MemoryBroker(bus)  # noqa: E731
    async with AsyncExitStack() as stack:

        def make_and_stop() -> Broker:
            broker = make()
            stack.push_async_callback(broker.stop)
            return broker

        yield make_and_stop


@pytest.fixture
def ledger() -> Ledger:
    """The truth of all channels."""
    return Ledger()


@pytest.fixture
def bus() -> MemoryBus:
    """What the memory brokers of a test share."""
    return MemoryBus()


@pytest.fixture
def publisher(bus: MemoryBus) -> MemoryBroker:
    return MemoryBroker(bus)


@pytest.fixture
async def hub(ledger: Ledger, bus: MemoryBus) -> AsyncIterator[Hub]:
    """A running hub that hears what `publisher` publishes."""
    async with hub_on(ledger, MemoryBroker(bus)) as running:
        yield running
