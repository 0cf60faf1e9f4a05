"""Files are kept and given back, whichever adapter keeps them."""

import datetime as dt
import threading
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from server.kernel.db import Database
from server.objects.models import Objects, Stored, StoreUnavailable
from server.objects.s3 import Bucket, S3Objects, sign
from server.objects.service import PostgresObjects

EXAMPLE = Bucket(
    "https://examplebucket.s3.amazonaws.com",
    "us-east-1",
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)
DAY = dt.datetime(2013, 5, 24, tzinfo=dt.UTC)


def test_requests_are_signed_as_the_specification_s_examples() -> None:
    """Source: AWS, "Examples: Signature Calculations in AWS Signature Version 4"."""
    url = f"{EXAMPLE.url}/test.txt"
    get = sign(EXAMPLE, "GET", url, {"range": "bytes=0-9"}, b"", DAY)["authorization"]
    assert get == (
        "AWS4-HMAC-SHA256 "
        "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )
    headers = {
        "date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY",
    }  # fmt: skip
    url = f"{EXAMPLE.url}/test%24file.text"
    put = sign(EXAMPLE, "PUT", url, headers, b"Welcome to Amazon S3.", DAY)["authorization"]
    assert put.endswith(
        "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    )


class _S3(BaseHTTPRequestHandler):
    """A bucket as S3 is one, but for looking at signatures: those have a law of their own."""

    kept: dict[str, tuple[bytes, str]]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.kept[self.path] = (body, self.headers["content-type"])
        self._answer(200 if self.headers["authorization"] else 403, b"", "text/plain")

    def do_GET(self) -> None:
        found = self.kept.get(self.path)
        self._answer(200 if found else 404, *(found or (b"", "application/xml")))

    def _answer(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture(params=["postgres", "s3"])
async def objects(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Objects]:
    if request.param == "postgres":
        db = await Database.open(database_url, connections_max=1)
        yield PostgresObjects(db)
        await db.close()
        return
    server = HTTPServer(("127.0.0.1", 0), type("Bucket", (_S3,), {"kept": {}}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/bucket"
    store = S3Objects(Bucket(url, "eu-central-1", "key", "secret"))
    yield store
    await store.close()
    server.shutdown()
    server.server_close()


async def test_what_was_put_is_what_one_gets(objects: Objects) -> None:
    assert await objects.get("a.webp") is None
    first, second = Stored(bytes(range(256)), "image/webp"), Stored(b"", "text/plain")
    for _ in range(2):
        await objects.put("a.webp", first)
    await objects.put("b.txt", second)
    assert (await objects.get("a.webp"), await objects.get("b.txt")) == (first, second)


async def test_a_bucket_that_does_not_answer_is_told_as_that() -> None:
    store = S3Objects(Bucket("http://127.0.0.1:9", "x", "key", "secret"))
    with pytest.raises(StoreUnavailable):
        await store.get("a.webp")
    with pytest.raises(StoreUnavailable):
        await store.put("a.webp", Stored(b"", "image/webp"))
    await store.close()
