"""Which pages of other sites may call the API from a browser: those of domains that organizations
have registered. They bring a token; cookies are for our own pages only.

Source: Fetch, 3.3 (the CORS protocol).
"""

import time
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from starlette.types import Scope

from server.kernel.http import header

Known = Callable[[str], Awaitable[bool]]
"""Whether an organization has registered this host, in lower case and without a port."""

KNOWN_FOR_S = 60.0
KNOWN_MAX = 10_000
PREFLIGHT_S = 7_200
"""As long as any browser keeps the answer."""
_TAKEN = b"Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Org, X-API-Key"
_SHOWN = b"ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
_VARY = (b"vary", b"Origin")

Headers = list[tuple[bytes, bytes]]


class Origins:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._seen: dict[str, tuple[float, bool]] = {}

    async def headers(self, scope: Scope, origin: str) -> Headers:
        """What an answer says to the page that asked; nothing to our own."""
        if origin.partition("://")[2] == header(scope, b"host"):
            return []
        if not await self._may(origin):
            return [_VARY]
        return [
            _VARY,
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", _SHOWN),
        ]

    async def _may(self, origin: str) -> bool:
        now = time.monotonic()
        until, may = self._seen.get(origin, (0.0, False))
        if now < until:
            return may
        host = _host_of(origin)
        may = host is not None and await self._known(host)
        if len(self._seen) >= KNOWN_MAX:
            del self._seen[next(iter(self._seen))]
        self._seen[origin] = now + KNOWN_FOR_S, may
        return may


def _host_of(origin: str) -> str | None:
    """None for what is no page that came over HTTPS."""
    try:
        url = urlsplit(origin)
    except ValueError:
        return None
    return url.hostname if url.scheme == "https" else None


def is_preflight(scope: Scope) -> bool:
    """Of a request with an origin."""
    return (
        scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None
    )


def preflight(methods: Iterable[str]) -> Headers:
    """What a browser may do, to be kept for PREFLIGHT_S; whose page may is in `Origins.headers`."""
    return [
        (b"access-control-allow-methods", ", ".join(sorted(methods)).encode()),
        (b"access-control-allow-headers", _TAKEN),
        (b"access-control-max-age", b"%d" % PREFLIGHT_S),
    ]
