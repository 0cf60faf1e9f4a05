"""Versions of maps: published from a draft, immutable from then on, and what is sold by which."""

import uuid

from server.catalog import lineages
from server.catalog import sql_maps as sql
from server.catalog.drafting import Made, MakeVersion, NotReady, Refused
from server.catalog.draftsman import Draftsman
from server.catalog.map_models import (
    DraftMoved,
    DrawingRefused,
    EventOnMap,
    EventsOnMap,
    MapNotReady,
    MapVersion,
    VersionPage,
)
from server.catalog.map_views import edits_of, latest_of, version_of
from server.catalog.publishing import insert_version
from server.kernel import idempotency
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import NotFound
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7


class Versions:
    """Of one organization's maps each: another's are NotFound."""

    def __init__(self, db: Database, draftsman: Draftsman) -> None:
        self._db, self._draftsman = db, draftsman

    async def publish(
        self, org_id: str, map_id: uuid.UUID, revision: int, key: Key | None
    ) -> MapVersion:
        """The draft as an immutable version; the latest one where that says the same.

        Raises MapNotReady, DraftMoved, NotFound.
        """

        async def prepare() -> Work[MapVersion]:
            row = await lineages.read(self._db, org_id, map_id, revision)
            source = await lineages.source_of(self._db, row)
            geometry = keys = None
            if row.version_id is not None:
                async with self._db.tx(read_only=True) as tx:
                    stored = await sql.STORED.first(tx, row.version_id)
                assert stored is not None, "versions are never deleted"
                geometry, keys = stored.geometry, stored.seat_keys
            version_id = uuid7()
            made = await self._draftsman.perform(
                org_id, MakeVersion(source, edits_of(row), str(version_id), geometry, keys)
            )
            if isinstance(made, NotReady):
                raise MapNotReady(made.errors)
            if isinstance(made, Refused):
                raise DrawingRefused(made.detail)
            assert isinstance(made, Made)

            async def act(tx: Tx) -> MapVersion:
                await lineages.lock(tx, org_id, map_id, revision)
                now = await lineages.find(tx, org_id, map_id)
                if now.version_id != row.version_id:
                    raise DraftMoved(now.revision)
                if now.version_digest == made.digest:
                    latest = latest_of(now)
                    assert latest is not None
                    return latest
                return await insert_version(
                    tx, org_id, map_id, version_id, now.source_id, now.edits, made
                )

            return act

        return await idempotency.prepared(self._db, key, MapVersion, prepare)

    async def page(self, org_id: str, map_id: uuid.UUID) -> VersionPage:
        """Raises NotFound."""
        await lineages.read(self._db, org_id, map_id)
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.VERSIONS.all(tx, map_id, org_id)
        return VersionPage([version_of(row) for row in rows])

    async def get(self, org_id: str, map_id: uuid.UUID, version_id: uuid.UUID) -> MapVersion:
        """Raises NotFound."""
        version = await self.find(org_id, version_id)
        if version.map_id != map_id:
            raise NotFound("the map has no such version")
        return version

    async def find(self, org_id: str, version_id: uuid.UUID) -> MapVersion:
        """Of whatever map. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            row = await sql.VERSION.first(tx, version_id, org_id)
        if row is None:
            raise NotFound("no such version of a map")
        return version_of(row)

    async def events(self, org_id: str, map_id: uuid.UUID) -> EventsOnMap:
        """Which event is pinned to which version. Raises NotFound."""
        latest = (await lineages.read(self._db, org_id, map_id)).version_id
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.EVENTS_ON_MAP.all(tx, map_id, org_id)
        return EventsOnMap(
            [
                EventOnMap(
                    row.id, row.name, row.slug, row.starts_at, row.status, row.version_id,
                    row.version, row.version_id == latest,
                )
                for row in rows
            ]
        )  # fmt: skip
