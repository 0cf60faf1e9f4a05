"""/v1/org/events and what an organizer's people do to one event, but for making its places."""

import uuid
from typing import Annotated

import msgspec
from starlette.responses import Response

from server.catalog.covers import IMAGE_BYTES_MAX, Covers
from server.catalog.event_models import (
    Duplicate,
    EventChange,
    EventMoved,
    EventRefused,
    EventSetup,
    ImageRefused,
    SetupPage,
    SetupQuery,
)
from server.catalog.events import Events
from server.catalog.models import SlugTaken
from server.catalog.routes import IMMUTABLE
from server.identity.realms import Public
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.objects.models import StoreUnavailable
from server.orgs.realm import OperatorRealm


class EventRevision(msgspec.Struct):
    """`revision`: the event's, as the caller knows it."""

    revision: Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


READS = (Unauthenticated, Forbidden, NotFound)
WRITES = (*READS, IdempotencyKeyReused, DatabaseUnavailable)


def routes(
    events: Events, covers: Covers, reader: OperatorRealm, operator: OperatorRealm
) -> list[Operation]:
    async def list_own_events(call: Call) -> SetupPage:
        return await events.page(call.actor.org_id, call.query(SetupQuery))

    async def get_own_event(call: Call) -> EventSetup:
        return await events.get(call.actor.org_id, call.uuid("event_id"))

    async def change_event(call: Call, body: EventChange) -> EventSetup:
        return await events.change(*named(call), body, call.key)

    def named(call: Call) -> tuple[str, uuid.UUID, int]:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return call.actor.org_id, event_id, call.query(EventRevision).revision

    async def set_cover(call: Call, body: bytes) -> EventSetup:
        return await covers.set(*named(call), body, call.key)

    async def remove_cover(call: Call) -> EventSetup:
        return await covers.remove(*named(call), call.key)

    async def get_image(call: Call) -> Response:
        stored = await covers.image(call.text("name"))
        headers = {"Cache-Control": IMMUTABLE, "Content-Security-Policy": "default-src 'none'"}
        return Response(stored.body, headers=headers, media_type="image/webp")

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
            body=EventChange, query=EventRevision, returns=EventSetup, idempotent=True,
            errors=(*WRITES, EventMoved, EventRefused, SlugTaken),
            description="`revision` is the one that was read: where somebody has changed the event "
            "since, nothing happens (412). Who sells sees the change within seconds; a sale begins "
            "and ends by the database's clock. Where an event that was published begins at another "
            "time, whoever has tickets of it is told by mail.",
        ),
        Operation(
            "POST", "/v1/events/{event_id}/duplicate", duplicate_event, operator,
            "Make a new draft of an event, with its map and prices",
            body=Duplicate, returns=EventSetup, status=201, idempotent=True,
            errors=(*WRITES, SlugTaken),
        ),
        Operation(
            "PUT", "/v1/events/{event_id}/cover", set_cover, operator,
            "Give an event its cover image: JPEG, PNG or WebP",
            body=bytes, body_bytes_max=IMAGE_BYTES_MAX, query=EventRevision, returns=EventSetup,
            idempotent=True, errors=(*WRITES, EventMoved, ImageRefused, StoreUnavailable),
            description="It is decoded and written anew, at most 1600 pixels a side, without "
            "whatever else the file said.",
        ),
        Operation(
            "DELETE", "/v1/events/{event_id}/cover", remove_cover, operator,
            "Take an event's cover image away",
            query=EventRevision, returns=EventSetup, idempotent=True, errors=(*WRITES, EventMoved),
        ),
        Operation(
            "GET", "/v1/images/{name}", get_image, Public(), "An image, the same for ever",
            media_type="image/webp", errors=(NotFound, StoreUnavailable),
        ),
    ]  # fmt: skip
