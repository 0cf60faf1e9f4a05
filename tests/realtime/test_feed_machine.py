"""The law of the whole protocol, sans I/O: whatever is lost, doubled, reordered, restored from a
backup or interrupted, a client shows a state that the truth was in, or knows that it does not;
and once the faults end, it shows the truth."""

from __future__ import annotations

from collections import deque
from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from realtime.channel import Channel, Health
from realtime.client import Follower, Verdict
from realtime.metrics import Metrics
from realtime.model import Delta, Model
from realtime.protocol import Frame, Position
from realtime.reader import Reader, Subscriber
from realtime.settings import HubSettings
from tests.realtime.support import CELLS, Changes, CountersFold, Truth, WireCodec, decode, encode

commits = st.lists(st.tuples(st.integers(0, CELLS - 1), st.integers(0, 9)), max_size=3)
indexes = st.integers(0, 10**6)

# Small bounds, so that they are reached.
SETTINGS = HubSettings(deltas_pending_max=3, frames_cached_max=2)
READERS = 3


class StoppedLoop:
    """A loop whose time stands still: the machine decides when something happens."""

    def time(self) -> float:
        return 0.0

    def call_soon(self, *_: Any) -> None:
        return None

    call_at = call_soon


class Client:
    def __init__(self, channel: Channel, packed: bool) -> None:
        self.channel = channel
        self.packed = packed
        self.fold = CountersFold()
        self.follower = Follower(self.fold)
        self.connect(None)

    def connect(self, since: Position | None) -> None:
        self.link: deque[Frame] = deque()
        self.reader = Reader(
            self.channel,
            Subscriber(self.channel.name, ""),
            since,
            now_s=0.0,
            expires_at=0.0,
            abort=lambda: None,
        )
        self.reader.packed = self.packed
        self.channel.add(self.reader)

    def reconnect(self) -> None:
        self.channel.remove(self.reader)
        self.connect(self.follower.position)

    def receive(self, frame: Frame) -> None:
        verdict = self.follower.feed(decode(frame))
        if verdict in (Verdict.GAP, Verdict.DIVERGED):
            self.reconnect()


class World(RuleBasedStateMachine):
    """One truth, one channel of one hub, a network between them, and some clients."""

    def __init__(self) -> None:
        super().__init__()
        self.truth = Truth()
        self.network: list[bytes] = []
        self.reading: Model | Delta | bool | None = False  # an answer of the truth on its way
        self.polled: tuple[Position, Position | None] | None = None
        health = Health(lambda: None)
        self.channel = Channel(
            "x",
            "x",
            loop=cast(Any, StoppedLoop()),
            settings=SETTINGS,
            metrics=Metrics(),
            health=health,
            now_ms=lambda: 0,
            mend=lambda *_: None,
        )
        self.clients = [Client(self.channel, packed=at == 0) for at in range(READERS)]
        self.mend()
        self.flow()

    # The truth and the network

    @rule(changes=commits)
    def commit(self, changes: Changes) -> None:
        self.network.append(encode(self.truth.commit(changes)))

    @rule(changes=commits)
    def commit_and_crash_before_publishing(self, changes: Changes) -> None:
        self.truth.commit(changes)

    @rule(back=st.integers(0, 3))
    def restore_a_backup(self, back: int) -> None:
        self.truth.restore(back)

    @precondition(lambda self: self.network)
    @rule(index=indexes, keep=st.booleans())
    def deliver(self, index: int, keep: bool) -> None:
        index %= len(self.network)
        body = self.network[index] if keep else self.network.pop(index)
        change = WireCodec().decode("x", body)
        self.channel.offer(change)

    @precondition(lambda self: self.network)
    @rule(index=indexes)
    def lose(self, index: int) -> None:
        self.network.pop(index % len(self.network))

    @rule(prev=st.integers(0, 40), more=st.integers(1, 10**9))
    def hear_a_lie(self, prev: int, more: int) -> None:
        """A nonsensical message of the right form, with a key that no model takes."""
        self.channel.offer(Delta(self.truth.epoch, prev, prev + more, [(0, 7), (10**6, 1)]))

    # The hub

    @rule()
    def flush(self) -> None:
        self.channel.flush()

    @precondition(lambda self: self.reading is False and self.channel.feed.behind)
    @rule()
    def ask_the_truth(self) -> None:
        feed = self.channel.feed
        feed.begin_read()
        if feed.tail is None or feed.must_load:
            self.reading = self.truth.load()
        else:
            self.reading = self.truth.changes(feed.tail.version)

    @precondition(lambda self: self.reading is not False)
    @rule()
    def hear_the_truth(self) -> None:
        self.channel.feed.end_read(cast(Any, self.reading))
        self.reading = False

    @precondition(lambda self: self.polled is None)
    @rule()
    def poll(self) -> None:
        self.polled = (self.truth.position, self.channel.feed.tail)

    @precondition(lambda self: self.polled is not None)
    @rule()
    def hear_the_poll(self) -> None:
        assert self.polled is not None
        self.channel.feed.observe(*self.polled)
        self.polled = None

    @rule()
    def beat(self) -> None:
        self.channel.beat()

    @rule()
    def mend(self) -> None:
        """What a hub does about a gap, without interruption."""
        while self.channel.feed.behind:
            self.reading = False
            self.ask_the_truth()
            self.hear_the_truth()
        self.channel.flush()

    # The clients

    @rule()
    def flow(self) -> None:
        """A moment without faults: a flush reaches everybody."""
        self.channel.flush()
        for client in self.clients:
            while (frame := client.reader.take()) is not None:
                client.link.append(frame)
            while client.link:
                client.receive(client.link.popleft())

    @precondition(lambda self: self.network)
    @rule(index=indexes, keep=st.booleans())
    def deliver_and_flow(self, index: int, keep: bool) -> None:
        self.deliver(index, keep)
        self.flow()

    @rule(index=indexes)
    def send(self, index: int) -> None:
        client = self.clients[index % READERS]
        frame = client.reader.take()
        if frame is not None:
            client.link.append(frame)

    @rule(index=indexes)
    def receive(self, index: int) -> None:
        client = self.clients[index % READERS]
        if client.link:
            client.receive(client.link.popleft())

    @rule(index=indexes, frame=indexes, how=st.sampled_from(["lose", "double", "last"]))
    def damage_a_link(self, index: int, frame: int, how: str) -> None:
        """Worse than TCP: frames vanish, repeat and change places."""
        link = self.clients[index % READERS].link
        if link:
            position = frame % len(link)
            if how == "double":
                link.append(link[position])
                return
            moved = link[position]
            del link[position]
            if how == "last":
                link.append(moved)

    @rule(index=indexes)
    def cut(self, index: int) -> None:
        self.clients[index % READERS].reconnect()

    @rule(index=indexes, epoch=st.integers(0, 3), version=st.integers(0, 30))
    def resume_from_nonsense(self, index: int, epoch: int, version: int) -> None:
        client = self.clients[index % READERS]
        client.follower.position = None
        client.channel.remove(client.reader)
        client.connect(Position(epoch, version))

    @invariant()
    def every_client_is_true_or_knows_that_it_is_not(self) -> None:
        for client in self.clients:
            position = client.follower.position
            if position is not None:
                assert client.fold.values == self.truth.history.get(position)

    def teardown(self) -> None:
        """The faults end: one poll, some reads, and everybody shows the truth."""
        self.network.clear()
        feed = self.channel.feed
        if self.reading is not False:
            self.hear_the_truth()
        for _ in range(3):
            feed.observe(self.truth.position, feed.tail)
            self.mend()
        assert feed.position == self.truth.position
        for _ in range(3):
            self.channel.beat()
            self.flow()
        for client in self.clients:
            assert client.follower.position == self.truth.position
            assert client.fold.values == self.truth.values


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
