"""Statements of admission. Lock order: a room, then its turns by number."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query


class RoomRow(msgspec.Struct):
    """`now`: the database's clock at this moment."""

    event_id: uuid.UUID
    org_id: str
    is_on: bool
    per_minute: int | None
    at_once_max: int | None
    pass_ttl_s: int
    joined: int
    served_up_to: int
    credited_at: dt.datetime
    version: int
    now: dt.datetime


class CalledRow(msgspec.Struct):
    """`last`: the greatest number among them, None where there are none."""

    count: int
    last: int | None


class TurnRow(msgspec.Struct):
    buyer_id: uuid.UUID
    number: int
    joined_at: dt.datetime
    pass_ends_at: dt.datetime | None
    left_at: dt.datetime | None
    now: dt.datetime


class VersionRow(msgspec.Struct):
    event_id: uuid.UUID
    version: int


_ROOM = """SELECT event_id, org_id, is_on, per_minute, at_once_max, pass_ttl_s, joined,
                  served_up_to, credited_at, version, clock_timestamp() AS now
           FROM waiting_rooms WHERE event_id = $1"""
_IS_INSIDE = "left_at IS NULL AND pass_ends_at > clock_timestamp()"

ROOM = Query("admission.room", _ROOM, RoomRow)
LOCK_ROOM = Query("admission.lock_room", f"{_ROOM} FOR NO KEY UPDATE", RoomRow)
LOCK_IDLE_ROOM = Query(
    "admission.lock_idle_room", f"{_ROOM} FOR NO KEY UPDATE SKIP LOCKED", RoomRow
)
VERSIONS = Query(
    "admission.versions",
    "SELECT event_id, version FROM waiting_rooms WHERE event_id = ANY($1::uuid[])",
    VersionRow,
)
# Deliberately across tenants: the worker moves every event's counter.
BUSY = Query(
    "admission.busy",
    "SELECT event_id FROM waiting_rooms WHERE is_on AND joined > served_up_to ORDER BY event_id",
)
SET_ROOM = Query(
    "admission.set_room",
    """INSERT INTO waiting_rooms (event_id, org_id, is_on, per_minute, at_once_max, pass_ttl_s,
                                  credited_at)
       VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
       ON CONFLICT (event_id) DO UPDATE
       SET is_on = excluded.is_on, per_minute = excluded.per_minute,
           at_once_max = excluded.at_once_max, pass_ttl_s = excluded.pass_ttl_s,
           credited_at = excluded.credited_at, version = waiting_rooms.version + 1
       RETURNING version""",
)
INSIDE = Query(
    "admission.inside", f"SELECT count(*)::int FROM turns WHERE event_id = $1 AND {_IS_INSIDE}"
)
# Who has a turn that is not over keeps it; the others stand at the end, in the order they asked.
JOIN = Query(
    "admission.join",
    """WITH asking AS (
          SELECT buyer_id, min(at) AS at
          FROM unnest($3::uuid[]) WITH ORDINALITY AS asked (buyer_id, at)
          WHERE NOT EXISTS (
            SELECT FROM turns t WHERE t.event_id = $1 AND t.buyer_id = asked.buyer_id
              AND t.left_at IS NULL
              AND (t.pass_ends_at IS NULL OR t.pass_ends_at > clock_timestamp()))
          GROUP BY buyer_id)
        INSERT INTO turns (event_id, org_id, number, buyer_id, joined_at)
        SELECT $1, $2, $4 + row_number() OVER (ORDER BY at), buyer_id, clock_timestamp()
        FROM asking ORDER BY at
        ON CONFLICT (event_id, buyer_id) DO UPDATE
        SET number = excluded.number, joined_at = excluded.joined_at, pass_ends_at = NULL,
            left_at = NULL""",
)
JOINED = Query("admission.joined", "UPDATE waiting_rooms SET joined = $2 WHERE event_id = $1")
ADMIT = Query(
    "admission.admit",
    """WITH called AS (
         SELECT number FROM turns WHERE event_id = $1 AND number > $2 AND left_at IS NULL
         ORDER BY number LIMIT $3),
       admitted AS (
         UPDATE turns t SET pass_ends_at = statement_timestamp() + make_interval(secs => $4)
         FROM called WHERE t.event_id = $1 AND t.number = called.number AND t.left_at IS NULL)
       SELECT count(*)::int AS count, max(number) AS last FROM called""",
    CalledRow,
)
MOVE = Query(
    "admission.move",
    """UPDATE waiting_rooms SET served_up_to = $2, credited_at = $3, version = version + 1
       WHERE event_id = $1 RETURNING version""",
)
TURNS = Query(
    "admission.turns",
    """SELECT t.buyer_id, t.number, t.joined_at, t.pass_ends_at, t.left_at,
              clock_timestamp() AS now
       FROM unnest($2::uuid[]) AS asked (buyer_id)
       JOIN turns t ON t.event_id = $1 AND t.buyer_id = asked.buyer_id""",
    TurnRow,
)
MAY_ENTER = Query(
    "admission.may_enter",
    f"""SELECT NOT EXISTS (SELECT FROM waiting_rooms WHERE event_id = $1 AND is_on)
            OR coalesce((SELECT {_IS_INSIDE} FROM turns WHERE event_id = $1 AND buyer_id = $2),
                        false)""",
)
# Of events that have begun long ago. Lines of an event that is to come stay whole.
FORGET = Query(
    "admission.forget",
    """DELETE FROM turns t USING (
         SELECT t.event_id, t.number
         FROM waiting_rooms r JOIN events e ON e.id = r.event_id
           JOIN turns t ON t.event_id = r.event_id
         WHERE e.starts_at < now() - make_interval(days => $1) LIMIT 1000) over
       WHERE t.event_id = over.event_id AND t.number = over.number""",
)
LEAVE = Query(
    "admission.leave",
    """UPDATE turns SET left_at = clock_timestamp()
       WHERE event_id = $1 AND buyer_id = $2 AND left_at IS NULL""",
)
