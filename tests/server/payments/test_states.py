"""No illegal move, whatever providers say in whichever order; and the end does not depend on it."""

import itertools
import uuid

from hypothesis import given
from hypothesis import strategies as st

from server.payments.models import (
    EventKind,
    Payment,
    PaymentStatus,
    ProviderEvent,
    WebhookRejected,
    WebhookTooEarly,
)
from server.payments.states import CAPTURED, MOVES, step

AMOUNT_MINOR = 5_000
KINDS: tuple[EventKind, ...] = (
    "authorized", "captured", "failed", "expired", "refunded", "disputed", "dispute_won",
    "dispute_lost",
)  # fmt: skip
PAYMENT_ID = uuid.UUID(int=1)


def _payment() -> Payment:
    return Payment(
        PAYMENT_ID, "house", uuid.UUID(int=2), "sandbox", "ps_1", None, "pending", AMOUNT_MINOR, 0,
        "EUR",
    )  # fmt: skip


def _event(kind: EventKind, amount_minor: int = AMOUNT_MINOR) -> ProviderEvent:
    return ProviderEvent(kind, PAYMENT_ID, "ps_1", amount_minor)


def _apply(payment: Payment, event: ProviderEvent, owed_minor: int = 0) -> None:
    """As `applying` does it in the database."""
    now = step(payment, event, owed_minor)
    if now.status is not None:
        _move(payment, now.status)
    if now.outside_minor:
        payment.refunded_minor += now.outside_minor
        in_full = payment.refunded_minor == payment.amount_minor
        _move(payment, "refunded" if in_full else "partially_refunded")


def _move(payment: Payment, status: PaymentStatus) -> None:
    if payment.status == status == "partially_refunded":
        return
    assert status in MOVES[payment.status], f"{payment.status} -> {status}"
    payment.status = status


amounts = st.integers(1, 2 * AMOUNT_MINOR)
events = st.builds(_event, st.sampled_from(KINDS), st.just(AMOUNT_MINOR) | amounts)


@given(st.lists(st.tuples(events, st.integers(0, AMOUNT_MINOR)), max_size=30))
def test_no_sequence_of_events_makes_an_illegal_move_or_loses_money(
    told: list[tuple[ProviderEvent, int]],
) -> None:
    payment = _payment()
    was_captured = False
    for event, owed_minor in told:
        before = (payment.status, payment.refunded_minor)
        try:
            _apply(payment, event, owed_minor)
        except (WebhookRejected, WebhookTooEarly):
            assert (payment.status, payment.refunded_minor) == before
        assert 0 <= before[1] <= payment.refunded_minor <= payment.amount_minor
        was_captured = was_captured or payment.status in CAPTURED
        assert was_captured == (payment.status in CAPTURED)
        if payment.status == "refunded":
            assert payment.refunded_minor == payment.amount_minor
        if payment.status == "captured":
            assert payment.refunded_minor == 0


def test_every_order_of_the_same_events_ends_the_same() -> None:
    """Those that come too early wait and come again, as the inbox has it."""
    told = [
        _event("failed"), _event("authorized"), _event("captured"), _event("captured"),
        _event("refunded", 1_000), _event("refunded", 3_000),
    ]  # fmt: skip
    ends: set[tuple[PaymentStatus, int]] = set()
    for order in itertools.permutations(told):
        payment, waiting = _payment(), list(order)
        while waiting:
            early: list[ProviderEvent] = []
            for event in waiting:
                try:
                    _apply(payment, event)
                except WebhookTooEarly:
                    early.append(event)
            assert len(early) < len(waiting)
            waiting = early
        ends.add((payment.status, payment.refunded_minor))
    assert ends == {("partially_refunded", 3_000)}


def test_a_dispute_ends_where_it_is_decided_whichever_is_told_first() -> None:
    ends: dict[EventKind, tuple[PaymentStatus, int]] = {
        "dispute_won": ("captured", 0),
        "dispute_lost": ("refunded", AMOUNT_MINOR),
    }
    for outcome, end in ends.items():
        told = [_event("captured"), _event("disputed"), _event(outcome)]
        for order in itertools.permutations(told):
            payment, waiting = _payment(), list(order)
            for _ in order:
                for event in list(waiting):
                    try:
                        _apply(payment, event)
                    except WebhookTooEarly:
                        continue
                    waiting.remove(event)
            assert (payment.status, payment.refunded_minor) == end
            assert waiting == []


def test_what_was_paid_back_outside_is_what_we_neither_did_nor_are_about_to() -> None:
    payment = _payment()
    payment.status, payment.refunded_minor = "partially_refunded", 1_000
    for told, owed, outside in (
        (1_000, 0, 0), (3_000, 2_000, 0), (4_000, 2_000, 1_000), (9_000, 0, 4_000), (500, 0, 0),
    ):  # fmt: skip
        assert step(payment, _event("refunded", told), owed).outside_minor == outside
