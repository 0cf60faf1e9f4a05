"""Directories of venues and artists that others keep: asked on a reader's behalf, and answered
verbatim. Nothing of it is kept here."""

from collections.abc import Mapping

import httpx
import msgspec
from starlette.responses import Response

from server.kernel.errors import BadRequest, DomainError

TIMEOUT_S = 5.0
ANSWER_BYTES_MAX = 4 << 20


class VenuesQuery(msgspec.Struct):
    """As the directory has them."""

    page: str | None = None
    limit: str | None = None
    q: str | None = None
    status: str | None = None
    city: str | None = None


class ArtistsQuery(msgspec.Struct):
    """As the directory has them."""

    page: str | None = None
    limit: str | None = None
    q: str | None = None
    genre: str | None = None
    sort: str | None = None
    country: str | None = None
    include: str | None = None


VENUES_ASK = frozenset(VenuesQuery.__struct_fields__)
ARTISTS_ASK = frozenset(ArtistsQuery.__struct_fields__)


class DirectoryFailed(DomainError):
    """The directory did not answer, or not in time."""


class DirectoryOff(DomainError):
    """This platform is set up without the directory."""


class Directory:
    """`url`: where its list is, empty for none; `asks`: the query parameters that go through.

    An entry is at `url/{id}`. `key` is sent as a bearer token, if there is one.
    """

    def __init__(self, name: str, url: str, key: str, asks: frozenset[str]) -> None:
        self._name, self._url, self._asks = name, url.rstrip("/"), asks
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S, headers=headers)

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, query: Mapping[str, str], entry_id: str | None = None) -> Response:
        """Status, media type and body are the directory's. Raises DirectoryFailed, DirectoryOff,
        BadRequest."""
        if not self._url:
            raise DirectoryOff(f"there is no directory of {self._name} here")
        unknown = sorted(query.keys() - self._asks)
        if unknown:
            raise BadRequest(f"query parameters: no such as {', '.join(unknown)}")
        url = self._url
        if entry_id is not None:
            if not entry_id.replace("-", "").replace("_", "").isalnum() or len(entry_id) > 100:
                raise BadRequest("an id of the directory has letters, digits, - and _")
            url = f"{url}/{entry_id}"
        try:
            async with self._client.stream("GET", url, params=dict(query)) as answer:
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MAX:
                        raise DirectoryFailed(f"the directory of {self._name} says too much")
        except httpx.HTTPError as error:
            detail = f"the directory of {self._name} does not answer: {type(error).__name__}"
            raise DirectoryFailed(detail) from error
        headers = {"Cache-Control": "no-store"}
        media_type = answer.headers.get("content-type", "application/octet-stream")
        return Response(bytes(body), answer.status_code, headers, media_type)
