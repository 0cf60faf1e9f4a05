"""An event on sale moves to a newer version of its map.

A seat index means the same seat in all versions of a map (`server.catalog.layout`), so whatever
names one (a hold, an order line, a ticket, a message on its way) is true of the new version too, as
long as that seat is on it. What is not on it any more must be nobody's, and is nobody's from then
on. What is new has indexes that nothing names yet. docs/maps.md says why that is safe.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec

from server.catalog import pinning
from server.catalog.geometry import AreaShape, Places
from server.catalog.models import Event, pool_id
from server.inventory import clock, sql, sql_migrate
from server.inventory.models import BLOCKED, HELD, SOLD, STATUS_NAMES, MapChanged, MigrationRefused
from server.inventory.rows import places_on
from server.kernel.db import Tx

SEATS_TOLD_MAX = 1_000
Reason = Literal["removed", "table_changed", "price_changed", "capacity"]


class SeatInTheWay(msgspec.Struct):
    """`label`, `key`: as the event's map has it now."""

    idx: int
    key: str
    label: str
    status: str
    reason: Reason


class AreaInTheWay(msgspec.Struct):
    """`used`: held, sold and blocked places; `capacity`: as it would be."""

    key: str
    name: str
    used: int
    capacity: int
    reason: Reason


class InTheWay(msgspec.Struct):
    """At most SEATS_TOLD_MAX seats; `zones`: new ones without a price."""

    seats: list[SeatInTheWay] = []
    areas: list[AreaInTheWay] = []
    zones: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.seats or self.areas or self.zones)


class Drawn(msgspec.Struct):
    """A version of a map, and the key of each of its seats."""

    map_id: uuid.UUID
    places: Places
    keys: list[str]


class Difference:
    """What moving from one version to a newer one does to seats and areas. Pure."""

    def __init__(self, old: Drawn, new: Drawn) -> None:
        self.old, self.new = old, new
        before, after = old.places, new.places
        known = range(before.seat_count)
        self.closed = [i for i in known if i in after.removed and i not in before.removed]
        self.reopened = [i for i in known if i in before.removed and i not in after.removed]
        self.added = [i for i in range(len(known), after.seat_count) if i not in after.removed]
        self.never = [i for i in range(len(known), after.seat_count) if i in after.removed]
        stay = [i for i in known if i not in before.removed and i not in after.removed]
        self.rezoned = [i for i in stay if before.zones[i] != after.zones[i]]
        self.renamed = [i for i in stay if before.label_of(i) != after.label_of(i)]
        elsewhere = {key for i, key in enumerate(new.keys) if i not in after.removed}
        self.reseated = {i for i in self.closed if old.keys[i] in elsewhere}
        areas = after.geometry.areas
        self.areas = [
            (idx, was, now)
            for idx, (was, now) in enumerate(zip(before.geometry.areas, areas, strict=False))
            if _sold_as(was) != _sold_as(now)
        ]
        self.new_areas = list(enumerate(areas))[len(before.geometry.areas) :]
        self.new_zones = [zone.key for zone in after.geometry.zones[len(before.geometry.zones) :]]


def _sold_as(area: AreaShape) -> tuple[int, str, int]:
    return area.zone, area.name or area.key, area.capacity


async def in_the_way(
    tx: Tx, event: Event, step: Difference, prices_minor: Mapping[str, int]
) -> InTheWay:
    """What keeps the event from it, as `tx` sees it. `prices_minor`: of new zones, by key.

    Raises MigrationRefused where the event is not on the map that it would move from.
    """
    if await pinning.map_of(tx, event.id) != step.old.map_id:
        raise MigrationRefused("the event has another map since a moment: look again")
    prices = dict(enumerate(await pinning.prices_of(tx, event.id)))
    for at, zone in enumerate(step.new.places.geometry.zones):
        if zone.key in step.new_zones and zone.key in prices_minor:
            prices[at] = prices_minor[zone.key]
    repriced = [
        seat
        for seat in step.rezoned
        if prices.get(step.old.places.zones[seat]) != prices.get(step.new.places.zones[seat])
    ]
    taken: dict[int, int] = {}
    for row in await sql_migrate.TAKEN.all(tx, event.id, step.closed + repriced, event.legs):
        # Of a trip's legs the one that weighs most: sold, then held, then blocked.
        rank = {SOLD: 3, HELD: 2, BLOCKED: 1}
        if rank[row.status] > rank.get(taken.get(row.seat_idx, 0), 0):
            taken[row.seat_idx] = row.status
    seats = [
        SeatInTheWay(
            idx=seat,
            key=step.old.keys[seat],
            label=step.old.places.label_of(seat),
            status=STATUS_NAMES[status],
            reason=reason,
        )
        for seat, status in taken.items()
        if (reason := _reason(step, seat, status)) is not None
    ]
    return InTheWay(
        seats=seats[:SEATS_TOLD_MAX],
        areas=await _areas_in_the_way(tx, event, step, prices),
        zones=[key for key in step.new_zones if key not in prices_minor],
    )


def _reason(step: Difference, seat: int, status: int) -> Reason | None:
    if seat in step.reseated:
        return "table_changed"
    if seat in step.new.places.removed:
        return "removed"
    # What is sold has been paid for as it was; what is held was told a price.
    return "price_changed" if status == HELD else None


async def _areas_in_the_way(
    tx: Tx, event: Event, step: Difference, prices: Mapping[int, int]
) -> list[AreaInTheWay]:
    usage = {row.pool_idx: row for row in await sql_migrate.POOL_USAGE.all(tx, event.id)}
    found: list[AreaInTheWay] = []
    for idx, was, now in step.areas:
        used, held = usage[idx].used, usage[idx].held
        reason: Reason | None = None
        if used > now.capacity:
            reason = "capacity"
        elif held and prices.get(was.zone) != prices.get(now.zone):
            reason = "price_changed"
        if reason is not None:
            name = was.name or was.key
            found.append(AreaInTheWay(was.key, name, used, now.capacity, reason))
    return found


async def migrate(tx: Tx, event: Event, step: Difference, prices_minor: Mapping[str, int]) -> int:
    """Do it: one version of the event, which is returned. Nothing is in the way, and `tx` is alone
    on the event, with nothing held that is over (see `verbs.alone`)."""
    changed = [pool_id(event.id, idx) for idx, _, _ in step.areas]
    if changed:
        await sql.LOCK_POOLS.all(tx, sorted(changed), 0, event.legs - 1)
    legs = (0, event.legs - 1)
    touched = places_on(legs, [*step.closed, *step.reopened])
    await sql.LOCK_SEATS.all(tx, event.id, touched)
    version = (await clock.bump(tx, event.id, "inventory")).version
    closed = await sql_migrate.CLOSE_SEATS.run(tx, event.id, step.closed, event.legs, version)
    assert closed == len(step.closed) * event.legs, "nobody has what is not on the map any more"
    await sql_migrate.REOPEN_SEATS.run(tx, event.id, step.reopened, event.legs, version)
    await _add_seats(tx, event, step, version)
    await _set_pools(tx, event, step, version)
    await pinning.set_map(tx, event, step.new.map_id, step.new.places, prices_minor)
    await sql_migrate.SET_MAPPED.run(tx, event.id)
    noted = sorted([*touched, *places_on(legs, step.never)])
    await sql.NOTE.run(tx, event.id, version, noted)
    # Mirrors and screens read everything anew: the next version is not all that they lack.
    tx.announce(MapChanged(event.id, version))
    return version


async def _add_seats(tx: Tx, event: Event, step: Difference, version: int) -> None:
    zones, known = step.new.places.zones, step.old.places.seat_count
    await sql_migrate.REZONE_SEATS.run(
        tx, event.id, step.rezoned, [zones[seat] for seat in step.rezoned], event.legs
    )
    await sql_migrate.ADD_SEATS.run(tx, event.org_id, event.id, known, zones[known:], event.legs)
    if step.never:
        await sql_migrate.CLOSE_SEATS.run(tx, event.id, step.never, event.legs, version)


async def _set_pools(tx: Tx, event: Event, step: Difference, version: int) -> None:
    def columns(areas: Sequence[tuple[int, AreaShape]]) -> list[list[object]]:
        sold_as = [_sold_as(area) for _, area in areas]
        return [list(column) for column in zip(*sold_as, strict=True)] if areas else [[], [], []]

    changed = [(idx, now) for idx, _, now in step.areas]
    await sql_migrate.SET_POOLS.run(
        tx, event.id, version, [pool_id(event.id, idx) for idx, _ in changed], *columns(changed)
    )
    new = step.new_areas
    zones, names, capacities = columns(new)
    await sql_migrate.ADD_POOLS.run(
        tx, event.org_id, event.id, [pool_id(event.id, idx) for idx, _ in new],
        [idx for idx, _ in new], zones, names, capacities, version, event.legs,
    )  # fmt: skip


async def close(tx: Tx, event_id: uuid.UUID, removed: Collection[int], legs: int) -> None:
    """Of an event that is being made: what its map does not have any more is not for sale."""
    version = (await clock.bump(tx, event_id, "inventory")).version
    await sql_migrate.CLOSE_SEATS.run(tx, event_id, list(removed), legs, version)
    await sql.NOTE.run(tx, event_id, version, places_on((0, legs - 1), removed))
