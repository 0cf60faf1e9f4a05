"""The front-end that `web/` builds: which files a page needs, and the files themselves."""

import gzip
import hashlib
import mimetypes
from pathlib import Path

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.kernel import logs

DIST = Path(__file__).resolve().parents[2] / "web" / "dist"
URL = "/assets/"
IMMUTABLE = "public, max-age=31536000, immutable"
_COMPRESSED = {".js", ".css", ".svg", ".json"}

_log = logs.get(__name__)


class _Chunk(msgspec.Struct):
    """One entry of Vite's manifest."""

    file: str
    imports: list[str] = []


class _File(msgspec.Struct):
    body: bytes
    gzipped: bytes | None
    media_type: str
    etag: str


class Assets:
    """`dist`: what Vite built. Without it pages are plain: they work, nothing moves by itself."""

    def __init__(self, dist: Path = DIST) -> None:
        self._chunks: dict[str, _Chunk] = {}
        self._files: dict[str, _File] = {}
        manifest = dist / "manifest.json"
        if not manifest.exists():
            _log.warning("no front-end: pages stay plain until `make web`", folder=str(dist))
            return
        self._chunks = msgspec.json.decode(manifest.read_bytes(), type=dict[str, _Chunk])
        for path in dist.iterdir():
            if path.is_file() and path != manifest:
                self._files[path.name] = _read(path)

    def styles(self, entry: str) -> list[str]:
        """URLs of the style sheet that `web/` has at `entry`; empty without a front-end."""
        chunk = self._chunks.get(entry)
        return [URL + chunk.file] if chunk else []

    scripts = styles

    def preloads(self, entry: str) -> list[str]:
        """URLs of the modules that the script at `entry` imports, however deep."""
        found: dict[str, None] = {}
        pending = list(self._chunks[entry].imports) if entry in self._chunks else []
        while pending:
            key = pending.pop()
            if key not in found:
                found[key] = None
                pending += self._chunks[key].imports
        return [URL + self._chunks[key].file for key in found]

    async def serve(self, request: Request) -> Response:
        """A built file. Its name has the hash of its content, so it may be kept for ever."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        headers = {"ETag": file.etag, "Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        body = file.body
        if file.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"], body = "gzip", file.gzipped
        return Response(body, headers=headers, media_type=file.media_type)


def _read(path: Path) -> _File:
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":
        media_type = "text/javascript"
    if path.suffix == ".woff2":
        media_type = "font/woff2"
    return _File(
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else None,
        media_type=media_type,
        etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"',
    )
