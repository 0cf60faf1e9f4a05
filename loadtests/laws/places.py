"""Seats, standing areas and versions, as the tables have them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

from loadtests.facts import Facts, Hold
from loadtests.history import History
from loadtests.laws.violation import Violation

AVAILABLE, HELD, SOLD = range(3)
OVERDUE_S = 5.0
"""A hold that is due longer than this and still active was forgotten, not just not swept yet."""

Place = tuple[str, int, int]
"""event id, leg, seat index"""


def _ids(place: Place) -> dict[str, object]:
    event_id, leg, seat_idx = place
    return {"event": event_id, "leg": leg, "seat": seat_idx}


def active_holds(facts: Facts) -> list[Hold]:
    return [hold for hold in facts.holds if hold.status == "active" and hold.expires_at > facts.now]


def a_seat_is_sold_exactly_where_it_has_one_valid_ticket(
    facts: Facts, _: History
) -> Iterator[Violation]:
    tickets: dict[Place, list[str]] = defaultdict(list)
    lines: dict[Place, str] = {}
    for ticket in facts.tickets:
        if ticket.live and ticket.seat_idx is not None:
            for leg in ticket.legs:
                place = (ticket.event_id, leg, ticket.seat_idx)
                tickets[place].append(ticket.id)
                lines[place] = ticket.order_line_id
    for place, ids in tickets.items():
        if len(ids) > 1:
            yield Violation(
                "a seat has two valid tickets", _ids(place) | {"tickets": ids}, "tickets"
            )
    sold = {
        (seat.event_id, seat.leg, seat.seat_idx): seat.order_line_id
        for seat in facts.seats
        if seat.status == SOLD
    }
    for place, line_id in sold.items():
        if place not in tickets:
            yield Violation(
                "a seat is sold and has no valid ticket",
                _ids(place) | {"order_line": line_id}, "seats, tickets",
            )  # fmt: skip
        elif lines[place] != line_id:
            yield Violation(
                "a seat was sold to one order and its ticket is of another",
                _ids(place) | {"order_line": line_id, "ticket_line": lines[place]},
                "seats.order_line_id, tickets.order_line_id",
            )
    for place in tickets.keys() - sold.keys():
        ids = _ids(place) | {"tickets": tickets[place]}
        yield Violation("a valid ticket is for a seat that is not sold", ids, "seats, tickets")


def a_seat_is_held_exactly_where_an_active_hold_has_it(
    facts: Facts, _: History
) -> Iterator[Violation]:
    wanted = {
        (hold.event_id, leg, seat_idx): hold
        for hold in active_holds(facts)
        for seat_idx in hold.seat_idxs
        for leg in hold.legs
    }
    held = {
        (seat.event_id, seat.leg, seat.seat_idx): seat
        for seat in facts.seats
        if seat.status == HELD and seat.held_until is not None and seat.held_until > facts.now
    }
    for place, hold in wanted.items():
        seat = held.get(place)
        if seat is None or seat.hold_id != hold.id:
            found = seat.hold_id if seat else None
            ids = _ids(place) | {"hold": hold.id, "seat_has_hold": found}
            yield Violation("an active hold does not have its seat", ids, "holds, seats")
        elif seat.held_until != hold.expires_at:
            ids = _ids(place) | {
                "hold": hold.id,
                "until": seat.held_until,
                "hold_until": hold.expires_at,
            }
            yield Violation("a seat and its hold end at different times", ids, "holds, seats")
    for place in held.keys() - wanted.keys():
        ids = _ids(place) | {"hold": held[place].hold_id}
        yield Violation("a seat is held by no active hold", ids, "seats, holds")


def no_place_is_in_two_live_holds_or_orders(facts: Facts, _: History) -> Iterator[Violation]:
    owners: dict[Place, list[str]] = defaultdict(list)
    for hold in active_holds(facts):
        for seat_idx in hold.seat_idxs:
            for leg in hold.legs:
                owners[hold.event_id, leg, seat_idx].append(f"hold:{hold.id}")
    for line in facts.lines:
        if line.live and line.seat_idx is not None:
            for leg in line.legs:
                owners[line.event_id, leg, line.seat_idx].append(f"order_line:{line.id}")
    for place, names in owners.items():
        if len(names) > 1:
            yield Violation(
                "a seat has two owners", _ids(place) | {"owners": names}, "holds, order_lines"
            )


def usage(facts: Facts) -> Counter[tuple[str, int, str]]:
    """Places by pool, leg and what became of them, as holds and claims have them."""
    holds = {hold.id: hold for hold in facts.holds}
    used: Counter[tuple[str, int, str]] = Counter()
    for hold in facts.holds:
        if hold.status == "active":
            for pool_id, quantity in hold.pools:
                for leg in hold.legs:
                    used[pool_id, leg, "held"] += quantity
    for claim in facts.claims:
        if claim.leg is not None:
            used[claim.pool_id, claim.leg, claim.status] += claim.quantity
        for leg in holds[claim.hold_id].legs if claim.hold_id else ():
            used[claim.pool_id, leg, claim.status] += claim.quantity
    return used


def a_standing_area_is_used_by_holds_and_orders_and_never_above_capacity(
    facts: Facts, _: History
) -> Iterator[Violation]:
    """And by what is blocked; what it counts itself is the sum of these."""
    lines = {line.id: line for line in facts.lines if line.live and line.pool_id is not None}
    for claim in facts.claims:
        ids = {"pool": claim.pool_id, "claim": claim.id, "hold": claim.hold_id}
        if claim.status == "sold":
            line = lines.pop(claim.order_line_id or "", None)
            if line is None or (line.pool_id, line.quantity) != (claim.pool_id, claim.quantity):
                ids |= {"order_line": claim.order_line_id, "quantity": claim.quantity}
                yield Violation(
                    "places are sold that no live order line has", ids, "pool_claims, order_lines"
                )
    for line in lines.values():
        ids = {"pool": line.pool_id, "order_line": line.id, "quantity": line.quantity}
        yield Violation("an order line has places that the area does not count", ids, "pool_claims")
    used = usage(facts)
    for pool in facts.pools:
        counted = {"held": pool.held, "sold": pool.sold, "blocked": pool.blocked}
        claimed = {status: used[pool.id, pool.leg, status] for status in counted}
        ids = {"pool": pool.id, "leg": pool.leg, "claimed": claimed}
        if sum(claimed.values()) > pool.capacity:
            ids |= {"capacity": pool.capacity}
            tables = "holds, pool_claims, pools"
            yield Violation("a standing area is sold above its capacity", ids, tables)
        if counted != claimed:
            ids |= {"counted": counted}
            yield Violation("an area's count is not the sum of its holds and claims", ids, "pools")


def holds_end_when_they_are_due(facts: Facts, _: History) -> Iterator[Violation]:
    limit = facts.now - dt.timedelta(seconds=OVERDUE_S)
    for hold in facts.holds:
        if hold.status == "active" and hold.expires_at < limit:
            ids = {"hold": hold.id, "event": hold.event_id, "due": hold.expires_at}
            yield Violation("a hold is long over and still active", ids, "holds")
    over = {hold.id: hold.status for hold in facts.holds if hold.status != "active"}
    for seat in facts.seats:
        if seat.status == HELD and seat.hold_id in over:
            ids = _ids((seat.event_id, seat.leg, seat.seat_idx)) | {"hold": seat.hold_id}
            yield Violation(f"a seat is held by a hold that is {over[seat.hold_id]}", ids, "seats")
