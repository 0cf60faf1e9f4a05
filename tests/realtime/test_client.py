"""Laws of the follower and of the decoder."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from realtime import binary
from realtime.client import Follower, Message, SseDecoder, Verdict, decode_binary, decode_text
from realtime.protocol import RESYNC, Frame, bye, heartbeat
from tests.realtime.support import (
    CELLS,
    Changes,
    Counters,
    CountersBodies,
    CountersFold,
    Truth,
    decode,
    message,
)

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
        frames.append(Frame("snapshot", position=truth.position, packed=packed_snapshot(model)))
        for since in range(truth.version):
            data, body = model.delta(since), model.pack_delta(since)
            assert data is not None
            assert body is not None
            frames.append(Frame("delta", data, truth.position))
            packed = binary.delta(model.epoch, since, model.version, body)
            frames.append(Frame("delta", position=truth.position, packed=packed))
    return [*frames, RESYNC]


def packed_snapshot(model: Counters) -> bytes:
    return binary.snapshot(model.epoch, model.version, model.pack_snapshot())


@given(st.lists(commits, min_size=1, max_size=6), st.integers(0, 8), st.data())
def test_any_frames_in_any_order_leave_a_client_true_or_aware(
    history: list[Changes], restore_at: int, data: st.DataObject
):
    truth = Truth()
    frames = frames_of(truth, history, restore_at)
    fold = CountersFold()
    follower = Follower(fold)
    for index in data.draw(st.lists(st.integers(0, len(frames) - 1), max_size=30)):
        verdict = follower.feed(decode(frames[index]))
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


# The binary wire


@given(st.lists(commits, min_size=1, max_size=5), st.data())
def test_a_binary_message_is_read_as_the_text_of_the_same_frame(
    history: list[Changes], data: st.DataObject
):
    truth = Truth()
    for changes in history:
        truth.commit(changes)
    model = truth.load()
    said = Frame("snapshot", model.snapshot(), truth.position)
    assert decode_binary(packed_snapshot(model), CountersBodies()) == decode_text(said.text)
    since = data.draw(st.integers(0, truth.version - 1))
    told, body = model.delta(since), model.pack_delta(since)
    assert told is not None
    assert body is not None
    said = Frame("delta", told, truth.position)
    packed = binary.delta(1, since, model.version, body)
    assert decode_binary(packed, CountersBodies()) == decode_text(said.text)
    # A model that packs nothing.
    plain = binary.delta(1, since, model.version, told)
    assert decode_binary(plain) == decode_text(said.text)


@pytest.mark.parametrize(
    "frame",
    [
        RESYNC,
        bye(0),
        bye(70_000),
        heartbeat(1_789_000_000_000, 7, 2**32 - 1, degraded=False),
        heartbeat(5, None, None, degraded=True),
        heartbeat(5, 0, None, degraded=False),
    ],
)
def test_a_frame_without_a_state_says_the_same_on_both_wires(frame: Frame):
    assert decode_binary(frame.packed) == decode_text(frame.text)


@given(st.binary(max_size=12))
def test_hostile_bytes_are_a_value_error_or_a_message(message: bytes):
    try:
        read = decode_binary(message, CountersBodies())
    except ValueError:
        return
    follower, _ = at(5)
    follower.feed(read)
