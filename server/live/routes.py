"""GET /v1/events/{event_id}/seats, /stream and /live; the WebSocket /v1/events/{event_id}/ws."""

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from realtime.sse import FeedResponse
from realtime.websocket import serve
from server.identity.realms import Public
from server.kernel.errors import (
    BadRequest,
    DomainError,
    Forbidden,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.kernel.limits import Limits
from server.live.doors import Doors, TooManyStreams
from server.live.health import Health, LiveHealth
from server.live.names import Kind
from server.live.seats import SeatsSnapshot
from server.live.service import Live, SeatPage, SeatsQuery


class StreamQuery(msgspec.Struct):
    channel: Kind = "seats"
    since: str | None = None


def is_own_origin(connection: HTTPConnection) -> Callable[[str | None], bool]:
    """A browser's WebSocket must come from our own pages; a program sends no Origin."""
    host = connection.headers.get("host")
    return lambda origin: origin is None or urlsplit(origin).netloc == host


def routes(live: Live, doors: Doors, health: Health) -> list[Operation]:
    async def get_seats(call: Call) -> Response | SeatPage:
        query = call.query(SeatsQuery)
        event_id = call.uuid("event_id")
        await live.catalog.event(event_id)
        if query.view == "list":
            return await live.seat_list(event_id, query)
        body = await live.seats(event_id)
        headers = {"Cache-Control": "no-store"}
        return Response(body, headers=headers, media_type="application/json")

    async def stream(call: Call) -> Response:
        query = call.query(StreamQuery)
        subscriber = await doors.subscriber(call.request, call.uuid("event_id"), query.channel)
        return FeedResponse(call.request, live.hub, subscriber)

    async def get_health(call: Call) -> LiveHealth:
        event = await live.catalog.event(call.uuid("event_id"))
        if event.org_id != call.actor.org_id:
            raise NotFound("no such event")
        return await health.of(event.id)

    public = Public()
    return [
        Operation(
            "GET", "/v1/events/{event_id}/seats", get_seats, public,
            "The state of every seat now: exactly what a follower of the stream has",
            returns=(SeatsSnapshot, SeatPage), query=SeatsQuery, errors=(NotFound,),
            description="`view=list` gives seats with names, prices and status, page by page.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/stream", stream, public,
            "Snapshot, then deltas, as server-sent events",
            query=StreamQuery, media_type="text/event-stream",
            errors=(NotFound, Unauthenticated, Forbidden, TooManyStreams, Overloaded),
            description="Events: snapshot, delta, heartbeat, resync, bye. Resume by Last-Event-ID "
            "or `since`. `channel=sales` takes an operator, `channel=scans` also a scanner; "
            "`channel=queue` tells up to which number a waiting room lets people in.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/live", get_health, doors.sales,
            "How well an event's screens are served: streams, deliveries, lag",
            returns=LiveHealth, errors=(NotFound, Unauthenticated, Forbidden),
        ),
    ]  # fmt: skip


def websocket_route(
    live: Live, doors: Doors, limits: Limits, refuse: Callable[[DomainError], Response]
) -> BaseRoute:
    """The same feed over WebSocket; it is not in the OpenAPI document, which has no word for it."""

    async def follow(websocket: WebSocket) -> None:
        try:
            query = msgspec.convert(dict(websocket.query_params), StreamQuery, strict=False)
            event_id = uuid.UUID(websocket.path_params["event_id"])
            subscriber = await doors.subscriber(websocket, event_id, query.channel)
            limits.credential(websocket.scope, "stream")
        except (msgspec.ValidationError, ValueError) as error:
            await websocket.send_denial_response(refuse(BadRequest(str(error))))
        except DomainError as error:
            await websocket.send_denial_response(refuse(error))
        else:
            await serve(websocket, live.hub, subscriber, origin_allowed=is_own_origin(websocket))

    return WebSocketRoute("/v1/events/{event_id}/ws", follow, name="follow")
