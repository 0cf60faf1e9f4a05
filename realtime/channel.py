"""An open channel: a feed, its readers, and the pace at which the one reaches the others.

`flush` is where a delta is sent: it advances the feed and offers every reader the frame for its
cursor (`reader.Reader.take`). Nearly all of them stand at the version before, so `_offer` writes
the same bytes to all of these without asking each; and it goes round in slices, so that ten
thousand readers do not keep the loop from its other work.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from realtime.feed import Feed, Verdict
from realtime.metrics import Metrics
from realtime.model import Delta, Nudge
from realtime.protocol import Frame, heartbeat
from realtime.reader import Reader
from realtime.settings import HubSettings

logger = logging.getLogger(__name__)

_HEARTBEAT_SHARED_MS = 100

READERS_PER_SLICE = 256
"""Readers served in one turn of the loop: one or two milliseconds of writing."""

BEATS_PER_SLICE = 64
"""Readers told that we live, in one turn of the loop; a change that comes does not wait longer."""


class Health:
    """Whether updates may be late, for everyone in this process. Calls `on_change` when that
    turns."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._broker_up = False
        self.source_up = True

    @property
    def degraded(self) -> bool:
        return not (self._broker_up and self.source_up)

    def report(self, *, broker_up: bool | None = None, source_up: bool | None = None) -> None:
        before = self.degraded
        if broker_up is not None:
            self._broker_up = broker_up
        if source_up is not None:
            self.source_up = source_up
        if self.degraded != before:
            self._on_change()


class Channel:
    """`mend(channel, wait_s)` is called when the feed is behind and the truth must be read."""

    def __init__(
        self,
        name: str,
        topic: str,
        *,
        loop: asyncio.AbstractEventLoop,
        settings: HubSettings,
        metrics: Metrics,
        health: Health,
        now_ms: Callable[[], int],
        mend: Callable[[Channel, float], None],
    ) -> None:
        self.name = name
        self.topic = topic
        self.loop = loop
        self.metrics = metrics
        self.feed = Feed(
            deltas_max=settings.deltas_pending_max,
            frames_max=settings.frames_cached_max,
            metrics=metrics,
        )
        self.readers: dict[Reader, None] = {}
        self.idle_since: float | None = self.loop.time()
        self.beats = 0
        self.open = True
        self.read_at = float("-inf")  # when the truth was last read
        self.mending: asyncio.Task[None] | None = None
        self.ailing = False
        self._health = health
        self._now_ms = now_ms
        self._mend = mend
        self._gap_wait_s = settings.gap_wait_ms / 1000
        self._rest_min_s = settings.flush_interval_min_ms / 1000
        self._rest_max_s = settings.flush_interval_max_ms / 1000
        self._rest_s = self._rest_min_s
        self._flushed_at = float("-inf")
        self._previous_version = 0
        self._sent_ms: list[int] = []  # when was published what a round now brings to the readers
        self._timer: asyncio.Handle | None = None
        self._heartbeat: Frame | None = None
        self._heartbeat_ms = 0
        self._round: list[Reader] = []  # who is still to be served in the round under way
        self._round_again = False
        self._to_beat: list[Reader] = []  # who is still owed a heartbeat
        self._beat_slice: asyncio.Handle | None = None

    def offer(self, change: Delta | Nudge) -> None:
        """A change from the broker."""
        verdict = self.feed.offer(change)
        if verdict is Verdict.QUEUED:
            self.schedule_flush()
        elif verdict is Verdict.GAP:
            # Only a missing delta is worth waiting for: it may just have been overtaken.
            overtaken = isinstance(change, Delta) and not self.feed.must_load
            self._mend(self, self._gap_wait_s if overtaken else 0.0)

    def schedule_flush(self) -> None:
        """At once after quiet, otherwise when the rest after the last flush is over."""
        if self.feed.full:
            self.flush()
        elif self._timer is None and self.open and not self._round:
            at = self._flushed_at + self._rest_s
            if at <= self.loop.time():
                self._timer = self.loop.call_soon(self.flush)
            else:
                self._timer = self.loop.call_at(at, self.flush)

    def flush(self) -> None:
        """Advance the state and send it: every reader that can take a frame now does."""
        self._cancel_timer()
        before = self.feed.position
        flushed = self.feed.flush()
        self._previous_version = before.version if before else 0
        self._heartbeat = None
        self._sent_ms += [delta.sent_ms for delta in flushed.applied if delta.sent_ms is not None]
        if flushed.error is not None:
            self.metrics.messages_poisoned += 1
            logger.warning(
                "channel %s: a delta could not be applied", self.name, exc_info=flushed.error
            )
            self._mend(self, 0.0)
        if flushed.resync:
            for reader in self.readers:
                reader.void()
        self._flushed_at = self.loop.time()
        self.wake()

    def _adapt(self) -> None:
        took_s = self.loop.time() - self._flushed_at
        self._rest_s = min(max(took_s, self._rest_min_s), self._rest_max_s)

    def _observe_lag(self) -> None:
        """The last socket that takes it has what was flushed."""
        now_ms = self._now_ms()
        if self.readers:
            for sent_ms in self._sent_ms:
                self.metrics.observe_lag(now_ms - sent_ms)
        self._sent_ms.clear()

    def count_delivery(self, cursor: int | None) -> None:
        """A reader at `cursor` (None = new) is handed the state."""
        self.metrics.deliveries += 1
        if cursor is not None and cursor < self._previous_version:
            self.metrics.conflations += 1

    # The round

    def wake(self) -> None:
        """Offer every reader what there is for it; those served already in a round under way
        are served again after it."""
        if self._round:
            self._round_again = True
        else:
            self._begin_round()
            self._go_round()

    def settled(self, version: int) -> bool:
        """Whether a round at `version` or later has come to its end."""
        position = self.feed.position
        return position is not None and position.version >= version and not self._round

    def _go_round(self) -> None:
        batch = self._round[-READERS_PER_SLICE:]
        del self._round[-READERS_PER_SLICE:]
        self._serve_plainly(batch)
        if self._round:
            self.loop.call_soon(self._go_round)
            return
        self._observe_lag()
        if self._round_again:
            self._round_again = False
            self._begin_round()
            self.loop.call_soon(self._go_round)
        else:
            # Readers that are not pushed to send in this turn of the loop; this lands behind them.
            self.loop.call_soon(self._adapt)
            if self.feed.dirty:
                self.schedule_flush()
            self._beat_on()

    def _begin_round(self) -> None:
        self._round = list(self.readers)

    def _serve_plainly(self, batch: list[Reader]) -> None:
        """The same bytes for everybody who only lacks the last flush."""
        position, previous = self.feed.position, self._previous_version
        version = previous if position is None else position.version
        if version == previous:
            previous = -1  # nothing was flushed: nobody lacks just that
        encoding, wire, size, others = None, b"", 0, 0
        for reader in batch:
            if reader.cursor == previous and reader.plain:
                if reader.encoding is not encoding:
                    encoding = reader.encoding
                    frame = self.feed.frame(previous, reader.packed)
                    assert frame is not None
                    wire = frame.wire(encoding)
                    size = len(wire)
                reader.cursor = version
                try:
                    taken = reader.send(wire)  # pyright: ignore[reportOptionalCall]
                    if taken < size:
                        reader.keep(wire, taken)
                except BlockingIOError:
                    reader.keep(wire, 0)
                except Exception as error:
                    self._failed(reader, error)
            else:
                others += 1
                self._serve(reader)
        self.metrics.deliveries += len(batch) - others

    def _serve(self, reader: Reader) -> None:
        try:
            reader.wake()
        except Exception as error:
            self._failed(reader, error)

    def _failed(self, reader: Reader, error: Exception) -> None:
        if not isinstance(error, ConnectionError):  # a peer that is gone is no news
            logger.error("channel %s: a reader's connection failed", self.name, exc_info=error)
        reader.abort()

    # Signs of life

    def beat(self) -> None:
        """Every reader is owed a heartbeat once it has everything else. Changes go first: with
        ten thousand readers this takes a tenth of a second."""
        self.beats += 1
        self._heartbeat = None
        self._to_beat = list(self.readers)
        self._beat_on()

    def _beat_on(self) -> None:
        if self._to_beat and not self._round and self._beat_slice is None:
            self._beat_slice = self.loop.call_soon(self._go_beat)

    def _go_beat(self) -> None:
        self._beat_slice = None
        if self._round:
            return  # goes on when that is over
        batch = self._to_beat[-BEATS_PER_SLICE:]
        del self._to_beat[-BEATS_PER_SLICE:]
        for reader in batch:
            self._serve(reader)
        self._beat_on()

    def heartbeat(self) -> Frame:
        """The heartbeat for readers that are at the feed's position; shared while fresh."""
        now_ms = self._now_ms()
        if self._heartbeat is None or now_ms - self._heartbeat_ms > _HEARTBEAT_SHARED_MS:
            model = self.feed.model
            self._heartbeat_ms = now_ms
            self._heartbeat = heartbeat(
                now_ms,
                None if model is None else model.version,
                None if model is None else model.checksum(),
                degraded=self.degraded,
            )
        return self._heartbeat

    @property
    def degraded(self) -> bool:
        return self.ailing or self._health.degraded

    def report(self, *, ailing: bool) -> None:
        """Whether this channel's own reads of the truth fail."""
        if ailing != self.ailing:
            self.ailing = ailing
            self.beat()

    # Readers

    def add(self, reader: Reader) -> None:
        self.readers[reader] = None
        self.idle_since = None

    def remove(self, reader: Reader) -> None:
        del self.readers[reader]
        if not self.readers:
            self.idle_since = self.loop.time()

    def close(self) -> None:
        """Nothing happens on this channel any more; its readers must be gone."""
        self.open = False
        self._cancel_timer()
        if self.mending is not None:
            self.mending.cancel()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
