"""The sandbox gateway as a real process, and a merchant that receives its webhooks over HTTP."""

import asyncio
import json
import os
import resource
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.fixtures.nursery import Born, nursery
from tests.server.support import PATIENCE_S, until

SECRET = "sk_test_gateway"
WEBHOOK_SECRET = "whsec_test_gateway"


class GatewayProcess:
    """`python -m server.payments.sandbox` over one journal; it can be killed and started again."""

    def __init__(self, journal: Path, port: int) -> None:
        self.journal = journal
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._log = journal.with_name("gateway.log")
        self._process: Born | None = None

    def command(self, *more: str) -> list[str]:
        return [sys.executable, "-m", *self._argv, *more]

    @property
    def _argv(self) -> list[str]:
        module = ["server.payments.sandbox", "--retry-max-s", "1"]
        return [*module, "--journal", str(self.journal), "--port", str(self._port)]

    def start(self) -> None:
        """Return once it said that it is ready."""
        secrets = {"SANDBOX_SECRET": SECRET, "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET}
        self._log.unlink(missing_ok=True)
        self._process = nursery().start(self._argv, self._log, {**os.environ, **secrets})
        ready, deadline = f"sandbox gateway ready {self.url}\n", time.monotonic() + PATIENCE_S
        while not self._log.exists() or self._log.read_text() != ready:
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.send_signal(how)
            try:
                process.wait(PATIENCE_S)
            finally:
                process.kill()
                process.wait()

    def limit_files(self, bytes_max: int) -> None:
        """From now on no file of the process grows beyond that: a disk that is full."""
        assert self._process is not None
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (bytes_max, bytes_max))

    def wait(self) -> int:
        """The exit status of a process that is ending by itself."""
        assert self._process is not None
        return self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)


class Receiver:
    """The merchant's webhook endpoint: notes every attempt, answers `status_of(event)`."""

    def __init__(self) -> None:
        self.attempts: list[tuple[float, dict[str, str], bytes]] = []  # loop time, headers, body
        self.status_of: Callable[[dict], int] = lambda event: 200
        self.url = ""

    @property
    def events(self) -> list[dict]:
        return [json.loads(body) for _, _, body in self.attempts]

    def of(self, reference: str) -> list[dict]:
        return [event for event in self.events if event["data"]["reference"] == reference]

    async def until(self, true: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        async with asyncio.timeout(within_s):
            while not true():  # noqa: ASYNC110 - the condition may be about anything
                await asyncio.sleep(0.01)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[1:-2]
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head)}
                body = await reader.readexactly(int(headers["content-length"]))
                self.attempts.append((asyncio.get_running_loop().time(), headers, body))
                status = self.status_of(json.loads(body))
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class Merchant:
    """Speaks the gateway's API as the platform does, and posts the page's form as a payer does."""

    def __init__(self, client: httpx.AsyncClient, webhook_url: str) -> None:
        self.client = client
        self._webhook_url = webhook_url

    def session_body(self, **changes: object) -> dict[str, object]:
        return {
            "amount_minor": 4800,
            "currency": "SGD",
            "reference": f"order-{uuid.uuid4()}",
            "description": "2 seats",
            "return_url": "http://127.0.0.1:1/back?order=1",
            "cancel_url": "http://127.0.0.1:1/cancelled",
            "webhook_url": self._webhook_url,
            **changes,
        }

    async def post(self, path: str, body: object, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return await self.client.post(path, json=body, headers=headers)

    async def open(self, **changes: object) -> dict:
        answer = await self.post("/v1/sessions", self.session_body(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def pay(self, session: dict, outcome: str = "succeed", **form: str) -> httpx.Response:
        return await self.client.post(f"/pay/{session['id']}", data={"outcome": outcome, **form})

    async def paid(self, **changes: object) -> dict:
        session = await self.open(**changes)
        assert (await self.pay(session)).status_code == 303
        return session

    async def refund(
        self, session: dict, amount_minor: int, key: str | None = None
    ) -> httpx.Response:
        body = {"session_id": session["id"], "amount_minor": amount_minor, "reason": "asked"}
        return await self.post("/v1/refunds", body, key)

    async def get(self, path: str, **query: object) -> dict:
        answer = await self.client.get(path, params={k: str(v) for k, v in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def all_told(self) -> None:
        """The gateway owes nobody a webhook any more."""

        async def is_done() -> bool:
            return not (await self.get("/health"))["webhooks_pending"]

        await until(is_done)

    async def knobs(self, **knobs: float) -> None:
        assert (await self.client.post("/_knobs", json=knobs)).status_code == 200


@pytest.fixture
def gateway(tmp_path: Path, free_port: int) -> Iterator[GatewayProcess]:
    process = GatewayProcess(tmp_path / "journal", free_port)
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield receiver
    server.close()


@pytest.fixture
async def merchant(gateway: GatewayProcess, receiver: Receiver) -> AsyncIterator[Merchant]:
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with httpx.AsyncClient(
        base_url=gateway.url, headers=headers, timeout=PATIENCE_S
    ) as client:
        yield Merchant(client, receiver.url)
