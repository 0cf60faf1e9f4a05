"""An organization's venues: kept, listed, and deleted while nothing is of them."""

import base64
import binascii
import datetime as dt
import uuid

import msgspec

from server import audit
from server.catalog import service as catalog
from server.catalog import sql_venues as sql
from server.catalog.times import zone_of
from server.catalog.venue_models import (
    SharedVenue,
    SharedVenues,
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
from server.kernel.tenancy import Across

_END = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), uuid.UUID(int=(1 << 128) - 1))


class Venues:
    """Of one organization each: another's is NotFound, but for those that are shared."""

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

    async def shared(self, org_id: str, wanted: VenueQuery) -> SharedVenues:
        """Of other organizations, who let events of others be there.

        Raises BadRequest for a token that is not ours.
        """
        size = max(1, min(wanted.page_size, catalog.PAGE_SIZE_MAX))
        after = _read_name(wanted.next_token) if wanted.next_token else ("", uuid.UUID(int=0))
        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            rows = await sql.SHARED.all(
                tx, org_id, None, *after, wanted.q, wanted.city, wanted.country, size + 1
            )
        last = rows[size - 1] if len(rows) > size else None
        token = _name_token(last.name, last.id) if last else None
        return SharedVenues([_shared(row) for row in rows[:size]], token)

    async def shared_one(self, org_id: str, venue_id: uuid.UUID) -> SharedVenue:
        """Raises NotFound, also for one's own."""
        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            row = await sql.SHARED.first(
                tx, org_id, venue_id, "", uuid.UUID(int=0), None, None, None, 1
            )
        if row is None:
            raise NotFound("no such venue")
        return _shared(row)

    async def create(self, org_id: str, wish: VenueWish, key: Key | None) -> VenueView:
        """Raises BadRequest."""

        async def act(tx: Tx) -> VenueView:
            _check(wish)
            venue = await sql.INSERT.first(
                tx, uuid7(), org_id, wish.name, wish.address, wish.city, wish.country,
                wish.timezone, wish.latitude, wish.longitude, wish.capacity, wish.is_shared,
                wish.is_exclusive, wish.promoter_share_ppm,
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
                after.is_shared, after.is_exclusive, after.promoter_share_ppm,
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


def _shared(row: sql.SharedRow) -> SharedVenue:
    return msgspec.convert(msgspec.to_builtins(row), SharedVenue)


def _name_token(name: str, venue_id: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(f"{venue_id}|{name}".encode()).decode()


def _read_name(token: str) -> tuple[str, uuid.UUID]:
    try:
        venue_id, bar, name = base64.urlsafe_b64decode(token).decode().partition("|")
        if not bar or "\0" in name:
            raise ValueError(token)
        return name, uuid.UUID(venue_id)
    except (ValueError, binascii.Error):
        raise BadRequest("next_token: take it from the last page as it is") from None


def _found(venue: VenueView | None) -> VenueView:
    if venue is None:
        raise NotFound("no such venue")
    return venue


def _check(venue: VenueWish | VenueView) -> None:
    if (venue.latitude is None) != (venue.longitude is None):
        raise BadRequest("latitude and longitude: say both or neither")
    if venue.timezone is not None:
        zone_of(venue.timezone)
