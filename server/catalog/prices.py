"""What a place costs: by its ticket type, its section, area or seat, and when it was held. No I/O.

A price that changes holds for whoever takes places from then on: a hold pays what its places cost
when it began, which a type's former prices say. So nothing about prices is written with a hold.

What an organizer sets is the price; what this tells is what a buyer pays for it, all-in, with fee
and taxes (`server.orgs.charges`) as they were at that moment.
"""

import datetime as dt
import hmac
import uuid
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec

from server.catalog.geometry import Places
from server.orgs.charges import Charges, Epochs

Price = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Key = Annotated[str, msgspec.Meta(max_length=200)]
Visibility = Literal["public", "code", "organizer"]
"""Who may choose a ticket type: everybody, who says its access code, the organizer only."""


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another price for places of the type's zone: by keys of sections and of standing areas, or
    seat by seat. A seat's own level goes before its section's, the first in the list before
    others."""

    price_minor: Price
    sections: Annotated[list[Key], msgspec.Meta(max_length=500)] = []
    areas: Annotated[list[Key], msgspec.Meta(max_length=100)] = []
    seats: Annotated[
        list[Annotated[int, msgspec.Meta(ge=0, lt=1_000_000)]], msgspec.Meta(max_length=5_000)
    ] = []


class PriceList(msgspec.Struct, frozen=True):
    """`valid_until`: null for the last one."""

    price_minor: int
    levels: list[Level]
    valid_until: dt.datetime | None = None


class TicketType(msgspec.Struct):
    """A way to sell places of a zone. `lists`: former prices in order, then the one that stays;
    `base_applies`: whether some place costs that one's own price, and not a level's."""

    id: uuid.UUID
    zone: int
    name: str
    is_default: bool
    visibility: Visibility
    access_code: str | None
    is_on_sale: bool
    quantity: int | None
    per_order_min: int | None
    per_order_max: int | None
    lists: list[PriceList]
    base_applies: bool = True

    def opens_to(self, access_code: str | None) -> bool:
        """Whether this is its code."""
        if self.visibility != "code" or self.access_code is None or access_code is None:
            return False
        return hmac.compare_digest(self.access_code.encode(), access_code.encode())


class Chosen(msgspec.Struct, frozen=True):
    """Ticket types of a hold's places, where they are not their zones' defaults: by seat index and
    by pool."""

    seats: dict[int, uuid.UUID] = {}
    pools: dict[uuid.UUID, uuid.UUID] = {}


NONE_CHOSEN = Chosen()
NO_CHARGES: Epochs = [(None, Charges())]


def base_applies(places: Places, zone: int, levels: Sequence[Level]) -> bool:
    """Whether a place of the zone is left that none of the levels speaks of."""
    seats = {seat for level in levels for seat in level.seats}
    sections = {key for level in levels for key in level.sections}
    areas = {key for level in levels for key in level.areas}
    if not levels or any(
        area.zone == zone and area.key not in areas for area in places.geometry.areas
    ):
        return True
    return any(
        of == zone
        and seat not in seats
        and seat not in places.removed
        and ((section := places.section_of(seat)) is None or section.key not in sections)
        for seat, of in enumerate(places.zones)
    )


class _Costs:
    """One price list, for look-ups."""

    def __init__(self, prices: PriceList) -> None:
        self.prices, self.base = prices, prices.price_minor
        self.is_plain = not prices.levels
        self._seats: dict[int, int] = {}
        self._sections: dict[str, int] = {}
        self._areas: dict[str, int] = {}
        for level in prices.levels:
            for known, names in (
                (self._seats, level.seats),
                (self._sections, level.sections),
                (self._areas, level.areas),
            ):
                for name in names:
                    known.setdefault(name, level.price_minor)  # type: ignore[arg-type]

    def seat(self, places: Places, seat_idx: int) -> int:
        if self.is_plain:
            return self.base
        own = self._seats.get(seat_idx)
        if own is not None:
            return own
        section = places.section_of(seat_idx) if self._sections else None
        return self.base if section is None else self._sections.get(section.key, self.base)

    def area(self, key: str) -> int:
        return self._areas.get(key, self.base)


class _AllIn(dict[int, int]):
    """What is paid for places at a price, counted once for each price that there is."""

    def __init__(self, charges: Charges) -> None:
        self.charges = charges

    def __missing__(self, price_minor: int) -> int:
        self[price_minor] = paid_minor = self.charges.all_in(price_minor)
        return paid_minor


class Prices:
    """Of one event. `now`: when it was read, by the database's clock."""

    def __init__(
        self, types: Iterable[TicketType], now: dt.datetime, epochs: Epochs = NO_CHARGES
    ) -> None:
        self.types = {of.id: of for of in types}
        self.defaults = {of.zone: of for of in self.types.values() if of.is_default}
        self.now = now
        self._costs = {of.id: list(map(_Costs, of.lists)) for of in self.types.values()}
        self._all_in = [(until, _AllIn(charges)) for until, charges in epochs]
        # By type, what each of its seats costs whenever it is held: nearly always they are alike.
        self._fixed = {
            type_id: self._all_in[0][1][costs[0].base]
            for type_id, costs in self._costs.items()
            if len(self._all_in) == len(costs) == 1 and costs[0].is_plain
        }

    @property
    def has_choice(self) -> bool:
        """Whether a place may be sold as something else than its zone's default."""
        return len(self.types) > len(self.defaults)

    def type_of(self, zone: int, type_id: uuid.UUID | None) -> TicketType:
        """The one that was chosen, or the zone's default."""
        return (self.types.get(type_id) if type_id else None) or self.defaults[zone]

    def list_of(self, type_id: uuid.UUID) -> PriceList:
        """What the type costs now."""
        prices, paid = self._of(type_id, None).prices, self._paid(None)
        levels = [
            msgspec.structs.replace(level, price_minor=paid[level.price_minor])
            for level in prices.levels
        ]
        return PriceList(paid[prices.price_minor], levels)

    def charges(self, at: dt.datetime | None = None) -> Charges:
        """`at`: when the hold began, now for None."""
        return self._paid(at).charges

    def _paid(self, at: dt.datetime | None) -> _AllIn:
        if len(self._all_in) > 1:
            at = at or self.now
            for until, paid in self._all_in:
                if until is not None and at < until:
                    return paid
        return self._all_in[-1][1]

    def _of(self, type_id: uuid.UUID, at: dt.datetime | None) -> _Costs:
        costs = self._costs[type_id]
        if len(costs) > 1:
            at = at or self.now
            for former in costs[:-1]:
                valid_until = former.prices.valid_until
                if valid_until is not None and at < valid_until:
                    return former
        return costs[-1]

    def base(self, zone: int) -> int:
        """What a place of the zone costs where nothing more is said of it."""
        return self._paid(None)[self._of(self.defaults[zone].id, None).base]

    def span(self, zone: int) -> tuple[int, int]:
        """The lowest and the highest price of the zone's places."""
        of, paid = self.defaults[zone], self._paid(None)
        now = self._of(of.id, None)
        amounts = [level.price_minor for level in now.prices.levels]
        if of.base_applies or now.is_plain:
            amounts.append(now.base)
        return paid[min(amounts)], paid[max(amounts)]

    def is_plain(self, zone: int) -> bool:
        """Whether all places of the zone cost the same."""
        return self._of(self.defaults[zone].id, None).is_plain

    def seat(
        self,
        places: Places,
        seat_idx: int,
        at: dt.datetime | None = None,
        type_id: uuid.UUID | None = None,
    ) -> int:
        """`at`: when the hold began, now for None; `type_id`: the zone's default for None."""
        of = type_id or self.defaults[places.zones[seat_idx]].id
        fixed = self._fixed.get(of)
        if fixed is not None:
            return fixed
        return self._paid(at)[self._of(of, at).seat(places, seat_idx)]

    def area(
        self,
        key: str,
        zone: int,
        at: dt.datetime | None = None,
        type_id: uuid.UUID | None = None,
    ) -> int:
        """As `seat`, for a place of a standing area."""
        return self._paid(at)[self._of(type_id or self.defaults[zone].id, at).area(key)]
