"""What admission takes, returns and announces, and why it refuses."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError

TurnStatus = Literal["waiting", "admitted", "over"]
Many = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class RoomWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`per_minute`: how many are let in a minute, evenly; `at_once_max`: how many may be inside at
    a time; one of them, or both. `pass_ttl_s`: how long one may choose places, from the moment
    of being let in."""

    is_on: bool
    per_minute: Many | None = None
    at_once_max: Many | None = None
    pass_ttl_s: Annotated[int, msgspec.Meta(ge=60, le=7_200)] = 600


class WaitingRoom(msgspec.Struct):
    """`joined`: the last number given; `served_up_to`: the last whose turn has come, so at most
    `joined - served_up_to` wait; `inside`: passes that have not ended; `version`: of the channel
    `queue`."""

    event_id: uuid.UUID
    is_on: bool
    per_minute: int | None
    at_once_max: int | None
    pass_ttl_s: int
    joined: int
    served_up_to: int
    inside: int
    version: int


class Turn(msgspec.Struct):
    """A buyer's number. `waiting`: at most `number - served_up_to - 1` are before them; `admitted`:
    may hold places until `pass_ends_at`; `over`: the pass has ended, was given up or used.
    `wait_max_s`: it takes no longer than so from `server_time` until the buyer is let in, 0 for who
    does not wait; the channel `queue` tells what changes it."""

    event_id: uuid.UUID
    number: int
    status: TurnStatus
    joined_at: dt.datetime
    pass_ends_at: dt.datetime | None
    served_up_to: int
    wait_max_s: int
    server_time: dt.datetime


class RoomState(msgspec.Struct):
    """What everybody may see of a waiting room: the state of the channel `queue`."""

    is_on: bool
    served_up_to: int
    per_minute: int | None
    at_once_max: int | None
    pass_ttl_s: int


class RoomMoved(msgspec.Struct, frozen=True):
    """Announced after a commit that moved what `RoomState` says, to `version`."""

    event_id: uuid.UUID
    version: int


class WaitingRoomOff(DomainError):
    """The event lets everybody in: there is nothing to wait for."""
