"""Cover images: what a stranger uploads is decoded, made small and written anew, and only that is
kept and served."""

import asyncio
import hashlib
import io
import re
import uuid
from collections.abc import Awaitable, Callable

from PIL import Image, ImageOps

from server import audit
from server.catalog import events
from server.catalog import sql_events as sql
from server.catalog.event_models import EventSetup, ImageRefused
from server.catalog.events import Events
from server.catalog.service import Catalog
from server.kernel import idempotency
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import NotFound
from server.kernel.idempotency import Key
from server.objects.models import Objects, Stored

IMAGE_BYTES_MAX = 8 << 20
PIXELS_MAX = 40_000_000
SIDE_MAX = 1_600
QUALITY = 82
DECODING_MAX = 2
"""So many images at once: each takes up to four bytes per pixel while it is decoded."""
NAME = re.compile(r"[0-9a-f]{64}\.webp")


class Covers:
    def __init__(self, db: Database, memory: Catalog, setups: Events, objects: Objects) -> None:
        self._db, self._memory, self._events, self._objects = db, memory, setups, objects
        self._decoding = asyncio.Semaphore(DECODING_MAX)

    async def set(
        self, org_id: str, event_id: uuid.UUID, revision: int, file: bytes, key: Key | None
    ) -> EventSetup:
        """Raises ImageRefused, EventMoved, NotFound, StoreUnavailable."""

        async def prepare() -> str:
            async with self._decoding:
                body = await asyncio.to_thread(made_anew, file)
            name = f"{hashlib.sha256(body).hexdigest()}.webp"
            await self._objects.put(name, Stored(body, "image/webp"))
            return name

        return await self._put(org_id, event_id, revision, prepare, key)

    async def remove(
        self, org_id: str, event_id: uuid.UUID, revision: int, key: Key | None
    ) -> EventSetup:
        """Raises EventMoved, NotFound."""

        async def prepare() -> None:
            return None

        return await self._put(org_id, event_id, revision, prepare, key)

    async def _put(
        self,
        org_id: str,
        event_id: uuid.UUID,
        revision: int,
        cover: Callable[[], Awaitable[str | None]],
        key: Key | None,
    ) -> EventSetup:
        async def prepare() -> Work[EventSetup]:
            before = await self._events.find(org_id, event_id)
            geometry = await self._events.geometry_of(before.map_id)
            name = await cover()

            async def act(tx: Tx) -> EventSetup:
                row = await events.lock(tx, org_id, event_id, revision)
                await sql.SET_COVER.run(tx, event_id, org_id, name)
                await audit.record(
                    tx, org_id, "event.updated", subject=f"event:{event_id}",
                    data={"before": {"cover": row.cover}, "after": {"cover": name}},
                )  # fmt: skip
                return await events.setup(tx, await events.lock(tx, org_id, event_id), geometry)

            return act

        try:
            return await idempotency.prepared(self._db, key, EventSetup, prepare)
        finally:
            self._memory.forget(event_id)

    async def image(self, name: str) -> Stored:
        """Raises NotFound, StoreUnavailable."""
        stored = await self._objects.get(name) if NAME.fullmatch(name) else None
        if stored is None:
            raise NotFound("no such image")
        return stored


def made_anew(file: bytes) -> bytes:
    """A WebP of at most SIDE_MAX pixels a side, upright, and with nothing else that the file said.

    Raises ImageRefused.
    """
    try:
        with Image.open(io.BytesIO(file), formats=("JPEG", "PNG", "WEBP")) as image:
            width, height = image.size
            if width * height > PIXELS_MAX:
                raise ImageRefused(
                    f"the image has {width} x {height} pixels: at most {PIXELS_MAX:,} in all"
                )
            image.draft("RGB", (SIDE_MAX, SIDE_MAX))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE_MAX, SIDE_MAX))
            written = io.BytesIO()
            upright.convert("RGB").save(written, "WEBP", quality=QUALITY)
            return written.getvalue()
    except ImageRefused:
        raise
    except Exception as error:  # of what a stranger's file makes decoders raise is no list
        raise ImageRefused("the file is not a JPEG, PNG or WebP image that can be read") from error
