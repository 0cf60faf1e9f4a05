"""The event envelope, and the marker that wakes the worker."""

import datetime as dt
import uuid
from typing import Annotated, Any

import msgspec

from server.kernel.context import Context


class Event(msgspec.Struct, frozen=True):
    """What one domain tells the others. `data`: JSON-able facts, ids as strings.

    `subject`: `kind:id` of what it is about; `type`: a topic of the glossary, `domain.noun.verb`.
    """

    id: uuid.UUID
    type: str
    version: int
    occurred_at: dt.datetime
    correlation_id: str
    trace_id: str
    actor: str
    source: str
    org_id: str
    subject: str
    data: dict[str, Any]


class Fact(msgspec.Struct, frozen=True, gc=False):
    """What a domain appends; the envelope's other fields come from the context and the clock.

    `data`: JSON-able, a struct or a dict. `context`: whose doing it was, where that is not the
    context in which it is appended.
    """

    type: str
    org_id: str
    subject: str
    data: dict[str, Any] | msgspec.Struct
    context: Context | None = None


class Member(msgspec.Struct, frozen=True):
    """What an event has of its own in a row that tells several."""

    id: uuid.UUID
    subject: str
    correlation_id: str
    trace_id: str
    actor: str
    data: dict[str, Any]


class Pending(msgspec.Struct, frozen=True):
    """A row of the outbox on its way out: an event, or several of one type in their order."""

    position: int
    attempts: int
    events: list[Event]


class ParkedEvent(msgspec.Struct):
    """A row of the outbox whose reaction has failed for good, until somebody replays it. It tells
    `events` events, each of its own subject where they are several (`subject` is null then).
    `error`: the last."""

    position: int
    type: str
    subject: str | None
    org_id: str
    events: int
    occurred_at: dt.datetime
    parked_at: dt.datetime
    attempts: int
    error: str


class ParkedPage(msgspec.Struct):
    """Oldest first."""

    items: list[ParkedEvent]
    next_token: str | None = None


class ParkedQuery(msgspec.Struct):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    next_token: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,18}$(?!\n)")] | None = None


class OutboxAppended(msgspec.Struct, frozen=True):
    """Announced after a commit that appended events, so that the worker need not poll for them."""
