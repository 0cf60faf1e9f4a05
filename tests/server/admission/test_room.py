"""How many may come in: never more than an organizer allows, however the clock jumps."""

import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from server.admission import room
from server.admission.sql import RoomRow

START = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def _row(per_minute: int | None, at_once_max: int | None, joined: int) -> RoomRow:
    return RoomRow(
        uuid.UUID(int=1), "house", True, per_minute, at_once_max, 600, joined, 0, START, 1, START
    )


@given(
    per_minute=st.integers(1, 5_000),
    pauses_ms=st.lists(st.integers(0, 90_000), min_size=1, max_size=60),
)
def test_nobody_comes_in_ahead_of_the_rate(per_minute: int, pauses_ms: list[int]) -> None:
    row = _row(per_minute, None, 10**9)
    interval = dt.timedelta(minutes=1) / per_minute
    for pause_ms in pauses_ms:
        row.now += dt.timedelta(milliseconds=pause_ms)
        came = room.admissible(row, 0)
        row.credited_at = room.credited_at(row, came)
        row.served_up_to += came
        assert row.served_up_to <= (row.now - START) / interval
        assert row.credited_at <= row.now
    # A pause is made up for, but not all of it at once.
    row.now += dt.timedelta(hours=1)
    assert room.admissible(row, 0) <= 1 + room.MADE_UP / interval


@given(st.integers(1, 600), st.lists(st.integers(0, 999), min_size=30, max_size=60))
def test_while_people_wait_the_rate_is_used_up(per_minute: int, pauses_ms: list[int]) -> None:
    row = _row(per_minute, None, 10**9)
    for pause_ms in pauses_ms:
        row.now += dt.timedelta(milliseconds=pause_ms)
        came = room.admissible(row, 0)
        row.credited_at = room.credited_at(row, came)
        row.served_up_to += came
    assert row.served_up_to == (row.now - START) // (dt.timedelta(minutes=1) / per_minute)


@given(st.integers(1, 100), st.integers(0, 200), st.integers(0, 200))
def test_no_more_are_inside_at_a_time_than_allowed(
    at_once_max: int, inside: int, waiting: int
) -> None:
    came = room.admissible(_row(None, at_once_max, waiting), inside)
    assert came == max(0, min(waiting, at_once_max - inside))


def test_the_pace_that_is_told_is_one_that_is_kept() -> None:
    assert room.pace_per_minute(_row(90, None, 0)) == 90
    assert room.pace_per_minute(_row(None, 50, 0)) == 5
    assert room.pace_per_minute(_row(4, 50, 0)) == 4
