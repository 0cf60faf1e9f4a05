"""Laws of positions and frames."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.client import SseDecoder, decode_text
from realtime.protocol import NUMBER_MAX, RESYNC, Frame, Position, bye, heartbeat, sse_prelude

numbers = st.integers(0, NUMBER_MAX)


@given(numbers, numbers)
def test_a_position_reads_back(epoch: int, version: int):
    position = Position(epoch, version)
    assert Position.parse(str(position)) == position


@given(st.text())
def test_whatever_is_not_written_by_us_is_no_position(text: str):
    position = Position.parse(text)
    assert position is None or str(position) == text


@pytest.mark.parametrize(
    "text",
    [None, "", ":", "1", "1:", ":1", "-1:2", "1:2:3", " 1:2", "1:2\n", "01:2", "1:+2", "1:2.0",
     "\u0661:\u0662", f"{NUMBER_MAX + 1}:0", f"0:{NUMBER_MAX + 1}", "1" * 5000 + ":1", "\0:1",
     "nan:1"],
)  # fmt: skip
def test_hostile_positions_are_none(text: str | None):
    assert Position.parse(text) is None


FRAMES = [
    Frame("snapshot", b'{"e":1,"v":7,"x":[1]}', Position(1, 7)),
    Frame("delta", '{"p":6,"v":7,"x":"ü\\n"}'.encode(), Position(1, 7)),
    heartbeat(123, 7, 42, degraded=True),
    heartbeat(123, None, None, degraded=False),
    RESYNC,
    bye(500),
]


@pytest.mark.parametrize("chunk_bytes", [1, 7, 10_000])
def test_sse_and_websocket_carry_the_same(chunk_bytes: int):
    stream = sse_prelude(1000) + b"".join(frame.sse for frame in FRAMES)
    decoder = SseDecoder()
    messages = [
        message
        for at in range(0, len(stream), chunk_bytes)
        for message in decoder.feed(stream[at : at + chunk_bytes])
    ]
    assert messages == [decode_text(frame.text) for frame in FRAMES]
    assert [m.data for m in messages] == [json.loads(frame.data) for frame in FRAMES]
    assert [m.id for m in messages] == ["1:7", "1:7", None, None, None, None]


def test_a_frame_is_encoded_once_for_all_readers():
    frame = FRAMES[0]
    assert frame.sse is frame.sse
    assert frame.text is frame.text


def test_a_plain_event_source_obeys_the_time_to_come_back():
    assert b"\nretry: 500\n" in bye(500).sse
    assert b"retry: 1000\n" in sse_prelude(1000)


def test_a_heartbeat_says_degraded_only_when_it_is():
    assert json.loads(heartbeat(1, 2, 3, degraded=False).data) == {"t": 1, "v": 2, "c": 3}
    assert json.loads(heartbeat(1, 2, 3, degraded=True).data)["degraded"] is True
