"""GET /v1/events, /v1/events/{event_id}, .../map, .../calendar; the feed of an organization's."""

import gzip
import uuid

import msgspec
from starlette.responses import Response

from server.catalog.calendars import calendar
from server.catalog.discovery import Discovery, EventQuery
from server.catalog.geometry import Geometry
from server.catalog.models import Event, EventPage
from server.catalog.service import Catalog
from server.identity.realms import Public
from server.kernel.errors import BadRequest, NotFound
from server.kernel.http import Call, Operation

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "public, no-cache"
IMMUTABLE_OWN = "private, max-age=31536000, immutable"
CALENDAR = "public, max-age=600"
REVALIDATE_OWN = "private, no-cache"


class MapQuery(msgspec.Struct):
    """`v`: the map version that the event names; with it the answer may be kept for ever."""

    v: uuid.UUID | None = None


def gzipped_json(call: Call, etag: str, caching: str, gzipped: bytes) -> Response:
    """A document that is kept compressed, for who has it not already."""
    asked = call.request.headers
    headers = {"ETag": etag, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    if etag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in asked.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        gzipped = gzip.decompress(gzipped)
    return Response(gzipped, headers=headers, media_type="application/json")


def routes(catalog: Catalog, discovery: Discovery, public_url: str) -> list[Operation]:
    def calendar_of(name: str, events: list[Event]) -> Response:
        body = calendar(name, events, public_url)
        return Response(body, headers={"Cache-Control": CALENDAR}, media_type="text/calendar")

    async def get_calendar_of_event(call: Call) -> Response:
        event = await catalog.event(call.uuid("event_id"))
        return calendar_of(event.name, [event])

    async def get_calendar_of_organization(call: Call) -> Response:
        events = await catalog.calendar_of_org(call.text("organization"))
        return calendar_of("Events", events)

    async def list_events(call: Call) -> EventPage:
        return await discovery.page(call.query(EventQuery))

    async def get_event(call: Call) -> Event:
        return await catalog.event(call.uuid("event_id"))

    async def get_map(call: Call) -> Response:
        event = await catalog.event(call.uuid("event_id"))
        version = call.query(MapQuery).v
        caching = IMMUTABLE if version == event.map_id else REVALIDATE
        return gzipped_json(
            call, f'"{event.map_id}"', caching, await catalog.geometry(event.map_id)
        )

    public = Public()
    return [
        Operation(
            "GET", "/v1/events", list_events, public,
            "What is on, of every organization: by words, place, day and price",
            returns=EventPage, query=EventQuery,
        ),
        Operation(
            "GET", "/v1/events/{event_id}", get_event, public, "One event, its zones and prices",
            returns=Event, errors=(NotFound,),
        ),
        Operation(
            "GET", "/v1/events/{event_id}/map", get_map, public, "The venue's geometry",
            returns=Geometry, query=MapQuery, errors=(NotFound,),
            description="Immutable per map version: cache it. The seats' state is in /seats.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/calendar", get_calendar_of_event, public,
            "The event for a calendar (iCalendar)", media_type="text/calendar",
            errors=(NotFound,),
        ),
        Operation(
            "GET", "/v1/organizations/{organization}/calendar", get_calendar_of_organization,
            public,
            "A feed of an organization's events to subscribe to (iCalendar)",
            media_type="text/calendar", errors=(NotFound, BadRequest),
        ),
    ]  # fmt: skip
