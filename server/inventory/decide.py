"""Who gets what: hold requests decided in arrival order on a mirror of the event. No I/O.

All or nothing per request: every place free on every leg and every rule of the event kept, or a
refusal that says why. The decisions mark the mirror as they fall, so that the next request of the
batch sees them; a plan that is not written after all is taken back with `undo`.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from server.catalog.models import OrphanRule, TableMode
from server.inventory.best import House
from server.inventory.mirror import Mirror, Room
from server.inventory.models import (
    AVAILABLE,
    HELD,
    HoldWanted,
    Legs,
    NotTogether,
    PoolShortage,
    PoolWish,
    SeatsTaken,
    SingleSeatLeft,
    TableRefused,
    TooManyPlaces,
)
from server.kernel.errors import DomainError
from server.kernel.ids import uuid7

ALTERNATIVE_TTL_S = 60


class Draft(msgspec.Struct, gc=False):
    """A hold that is decided and not yet written; `pools`: by their ids."""

    wanted: HoldWanted
    hold_id: uuid.UUID
    seats: list[int]
    pools: list[PoolWish]
    places: int
    legs: Legs
    ttl_s: int


class Plan:
    """What a batch comes to. `verdicts`: per request its draft or its refusal, in order;
    `offers`: alternatives held for refused requests, by position.

    `owned`: places that buyers with a limit have already, by buyer.
    """

    __slots__ = ("claims", "drafts", "have", "mirror", "offers", "verdicts")

    def __init__(self, mirror: Mirror, owned: Mapping[uuid.UUID, int] | None = None) -> None:
        self.mirror = mirror
        self.have = dict(owned or {})
        self.verdicts: list[Draft | DomainError] = []
        self.drafts: list[Draft] = []
        self.offers: dict[int, Draft] = {}
        self.claims: list[tuple[Room, int]] = []

    def decide(self, requests: Iterable[HoldWanted]) -> None:
        """The next requests, in arrival order."""
        for wanted in requests:
            verdict = _verdict(self, wanted)
            if isinstance(verdict, SeatsTaken) and wanted.alternative:
                offer = _alternative(self, wanted)
                if offer is not None:
                    self.offers[len(self.verdicts)] = offer
            self.verdicts.append(verdict)

    def take(self, draft: Draft) -> Draft:
        mirror = self.mirror
        first, last = draft.legs
        for leg in range(first, last + 1):
            states, versions = mirror.states[leg], mirror.versions[leg]
            for seat in draft.seats:
                states[seat] = HELD
                versions[seat] += 1
            if draft.pools:
                self._claim(draft.pools, leg)
        self.drafts.append(draft)
        return draft

    def _claim(self, pools: Iterable[PoolWish], leg: int) -> None:
        for pool in pools:
            room = self.mirror.pools[pool.pool_id][leg]
            room.used += pool.quantity
            self.claims.append((room, pool.quantity))

    def undo(self) -> None:
        """The plan was not written: the mirror is again what it was before."""
        for draft in self.drafts:
            first, last = draft.legs
            for leg in range(first, last + 1):
                states, versions = self.mirror.states[leg], self.mirror.versions[leg]
                for seat in draft.seats:
                    states[seat] = AVAILABLE
                    versions[seat] -= 1
        for room, quantity in self.claims:
            room.used -= quantity


def _verdict(plan: Plan, wanted: HoldWanted) -> Draft | DomainError:
    mirror, selection = plan.mirror, wanted.selection
    states = mirror.view(*wanted.legs)
    seats = selection.seats
    taken = [seat for seat in seats if states[seat]]
    short = _shortages(mirror, wanted) if selection.pools else []
    if taken or short:
        return SeatsTaken(sorted(taken), short)
    if seats and (mirror.tables or wanted.rules.orphan_rule != "off"):
        refusal = _against_rules(mirror, states, wanted)
        if refusal is not None:
            return refusal
    if wanted.best is not None:
        found = _best(mirror, states, wanted)
        if found is None:
            return NotTogether(wanted.best.quantity)
        seats = [*seats, *found]
    draft = _draft(wanted, wanted.hold_id, sorted(seats), wanted.ttl_s)
    return _too_many(draft, plan.have) or plan.take(draft)


def _draft(wanted: HoldWanted, hold_id: uuid.UUID, seats: list[int], ttl_s: int) -> Draft:
    pools, places = wanted.selection.pools, len(seats)
    if pools:
        # As they are read back, so that a repeated request is answered in the same bytes.
        pools = sorted(pools, key=lambda pool: pool.pool_id)
        places += sum([pool.quantity for pool in pools])
    return Draft(wanted, hold_id, seats, pools, places, wanted.legs, ttl_s)


def _shortages(mirror: Mirror, wanted: HoldWanted) -> list[PoolShortage]:
    pools, legs = wanted.selection.pools, wanted.legs
    return [shortage for pool in pools if (shortage := _shortage(mirror, pool, *legs))]


def _shortage(mirror: Mirror, pool: PoolWish, first: int, last: int) -> PoolShortage | None:
    left = min(room.left for room in mirror.pools[pool.pool_id][first : last + 1])
    if pool.quantity <= left:
        return None
    return PoolShortage(pool.pool_id, pool.quantity, max(0, left))


def _too_many(draft: Draft, have: dict[uuid.UUID, int]) -> TooManyPlaces | None:
    """Counts the draft to its buyer where it stays within the limit."""
    wanted = draft.wanted
    limit = wanted.rules.seats_per_buyer_max
    if limit is None:
        return None
    total = have.get(wanted.buyer_id, 0) + draft.places
    if total > limit:
        detail = f"one buyer may have at most {limit} places of this event"
        return TooManyPlaces(detail, limit=limit)
    have[wanted.buyer_id] = total
    return None


def _best(mirror: Mirror, states: bytearray, wanted: HoldWanted) -> list[int] | None:
    house, best = mirror.house, wanted.best
    assert house is not None
    assert best is not None
    named = wanted.selection.seats
    for seat in named:
        states[seat] = HELD
    found = house.best(
        states,
        best.quantity,
        zones=wanted.best_zones,
        access=best.access,
        modes=mirror.tables,
        rule=wanted.rules.orphan_rule,
    )
    for seat in named:
        states[seat] = AVAILABLE
    return found


def _against_rules(mirror: Mirror, states: bytearray, wanted: HoldWanted) -> DomainError | None:
    assert mirror.house is not None
    seats, rule = wanted.selection.seats, wanted.rules.orphan_rule
    return against_rules(mirror.house, states, seats, rule, mirror.tables)


def against_rules(
    house: House,
    states: Sequence[int],
    seats: Collection[int],
    rule: OrphanRule,
    modes: Mapping[int, TableMode],
) -> DomainError | None:
    """Why the event does not sell just these seats, if it does not. `states`: as if none of them
    were held yet."""
    tables = house.table_refusals(states, seats, modes)
    if tables:
        return TableRefused(tables)
    singles = house.refuses_single(states, seats, rule)
    return SingleSeatLeft(singles) if singles else None


def _alternative(plan: Plan, wanted: HoldWanted) -> Draft | None:
    """Seats as near and as good as those that were taken; pools as wanted, if there is room."""
    mirror, selection = plan.mirror, wanted.selection
    if _shortages(mirror, wanted):
        return None
    assert mirror.house is not None
    states = mirror.view(*wanted.legs)
    seats = mirror.house.alternative(
        states, selection.seats, modes=mirror.tables, rule=wanted.rules.orphan_rule
    )
    if seats is None:
        return None
    draft = _draft(wanted, uuid7(), seats, ALTERNATIVE_TTL_S)
    return None if _too_many(draft, plan.have) else plan.take(draft)
