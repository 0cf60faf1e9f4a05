"""Who is asking, for which organization, under which trace: set once per request or job, read by
logs, the outbox and every transaction."""

import random
import re
from contextvars import ContextVar
from typing import Any

import msgspec


class Context(msgspec.Struct, frozen=True, gc=False):
    request_id: str
    trace_id: str
    actor: str
    org_id: str = ""
    """Whose rows it may see and change; empty until that is known."""
    touched: dict[str, Any] = {}
    """Ids, by name, of what this request or job has touched: add to it."""


_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_current: ContextVar[Context] = ContextVar("fullhouse_context")


def begin(actor: str, request_id: str | None = None, traceparent: str | None = None) -> Context:
    """Start a context. Foreign ids are kept when well formed. Source: W3C Trace Context, 3.2.

    Ours are random but no secrets: they find log lines, and open nothing.
    """
    known = _REQUEST_ID.fullmatch(request_id) if request_id else None
    trace = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    ours = f"{random.getrandbits(192):048x}"
    context = Context(
        known.group() if known else ours[:16], trace.group(1) if trace else ours[16:], actor
    )
    _current.set(context)
    return context


def apart(request_id: str, org_id: str) -> Context:
    """For one of several things that a job does in one transaction: a trace of its own, correlated
    by what it belongs to. It becomes nobody's current one."""
    return Context(request_id, f"{random.getrandbits(128):032x}", current().actor, org_id)


def act_as(actor: str, org_id: str = "") -> None:
    """Name the actor, and the organization it belongs to, once the credential is known."""
    here = current()
    _current.set(Context(here.request_id, here.trace_id, actor, org_id, here.touched))


def act_for(org_id: str) -> None:
    """From here on this is about what that organization has: its event, its order."""
    here = current()
    if here.org_id != org_id:
        _current.set(Context(here.request_id, here.trace_id, here.actor, org_id, here.touched))


def current() -> Context:
    return _current.get(None) or begin("system")
