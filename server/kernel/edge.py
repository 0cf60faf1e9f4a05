"""The outermost layer of every request: its context, errors, headers, metrics and log line."""

import time
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kernel import context, logs
from server.kernel.http import header
from server.kernel.traffic import TRAFFIC

# No form-action: a browser applies it to where a form's answer leads, too, and that of the checkout
# leads to the payment provider.
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src-attr 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_SECURITY = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]
_OF_PAGES = [
    (b"content-security-policy", CONTENT_SECURITY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
_ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")

_ANSWERS = ("http.response.start", "websocket.http.response.start")

Refuse = Callable[[HTTPConnection, Exception], Response]
"""The answer to a request that raised."""


class Edge:
    """ASGI middleware; plain, so that a stream passes through it untouched.

    An error that `app` raises before it has begun to answer is answered by `refuse`.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app, self._refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        here = context.begin(
            "public", header(scope, b"x-request-id"), header(scope, b"traceparent")
        )
        started = time.perf_counter()
        status, has_begun = 0, False

        def answer(message: Message) -> Awaitable[None]:
            nonlocal status, has_begun
            has_begun = True
            if message["type"] in _ANSWERS:
                status = message["status"]
                message["headers"] = headers = _with_ours(message["headers"], here)
                if "rate_limit" in scope:
                    headers += scope["rate_limit"]
                if "cors" in scope:
                    headers += scope["cors"]
                if scope.get("scheme") == "https":
                    headers.append(_ONLY_HTTPS)
                name = getattr(scope.get("route"), "name", None) or "none"
                TRAFFIC.count(name, status, time.perf_counter() - started)
            return send(message)

        try:
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            pass  # in the middle of its own body: nobody is there to answer
        except Exception as error:
            if has_begun:
                raise
            # Before a WebSocket is accepted this denies it, with the same answer.
            await self._refuse(HTTPConnection(scope), error)(scope, receive, answer)
        finally:
            if scope["type"] == "http":
                logs.request(
                    method=scope["method"],
                    # The template, not the path: that may hold a ticket's secret code.
                    route=route_of(scope),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )


def route_of(scope: Scope) -> str:
    """The path as the route declares it, `/t/{code}`; a dash where no route matched."""
    return getattr(scope.get("route"), "path", "-")


def _with_ours(
    headers: list[tuple[bytes, bytes]], here: context.Context
) -> list[tuple[bytes, bytes]]:
    trace_id = here.trace_id
    whole = [
        *headers,
        (b"x-request-id", here.request_id.encode()),
        (b"traceparent", f"00-{trace_id}-{trace_id[16:]}-01".encode()),
        *_SECURITY,
    ]
    if dict(headers).get(b"content-type", b"").startswith(b"text/html"):
        whole += _OF_PAGES
    return whole
