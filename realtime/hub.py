"""The hub: all channels and readers of one process.

Opens a channel for its first reader and closes it a while after the last one; takes messages
from the broker; counts and bounds readers; ends them when they are stuck, old, revoked, or
the process is about to go.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine

from realtime.broker import Broker, BrokerDown
from realtime.channel import Channel, Health
from realtime.limits import Limits, ReaderRefused
from realtime.metrics import Metrics
from realtime.model import Codec, Source
from realtime.protocol import Position
from realtime.reader import Reader, Subscriber
from realtime.review import Review
from realtime.settings import HubSettings
from realtime.tasks import end
from realtime.truth import Truth

logger = logging.getLogger(__name__)

_HOUSEKEEPING_INTERVAL_S = 1.0


class Hub:
    """Use as `async with Hub(...) as hub`, in one event loop. `now_ms` is unix time."""

    def __init__(
        self,
        source: Source,
        codec: Codec,
        broker: Broker,
        settings: HubSettings | None = None,
        *,
        metrics: Metrics | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        rng: random.Random | None = None,
    ) -> None:
        self.settings = settings or HubSettings()
        self.metrics = metrics or Metrics()
        self._codec = codec
        self._broker = broker
        self._now_ms = now_ms
        self._rng = rng or random.Random()
        self._health = Health(self._health_changed)
        self._truth = Truth(source, self.settings, self.metrics, self._health)
        self._channels: dict[str, Channel] = {}
        self._topics: dict[str, dict[Channel, None]] = {}
        self._limits = Limits(self.settings, self.metrics)
        self._review = Review(self.settings, self._revoke)
        self._draining = False
        self._reader_left = asyncio.Event()
        self._poll_now = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    # Life

    async def __aenter__(self) -> Hub:
        await self._broker.start(self)
        for step in (self._poll, self._heartbeat, self._keep_house, self._review_readers):
            self._spawn(self._forever(step))
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._draining = True
        for reader in self._readers():
            reader.abort()
        for channel in self._channels.values():
            channel.close()
        await end(*self._tasks)
        await self._broker.stop()

    async def drain(self) -> None:
        """Send every reader away, each with its own time to come back, and take no new ones.

        Returns when all are gone; those that did not take their bye in time are cut.
        """
        self._draining = True
        for reader in self._readers():
            reader.close(self.retry_ms())
        try:
            async with asyncio.timeout(self.settings.drain_timeout_s):
                while self.metrics.readers:
                    self._reader_left.clear()
                    await self._reader_left.wait()
        except TimeoutError:
            pass
        for reader in self._readers():
            reader.abort()

    @property
    def degraded(self) -> bool:
        """Updates may be late: the broker or the source is not to be reached."""
        return self._health.degraded

    # Readers

    def admit(
        self, subscriber: Subscriber, since: Position | None, abort: Callable[[], object]
    ) -> Reader:
        """A reader for as long as its connection lives: `dismiss` it then. `since` = what the
        client holds.

        `abort` is called, at most once, when the connection must be cut without ceremony.
        Raises ReaderRefused.
        """
        self._admit(subscriber)
        now_s = asyncio.get_running_loop().time()
        channel = self._channels.get(subscriber.channel) or self._open(subscriber.channel)
        reader = Reader(
            channel,
            subscriber,
            since,
            now_s=now_s,
            expires_at=now_s + self.settings.reader_age_max_s * self._rng.uniform(0.9, 1.0),
            abort=abort,
        )
        channel.add(reader)
        self._limits.count(subscriber, 1)
        return reader

    def dismiss(self, reader: Reader) -> None:
        """The connection does something else now, or nothing."""
        reader.forget()
        reader.channel.remove(reader)
        self._limits.count(reader.subscriber, -1)
        self._reader_left.set()

    def settled(self, channel: str, version: int) -> bool:
        """Whether the channel's readers have been offered that version, or a later one."""
        found = self._channels.get(channel)
        return found is not None and found.settled(version)

    def readers(self, channel: str) -> list[Reader]:
        """Who follows it now."""
        found = self._channels.get(channel)
        return [] if found is None else list(found.readers)

    def followed(self) -> dict[str, int]:
        """How many readers each open channel has."""
        return {name: len(channel.readers) for name, channel in self._channels.items()}

    def retry_ms(self) -> int:
        """A time to stay away, different for everyone so that they do not come back at once."""
        return self._rng.randint(self.settings.retry_min_ms, self.settings.retry_max_ms)

    def close_credential(self, credential: str) -> int:
        """End all streams of a credential; returns how many."""
        readers = [r for r in self._readers() if r.subscriber.credential == credential]
        for reader in readers:
            self._revoke(reader)
        return len(readers)

    def _admit(self, subscriber: Subscriber) -> None:
        reason = "draining" if self._draining else self._limits.reached(subscriber)
        if reason is None and subscriber.channel not in self._channels:
            reason = None if self._room_for_channel() else "channels"
        if reason is not None:
            self.metrics.refused += 1
            raise ReaderRefused(reason, self.retry_ms())

    def _revoke(self, reader: Reader) -> None:
        self.metrics.revoked += reader.close(self.retry_ms())

    def _readers(self) -> list[Reader]:
        return [reader for channel in self._channels.values() for reader in channel.readers]

    # Channels

    def _room_for_channel(self) -> bool:
        if len(self._channels) < self.settings.channels_max:
            return True
        idle = next((c for c in self._channels.values() if c.idle_since is not None), None)
        if idle is not None:
            self._close(idle)
        return idle is not None

    def _open(self, name: str) -> Channel:
        channel = Channel(
            name,
            self._codec.topic(name),
            loop=asyncio.get_running_loop(),
            settings=self.settings,
            metrics=self.metrics,
            health=self._health,
            now_ms=self._now_ms,
            mend=self._truth.mend,
        )
        self._channels[name] = channel
        self._topics.setdefault(channel.topic, {})[channel] = None
        self.metrics.channels = len(self._channels)
        self._spawn(self._subscribe_and_load(channel))
        return channel

    async def _subscribe_and_load(self, channel: Channel) -> None:
        # In this order: what is published during the load waits in the feed.
        try:
            await self._broker.subscribe(channel.topic)
        except BrokerDown:
            logger.warning("channel %s opens without the broker", channel.name)
        self._truth.mend(channel, 0.0)

    def _close(self, channel: Channel) -> None:
        channel.close()
        del self._channels[channel.name]
        self.metrics.channels = len(self._channels)
        channels = self._topics[channel.topic]
        del channels[channel]
        if not channels:
            del self._topics[channel.topic]
            self._spawn(self._broker.unsubscribe(channel.topic))

    # The broker's listener

    def message(self, topic: str, body: bytes) -> None:
        self.metrics.messages += 1
        for channel in self._topics.get(topic, ()):
            try:
                change = self._codec.decode(channel.name, body)
                if change is not None:
                    channel.offer(change)
            except Exception as error:
                self._poisoned(channel, error)

    def _poisoned(self, channel: Channel, error: Exception) -> None:
        self.metrics.messages_poisoned += 1
        count = self.metrics.messages_poisoned
        if (
            count & (count - 1) == 0
        ):  # the 1st, 2nd, 4th, 8th: a broken publisher must not fill logs
            logger.warning(
                "channel %s: message skipped, the %d.: %s: %s",
                channel.name,
                count,
                type(error).__name__,
                error,
            )

    def up(self) -> None:
        self._poll_now.set()
        self._health.report(broker_up=True)

    def down(self) -> None:
        self._health.report(broker_up=False)

    def _health_changed(self) -> None:
        degraded = self._health.degraded
        self.metrics.degraded = degraded
        level, word = (logging.WARNING, "late") if degraded else (logging.INFO, "prompt")
        logger.log(level, "updates are %s", word)
        self._beat()

    # What happens by itself

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except Exception:
                logger.exception("hub: a step failed")
                await asyncio.sleep(1.0)

    async def _poll(self) -> None:
        try:
            async with asyncio.timeout(self.settings.poll_interval_s):
                await self._poll_now.wait()
        except TimeoutError:
            pass
        self._poll_now.clear()
        if self._channels:
            await self._truth.poll(list(self._channels.values()))

    async def _review_readers(self) -> None:
        await asyncio.sleep(self.settings.review_interval_s)
        await self._review.round(self._readers())

    async def _heartbeat(self) -> None:
        await asyncio.sleep(self.settings.heartbeat_interval_s)
        self._beat()

    async def _keep_house(self) -> None:
        await asyncio.sleep(_HOUSEKEEPING_INTERVAL_S)
        now_s = asyncio.get_running_loop().time()
        for reader in self._readers():
            if reader.stalled_s(now_s) > self.settings.reader_stall_s:
                self.metrics.stalled += 1
                reader.abort()
            elif now_s > reader.expires_at:
                reader.close(self.retry_ms())
        for channel in list(self._channels.values()):
            idle_since = channel.idle_since
            if idle_since is not None and now_s - idle_since > self.settings.channel_linger_s:
                self._close(channel)

    def _beat(self) -> None:
        for channel in self._channels.values():
            channel.beat()

    def _spawn(self, coroutine: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
