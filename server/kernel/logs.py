"""Structured JSON logs: one line per event, with the ids of the request and of what it touched."""

import logging
import sys
from typing import Any

import structlog

from server.kernel import context


def _with_context(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    here = context.current()
    return {"request_id": here.request_id, "trace_id": here.trace_id, "actor": here.actor} | event


def configure(process: str, level: str) -> None:
    """Send structlog and the standard library's logging to standard error as JSON lines."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _with_context,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _, __, event: {"process": process, **event},
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def bind(**ids: Any) -> None:
    """Add the ids of org, event, hold, order... to every later line of this request."""
    structlog.contextvars.bind_contextvars(**{name: str(value) for name, value in ids.items()})


def get(name: str) -> Any:
    return structlog.stdlib.get_logger(name)
