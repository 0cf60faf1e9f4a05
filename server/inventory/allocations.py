"""Allocations: places of an event that are set aside for one seller.

The places are blocked for as long as the allocation stands, each of them for one allocation only.
Who may sell from it holds them from there (`taking.hold`), and what is held or sold from it comes
back into it. Its seller is the event's own organization, by people or by one API key, or a partner.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated

import msgspec

from server import audit
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.identity.models import Operator
from server.inventory import blocks, taking, verbs
from server.inventory import sql_allocations as sql
from server.inventory.models import (
    BlockRefused,
    HoldView,
    NotOnSale,
    PoolWish,
    Selection,
    SelectionInvalid,
)
from server.inventory.service import check, check_there, must_be_its_map, once, view
from server.inventory.taking import Reserve
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import switches
from server.orgs.models import ApiClient

Seller = Operator | ApiClient

_log = logs.get(__name__)


class AllocationWish(Selection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`name`: what its sellers call it. `partner_org_id`: another organization that shall sell
    them; `api_key_id`: the key of your own that shall, and need allow nothing else; neither: your
    people. `release_at`: from then on what is unsold of it is on sale; null for until it is
    released."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    partner_org_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    api_key_id: uuid.UUID | None = None
    release_at: dt.datetime | None = None


class Allocation(msgspec.Struct):
    """`seats_left`, `pools_left`: what can be sold from it now."""

    id: uuid.UUID
    event_id: uuid.UUID
    partner_org_id: str | None
    api_key_id: uuid.UUID | None
    name: str
    seats: list[int]
    pools: list[PoolWish]
    seats_left: list[int]
    pools_left: list[PoolWish]
    release_at: dt.datetime | None
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
        _, places = await self._own(org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.OF_EVENT.all(tx, event_id, org_id)
            return Allocations(await _views(tx, rows, places))

    async def create(
        self, org_id: str, event_id: uuid.UUID, wish: AllocationWish, key: Key | None
    ) -> Allocation:
        """All of these places, or none. Raises BlockRefused, SelectionInvalid, BadRequest,
        NotFound."""
        event, places = await self._own(org_id, event_id)
        if not wish.size:
            raise SelectionInvalid("choose at least one seat or standing place")
        check(wish, event, places)
        check_there(wish, places)
        if wish.partner_org_id is not None and wish.api_key_id is not None:
            raise BadRequest("one seller: partner_org_id, api_key_id or neither")
        if wish.partner_org_id == org_id:
            raise BadRequest("partner_org_id: another organization's; your own sells anyway")

        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            if wish.partner_org_id and not await sql.ORGANIZATION.value(tx, wish.partner_org_id):
                raise NotFound("no such organization")

        async def act(tx: Tx) -> Allocation:
            await must_be_its_map(tx, self._catalog, event)
            if wish.api_key_id and not await sql.IS_LIVE_KEY.value(tx, wish.api_key_id, org_id):
                raise BadRequest("api_key_id: no such key of yours is live")
            now = await sql.NOW.value(tx)
            if wish.release_at is not None and wish.release_at <= now:
                raise BadRequest("release_at: name a moment that is still to come")
            for other in await sql.OF_EVENT.all(tx, event_id, org_id):
                twice = sorted(set(other.seat_idxs) & set(wish.seats))
                if twice:
                    raise BlockRefused(twice, [])
            row = sql.AllocationRow(
                uuid7(), org_id, event_id, wish.partner_org_id, wish.api_key_id, wish.name,
                sorted(wish.seats), msgspec.to_builtins(wish.pools), wish.release_at, now,
            )  # fmt: skip
            await blocks.block(tx, event, wish, (0, event.legs - 1))
            await sql.INSERT.run(
                tx, row.id, org_id, event_id, row.partner_org_id, row.api_key_id, row.name,
                row.seat_idxs, row.pools, row.release_at,
            )  # fmt: skip
            await audit.record(
                tx, org_id, "allocation.created", subject=f"allocation:{row.id}",
                data=msgspec.to_builtins(wish) | {"event_id": str(event_id)},
            )  # fmt: skip
            return (await _views(tx, [row], places))[0]

        return await once(self._db, event_id, key, Allocation, act)

    async def release(self, org_id: str, allocation_id: uuid.UUID, key: Key | None) -> None:
        """What is unsold of it is on sale again. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            event_id = await sql.EVENT.value(tx, allocation_id, org_id)
        if event_id is None:
            raise NotFound("no such allocation")
        event, places = await self._own(org_id, event_id)

        async def act(tx: Tx) -> Done:
            await must_be_its_map(tx, self._catalog, event)
            row = await sql.LOCK.first(tx, allocation_id, org_id)
            if row is None:
                raise NotFound("no such allocation")
            [left] = await _views(tx, [row], places)
            await blocks.unblock(tx, event, await _shut(tx, event, left), (0, event.legs - 1))
            await sql.RELEASE.run(tx, allocation_id, org_id)
            await audit.record(
                tx, org_id, "allocation.released", subject=f"allocation:{allocation_id}",
                data={"event_id": str(event_id)},
            )  # fmt: skip
            return Done()

        await once(self._db, event_id, key, Done, act)

    async def release_due(self) -> int:
        """Those whose time has come. Returns how many were released."""
        async with self._db.tx(read_only=True, across=Across.PLATFORM) as tx:
            due = await sql.DUE.all(tx)
        released = 0
        for row in due:
            context.act_for(row.org_id)
            try:
                await self.release(row.org_id, row.id, None)
            except Exception as error:
                # One allocation in trouble must not keep the others' places from sale.
                _log.exception("not released", allocation_id=str(row.id), error=repr(error))
            else:
                released += 1
        return released

    # --- selling ---------------------------------------------------------------------------------

    async def of_seller(self, seller: Seller, allocation_id: uuid.UUID) -> Allocation:
        """Raises NotFound."""
        row = await self._sold_by(seller, allocation_id)
        _, places = await self._catalog.event_now(row.event_id)
        async with self._db.tx(read_only=True) as tx:
            return (await _views(tx, [row], places))[0]

    async def hold(
        self, seller: Seller, allocation_id: uuid.UUID, wish: Selection, key: Key | None
    ) -> HoldView:
        """All of these places of the allocation, for `hold_ttl_s`; or none. Unsold by then they
        are the allocation's again. Raises SeatsTaken, SelectionInvalid, NotOnSale, FeatureOff,
        NotFound."""
        row = await self._sold_by(seller, allocation_id)
        event, places = await self.sellable(row.event_id)
        if not wish.size:
            raise SelectionInvalid("choose at least one seat or standing place")
        check(wish, event, places)

        async def act(tx: Tx) -> HoldView:
            await must_be_its_map(tx, self._catalog, event)
            reserve = await reserve_of(tx, row.org_id, allocation_id, places)
            held = await taking.hold(tx, event, allocation_id, uuid7(), wish, reserve)
            return view(held, event, places)

        return await once(self._db, event.id, key, HoldView, act)

    async def give_back(
        self, seller: Seller, allocation_id: uuid.UUID, hold_id: uuid.UUID, key: Key | None
    ) -> None:
        """A hold's places are the allocation's again. Raises NotFound."""
        row = await self._sold_by(seller, allocation_id)

        async def act(tx: Tx) -> Done:
            await held_from(tx, allocation_id, hold_id)
            await verbs.release(tx, hold_id)
            return Done()

        await once(self._db, row.event_id, key, Done, act)

    async def sellable(self, event_id: uuid.UUID) -> tuple[Event, Places]:
        """An event whose organization may sell its places, whether or not buyers may now.
        Raises NotOnSale, FeatureOff."""
        event, places = await self._catalog.event_now(event_id)
        switches.must_be_on("checkout", event.switched_off)
        if not event.takes_orders:
            raise NotOnSale("this event is not on sale")
        return event, places

    async def _sold_by(self, seller: Seller, allocation_id: uuid.UUID) -> sql.AllocationRow:
        """From here on what is done is the event's organization's. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            row = await sql.OF_SELLER.first(tx, allocation_id, seller.org_id)
        if row is None:
            raise NotFound("no such allocation")
        context.act_for(row.org_id)
        return row

    async def _own(self, org_id: str, event_id: uuid.UUID) -> tuple[Event, Places]:
        event, places = await self._catalog.event_now(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")
        return event, places


async def held_from(tx: Tx, allocation_id: uuid.UUID, hold_id: uuid.UUID) -> None:
    """Raises NotFound where the hold is none of this allocation."""
    if not await sql.HAS_HOLD.value(tx, hold_id, allocation_id):
        raise NotFound("the allocation has no such hold")


async def reserve_of(tx: Tx, org_id: str, allocation_id: uuid.UUID, places: Places) -> Reserve:
    """What may be sold from an allocation, and nothing else. Raises NotFound."""
    row = await sql.LOCK.first(tx, allocation_id, org_id)
    if row is None:
        raise NotFound("no such allocation")
    left = (await _left(tx, [row]))[row.id]
    return Reserve(frozenset(row.seat_idxs) - set(places.removed), left, is_all=True)


async def reserve_of_house(tx: Tx, event: Event, wish: Selection, places: Places) -> Reserve:
    """What of `wish` is off sale and promised to nobody."""
    rows = await sql.OF_EVENT.all(tx, event.id, event.org_id)
    promised = {seat for row in rows for seat in row.seat_idxs}
    blocked = await blocks.blocked_places(
        tx, sorted(pool.pool_id for pool in wish.pools), (0, event.legs - 1)
    )
    for pools in (await _left(tx, rows)).values():
        for pool, quantity in pools.items():
            blocked[pool] = max(0, blocked.get(pool, 0) - quantity)
    return Reserve(frozenset(wish.seats) - promised - set(places.removed), blocked)


async def _left(tx: Tx, rows: Sequence[sql.AllocationRow]) -> dict[uuid.UUID, dict[uuid.UUID, int]]:
    """By allocation and pool, how many places are neither held nor sold."""
    left = {row.id: {p.pool_id: p.quantity for p in _pools(row)} for row in rows}
    for used in await sql.USED.all(tx, list(left)) if rows else []:
        pools = left[used.allocation_id]
        pools[used.pool_id] = max(0, pools.get(used.pool_id, 0) - used.quantity)
    return left


async def _views(tx: Tx, rows: Sequence[sql.AllocationRow], places: Places) -> list[Allocation]:
    """Of one event, with its map."""
    if not rows:
        return []
    seats = [seat for row in rows for seat in row.seat_idxs]
    shut = set(await sql.BLOCKED_OF.values(tx, rows[0].event_id, seats)) - set(places.removed)
    left = await _left(tx, rows)
    return [
        Allocation(
            row.id, row.event_id, row.partner_org_id, row.api_key_id, row.name, row.seat_idxs,
            _pools(row), [seat for seat in row.seat_idxs if seat in shut],
            [PoolWish(pool, n) for pool, n in left[row.id].items() if n],
            row.release_at, row.created_at,
        )
        for row in rows
    ]  # fmt: skip


async def _shut(tx: Tx, event: Event, allocation: Allocation) -> Selection:
    """What is blocked of it still: the organizer may have opened some before."""
    pools = {pool.pool_id: pool.quantity for pool in allocation.pools_left}
    blocked = await blocks.blocked_places(tx, sorted(pools), (0, event.legs - 1))
    there = [PoolWish(pool, n) for pool in pools if (n := min(pools[pool], blocked[pool]))]
    return Selection(allocation.seats_left, there)


def _pools(row: sql.AllocationRow) -> list[PoolWish]:
    return msgspec.convert(row.pools, list[PoolWish])
