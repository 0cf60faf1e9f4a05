"""How a payment may move, and what something that its provider says makes of it.

Pure: providers repeat themselves, are late and overtake themselves, so that whatever comes in
whichever order must lead to the same end. What was said before, or is overtaken, changes nothing;
what comes before its time is refused with WebhookTooEarly and tried again later.
"""

from collections.abc import Mapping

import msgspec

from server.payments.models import (
    Payment,
    PaymentStatus,
    ProviderEvent,
    WebhookRejected,
    WebhookTooEarly,
)

MOVES: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    "pending": frozenset({"authorized", "captured", "failed"}),
    "authorized": frozenset({"captured", "failed"}),
    # Not the end: a payer may try again on the same page until the provider says expired.
    "failed": frozenset({"authorized", "captured"}),
    "captured": frozenset({"partially_refunded", "refunded", "disputed"}),
    "partially_refunded": frozenset({"refunded", "disputed"}),
    "disputed": frozenset({"captured", "partially_refunded", "refunded"}),
    "refunded": frozenset(),
}
"""From each status the next ones."""
CAPTURED = frozenset({"captured", "partially_refunded", "refunded", "disputed"})
"""The money came, whatever became of it."""


class Step(msgspec.Struct, frozen=True):
    """What to do: take the `status`, if one is named; write down that `outside_minor` was paid back
    without us; and ask no more."""

    status: PaymentStatus | None = None
    outside_minor: int = 0
    is_over: bool = False


def step(payment: Payment, event: ProviderEvent, owed_minor: int) -> Step:
    """`owed_minor`: refunds that we asked for, or are about to, and have no answer to; less what
    disputes took, which is in `refunded_minor`, and in nothing that a provider says it paid back.

    Raises WebhookRejected for what cannot be, WebhookTooEarly.
    """
    status = payment.status
    if event.kind == "captured":
        if event.amount_minor != payment.amount_minor:
            raise WebhookRejected(
                f"the amount, {event.amount_minor}, is not what was asked for: "
                f"{payment.amount_minor}",
                payment_id=str(payment.id),
            )
        return Step() if status in CAPTURED else Step("captured")
    if event.kind == "authorized":
        return Step("authorized") if status in ("pending", "failed") else Step()
    if event.kind in ("failed", "expired"):
        is_over = event.kind == "expired" and status not in CAPTURED
        failed = "failed" if status in ("pending", "authorized") else None
        return Step(failed, is_over=is_over)
    if status not in CAPTURED:
        raise WebhookTooEarly(f"the payment is {status}: nothing was captured that we know of")
    if event.kind == "refunded":
        outside_minor = event.amount_minor - payment.refunded_minor - owed_minor
        return Step(outside_minor=_bounded(outside_minor, payment))
    if event.kind == "disputed":
        return Step("disputed") if status in ("captured", "partially_refunded") else Step()
    if status == "refunded":
        return Step()  # all of it is gone already, whatever a bank decides
    if status != "disputed":
        raise WebhookTooEarly(f"the payment is {status}: no dispute that we know of")
    if event.kind == "dispute_lost":
        return Step(outside_minor=_bounded(event.amount_minor, payment))
    return Step("partially_refunded" if payment.refunded_minor else "captured")


def _bounded(outside_minor: int, payment: Payment) -> int:
    return max(0, min(outside_minor, payment.amount_minor - payment.refunded_minor))
