"""Who is asking, under which trace: set once per request or job, read by logs and the outbox."""

import re
import secrets
from contextvars import ContextVar

import msgspec


class Context(msgspec.Struct, frozen=True):
    request_id: str
    trace_id: str
    actor: str


_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_current: ContextVar[Context] = ContextVar("fullhouse_context")


def begin(actor: str, request_id: str | None = None, traceparent: str | None = None) -> Context:
    """Start a context. Foreign ids are kept when well formed. Source: W3C Trace Context, 3.2."""
    trace = _TRACEPARENT.fullmatch(traceparent or "")
    known = _REQUEST_ID.fullmatch(request_id or "")
    context = Context(
        request_id=known.group() if known else secrets.token_hex(8),
        trace_id=trace.group(1) if trace else secrets.token_hex(16),
        actor=actor,
    )
    _current.set(context)
    return context


def act_as(actor: str) -> None:
    """Name the actor once the credential is known."""
    _current.set(msgspec.structs.replace(current(), actor=actor))


def current() -> Context:
    context = _current.get(None)
    return context if context is not None else begin("system")
