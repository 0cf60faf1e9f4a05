"""Versions: of events, of seats, and the journal that says what changed in each."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from loadtests.facts import Change, Facts, OutboxRow
from loadtests.history import History
from loadtests.laws.violation import Violation

LEG_SHIFT = 20
"""A place in the journal is leg << 20 | seat index."""


def versions_have_no_gap(facts: Facts, _: History) -> Iterator[Violation]:
    """Whatever bumps an event's clock stamps a hold, a place or the rules, so the greatest stamp is
    the clock itself."""
    stamps: dict[str, int] = defaultdict(int)
    for event_id, stamp in (
        *((row.event_id, row.changed_at_version) for row in facts.seats),
        *((row.event_id, row.changed_at_version) for row in facts.pools),
        *((row.event_id, row.version) for row in facts.holds),
        *((row.event_id, row.ruled_at_version) for row in facts.clocks),
    ):
        stamps[event_id] = max(stamps[event_id], stamp)
    scans: dict[str, list[int]] = defaultdict(list)
    for scan in facts.scans:
        scans[scan.event_id].append(scan.version)
    told: dict[str | None, set[int]] = defaultdict(set)
    issued: set[str] = set()
    for row in facts.outbox:
        if row.type in ("fulfillment.issued", "fulfillment.refunded"):
            told[row.event_id].add(row.position)
        if row.type == "fulfillment.issued":
            issued.add(row.subject)
    for clock in facts.clocks:
        ids = {"event": clock.event_id, "stream": clock.stream, "clock": clock.version}
        if clock.stream == "inventory" and stamps[clock.event_id] != clock.version:
            ids["stamp_max"] = stamps[clock.event_id]
            yield Violation(
                "an event's clock is not its greatest stamp",
                ids,
                "event_clock, seats, pools, holds",
            )
        if clock.stream == "scans":
            # Each scan moves this clock, and each transaction that issued tickets, for one order or
            # for several, or that ended some: what it did is told in one row.
            versions = scans[clock.event_id]
            moves = len(versions) + len(told[clock.event_id])
            if clock.version != moves or len(set(versions)) < len(versions):
                where = "event_clock, scans, outbox"
                yield Violation("an event's scans clock is not what moved it", ids, where)
    for ticket in facts.tickets:
        if f"order:{ticket.order_id}" not in issued:
            ids = {"ticket": ticket.id, "order": ticket.order_id}
            yield Violation("tickets were issued and nobody was told", ids, "outbox, tickets")
    yield from _sales_share_no_version(facts)


def _sales_share_no_version(facts: Facts) -> Iterator[Violation]:
    clocks = _clocks(facts)
    told: dict[tuple[str, int], OutboxRow] = {}
    for row in facts.outbox:
        if row.type != "inventory.seat.sold" or row.event_id is None or row.version is None:
            continue
        ids = {"event": row.event_id, "version": row.version, "outbox": row.id}
        first = told.setdefault((row.event_id, row.version), row)
        if first.position != row.position:  # what one transaction sold is told in one row
            yield Violation("two sales have one version", ids | {"first": first.id}, "outbox")
        if row.version > clocks.get(row.event_id, 0):
            yield Violation("a sale's version was never reached", ids, "outbox, event_clock")


def the_journal_has_every_version_once(facts: Facts, _: History) -> Iterator[Violation]:
    """From some version on, up to the event's own: what is old is forgotten."""
    clocks = _clocks(facts)
    for event_id, changes in _journals(facts).items():
        versions = [change.version for change in changes]
        clock = clocks[event_id]
        missing = sorted(set(range(versions[0], clock + 1)) - set(versions))
        if missing:
            ids = {"event": event_id, "clock": clock, "missing": missing[:5]}
            yield Violation("a version is not in the journal", ids, "inventory_changes")
        if versions[-1] > clock:
            ids = {"event": event_id, "clock": clock, "version": versions[-1]}
            yield Violation("the journal has what was never reached", ids, "inventory_changes")


def the_version_of_a_seat_is_how_often_it_changed(facts: Facts, _: History) -> Iterator[Violation]:
    """Once per transaction that changed it, each of which the journal names."""
    named: dict[tuple[str, int], list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    for event_id, changes in _journals(facts).items():
        first[event_id] = changes[0].version
        for change in changes:
            for place in change.places:
                named[event_id, place].append(change.version)
    for seat in facts.seats:
        versions = named.pop((seat.event_id, seat.leg << LEG_SHIFT | seat.seat_idx), [])
        start = first.get(seat.event_id)
        if start is None:
            continue
        ids = {"event": seat.event_id, "leg": seat.leg, "seat": seat.seat_idx, "named": versions}
        where = "seats, inventory_changes"
        if len(set(versions)) < len(versions):
            yield Violation("a transaction changed a seat twice", ids, where)
        is_known = seat.changed_at_version >= start
        if is_known and seat.changed_at_version != max(versions, default=0):
            ids |= {"changed_at": seat.changed_at_version}
            yield Violation("a seat changed in no version that the journal names", ids, where)
        if seat.version < len(versions) or (start == 1 and seat.version > len(versions)):
            ids |= {"version": seat.version}
            yield Violation("a seat's version is not how often it changed", ids, where)
    for (event_id, place), versions in named.items():
        ids = {"event": event_id, "place": place, "named": versions}
        yield Violation("the journal names a seat that never changed", ids, "inventory_changes")


def a_hold_counts_its_places(facts: Facts, _: History) -> Iterator[Violation]:
    """Against its buyer's limit: what it has, and once it is sold what is not given back."""
    hold_of = {order.id: order.hold_id for order in facts.orders}
    sold: Counter[str] = Counter()
    for line in facts.lines:
        if line.live:
            sold[hold_of[line.order_id]] += line.quantity
    for hold in facts.holds:
        is_sold = hold.status == "converted"
        has = len(hold.seat_idxs) + sum(hold.pool_quantities)
        expected = sold[hold.id] if is_sold else has
        if hold.places != expected:
            ids = {"hold": hold.id, "status": hold.status, "counts": hold.places, "has": expected}
            yield Violation("a hold counts other places than it has", ids, "holds.places")


def _journals(facts: Facts) -> dict[str, list[Change]]:
    journals: dict[str, list[Change]] = defaultdict(list)
    for change in sorted(facts.changes, key=lambda change: change.version):
        journals[change.event_id].append(change)
    return journals


def _clocks(facts: Facts) -> dict[str, int]:
    return {c.event_id: c.version for c in facts.clocks if c.stream == "inventory"}
