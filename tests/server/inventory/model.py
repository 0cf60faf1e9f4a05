"""What an event is, without a database: places, who has them, and what each verb does to them.

A hold that is `over` has ended by the clock and nobody has noticed yet. Whoever wants places has
it swept first.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Place = tuple[int, int]
"""leg, seat"""
Pools = dict[int, int]
Status = Literal["active", "over", "expired", "released", "converted", "blocked"]


@dataclass
class Hold:
    seats: set[int]
    pools: Pools
    legs: range
    status: Status = "active"

    def places(self, seats: Collection[int]) -> set[Place]:
        return {(leg, seat) for leg in self.legs for seat in seats}


@dataclass(frozen=True)
class Taken:
    """Which seats somebody else has, and per area that is too full: how many are left."""

    seats: list[int]
    pools: Pools


@dataclass
class Model:
    capacities: Pools
    version: int = 0
    holds: list[Hold] = field(default_factory=list)
    owners: dict[Place, Hold] = field(default_factory=dict)
    versions: dict[Place, int] = field(default_factory=dict)
    changes: list[set[Place]] = field(default_factory=list)
    blocked: dict[tuple[int, int], int] = field(default_factory=dict)
    shut: Hold = field(default_factory=lambda: Hold(set(), {}, range(0), "blocked"))
    """The owner of blocked seats; `blocked`: places by (pool, leg)."""
    gone: Hold = field(default_factory=lambda: Hold(set(), {}, range(0), "blocked"))
    """The owner of seats that the map does not have any more."""

    def commit(self, changed: set[Place]) -> None:
        self.version += 1
        self.changes.append(changed)
        for place in changed:
            self.versions[place] = self.versions.get(place, 0) + 1

    def used(self, pool: int, leg: int, *statuses: Status) -> int:
        there = [hold for hold in self.holds if leg in hold.legs and hold.status in statuses]
        return sum(hold.pools.get(pool, 0) for hold in there)

    def left(self, pool: int, leg: int) -> int:
        taken = self.used(pool, leg, "active", "over", "converted")
        return self.capacities[pool] - taken - self.blocked.get((pool, leg), 0)

    def taken(self, legs: range, seats: Collection[int], pools: Mapping[int, int]) -> Taken | None:
        """Why these cannot be had."""
        owned = [s for s in sorted(seats) if any((leg, s) in self.owners for leg in legs)]
        left = {pool: min(self.left(pool, leg) for leg in legs) for pool in pools}
        short = {pool: left[pool] for pool, more in pools.items() if more > left[pool]}
        return Taken(owned, short) if owned or short else None

    def sweep(self) -> None:
        over = [hold for hold in self.holds if hold.status == "over"]
        if over:
            self._end(over, "expired")

    def _end(self, holds: list[Hold], status: Status) -> None:
        gone = {place for place, owner in self.owners.items() if owner in holds}
        for place in gone:
            del self.owners[place]
        for hold in holds:
            hold.status = status
        self.commit(gone)

    def hold(self, *wanted: Hold) -> list[Taken | None]:
        """Requests that came together: decided in order, one version for all that got something."""
        self.sweep()
        answers, got = [], set[Place]()
        for hold in wanted:
            taken = self.taken(hold.legs, hold.seats, hold.pools)
            answers.append(taken)
            if taken is None:
                self.holds.append(hold)
                places = hold.places(hold.seats)
                self.owners |= dict.fromkeys(places, hold)
                got |= places
        if None in answers:
            self.commit(got)
        return answers

    def change(self, hold: Hold, seats: set[int], pools: Pools, *, extends: bool) -> Taken | None:
        """From now on the hold has these, if what is added can be had."""
        more = {p: n - hold.pools.get(p, 0) for p, n in pools.items() if n > hold.pools.get(p, 0)}
        taken = self.taken(hold.legs, seats - hold.seats, more)
        if taken is None:
            dropped, added = hold.places(hold.seats - seats), hold.places(seats - hold.seats)
            for place in dropped:
                del self.owners[place]
            self.owners |= dict.fromkeys(added, hold)
            kept = hold.places(hold.seats & seats) if extends else set[Place]()
            hold.seats, hold.pools = seats, pools
            self.commit(dropped | added | kept)
        return taken

    def release(self, hold: Hold) -> None:
        if hold.status in ("active", "over"):
            self._end([hold], "released")

    def convert(self, holds: list[Hold]) -> list[bool]:
        """Sold together, in this order: each, also where it has ended, if all of it can be had."""
        sold: set[Place] = set()
        done = []
        for hold in holds:
            is_lost = hold.status != "active"
            done.append(not (is_lost and self.taken(hold.legs, hold.seats, hold.pools)))
            if done[-1]:
                places = hold.places(hold.seats)
                self.owners |= dict.fromkeys(places, hold)
                hold.status = "converted"
                sold |= places
        if any(done):
            self.commit(sold)
        return done

    def give_back(self, hold: Hold, seats: set[int], pools: set[int]) -> None:
        """These of a sold hold are on sale again."""
        gone = hold.places(hold.seats & seats)
        if gone or pools & hold.pools.keys():
            for place in gone:
                del self.owners[place]
            hold.seats -= seats
            hold.pools = {pool: n for pool, n in hold.pools.items() if pool not in pools}
            self.commit(gone)

    def reassign(self, hold: Hold, seat: int, to: int) -> Taken | None:
        if seat == to:
            return None
        taken = self.taken(hold.legs, [to], {})
        if taken is None:
            old, new = hold.places([seat]), hold.places([to])
            for place in old:
                del self.owners[place]
            self.owners |= dict.fromkeys(new, hold)
            hold.seats = hold.seats - {seat} | {to}
            self.commit(old | new)
        return taken

    def block(self, legs: range, seats: set[int], pools: Pools) -> Taken | None:
        places = {(leg, seat) for leg in legs for seat in seats}
        fresh = {place for place in places if self.owners.get(place) is not self.shut}
        taken = self.taken(legs, self._had(places), pools)
        if taken is None and (fresh or pools):
            self.owners |= dict.fromkeys(fresh, self.shut)
            self._shut(legs, pools, 1)
            self.commit(fresh)
        return taken

    def unblock(self, legs: range, seats: set[int], pools: Pools) -> Taken | None:
        places = {(leg, seat) for leg in legs for seat in seats}
        shut = {place for place in places if self.owners.get(place) is self.shut}
        there = {pool: min(self.blocked.get((pool, leg), 0) for leg in legs) for pool in pools}
        short = {pool: there[pool] for pool, less in pools.items() if less > there[pool]}
        had = sorted(self._had(places))
        if had or short:
            return Taken(had, short)
        if shut or pools:
            for place in shut:
                del self.owners[place]
            self._shut(legs, pools, -1)
            self.commit(shut)
        return None

    def move(self, legs: range, gone: set[int], capacities: Pools) -> Taken | None:
        """To a version of the map without the seats that are `gone`, but with all others."""
        before = {seat for (_, seat), owner in self.owners.items() if owner is self.gone}
        closed, opened = gone - before, before - gone
        had = sorted({s for s in closed if any((leg, s) in self.owners for leg in legs)})
        used = {
            pool: max(self.capacities[pool] - self.left(pool, leg) for leg in legs)
            for pool in capacities
        }
        full = {pool: used[pool] for pool, room in capacities.items() if used[pool] > room}
        if had or full:
            return Taken(had, full)
        changed = {(leg, seat) for leg in legs for seat in closed | opened}
        for place in changed:
            self.owners.pop(place, None)
        self.owners |= {(leg, seat): self.gone for leg in legs for seat in closed}
        self.capacities = dict(capacities)
        self.commit(changed)
        return None

    def _had(self, places: set[Place]) -> set[int]:
        """Seats of these that somebody has."""
        return {p[1] for p in places if self.owners.get(p, self.shut) is not self.shut}

    def _shut(self, legs: range, pools: Pools, sign: int) -> None:
        for leg in legs:
            for pool, quantity in pools.items():
                self.blocked[pool, leg] = self.blocked.get((pool, leg), 0) + sign * quantity
