"""Laws of sending: the hub writes the same bytes into many transports, in slices, and never more
than a transport takes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from realtime import channel as channel_module
from realtime.broker_memory import MemoryBroker
from realtime.client import Message, Verdict, decode_text
from realtime.connection import Outlet
from realtime.hub import Hub
from realtime.protocol import Encoding
from realtime.reader import Subscriber
from tests.realtime.support import CHANNEL, CountersFold, Follower, Ledger, encode, eventually


class Pipe(asyncio.Transport):
    """A transport that takes so many writes, then pauses its writer until it is read."""

    def __init__(self, room: float = float("inf")) -> None:
        super().__init__(extra={})
        self.outlet = Outlet(self)
        self.written: list[bytes] = []
        self.room = room

    def write(self, data: bytes) -> None:  # type: ignore[override]
        assert self.outlet.writable, "written to although it takes nothing"
        self.written.append(data)
        self.room -= 1
        if self.room <= 0:
            self.outlet.paused()

    def make_room(self, room: float) -> None:
        self.room = room
        self.outlet.resumed()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 0, "a paused writer means that the kernel takes no more"

    def get_write_buffer_size(self) -> int:
        return 0 if self.outlet.writable else 1

    def abort(self) -> None:
        self.outlet.lost()


def told(pipe: Pipe) -> list[Message]:
    """What a client reads of it; WebSocket frames of less than 64 KB."""
    messages: list[Message] = []
    for wire in pipe.written:
        size = wire[1] if wire[1] < 126 else int.from_bytes(wire[2:4])
        payload = wire[-size:]
        assert len(wire) - size in (2, 4)
        messages.append(decode_text(payload))
    return messages


@asynccontextmanager
async def pushed(
    hub: Hub, count: int, encoding: Encoding = "text", room: float = float("inf")
) -> AsyncIterator[list[Pipe]]:
    pipes, readers = [Pipe(room) for _ in range(count)], []
    for pipe in pipes:
        reader = hub.admit(Subscriber(CHANNEL, "here"), None, pipe.abort)
        pipe.outlet.open(reader.block, reader.wake)
        reader.push(pipe.outlet, encoding, lambda: None)
        readers.append(reader)
    await eventually(lambda: all(pipe.written for pipe in pipes))
    yield pipes
    for reader in readers:
        hub.dismiss(reader)


def verdicts(pipe: Pipe) -> tuple[list[Verdict], CountersFold]:
    fold = CountersFold()
    follower = Follower(fold)
    return [follower.feed(message) for message in told(pipe)], fold


@pytest.mark.parametrize("per_slice", [1, 7, 256])
async def test_everybody_is_told_everything_once_however_a_round_is_interrupted(
    hub: Hub,
    ledger: Ledger,
    publisher: MemoryBroker,
    monkeypatch: pytest.MonkeyPatch,
    per_slice: int,
):
    monkeypatch.setattr(channel_module, "READERS_PER_SLICE", per_slice)
    truth, dice = ledger[CHANNEL], random.Random(per_slice)
    channel = None
    async with pushed(hub, 40) as pipes:
        for number in range(60):
            await publisher.publish(CHANNEL, encode(truth.commit([(number % 16, number)])))
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
            channel = channel or cast(Any, hub)._channels[CHANNEL]
            if number % 7 == 0:
                channel.flush()  # as when no more deltas may wait
            if number % 11 == 0:
                channel.beat()
        version = truth.version
        await eventually(lambda: hub.settled(CHANNEL, version))
        for pipe in pipes:
            found, fold = verdicts(pipe)
            assert set(found) <= {Verdict.APPLIED, Verdict.IGNORED}
            assert fold.values == truth.values
            versions = [m.data["v"] for m in told(pipe) if m.type == "delta"]
            assert versions == sorted(set(versions)), "nothing twice, nothing late"
            assert [m.type for m in told(pipe)].count("heartbeat") >= 1


async def test_readers_of_one_kind_are_sent_the_same_object(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    async with pushed(hub, 20) as pipes:
        await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(1, 1)])))
        await eventually(lambda: all(len(pipe.written) >= 2 for pipe in pipes))
        for number in (0, 1):
            assert len({id(pipe.written[number]) for pipe in pipes}) == 1


async def test_the_loop_does_other_work_within_a_round(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(channel_module, "READERS_PER_SLICE", 10)
    async with pushed(hub, 50) as pipes:
        before = sum(len(pipe.written) for pipe in pipes)
        await publisher.publish(CHANNEL, encode(ledger[CHANNEL].commit([(1, 1)])))
        steps = set()
        while len(steps) < 100 and before + 50 not in steps:
            await asyncio.sleep(0)
            steps.add(sum(len(pipe.written) for pipe in pipes))
        assert len(steps - {before}) >= 5


async def test_a_change_does_not_wait_for_heartbeats(
    hub: Hub, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(channel_module, "BEATS_PER_SLICE", 5)
    async with pushed(hub, 50) as pipes:

        def count(kind: str) -> int:
            return sum(m.type == kind for pipe in pipes for m in told(pipe))

        channel = cast(Any, hub)._channels[CHANNEL]
        before = count("heartbeat")
        channel.beat()
        await asyncio.sleep(0)
        channel.offer(ledger[CHANNEL].commit([(1, 1)]))
        channel.flush()
        assert (count("delta"), count("heartbeat")) == (50, before + 5)
        await eventually(lambda: count("heartbeat") == before + 50)


async def test_a_reader_that_takes_nothing_is_written_nothing_and_then_one_merged_delta(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker
):
    truth = ledger[CHANNEL]
    async with pushed(hub, 1, room=2) as [slow], pushed(hub, 1) as [fast]:
        for number in range(1, 30):
            await publisher.publish(CHANNEL, encode(truth.commit([(0, number)])))
            await eventually(lambda: verdicts(fast)[1].values == truth.values)
        assert len(slow.written) == 2
        slow.make_room(float("inf"))
        assert verdicts(slow)[1].values == truth.values, "as soon as it takes bytes"
        deltas = [m for m in told(slow) if m.type == "delta"]
        assert [m.data["v"] for m in deltas][-1] == truth.version
        assert len(deltas) <= 2
        assert hub.metrics.conflations >= 1


@pytest.mark.parametrize("failure", [RuntimeError("closed"), BrokenPipeError()])
async def test_a_connection_that_fails_harms_no_other(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker, failure: Exception
):
    truth = ledger[CHANNEL]
    async with pushed(hub, 5) as pipes:

        def fails(data: bytes) -> int:
            raise failure

        broken = next(iter(cast(Any, hub)._channels[CHANNEL].readers))
        broken.send = fails
        await publisher.publish(CHANNEL, encode(truth.commit([(3, 3)])))
        await eventually(lambda: broken.ended)
        others = pipes[1:]
        await eventually(lambda: all(verdicts(p)[1].values == truth.values for p in others))


async def test_nothing_is_written_for_a_reader_that_was_dismissed(
    hub: Hub, ledger: Ledger, publisher: MemoryBroker, monkeypatch: pytest.MonkeyPatch
):
    """The connection may serve another request by then."""
    monkeypatch.setattr(channel_module, "READERS_PER_SLICE", 1)
    async with pushed(hub, 3) as pipes:
        channel = cast(Any, hub)._channels[CHANNEL]
        readers = list(channel.readers)
        channel.offer(ledger[CHANNEL].commit([(1, 1)]))
        channel.flush()  # one is served, two wait for the next turns
        sizes = [len(pipe.written) for pipe in pipes]
        for reader in readers:
            reader.forget()
        for _ in range(5):
            await asyncio.sleep(0)
        assert [len(pipe.written) for pipe in pipes] == sizes
