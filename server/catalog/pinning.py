"""Which version of a map an event is sold by, and what its zones are sold as there."""

import uuid
from collections.abc import Mapping, Sequence

import msgspec

from server.catalog import sql, sql_tickets
from server.catalog.geometry import Places, ZoneShape
from server.catalog.models import Event, TableRule
from server.catalog.prices import Level, base_applies
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.outbox.models import Fact

CHAIRS: tuple[TableRule, int | None] = ("chairs", None)
TICKET_TYPE = "Standard"
"""What a zone's places are sold as where the map does not say."""


async def insert_ticket_types(
    tx: Tx,
    org_id: str,
    event_id: uuid.UUID,
    first: int,
    zones: Sequence[ZoneShape],
    prices_minor: Sequence[int],
    modes: Sequence[tuple[TableRule, int | None]] = (),
) -> None:
    """One for each of the zones, which have the indexes from `first` on. `modes`: how tables there
    are sold, chair by chair where none are given."""
    modes = modes or [CHAIRS for _ in zones]
    await sql.INSERT_TICKET_TYPES.run(
        tx,
        org_id,
        event_id,
        [uuid7() for _ in zones],
        [first + nth for nth in range(len(zones))],
        [zone.key for zone in zones],
        [zone.name for zone in zones],
        [zone.ticket_type or TICKET_TYPE for zone in zones],
        list(prices_minor),
        [mode for mode, _ in modes],
        [chairs_min for _, chairs_min in modes],
    )


async def map_of(tx: Tx, event_id: uuid.UUID) -> uuid.UUID | None:
    """The map that `tx` sees the event with."""
    return await sql.EVENT_MAP.value(tx, event_id)


async def prices_of(tx: Tx, event_id: uuid.UUID) -> list[int]:
    """By zone index, minor units, as `tx` sees them."""
    return [row.price_minor for row in await sql.TICKET_TYPES.all(tx, event_id)]


async def set_map(
    tx: Tx,
    event: Event,
    map_id: uuid.UUID,
    places: Places,
    prices_minor: Mapping[str, int],
) -> None:
    """Pin the event to another version of its map. `prices_minor`: of the zones that are new.

    Whether what it has sold is there is the caller's to know.
    """
    pinned = await sql.SET_EVENT_MAP.run(tx, event.id, event.map_id, map_id)
    assert pinned == 1, "who is alone on the event knows its map"
    known = len(await prices_of(tx, event.id))
    zones = places.geometry.zones
    await sql.NAME_ZONES.run(
        tx, event.id, list(range(known)), [zone.name for zone in zones[:known]]
    )
    new = zones[known:]
    prices = [prices_minor[zone.key] for zone in new]
    await insert_ticket_types(tx, event.org_id, event.id, known, new, prices)
    for of in await sql.OFFERS.all(tx, event.id):
        if of.levels:
            levels = msgspec.convert(of.levels, list[Level])
            applies = base_applies(places, of.zone, levels)
            await sql_tickets.SET_BASE_APPLIES.run(tx, of.id, event.org_id, applies)
    await outbox.append(
        tx,
        Fact(
            type="catalog.event.mapped",
            org_id=event.org_id,
            subject=f"event:{event.id}",
            data={"event_id": str(event.id), "map_id": str(map_id), "from": str(event.map_id)},
        ),
    )
