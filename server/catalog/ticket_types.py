"""Ticket types: as what, for how much and to whom the places of a zone are sold."""

import uuid
from collections.abc import Awaitable, Callable, Collection

import msgspec

from server import audit
from server.catalog import events
from server.catalog import sql_tickets as sql
from server.catalog.event_models import EventRefused, Reason
from server.catalog.events import Events
from server.catalog.geometry import Places
from server.catalog.prices import Level, base_applies
from server.catalog.service import Catalog
from server.catalog.sql_tickets import TypeRow
from server.catalog.ticket_models import (
    TicketTypeChange,
    TicketTypes,
    TicketTypeView,
    TicketTypeWish,
)
from server.catalog.times import check_years
from server.kernel import idempotency
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Answer, Done, Key
from server.kernel.ids import uuid7


class Ticketing:
    """Of one organization's events each: another's are NotFound."""

    def __init__(self, db: Database, memory: Catalog, setups: Events) -> None:
        self._db, self._memory, self._events = db, memory, setups

    async def of_event(self, org_id: str, event_id: uuid.UUID) -> TicketTypes:
        """Raises NotFound."""
        await self._events.find(org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.OF_EVENT.all(tx, event_id, org_id)
        return TicketTypes([_view(row) for row in rows])

    async def create(
        self, org_id: str, event_id: uuid.UUID, wish: TicketTypeWish, key: Key | None
    ) -> TicketTypeView:
        """Besides the zone's default. Raises EventRefused, BadRequest, NotFound."""

        async def prepare() -> Work[TicketTypeView]:
            setup = await self._events.find(org_id, event_id)
            if setup.map_id is None:
                raise EventRefused([Reason("no_map", "version_id: the event has no map yet")])
            places = await self._memory.places(setup.map_id)
            zones = {zone.key: at for at, zone in enumerate(places.geometry.zones)}
            if wish.zone not in zones:
                raise BadRequest("zone: the event's map has no such zone", zones=list(zones))
            at = zones[wish.zone]
            fields = msgspec.to_builtins(wish, builtin_types=(uuid.UUID,)) | {
                "id": uuid7(), "event_id": event_id, "is_default": False,
            }  # fmt: skip
            made = msgspec.convert(fields, TypeRow)
            _check(made, places, at)

            async def act(tx: Tx) -> TicketTypeView:
                row = await events.lock(tx, org_id, event_id)
                if row.map_id != setup.map_id:
                    raise BadRequest("the event got another map at this moment: ask again")
                await sql.INSERT.run(
                    tx, *msgspec.structs.astuple(made), org_id, at, places.geometry.zones[at].name
                )
                await audit.record(
                    tx, org_id, "ticket_type.created", subject=f"ticket_type:{made.id}",
                    data=_told(wish),
                )  # fmt: skip
                return _view(made)

            return act

        return await self._settled(key, TicketTypeView, prepare, event_id)

    async def change(
        self, org_id: str, type_id: uuid.UUID, wish: TicketTypeChange, key: Key | None
    ) -> TicketTypeView:
        """Raises BadRequest, NotFound."""
        event_id = (await self._find(org_id, type_id)).event_id

        async def prepare() -> Work[TicketTypeView]:
            setup = await self._events.find(org_id, event_id)
            assert setup.map_id is not None, "ticket types are of a map's zones"
            places = await self._memory.places(setup.map_id)
            zones = {zone.key: at for at, zone in enumerate(places.geometry.zones)}

            async def act(tx: Tx) -> TicketTypeView:
                event = await events.lock(tx, org_id, event_id)
                before = _found(await sql.FIND.first(tx, type_id, org_id))
                if event.map_id != setup.map_id:
                    raise BadRequest("the event got another map at this moment: ask again")
                told = msgspec.to_builtins(wish)
                after = msgspec.convert(msgspec.to_builtins(before) | told, TypeRow)
                _check(after, places, zones[before.zone])
                is_repriced = (before.price_minor, before.levels) != (
                    after.price_minor,
                    after.levels,
                )
                if is_repriced and event.sells_from is not None:
                    await sql.KEEP_PRICE.run(tx, type_id)
                await sql.UPDATE.run(
                    tx, type_id, org_id, after.name, after.description, after.price_minor,
                    after.levels, after.visibility, after.access_code, after.sales_open_at,
                    after.sales_close_at, after.quantity, after.per_order_min,
                    after.per_order_max, after.sort,
                )  # fmt: skip
                levels = msgspec.convert(after.levels, list[Level])
                applies = base_applies(places, zones[after.zone], levels)
                await sql.SET_BASE_APPLIES.run(tx, type_id, org_id, applies)
                was = {name: value for name, value in _told(before).items() if name in told}
                told.pop("access_code", None)
                await audit.record(
                    tx, org_id, "ticket_type.updated", subject=f"ticket_type:{type_id}",
                    data={"before": was, "after": told},
                )  # fmt: skip
                return _view(after)

            return act

        return await self._settled(key, TicketTypeView, prepare, event_id)

    async def delete(self, org_id: str, type_id: uuid.UUID, key: Key | None) -> None:
        """Raises EventRefused for a zone's default, and once the event was published; NotFound."""

        async def prepare() -> Work[Done]:
            row = await self._find(org_id, type_id)

            async def act(tx: Tx) -> Done:
                event = await events.lock(tx, org_id, row.event_id)
                if row.is_default:
                    raise EventRefused([Reason("default", "a zone keeps its default ticket type")])
                if event.sells_from is not None:
                    raise EventRefused([_MAY_BE_SOLD])
                await sql.DELETE.run(tx, type_id, org_id)
                await audit.record(
                    tx, org_id, "ticket_type.deleted", subject=f"ticket_type:{type_id}",
                    data=_told(row),
                )  # fmt: skip
                return Done()

            return act

        await idempotency.prepared(self._db, key, Done, prepare)

    async def _find(self, org_id: str, type_id: uuid.UUID) -> TypeRow:
        async with self._db.tx(read_only=True) as tx:
            return _found(await sql.FIND.first(tx, type_id, org_id))

    async def _settled(
        self,
        key: Key | None,
        answer: type[Answer],
        prepare: Callable[[], Awaitable[Work[Answer]]],
        event_id: uuid.UUID,
    ) -> Answer:
        try:
            return await idempotency.prepared(self._db, key, answer, prepare)
        finally:
            self._memory.forget(event_id)


_MAY_BE_SOLD = Reason(
    "may_be_sold", "it may be sold already: give it the visibility organizer, and nobody chooses it"
)


async def lock_caps(tx: Tx, type_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many there are of those ticket types that are not for every place; until `tx` ends nobody
    else counts them."""
    rows = await sql.LOCK_CAPS.all(tx, sorted(type_ids))
    return {row.id: row.quantity for row in rows if row.quantity is not None}


def _check(row: TypeRow, places: Places, zone: int) -> None:
    """Raises BadRequest for what cannot be."""
    if row.is_default and (
        row.visibility != "public" or row.quantity or row.sales_open_at or row.sales_close_at
    ):
        raise BadRequest(
            "a zone's default type is public, without a quantity and a sale of its own"
        )
    if (row.visibility == "code") != (row.access_code is not None):
        raise BadRequest("access_code: for the visibility code, and only for that")
    check_years(sales_open_at=row.sales_open_at, sales_close_at=row.sales_close_at)
    if row.sales_open_at and row.sales_close_at and row.sales_open_at >= row.sales_close_at:
        raise BadRequest("sales_close_at: must be after sales_open_at")
    if row.per_order_min and row.per_order_max and row.per_order_min > row.per_order_max:
        raise BadRequest("per_order_max: must not be less than per_order_min")
    levels = msgspec.convert(row.levels, list[Level])
    geometry = places.geometry
    sections = {section.key for section in geometry.sections}
    areas = {area.key for area in geometry.areas if area.zone == zone}
    for level in levels:
        unknown = [*(set(level.sections) - sections), *(set(level.areas) - areas)]
        seats = [
            seat
            for seat in level.seats
            if seat >= places.seat_count or places.zones[seat] != zone or seat in places.removed
        ]
        if unknown or seats:
            raise BadRequest(
                "levels: the zone has no such section, area or seat", keys=unknown, seats=seats
            )


def _view(row: TypeRow) -> TicketTypeView:
    return msgspec.convert(msgspec.to_builtins(row), TicketTypeView)


def _told(what: TypeRow | TicketTypeWish) -> dict[str, object]:
    """For the log, which has no secrets."""
    told = msgspec.to_builtins(what)
    del told["access_code"]
    return told


def _found(row: TypeRow | None) -> TypeRow:
    if row is None:
        raise NotFound("no such ticket type")
    return row
