"""An event's cover: whatever is uploaded, what is served is an image of ours."""

import io
import struct
import zlib

import httpx
import pytest
from PIL import Image

from server.catalog.covers import IMAGE_BYTES_MAX, PIXELS_MAX
from tests.fixtures.product import Product
from tests.server.catalog.test_setups import Planner
from tests.server.support import ok, problem


@pytest.fixture
async def planner(house: Product, client: httpx.AsyncClient) -> Planner:
    return await Planner(house, client).ready()


def _photo(width: int, height: int, *, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "where we live"
    written = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 90)).save(written, "JPEG", exif=exif)
    return written.getvalue()


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


async def test_a_cover_is_made_anew_and_served_for_ever(
    planner: Planner, client: httpx.AsyncClient
) -> None:
    setup = ok(await planner.act("publish", await planner.full()))
    path = f"/v1/events/{setup['id']}/cover"
    photo = _photo(3_000, 1_000, orientation=6)
    setup = ok(await planner.call("PUT", f"{path}?revision={setup['revision']}", photo))
    assert ok(await client.get(f"/v1/events/{setup['id']}"))["cover_url"] == setup["cover_url"]
    served = await client.get(setup["cover_url"])
    assert served.headers["content-type"] == "image/webp"
    assert "immutable" in served.headers["cache-control"]
    assert served.headers["x-content-type-options"] == "nosniff"
    assert b"where we live" not in served.content
    with Image.open(io.BytesIO(served.content)) as image:
        assert (image.format, image.size) == ("WEBP", (533, 1_600)), "upright"
    stale = await planner.call("PUT", f"{path}?revision=0", photo)
    problem(stale, 412, "event-moved")
    setup = ok(await planner.call("DELETE", f"{path}?revision={setup['revision']}"))
    assert setup["cover_url"] is None
    for name in ("x", "a" * 64 + ".webp", "..%2Fetc"):
        problem(await client.get(f"/v1/images/{name}"), 404, "not-found")


async def test_what_is_no_image_is_refused(planner: Planner) -> None:
    setup = await planner.plan()
    path = f"/v1/events/{setup['id']}/cover?revision={setup['revision']}"
    side = int(PIXELS_MAX**0.5) + 1
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    whole = _photo(300, 300)
    for file in (b"", b"GIF89a", svg, whole[:200], _png_that_claims(side, side)):
        problem(await planner.call("PUT", path, file), 422, "image-refused")
    large = await planner.call("PUT", path, bytes(IMAGE_BYTES_MAX + 1))
    problem(large, 413, "content-too-large")
    assert (await planner.setup(setup["id"]))["revision"] == setup["revision"]
