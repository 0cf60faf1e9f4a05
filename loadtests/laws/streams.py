"""What screens saw: each client's own frames, all clients against each other and the tables."""

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

from loadtests.facts import Facts
from loadtests.history import History, Seen
from loadtests.laws.places import usage
from loadtests.laws.violation import Violation


def digest(states: bytes | bytearray, available: list[int]) -> str:
    """Of a whole map: one byte per seat, then the places left per standing area."""
    pools = ",".join(map(str, available)).encode()
    return hashlib.blake2b(bytes(states) + b"|" + pools, digest_size=8).hexdigest()


def truth(facts: Facts) -> dict[str, tuple[int, str]]:
    """Event id -> its version and the digest of the map that the tables give."""
    states = {event_id: bytearray(count) for event_id, count in facts.seats_total.items()}
    on_legs: dict[tuple[str, int], list[int]] = defaultdict(list)
    for seat in facts.seats:
        on_legs[seat.event_id, seat.seat_idx].append(seat.status)
    for (event_id, seat_idx), found in on_legs.items():
        # On a trip a seat is shown as available while it is on any leg.
        if len(found) == facts.legs[event_id]:
            states[event_id][seat_idx] = min(found)
    used = usage(facts)
    pools: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pool in facts.pools:
        taken = sum(used[pool.id, pool.leg, status] for status in ("held", "sold", "blocked"))
        pools[pool.event_id][pool.pool_idx].append(max(0, pool.capacity - taken))
    return {
        clock.event_id: (
            clock.version,
            digest(
                states.get(clock.event_id, b""),
                [max(left) for _, left in sorted(pools[clock.event_id].items())],
            ),
        )
        for clock in facts.clocks
        if clock.stream == "inventory"
    }


def _where(client: str, seen: Seen) -> str:
    return f"{client}.jsonl {seen.frame} at {seen.t:.3f}"


def deltas_are_contiguous(_: Facts, history: History) -> Iterator[Violation]:
    """Nothing is applied that does not begin at or before what the client has."""
    for client, frames in history.seen.items():
        at: dict[str, int] = {}
        for seen in frames:
            if seen.verdict != "applied" or seen.frame == "read":
                continue
            ids = {"event": seen.event, "had": at.get(seen.event, -1), "p": seen.p, "v": seen.v}
            mine = at.get(seen.event, -1)
            if seen.frame == "delta" and not seen.p <= mine < seen.v:
                yield Violation("a delta does not follow", ids, _where(client, seen))
            at[seen.event] = seen.v


def no_screen_was_led_astray(_: Facts, history: History) -> Iterator[Violation]:
    """A state that a heartbeat's checksum contradicts was assembled from false deltas."""
    for client, frames in history.seen.items():
        for seen in frames:
            if seen.verdict == "diverged":
                ids = {"event": seen.event, "version": seen.before}
                yield Violation("a screen was not what the server said", ids, _where(client, seen))


def all_screens_show_the_same_at_the_same_version(
    facts: Facts, history: History
) -> Iterator[Violation]:
    """Replay equals reload: of whoever assembled a state at version v, and of the tables."""
    known: dict[tuple[str, int, int], tuple[str, str]] = {}
    final = truth(facts)
    for client, frames in history.seen.items():
        for seen in frames:
            if not seen.digest:
                continue
            where = _where(client, seen)
            ids = {"event": seen.event, "version": seen.v}
            first, who = known.setdefault((seen.event, seen.epoch, seen.v), (seen.digest, where))
            if first != seen.digest:
                yield Violation("two screens differ at one version", ids, f"{who}, {where}")
            version, expected = final.get(seen.event, (-1, ""))
            if seen.v > version:
                yield Violation("a screen shows what was never committed", ids, where)
            if seen.v == version and seen.digest != expected:
                yield Violation("a screen is not what the tables say", ids, f"{where}, seats")


def a_delta_names_every_place_held_in_it(_: Facts, history: History) -> Iterator[Violation]:
    """Whoever applied p..v with p < version <= v of an acknowledged hold saw its seats change."""
    deltas: dict[str, list[tuple[str, Seen]]] = defaultdict(list)
    for client, frames in history.seen.items():
        for seen in frames:
            if seen.frame == "delta" and seen.verdict == "applied":
                deltas[seen.event].append((client, seen))
    for listed in deltas.values():
        listed.sort(key=lambda item: item[1].v)
    ends = {event: [seen.v for _, seen in listed] for event, listed in deltas.items()}
    longest = {event: max(s.v - s.p for _, s in listed) for event, listed in deltas.items()}
    for op in history.of("hold", "ok"):
        version, seats = op.answer["version"], set(op.answer["seats"])
        end, listed = ends.get(op.event, []), deltas.get(op.event, [])
        last = bisect_left(end, version + longest.get(op.event, 0))
        for client, seen in listed[bisect_left(end, version) : last]:
            if seen.p >= version:
                continue
            missing = seats - {seat for seat, _ in seen.changed}
            if missing:
                ids = {"event": op.event, "version": version, "seats": sorted(missing)}
                yield Violation("a delta hides a hold", ids, f"{_where(client, seen)}, {op.where}")
            elif seen.p == version - 1 and seen.v == version:
                wrong = [seat for seat, state in seen.changed if seat in seats and state != 1]
                if wrong:
                    ids = {"event": op.event, "version": version, "seats": wrong}
                    yield Violation("a held seat was not shown as held", ids, _where(client, seen))


def a_sold_seat_stays_sold(facts: Facts, history: History) -> Iterator[Violation]:
    """Unless a ticket for it was given back."""
    returned = {(ticket.event_id, ticket.seat_idx) for ticket in facts.tickets if not ticket.live}
    for client, frames in sorted(history.seen.items(), key=lambda item: item[0]):
        for seen in filter(attrgetter("unsold"), frames):
            wrong = [seat for seat in seen.unsold if (seen.event, seat) not in returned]
            if wrong:
                ids = {"event": seen.event, "seats": wrong, "version": seen.v}
                yield Violation("a sold seat was shown as free again", ids, _where(client, seen))
