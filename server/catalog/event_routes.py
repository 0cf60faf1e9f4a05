"""/v1/org/events and what an organizer's people do to one event, but for making its places."""

from typing import Annotated

import msgspec

from server.catalog.event_models import (
    Duplicate,
    EventChange,
    EventMoved,
    EventRefused,
    EventSetup,
    SetupPage,
    SetupQuery,
)
from server.catalog.events import Events
from server.catalog.models import SlugTaken
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm


class RevisionQuery(msgspec.Struct):
    """`revision`: the event's, as the caller knows it."""

    revision: Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


READS = (Unauthenticated, Forbidden, NotFound)
WRITES = (*READS, IdempotencyKeyReused, DatabaseUnavailable)


def routes(events: Events, reader: OperatorRealm, operator: OperatorRealm) -> list[Operation]:
    async def list_own_events(call: Call) -> SetupPage:
        return await events.page(call.actor.org_id, call.query(SetupQuery))

    async def get_own_event(call: Call) -> EventSetup:
        return await events.get(call.actor.org_id, call.uuid("event_id"))

    async def change_event(call: Call, body: EventChange) -> EventSetup:
        event_id, revision = call.uuid("event_id"), call.query(RevisionQuery).revision
        logs.bind(event_id=event_id)
        return await events.change(call.actor.org_id, event_id, revision, body, call.key)

    async def duplicate_event(call: Call, body: Duplicate) -> EventSetup:
        event_id = call.uuid("event_id")
        return await events.duplicate(call.actor.org_id, event_id, body, call.key)

    return [
        Operation(
            "GET", "/v1/org/events", list_own_events, reader,
            "The organization's events, drafts too, latest start first",
            returns=SetupPage, query=SetupQuery, errors=(Unauthenticated, Forbidden),
        ),
        Operation(
            "GET", "/v1/org/events/{event_id}", get_own_event, reader,
            "One of the organization's events, with what is missing to publish it",
            returns=EventSetup, errors=READS,
        ),
        Operation(
            "PATCH", "/v1/events/{event_id}", change_event, operator, "Change an event",
            body=EventChange, query=RevisionQuery, returns=EventSetup, idempotent=True,
            errors=(*WRITES, EventMoved, EventRefused, SlugTaken),
            description="`revision` is the one that was read: where somebody has changed the event "
            "since, nothing happens (412). Who sells sees the change within seconds; a sale begins "
            "and ends by the database's clock.",
        ),
        Operation(
            "POST", "/v1/events/{event_id}/duplicate", duplicate_event, operator,
            "Make a new draft of an event, with its map and prices",
            body=Duplicate, returns=EventSetup, status=201, idempotent=True,
            errors=(*WRITES, SlugTaken),
        ),
    ]  # fmt: skip
