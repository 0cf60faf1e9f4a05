"""An application of the library, as small as one can be: channels of numbered counters, with a
truth in memory that remembers every state it was ever in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import Any

import msgspec

from realtime import Broker, Cells, Delta, HubSettings, Nudge, Position
from realtime.binary import read_varint, varints
from realtime.client import Follower, Message, Verdict, decode_binary, decode_text
from realtime.hub import Hub
from realtime.protocol import Frame
from realtime.reader import Reader, Subscriber

CELLS = 16
FAT_CELLS = 20_000

Changes = list[tuple[int, int]]


class Counters:
    """Model: numbered counters."""

    def __init__(self, epoch: int, cells: Cells) -> None:
        self.epoch = epoch
        self._cells = cells

    @property
    def version(self) -> int:
        return self._cells.version

    def apply(self, delta: Delta) -> None:
        self._cells.apply(delta.data, delta.version)

    def snapshot(self) -> bytes:
        return msgspec.json.encode({"e": self.epoch, "v": self.version, "x": self._cells.values})

    def delta(self, since: int) -> bytes | None:
        changes = self._cells.since(since)
        if changes is None:
            return None
        return msgspec.json.encode({"p": since, "v": self.version, "x": changes})

    def pack_snapshot(self) -> bytes:
        return varints(self._cells.values)

    def pack_delta(self, since: int) -> bytes | None:
        changes = self._cells.since(since)
        return None if changes is None else varints(n for change in changes for n in change)

    def checksum(self) -> int:
        return self._cells.checksum()


class CountersBodies:
    """Reads what Counters pack."""

    def snapshot(self, body: bytes) -> dict[str, Any]:
        return {"x": self._numbers(body)}

    def delta(self, body: bytes) -> dict[str, Any]:
        numbers = self._numbers(body)
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return {"x": [list(pair) for pair in pairs]}

    @staticmethod
    def _numbers(body: bytes) -> list[int]:
        numbers, at = [], 0
        while at < len(body):
            number, at = read_varint(body, at)
            numbers.append(number)
        return numbers


def decode(frame: Frame) -> Message:
    """What a client reads of a frame, whichever way it was encoded."""
    packed = frame.packed and not frame.data
    return decode_binary(frame.packed, CountersBodies()) if packed else decode_text(frame.text)


class CountersFold:
    """A client's state of the same counters."""

    def __init__(self) -> None:
        self._cells = Cells([], 0)

    @property
    def values(self) -> list[int]:
        return self._cells.values

    def snapshot(self, data: dict[str, Any]) -> None:
        self._cells = Cells(msgspec.convert(data["x"], list[int]), int(data["v"]))

    def delta(self, data: dict[str, Any]) -> None:
        self._cells.apply(msgspec.convert(data["x"], Changes), int(data["v"]))

    def checksum(self) -> int:
        return self._cells.checksum()


class Truth:
    """One channel's database."""

    def __init__(self, size: int = CELLS) -> None:
        self.epoch = 1
        self.version = 0
        self.values = [0] * size
        self.changed_at = [0] * size
        self._line = [list(self.values)]  # states of this epoch's history, by version
        self.history = {self.position: self._line[0]}

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.version)

    def commit(self, changes: Changes) -> Delta:
        self.version += 1
        for key, value in changes:
            self.values[key] = value
            self.changed_at[key] = self.version
        self._line.append(list(self.values))
        self.history[self.position] = self._line[-1]
        return Delta(self.epoch, self.version - 1, self.version, changes, time.time_ns() // 10**6)

    def load(self) -> Counters:
        return Counters(self.epoch, Cells(self.values, self.version, self.changed_at))

    def changes(self, since: int) -> Delta | None:
        if since > self.version:
            return None
        changes = [(k, self.values[k]) for k, v in enumerate(self.changed_at) if v > since]
        return Delta(self.epoch, since, self.version, changes)

    def restore(self, back: int) -> None:
        """A backup comes back: the last versions never happened."""
        self.version = max(0, self.version - back)
        del self._line[self.version + 1 :]
        self.values = list(self._line[-1])
        self.changed_at = [min(v, self.version) for v in self.changed_at]
        self.epoch += 1
        self.history |= {Position(self.epoch, v): state for v, state in enumerate(self._line)}


class Ledger:
    """Source: many truths behind one database that can be down or slow."""

    def __init__(self) -> None:
        self.truths: dict[str, Truth] = {}
        self.down = False
        self.polled_in_vain = False
        """Nobody learns anything by asking in turns: what is heard came through the broker."""
        self.loads = 0
        self.reads = 0
        self.polls = 0

    def __getitem__(self, channel: str) -> Truth:
        """Channels named "fat..." have a state of FAT_CELLS."""
        if channel not in self.truths:
            self.truths[channel] = Truth(FAT_CELLS if channel.startswith("fat") else CELLS)
        return self.truths[channel]

    async def load(self, channel: str) -> Counters:
        self.loads += 1
        await self._travel()
        return self[channel].load()

    async def changes(self, channel: str, since: int) -> Delta | None:
        self.reads += 1
        await self._travel()
        return self[channel].changes(since)

    def rest_s(self, channel: str) -> float:
        """Channels named "dear..." are read once in 0.4 s."""
        return 0.4 if channel.startswith("dear") else 0.0

    async def versions(self, channels: Sequence[str]) -> Mapping[str, Position]:
        self.polls += 1
        await self._travel()
        return {channel: self[channel].position for channel in channels if not self.polled_in_vain}

    async def _travel(self) -> None:
        await asyncio.sleep(0.001)
        if self.down:
            raise ConnectionRefusedError("the database is down")


class Wire(msgspec.Struct, omit_defaults=True):
    """A broker message; without `p` it is a nudge."""

    e: int
    v: int
    p: int | None = None
    x: list[tuple[int, int]] = []
    t: int | None = None


class WireCodec:
    """Channels named "topic/anything" share a topic."""

    def topic(self, channel: str) -> str:
        return channel.split("/")[0]

    def decode(self, channel: str, body: bytes) -> Delta | Nudge:
        wire = msgspec.json.decode(body, type=Wire)
        if wire.p is None:
            return Nudge(wire.e, wire.v, wire.t)
        return Delta(wire.e, wire.p, wire.v, wire.x, wire.t)


def encode(delta: Delta) -> bytes:
    return msgspec.json.encode(
        Wire(delta.epoch, delta.version, delta.prev, delta.data, delta.sent_ms)
    )


SETTINGS = HubSettings(
    heartbeat_interval_s=0.2, channel_linger_s=0.5, mend_backoff_max_s=0.3, source_timeout_s=1.0
)
CHANNEL = "club"
PATIENCE_S = 60.0
"""For what comes, however slow the machine: who promises a time says it."""
TURN_S = 0.005


def with_settings(**changes: float) -> HubSettings:
    """SETTINGS with some bounds changed."""
    return msgspec.structs.replace(SETTINGS, **changes)


def hub_on(ledger: Ledger, broker: Broker, settings: HubSettings = SETTINGS) -> Hub:
    return Hub(ledger, WireCodec(), broker, settings)


class Client:
    """A reader and the follower at its other end, in one process."""

    def __init__(self, reader: Reader, follower: Follower, fold: CountersFold) -> None:
        self.reader = reader
        self.follower = follower
        self.fold = fold
        self.kinds: list[str] = []
        self.verdicts: list[Verdict] = []
        self.ended = asyncio.Event()
        self.paused = asyncio.Event()
        self.paused.set()

    @property
    def position(self) -> Position | None:
        return self.follower.position

    async def run(self) -> None:
        while (frame := await self.reader.next()) is not None:
            await self.paused.wait()
            self.kinds.append(frame.kind)
            self.verdicts.append(self.follower.feed(decode(frame)))
        self.ended.set()

    async def reaches(self, truth: Truth, within_s: float = PATIENCE_S) -> None:
        await eventually(lambda: self.position == truth.position, within_s)
        assert self.fold.values == truth.values


@asynccontextmanager
async def follow(
    hub: Hub,
    channel: str = CHANNEL,
    since: Position | None = None,
    *,
    state: Iterable[int] | None = None,
    subscriber: Subscriber | None = None,
) -> AsyncIterator[Client]:
    """A client that starts at `since`, where it holds `state`."""
    fold = CountersFold()
    follower = Follower(fold)
    if state is not None and since is not None:
        fold.snapshot({"x": list(state), "v": since.version})
        follower.position = since
    subscriber = subscriber or Subscriber(channel, "127.0.0.1")
    reader = hub.admit(subscriber, since, lambda: None)
    client = Client(reader, follower, fold)
    running = asyncio.create_task(client.run())
    try:
        yield client
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        hub.dismiss(reader)


async def eventually(condition: Callable[[], Any], within_s: float = PATIENCE_S) -> None:
    """Wait until it holds. Fails after `within_s` of this loop's own time: while the machine does
    not let us run, we look no more often, and nobody is late."""
    for _ in range(ceil(within_s / TURN_S)):
        if condition():
            return
        await asyncio.sleep(TURN_S)
    assert condition(), f"not within {within_s} s"


async def ends(stream: asyncio.Event, within_s: float = PATIENCE_S) -> None:
    """A stream does. Fails after `within_s`, as `eventually`."""
    await eventually(stream.is_set, within_s)


def message(kind: str, data: dict[str, Any], id_: str | None = None) -> Message:
    return msgspec.convert({"type": kind, "data": data, "id": id_}, Message)
