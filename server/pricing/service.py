"""What a selection costs: one function, exact to the minor unit."""

import datetime as dt
import uuid

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.prices import Chosen


class QuoteLine(msgspec.Struct, frozen=True):
    """One seat, or `quantity` places of a pool. `total_minor` = `unit_price_minor` x `quantity`."""

    seat_idx: int | None
    pool_id: uuid.UUID | None
    quantity: int
    label: str
    section: str
    unit_price_minor: int
    ticket_type_id: uuid.UUID
    ticket_type: str

    @property
    def total_minor(self) -> int:
        return self.unit_price_minor * self.quantity


class Quote(msgspec.Struct, frozen=True):
    currency: str
    lines: list[QuoteLine]

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


def quote(
    event: Event,
    places: Places,
    seat_idxs: list[int],
    pools: dict[uuid.UUID, int],
    at: dt.datetime,
    chosen: Chosen,
) -> Quote:
    """Price what is held since `at`. `pools`: places per pool id; `chosen`: as what they are sold,
    where that is not their zone's default."""
    prices = event.prices
    lines = []
    for seat in seat_idxs:
        section = places.section_of(seat)
        of = prices.type_of(places.zones[seat], chosen.seats.get(seat))
        lines.append(
            QuoteLine(
                seat_idx=seat,
                pool_id=None,
                quantity=1,
                label=places.label_of(seat),
                section=section.key if section else "",
                unit_price_minor=prices.seat(places, seat, at, of.id),
                ticket_type_id=of.id,
                ticket_type=of.name,
            )
        )
    offers = {pool.id: pool for pool in event.pools}
    for pool_id, quantity in pools.items():
        pool = offers[pool_id]
        of = prices.type_of(pool.zone, chosen.pools.get(pool_id))
        price_minor = prices.area(pool.key, pool.zone, at, of.id)
        lines.append(
            QuoteLine(None, pool_id, quantity, pool.name, pool.key, price_minor, of.id, of.name)
        )
    return Quote(event.currency, lines)
