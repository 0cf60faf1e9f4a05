"""Payments, tickets, admissions and the event log, as tables and journal have them."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from loadtests.facts import HEARD, Facts
from loadtests.history import History
from loadtests.laws.violation import Violation

PAID = ("captured", "partially_refunded", "refunded", "disputed")
BY_HAND = "offline"
SHOWN_MAX = 20


def what_was_captured_and_not_refunded_is_the_value_of_valid_tickets(
    facts: Facts, _: History
) -> Iterator[Violation]:
    kept: Counter[str] = Counter()
    order_of = {payment.id: payment.order_id for payment in facts.payments}
    for account in facts.accounts:
        order_id = order_of.get(account.reference)
        if order_id is not None:
            kept[order_id] += account.captured_minor - account.refunded_minor
    for payment in facts.payments:
        if payment.provider == BY_HAND and payment.status in PAID:
            kept[payment.order_id] += payment.amount_minor - payment.refunded_minor
    prices = {line.id: line.unit_price_minor for line in facts.lines}
    value: Counter[str] = Counter()
    for ticket in facts.tickets:
        if ticket.live:
            value[ticket.order_id] += prices[ticket.order_line_id]
    for order in facts.orders:
        if kept[order.id] != value[order.id]:
            ids = {
                "order": order.id,
                "status": order.status,
                "kept_minor": kept[order.id],
                "tickets_minor": value[order.id],
            }
            yield Violation("money kept is not the value of tickets", ids, "journal, tickets")


def the_books_agree_with_the_gateway(facts: Facts, _: History) -> Iterator[Violation]:
    accounts = {account.reference: account for account in facts.accounts}
    for payment in facts.payments:
        if payment.provider == BY_HAND:
            continue
        account = accounts.pop(payment.id, None)
        captured = account.captured_minor if account else 0
        refunded = account.refunded_minor if account else 0
        charges = len(account.charges) if account else 0
        ids = {"payment": payment.id, "order": payment.order_id, "status": payment.status}
        if charges > 1:
            yield Violation("a payment was charged twice", ids | {"charges": charges}, "journal")
        expected = payment.amount_minor if payment.status in PAID else 0
        if captured != expected:
            ids |= {"captured_minor": captured, "expected_minor": expected}
            yield Violation("a payment is not what the gateway took", ids, "payments, journal")
        if refunded != payment.refunded_minor:
            ids |= {"refunded_minor": payment.refunded_minor, "gateway_minor": refunded}
            yield Violation("a refund is not what the gateway paid back", ids, "payments, journal")
    for account in accounts.values():
        ids = {"reference": account.reference, "captured_minor": account.captured_minor}
        yield Violation("the gateway took money for no payment of ours", ids, "journal")


def a_confirmed_order_has_all_its_tickets_and_no_other_order_has_any(
    facts: Facts, _: History
) -> Iterator[Violation]:
    tickets: dict[str, Counter[str]] = defaultdict(Counter)
    for ticket in facts.tickets:
        if ticket.live:
            tickets[ticket.order_id][ticket.order_line_id] += 1
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    live: dict[str, bool] = defaultdict(bool)
    for line in facts.lines:
        if line.live:
            wanted[line.order_id][line.id] += line.quantity
        live[line.order_id] |= line.live
    holds = {hold.id: hold.status for hold in facts.holds}
    for order in facts.orders:
        confirmed = order.status == "confirmed"
        ids = {"order": order.id, "status": order.status}
        if confirmed and tickets[order.id] != wanted[order.id]:
            ids |= {"tickets": tickets[order.id].total(), "places": wanted[order.id].total()}
            yield Violation("a confirmed order lacks or exceeds its tickets", ids, "tickets")
        if not confirmed and order.status != "partially_refunded" and tickets[order.id]:
            ids |= {"tickets": tickets[order.id].total()}
            yield Violation("an order without payment has valid tickets", ids, "orders, tickets")
        unpaid = order.status in ("pending", "expired")
        hold_status = holds.get(order.hold_id)
        converted = hold_status == "converted"
        if (confirmed and not converted) or (unpaid and converted):
            ids |= {"hold": order.hold_id, "hold_status": hold_status}
            yield Violation("an order and its hold disagree", ids, "orders, holds")
        if confirmed and not live[order.id]:
            yield Violation("a confirmed order's lines are not live", ids, "order_lines")


def nothing_is_pending(facts: Facts, _: History) -> Iterator[Violation]:
    """Money and messages have come to rest; a page that nobody paid on may stay open."""
    for row in facts.outbox:
        for what, wrong in (
            ("was not published", not row.published),
            ("was not handled", row.type in HEARD and not row.handled and not row.parked),
            ("was parked", row.parked),
        ):
            if wrong:
                ids = {"outbox": row.id, "type": row.type, "position": row.position}
                yield Violation(f"an event {what}", ids, "outbox")
    for refund in facts.refunds:
        if refund.status != "succeeded":
            ids = {"refund": refund.id, "payment": refund.payment_id, "status": refund.status}
            yield Violation("a refund is not done", ids, "refunds")
    active = {hold.id for hold in facts.holds if hold.status == "active"}
    for order in facts.orders:
        if order.status == "pending" and order.hold_id not in active:
            ids = {"order": order.id, "hold": order.hold_id}
            yield Violation("an order waits for a hold that is over", ids, "orders, holds")


def the_event_log_holds_what_was_committed_and_nothing_else(
    facts: Facts, _: History
) -> Iterator[Violation]:
    if facts.event_log is None:
        return
    logged = set(facts.event_log)
    committed = {row.id for row in facts.outbox}
    for row in facts.outbox:
        if row.published and row.id not in logged:
            ids = {"outbox": row.id, "type": row.type, "position": row.position}
            yield Violation("an event is marked published and is not in the log", ids, "outbox")
    for event_id in sorted(logged - committed)[:SHOWN_MAX]:
        yield Violation("the log has an event that was never committed", {"id": event_id}, "log")


def a_ticket_is_admitted_once(facts: Facts, _: History) -> Iterator[Violation]:
    admitted = Counter(
        scan.ticket_id for scan in facts.scans if scan.result == "admitted" and not scan.is_undone
    )
    for ticket in facts.tickets:
        # A ticket that was used may be paid back afterwards.
        expected = {"used": {1}, "refunded": {0, 1}}.get(ticket.status, {0})
        if admitted.pop(ticket.id, 0) not in expected:
            ids = {"ticket": ticket.id, "status": ticket.status}
            yield Violation("admissions do not match the ticket", ids, "scans, tickets")
    for ticket_id, times in admitted.items():
        ids = {"ticket": ticket_id, "times": times}
        yield Violation("something was admitted that is no ticket", ids, "scans")
