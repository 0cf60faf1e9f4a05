"""Allocations: places of an event that are set aside for another organization to sell.

The places are blocked for as long as the allocation stands, each of them for one allocation only.
"""

import datetime as dt
import uuid
from typing import Annotated

import msgspec

from server import audit
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.inventory import blocks, sql_blocks
from server.inventory import sql as inventory_sql
from server.inventory import sql_allocations as sql
from server.inventory.models import (
    BLOCKED,
    BlockRefused,
    PoolWish,
    Selection,
    SelectionInvalid,
)
from server.inventory.rows import places_on
from server.inventory.service import check, once
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across


class AllocationWish(Selection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`partner_org_id`: who shall sell them; `name`: what both call it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    partner_org_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Allocation(msgspec.Struct):
    id: uuid.UUID
    event_id: uuid.UUID
    partner_org_id: str
    name: str
    seats: list[int]
    pools: list[PoolWish]
    created_at: dt.datetime


class Allocations(msgspec.Struct):
    """Oldest first, without those that were released."""

    items: list[Allocation]


class Allocating:
    """Of one organization's events each: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog

    async def of_event(self, org_id: str, event_id: uuid.UUID) -> Allocations:
        """Raises NotFound."""
        await self._own(org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.OF_EVENT.all(tx, event_id, org_id)
        return Allocations([_view(row) for row in rows])

    async def create(
        self, org_id: str, event_id: uuid.UUID, wish: AllocationWish, key: Key | None
    ) -> Allocation:
        """All of these places, or none. Raises BlockRefused, SelectionInvalid, BadRequest,
        NotFound."""
        event, places = await self._own(org_id, event_id)
        if not wish.size:
            raise SelectionInvalid("choose at least one seat or standing place")
        check(wish, event, places)
        if wish.partner_org_id == org_id:
            raise BadRequest("partner_org_id: another organization's; your own sells anyway")

        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            if not await sql.ORGANIZATION.value(tx, wish.partner_org_id):
                raise NotFound("no such organization")

        async def act(tx: Tx) -> Allocation:
            for other in await sql.OF_EVENT.all(tx, event_id, org_id):
                twice = sorted(set(other.seat_idxs) & set(wish.seats))
                if twice:
                    raise BlockRefused(twice, [])
            row = sql.AllocationRow(
                uuid7(), event_id, wish.partner_org_id, wish.name, sorted(wish.seats),
                msgspec.to_builtins(wish.pools), await sql.NOW.value(tx),
            )  # fmt: skip
            await blocks.block(tx, event, wish, (0, event.legs - 1))
            await sql.INSERT.run(
                tx, row.id, org_id, event_id, row.partner_org_id, row.name, row.seat_idxs, row.pools
            )
            await audit.record(
                tx, org_id, "allocation.created", subject=f"allocation:{row.id}",
                data=msgspec.to_builtins(wish) | {"event_id": str(event_id)},
            )  # fmt: skip
            return _view(row)

        return await once(self._db, event_id, key, Allocation, act)

    async def release(self, org_id: str, allocation_id: uuid.UUID, key: Key | None) -> None:
        """Its places are on sale again. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            event_id = await sql.EVENT.value(tx, allocation_id, org_id)
        if event_id is None:
            raise NotFound("no such allocation")
        event, _ = await self._own(org_id, event_id)

        async def act(tx: Tx) -> Done:
            row = await sql.LOCK.first(tx, allocation_id, org_id)
            if row is None:
                raise NotFound("no such allocation")
            await _open(tx, event, _view(row))
            await sql.RELEASE.run(tx, allocation_id, org_id)
            await audit.record(
                tx, org_id, "allocation.released", subject=f"allocation:{allocation_id}",
                data={"event_id": str(event_id)},
            )  # fmt: skip
            return Done()

        await once(self._db, event_id, key, Done, act)

    async def _own(self, org_id: str, event_id: uuid.UUID) -> tuple[Event, Places]:
        event, places = await self._catalog.event_now(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")
        return event, places


async def _open(tx: Tx, event: Event, allocation: Allocation) -> None:
    """Put on sale what is blocked of it still: the organizer may have opened some before."""
    legs = (0, event.legs - 1)
    seats = set(allocation.seats)
    for seat in await inventory_sql.LOCK_SEATS.all(tx, event.id, places_on(legs, seats)):
        if seat.status != BLOCKED:
            seats.discard(seat.seat_idx)
    left: dict[uuid.UUID, int] = {pool.pool_id: pool.quantity for pool in allocation.pools}
    blocked = dict.fromkeys(left, 0)
    for row in await sql_blocks.LOCK_BLOCKED.all(tx, sorted(left), *legs):
        blocked[row.pool_id] = row.quantity
    pools = [PoolWish(pool, n) for pool in left if (n := min(left[pool], blocked[pool]))]
    await blocks.unblock(tx, event, Selection(sorted(seats), pools), legs)


def _view(row: sql.AllocationRow) -> Allocation:
    return Allocation(
        row.id, row.event_id, row.partner_org_id, row.name, row.seat_idxs,
        msgspec.convert(row.pools, list[PoolWish]), row.created_at,
    )  # fmt: skip
