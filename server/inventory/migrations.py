"""What organizers ask when a house changes while it is on sale: what is in the way, the move."""

import asyncio
import uuid
from typing import Annotated

import msgspec

from server.catalog.map_models import MapVersion
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.catalog.versions import Versions
from server.inventory import migrate
from server.inventory.migrate import Difference, Drawn, InTheWay
from server.inventory.models import MigrationRefused
from server.inventory.service import once
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Key

Price = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class MigrationWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`to`: a newer version of the event's map. `prices_minor`: by key, of zones that are new."""

    to: uuid.UUID
    prices_minor: Annotated[dict[str, Price], msgspec.Meta(max_length=100)] = {}


class Migration(msgspec.Struct, kw_only=True):
    """What moving an event to another version of its map does, and what is in the way.

    `seats_renamed`: so many have another name then; tickets keep the name they were sold with.
    `version`: the event's, once it has moved.
    """

    event_id: uuid.UUID
    from_version: MapVersion = msgspec.field(name="from")
    to: MapVersion
    is_possible: bool
    in_the_way: InTheWay
    seats_added: int
    seats_removed: int
    seats_renamed: int
    areas_changed: int
    version: int | None = None


class Migrations:
    """Of an organization's own events: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog, versions: Versions) -> None:
        self._db, self._catalog, self._versions = db, catalog, versions

    async def plan(self, org_id: str, event_id: uuid.UUID, to: uuid.UUID) -> Migration:
        """Changes nothing. Raises MigrationRefused for another map or an older version."""
        event, old, new, step = await self._step(org_id, event_id, to)
        async with self._db.tx(read_only=True) as tx:
            way = await migrate.in_the_way(tx, event, step, {})
        return _told(event, old, new, step, way)

    async def migrate(
        self, org_id: str, event_id: uuid.UUID, wish: MigrationWish, key: Key | None
    ) -> Migration:
        """All of it, or nothing. Raises MigrationRefused with what is in the way, NotFound."""
        saved = await idempotency.recall(self._db, key, Migration)
        if saved is not None:
            return saved
        event, old, new, step = await self._step(org_id, event_id, wish.to)

        async def act(tx: Tx) -> Migration:
            way = await migrate.in_the_way(tx, event, step, wish.prices_minor)
            told = _told(event, old, new, step, way)
            if way:
                facts = msgspec.to_builtins(told)
                raise MigrationRefused(_detail(way), **facts)
            told.version = await migrate.migrate(tx, event, step, wish.prices_minor)
            return told

        try:
            return await once(self._db, event_id, key, Migration, act)
        finally:
            self._catalog.forget(event_id)

    async def _step(
        self, org_id: str, event_id: uuid.UUID, to: uuid.UUID
    ) -> tuple[Event, MapVersion, MapVersion, Difference]:
        event, _ = await self._catalog.event_now(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")
        old = await self._versions.find(org_id, event.map_id)
        new = await self._versions.find(org_id, to)
        if new.map_id != old.map_id:
            raise MigrationRefused("this version is of another map than the event's")
        if new.version <= old.version:
            raise MigrationRefused(
                f"the event has version {old.version} of the map: name a newer one"
            )
        before, after = await self._drawn(old.id), await self._drawn(new.id)
        return event, old, new, await asyncio.to_thread(Difference, before, after)

    async def _drawn(self, map_id: uuid.UUID) -> Drawn:
        places, keys = await self._catalog.places(map_id), await self._catalog.seat_keys(map_id)
        return Drawn(map_id, places, keys)


def _told(
    event: Event, old: MapVersion, new: MapVersion, step: Difference, way: InTheWay
) -> Migration:
    return Migration(
        event_id=event.id,
        from_version=old,
        to=new,
        is_possible=not way,
        in_the_way=way,
        seats_added=len(step.added) + len(step.reopened),
        seats_removed=len(step.closed),
        seats_renamed=len(step.renamed),
        areas_changed=len(step.areas) + len(step.new_areas),
    )


def _detail(way: InTheWay) -> str:
    parts: list[str] = []
    if way.seats:
        first = way.seats[0]
        more = f" and {len(way.seats) - 1} more" if len(way.seats) > 1 else ""
        parts.append(f"{first.label}{more} would be lost to who has it")
    if way.areas:
        parts.append(f"{', '.join(area.name for area in way.areas)} would be too small")
    if way.zones:
        parts.append(f"say a price for {', '.join(way.zones)}")
    return f"{'; '.join(parts)}: nothing was changed"
