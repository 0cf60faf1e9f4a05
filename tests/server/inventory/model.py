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
class Allocation:
    seats: set[int]
    pools: Pools
    stands: bool = True


@dataclass
class Hold:
    """`home`: the allocation that its places are of."""

    seats: set[int]
    pools: Pools
    legs: range
    status: Status = "active"
    home: Allocation | None = None

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
    allocations: list[Allocation] = field(default_factory=list)
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
        gone = set[Place]()
        for hold in holds:
            mine = {place for place, owner in self.owners.items() if owner is hold}
            self._free(hold, mine, hold.pools)
            hold.status = status
            gone |= mine
        self.commit(gone)

    def _free(self, hold: Hold, places: set[Place], pools: Pools) -> None:
        """On sale again, or off it where they are of an allocation that stands."""
        home = hold.home if hold.home and hold.home.stands else None
        for place in places:
            del self.owners[place]
            if home and place[1] in home.seats:
                self.owners[place] = self.shut
        if home:
            self._shut(hold.legs, pools, 1)

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
            back = {pool: n for pool, n in hold.pools.items() if pool in pools}
            self._free(hold, gone, back)
            hold.seats -= seats
            hold.pools = {pool: n for pool, n in hold.pools.items() if pool not in pools}
            self.commit(gone)

    def reassign(self, hold: Hold, moves: dict[int, int]) -> Taken | None:
        """From seat to seat, all or none."""
        moves = {seat: to for seat, to in moves.items() if seat != to}
        taken = self.taken(hold.legs, moves.values(), {})
        if moves and taken is None:
            old, new = hold.places(moves.keys()), hold.places(moves.values())
            self._free(hold, old, {})
            self.owners |= dict.fromkeys(new, hold)
            hold.seats = hold.seats - moves.keys() | set(moves.values())
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

    def allocate(self, legs: range, seats: set[int], pools: Pools) -> Taken | Allocation:
        for other in self.allocations:
            if other.stands and other.seats & seats:
                return Taken(sorted(other.seats & seats), {})
        made = Allocation(set(seats), dict(pools))
        taken = self.block(legs, seats, pools)
        if taken is None:
            self.allocations.append(made)
        return taken or made

    def unsold(self, home: Allocation, pool: int) -> int:
        """Places of an allocation that are neither held nor sold."""
        there = [hold for hold in self.holds if hold.home is home]
        counting = [hold for hold in there if hold.status in ("active", "over", "converted")]
        return home.pools.get(pool, 0) - sum(hold.pools.get(pool, 0) for hold in counting)

    def take(self, hold: Hold) -> Taken | None:
        """A hold of its home's places, and of no others."""
        home = hold.home
        assert home is not None
        places = hold.places(hold.seats)
        shut = {p[1] for p in places if self.owners.get(p) is self.shut}
        free = {p[1] for p in places if self.owners.get(p) is not self.shut}
        taken = sorted(hold.seats - ((shut - free) & home.seats))
        there = {
            pool: min(
                max(0, self.unsold(home, pool)) if pool in home.pools else 0,
                *(self.blocked.get((pool, leg), 0) for leg in hold.legs),
            )
            for pool in hold.pools
        }
        short = {pool: there[pool] for pool, more in hold.pools.items() if more > there[pool]}
        if taken or short:
            return Taken(taken, short)
        self.holds.append(hold)
        self.owners |= dict.fromkeys(places, hold)
        self._shut(hold.legs, hold.pools, -1)
        self.commit(places)
        return None

    def sell(self, *sales: Hold, reserve: bool) -> Taken | None:
        """All of them at once; `reserve`: also what is off sale and promised to nobody."""
        legs = sales[0].legs
        seats = {seat for sale in sales for seat in sale.seats}
        promised = {s for a in self.allocations if a.stands for s in a.seats}
        taken, opened, short = set[int](), Pools(), Pools()
        for seat in seats:
            owners = [self.owners.get((leg, seat)) for leg in legs]
            may = reserve and seat not in promised
            if any(who is not None and not (may and who is self.shut) for who in owners):
                taken.add(seat)
        for pool in {pool for sale in sales for pool in sale.pools}:
            quantity = sum(sale.pools.get(pool, 0) for sale in sales)
            free = max(0, min(self.left(pool, leg) for leg in legs))
            extra = min(self.blocked.get((pool, leg), 0) for leg in legs) if reserve else 0
            for home in self.allocations:
                if home.stands:
                    extra = max(0, extra - max(0, self.unsold(home, pool)))
            if quantity > free + extra:
                short[pool] = free + extra
            opened[pool] = max(0, quantity - free)
        if taken or short:
            return Taken(sorted(taken), short)
        for sale in sales:
            self.holds.append(sale)
            sale.status = "converted"
            self.owners |= dict.fromkeys(sale.places(sale.seats), sale)
        self._shut(legs, opened, -1)
        self.commit({place for sale in sales for place in sale.places(sale.seats)})
        return None

    def release_allocation(self, legs: range, home: Allocation) -> None:
        seats = {
            s for s in home.seats if all(self.owners.get((leg, s)) is self.shut for leg in legs)
        }
        pools = {
            pool: left
            for pool in home.pools
            if (
                left := min(
                    max(0, self.unsold(home, pool)),
                    *(self.blocked.get((pool, leg), 0) for leg in legs),
                )
            )
        }
        refused = self.unblock(legs, seats, pools)
        assert refused is None
        home.stands = False

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
