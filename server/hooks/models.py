"""Endpoints, deliveries and the log of events, as organizations see them."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError
from server.outbox.models import Event

ENDPOINTS_MAX = 20
DeliveryStatus = Literal["pending", "delivered", "dead"]
EventType = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z_]+(\.[a-z_]+){1,3}$(?!\n)", examples=["order.confirmed"])
]


class EndpointWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`event_types`: what it is told of; none for everything. `is_enabled`: true also ends a
    disablement."""

    url: Annotated[str, msgspec.Meta(max_length=500, examples=["https://crm.example/hooks"])]
    event_types: Annotated[list[EventType], msgspec.Meta(max_length=50)] = []
    description: Annotated[str, msgspec.Meta(max_length=200)] = ""
    is_enabled: bool = True


class Endpoint(msgspec.Struct):
    """`failing_since`: the first failure after the last success. `paused_until`: it did not answer,
    and nothing is sent to it before. `disabled_because`: a person's wish, or that it failed for
    days; null while it is told."""

    id: uuid.UUID
    url: str
    event_types: list[str]
    description: str
    created_at: dt.datetime
    failing_since: dt.datetime | None
    paused_until: dt.datetime | None
    disabled_at: dt.datetime | None
    disabled_because: str | None


class Endpoints(msgspec.Struct):
    items: list[Endpoint]


class EndpointSecret(msgspec.Struct):
    """`secret`: signs what is sent to the endpoint, as Standard Webhooks have it."""

    endpoint_id: uuid.UUID
    secret: str


class HookDelivery(msgspec.Struct):
    """One event on its way to one endpoint. `answer_status` and `error`: of the last attempt."""

    id: uuid.UUID
    event_id: uuid.UUID
    event_type: str
    status: DeliveryStatus
    attempts: int
    created_at: dt.datetime
    next_attempt_at: dt.datetime
    delivered_at: dt.datetime | None
    answer_status: int | None
    error: str | None


class HookDeliveries(msgspec.Struct):
    """Newest first."""

    items: list[HookDelivery]
    next_token: str | None = None


class HookDeliveryQuery(msgspec.Struct):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    next_token: uuid.UUID | None = None


class HookBacklog(msgspec.Struct):
    """Of an organization. `due`: deliveries that might be tried now. `late_s`: how long the first
    of them has been, at endpoints that take what they are told."""

    org_id: str
    due: int
    late_s: float


class LoggedEvent(Event, frozen=True):
    """An event as webhooks carry it."""


class EventLogPage(msgspec.Struct):
    """In the order of their publication. `after`: the cursor behind the last, also where there is
    nothing new: ask again with it."""

    items: list[LoggedEvent]
    after: str | None


class EventLogQuery(msgspec.Struct):
    """`after`: of the answer before; without it the log begins with the oldest that is kept."""

    after: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$(?!\n)")] | None = None
    page_size: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100


class EndpointRefused(DomainError):
    """Nothing is sent to such an address."""
