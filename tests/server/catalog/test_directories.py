"""What others keep is passed on as they say it, and its failures as theirs."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from server.catalog.directories import ANSWER_BYTES_MAX, Directory, DirectoryFailed, DirectoryOff
from server.kernel.errors import BadRequest
from tests.server.support import ok, problem

ASKS = frozenset({"q", "page"})


class Upstream:
    """Answers each request with the next of `answers`, raw, and remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.answers: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answers.pop(0))
        await writer.drain()
        writer.close()

    def will_say(self, status: str, body: bytes, media_type: str = "application/json") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}"
        self.answers.append(f"{head}\r\nSet-Cookie: a=b\r\n\r\n".encode() + body)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    made = Upstream()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v2/venues"
    yield made
    server.close()


async def test_an_answer_is_the_directorys_own_and_a_question_only_what_it_takes(
    upstream: Upstream,
) -> None:
    directory = Directory("venues", f"{upstream.url}/", "s3cret", ASKS)
    body = b'{"b": 1,   "a": [1.50]}'
    upstream.will_say("200 OK", body)
    answer = await directory.ask({"q": "a b&c=d", "page": "2"})
    assert (answer.status_code, answer.body) == (200, body)
    assert "set-cookie" not in answer.headers
    assert "GET /v2/venues?q=a+b%26c%3Dd&page=2 " in upstream.asked[0]
    assert "authorization: bearer s3cret" in upstream.asked[0].lower()
    upstream.will_say("404 Not Found", b"none", "text/plain")
    answer = await directory.ask({}, "ab-1_2")
    assert (answer.status_code, answer.body) == (404, b"none")
    assert "GET /v2/venues/ab-1_2 " in upstream.asked[1]
    for entry in ("..", "a/b", "a?b", "%2e", "a" * 101, ""):
        with pytest.raises(BadRequest):
            await directory.ask({}, entry)
    with pytest.raises(BadRequest):
        await directory.ask({"callback": "x"})
    assert len(upstream.asked) == 2
    await directory.close()


async def test_a_directory_that_fails_is_told_as_that(upstream: Upstream) -> None:
    directory = Directory("venues", upstream.url, "", ASKS)
    upstream.answers.append(b"nonsense\r\n\r\n")
    upstream.will_say("200 OK", bytes(ANSWER_BYTES_MAX + 1))
    for _ in range(2):
        with pytest.raises(DirectoryFailed):
            await directory.ask({})
    gone = Directory("venues", "http://127.0.0.1:9/x", "", ASKS)
    with pytest.raises(DirectoryFailed):
        await gone.ask({})
    with pytest.raises(DirectoryOff):
        await Directory("venues", "", "", ASKS).ask({})
    await directory.close()


async def test_the_api_passes_on(client: httpx.AsyncClient) -> None:
    assert ok(await client.get("/v1/directory/venues", params={"q": "x"}))["status"] == "ok"
    assert (await client.get("/v1/directory/artists/someone")).status_code == 404
    problem(await client.get("/v1/directory/artists?nothing=1"), 400, "bad-request")
