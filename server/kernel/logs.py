"""Structured JSON logs: one line per event, with the ids of the request and of what it touched.

What happens in one turn of the event loop is written together when the turn is over: a write per
line costs more than the rest of the line. A process that is killed loses the lines of that turn,
a few milliseconds, and nothing else. Warnings and worse are written at once.
"""

import asyncio
import atexit
import contextlib
import datetime as dt
import json
import logging
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, BinaryIO

import msgspec
import structlog

from server.kernel import context


class _Lines:
    """Where lines go. Safe to use from any thread; those that have no event loop write at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: list[bytes] = []
        # Reentrant: the garbage collector may run in here, and asyncio logs what it collects.
        self._lock = threading.RLock()

    def later(self, line: bytes) -> None:
        with self._lock:
            self._waiting.append(line)
            if len(self._waiting) > 1:
                return
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            self.flush()

    def now(self, line: bytes) -> None:
        with self._lock:
            self._waiting.append(line)
        self.flush()

    debug = info = later
    warning = error = critical = now

    def flush(self) -> None:
        with self._lock, contextlib.suppress(OSError, ValueError):  # nobody reads any more
            whole = b"".join(self._waiting)
            self._waiting.clear()
            self._stream.write(whole)
            self._stream.flush()


class _Foreign(logging.Handler):
    """The standard library's logging, as lines like ours. It is rare, so it does not wait."""

    def __init__(self, lines: _Lines, process: str) -> None:
        super().__init__()
        self._lines, self._process = lines, process

    def emit(self, record: logging.LogRecord) -> None:
        try:
            event = {"event": record.getMessage(), "exc_info": record.exc_info}
            self._lines.now(_line(self._process, record.levelname.lower(), event))
        except Exception:
            self.handleError(record)


_encode = msgspec.json.Encoder(enc_hook=str).encode
_requests: list[tuple[_Lines, str]] = []
"""Where lines of requests go, and from which process; nowhere if nobody wants to read them."""


def _line(process: str, level: str, event: MutableMapping[str, Any]) -> bytes:
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(None, level, event)
    here = context.current()
    whole = {
        "process": process,
        "request_id": here.request_id,
        "trace_id": here.trace_id,
        "actor": here.actor,
        **here.touched,
        **event,
        "level": level,
        "at": dt.datetime.now(dt.UTC),
    }
    try:
        return _encode(whole) + b"\n"
    except (TypeError, ValueError):  # a lone surrogate, say: a line that looks odd is still a line
        return json.dumps(whole, default=str).encode() + b"\n"


def request(**facts: Any) -> None:
    """The line of a request, at level INFO: each has one, and the way through structlog's loggers
    and processors costs more than the line."""
    for lines, process in _requests:
        lines.info(_line(process, "info", {"event": "request", **facts}))


def configure(process: str, level: str) -> None:
    """Send structlog and the standard library's logging to standard error as JSON lines."""
    lines = _Lines(sys.stderr.buffer)
    atexit.register(lines.flush)
    _requests[:] = [(lines, process)] if logging.getLevelName(level) <= logging.INFO else []
    structlog.configure(
        processors=[lambda _, level, event: _line(process, level, event)],
        logger_factory=lambda *_: lines,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Foreign(lines, process)], level=level, force=True)
    for noisy in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def bind(**ids: Any) -> None:
    """Add the ids of org, event, hold, order... to every later line of this request."""
    context.current().touched.update(ids)


def get(name: str) -> Any:
    return structlog.get_logger(name)
