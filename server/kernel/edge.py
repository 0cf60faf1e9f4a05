"""The outermost layer of every request: its context, security headers, metrics and log line."""

import time

from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kernel import context, logs

REQUESTS = Counter(
    "fullhouse_http_requests_total", "Answers by route and status", ("route", "status")
)
SECONDS = Histogram(
    "fullhouse_http_seconds",
    "Time to the first byte of the answer, seconds",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)

_log = logs.get("server.http")


class Edge:
    """ASGI middleware; plain, so that a stream passes through it untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        here = context.begin("public", headers.get("x-request-id"), headers.get("traceparent"))
        started = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), here)
                self._measure(scope, status, time.perf_counter() - started)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            if scope["type"] == "http":
                _log.info(
                    "request",
                    method=scope["method"],
                    # The template, not the path: that may hold a ticket's secret code.
                    route=route_of(scope),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )

    @staticmethod
    def _measure(scope: Scope, status: int, seconds: float) -> None:
        name = getattr(scope.get("route"), "name", None) or "none"
        REQUESTS.labels(name, status).inc()
        SECONDS.labels(name).observe(seconds)


def route_of(scope: Scope) -> str:
    """The path as the route declares it, `/t/{code}`; a dash where no route matched."""
    return getattr(scope.get("route"), "path", "-")


def _add_headers(headers: MutableHeaders, here: context.Context) -> None:
    headers["X-Request-ID"] = here.request_id
    headers["traceparent"] = f"00-{here.trace_id}-{here.trace_id[16:]}-01"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
