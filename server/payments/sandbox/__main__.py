"""Run the gateway: `python -m server.payments.sandbox --port 8420 --journal DIR`.

The API key and the webhook secret come from SANDBOX_SECRET and SANDBOX_WEBHOOK_SECRET (or the
options, which other users of the machine can see in the process list).
"""

import argparse
import asyncio
import contextlib
import logging
import os
import secrets
import socket
import sys
import time
import traceback
from collections.abc import AsyncIterator, Coroutine

import uvicorn
from starlette.applications import Starlette

from .delivery import Deliverer
from .journal import Journal, JournalError
from .knobs import Knobs
from .routes import Http
from .service import Gateway

EXPIRY_TICK_S = 0.25
KEEP_ALIVE_S = 75
"""As real providers: much longer than the shop's client keeps a connection that it does not use,
or one that ends in the moment in which it is used again is a buyer told of an outage."""


class Options(argparse.Namespace):
    host: str
    port: int
    journal: str
    secret: str
    webhook_secret: str
    public_url: str
    merchant: str
    retry_max_s: float


def main() -> int:
    options = _parser().parse_args(namespace=Options())
    missing = [
        name
        for name, value in (
            ("SANDBOX_SECRET", options.secret),
            ("SANDBOX_WEBHOOK_SECRET", options.webhook_secret),
        )
        if not value
    ]
    if missing:
        return _refuse(f"{' and '.join(missing)} must be set", os.EX_USAGE)
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        return _refuse(
            f"cannot listen on {options.host}:{options.port}: {error}", os.EX_UNAVAILABLE
        )
    try:
        _serve(options, listener)
    except JournalError as error:
        return _refuse(str(error), os.EX_DATAERR)
    except KeyboardInterrupt:
        pass
    return 0


def _serve(options: Options, listener: socket.socket) -> None:
    base_url = options.public_url or _url(listener)
    journal, ledger = Journal.open(options.journal)
    deliverer = Deliverer(options.webhook_secret, retry_max_s=options.retry_max_s)
    gateway = Gateway(
        journal,
        ledger,
        base_url=base_url.rstrip("/"),
        knobs=Knobs(),
        clock=time.time,
        new_id=lambda prefix: f"{prefix}_{secrets.token_hex(16)}",
        owe=deliverer.owe,
    )
    for event_id, pending in ledger.pending.items():
        deliverer.owe(event_id, pending.plan.copies - pending.accepted, pending.plan.not_before)
    http = Http(gateway, deliverer, secret=options.secret, merchant=options.merchant)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        background = [
            asyncio.create_task(_for_ever(work))
            for work in (journal.run(), deliverer.run(gateway), _expire(gateway))
        ]
        yield
        await journal.durable()
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        journal.close()

    app = Starlette(routes=http.routes(), lifespan=lifespan)
    logging.getLogger("uvicorn.error").addFilter(_expected)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=3, lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_S,
    )  # fmt: skip
    _Announcing(config, _url(listener)).run(sockets=[listener])


class _Announcing(uvicorn.Server):
    """Says one line when it answers, so that whoever started it knows when to go on."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"sandbox gateway ready {self._url}", flush=True)


async def _expire(gateway: Gateway) -> None:
    while True:
        gateway.expire_due()
        await asyncio.sleep(EXPIRY_TICK_S)


async def _for_ever(work: Coroutine[object, object, None]) -> None:
    """A gateway that lost its writer or its sender must not go on as if it had them."""
    try:
        await work
    except Exception:
        traceback.print_exc()
        os._exit(os.EX_SOFTWARE)


def _expected(record: logging.LogRecord) -> bool:
    return "returned without completing response" not in record.getMessage()  # CutOff does so


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _refuse(reason: str, code: int) -> int:
    print(f"sandbox gateway: {reason}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server.payments.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--journal", required=True, metavar="DIR", help="where the money is noted")
    parser.add_argument("--secret", default=os.environ.get("SANDBOX_SECRET", ""))
    parser.add_argument("--webhook-secret", default=os.environ.get("SANDBOX_WEBHOOK_SECRET", ""))
    parser.add_argument("--public-url", default="", help="where payers reach this, behind a proxy")
    parser.add_argument("--merchant", default="Fullhouse", help="the name that payers see")
    parser.add_argument("--retry-max-s", type=float, default=30.0, help="longest webhook backoff")
    return parser


if __name__ == "__main__":
    sys.exit(main())
