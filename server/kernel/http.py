"""The one way a request comes in and an answer goes out.

A domain's `routes.py` lists `Operation`s. An operation names its realm (who may call), its body and
answer as msgspec structs, and its errors; `endpoint` turns it into a Starlette endpoint that
authenticates, decodes, calls the handler once and encodes, and `server.kernel.openapi` turns the
same list into the OpenAPI document. Errors become RFC 9457 problems.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.kernel import context, idempotency
from server.kernel.errors import BadRequest, DomainError, NotFound

BODY_BYTES_MAX = 1 << 20

Struct = TypeVar("Struct")


class Realm(Protocol):
    """Who may call: an authentication scheme of its own, never mixed with another's.

    `scheme`: the name of the OpenAPI security scheme, None where anybody may call.
    """

    @property
    def scheme(self) -> str | None: ...

    async def authenticate(self, request: Request) -> Any:
        """The actor. Raises Unauthenticated or Forbidden."""
        ...


class Call:
    """One request of one authenticated actor, as a handler sees it."""

    __slots__ = ("actor", "body_bytes", "operation", "request")

    def __init__(
        self, request: Request, actor: Any, operation: "Operation", body_bytes: bytes
    ) -> None:
        self.request = request
        self.actor = actor
        self.operation = operation
        self.body_bytes = body_bytes

    def uuid(self, name: str) -> uuid.UUID:
        """A path parameter. Raises NotFound: what is not a UUID names nothing."""
        try:
            return uuid.UUID(self.request.path_params[name])
        except ValueError:
            raise NotFound("no such resource") from None

    def text(self, name: str) -> str:
        return str(self.request.path_params[name])

    def query(self, shape: type[Struct]) -> Struct:
        """The query parameters as a struct. Raises BadRequest."""
        try:
            return msgspec.convert(dict(self.request.query_params), shape, strict=False)
        except msgspec.ValidationError as error:
            raise BadRequest(f"query parameters: {error}") from None

    @property
    def key(self) -> idempotency.Key | None:
        """The caller's Idempotency-Key for this very operation and body. Raises BadRequest."""
        return idempotency.key_of(
            self.request.headers.get("idempotency-key"),
            context.current().actor,
            f"{self.request.method} {self.request.url.path}",
            self.body_bytes,
        )


Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`method path`, who may call it, what goes in and out, and what may go wrong.

    `returns`: a struct, or a tuple of the alternatives. A handler takes the Call and, where `body`
    is set, the decoded body. It returns a struct to encode, None for 204, or a finished Response.
    """

    method: str
    path: str
    handler: Handler
    realm: Realm
    summary: str
    returns: Any = None
    body: Any = None
    query: Any = None
    status: int = 200
    errors: Sequence[type[DomainError]] = ()
    media_type: str = "application/json"
    idempotent: bool = False
    description: str = ""

    @property
    def name(self) -> str:
        return self.handler.__name__

    @property
    def tag(self) -> str:
        return self.handler.__module__.split(".")[1]


def endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    decoder = msgspec.json.Decoder(operation.body) if operation.body is not None else None

    async def run(request: Request) -> Response:
        actor = await operation.realm.authenticate(request)
        raw = await read_body(request) if decoder else b""
        call = Call(request, actor, operation, raw)
        if decoder is None:
            result = await operation.handler(call)
        else:
            try:
                body = decoder.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadRequest(f"request body: {error}") from None
            result = await operation.handler(call, body)
        if isinstance(result, Response):
            return result
        if result is None:
            return Response(status_code=204)
        return json_response(result, operation.status)

    return run


def starlette_routes(operations: Sequence[Operation]) -> list[Route]:
    """One Route per operation, and after a path's last one its 405, which names the others."""
    routes: list[Route] = []
    for path, listed in _by_path(operations).items():
        own = [
            Route(path, endpoint(operation), methods=[operation.method], name=operation.name)
            for operation in listed
        ]
        allowed = sorted({method for route in own for method in route.methods or ()})
        routes += [*own, Route(path, _NoMethod(allowed), name="no_method")]
    return routes


def _by_path(operations: Sequence[Operation]) -> dict[str, list[Operation]]:
    paths: dict[str, list[Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, []).append(operation)
    return paths


class _NoMethod:
    """Answers 405 to every method, and an ASGI application, which Starlette gives all of them."""

    def __init__(self, allowed: list[str]) -> None:
        self._headers = {"Allow": ", ".join(allowed)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise HTTPException(405, headers=self._headers)


async def read_body(request: Request) -> bytes:
    """The whole body. Raises BadRequest past BODY_BYTES_MAX."""
    declared = request.headers.get("content-length", "0")
    chunks: list[bytes] = []
    size = int(declared) if declared.isdigit() else 0
    if size <= BODY_BYTES_MAX:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > BODY_BYTES_MAX:
                break
            chunks.append(chunk)
    if size > BODY_BYTES_MAX:
        raise BadRequest(f"the body is larger than {BODY_BYTES_MAX} bytes")
    return b"".join(chunks)


def json_response(value: Any, status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(value),
        status,
        {"Cache-Control": "no-store"},
        media_type="application/json",
    )


def problem_response(
    status: int,
    title: str,
    slug: str,
    detail: str,
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error as RFC 9457 has it; `facts` become members beside the standard ones."""
    body = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": context.current().request_id,
    } | dict(facts or {})
    response = Response(msgspec.json.encode(body), status, media_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response
