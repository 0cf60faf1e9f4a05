"""What organizers ask of inventory: block and unblock places, sell a table otherwise."""

import uuid

from server.catalog.geometry import Places
from server.catalog.models import Event, TableMode
from server.catalog.service import Catalog
from server.inventory import blocks, sql_blocks, state
from server.inventory.models import (
    BLOCKED,
    BlockedPlaces,
    BlockRequest,
    PlacesChanged,
    PoolWish,
    SelectionInvalid,
    TableWish,
)
from server.inventory.service import check, check_there, legs_of, must_be_its_map, once
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Key


class Management:
    """Of an organization's own events: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog

    async def blocked(self, org_id: str, event_id: uuid.UUID) -> BlockedPlaces:
        """What unblocking the whole event would put back on sale. Raises NotFound."""
        _, places = await self._own(org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            read = await state.read_in(tx, event_id, -1)
            pools = await sql_blocks.BLOCKED_POOLS.all(tx, event_id)
        if read is None:
            raise NotFound("the event has no places yet")
        return BlockedPlaces(
            event_id,
            read.version,
            [
                seat.seat_idx
                for seat in read.seats
                if seat.status == BLOCKED and seat.seat_idx not in places.removed
            ],
            [PoolWish(pool.pool_id, pool.quantity) for pool in pools],
        )

    async def block(
        self, org_id: str, event_id: uuid.UUID, wish: BlockRequest, key: Key | None
    ) -> PlacesChanged:
        """All of these off sale, or none. Raises BlockRefused, SelectionInvalid, NotFound."""
        return await self._change(org_id, event_id, wish, key, blocks.block)

    async def unblock(
        self, org_id: str, event_id: uuid.UUID, wish: BlockRequest, key: Key | None
    ) -> PlacesChanged:
        """All of them on sale again, or none. Raises BlockRefused, SelectionInvalid, NotFound."""
        return await self._change(org_id, event_id, wish, key, blocks.unblock)

    async def _change(
        self,
        org_id: str,
        event_id: uuid.UUID,
        wish: BlockRequest,
        key: Key | None,
        verb: blocks.Verb,
    ) -> PlacesChanged:
        event, places = await self._own(org_id, event_id)
        if not wish.size:
            raise SelectionInvalid("choose at least one seat or standing place")
        check(wish, event, places)
        check_there(wish, places)
        legs = legs_of(wish.legs, event)

        async def act(tx: Tx) -> PlacesChanged:
            await must_be_its_map(tx, self._catalog, event)
            return await verb(tx, event, wish, legs)

        return await once(self._db, event_id, key, PlacesChanged, act)

    async def set_table(
        self, org_id: str, event_id: uuid.UUID, table_idx: int, wish: TableWish, key: Key | None
    ) -> TableMode:
        """Raises TableHeld, BadRequest, NotFound."""
        event, places = await self._own(org_id, event_id)
        mode = await once(
            self._db, event_id, key, TableMode,
            lambda tx: blocks.set_table(tx, event, places, table_idx, wish.mode, wish.chairs_min),
        )  # fmt: skip
        self._catalog.forget(event_id)
        return mode

    async def _own(self, org_id: str, event_id: uuid.UUID) -> tuple[Event, Places]:
        event, places = await self._catalog.event_now(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")
        return event, places
