"""The seats channel says the same in both subprotocols, in less room in the binary one."""

import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import Delta
from realtime.client import decode_binary, decode_text
from realtime.feed import Feed
from realtime.metrics import Metrics
from realtime.protocol import Frame
from server.inventory.state import State
from server.live.packing import Bodies
from server.live.seats import SeatsModel
from tests.fixtures.feed import SeatsFold

states = st.lists(st.integers(0, 3), min_size=1, max_size=300)


def feed_of(seats: list[int], pools: list[int]) -> Feed:
    """A feed at version 1 with these seats taken and these places left."""
    model = SeatsModel(7, len(seats), len(pools), State(0, uuid.UUID(int=7), 0, [], []))
    feed = Feed(deltas_max=9, frames_max=9, metrics=Metrics())
    feed.begin_read()
    feed.end_read(model)
    changes = ([(at, state) for at, state in enumerate(seats) if state], list(enumerate(pools)))
    feed.offer(Delta(7, 0, 1, changes))
    feed.flush()
    return feed


def fold_of(frame: Frame) -> SeatsFold:
    fold = SeatsFold()
    packed = bool(frame.packed)
    read = decode_binary(frame.packed, Bodies()) if packed else decode_text(frame.text)
    assert (read.type, read.id) == ("snapshot", "7:1")
    fold.snapshot(read.data)
    return fold


@given(states, st.lists(st.integers(0, 5000), max_size=3))
def test_a_packed_snapshot_is_the_state_of_the_plain_one(seats: list[int], pools: list[int]):
    feed = feed_of(seats, pools)
    plain, packed = fold_of(feed.snapshot()), fold_of(feed.snapshot(packed=True))
    assert (plain.seats, plain.pools) == (packed.seats, packed.pools) == (seats, pools)
    assert packed.checksum() == feed.model.checksum()  # type: ignore[union-attr]


@given(states, st.dictionaries(st.integers(0, 299), st.integers(0, 3), max_size=60))
def test_a_packed_delta_says_what_the_plain_one_says(seats: list[int], changed: dict[int, int]):
    feed = feed_of(seats, [9])
    model = feed.model
    assert isinstance(model, SeatsModel)
    known = sorted((at, state) for at, state in changed.items() if at < len(seats))
    model.apply(Delta(7, 1, 2, (known, [(0, 8)])))
    plain, packed = model.delta(1), model.pack_delta(1)
    assert plain is not None
    assert packed is not None
    said = msgspec.json.decode(plain)
    told = Bodies().delta(packed)
    assert [list(entry) for entry in told["s"]] == said["s"]
    assert [list(entry) for entry in told["g"]] == said["g"]
    assert len(packed) < len(plain)


@pytest.mark.parametrize("every", [1, 2, 3, 50])
def test_fifty_thousand_seats_take_at_most_twenty_kilobytes(every: int):
    feed = feed_of([at % 3 + 1 if at % every == 0 else 0 for at in range(50_000)], [100] * 20)
    assert len(feed.snapshot().sse) <= 20_000
    assert len(feed.snapshot(packed=True).packed) <= 13_000


@given(st.binary(max_size=30))
def test_hostile_bodies_are_refused(body: bytes):
    for read in (Bodies().snapshot, Bodies().delta):
        try:
            read(body)
        except (ValueError, IndexError):
            continue
