"""Operations as an ASGI application: one look-up, one body, one answer.

It stands in front of Starlette, which serves what is no operation: pages, WebSockets, plumbing.
The path of a request is walked segment by segment through nested dicts, so that an operation costs
the same whatever its place in the list.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from typing import Any

import msgspec
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.kernel.cors import Origins, is_preflight, preflight
from server.kernel.errors import BadRequest
from server.kernel.http import BODY_BYTES_MAX, Call, Operation, header, read_body
from server.kernel.limits import Kind, Limits
from server.kernel.uploads import Uploads

_NO_STORE = (b"cache-control", b"no-store")
_JSON = (b"content-type", b"application/json")
_encode = msgspec.json.Encoder().encode
_UNCOUNTED = nullcontext()

_Run = Callable[[Request, Send], Awaitable[None]]


class Api:
    """`otherwise` gets what asks for a path of no operation: pages, of which those that begin with
    `/sign` take passwords."""

    def __init__(
        self,
        operations: Sequence[Operation],
        otherwise: ASGIApp,
        limits: Limits,
        origins: Origins,
    ) -> None:
        self._otherwise, self._limits, self._origins = otherwise, limits, origins
        self._root = _Segment()
        uploads = Uploads()
        for operation in operations:
            self._root.place(operation.path).add(operation, limits, uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                self._limits.address(scope, "stream")
            await self._otherwise(scope, receive, send)
            return
        path: str = scope["path"]
        values: list[str] = []
        here = self._root.find(path, values)
        if here is not None:
            origin = header(scope, b"origin")
            if origin is not None:
                scope["cors"] = await self._origins.headers(scope, origin)
                if is_preflight(scope):
                    scope["route"] = here
                    start = {"type": "http.response.start", "status": 204}
                    await send(start | {"headers": preflight(here.methods)})
                    await send({"type": "http.response.body"})
                    return
            scope["route"], run = here.methods.get(scope["method"], (here, here.refuse))
            scope["path_params"] = dict(zip(here.names, values, strict=True))
            await run(Request(scope, receive), send)
        elif path.endswith("/") and self._root.find(path.rstrip("/"), []):
            url = URL(scope={**scope, "path": path.rstrip("/")})
            await RedirectResponse(str(url))(scope, receive, send)
        else:
            self._limits.address(scope, _kind_of_page(scope))
            await self._otherwise(scope, receive, send)


def _kind_of_page(scope: Scope) -> Kind:
    if scope["method"] in ("GET", "HEAD"):
        return "read"
    return "sign-in" if scope["path"].startswith("/sign") else "write"


class _Segment:
    """What may stand at one place of a path: words, or any one segment as a parameter.

    As a route, in logs and metrics, it is that of a method which its path does not have.
    """

    name = "no_method"

    def __init__(self) -> None:
        self._words: dict[str, _Segment] = {}
        self._any: _Segment | None = None
        self.path = ""
        self.names: list[str] = []
        self.methods: dict[str, tuple[Operation, _Run]] = {}

    def place(self, path: str) -> "_Segment":
        """Where `/v1/holds/{hold_id}` ends."""
        here = self
        for segment in path.split("/"):
            if segment.startswith("{"):
                here._any = here._any or _Segment()
                here = here._any
            else:
                here = here._words.setdefault(segment, _Segment())
        here.path = path
        here.names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        return here

    def add(self, operation: Operation, limits: Limits, uploads: Uploads) -> None:
        self.methods[operation.method] = operation, _runner(operation, limits, uploads)
        if operation.method == "GET":
            self.methods["HEAD"] = self.methods["GET"]

    def find(self, path: str, values: list[str]) -> "_Segment | None":
        """Where operations of this path stand, words before parameters; `values` gets these."""
        here = self
        for segment in path.split("/"):
            found = here._words.get(segment)
            if found is None:
                found = here._any
                if found is None or not segment:
                    return None
                values.append(segment)
            here = found
        return here if here.methods else None

    async def refuse(self, request: Request, send: Send) -> None:
        raise HTTPException(405, headers={"Allow": ", ".join(sorted(self.methods))})


def _runner(operation: Operation, limits: Limits, uploads: Uploads) -> _Run:
    handler: Callable[..., Awaitable[Any]] = operation.handler
    authenticate, status = operation.realm.authenticate, operation.status
    kind = operation.kind
    has_body, bytes_max = operation.body is not None, operation.body_bytes_max
    is_large = bytes_max > BODY_BYTES_MAX
    decoder = None if operation.body in (None, bytes) else msgspec.json.Decoder(operation.body)

    def decoded(raw: bytes) -> Any:
        if decoder is None:
            return raw
        try:
            return decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadRequest(f"request body: {error}") from None

    async def run(request: Request, send: Send) -> None:
        limits.address(request.scope, kind)
        actor = await authenticate(request)
        limits.credential(request.scope, kind)
        if has_body:
            with uploads.held(request.scope, operation) if is_large else _UNCOUNTED:
                raw = await read_body(request, bytes_max)
                result = await handler(Call(request, actor, raw), decoded(raw))
        else:
            result = await handler(Call(request, actor, b""))
        if isinstance(result, Response):
            await result(request.scope, request.receive, send)
        elif result is None:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
        else:
            encoded = _encode(result)
            length = (b"content-length", b"%d" % len(encoded))
            headers = [_NO_STORE, length, _JSON]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": encoded})

    return run
