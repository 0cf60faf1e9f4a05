"""What a selection costs: one function, exact to the minor unit.

Everything begins with the price that the map showed, which is all-in: a discount is what a buyer
pays less, and fee and taxes are what is in the rest. So the lines always sum to the total. Prices
and what is taken off them are multiples of the currency's `coin`: so are each line and the total.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.prices import Chosen
from server.kernel.money import divided, split
from server.orgs.charges import Charges
from server.pricing.models import Priced, Quote, QuoteItem, QuoteLine, QuoteTax, Reduction, Ware

Of = TypeVar("Of", bound=Priced)


def quote(
    event: Event,
    places: Places,
    seat_idxs: Sequence[int],
    pools: Mapping[uuid.UUID, int],
    at: dt.datetime,
    chosen: Chosen,
    wares: Sequence[Ware] = (),
    reduction: Reduction | None = None,
    points_minor: int = 0,
) -> Quote:
    """Price what is held since `at`. `pools`: places per pool id; `chosen`: as what they are sold,
    where that is not their zone's default; `points_minor`: what the buyer's points are worth, of
    which as much is used as there is to pay."""
    charges = event.prices.charges(at)
    lines = [
        *(_seat(event, places, seat, at, chosen) for seat in seat_idxs),
        *(_area(event, pool_id, count, at, chosen) for pool_id, count in pools.items()),
    ]
    items = [
        QuoteItem(
            quantity=ware.quantity,
            unit_price_minor=charges.without_fee.all_in(ware.price_minor),
            product_id=ware.product_id,
            name=ware.name,
        )
        for ware in wares
    ]
    return sum_up(event.currency, charges, lines, items, reduction, points_minor)


def sum_up(
    currency: str,
    charges: Charges,
    lines: Sequence[QuoteLine],
    items: Sequence[QuoteItem],
    reduction: Reduction | None,
    points_minor: int,
) -> Quote:
    """`lines` and `items` at their full prices."""
    reduced = _reduced(lines, reduction, charges.coin) if reduction else [0 for _ in lines]
    offs = [*reduced, *(0 for _ in items)]
    left = [of.total_minor - off for of, off in zip([*lines, *items], offs, strict=True)]
    by_points = _taken(min(points_minor, sum(left)), left, charges.coin)
    offs = [off + more for off, more in zip(offs, by_points, strict=True)]
    count = len(lines)
    done_lines = [_less(of, off, charges) for of, off in zip(lines, offs[:count], strict=True)]
    goods = charges.without_fee
    done_items = [_less(of, off, goods) for of, off in zip(items, offs[count:], strict=True)]
    taxes = [
        QuoteTax(tax, sum(of.parts.taxes_minor[nth] for of in [*done_lines, *done_items]))
        for nth, tax in enumerate(charges.taxes)
    ]
    return Quote(currency, done_lines, done_items, taxes, sum(reduced), sum(by_points))


def _less(of: Of, discount_minor: int, charges: Charges) -> Of:
    parts = charges.parts_of(of.total_minor - discount_minor, of.quantity)
    return replace(of, discount_minor=discount_minor, parts=parts)


def _reduced(lines: Sequence[QuoteLine], reduction: Reduction, coin: int) -> list[int]:
    """By line, what the discount takes off it: never more than it costs."""
    types = reduction.ticket_type_ids
    wholes = [
        line.total_minor if not types or line.ticket_type_id in types else 0 for line in lines
    ]
    if reduction.amount_minor is not None:
        return _taken(min(reduction.amount_minor, sum(wholes)), wholes, coin)
    share = reduction.basis_points or 0
    return [
        divided(line.unit_price_minor * share, 10_000 * coin) * coin * line.quantity if whole else 0
        for whole, line in zip(wholes, lines, strict=True)
    ]


def _taken(off_minor: int, wholes: Sequence[int], coin: int) -> list[int]:
    """Off each of these, in proportion; off all together as many coins as are in `off_minor`."""
    coins = off_minor // coin
    return [part * coin for part in split(coins, wholes)] if coins else [0 for _ in wholes]


def _seat(event: Event, places: Places, seat: int, at: dt.datetime, chosen: Chosen) -> QuoteLine:
    section = places.section_of(seat)
    of = event.prices.type_of(places.zones[seat], chosen.seats.get(seat))
    return QuoteLine(
        quantity=1,
        unit_price_minor=event.prices.seat(places, seat, at, of.id),
        seat_idx=seat,
        pool_id=None,
        label=places.label_of(seat),
        section=section.key if section else "",
        ticket_type_id=of.id,
        ticket_type=of.name,
    )


def _area(
    event: Event, pool_id: uuid.UUID, quantity: int, at: dt.datetime, chosen: Chosen
) -> QuoteLine:
    pool = next(pool for pool in event.pools if pool.id == pool_id)
    of = event.prices.type_of(pool.zone, chosen.pools.get(pool_id))
    return QuoteLine(
        quantity=quantity,
        unit_price_minor=event.prices.area(pool.key, pool.zone, at, of.id),
        seat_idx=None,
        pool_id=pool_id,
        label=pool.name,
        section=pool.key,
        ticket_type_id=of.id,
        ticket_type=of.name,
    )
