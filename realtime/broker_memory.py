"""A broker inside one process: for a deployment of one process, and for tests."""

from __future__ import annotations

import asyncio

from realtime.broker import BrokerDown, Listener


class MemoryBus:
    """What several `MemoryBroker`s share, as processes share a Redis. `up = False` is an outage:
    `set_up` tells the brokers."""

    def __init__(self) -> None:
        self.brokers: set[MemoryBroker] = set()
        self.up = True

    def set_up(self, up: bool) -> None:
        self.up = up
        for broker in list(self.brokers):
            broker.tell_state()


class MemoryBroker:
    """Delivers in the next turn of the loop, in the order of publication."""

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus
        self._listener: Listener | None = None
        self._topics: set[str] = set()

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._bus.brokers.add(self)
        if self._bus.up:
            asyncio.get_running_loop().call_soon(self.tell_state)

    async def stop(self) -> None:
        self._bus.brokers.discard(self)
        self._listener = None

    async def publish(self, topic: str, body: bytes) -> None:
        if not self._bus.up:
            raise BrokerDown(topic)
        loop = asyncio.get_running_loop()
        for broker in self._bus.brokers:
            if topic in broker._topics:
                loop.call_soon(broker._deliver, topic, body)

    async def subscribe(self, topic: str) -> None:
        self._topics.add(topic)
        if not self._bus.up:
            raise BrokerDown(topic)

    async def unsubscribe(self, topic: str) -> None:
        self._topics.discard(topic)

    def tell_state(self) -> None:
        if self._listener is not None:
            (self._listener.up if self._bus.up else self._listener.down)()

    def _deliver(self, topic: str, body: bytes) -> None:
        if self._listener is not None and self._bus.up and topic in self._topics:
            self._listener.message(topic, body)
