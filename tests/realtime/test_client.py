"""Laws of the follower and of the decoder."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from realtime.client import Follower, Message, SseDecoder, Verdict, decode_text
from realtime.protocol import RESYNC, Frame, bye, heartbeat
from tests.realtime.support import CELLS, Changes, CountersFold, Truth, message

commits = st.lists(st.tuples(st.integers(0, CELLS - 1), st.integers(0, 9)), max_size=3)


def frames_of(truth: Truth, history: list[Changes], restore_at: int) -> list[Frame]:
    """Everything that a server could ever have sent about this history."""
    frames: list[Frame] = []
    for index, changes in enumerate(history):
        if index == restore_at:
            truth.restore(2)
        truth.commit(changes)
        model = truth.load()
        frames.append(Frame("snapshot", model.snapshot(), truth.position))
        frames.append(heartbeat(0, model.version, model.checksum(), degraded=False))
        for since in range(truth.version):
            data = model.delta(since)
            assert data is not None
            frames.append(Frame("delta", data, truth.position))
    return [*frames, RESYNC]


@given(st.lists(commits, min_size=1, max_size=6), st.integers(0, 8), st.data())
def test_any_frames_in_any_order_leave_a_client_true_or_aware(
    history: list[Changes], restore_at: int, data: st.DataObject
):
    truth = Truth()
    frames = frames_of(truth, history, restore_at)
    fold = CountersFold()
    follower = Follower(fold)
    for index in data.draw(st.lists(st.integers(0, len(frames) - 1), max_size=30)):
        verdict = follower.feed(decode_text(frames[index].text))
        assert verdict is not Verdict.BYE
        if follower.position is not None:
            assert fold.values == truth.history[follower.position]


def at(version: int) -> tuple[Follower, CountersFold]:
    fold = CountersFold()
    follower = Follower(fold)
    values = [version] * CELLS
    snapshot = message("snapshot", {"e": 1, "v": version, "x": values}, f"1:{version}")
    assert follower.feed(snapshot) is Verdict.APPLIED
    return follower, fold


def delta(prev: int, version: int, epoch: int = 1) -> Message:
    data = {"p": prev, "v": version, "x": [[0, version]]}
    return message("delta", data, f"{epoch}:{version}")


@pytest.mark.parametrize(
    ("prev", "version", "verdict"),
    [
        (5, 6, Verdict.APPLIED),
        (3, 6, Verdict.APPLIED),  # merged, overlapping what is known
        (3, 5, Verdict.IGNORED),
        (5, 5, Verdict.IGNORED),
        (6, 7, Verdict.GAP),
    ],
)
def test_a_delta_is_applied_only_from_where_the_client_is(
    prev: int, version: int, verdict: Verdict
):
    follower, fold = at(5)
    assert follower.feed(delta(prev, version)) is verdict
    applied = verdict is Verdict.APPLIED
    assert fold.values[0] == (version if applied else 5)
    assert str(follower.position) == (f"1:{version}" if applied else "1:5")


def test_another_epochs_delta_is_a_gap():
    follower, fold = at(5)
    assert follower.feed(delta(5, 6, epoch=2)) is Verdict.GAP
    assert fold.values[0] == 5


def test_without_a_state_every_delta_is_a_gap():
    assert Follower(CountersFold()).feed(delta(0, 1)) is Verdict.GAP


def test_a_heartbeat_ahead_is_a_gap_and_the_state_stays():
    follower, _ = at(5)
    assert follower.feed(message("heartbeat", {"t": 0, "v": 6, "c": 0})) is Verdict.GAP
    assert str(follower.position) == "1:5"


def test_a_wrong_checksum_drops_the_state():
    follower, fold = at(5)
    good = {"t": 0, "v": 5, "c": fold.checksum()}
    assert follower.feed(message("heartbeat", good)) is Verdict.IGNORED
    bad = {"t": 0, "v": 5, "c": fold.checksum() ^ 1}
    assert follower.feed(message("heartbeat", bad)) is Verdict.DIVERGED
    assert follower.position is None


def test_a_heartbeat_for_a_state_that_the_client_lacks_asks_for_a_snapshot():
    follower = Follower(CountersFold())
    assert follower.feed(message("heartbeat", {"t": 0})) is Verdict.IGNORED
    assert follower.feed(message("heartbeat", {"t": 0, "v": 6, "c": 0})) is Verdict.DIVERGED


def test_heartbeats_say_whether_updates_may_be_late():
    follower, _ = at(5)
    follower.feed(message("heartbeat", {"t": 0, "v": 5, "degraded": True}))
    assert follower.degraded
    follower.feed(message("heartbeat", {"t": 0, "v": 5}))
    assert not follower.degraded


def test_bye_says_when_to_come_back():
    follower, _ = at(5)
    assert follower.feed(decode_text(bye(700).text)) is Verdict.BYE
    assert follower.retry_ms == 700
    assert str(follower.position) == "1:5"


def test_a_resync_voids_the_state():
    follower, _ = at(5)
    follower.feed(decode_text(RESYNC.text))
    assert follower.position is None


nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no defect
@given(
    st.sampled_from(["snapshot", "delta", "heartbeat", "resync", "bye"]),
    st.dictionaries(st.sampled_from(["e", "v", "p", "x", "t", "c", "retry_ms"]), nonsense),
    st.sampled_from([None, "", "1:6", "1:x", "2:0"]),
)
@example("delta", {"p": 5, "v": 6, "x": [[99, 1]]}, "1:6")
def test_hostile_content_never_raises_and_never_leaves_a_doubtful_state(
    kind: str, data: dict[str, object], id_: str | None
):
    follower, fold = at(5)
    verdict = follower.feed(message(kind, data, id_))
    if verdict is Verdict.DIVERGED:
        assert follower.position is None
    elif verdict is not Verdict.APPLIED and follower.position is not None:
        assert fold.values == [5] * CELLS


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type":"delta"}', '{"type":"x","data":{}}'])
def test_what_is_no_frame_is_a_value_error(text: str):
    with pytest.raises(ValueError):  # noqa: PT011
        decode_text(text)


def test_sse_comments_and_lone_retries_are_no_messages():
    assert SseDecoder().feed(b": ping\n\nretry: 5\n\n: x\nretry: 1\n\n") == []
