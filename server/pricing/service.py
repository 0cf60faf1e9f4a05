"""What a selection costs: one function, exact to the minor unit."""

import uuid

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import Event


class QuoteLine(msgspec.Struct, frozen=True):
    """One seat, or `quantity` places of a pool. `total_minor` = `unit_price_minor` x `quantity`."""

    seat_idx: int | None
    pool_id: uuid.UUID | None
    quantity: int
    label: str
    section: str
    unit_price_minor: int

    @property
    def total_minor(self) -> int:
        return self.unit_price_minor * self.quantity


class Quote(msgspec.Struct, frozen=True):
    currency: str
    lines: list[QuoteLine]

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


def quote(event: Event, places: Places, seat_idxs: list[int], pools: dict[uuid.UUID, int]) -> Quote:
    """Price a selection at the event's prices of now. `pools`: places per pool id."""
    lines = []
    for seat in seat_idxs:
        section = places.section_of(seat)
        lines.append(
            QuoteLine(
                seat_idx=seat,
                pool_id=None,
                quantity=1,
                label=places.label_of(seat),
                section=section.key if section else "",
                unit_price_minor=event.price_of(places.zones[seat]),
            )
        )
    offers = {pool.id: pool for pool in event.pools}
    for pool_id, quantity in pools.items():
        pool = offers[pool_id]
        lines.append(QuoteLine(None, pool_id, quantity, pool.name, pool.key, pool.price_minor))
    return Quote(event.currency, lines)
