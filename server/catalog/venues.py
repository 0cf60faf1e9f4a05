"""An organization's venues: kept, listed, and deleted while nothing is of them."""

import datetime as dt
import uuid

import msgspec

from server import audit
from server.catalog import service as catalog
from server.catalog import sql_venues as sql
from server.catalog.times import zone_of
from server.catalog.venue_models import (
    VenueChange,
    VenueInUse,
    VenuePage,
    VenueQuery,
    VenueView,
    VenueWish,
)
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.ids import uuid7

_END = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), uuid.UUID(int=(1 << 128) - 1))


class Venues:
    """Of one organization each: another's is NotFound."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(self, org_id: str, wanted: VenueQuery) -> VenuePage:
        """Raises BadRequest for a token that is not ours."""
        size = max(1, min(wanted.page_size, catalog.PAGE_SIZE_MAX))
        before = catalog.read_token(wanted.next_token) if wanted.next_token else _END
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.PAGE.all(
                tx, org_id, *before, wanted.q, wanted.city, wanted.country, size + 1
            )
        last = rows[size - 1] if len(rows) > size else None
        return VenuePage(rows[:size], catalog.token_of(last.created_at, last.id) if last else None)

    async def get(self, org_id: str, venue_id: uuid.UUID) -> VenueView:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            return _found(await sql.FIND.first(tx, venue_id, org_id))

    async def create(self, org_id: str, wish: VenueWish, key: Key | None) -> VenueView:
        """Raises BadRequest."""

        async def act(tx: Tx) -> VenueView:
            _check(wish)
            venue = await sql.INSERT.first(
                tx, uuid7(), org_id, wish.name, wish.address, wish.city, wish.country,
                wish.timezone, wish.latitude, wish.longitude, wish.capacity, wish.is_shared,
                wish.is_exclusive,
            )  # fmt: skip
            assert venue is not None
            await audit.record(
                tx, org_id, "venue.created", subject=f"venue:{venue.id}",
                data=msgspec.to_builtins(wish),
            )  # fmt: skip
            return venue

        return await idempotency.settled(self._db, key, VenueView, act)

    async def change(
        self, org_id: str, venue_id: uuid.UUID, wish: VenueChange, key: Key | None
    ) -> VenueView:
        """Raises BadRequest, NotFound."""

        async def act(tx: Tx) -> VenueView:
            before = _found(await sql.LOCK.first(tx, venue_id, org_id))
            told = msgspec.to_builtins(wish)
            after = msgspec.convert(msgspec.to_builtins(before) | told, VenueView)
            _check(after)
            venue = await sql.UPDATE.first(
                tx, venue_id, org_id, after.name, after.address, after.city, after.country,
                after.timezone, after.latitude, after.longitude, after.capacity,
                after.is_shared, after.is_exclusive,
            )  # fmt: skip
            assert venue is not None
            was = {name: getattr(before, name) for name in told}
            await audit.record(
                tx, org_id, "venue.updated", subject=f"venue:{venue_id}",
                data={"before": was, "after": told},
            )  # fmt: skip
            return venue

        return await idempotency.settled(self._db, key, VenueView, act)

    async def delete(self, org_id: str, venue_id: uuid.UUID, key: Key | None) -> None:
        """Raises VenueInUse, NotFound."""

        async def act(tx: Tx) -> Done:
            before = _found(await sql.LOCK.first(tx, venue_id, org_id))
            use = await sql.USE.first(tx, venue_id, org_id)
            assert use is not None
            if use.maps or use.events:
                raise VenueInUse(use.maps, use.events)
            await sql.DELETE.run(tx, venue_id, org_id)
            await audit.record(
                tx, org_id, "venue.deleted", subject=f"venue:{venue_id}", data={"name": before.name}
            )
            return Done()

        await idempotency.settled(self._db, key, Done, act)


def _found(venue: VenueView | None) -> VenueView:
    if venue is None:
        raise NotFound("no such venue")
    return venue


def _check(venue: VenueWish | VenueView) -> None:
    if (venue.latitude is None) != (venue.longitude is None):
        raise BadRequest("latitude and longitude: say both or neither")
    if venue.timezone is not None:
        zone_of(venue.timezone)
