"""The web process: settings -> pools -> routes. The only wiring of it."""

import asyncio
import socket
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
import server.boxoffice.routes
import server.catalog.directory_routes
import server.catalog.event_routes
import server.catalog.host_routes
import server.catalog.map_routes
import server.catalog.product_routes
import server.catalog.routes
import server.catalog.switch_routes
import server.catalog.term_routes
import server.catalog.ticket_routes
import server.catalog.venue_routes
import server.checkin.key_routes
import server.checkin.routes
import server.checkout.discount_routes
import server.checkout.draft_routes
import server.checkout.network_routes
import server.checkout.order_routes
import server.checkout.routes
import server.checkout.share_routes
import server.hooks.routes
import server.identity.routes
import server.inventory.network_routes
import server.inventory.routes
import server.live.routes
import server.notify.routes
import server.orgs.key_routes
import server.orgs.member_routes
import server.orgs.org_routes
import server.orgs.partner_routes
import server.orgs.site_routes
import server.orgs.staff_routes
import server.orgs.switch_routes
import server.payments.routes
import server.refunds.request_routes
import server.refunds.routes
import server.reports.routes
import server.settlement.routes
import server.storefront.routes
import server.tickets.page_routes
import server.tickets.routes
from realtime.broker_redis import RedisBroker
from realtime.garbage import settle
from realtime.hub import Hub
from realtime.limits import ReaderRefused
from realtime.uvicorn_protocols import StreamHttpProtocol, StreamWebSocketProtocol
from server import problems
from server.catalog.draftsman import Draftsman
from server.examples import EXAMPLES
from server.gauges import Gauges
from server.identity.realms import SCHEMES, ScannerRealm
from server.kernel import deployment, logs, openapi
from server.kernel.api import Api
from server.kernel.cors import Origins
from server.kernel.edge import Edge, route_of
from server.kernel.errors import DomainError, NotFound
from server.kernel.http import Operation, json_response, problem_response
from server.kernel.limits import Limits
from server.live.announce import RedisAnnouncer
from server.live.doors import Doors, refusal_of
from server.live.health import Health
from server.live.names import PREFIX, LiveCodec
from server.live.service import Live
from server.live.source import LiveSource
from server.operations import operations, planning_of
from server.orgs.realm import OperatorRealm
from server.parts import Parts, open_parts
from server.problems import describe, slug_of
from server.settings import Settings
from server.storefront.assets import Assets
from server.storefront.pages import Pages, wants_page
from server.storefront.services import Dividing, ProblemKind, Refunding
from server.storefront.sessions import Keeper, Sessions

VERSION = "0.1.0"
DRAIN_S = 10
KEEP_ALIVE_S = 75
"""Longer than proxies keep a connection that nobody uses (60 s by custom): who sends on one that
ends in that moment cannot know whether it was heard, and has to tell a buyer so."""
LISTENERS = 32
"""Handles of the one listening socket. libuv accepts one connection per handle and turn of the
loop: with a single handle each of a crowd's members would wait for a turn of the busy loop."""

_log = logs.get(__name__)


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
            planning = planning_of(parts, draftsman)
            listed = operations(settings, parts, live, doors, health, planning)
            registry = CollectorRegistry()
            registry.register(hub.metrics)
            gauges = Gauges(parts)
            registry.register(gauges)
            faces = Pages(Assets(), parts.sites.of_host)

            def refuse_here(request: HTTPConnection, error: Exception) -> Response:
                """As a page for who looks at pages."""
                answer = refuse(request, error)
                if not wants_page(request):
                    return answer
                if isinstance(error, HTTPException):
                    error = NotFound("there is no page that takes this")
                told = error if isinstance(error, DomainError) else None
                return faces.problem(request, told)

            async def refused(request: Request, error: Exception) -> Response:
                return refuse_here(request, error)

            pages = Starlette(
                routes=[
                    server.live.routes.websocket_route(live, doors, limits, problems.respond),
                    *_plumbing(parts, registry, gauges, listed),
                    *server.storefront.routes.routes(
                        pages=faces,
                        db=parts.db,
                        tokens=parts.tokens,
                        sessions=browsers,
                        accounts=parts.accounts,
                        catalog=parts.catalog,
                        admission=parts.admission,
                        inventory=parts.inventory,
                        payments=parts.payments,
                        checkout=parts.checkout,
                        tickets=parts.tickets,
                        transfers=parts.transfers,
                        letters=parts.letters,
                        wallets=parts.wallets,
                        checkin=parts.checkin,
                        hooks=parts.hooks,
                        invitations=parts.invitations,
                        sites=parts.sites,
                        planning=planning,
                        refunding=Refunding(
                            parts.refunds, parts.refund_requests, parts.cancellations
                        ),
                        sharing=Dividing(parts.drafts, parts.shares),
                        mailbox=parts.mails.recent if settings.env == "demo" else None,
                        problems=[
                            ProblemKind(
                                slug_of(kind), describe(kind)[1], status, kind.__doc__ or ""
                            )
                            for kind, status in problems.STATUS.items()
                        ],
                    ),
                ],
                exception_handlers=dict.fromkeys(
                    (DomainError, HTTPException, ReaderRefused, Exception), refused
                ),
            )
            # Outside everything: an unexpected error has its headers, count and log line too.

            async def is_domain(host: str) -> bool:
                return await parts.sites.of_host(host) is not None

            api = Api(listed, pages, limits, Origins(is_domain))
            yield Edge(Keeper(api, browsers), refuse_here), hub


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
            timeout_keep_alive=KEEP_ALIVE_S,
            lifespan="off",
        )
        await _Server(config, hub, settings.public_url).serve(listeners(config))


def run(settings: Settings) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))
