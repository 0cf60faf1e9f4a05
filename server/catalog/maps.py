"""Maps from the upload to the version that is sold: drafts, edits, publication.

A draft is a drawing, what a person says of it (a mapping) and a list of edits; what they come to is
made anew from these three, by the draftsman's process, whenever one of them changes. A change names
the revision that it was made on and is refused when there is another.
"""

import datetime as dt
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import msgspec

from server.catalog import lineages
from server.catalog import service as catalog
from server.catalog import sql_maps as sql
from server.catalog.drafting import (
    Drafted,
    Labels,
    MakeDraft,
    ReadLabels,
    Refused,
    Source,
)
from server.catalog.draftsman import Draftsman
from server.catalog.edits import Edit
from server.catalog.map_models import (
    EDITS_BYTES_MAX,
    EDITS_MAX,
    DrawingRefused,
    EditList,
    EditRefused,
    MapExists,
    MapLine,
    MapNotPublished,
    MapPage,
    MapPublished,
    MapView,
    NewMap,
    Summary,
)
from server.catalog.map_views import edits_of, latest_of, venue_of, view
from server.catalog.publishing import insert_source
from server.catalog.sql_maps import LineageRow
from server.kernel import idempotency
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.ids import uuid7

DOCUMENTS_MAX = 8
_END = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), uuid.UUID(int=(1 << 128) - 1))


class Change(msgspec.Struct):
    """A draft as it shall be. `new_source`: where it is not made of `source_id` any more."""

    edits: list[Edit]
    source_id: uuid.UUID | None
    drawing_name: str
    new_source: Source | None = None
    summary: Summary | None = None
    document: bytes | None = None


class Maps:
    """Of one organization each: another's map is NotFound."""

    def __init__(self, db: Database, draftsman: Draftsman) -> None:
        self._db, self._draftsman = db, draftsman
        self._documents: OrderedDict[tuple[uuid.UUID, int], bytes] = OrderedDict()

    async def page(self, org_id: str, page_size: int, next_token: str | None) -> MapPage:
        """Raises BadRequest for a token that is not ours."""
        size = max(1, min(page_size, catalog.PAGE_SIZE_MAX))
        before = catalog.read_token(next_token) if next_token else _END
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.LINES.all(tx, org_id, *before, size + 1)
        last = rows[size - 1] if len(rows) > size else None
        return MapPage(
            [
                MapLine(
                    row.id, row.name, venue_of(row), row.revision, row.updated_at, latest_of(row)
                )
                for row in rows[:size]
            ],
            catalog.token_of(last.updated_at, last.id) if last else None,
        )

    async def create(self, org_id: str, wish: NewMap, key: Key | None) -> MapView:
        """Raises MapExists, NotFound for a venue that is not the organization's, BadRequest."""
        if (wish.venue is None) == (wish.venue_id is None):
            raise BadRequest("say either venue_id or venue")

        async def act(tx: Tx) -> MapView:
            venue_id, new = wish.venue_id, wish.venue
            if venue_id is not None and await sql.VENUE.value(tx, venue_id, org_id) is None:
                raise NotFound("no such venue")
            if new is not None:
                venue_id = await catalog.create_venue(tx, org_id, new.name, new.city, new.country)
            map_id = uuid7()
            if not await sql.INSERT_LINEAGE.run(tx, map_id, org_id, venue_id, wish.name):
                raise MapExists("the venue has a map of this name: choose another")
            return view(await lineages.find(tx, org_id, map_id))

        return await idempotency.settled(self._db, key, MapView, act)

    async def get(self, org_id: str, map_id: uuid.UUID) -> MapView:
        """Raises NotFound."""
        row = await lineages.read(self._db, org_id, map_id)
        if row.source_id is not None and row.summary is None:
            # Published without a draft of its own: nobody has looked at it yet.
            change = await self._now(row)
            async with self._db.tx() as tx:
                await sql.SUM_UP.run(tx, map_id, row.revision, change.summary)
            row.summary = msgspec.to_builtins(change.summary)
        return view(row)

    async def edits(self, org_id: str, map_id: uuid.UUID) -> EditList:
        """Raises NotFound."""
        row = await lineages.read(self._db, org_id, map_id)
        return EditList(row.revision, edits_of(row))

    async def draft(self, org_id: str, map_id: uuid.UUID) -> tuple[int, bytes]:
        """The revision, and a `Draft` as gzipped JSON. Raises NotFound, MapNotReady."""
        row = await lineages.read(self._db, org_id, map_id)
        found = self._documents.get((map_id, row.revision))
        if found is None:
            found = (await self._now(row)).document
            self._remember(map_id, row.revision, found)
        assert found is not None, "what has a source has a document"
        return row.revision, found

    async def upload(
        self, org_id: str, map_id: uuid.UUID, revision: int, drawing: bytes, name: str,
        key: Key | None,
    ) -> MapView:  # fmt: skip
        """A new drawing; mapping and edits stay. Raises DrawingRefused, DraftMoved, NotFound."""

        async def change(row: LineageRow) -> Change:
            source = Source(drawing, row.mapping)
            made = await self._made(row, edits_of(row), source)
            made.drawing_name = name
            if hashlib.sha256(drawing).digest() != row.drawing_sha256:
                made.new_source = source
            return made

        return await self._revise(org_id, map_id, revision, key, change)

    async def map_by(
        self, org_id: str, map_id: uuid.UUID, revision: int, mapping: str | None, key: Key | None
    ) -> MapView:
        """Read the drawing by another mapping. Raises DrawingRefused, DraftMoved, NotFound."""

        async def change(row: LineageRow) -> Change:
            source = Source((await lineages.source_of(self._db, row)).drawing, mapping)
            made = await self._made(row, edits_of(row), source)
            if mapping != row.mapping:
                made.new_source = source
            return made

        return await self._revise(org_id, map_id, revision, key, change)

    async def append(
        self, org_id: str, map_id: uuid.UUID, revision: int, more: list[Edit], key: Key | None
    ) -> MapView:
        """All of these edits, or none. Raises EditRefused, DraftMoved, MapNotReady, NotFound."""

        async def change(row: LineageRow) -> Change:
            before = edits_of(row)
            edits = _bounded([*before, *more])
            source = await lineages.source_of(self._db, row)
            return await self._made(row, edits, source, strict_from=len(before))

        return await self._revise(org_id, map_id, revision, key, change)

    async def replace(
        self, org_id: str, map_id: uuid.UUID, revision: int, edits: list[Edit], key: Key | None
    ) -> MapView:
        """These edits instead of those there were. Raises DraftMoved, MapNotReady, NotFound."""

        async def change(row: LineageRow) -> Change:
            source = await lineages.source_of(self._db, row)
            return await self._made(row, _bounded(edits), source)

        return await self._revise(org_id, map_id, revision, key, change)

    async def discard(
        self, org_id: str, map_id: uuid.UUID, revision: int, key: Key | None
    ) -> MapView:
        """Back to what the latest version was made of. Raises MapNotPublished, DraftMoved."""

        async def change(row: LineageRow) -> Change:
            if row.version_id is None:
                raise MapNotPublished("nothing was published yet: delete the map instead")
            edits = msgspec.convert(row.version_edits, list[Edit])
            row.source_id = row.version_source_id
            if row.source_id is None:
                return Change(edits, None, "")
            return await self._made(row, edits, await lineages.source_of(self._db, row))

        return await self._revise(org_id, map_id, revision, key, change)

    async def delete(self, org_id: str, map_id: uuid.UUID, revision: int, key: Key | None) -> None:
        """Raises MapPublished where it has versions, DraftMoved, NotFound."""

        async def act(tx: Tx) -> Done:
            await lineages.lock(tx, org_id, map_id, revision)
            row = await lineages.find(tx, org_id, map_id)
            if row.version_id is not None:
                raise MapPublished("this map has versions, which stay; discard its draft instead")
            await sql.DELETE_LINEAGE.run(tx, map_id)
            await sql.DROP_SOURCE.run(tx, row.source_id)
            return Done()

        await idempotency.settled(self._db, key, Done, act)

    async def labels(self, org_id: str, drawing: bytes) -> Labels:
        """The words of a drawing and what they name; nothing is kept. Raises DrawingRefused."""
        found = await self._draftsman.perform(org_id, ReadLabels(drawing))
        if isinstance(found, Refused):
            raise DrawingRefused(found.detail)
        assert isinstance(found, Labels)
        return found

    async def _made(
        self, row: LineageRow, edits: list[Edit], source: Source, strict_from: int | None = None
    ) -> Change:
        """The next revision. `strict_from`: from this edit on, each must have what it acts on."""
        return await self._draw(row, row.revision + 1, edits, source, strict_from)

    async def _now(self, row: LineageRow) -> Change:
        """The revision that there is."""
        return await self._draw(
            row, row.revision, edits_of(row), await lineages.source_of(self._db, row)
        )

    async def _draw(
        self,
        row: LineageRow,
        revision: int,
        edits: list[Edit],
        source: Source,
        strict_from: int | None = None,
    ) -> Change:
        task = MakeDraft(source, edits, f"{row.id}:{revision}")
        made = await self._draftsman.perform(row.org_id, task)
        if isinstance(made, Refused):
            raise DrawingRefused(made.detail)
        assert isinstance(made, Drafted)
        for at, lost in enumerate(made.lost):
            if strict_from is not None and at >= strict_from and lost:
                raise EditRefused(at - strict_from, lost)
        return Change(
            edits, row.source_id, row.drawing_name,
            summary=Summary(made.counts, made.report), document=made.document,
        )  # fmt: skip

    async def _revise(
        self,
        org_id: str,
        map_id: uuid.UUID,
        revision: int,
        key: Key | None,
        change: Callable[[LineageRow], Awaitable[Change]],
    ) -> MapView:
        made: list[bytes | None] = []

        async def prepare() -> Work[MapView]:
            row = await lineages.read(self._db, org_id, map_id, revision)
            before = row.source_id
            wanted = await change(row)

            async def act(tx: Tx) -> MapView:
                await lineages.lock(tx, org_id, map_id, revision)
                source_id = wanted.source_id
                if wanted.new_source is not None:
                    source_id = await insert_source(tx, org_id, wanted.new_source)
                await sql.REVISE.run(
                    tx, map_id, source_id, wanted.drawing_name, wanted.edits, wanted.summary
                )
                if source_id != before:
                    await sql.DROP_SOURCE.run(tx, before)
                made.append(wanted.document)
                return view(await lineages.find(tx, org_id, map_id))

            return act

        revised = await idempotency.prepared(self._db, key, MapView, prepare)
        if made:
            self._remember(map_id, revised.revision, made[0])
        return revised

    def _remember(self, map_id: uuid.UUID, revision: int, document: bytes | None) -> None:
        if document is not None:
            self._documents[map_id, revision] = document
        while len(self._documents) > DOCUMENTS_MAX:
            self._documents.popitem(last=False)


def _bounded(edits: list[Edit]) -> list[Edit]:
    """Raises BadRequest for more than a draft has."""
    if len(edits) > EDITS_MAX:
        raise BadRequest(f"a draft has at most {EDITS_MAX} edits")
    if len(msgspec.json.encode(edits)) > EDITS_BYTES_MAX:
        raise BadRequest(f"a draft's edits have at most {EDITS_BYTES_MAX} bytes as JSON")
    return edits
