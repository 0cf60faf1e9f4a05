"""The broker: carries messages between processes. It may lose any of them, and says when it
knows that it did; the truth is elsewhere (`model.Source`)."""

from __future__ import annotations

from typing import Protocol


class BrokerDown(Exception):
    """The broker did not take the message in time. Nothing is lost that polling will not heal."""


class Listener(Protocol):
    """Whom a broker calls, in its event loop; must neither block nor raise."""

    def message(self, topic: str, body: bytes) -> None: ...

    def up(self) -> None:
        """All wanted topics are subscribed, for the first time or again: whatever was
        published before this call may have been missed."""
        ...

    def down(self) -> None:
        """Nothing will be heard until the next `up`."""
        ...


class Broker(Protocol):
    """Adapters: `broker_redis.RedisBroker`, `broker_memory.MemoryBroker`; one conformance
    suite holds for both."""

    async def start(self, listener: Listener) -> None:
        """Connect, and keep reconnecting until `stop`. Returns after the first attempt, however
        it ended, and soon."""
        ...

    async def stop(self) -> None: ...

    async def publish(self, topic: str, body: bytes) -> None:
        """To every current subscriber, usually once; needs no `start`. Raises BrokerDown."""
        ...

    async def subscribe(self, topic: str) -> None:
        """Returns when the broker confirmed it; from then on messages arrive in the order of
        publication per publisher. Raises BrokerDown when that takes too long; the topic stays
        wanted, and the `up` after the next reconnection covers it."""
        ...

    async def unsubscribe(self, topic: str) -> None:
        """Forget the topic. Never raises."""
        ...
