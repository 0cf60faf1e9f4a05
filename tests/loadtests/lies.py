"""One lie or more per law: each changes a true history so that the law no longer holds."""

import copy
import datetime as dt
import uuid
from collections.abc import Callable

import msgspec

from loadtests import facts as truth
from loadtests import history as logs
from loadtests.facts import Facts
from loadtests.history import History, Op

Lie = Callable[[Facts, History], None]


def _op(history: History, kind: logs.Kind, result: logs.Result = "ok", nth: int = 0) -> Op:
    return list(history.of(kind, result))[nth]


def _two_tickets_on_one_seat(facts: Facts, _: History) -> None:
    ticket = next(ticket for ticket in facts.tickets if ticket.seat_idx is not None)
    twin = copy.copy(ticket)
    twin.id = str(uuid.uuid4())
    facts.tickets.append(twin)


def _a_sold_seat_without_ticket(facts: Facts, _: History) -> None:
    facts.tickets = [ticket for ticket in facts.tickets if ticket.seat_idx is None]


def _a_ticket_on_a_free_seat(facts: Facts, _: History) -> None:
    next(seat for seat in facts.seats if seat.status == 2).status = 0


def _a_hold_that_lost_its_seat(facts: Facts, _: History) -> None:
    next(seat for seat in facts.seats if seat.status == 1).hold_id = str(uuid.uuid4())


def _a_seat_held_by_nobody(facts: Facts, _: History) -> None:
    facts.holds = [hold for hold in facts.holds if hold.status != "active"]


def _a_held_seat_that_was_sold_to_another(facts: Facts, _: History) -> None:
    held = next(hold for hold in facts.holds if hold.status == "active")
    line = next(line for line in facts.lines if line.live and line.seat_idx is not None)
    held.event_id, held.seat_idxs = line.event_id, [line.seat_idx or 0]


def _a_hold_of_what_another_had(facts: Facts, _: History) -> None:
    sold = next(told for told in facts.told if told.type == "inventory.seat.sold")
    data = msgspec.json.decode(sold.data) | {"hold_id": str(uuid.uuid4())}
    hold = truth.Told("inventory.hold.created", msgspec.json.encode(data).decode())
    facts.told.insert(facts.told.index(sold), hold)


def _one_place_too_many(facts: Facts, _: History) -> None:
    for pool in facts.pools:
        pool.capacity = min(pool.capacity, 1)


def _a_sale_that_the_area_forgot(facts: Facts, _: History) -> None:
    facts.claims = [claim for claim in facts.claims if claim.status != "sold"]


def _an_area_that_counts_wrong(facts: Facts, _: History) -> None:
    facts.pools[0].held += 1


def _a_hold_that_never_ends(facts: Facts, _: History) -> None:
    hold = next(hold for hold in facts.holds if hold.status == "active")
    hold.expires_at = facts.now - dt.timedelta(seconds=30)


def _a_skipped_version(facts: Facts, _: History) -> None:
    clock = max(facts.clocks, key=lambda clock: (clock.stream == "inventory", clock.version))
    clock.version += 1


def _a_missing_scan(facts: Facts, _: History) -> None:
    facts.scans.pop()


def _tickets_that_nobody_was_told_of(facts: Facts, _: History) -> None:
    told = next(row for row in facts.outbox if row.type == "fulfillment.issued")
    told.subject = "order:another"


def _a_version_without_a_note(facts: Facts, _: History) -> None:
    facts.changes.remove(max(facts.changes, key=lambda change: change.version))


def _a_note_of_the_future(facts: Facts, _: History) -> None:
    last = max(facts.changes, key=lambda change: change.version)
    facts.changes.append(truth.Change(last.event_id, last.version + 1, []))


def _a_change_that_counted_twice(facts: Facts, _: History) -> None:
    next(seat for seat in facts.seats if seat.status == 2).version += 1


def _a_change_without_its_place(facts: Facts, _: History) -> None:
    max(facts.changes, key=lambda change: len(change.places)).places.pop()


def _a_place_that_nobody_changed(facts: Facts, _: History) -> None:
    facts.changes[0].places.append(77)


def _a_change_at_another_version(facts: Facts, _: History) -> None:
    next(seat for seat in facts.seats if seat.status == 2).changed_at_version -= 1


def _a_hold_that_counts_too_little(facts: Facts, _: History) -> None:
    next(hold for hold in facts.holds if hold.status == "active").places -= 1


def _a_sale_that_counts_too_much(facts: Facts, _: History) -> None:
    next(hold for hold in facts.holds if hold.status == "converted").places += 1


def _money_without_ticket(facts: Facts, _: History) -> None:
    next(account for account in facts.accounts if account.refunded_minor).refunded_minor = 0


def _a_second_charge(facts: Facts, _: History) -> None:
    account = next(account for account in facts.accounts if not account.refunded_minor)
    account.charges.append(account.charges[0])


def _a_charge_of_nobody(facts: Facts, _: History) -> None:
    facts.accounts.append(truth.Account(str(uuid.uuid4()), 100, 0, [{}]))


def _an_unheard_webhook(facts: Facts, _: History) -> None:
    next(payment for payment in facts.payments if payment.status == "captured").status = "pending"


def _a_lost_ticket(facts: Facts, _: History) -> None:
    facts.tickets = [ticket for ticket in facts.tickets if ticket.seat_idx is not None]


def _a_pending_refund(facts: Facts, _: History) -> None:
    facts.refunds[0].status = "pending"


def _an_unhandled_event(facts: Facts, _: History) -> None:
    [row for row in facts.outbox if row.type == "order.confirmed"][-1].handled = False


def _an_event_marked_before_it_was_published(facts: Facts, _: History) -> None:
    assert facts.event_log
    facts.event_log = [one for one in facts.event_log if one != facts.outbox[-1].id]


def _an_event_that_never_happened(facts: Facts, _: History) -> None:
    assert facts.event_log is not None
    facts.event_log.append(str(uuid.uuid4()))


def _a_ticket_used_without_a_door(facts: Facts, _: History) -> None:
    next(ticket for ticket in facts.tickets if ticket.status == "valid").status = "used"


def _a_forgotten_hold(facts: Facts, history: History) -> None:
    lost = _op(history, "hold", nth=-1).answer["hold_id"]
    facts.holds = [hold for hold in facts.holds if hold.id != lost]


def _a_hold_with_another_seat(facts: Facts, history: History) -> None:
    given_back = _op(history, "release").ask["hold_id"]
    next(hold for hold in facts.holds if hold.id == given_back).seat_idxs = [21]


def _a_second_hold_of_one_request(facts: Facts, history: History) -> None:
    asked_for = _op(history, "hold").answer["hold_id"]
    twin = copy.copy(next(hold for hold in facts.holds if hold.id == asked_for))
    twin.id = str(uuid.uuid4())
    facts.holds.append(twin)


def _versions_against_time(_: Facts, history: History) -> None:
    _op(history, "hold", nth=0).answer["version"] = 1_000_000


def _two_answers_for_one_key(_: Facts, history: History) -> None:
    twins = [op for op in history.of("hold", "ok") if op.key == "once"]
    twins[1].answer = twins[1].answer | {"hold_id": str(uuid.uuid4())}


def _a_key_for_two_requests(_: Facts, history: History) -> None:
    refused = next(op for op in history.ops if op.status == 422)
    refused.status, refused.result = 201, "fail"


def _an_order_taken_back(facts: Facts, history: History) -> None:
    shown = next(op for op in history.of("order", "ok") if op.answer["status"] == "confirmed")
    order_id = shown.answer["order_id"]
    next(order for order in facts.orders if order.id == order_id).status = "cancelled"


def _a_ticket_for_two(_: Facts, history: History) -> None:
    first, second = (op for op in history.of("scan"))
    second.answer = first.answer | {"scan_id": str(uuid.uuid4())}


def _a_gap(_: Facts, history: History) -> None:
    frames = history.seen["screen-sse"]
    frames.remove(next(seen for seen in frames if seen.frame == "delta"))


def _a_false_checksum(_: Facts, history: History) -> None:
    history.seen["screen-ws"][-1].verdict = "diverged"


def _a_screen_of_its_own(_: Facts, history: History) -> None:
    next(seen for seen in history.seen["screen-ws"] if seen.frame == "delta").digest = "0"


def _a_last_screen_of_its_own(_: Facts, history: History) -> None:
    for frames in history.seen.values():
        for seen in frames:
            if seen.v == max(other.v for other in frames):
                seen.digest = "0"


def _a_hidden_hold(_: Facts, history: History) -> None:
    frames = history.seen["screen-sse"]
    next(seen for seen in frames if seen.frame == "delta").changed = []


def _a_sold_seat_freed(_: Facts, history: History) -> None:
    history.seen["screen-sse"][-1].unsold = [3]


LIES: dict[str, list[Lie]] = {
    "a seat is sold exactly where it has one valid ticket": [
        _two_tickets_on_one_seat, _a_sold_seat_without_ticket, _a_ticket_on_a_free_seat,
    ],
    "a seat is held exactly where an active hold has it": [
        _a_hold_that_lost_its_seat, _a_seat_held_by_nobody,
    ],
    "no place is in two live holds or orders": [_a_held_seat_that_was_sold_to_another],
    "a seat is given away only while nobody has it": [_a_hold_of_what_another_had],
    "a standing area is used by holds and orders and never above capacity": [
        _one_place_too_many, _a_sale_that_the_area_forgot, _an_area_that_counts_wrong,
    ],
    "holds end when they are due": [_a_hold_that_never_ends],
    "versions have no gap": [
        _a_skipped_version, _a_missing_scan, _tickets_that_nobody_was_told_of,
    ],
    "the journal has every version once": [_a_version_without_a_note, _a_note_of_the_future],
    "the version of a seat is how often it changed": [
        _a_change_that_counted_twice, _a_change_without_its_place, _a_place_that_nobody_changed,
        _a_change_at_another_version,
    ],
    "a hold counts its places": [_a_hold_that_counts_too_little, _a_sale_that_counts_too_much],
    "what was captured and not refunded is the value of valid tickets": [
        _money_without_ticket, _a_lost_ticket,
    ],
    "the books agree with the gateway": [
        _a_second_charge, _a_charge_of_nobody, _an_unheard_webhook,
    ],
    "a confirmed order has all its tickets and no other order has any": [_a_lost_ticket],
    "nothing is pending": [_a_pending_refund, _an_unhandled_event],
    "the event log holds what was committed and nothing else": [
        _an_event_marked_before_it_was_published, _an_event_that_never_happened,
    ],
    "a ticket is admitted once": [_a_ticket_used_without_a_door],
    "every acknowledged hold exists with its places": [
        _a_forgotten_hold, _a_hold_with_another_seat,
    ],
    "no hold exists that nobody asked for": [_a_second_hold_of_one_request],
    "what was acknowledged first has the smaller version": [_versions_against_time],
    "one key has one effect and one answer": [_two_answers_for_one_key, _a_key_for_two_requests],
    "a buyer keeps what was shown": [_an_order_taken_back],
    "a door admits what the tables say": [_a_ticket_for_two],
    "deltas are contiguous": [_a_gap],
    "no screen was led astray": [_a_false_checksum],
    "all screens show the same at the same version": [
        _a_screen_of_its_own, _a_last_screen_of_its_own,
    ],
    "a delta names every place held in it": [_a_hidden_hold],
    "a sold seat stays sold": [_a_sold_seat_freed],
}  # fmt: skip
