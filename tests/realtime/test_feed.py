"""Laws of a feed that the machine in test_feed_machine.py does not see: economy and order."""

from __future__ import annotations

import json

import pytest

from realtime.feed import Feed, Verdict
from realtime.metrics import Metrics
from realtime.model import Delta, Nudge
from realtime.protocol import Position
from tests.realtime.support import CELLS, Truth


def loaded(truth: Truth, *, deltas_max: int = 100, frames_max: int = 100) -> Feed:
    feed = Feed(deltas_max=deltas_max, frames_max=frames_max, metrics=Metrics())
    read(feed, truth)
    feed.flush()
    return feed


def read(feed: Feed, truth: Truth) -> None:
    feed.begin_read()
    tail = feed.tail
    feed.end_read(truth.load() if tail is None or feed.must_load else truth.changes(tail.version))


def numbers(feed: Feed, since: int) -> tuple[int, int]:
    frame = feed.frame(since)
    assert frame is not None
    assert frame.kind == "delta"
    data = json.loads(frame.data)
    return data["p"], data["v"]


def test_one_frame_is_shared_by_all_readers_at_a_version_until_the_next_flush():
    truth = Truth()
    feed = loaded(truth)
    feed.offer(truth.commit([(0, 1)]))
    feed.flush()
    first = feed.frame(0)
    assert first is feed.frame(0)
    feed.offer(truth.commit([(1, 1)]))
    assert first is feed.frame(0), "what waits for a flush is not to be seen"
    feed.flush()
    assert numbers(feed, 0) == (0, 2)
    assert numbers(feed, 1) == (1, 2)
    assert feed.frame(2) is None


def test_a_snapshot_is_encoded_once_per_version():
    truth = Truth()
    metrics = Metrics()
    feed = Feed(deltas_max=9, frames_max=9, metrics=metrics)
    read(feed, truth)
    feed.flush()
    for _ in range(50):
        feed.frame(None)
    assert (metrics.snapshot_misses, metrics.snapshot_hits) == (1, 49)


def test_the_smaller_one_of_delta_and_snapshot_is_sent():
    truth = Truth()
    for version in range(3):
        truth.commit([(key, version) for key in range(CELLS)])
    feed = loaded(truth)
    every_cell, one_cell = feed.frame(0), None
    assert every_cell is not None
    assert every_cell.kind == "snapshot"
    feed.offer(truth.commit([(0, 9)]))
    feed.flush()
    one_cell = feed.frame(3)
    assert one_cell is not None
    assert one_cell.kind == "delta"


def test_the_frame_cache_is_bounded_and_still_right():
    truth = Truth()
    for key in range(6):
        truth.commit([(key, 1)])
    feed = loaded(truth, frames_max=2)
    for since in (5, 4, 3, 5, 4, 3):
        assert numbers(feed, since) == (since, 6)


def test_messages_that_overtake_each_other_need_no_read():
    truth = Truth()
    feed = loaded(truth)
    deltas = [truth.commit([(key, 1)]) for key in range(4)]
    verdicts = [feed.offer(deltas[index]) for index in (2, 3, 1, 0)]
    assert verdicts == [Verdict.GAP, Verdict.GAP, Verdict.GAP, Verdict.QUEUED]
    assert not feed.behind
    feed.flush()
    assert feed.position == truth.position
    assert feed.offer(deltas[1]) is Verdict.OLD


def test_what_is_published_during_a_load_is_kept():
    truth = Truth()
    feed = Feed(deltas_max=9, frames_max=9, metrics=Metrics())
    feed.begin_read()
    model = truth.load()
    feed.offer(truth.commit([(0, 5)]))
    feed.end_read(model)
    assert not feed.behind
    feed.flush()
    assert feed.position == Position(1, 1)


def test_a_delta_of_another_epoch_that_waited_for_the_load_is_dropped():
    truth = Truth()
    feed = Feed(deltas_max=9, frames_max=9, metrics=Metrics())
    feed.begin_read()
    feed.offer(Delta(2, 0, 1, [(0, 9)]))
    feed.end_read(truth.load())
    feed.flush()
    assert feed.position == Position(1, 0)


def test_a_nudge_asks_for_the_truth():
    truth = Truth()
    feed = loaded(truth)
    truth.commit([(0, 1)])
    assert feed.offer(Nudge(1, 1)) is Verdict.GAP
    assert feed.behind
    read(feed, truth)
    assert not feed.behind
    assert feed.offer(Nudge(1, 1)) is Verdict.OLD


def test_rumours_end_with_the_next_read_of_the_truth():
    truth = Truth()
    feed = loaded(truth)
    feed.offer(Nudge(1, 10**12))
    assert feed.behind
    read(feed, truth)
    assert not feed.behind


@pytest.mark.parametrize("deltas_max", [1, 3])
def test_deltas_that_wait_for_a_gap_to_close_are_bounded_and_not_forgotten(deltas_max: int):
    truth = Truth()
    feed = loaded(truth, deltas_max=deltas_max)
    truth.commit([(0, 1)])  # lost
    for key in range(20):
        feed.offer(truth.commit([(key % CELLS, 2)]))
        assert len(feed._ahead) <= deltas_max
    assert feed.behind
    read(feed, truth)
    feed.flush()
    assert feed.position == truth.position
    assert feed.model is not None
    assert feed.model.checksum() == truth.load().checksum()


def test_a_truth_that_went_back_is_loaded_and_voids_what_readers_hold():
    truth = Truth()
    feed = loaded(truth)
    feed.offer(truth.commit([(0, 1)]))
    feed.flush()
    before = Truth()
    assert feed.observe(before.position, feed.tail)
    read(feed, before)
    assert feed.flush().resync
    assert feed.position == before.position


def test_a_poll_that_was_overtaken_by_a_delta_means_nothing():
    truth = Truth()
    feed = loaded(truth)
    position, tail = truth.position, feed.tail
    feed.offer(truth.commit([(0, 1)]))
    assert not feed.observe(position, tail)


def test_a_delta_that_the_model_refuses_leads_to_a_load():
    truth = Truth()
    feed = loaded(truth)
    feed.offer(Delta(1, 0, 1, [(0, 1), (CELLS, 1)]))
    assert isinstance(feed.flush().error, IndexError)
    assert feed.must_load
    assert feed.frame(None) is None
    read(feed, truth)
    assert not feed.flush().resync, "what readers hold is still true"
    assert feed.position == truth.position
