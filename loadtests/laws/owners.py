"""Who had which seat when, by folding what the outbox tells of an event's places."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from loadtests.facts import Facts
from loadtests.history import History
from loadtests.laws.violation import Violation

Place = tuple[str, int, int]
"""event id, leg, seat index"""
BLOCKED = "blocked"


def a_seat_is_given_away_only_while_nobody_has_it(facts: Facts, _: History) -> Iterator[Violation]:
    """At every version, not only in the end: no hold or sale takes what another still has."""
    owners: dict[Place, str] = {}
    legs: dict[str, list[int]] = {}
    for told in facts.told:
        data: dict[str, Any] = msgspec.json.decode(told.data)
        owner = data.get("hold_id", BLOCKED)
        # A sale is for the legs of its hold.
        data["legs"] = legs[owner] = data.get("legs") or legs.get(owner, [0, 0])
        freed, taken = _moves(told.type, data, owner, owners)
        off_sale = _places(data, data.get("off_sale", ()))
        for place in freed:
            owners.pop(place, None)
        if freed:  # what an allocation lent is blocked again
            owners |= dict.fromkeys(off_sale, BLOCKED)
        for place in off_sale:
            if taken and owners.get(place) == BLOCKED:
                del owners[place]
        for place in taken:
            before = owners.get(place, owner)
            if before != owner:
                ids = dict(zip(("event", "leg", "seat"), place, strict=True))
                ids |= {"had": before, "taken": owner, "by": told.type}
                yield Violation("a seat was given away while somebody had it", ids, "outbox")
            owners[place] = owner


def _moves(
    kind: str, data: dict[str, Any], owner: str, owners: dict[Place, str]
) -> tuple[list[Place], list[Place]]:
    """Places that become free, and that `owner` has from now on."""
    seats = _places(data, data.get("seat_idxs", ()))
    match kind:
        case "inventory.hold.created" | "inventory.seat.sold" | "inventory.seat.blocked":
            return [], seats
        case "inventory.hold.changed":
            mine = [place for place, who in owners.items() if who == owner]
            return [place for place in mine if place not in set(seats)], seats
        case "inventory.hold.released" | "inventory.hold.expired":
            return [place for place in seats if owners.get(place) == owner], []
        case "inventory.seat.released" | "inventory.seat.unblocked":
            return seats, []
        case "inventory.seat.reassigned":
            return _places(data, [data["seat_idx"]]), _places(data, [data["to_seat_idx"]])
    return [], []


def _places(data: dict[str, Any], seats: Iterable[int]) -> list[Place]:
    first, last = data["legs"]
    return [(data["event_id"], leg, seat) for leg in range(first, last + 1) for seat in seats]
