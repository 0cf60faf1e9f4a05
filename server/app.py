"""The web process: settings -> pools -> routes. The only wiring of it."""

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvicorn
import uvloop
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

import server.admission.routes
import server.audit.routes
import server.catalog.directory_routes
import server.catalog.event_routes
import server.catalog.host_routes
import server.catalog.map_routes
import server.catalog.product_routes
import server.catalog.routes
import server.catalog.switch_routes
import server.catalog.ticket_routes
import server.catalog.venue_routes
import server.checkin.key_routes
import server.checkin.routes
import server.checkout.network_routes
import server.checkout.routes
import server.hooks.routes
import server.identity.routes
import server.inventory.routes
import server.live.routes
import server.orgs.key_routes
import server.orgs.member_routes
import server.orgs.org_routes
import server.orgs.partner_routes
import server.orgs.site_routes
import server.orgs.staff_routes
import server.orgs.switch_routes
import server.outbox.routes
import server.payments.routes
import server.reports.routes
import server.settlement.routes
import server.storefront.routes
import server.tickets.routes
from realtime.broker_redis import RedisBroker
from realtime.garbage import settle
from realtime.hub import Hub
from realtime.limits import ReaderRefused
from realtime.uvicorn_protocols import StreamHttpProtocol, StreamWebSocketProtocol
from server import problems
from server.catalog.covers import Covers
from server.catalog.discovery import Discovery
from server.catalog.draftsman import Draftsman
from server.catalog.events import Events
from server.catalog.hosts import Hosts
from server.catalog.maps import Maps
from server.catalog.products import Assortment
from server.catalog.ticket_types import Ticketing
from server.catalog.venues import Venues
from server.catalog.versions import Versions
from server.examples import EXAMPLES
from server.gauges import Gauges
from server.identity.models import Membership
from server.identity.realms import SCHEMES, AccountRealm, ScannerRealm
from server.inventory.allocations import Allocating
from server.inventory.management import Management
from server.inventory.migrations import Migrations
from server.inventory.openings import Openings
from server.kernel import deployment, logs, openapi
from server.kernel.api import Api
from server.kernel.cors import Origins
from server.kernel.edge import Edge, route_of
from server.kernel.errors import DomainError
from server.kernel.http import Operation, json_response, problem_response
from server.kernel.limits import Limits
from server.live.announce import RedisAnnouncer
from server.live.doors import Doors, refusal_of
from server.live.health import Health
from server.live.names import PREFIX, LiveCodec
from server.live.service import Live
from server.live.source import LiveSource
from server.notify.service import Mails
from server.orgs import service as orgs
from server.orgs.platform import PartnerRealm, ServiceRealm, StaffRealm
from server.orgs.realm import OperatorRealm
from server.parts import Parts, open_parts
from server.problems import describe, slug_of
from server.reports.service import Reports
from server.settings import Settings
from server.storefront.services import Planning, ProblemKind
from server.storefront.sessions import Keeper, Sessions

VERSION = "0.1.0"
DRAIN_S = 10
LISTENERS = 32
"""Handles of the one listening socket. libuv accepts one connection per handle and turn of the
loop: with a single handle each of a crowd's members would wait for a turn of the busy loop."""

_log = logs.get(__name__)


def operations(
    settings: Settings, parts: Parts, live: Live, doors: Doors, health: Health, planning: Planning
) -> list[Operation]:
    """Everything of the API, in the order of its document."""
    manager = OperatorRealm(parts.db, parts.tokens, "inventory:manage")
    publisher = OperatorRealm(parts.db, parts.tokens, "event:manage")
    viewer = OperatorRealm(parts.db, parts.tokens, "event:read")

    async def memberships(user_id: uuid.UUID) -> list[Membership]:
        found = await orgs.memberships(parts.db, user_id)
        return [Membership(m.org_id, m.org_name, m.role) for m in found]

    maps, versions = planning.maps, planning.versions
    return [
        *server.catalog.routes.routes(parts.catalog, Discovery(parts.db), settings.public_url),
        *server.catalog.directory_routes.routes(parts.venue_directory, parts.artist_directory),
        *server.catalog.product_routes.routes(
            parts.catalog, Assortment(parts.db), viewer, publisher
        ),
        *server.catalog.host_routes.routes(Hosts(parts.db), viewer),
        *server.catalog.venue_routes.routes(planning.venues, viewer, publisher),
        *server.catalog.event_routes.routes(planning.events, planning.covers, viewer, publisher),
        *server.catalog.ticket_routes.routes(parts.catalog, planning.ticketing, viewer, publisher),
        *server.catalog.map_routes.routes(maps, versions, parts.catalog, publisher),
        *server.live.routes.routes(live, doors, health),
        *server.admission.routes.routes(parts.admission, parts.buyer, viewer, publisher),
        *_org_operations(settings, parts),
        *server.identity.routes.routes(
            parts.db, parts.tokens, parts.sessions, parts.accounts, parts.buyer, memberships
        ),
        *server.inventory.routes.routes(parts.inventory, parts.buyer),
        *server.inventory.routes.managing_routes(Management(parts.db, parts.catalog), manager),
        *server.inventory.routes.allocating_routes(
            Allocating(parts.db, parts.catalog), viewer, manager
        ),
        *server.inventory.routes.opening_routes(planning.openings, publisher),
        *server.inventory.routes.migrating_routes(
            Migrations(parts.db, parts.catalog, versions), publisher
        ),
        *server.checkout.routes.routes(parts.checkout, parts.buyer, manager),
        *server.payments.routes.routes(parts.payments),
        *server.tickets.routes.routes(parts.tickets, parts.buyer, manager),
        *server.checkin.routes.routes(parts.checkin, ScannerRealm(parts.db)),
    ]


def _planning(parts: Parts, draftsman: Draftsman) -> Planning:
    db, catalog = parts.db, parts.catalog
    events = Events(db, catalog)
    return Planning(
        venues=Venues(db),
        maps=Maps(db, draftsman),
        versions=Versions(db, draftsman),
        events=events,
        covers=Covers(db, catalog, events, parts.objects),
        ticketing=Ticketing(db, catalog, events),
        openings=Openings(db, catalog, events),
    )


def _org_operations(settings: Settings, parts: Parts) -> list[Operation]:
    db, tokens = parts.db, parts.tokens

    def operator(permission: str) -> OperatorRealm:
        return OperatorRealm(db, tokens, permission)

    support, superadmin = (StaffRealm(db, tokens, role) for role in ("support", "superadmin"))
    service = ServiceRealm(db, settings.services)
    account, reader, manager = (
        AccountRealm(db, tokens, "operator"),
        operator("org:read"),
        operator("org:manage"),
    )
    return [
        *server.orgs.org_routes.routes(db, account, reader, manager),
        *server.orgs.member_routes.routes(
            db, parts.invitations, account, reader, operator("member:manage")
        ),
        *server.orgs.key_routes.routes(db, operator("key:manage")),
        *server.audit.routes.routes(db, operator("audit:read")),
        *server.orgs.partner_routes.routes(db, PartnerRealm(settings.partners)),
        *server.orgs.staff_routes.routes(db, support, superadmin),
        *server.outbox.routes.routes(db, support, superadmin),
        *server.orgs.site_routes.routes(db, parts.sites, reader, manager),
        *server.orgs.switch_routes.routes(db, reader, manager, support, superadmin),
        *server.catalog.switch_routes.routes(
            db, parts.catalog, operator("event:manage"), superadmin
        ),
        *server.checkin.key_routes.routes(db, operator("key:manage")),
        *server.checkout.network_routes.routes(db, parts.catalog, service),
        *server.hooks.routes.routes(parts.hooks, operator("key:manage"), operator("order:read")),
        *server.reports.routes.routes(Reports(db), operator("sales:read"), operator("order:read")),
        *server.settlement.routes.routes(parts.settling, operator("sales:read"), service),
    ]


@asynccontextmanager
async def application(settings: Settings) -> AsyncIterator[tuple[ASGIApp, Hub]]:
    """The ASGI application with its pools open, and the hub to drain before it goes."""
    async with open_parts(settings) as parts:
        source = LiveSource(parts.db, parts.catalog)
        parts.db.announce = RedisAnnouncer(parts.redis, await source.epoch())
        broker = RedisBroker(settings.redis_url, prefix=PREFIX)
        async with (
            Draftsman() as draftsman,
            Hub(source, LiveCodec(), broker) as hub,
            Health(parts.redis, hub) as health,
            Limits(parts.redis, settings.rate_limits) as limits,
        ):
            live = Live(parts.catalog, source, hub)
            doors = Doors(
                parts.catalog,
                ScannerRealm(parts.db),
                OperatorRealm(parts.db, parts.tokens, "sales:read"),
                OperatorRealm(parts.db, parts.tokens, "scan:read"),
            )
            is_secure = settings.public_url.startswith("https:")
            browsers = Sessions(parts.db, parts.tokens, parts.sessions, is_secure=is_secure)
            mails = Mails(
                parts.db, parts.accounts, parts.invitations, settings.public_url, settings.mail_from
            )
            planning = _planning(parts, draftsman)
            listed = operations(settings, parts, live, doors, health, planning)
            registry = CollectorRegistry()
            registry.register(hub.metrics)
            gauges = Gauges(parts)
            registry.register(gauges)
            pages = Starlette(
                routes=[
                    server.live.routes.websocket_route(live, doors, problems.respond),
                    *_plumbing(parts, registry, gauges, listed),
                    *server.storefront.routes.routes(
                        db=parts.db,
                        tokens=parts.tokens,
                        sessions=browsers,
                        accounts=parts.accounts,
                        catalog=parts.catalog,
                        admission=parts.admission,
                        inventory=parts.inventory,
                        checkout=parts.checkout,
                        tickets=parts.tickets,
                        checkin=parts.checkin,
                        hooks=parts.hooks,
                        invitations=parts.invitations,
                        sites=parts.sites,
                        planning=planning,
                        mailbox=mails.recent if settings.env == "demo" else None,
                        problems=[
                            ProblemKind(
                                slug_of(kind), describe(kind)[1], status, kind.__doc__ or ""
                            )
                            for kind, status in problems.STATUS.items()
                        ],
                    ),
                ],
                exception_handlers=dict.fromkeys(
                    (DomainError, HTTPException, ReaderRefused, Exception), _refused
                ),
            )
            # Outside everything: an unexpected error has its headers, count and log line too.

            async def is_domain(host: str) -> bool:
                return await parts.sites.of_host(host) is not None

            api = Api(listed, pages, limits, Origins(is_domain))
            yield Edge(Keeper(api, browsers), refuse), hub


def _plumbing(
    parts: Parts, registry: CollectorRegistry, gauges: Gauges, listed: list[Operation]
) -> list[BaseRoute]:
    document = openapi.document(listed, SCHEMES, problems.describe, VERSION, EXAMPLES)
    encoded = msgspec.json.encode(document)

    async def health(request: Request) -> Response:
        return json_response({"status": "ok", "version": VERSION})

    async def ready(request: Request) -> Response:
        """Postgres decides: without it nothing can be sold. Without Redis maps are slower."""
        async with parts.db.tx(read_only=True) as tx:
            await deployment.ping(tx)
        return json_response({"status": "ready", "redis": await _redis_state(parts.redis)})

    async def metrics(request: Request) -> Response:
        await gauges.refresh()
        text = generate_latest(REGISTRY) + generate_latest(registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def openapi_document(request: Request) -> Response:
        return Response(encoded, media_type="application/json")

    return [
        Route("/health", health),
        Route("/readyz", ready),
        Route("/metrics", metrics),
        Route("/openapi.json", openapi_document),
    ]


async def _redis_state(redis: Redis) -> str:
    try:
        await asyncio.wait_for(redis.ping(), 0.5)
    except (RedisError, OSError, TimeoutError):
        return "unreachable"
    return "ok"


def refuse(request: HTTPConnection, error: Exception) -> Response:
    """What an error of any kind says to who asked; what is not theirs to mend is logged."""
    if isinstance(error, ReaderRefused):
        error = refusal_of(error)
    if isinstance(error, DomainError):
        response = problems.respond(error)
        if response.status_code >= 500:
            _log.warning("not served", problem=type(error).__name__, detail=error.detail)
        return response
    if isinstance(error, HTTPException):
        slug = error.detail.lower().replace(" ", "-")
        detail = f"{error.detail}: {request.scope['method']} {request.scope['path']}"
        return problem_response(
            error.status_code, error.detail, slug, detail, headers=error.headers
        )
    _log.error("unexpected error", route=route_of(request.scope), exc_info=error)
    detail = "something broke on our side; the request id says where to look"
    return problem_response(500, "Internal server error", "internal", detail)


async def _refused(request: Request, error: Exception) -> Response:
    return refuse(request, error)


class _Server(uvicorn.Server):
    """Tells every reader to come back elsewhere before it waits for the connections to end."""

    def __init__(self, config: uvicorn.Config, hub: Hub, url: str) -> None:
        super().__init__(config)
        self._hub, self._url = hub, url

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            settle()
            print(f"web ready {self._url}", flush=True)

    async def shutdown(self, sockets: Any = None) -> None:
        await self._hub.drain()
        await super().shutdown(sockets)


def listeners(config: uvicorn.Config) -> list[socket.socket]:
    """The one listening socket, under LISTENERS handles."""
    bound = config.bind_socket()
    return [bound, *(bound.dup() for _ in range(LISTENERS - 1))]


async def serve(settings: Settings) -> None:
    """Run the web process until it is told to stop."""
    logs.configure("web", settings.log_level)
    async with application(settings) as (app, hub):
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=StreamHttpProtocol,
            ws=StreamWebSocketProtocol,
            ws_ping_interval=10,
            ws_ping_timeout=10,
            ws_per_message_deflate=False,
            forwarded_allow_ips=settings.trusted_proxies,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_S,
            lifespan="off",
        )
        await _Server(config, hub, settings.public_url).serve(listeners(config))


def run(settings: Settings) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))
