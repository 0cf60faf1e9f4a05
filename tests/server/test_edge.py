"""The layers around every request, each on its own."""

import asyncio
import datetime as dt
import io
import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn
import uvloop
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from realtime.uvicorn_protocols import StreamHttpProtocol
from server import app
from server.identity import tokens
from server.identity.realms import Public
from server.identity.tokens import LEEWAY_S, Tokens
from server.kernel import logs
from server.kernel.api import Api
from server.kernel.cors import Origins
from server.kernel.edge import Edge
from server.kernel.errors import Overloaded, Unauthenticated
from server.kernel.http import BODY_BYTES_MAX, Call, Operation
from server.kernel.ids import uuid7
from server.kernel.limits import Limits
from server.kernel.traffic import Traffic
from server.kernel.uploads import HELD_BYTES_MAX


def _scope(method: str = "GET", path: str = "/") -> Scope:
    return {
        "type": "http", "method": method, "path": path, "query_string": b"", "headers": [],
        "scheme": "http", "server": ("test", 80), "client": None, "root_path": "",
    }  # fmt: skip


async def _ask(
    asgi: Any, method: str = "GET", path: str = "/", headers: Sequence[tuple[bytes, bytes]] = ()
) -> tuple[list[Message], Scope]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = _scope(method, path)
    scope["headers"] = list(headers)
    await asgi(scope, receive, send)
    return sent, scope


def _refuse(connection: HTTPConnection, error: Exception) -> Response:
    return PlainTextResponse(f"refused: {error}", 418)


async def test_an_error_before_the_answer_is_answered_and_one_within_it_ends_the_connection() -> (
    None
):
    begins = False

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        if begins:
            await PlainTextResponse("a part")(scope, receive, send)
        raise RuntimeError("broken")

    sent, _ = await _ask(Edge(failing, _refuse))
    assert (sent[0]["status"], sent[1]["body"]) == (418, b"refused: broken")
    assert b"x-request-id" in dict(sent[0]["headers"])
    begins = True
    with pytest.raises(RuntimeError, match="broken"):
        await _ask(Edge(failing, _refuse))


def _operation(method: str, path: str, says: str) -> Operation:
    async def handler(call: Call) -> dict[str, Any]:
        return {"says": says, **call.request.path_params}

    return Operation(method, path, handler, Public(), says)


async def _is_known(host: str) -> bool:
    return host == "tickets.example"


async def test_a_word_goes_before_a_parameter_and_what_is_no_operation_goes_on() -> None:
    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "otherwise"})

    api = Api(
        [
            _operation("GET", "/a/{x}", "one"),
            _operation("GET", "/a/{x}/b/{y}", "two"),
            _operation("GET", "/a/best", "best"),
            _operation("POST", "/c", "posted"),
        ],
        otherwise,
        Limits(Redis(), 0),
        Origins(_is_known),
    )

    async def said(method: str, path: str) -> Any:
        sent, scope = await _ask(api, method, path)
        if sent[0]["type"] == "otherwise":
            return "otherwise"
        return (scope["route"].path, json.loads(sent[1]["body"]))

    assert await said("GET", "/a/7") == ("/a/{x}", {"says": "one", "x": "7"})
    assert await said("GET", "/a/7/b/8") == ("/a/{x}/b/{y}", {"says": "two", "x": "7", "y": "8"})
    assert await said("GET", "/a/best") == ("/a/best", {"says": "best"})
    assert await said("POST", "/c") == ("/c", {"says": "posted"})
    for path in ("/", "", "/a", "/a//b/8", "/a/7/b", "/a/7/b/8/9", "/c/d", "a/7"):
        assert await said("GET", path) == "otherwise", path


async def test_large_bodies_wait_outside_while_others_fill_the_room_and_small_ones_do_not() -> None:
    held: asyncio.Queue[bytes] = asyncio.Queue()
    done = asyncio.Event()

    async def keep(call: Call, body: bytes) -> None:
        held.put_nowait(body)
        await done.wait()

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError(scope["path"])

    most = HELD_BYTES_MAX // 4
    large = Operation("PUT", "/large", keep, Public(), "", body=bytes, body_bytes_max=most)
    api = Api([large], otherwise, Limits(Redis(), 0), Origins(_is_known))

    async def put(declared: int | None) -> int:
        size = [] if declared is None else [(b"content-length", b"%d" % declared)]
        sent, _ = await _ask(api, "PUT", "/large", size)
        return sent[0]["status"]

    said, unsaid = asyncio.create_task(put(most)), asyncio.create_task(put(None))
    third, fourth = asyncio.create_task(put(most)), asyncio.create_task(put(most - 1))
    for _ in range(4):
        await held.get()
    for declared in (most, None, BODY_BYTES_MAX + 1):
        with pytest.raises(Overloaded):
            await put(declared)
    small = asyncio.create_task(put(BODY_BYTES_MAX))
    await held.get()
    done.set()
    assert await asyncio.gather(said, unsaid, third, fourth, small, put(most)) == [204] * 6


def test_a_token_that_was_read_before_ends_when_it_ends() -> None:
    signer, subject = Tokens("s" * 32, 3_600), uuid7()
    now = dt.datetime.now(dt.UTC)
    token, _ = signer.sign("buyer", str(subject), now, expires_in_s=2 - LEEWAY_S)
    assert signer.named("buyer", token).subject == signer.named("buyer", token).subject == subject
    time.sleep(2.1)
    with pytest.raises(Unauthenticated, match="expired"):
        signer.named("buyer", token)


def test_a_token_that_was_read_opens_no_other_realm_and_few_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "READ_MAX", 3)
    signer, now = Tokens("s" * 32, 3_600), dt.datetime.now(dt.UTC)
    subjects = [uuid7() for _ in range(9)]
    signed = [signer.sign("buyer", str(subject), now)[0] for subject in subjects]
    for _ in range(2):
        assert [signer.named("buyer", token).subject for token in signed] == subjects
        assert len(signer._named) <= 3
        with pytest.raises(Unauthenticated):
            signer.named("operator", signed[-1])


def test_a_bucket_of_the_histogram_holds_all_that_was_faster_too() -> None:
    traffic, registry = Traffic(), CollectorRegistry()
    registry.register(traffic)
    for seconds in (0.001, 0.005, 0.006, 3.0, 99.0):
        traffic.count("hold", 201, seconds)
    traffic.count("hold", 409, 0.3)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"fullhouse_http_{name}", {"route": "hold", **labels})

    assert value("requests_total", status="201") == 5
    assert value("requests_total", status="409") == 1
    buckets = {
        bound: value("seconds_bucket", le=bound) for bound in ("0.005", "0.01", "5.0", "+Inf")
    }
    assert buckets == {"0.005": 2, "0.01": 3, "5.0": 5, "+Inf": 6}
    assert value("seconds_count") == 6
    assert value("seconds_sum") == pytest.approx(102.312)


class _Stream(io.BytesIO):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[list[dict[str, Any]]] = []

    def write(self, data: Any, /) -> int:
        self.writes.append([json.loads(line) for line in bytes(data).splitlines()])
        return len(data)

    @property
    def said(self) -> list[list[str]]:
        return [[line["event"] for line in lines] for lines in self.writes]


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Stream]:
    root = logging.getLogger()
    kept, level, configured = root.handlers[:], root.level, logs.structlog.get_config()
    written = _Stream()
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(written))
    logs.configure("test", "INFO")
    yield written
    logs.structlog.configure(**configured)
    root.handlers[:], root.level = kept, level


async def test_the_lines_of_one_turn_are_one_write_and_a_warning_takes_them_along(
    stream: _Stream,
) -> None:
    log = logs.get("test")
    log.info("one")
    log.debug("unheard")
    log.info("two")
    assert stream.said == []
    await asyncio.sleep(0)
    assert stream.said == [["one", "two"]]
    log.info("three")
    log.warning("four")
    logging.getLogger("elsewhere").warning("%s", "five")
    await asyncio.sleep(0)
    assert [event for said in stream.said[1:] for event in said] == ["three", "four", "five"]
    assert stream.said[1] == ["three", "four"]


async def test_no_thread_loses_a_line(stream: _Stream) -> None:
    log, count = logs.get("test"), 500

    def talk(name: int) -> None:
        for at in range(count):
            log.info("said", name=name, nth=at)

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        log.info("said", name=9, nth=0)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    lines = [line for written in stream.writes for line in written]
    for name in range(4):
        assert [line["nth"] for line in lines if line["name"] == name] == list(range(count))


def test_a_line_can_be_of_anything(stream: _Stream) -> None:
    subject = uuid7()
    logs.get("test").info("odd", id=subject, path="\ud800", thing=object(), nested={1: {2}})
    try:
        raise ValueError("why")
    except ValueError:
        logs.get("test").exception("failed")
    [[odd], [failed]] = stream.writes
    assert (odd["event"], odd["id"], odd["level"]) == ("odd", str(subject), "info")
    assert "ValueError: why" in failed["exception"]
    assert failed["level"] == "error"


class _Transport(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def test_an_answer_is_one_write() -> None:
    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        status = 204 if scope["path"] == "/empty" else 200
        length = [] if scope["path"] == "/chunks" else [(b"content-length", b"1")]
        await receive()
        headers = [] if status == 204 else length
        if scope["path"] == "/long":
            headers = [(b"content-length", b"7")]
        headers += {"/odd": [(b"o dd", b"x")], "/split": [(b"x", b"y\r\nset-cookie: z")]}.get(
            scope["path"], []
        )
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if scope["path"] == "/broken":
            raise RuntimeError("after the head")
        if scope["path"] == "/chunks":
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b"" if status == 204 else b"y"})

    config = uvicorn.Config(answers, lifespan="off", log_config=None)
    config.load()

    async def written(*heads: str) -> _Transport:
        protocol = StreamHttpProtocol(config, ServerState(), {})
        transport = _Transport()
        protocol.connection_made(transport)
        protocol.data_received("".join(f"{head}\r\nHost: x\r\n\r\n" for head in heads).encode())
        for _ in range(50):  # turns of the loop, many more than it takes
            await asyncio.sleep(0)
        return transport

    def ends(transport: _Transport) -> list[tuple[bytes, bytes]]:
        return [(write[9:12], write.rpartition(b"\r\n\r\n")[2]) for write in transport.writes]

    assert ends(await written("GET / HTTP/1.1")) == [(b"200", b"y")]
    assert ends(await written("GET / HTTP/1.1", "GET / HTTP/1.1")) == [(b"200", b"y")] * 2
    assert ends(await written("HEAD / HTTP/1.1")) == [(b"200", b"")]
    assert ends(await written("DELETE /empty HTTP/1.1")) == [(b"204", b"")]
    head, *chunks = (await written("GET /chunks HTTP/1.1")).writes
    assert head.endswith(b"transfer-encoding: chunked\r\n\r\n")
    assert chunks == [b"1\r\nx\r\n", b"1\r\ny\r\n0\r\n\r\n"]
    asked = await written("POST / HTTP/1.1\r\nContent-Length: 0\r\nExpect: 100-continue")
    assert ends(asked) == [(b"100", b""), (b"200", b"y")]
    broken = await written("GET /broken HTTP/1.1")
    assert (broken.writes[0][:12], broken.closed) == (b"HTTP/1.1 500", True)
    last = await written("GET / HTTP/1.1\r\nConnection: close")
    assert b"connection: close\r\n" in last.writes[0]
    assert (last.writes[1:], last.closed) == ([b"y"], True)
    for wrong in ("/odd", "/split"):
        refused = await written(f"GET {wrong} HTTP/1.1")
        assert (refused.writes, refused.closed) == ([], True)
    assert (await written("GET /long HTTP/1.1")).closed


def test_a_crowd_that_connects_at_once_is_let_in_within_a_few_turns() -> None:
    """While a busy connection makes each turn of the loop take 20 ms."""
    crowd, turn_s, turns = 64, 0.02, 0

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal turns
        if scope["path"] == "/busy":
            turns += 1
            time.sleep(turn_s)  # noqa: ASYNC251
        await PlainTextResponse("x")(scope, receive, send)

    async def ask(port: int, path: str, times: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(times):
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await reader.readuntil(b"x")
        writer.close()

    async def run() -> int:
        config = uvicorn.Config(slow, port=0, lifespan="off", log_config=None, access_log=False)
        sockets = app.listeners(config)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets))
        port = sockets[0].getsockname()[1]
        busy = asyncio.create_task(ask(port, "/busy", 1_000))
        await asyncio.sleep(0.2)
        before = turns
        await asyncio.gather(*(ask(port, "/", 1) for _ in range(crowd)))
        taken = turns - before
        busy.cancel()
        server.should_exit = True
        await serving
        return taken

    def on_uvloop() -> int:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(run())

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(on_uvloop).result(60) < crowd / 2


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://tickets.example", True),
        ("https://tickets.example:8443", True),
        ("http://tickets.example", False),
        ("https://evil.example", False),
        ("https://tickets.example.evil.example", False),
        ("https://tickets.example@evil.example", False),
        ("null", False),
        ("https://", False),
        ("https://[", False),
    ],
)
async def test_pages_of_registered_domains_may_call_and_no_others(origin: str, may: bool) -> None:
    limits = Limits(Redis(), 0)
    api = Api([_operation("POST", "/c", "posted")], PlainTextResponse("page"), limits,
              Origins(_is_known))  # fmt: skip
    edge = Edge(api, _refuse)
    asked = [(b"host", b"house.example"), (b"origin", origin.encode())]
    wanted = [(b"access-control-request-method", b"POST")]
    for method, more, status in (("POST", [], 200), ("OPTIONS", wanted, 204)):
        sent, _ = await _ask(edge, method, "/c", headers=asked + more)
        told = dict(sent[0]["headers"])
        assert sent[0]["status"] == status
        assert told.get(b"access-control-allow-origin") == (origin.encode() if may else None)
        assert told[b"vary"] == b"Origin"
        assert b"access-control-allow-credentials" not in told
        if method == "OPTIONS":
            assert told[b"access-control-allow-methods"] == b"POST"
    sent, _ = await _ask(edge, "POST", "/c", headers=[(b"host", b"a"), (b"origin", b"https://a")])
    assert b"vary" not in dict(sent[0]["headers"])
