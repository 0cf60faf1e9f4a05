"""Who may come in now: what a room's row says, and the one place that moves its counter."""

import datetime as dt
import math

from server.admission import sql
from server.admission.models import RoomMoved, Turn, TurnStatus
from server.admission.sql import RoomRow, TurnRow
from server.kernel.db import Tx

MADE_UP = dt.timedelta(seconds=2)
"""How much of a pause is made up for: of a longer one the rest is lost, never let in at once."""
ADMITTED_MAX = 5_000
"""So many come in by one transaction."""


def wait_max_s(room: RoomRow, ahead: int) -> int:
    """Who has so many before them is let in within this time, seconds.

    All who are inside may stay until their passes end, and so may those who come in then: the line
    moves by rounds of `at_once_max`, each round at the rate, if there is one. The web page knows
    this rule too (`web/src/waiting/words.ts`).
    """
    interval_s = 0.0 if room.per_minute is None else 60 / room.per_minute
    if room.at_once_max is None:
        return math.ceil((ahead + 1) * interval_s)
    full_rounds, in_round = divmod(ahead, room.at_once_max)
    rounds_s = (full_rounds + 1) * room.pass_ttl_s + in_round * interval_s
    return math.ceil(max(rounds_s, room.pass_ttl_s + ahead * interval_s))


def admissible(room: RoomRow, inside: int) -> int:
    """How many of those who wait may come in now. `inside`: passes that have not ended."""
    count = min(room.joined - room.served_up_to, ADMITTED_MAX)
    if room.at_once_max is not None:
        count = min(count, max(room.at_once_max - inside, 0))
    if room.per_minute is not None:
        count = min(count, _credit(room) // _interval(room.per_minute))
    return count


def credited_at(room: RoomRow, came: int) -> dt.datetime:
    """Until when the rate is used, once so many have come in: one interval each."""
    if room.per_minute is None:
        return room.now
    return room.now - _credit(room) + came * _interval(room.per_minute)


def _interval(per_minute: int) -> dt.timedelta:
    return dt.timedelta(minutes=1) / per_minute


def _credit(room: RoomRow) -> dt.timedelta:
    assert room.per_minute is not None
    since = max(room.now - room.credited_at, dt.timedelta())  # a clock may be set back
    return min(since, _interval(room.per_minute) + MADE_UP)


async def let_in(tx: Tx, room: RoomRow) -> None:
    """Whoever may come in now does, in the order of their numbers. `tx` has locked the room, and
    `room` is it; moves with it."""
    if not room.is_on or room.joined == room.served_up_to:
        return
    inside = 0 if room.at_once_max is None else await sql.INSIDE.value(tx, room.event_id)
    wanted = admissible(room, inside)
    if not wanted:
        return
    called = await sql.ADMIT.first(
        tx, room.event_id, room.served_up_to, wanted, float(room.pass_ttl_s)
    )
    assert called is not None, "a count is a row"
    # Fewer than wanted: behind them there are only turns that were given up.
    room.served_up_to = called.last if called.count == wanted and called.last else room.joined
    room.credited_at = credited_at(room, called.count)
    room.version = await sql.MOVE.value(tx, room.event_id, room.served_up_to, room.credited_at)
    tx.announce(RoomMoved(room.event_id, room.version))


def ahead(room: RoomRow, number: int) -> int:
    """How many are before the number at most."""
    return max(number - room.served_up_to - 1, 0)


def turn(room: RoomRow, row: TurnRow) -> Turn:
    """As its buyer sees it."""
    status: TurnStatus = "waiting"
    if row.left_at is not None or (row.pass_ends_at is not None and row.pass_ends_at <= row.now):
        status = "over"
    elif row.pass_ends_at is not None:
        status = "admitted"
    return Turn(
        event_id=room.event_id,
        number=row.number,
        status=status,
        joined_at=row.joined_at,
        pass_ends_at=row.pass_ends_at,
        served_up_to=room.served_up_to,
        wait_max_s=0 if status != "waiting" else wait_max_s(room, ahead(room, row.number)),
        server_time=row.now,
    )
