"""What others are told about money."""

from server.outbox.models import Fact
from server.payments.models import Payment


def payment_fact(verb: str, payment: Payment, **more: int | str) -> Fact:
    """`more`: what this verb tells beside what all of them do."""
    data = {
        "payment_id": str(payment.id),
        "order_id": str(payment.order_id),
        "provider": payment.provider,
        "amount_minor": payment.amount_minor,
        "refunded_minor": payment.refunded_minor,
        "currency": payment.currency,
    }
    return Fact(f"payment.{verb}", payment.org_id, f"payment:{payment.id}", data | more)
