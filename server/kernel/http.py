"""The one way a request comes in and an answer goes out.

A domain's `routes.py` lists `Operation`s. An operation names its realm (who may call), its body and
answer as msgspec structs, and its errors; `server.kernel.api` finds the one a request asks for,
authenticates, decodes, calls its handler once and encodes, and `server.kernel.openapi` turns the
same list into the OpenAPI document. Errors become RFC 9457 problems.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from server.kernel import context, idempotency
from server.kernel.errors import BadRequest, ContentTooLarge, DomainError, NotFound
from server.kernel.limits import Kind

BODY_BYTES_MAX = 1 << 20
NAMED_HEADERS = "fullhouse.headers"
"""Where a scope keeps its headers by name, once one was asked for; who gives it others drops it."""

Struct = TypeVar("Struct")


class Realm(Protocol):
    """Who may call: an authentication scheme of its own, never mixed with another's.

    `scheme`: the name of the OpenAPI security scheme, or names where any one of several
    credentials will do; None where anybody may call. `permission`: what the credential must allow,
    None where the scheme is enough. `errors`: what `authenticate` raises.
    """

    @property
    def scheme(self) -> str | tuple[str, ...] | None: ...

    @property
    def permission(self) -> str | None: ...

    @property
    def errors(self) -> tuple[type[DomainError], ...]: ...

    async def authenticate(self, request: Request) -> Any:
        """The actor. Raises `errors`."""
        ...


class Call:
    """One request of one authenticated actor, as a handler sees it."""

    __slots__ = ("actor", "body_bytes", "request")

    def __init__(self, request: Request, actor: Any, body_bytes: bytes) -> None:
        self.request = request
        self.actor = actor
        self.body_bytes = body_bytes

    def uuid(self, name: str) -> uuid.UUID:
        """A path parameter. Raises NotFound: what is not a UUID names nothing."""
        try:
            return msgspec.convert(self.request.scope["path_params"][name], uuid.UUID)
        except msgspec.ValidationError:
            raise NotFound("no such resource") from None

    def text(self, name: str) -> str:
        """A path parameter. Raises NotFound: with a NUL in it, it names nothing."""
        text = str(self.request.scope["path_params"][name])
        if "\0" in text:
            raise NotFound("no such resource")
        return text

    def number(self, name: str) -> int:
        """A path parameter. Raises NotFound: what is not a number from 0 on names nothing."""
        text = self.text(name)
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise NotFound("no such resource")
        return int(text)

    def query(self, shape: type[Struct]) -> Struct:
        """The query parameters as a struct. Raises BadRequest."""
        try:
            return msgspec.convert(dict(self.request.query_params), shape, strict=False)
        except msgspec.ValidationError as error:
            raise BadRequest(f"query parameters: {error}") from None

    @property
    def key(self) -> idempotency.Key | None:
        """The caller's Idempotency-Key for this very operation, query and body, in the
        organization that the caller acts for. Raises BadRequest."""
        scope = self.request.scope
        operation = f"{scope['method']} {scope['path']}"
        if scope["query_string"]:
            operation += f"?{scope['query_string'].decode('latin-1')}"
        caller = context.current().actor
        if org_id := getattr(self.actor, "org_id", ""):
            caller += f" {org_id}"  # the same person elsewhere is another caller
        return idempotency.key_of(
            header(scope, b"idempotency-key"), caller, operation, self.body_bytes
        )


Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`method path`, who may call it, what goes in and out, and what may go wrong.

    `returns`: a struct, or a tuple of the alternatives. A handler takes the Call and, where `body`
    is set, the decoded body: `bytes` takes it as it is, of any media type. It returns a struct to
    encode, None for 204, or a finished Response. `limit`: the kind of request that it counts as,
    where that is no plain read, write or stream.
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
    limit: Kind | None = None
    description: str = ""
    body_bytes_max: int = BODY_BYTES_MAX

    @property
    def name(self) -> str:
        return self.handler.__name__

    @property
    def kind(self) -> Kind:
        if self.limit is not None:
            return self.limit
        if self.media_type == "text/event-stream":
            return "stream"
        return "read" if self.method == "GET" else "write"

    @property
    def tag(self) -> str:
        return self.handler.__module__.split(".")[1]


def header(scope: Scope, name: bytes) -> str | None:
    """A request's header, the first of that name in lower case."""
    try:
        value = scope[NAMED_HEADERS].get(name)
    except KeyError:
        named = scope[NAMED_HEADERS] = dict(reversed(scope["headers"]))
        value = named.get(name)
    return None if value is None else value.decode("latin-1")


async def read_body(request: Request, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The whole body. Raises ContentTooLarge past `bytes_max`, ClientDisconnect."""
    declared = header(request.scope, b"content-length")
    if declared and declared.isdecimal() and int(declared) > bytes_max:
        raise _too_large(bytes_max)
    receive, chunks, size = request.receive, [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > bytes_max:
            raise _too_large(bytes_max)
        if not message.get("more_body"):
            return b"".join(chunks)


def _too_large(bytes_max: int) -> ContentTooLarge:
    return ContentTooLarge(f"the body is larger than {bytes_max} bytes")


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
    sent = {"Cache-Control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(body), status, sent, media_type="application/problem+json")
