"""All reads of the source: bounded in number, in time and in rate.

Whatever the broker loses is found here: by a gap between two messages, by a reconnection,
or at the latest by the next poll.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from realtime.channel import Channel, Health
from realtime.metrics import Metrics
from realtime.model import Delta, Model, Source
from realtime.protocol import Position
from realtime.settings import HubSettings

logger = logging.getLogger(__name__)


class Truth:
    """One per hub."""

    def __init__(
        self, source: Source, settings: HubSettings, metrics: Metrics, health: Health
    ) -> None:
        self._source = source
        self._metrics = metrics
        self._health = health
        self._timeout_s = settings.source_timeout_s
        self._interval_min_s = settings.mend_interval_min_ms / 1000
        self._backoff_max_s = settings.mend_backoff_max_s
        self._gap_wait_s = settings.gap_wait_ms / 1000
        self._slots = asyncio.Semaphore(settings.source_reads_max)

    async def poll(self, channels: Sequence[Channel]) -> None:
        """Compare all channels with the truth in one read; mend those that are behind."""
        before: dict[str, Position | None] = {c.name: c.feed.tail for c in channels}
        try:
            async with asyncio.timeout(self._timeout_s):
                positions = await self._source.versions(list(before))
        except Exception as error:
            self._failed("versions", error, first=self._health.source_up)
            self._health.report(source_up=False)
            return
        self._health.report(source_up=True)
        for channel in channels:
            position = positions.get(channel.name)
            if position is not None and channel.feed.observe(position, before[channel.name]):
                self.mend(channel, self._gap_wait_s)

    def mend(self, channel: Channel, wait_s: float) -> None:
        """See to it that the channel catches up; if it does within `wait_s` without the
        truth, so much the better."""
        if channel.mending is None and channel.open:
            channel.mending = asyncio.create_task(self._mend(channel, wait_s))

    async def _mend(self, channel: Channel, wait_s: float) -> None:
        try:
            await asyncio.sleep(wait_s)
            rest_s = max(self._interval_min_s, self._source.rest_s(channel.name))
            backoff_s = self._interval_min_s
            while channel.open and channel.feed.behind:
                await asyncio.sleep(channel.read_at + rest_s - channel.loop.time())
                failed = not await self._read(channel)
                channel.report(ailing=failed)
                if failed:
                    await asyncio.sleep(backoff_s)
                    backoff_s = min(2 * backoff_s, self._backoff_max_s)
        finally:
            channel.mending = None

    async def _read(self, channel: Channel) -> bool:
        feed = channel.feed
        async with self._slots:
            if not feed.behind:
                return True
            self._metrics.gaps += 1
            channel.read_at = channel.loop.time()
            feed.begin_read()
            try:
                async with asyncio.timeout(self._timeout_s):
                    found = await self._ask(channel)
                feed.end_read(found)
            except Exception as error:
                self._failed(channel.name, error, first=not channel.ailing)
                return False
        if feed.dirty:
            channel.schedule_flush()
        return True

    async def _ask(self, channel: Channel) -> Model | Delta | None:
        tail = channel.feed.tail
        if tail is None or channel.feed.must_load:
            return await self._source.load(channel.name)
        return await self._source.changes(channel.name, tail.version)

    def _failed(self, what: str, error: Exception, *, first: bool) -> None:
        self._metrics.source_errors += 1
        if first:  # the rest of an outage says nothing new
            logger.warning("source: %s: %s: %s", what, type(error).__name__, error)
