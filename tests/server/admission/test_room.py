"""How many may come in: never more than an organizer allows, however the clock jumps."""

import datetime as dt
import uuid

from hypothesis import assume, given, settings
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
    # A clock that is set back lets nobody in, and takes nothing back.
    row.now -= dt.timedelta(hours=1)
    assert room.admissible(row, 0) == 0
    row.now += dt.timedelta(hours=1)
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


@settings(deadline=None, max_examples=60)
@given(
    per_minute=st.none() | st.integers(1, 300),
    at_once_max=st.none() | st.integers(1, 40),
    pass_ttl_s=st.integers(60, 300),
    number=st.integers(1, 60),
)
def test_nobody_waits_longer_than_they_were_told(
    per_minute: int | None, at_once_max: int | None, pass_ttl_s: int, number: int
) -> None:
    """Though whoever is inside stays as long as they may; moved once a second."""
    assume(per_minute is not None or at_once_max is not None)
    row = _row(per_minute, at_once_max, 200)
    row.pass_ttl_s = pass_ttl_s
    tick, passes = dt.timedelta(seconds=1), [START] * (at_once_max or 0)
    told_s = room.wait_max_s(row, number - 1)
    late_s = 2 + number / (at_once_max or 200)  # each move comes up to a second after it could
    while row.served_up_to < number:
        row.now += tick
        since = row.now - dt.timedelta(seconds=pass_ttl_s)
        passes = [began for began in passes if began > since]
        came = room.admissible(row, len(passes))
        row.credited_at = room.credited_at(row, came)
        row.served_up_to += came
        passes += [row.now] * came
        assert (row.now - START).total_seconds() <= told_s + late_s
