"""A feed: one channel's state as this process knows it. Sans I/O.

It takes changes in whatever order they arrive and says whether it is behind; it gives any
reader's cursor the one frame that brings it up to date. The state moves only in `flush`, so
all frames between two flushes are about the same version and can be shared.
"""

from __future__ import annotations

import enum

import msgspec

from realtime import binary
from realtime.metrics import Metrics
from realtime.model import Delta, Model, Nudge, Packed
from realtime.protocol import Frame, Position


class Verdict(enum.Enum):
    """What became of a change that was offered."""

    QUEUED = "queued"  # joins the next flush
    OLD = "old"  # already known
    GAP = "gap"  # something before it is missing


class Flushed(msgspec.Struct, frozen=True):
    """A flush: which deltas it applied, and how it ended.

    `resync`: what readers hold is void, in spite of their versions.
    `error`: the model refused a delta and must be loaded anew.
    """

    applied: list[Delta]
    resync: bool = False
    error: Exception | None = None


class Feed:
    """Bounds: at most `deltas_max` deltas wait for a flush, and as many for a gap to close;
    `frames_max` frames are cached for the current version."""

    def __init__(self, *, deltas_max: int, frames_max: int, metrics: Metrics) -> None:
        self.model: Model | None = None
        self._loaded: Model | None = None
        self._queue: list[Delta] = []
        self._ahead: list[Delta] = []
        self._must_load = True
        self._wanted = 0  # greatest version heard of and not doubted since
        self._heard = 0  # the same, since the read of the truth under way began
        self._shown: Position | None = None
        # By whether they are packed.
        self._snapshots: dict[bool, Frame] = {}
        self._snapshot_bytes = {False: 0, True: 0}
        self._deltas: dict[tuple[int, bool], Frame] = {}
        self._deltas_max = deltas_max
        self._frames_max = frames_max
        self._metrics = metrics

    @property
    def position(self) -> Position | None:
        """Where readers can be brought now."""
        return None if self.model is None else Position(self.model.epoch, self.model.version)

    @property
    def tail(self) -> Position | None:
        """Where the next flush will be."""
        base = self._loaded or self.model
        if base is None:
            return None
        version = self._queue[-1].version if self._queue else base.version
        return Position(base.epoch, version)

    @property
    def must_load(self) -> bool:
        """Only a whole load can help."""
        return self._must_load

    @property
    def behind(self) -> bool:
        """The truth is known to hold more than this feed."""
        tail = self.tail
        return self._must_load or tail is None or self._wanted > tail.version

    @property
    def dirty(self) -> bool:
        """A flush would change what readers can get."""
        return self._loaded is not None or bool(self._queue)

    @property
    def full(self) -> bool:
        """No room for another delta before a flush."""
        return len(self._queue) >= self._deltas_max

    # What comes in

    def offer(self, change: Delta | Nudge) -> Verdict:
        """A change from the broker: possibly late, twice, out of order, or lies."""
        tail = self.tail
        if tail is not None and change.epoch != tail.epoch:
            # Either history was replaced or a straggler of the old one speaks: only the truth
            # knows. Its deltas fit neither way.
            self._must_load = True
            return Verdict.GAP
        if tail is not None and change.version <= tail.version:
            return Verdict.OLD
        if isinstance(change, Nudge):
            self._hear(change.version)
            return Verdict.GAP
        if tail is None or change.prev > tail.version:
            self._hear(change.version)
            self._keep_ahead(change)
            return Verdict.GAP
        self._queue.append(change)
        self._drain_ahead()
        return Verdict.QUEUED

    def observe(self, position: Position, tail_before: Position | None) -> bool:
        """The truth's position, read when `tail` was `tail_before`. True if the feed is behind.

        A truth older than what was known before it was asked has lost history.
        """
        tail = self.tail
        if tail is not None and tail_before is not None:
            lost = tail_before.epoch == position.epoch and position.version < tail_before.version
            if lost or position.epoch != tail.epoch:
                self._must_load = True
            elif position.version > tail.version:
                self._hear(position.version)
        return self.behind

    def begin_read(self) -> None:
        """A read of the truth starts: what it returns outweighs whatever was heard before."""
        self._heard = 0

    def end_read(self, found: Model | Delta | None) -> None:
        """A read of the truth ended with a model, or with changes (None = load instead)."""
        self._wanted = self._heard
        tail = self.tail
        if found is None:
            self._must_load = True
        elif not isinstance(found, Delta):
            self._loaded = found
            self._queue.clear()
            self._must_load = False
        elif tail is None or found.epoch != tail.epoch or found.prev > tail.version:
            self._must_load = True
        elif found.version > tail.version:
            self._queue.append(found)
        self._drain_ahead()

    def flush(self) -> Flushed:
        """Advance the state over everything that is contiguous."""
        resync = False
        if self._loaded is not None:
            shown, loaded = self._shown, self._loaded
            self.model, self._loaded = loaded, None
            resync = shown is not None and (
                loaded.epoch != shown.epoch or loaded.version < shown.version
            )
        queue, self._queue = self._queue, []
        self._snapshots.clear()
        self._deltas.clear()
        if self.model is None:
            return Flushed([], resync)
        applied: list[Delta] = []
        for delta in queue:
            try:
                self.model.apply(delta)
            except Exception as error:
                self.model = None
                self._must_load = True
                return Flushed(applied, resync, error)
            applied.append(delta)
        self._shown = self.position
        return Flushed(applied, resync)

    def _hear(self, version: int) -> None:
        self._wanted = max(self._wanted, version)
        self._heard = max(self._heard, version)

    def _keep_ahead(self, delta: Delta) -> None:
        if len(self._ahead) >= self._deltas_max:
            self._ahead.clear()  # `_wanted` still says that they exist
        self._ahead.append(delta)

    def _drain_ahead(self) -> None:
        tail = self.tail if self._ahead else None
        if tail is None:
            return
        kept: list[Delta] = []
        version = tail.version
        for delta in sorted(self._ahead, key=lambda d: d.prev):
            if delta.epoch != tail.epoch or delta.version <= version:
                continue
            if delta.prev <= version:
                self._queue.append(delta)
                version = delta.version
            else:
                kept.append(delta)
        self._ahead = kept

    # What goes out

    def frame(self, since: int | None, packed: bool = False) -> Frame | None:
        """The frame that brings a reader at `since` (None = knows nothing) to `position`.

        None when there is nothing to say. The smaller one of delta and snapshot.
        """
        model = self.model
        if model is None or since == model.version:
            return None
        if since is None or since > model.version:
            return self.snapshot(packed)
        frame = self._deltas.get((since, packed))
        if frame is None:
            frame = self._encode_delta(model, since, packed) or self.snapshot(packed)
            if len(self._deltas) >= self._frames_max:
                self._deltas.clear()
            self._deltas[since, packed] = frame
        return frame

    def snapshot(self, packed: bool = False) -> Frame:
        """The snapshot of the current version, encoded once. Needs a model."""
        frame = self._snapshots.get(packed)
        if frame is not None:
            self._metrics.snapshot_hits += 1
            return frame
        assert self.model is not None
        self._metrics.snapshot_misses += 1
        frame = _snapshot(self.model, packed)
        self._snapshots[packed] = frame
        self._snapshot_bytes[packed] = len(frame.packed if packed else frame.data)
        return frame

    def _encode_delta(self, model: Model, since: int, packed: bool) -> Frame | None:
        frame = _delta(model, since, packed)
        if frame is None:
            return None
        # The last snapshot's size is a good guess; only a delta that is larger pays for the truth.
        size = len(frame.packed if packed else frame.data)
        if size > self._snapshot_bytes[packed]:
            snapshot = self.snapshot(packed)
            if size > len(snapshot.packed if packed else snapshot.data):
                return None
        return frame


def _snapshot(model: Model, packed: bool) -> Frame:
    position = Position(model.epoch, model.version)
    if not packed:
        return Frame("snapshot", model.snapshot(), position)
    body = model.pack_snapshot() if isinstance(model, Packed) else model.snapshot()
    return Frame("snapshot", position=position, packed=binary.snapshot(*position, body))


def _delta(model: Model, since: int, packed: bool) -> Frame | None:
    position = Position(model.epoch, model.version)
    delta = model.pack_delta if packed and isinstance(model, Packed) else model.delta
    body = delta(since)
    if body is None:
        return None
    if not packed:
        return Frame("delta", body, position)
    message = binary.delta(model.epoch, since, model.version, body)
    return Frame("delta", position=position, packed=message)
