"""Objects in a bucket of S3, or of what speaks as it does (R2, MinIO), by signed requests.

Source: AWS, Signature Version 4 for S3, "Authenticating Requests: Using the Authorization Header".
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from server.objects.models import Stored, StoreUnavailable

TIMEOUT_S = 10.0


class Bucket(msgspec.Struct, frozen=True):
    """`url`: of the bucket itself, `https://bucket.s3.eu-central-1.amazonaws.com` or
    `https://host/bucket`."""

    url: str
    region: str
    access_key: str
    secret_key: str


class S3Objects:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S)

    async def put(self, name: str, stored: Stored) -> None:
        answer = await self._ask("PUT", name, stored.body, {"content-type": stored.media_type})
        if answer.status_code // 100 != 2:
            raise _unavailable(answer)

    async def get(self, name: str) -> Stored | None:
        answer = await self._ask("GET", name, b"", {})
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise _unavailable(answer)
        return Stored(answer.content, answer.headers.get("content-type", ""))

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(
        self, method: str, name: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        url = f"{self._bucket.url.rstrip('/')}/{quote(name)}"
        signed = sign(self._bucket, method, url, headers, body, dt.datetime.now(dt.UTC))
        try:
            return await self._client.request(method, url, content=body, headers=signed)
        except httpx.HTTPError as error:
            raise StoreUnavailable(f"the store of files does not answer: {error!r}") from error


def sign(
    bucket: Bucket, method: str, url: str, headers: Mapping[str, str], body: bytes, now: dt.datetime
) -> dict[str, str]:
    """`headers`, in lower case, with those that prove who asks. `url`: quoted, with no query."""
    split = urlsplit(url)
    stamp, digest = now.strftime("%Y%m%dT%H%M%SZ"), hashlib.sha256(body).hexdigest()
    sent = {
        **headers,
        "host": split.netloc,
        "x-amz-content-sha256": digest,
        "x-amz-date": stamp,
    }
    names = ";".join(sorted(sent))
    lines = [f"{name}:{sent[name].strip()}\n" for name in sorted(sent)]
    request = "\n".join([method, split.path or "/", "", "".join(lines), names, digest])
    scope = f"{stamp[:8]}/{bucket.region}/s3/aws4_request"
    request_digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, request_digest])
    key = f"AWS4{bucket.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={bucket.access_key}/{scope}"
    proof = f"AWS4-HMAC-SHA256 {credential},SignedHeaders={names},Signature={signature}"
    return sent | {"authorization": proof}


def _unavailable(answer: httpx.Response) -> StoreUnavailable:
    return StoreUnavailable(f"the store of files answered {answer.status_code}")
