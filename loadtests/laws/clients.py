"""What was acknowledged to clients, against the tables. An unknown outcome accuses nobody."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from loadtests.facts import Facts, Hold
from loadtests.history import History, Op
from loadtests.laws.violation import Violation

Places = tuple[tuple[int, ...], tuple[tuple[str, int], ...]]
"""Seats in order, and (pool id, quantity) in order."""


def places_of(ask: dict[str, Any]) -> Places:
    return tuple(sorted(ask.get("seats", ()))), tuple(sorted(ask.get("pools", {}).items()))


def every_acknowledged_hold_exists_with_its_places(
    facts: Facts, history: History
) -> Iterator[Violation]:
    holds = {hold.id: hold for hold in facts.holds}
    expected: dict[str, Op] = {}
    doubtful: set[str] = set()
    for op in sorted(history.ops, key=lambda op: op.answer.get("version", 0)):
        if op.kind == "hold" and op.result == "ok" and places_of(op.answer) != places_of(op.ask):
            ids = {"hold": op.answer["hold_id"], "asked": places_of(op.ask)}
            yield Violation("a hold is not what was asked for", ids, op.where)
        if op.kind in ("hold", "change") and op.result == "ok":
            expected[op.answer["hold_id"]] = op
        if op.kind == "change" and op.result == "unknown":
            doubtful.add(op.ask["hold_id"])
    released = {op.ask["hold_id"] for op in history.of("release")}
    for hold_id, op in expected.items():
        hold = holds.get(hold_id)
        if hold is None:
            yield Violation("an acknowledged hold does not exist", {"hold": hold_id}, op.where)
            continue
        found = _has(hold)
        if found != places_of(op.answer) and hold_id not in doubtful:
            ids = {"hold": hold_id, "promised": places_of(op.answer), "found": found}
            yield Violation("an acknowledged hold has other places", ids, op.where)
        if hold.status == "released" and hold_id not in released:
            yield Violation("a hold was released by nobody", {"hold": hold_id}, op.where)
    for op in history.of("release", "ok"):
        hold = holds.get(op.ask["hold_id"])
        if hold is None or hold.status == "active":
            yield Violation("a released hold is active", {"hold": op.ask["hold_id"]}, op.where)


def no_hold_exists_that_nobody_asked_for(facts: Facts, history: History) -> Iterator[Violation]:
    """Each buyer's holds are those acknowledged, and at most one per unknown request."""
    answered = {op.answer["hold_id"] for op in history.of("hold", "ok")}
    buyers = {op.who for op in history.of("hold")}
    lost: Counter[tuple[str, str, Places]] = Counter()
    counted = {(op.who, op.key) for op in history.of("hold", "ok")}
    for op in history.of("hold", "unknown"):
        # Requests with one key share its one effect.
        if (op.who, op.key) not in counted:
            counted.add((op.who, op.key))
            lost[op.who, op.event, places_of(op.ask)] += 1
    for hold in facts.holds:
        if hold.buyer_id not in buyers or hold.id in answered:
            continue
        wish = hold.buyer_id, hold.event_id, _has(hold)
        if lost[wish] <= 0:
            ids = {"hold": hold.id, "buyer": hold.buyer_id, "seats": hold.seat_idxs}
            yield Violation("a hold that nobody asked for, or one of two", ids, "holds")
        lost[wish] -= 1


def _has(hold: Hold) -> Places:
    return tuple(sorted(hold.seat_idxs)), tuple(sorted(hold.pools))


def what_was_acknowledged_first_has_the_smaller_version(
    _: Facts, history: History
) -> Iterator[Violation]:
    """Per event: B asked after A was answered, so A's transaction was over before B's began and
    version(A) < version(B). Requests that overlapped in time may share a version or have any
    order. Requests with one key are one effect, from its first question to its first answer."""
    asked: dict[tuple[str, str], float] = {}
    effects: dict[tuple[str, str], Op] = {}
    for op in history.ops:
        key = (op.who, op.key or f"{op.client}:{op.op}")
        asked.setdefault(key, op.invoked)
        if op.kind in ("hold", "change") and op.result == "ok":
            first = effects.get(key)
            if first is None or op.ended < first.ended:
                effects[key] = op
    by_event: dict[str, list[Op]] = defaultdict(list)
    for key, op in effects.items():
        by_event[op.event].append(msgspec.structs.replace(op, invoked=asked[key]))
    for ops in by_event.values():
        yield from _in_order(ops)


def _in_order(ops: list[Op]) -> Iterator[Violation]:
    answered: list[tuple[float, int, Op]] = []
    greatest: Op | None = None
    for nth, op in enumerate(sorted(ops, key=lambda op: op.invoked)):
        while answered and answered[0][0] < op.invoked:
            done = heapq.heappop(answered)[2]
            if greatest is None or done.answer["version"] > greatest.answer["version"]:
                greatest = done
        if greatest is not None and op.answer["version"] <= greatest.answer["version"]:
            ids = {
                "event": op.event,
                "earlier": greatest.answer["version"],
                "later": op.answer["version"],
            }
            yield Violation(
                "an earlier hold has the greater version", ids, f"{greatest.where}, {op.where}"
            )
        heapq.heappush(answered, (op.ended, nth, op))


def one_key_has_one_effect_and_one_answer(_: Facts, history: History) -> Iterator[Violation]:
    groups: dict[tuple[str, str], list[Op]] = defaultdict(list)
    for op in history.ops:
        if op.key and op.result != "unknown":
            groups[op.who, op.key].append(op)
    for (_who, key), ops in groups.items():
        # A refused body leaves no mark on its key; the others must be one request.
        real = [op for op in ops if op.status != 422]
        for op in real[1:]:
            first = real[0]
            ids: dict[str, Any] = {"key": key}
            if (op.kind, op.ask) != (first.kind, first.ask):
                yield Violation(
                    "a key was accepted for two requests", ids, f"{first.where}, {op.where}"
                )
            elif (op.status, op.answer) != (first.status, first.answer):
                ids |= {"first": first.answer, "then": op.answer}
                yield Violation("a key has two answers", ids, f"{first.where}, {op.where}")
        for op in ops:
            if op.status == 422 and real and (op.kind, op.ask) == (real[0].kind, real[0].ask):
                yield Violation("a repeated request was refused", {"key": key}, op.where)


def a_buyer_keeps_what_was_shown(facts: Facts, history: History) -> Iterator[Violation]:
    orders = {order.id: order for order in facts.orders}
    tickets = {ticket.id for ticket in facts.tickets}
    of_hold: dict[str, str] = {}
    for op in history.ops:
        if op.result != "ok" or op.kind not in ("checkout", "order"):
            continue
        ids = {"order": op.answer["order_id"]}
        order = orders.get(op.answer["order_id"])
        if order is None or order.buyer_id != op.who:
            yield Violation("an acknowledged order does not exist", ids, op.where)
            continue
        if op.kind == "checkout":
            first = of_hold.setdefault(op.ask["hold_id"], order.id)
            if order.id != first or order.hold_id != op.ask["hold_id"]:
                yield Violation("a hold became two orders", ids | {"first": first}, op.where)
        shown = op.answer.get("status")
        if shown == "confirmed" and order.status not in (
            "confirmed", "partially_refunded", "refunded"
        ):  # fmt: skip
            ids |= {"status": order.status}
            yield Violation("an order was shown as confirmed and is not", ids, op.where)
        for ticket_id in set(op.answer.get("tickets", ())) - tickets:
            yield Violation("a shown ticket does not exist", ids | {"ticket": ticket_id}, op.where)


def a_door_admits_what_the_tables_say(facts: Facts, history: History) -> Iterator[Violation]:
    scans = {scan.id: scan for scan in facts.scans}
    admitted: dict[str, Op] = {}
    for op in history.of("scan"):
        if op.result == "unknown" or "scan_id" not in op.answer:
            continue
        scan = scans.get(op.answer["scan_id"])
        ids = {"scan": op.answer["scan_id"], "told": op.answer["result"]}
        if scan is None or scan.result != op.answer["result"]:
            yield Violation("a scan is not in the tables as it was answered", ids, op.where)
        if op.answer["result"] != "admitted" or (scan and scan.is_undone):
            continue
        first = admitted.setdefault(op.ask["ticket"], op)
        if first.answer["scan_id"] != op.answer["scan_id"]:
            ids |= {"ticket": op.ask["ticket"], "first": first.answer["scan_id"]}
            yield Violation("two doors admitted one ticket", ids, f"{first.where}, {op.where}")
